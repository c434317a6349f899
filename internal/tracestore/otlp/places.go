package otlp

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// run says that the attributes whose keys have a prefix stand in a column as
// the members of an object.
type run struct {
	prefix, column string
	members        []string // their names in order; "" for one that does not stand there as it is
}

// whole says that the value of an attribute is a column's, list or map.
type whole struct{ key, column string }

// place is where a string stands in the row of mastra_ai_spans.
type place struct {
	column, at string
	form       form
}

type form uint8

const (
	asText   form = iota // the string is the JSON text of the place
	asString             // the place is a JSON string, the string is its content
)

// note remembers that text stands in a column.
func (e *Encoder) note(text, column, at string, f form) {
	if len(text) < MinReference {
		return
	}
	if _, ok := e.places[text]; !ok {
		e.places[text] = place{column, at, f}
	}
}

// StandsAsText notes that the JSON value at a place is text, byte for byte.
func (e *Encoder) StandsAsText(text, column, at string) { e.note(text, column, at, asText) }

// StandsAsString notes that the JSON string at a place has text as its content.
func (e *Encoder) StandsAsString(text, column, at string) { e.note(text, column, at, asString) }

// StandsAsValue notes that the JSON value of a whole column is that of the
// attribute with this key, which is a list or a map.
func (e *Encoder) StandsAsValue(key, column string) {
	e.wholes = append(e.wholes, whole{key, column})
}

// MembersStand begins to note attributes that stand in a column as members of an
// object, in its order; their keys have a prefix there.
func (e *Encoder) MembersStand(prefix, column string) {
	e.run = run{prefix: prefix, column: column, members: e.run.members[:0]}
}

// MemberStands notes the next member of that object, by its name and the value
// of the attribute. A string stands as a JSON string, or as the JSON text of an
// object or a list.
func (e *Encoder) MemberStands(name string, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if text := v.Str(); e.MaxText > 0 && len(text) > e.MaxText || !utf8.ValidString(text) {
			name = ""
		}
	case pcommon.ValueTypeBool:
	case pcommon.ValueTypeInt:
		if v.Int() > tracestore.MaxInteger || v.Int() < -tracestore.MaxInteger {
			name = ""
		}
	case pcommon.ValueTypeDouble:
		if math.IsNaN(v.Double()) || math.IsInf(v.Double(), 0) {
			name = ""
		}
	default:
		name = ""
	}
	e.run.members = append(e.run.members, name)
}

// StringsStand notes all strings within a value that AppendValue has put into a
// column, at a place so many levels deep.
func (e *Encoder) StringsStand(v pcommon.Value, column, at string, depth int) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if text := v.Str(); len(text) >= MinReference {
			e.StandsAsString(e.Text(text), column, at)
		}
	case pcommon.ValueTypeSlice:
		if tooDeep(depth) {
			return
		}
		for i, element := range v.Slice().All() {
			e.StringsStand(element, column, Pointer(at, strconv.Itoa(i)), depth+1)
		}
	case pcommon.ValueTypeMap:
		if tooDeep(depth) {
			return
		}
		depth++
		if startsWithDollar(v.Map()) {
			at, depth = Pointer(at, "$map"), depth+1
		}
		for key, element := range v.Map().All() {
			e.StringsStand(element, column, Pointer(at, key), depth)
		}
	}
}

// member returns which member of the run's object a key is, or -1.
func (e *Encoder) member(key string) int {
	if len(e.run.members) == 0 {
		return -1
	}
	name, ok := strings.CutPrefix(key, e.run.prefix)
	if !ok || name == "" {
		return -1
	}
	return slices.Index(e.run.members, name)
}

func (e *Encoder) appendRun(dst []byte, first, n int) []byte {
	dst = append(dst, `"$run":[`...)
	dst = jsontext.AppendString(dst, e.run.column)
	dst = append(dst, ',')
	dst = jsontext.AppendString(dst, e.run.prefix)
	dst = append(dst, ',')
	dst = strconv.AppendInt(dst, int64(first), 10)
	dst = append(dst, ',')
	dst = strconv.AppendInt(dst, int64(n), 10)
	return append(dst, ']')
}

func (e *Encoder) wholeColumn(key string) (string, bool) {
	for _, w := range e.wholes {
		if w.key == key {
			return w.column, true
		}
	}
	return "", false
}

func (p place) append(dst []byte) []byte {
	if p.form == asText {
		dst = append(dst, `{"$text":`...)
	} else {
		dst = append(dst, `{"$string":`...)
	}
	dst = jsontext.AppendString(dst, p.column)
	if p.at != "" {
		dst = append(dst, `,"at":`...)
		dst = jsontext.AppendString(dst, p.at)
	}
	return append(dst, '}')
}
