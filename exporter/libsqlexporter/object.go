package libsqlexporter

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
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
	keys   map[string]bool
	// opaque is set where the column will be rewritten later, so that nothing may
	// refer into it.
	opaque bool
}

func (o *object) reset(column string, opaque bool) {
	o.column, o.opaque = column, opaque
	o.buf = o.buf[:0]
	if o.keys == nil {
		o.keys = map[string]bool{}
	}
	clear(o.keys)
}

// json returns the object, or none where it has no members.
func (o *object) json() tracestore.JSON {
	if len(o.buf) == 0 {
		return ""
	}
	return tracestore.JSON(append(o.buf, '}'))
}

// key begins a member. It reports false where there is one of that name.
func (o *object) key(key string) bool {
	if o.keys[key] {
		return false
	}
	o.keys[key] = true
	if len(o.buf) == 0 {
		o.buf = append(o.buf, '{')
	} else {
		o.buf = append(o.buf, ',')
	}
	o.buf = otlp.AppendString(o.buf, key)
	o.buf = append(o.buf, ':')
	return true
}

func (o *object) str(key, text string) {
	text = o.enc.Text(text)
	if !o.key(key) {
		return
	}
	o.buf = otlp.AppendString(o.buf, text)
	if !o.opaque && len(text) >= otlp.MinReference {
		o.enc.StandsAsString(text, o.column, otlp.Pointer("", key))
	}
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

func (o *object) bool(key string, b bool) {
	if o.key(key) {
		o.buf = strconv.AppendBool(o.buf, b)
	}
}

// raw adds JSON that is known to be valid.
func (o *object) raw(key string, json []byte) {
	if len(json) > 0 && o.key(key) {
		o.buf = append(o.buf, json...)
	}
}

// value adds a value as it is; a string stays a string.
func (o *object) value(key string, v pcommon.Value) {
	if v.Type() == pcommon.ValueTypeStr {
		o.str(key, v.Str())
		return
	}
	if o.key(key) {
		o.buf = o.enc.AppendValue(o.buf, v, 1)
		if !o.opaque {
			o.enc.StringsStand(v, o.column, otlp.Pointer("", key), 1)
		}
	}
}

// decoded adds a value; a string that is the JSON text of an object or a list
// becomes that object or list.
func (o *object) decoded(key string, v pcommon.Value) {
	if v.Type() != pcommon.ValueTypeStr {
		o.value(key, v)
		return
	}
	text := o.enc.Text(v.Str())
	if !isContainer(text) || !otlp.IsJSON(text, embeddedDepth) {
		o.str(key, text)
		return
	}
	if o.key(key) {
		o.buf = append(o.buf, text...)
		if !o.opaque && len(text) >= otlp.MinReference {
			o.enc.StandsAsText(text, o.column, otlp.Pointer("", key))
		}
	}
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
