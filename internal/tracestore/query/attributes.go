package query

import (
	"encoding/json"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// attributesOf lists attributes in their order. It is never nil.
func attributesOf(m pcommon.Map, limit int) []Attribute {
	list := make([]Attribute, 0, m.Len())
	for key, value := range m.All() {
		a := valueOf(value, limit)
		a.Key = key
		list = append(list, a)
	}
	return list
}

// valueOf is a value as JSON. One that is longer than the limit becomes a string of its
// beginning; an integer that JavaScript has no number for becomes a string too.
func valueOf(v pcommon.Value, limit int) Attribute {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		text := v.Str()
		a := Attribute{Value: jsontext.AppendString(nil, shorten(text, limit))}
		if limit > 0 && len(text) > limit {
			a.Cut = len(text)
		}
		return a
	case pcommon.ValueTypeInt:
		if n := v.Int(); n > tracestore.MaxInteger || n < -tracestore.MaxInteger {
			return Attribute{Value: jsontext.AppendString(nil, v.AsString())}
		}
	}
	raw, cut := cutJSON(genai.AppendJSONValue(nil, v), limit)
	return Attribute{Value: raw, Cut: cut}
}

// cutJSON returns JSON that is no longer than the limit as it is; what is longer
// becomes a JSON string of its beginning, with the length that it had.
func cutJSON(raw json.RawMessage, limit int) (json.RawMessage, int) {
	if limit <= 0 || len(raw) <= limit {
		return raw, 0
	}
	return jsontext.AppendString(nil, shorten(string(raw), limit)), len(raw)
}
