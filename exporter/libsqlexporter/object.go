package libsqlexporter

import (
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// embeddedDepth is how deep a JSON text may be nested that is put into a column
// as it stands, with room for the object around it.
const embeddedDepth = tracestore.MaxJSONDepth - 4

// object builds the JSON object of one column. Strings that it takes are noted
// with the encoder, so that the list of attributes can refer to them.
type object struct {
	enc    *otlp.Encoder
	column string
	buf    []byte
	keys   []string
	// opaque is set where the column will be rewritten later, so that nothing may
	// refer into it.
	opaque bool
}

func (o *object) reset(column string, opaque bool) {
	o.column, o.opaque = column, opaque
	o.buf = o.buf[:0]
	o.keys = o.keys[:0]
}

// json returns the object, or none where it has no members.
func (o *object) json() tracestore.JSON {
	if len(o.buf) == 0 {
		return ""
	}
	o.buf = append(o.buf, '}')
	return tracestore.JSON(o.buf)
}

// maxMembers bounds the work of keeping keys apart: no instrumentation comes
// near it. What is beyond is left to the list of attributes.
const maxMembers = 1000

// key begins a member. It reports false where there is one of that name.
func (o *object) key(key string) bool {
	if len(o.keys) == maxMembers || slices.Contains(o.keys, key) {
		return false
	}
	o.keys = append(o.keys, key)
	if len(o.buf) == 0 {
		o.buf = append(o.buf, '{')
	}
	o.name(key)
	return true
}

// name appends the name of a member, and a comma where one is due.
func (o *object) name(key string) {
	if o.buf[len(o.buf)-1] != '{' {
		o.buf = append(o.buf, ',')
	}
	o.buf = jsontext.AppendString(o.buf, key)
	o.buf = append(o.buf, ':')
}

// nested adds an object whose members inner adds, and takes it back where there
// are none. Nothing refers into it.
func (o *object) nested(key string, inner func()) {
	before, opaque := len(o.buf), o.opaque
	if before == 0 {
		o.buf = append(o.buf, '{')
	}
	o.name(key)
	start := len(o.buf)
	o.buf = append(o.buf, '{')
	o.opaque = true
	keys := o.keys
	o.keys = o.keys[len(o.keys):]
	inner()
	o.keys, o.opaque = keys, opaque
	if len(o.buf) == start+1 {
		o.buf = o.buf[:before]
		return
	}
	o.buf = append(o.buf, '}')
}

func (o *object) str(key, text string) bool {
	text = o.enc.Text(text)
	if !o.key(key) {
		return false
	}
	o.buf = jsontext.AppendString(o.buf, text)
	if !o.opaque && len(text) >= otlp.MinReference {
		o.enc.StandsAsString(text, o.column, otlp.Pointer("", key))
	}
	return true
}

// strOr adds nothing for "".
func (o *object) strOr(key, text string) {
	if text != "" {
		o.str(key, text)
	}
}

func (o *object) int(key string, n int64) {
	if o.key(key) {
		o.buf = strconv.AppendInt(o.buf, n, 10)
	}
}

func (o *object) intIf(known bool, key string, n int64) {
	if known {
		o.int(key, n)
	}
}

func (o *object) double(key string, d float64) {
	if o.key(key) {
		o.buf = otlp.AppendDouble(o.buf, d)
	}
}

func (o *object) bool(key string, b bool) {
	if o.key(key) {
		o.buf = strconv.AppendBool(o.buf, b)
	}
}

// value adds a value as it is; a string stays a string. Like all that follow it
// reports false where there is a member of that name.
func (o *object) value(key string, v pcommon.Value) bool {
	if v.Type() == pcommon.ValueTypeStr {
		return o.str(key, v.Str())
	}
	if !o.key(key) {
		return false
	}
	o.buf = o.enc.AppendValue(o.buf, v, 1)
	if !o.opaque {
		o.enc.StringsStand(v, o.column, otlp.Pointer("", key), 1)
	}
	return true
}

// decoded adds a value; a string that is the JSON text of an object or a list
// becomes that object or list.
func (o *object) decoded(key string, v pcommon.Value) bool {
	if v.Type() != pcommon.ValueTypeStr {
		return o.value(key, v)
	}
	text := o.enc.Text(v.Str())
	if !isContainer(text) || !jsontext.Valid(text, embeddedDepth) {
		return o.str(key, text)
	}
	if !o.key(key) {
		return false
	}
	o.buf = append(o.buf, text...)
	if !o.opaque && len(text) >= otlp.MinReference {
		o.enc.StandsAsText(text, o.column, otlp.Pointer("", key))
	}
	return true
}

// isContainer reports whether text looks like a JSON object or list without
// space around it, which would be lost when it is looked up again.
func isContainer(text string) bool {
	if len(text) < 2 {
		return false
	}
	switch first, last := text[0], text[len(text)-1]; first {
	case '{':
		return last == '}'
	case '[':
		return last == ']'
	}
	return false
}
