package mapping

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// parameterPrefixes begin attributes that are parameters of a call.
var parameterPrefixes = []string{"gen_ai.request.", "ai.settings.", "llm.invocation_parameters.", "gen_ai.openai.request."}

// noParameters are attributes with such a beginning that are none.
var noParameters = map[string]bool{"gen_ai.request.model": true, "gen_ai.openai.request.service_tier": true, "gen_ai.request.service_tier": true}

// setParameters writes the parameters of a call as one object. The server takes
// texts and numbers; what has structure is JSON text.
func (w *writer) setParameters() {
	if w.has(ownParameters) {
		return
	}
	v := &w.m.view
	out := w.m.scratch[:0]
	out = append(out, '{')
	add := func(name string, value pcommon.Value) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = jsontext.AppendString(out, name)
		out = append(out, ':')
		switch value.Type() {
		case pcommon.ValueTypeStr, pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBool:
			out = appendScalar(out, value)
		default:
			out = jsontext.AppendString(out, jsonOf(value))
		}
	}
	for key, value := range w.src.All() {
		if name := w.m.class(key).parameter; name != "" && value.Type() != pcommon.ValueTypeEmpty {
			add(name, value)
		}
	}
	if value, ok := v.Value(genai.InvocationParam); ok {
		out = appendInvocation(out, scalarText(value))
	}
	if tier := v.ServiceTier(); tier != "" {
		add("service_tier", pcommon.NewValueStr(tier))
	}
	out = append(out, '}')
	if len(out) > 2 {
		w.dst.PutStr(keyParameters, string(out))
	}
	w.m.scratch = out
}

func appendScalar(dst []byte, value pcommon.Value) []byte {
	if value.Type() == pcommon.ValueTypeStr {
		return jsontext.AppendString(dst, value.Str())
	}
	return genai.AppendJSON(dst, value)
}

// appendInvocation appends the members of OpenInference's object, but for the
// model, which has a place of its own, and messages and tools, which are content.
func appendInvocation(dst []byte, text string) []byte {
	parameters, _ := jsonraw.Parse(text)
	for key, value := range parameters.Members() {
		switch key {
		case "model", "messages", "tools":
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = jsontext.AppendString(dst, key)
		dst = append(dst, ':')
		if value.IsObject() || value.IsArray() {
			dst = jsontext.AppendString(dst, value.Raw())
		} else {
			dst = append(dst, value.Raw()...)
		}
	}
	return dst
}
