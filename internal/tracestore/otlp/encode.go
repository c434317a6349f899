package otlp

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// MinReference is the length in bytes from which a string is referred to rather
// than repeated: about as long as a reference is itself.
const MinReference = 64

// Encoder writes OTLP values as JSON. It is used for one span after the other,
// by one goroutine.
type Encoder struct {
	// MaxText is the longest string or byte string that is kept, in bytes; 0 is
	// no limit. What is longer is cut, and the cut says so.
	MaxText int
	// Cut counts the values that were cut in lists of attributes, each of which
	// has every value once.
	Cut int

	places map[string]place
	wholes []whole
	run    run
	final  bool // at work on a list that has every value once
}

func (e *Encoder) count() {
	if e.final {
		e.Cut++
	}
}

// NextSpan forgets the places of the last span.
func (e *Encoder) NextSpan() {
	e.wholes = e.wholes[:0]
	e.run.members = e.run.members[:0]
	if e.places == nil {
		e.places = map[string]place{}
		return
	}
	clear(e.places)
}

// tooDeep reports whether a list or map at this depth has to be stored as text.
// A wrapper takes a level too.
func tooDeep(depth int) bool { return depth+2 > tracestore.MaxJSONDepth }

// startsWithDollar reports whether a map could be taken for a wrapper.
func startsWithDollar(m pcommon.Map) bool {
	for key := range m.All() {
		return strings.HasPrefix(key, "$")
	}
	return false
}

// Text returns text in the form in which it is stored: valid UTF-8, and cut
// where it is too long.
func (e *Encoder) Text(text string) string {
	if e.MaxText > 0 && len(text) > e.MaxText {
		text = e.cut(text)
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return text
}

func (e *Encoder) cut(text string) string {
	end := e.MaxText
	for end > 0 && end > e.MaxText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…[cut: " + strconv.Itoa(len(text)) + " bytes]"
}

// AppendValue appends a value to dst, which puts it into a column at a depth
// of so many levels.
func (e *Encoder) AppendValue(dst []byte, v pcommon.Value, depth int) []byte {
	return e.value(dst, v, depth, false)
}

// AppendAttributes appends a list of attributes, with references for what has
// been noted.
func (e *Encoder) AppendAttributes(dst []byte, m pcommon.Map) []byte {
	e.final = true
	defer func() { e.final = false }()
	dst = append(dst, '{')
	start := len(dst)
	// A run is written when it ends, and its first attribute by itself where there
	// are no others.
	first, n := 0, 0
	var key string
	var value pcommon.Value
	flush := func() {
		switch {
		case n == 1:
			dst = e.attribute(dst, start, key, value)
		case n > 1:
			dst = e.appendRun(separate(dst, start), first, n)
		}
		n = 0
	}
	for k, v := range m.All() {
		at := e.member(k)
		if n > 0 && at == first+n {
			n++
			continue
		}
		flush()
		if at >= 0 {
			first, n, key, value = at, 1, k, v
			continue
		}
		dst = e.attribute(dst, start, k, v)
	}
	flush()
	return append(dst, '}')
}

// separate appends a comma where a member went before.
func separate(dst []byte, start int) []byte {
	if len(dst) > start {
		dst = append(dst, ',')
	}
	return dst
}

// attribute appends one attribute of a list. A key that starts with a dollar
// sign gets another, so that it is not taken for one of ours.
func (e *Encoder) attribute(dst []byte, start int, key string, value pcommon.Value) []byte {
	dst = separate(dst, start)
	if strings.HasPrefix(key, "$") {
		dst = jsontext.AppendString(dst, "$"+key)
	} else {
		dst = jsontext.AppendString(dst, key)
	}
	dst = append(dst, ':')
	if column, ok := e.wholeColumn(key); ok {
		dst = append(dst, `{"$value":`...)
		dst = jsontext.AppendString(dst, column)
		return append(dst, '}')
	}
	return e.value(dst, value, 1, true)
}

// AppendWholeAttributes appends a list of attributes without references. It is
// for the column attributes itself, where the list needs no other place.
func (e *Encoder) AppendWholeAttributes(dst []byte, m pcommon.Map) []byte {
	e.final = true
	defer func() { e.final = false }()
	return e.members(dst, m, 1, false)
}

func (e *Encoder) members(dst []byte, m pcommon.Map, depth int, refer bool) []byte {
	dst = append(dst, '{')
	first := true
	for key, value := range m.All() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = jsontext.AppendString(dst, key)
		dst = append(dst, ':')
		dst = e.value(dst, value, depth, refer)
	}
	return append(dst, '}')
}

func (e *Encoder) value(dst []byte, v pcommon.Value, depth int, refer bool) []byte {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return e.str(dst, v.Str(), refer)
	case pcommon.ValueTypeBool:
		return strconv.AppendBool(dst, v.Bool())
	case pcommon.ValueTypeInt:
		return appendInt(dst, v.Int())
	case pcommon.ValueTypeDouble:
		return AppendDouble(dst, v.Double())
	case pcommon.ValueTypeBytes:
		return e.bytes(dst, v.Bytes().AsRaw())
	case pcommon.ValueTypeSlice, pcommon.ValueTypeMap:
		if tooDeep(depth) {
			deep := e.container(nil, v, math.MinInt, false)
			dst = append(dst, `{"$deep":`...)
			dst = jsontext.AppendString(dst, string(deep))
			return append(dst, '}')
		}
		return e.container(dst, v, depth, refer)
	}
	return append(dst, "null"...)
}

func (e *Encoder) container(dst []byte, v pcommon.Value, depth int, refer bool) []byte {
	if v.Type() == pcommon.ValueTypeMap {
		m := v.Map()
		if startsWithDollar(m) {
			dst = append(dst, `{"$map":`...)
			dst = e.members(dst, m, depth+2, refer)
			return append(dst, '}')
		}
		return e.members(dst, m, depth+1, refer)
	}
	dst = append(dst, '[')
	for i, element := range v.Slice().All() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.value(dst, element, depth+1, refer)
	}
	return append(dst, ']')
}

func (e *Encoder) str(dst []byte, text string, refer bool) []byte {
	if e.MaxText > 0 && len(text) > e.MaxText {
		text = e.cut(text)
		e.count()
	}
	if refer && len(text) >= MinReference {
		if p, ok := e.places[text]; ok {
			return p.append(dst)
		}
	}
	return jsontext.AppendString(dst, text)
}

func (e *Encoder) bytes(dst, raw []byte) []byte {
	if e.MaxText > 0 && len(raw) > e.MaxText {
		e.count()
		raw = raw[:e.MaxText]
	}
	dst = append(dst, `{"$bytes":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, raw)
	return append(dst, `"}`...)
}

func appendInt(dst []byte, n int64) []byte {
	if n > tracestore.MaxInteger || n < -tracestore.MaxInteger {
		dst = append(dst, `{"$int":"`...)
		dst = strconv.AppendInt(dst, n, 10)
		return append(dst, `"}`...)
	}
	return strconv.AppendInt(dst, n, 10)
}

// AppendDouble appends a double so that it is known for one.
func AppendDouble(dst []byte, d float64) []byte {
	switch {
	case math.IsNaN(d):
		return append(dst, `{"$double":"NaN"}`...)
	case math.IsInf(d, 1):
		return append(dst, `{"$double":"Infinity"}`...)
	case math.IsInf(d, -1):
		return append(dst, `{"$double":"-Infinity"}`...)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, d, 'g', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' || c == 'e' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// AppendEvents appends a span's events.
func (e *Encoder) AppendEvents(dst []byte, events ptrace.SpanEventSlice) []byte {
	e.final = true
	defer func() { e.final = false }()
	dst = append(dst, '[')
	for i, event := range events.All() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"timeUnixNano":"`...)
		dst = strconv.AppendUint(dst, uint64(event.Timestamp()), 10)
		dst = append(dst, `","name":`...)
		dst = e.str(dst, event.Name(), false)
		dst = e.appendRest(dst, event.Attributes(), event.DroppedAttributesCount())
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// AppendLinks appends a span's links, in a form that Mastra's column takes too.
func (e *Encoder) AppendLinks(dst []byte, links ptrace.SpanLinkSlice) []byte {
	e.final = true
	defer func() { e.final = false }()
	dst = append(dst, '[')
	for i, link := range links.All() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"traceId":"`...)
		dst = append(dst, TraceID(link.TraceID())...)
		dst = append(dst, `","spanId":"`...)
		dst = append(dst, SpanID(link.SpanID())...)
		dst = append(dst, '"')
		if state := link.TraceState().AsRaw(); state != "" {
			dst = append(dst, `,"traceState":`...)
			dst = e.str(dst, state, false)
		}
		if link.Flags() != 0 {
			dst = append(dst, `,"flags":`...)
			dst = strconv.AppendUint(dst, uint64(link.Flags()), 10)
		}
		dst = e.appendRest(dst, link.Attributes(), link.DroppedAttributesCount())
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func (e *Encoder) appendRest(dst []byte, attributes pcommon.Map, dropped uint32) []byte {
	if attributes.Len() > 0 {
		dst = append(dst, `,"attributes":`...)
		dst = e.members(dst, attributes, 3, true)
	}
	if dropped != 0 {
		dst = append(dst, `,"droppedAttributesCount":`...)
		dst = strconv.AppendUint(dst, uint64(dropped), 10)
	}
	return dst
}

// TraceID writes an id as 32 lower-case hexadecimal digits, also where it is
// all zeroes.
func TraceID(id pcommon.TraceID) string { return hexadecimal(id[:]) }

// SpanID writes an id as 16 lower-case hexadecimal digits, also where it is all
// zeroes.
func SpanID(id pcommon.SpanID) string { return hexadecimal(id[:]) }

func hexadecimal(id []byte) string {
	var buf [32]byte
	return string(hex.AppendEncode(buf[:0], id))
}
