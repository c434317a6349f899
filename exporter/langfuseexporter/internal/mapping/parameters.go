package mapping

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// parameterPrefixes begin attributes that are parameters of a call. Of two that state
// one parameter the first counts.
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
	w.m.names = w.m.names[:0]
	add := func(name string, value pcommon.Value) {
		var ok bool
		if out, ok = w.m.appendName(out, name); !ok {
			return
		}
		switch value.Type() {
		case pcommon.ValueTypeStr, pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBool:
			out = appendScalar(out, value)
		default:
			out = jsontext.AppendString(out, jsonOf(value))
		}
	}
	for rank, more := 0, true; more; rank++ {
		more = false
		for key, value := range w.src.All() {
			c := w.m.class(key)
			if c.parameter == "" || c.parameterRank < rank || value.Type() == pcommon.ValueTypeEmpty {
				continue
			}
			if c.parameterRank > rank {
				more = true
				continue
			}
			add(c.parameter, value)
		}
	}
	if value, ok := v.Value(genai.InvocationParam); ok {
		out = w.m.appendInvocation(out, scalarText(value))
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

// maxParameters is how many parameters a call has at most; nobody's has as many.
const maxParameters = 256

// appendName begins a member. It reports false where the object has one of that
// name: the Vercel AI SDK states a parameter under two names, and of an object that
// says a thing twice each reader sees another one.
func (m *Mapper) appendName(dst []byte, name string) ([]byte, bool) {
	if len(m.names) == maxParameters || slices.Contains(m.names, name) {
		return dst, false
	}
	m.names = append(m.names, name)
	if len(dst) > 1 {
		dst = append(dst, ',')
	}
	dst = jsontext.AppendString(dst, name)
	return append(dst, ':'), true
}

func appendScalar(dst []byte, value pcommon.Value) []byte {
	if value.Type() == pcommon.ValueTypeStr {
		return jsontext.AppendString(dst, value.Str())
	}
	return genai.AppendJSON(dst, value)
}

// appendInvocation appends the members of OpenInference's object, but for the
// model, which has a place of its own, and messages and tools, which are content.
func (m *Mapper) appendInvocation(dst []byte, text string) []byte {
	parameters, _ := jsonraw.Parse(text)
	for key, value := range parameters.Members() {
		switch key {
		case "model", "messages", "tools":
			continue
		}
		var ok bool
		if dst, ok = m.appendName(dst, key); !ok {
			continue
		}
		if value.IsObject() || value.IsArray() {
			dst = jsontext.AppendString(dst, value.Raw())
		} else {
			dst = append(dst, value.Raw()...)
		}
	}
	return dst
}
