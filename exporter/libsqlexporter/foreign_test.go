package libsqlexporter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestSpansOfOtherInstrumentations(t *testing.T) {
	for name, test := range map[string]struct {
		change func(ptrace.Span)
		want   []any // spanType, name, input, output, attributes
	}{
		"OpenTelemetry semantic conventions": {
			change: func(s ptrace.Span) {
				s.SetName("chat gpt-4o")
				a := s.Attributes()
				a.PutStr("gen_ai.operation.name", "chat")
				a.PutStr("gen_ai.provider.name", "openai")
				a.PutStr("gen_ai.request.model", "gpt-4o")
				a.PutStr("gen_ai.response.model", "gpt-4o-2024-08-06")
				a.PutEmptySlice("gen_ai.response.finish_reasons").AppendEmpty().SetStr("stop")
				a.PutInt("gen_ai.usage.input_tokens", 100)
				a.PutInt("gen_ai.usage.output_tokens", 20)
				a.PutDouble("gen_ai.request.temperature", 0.5)
				m := a.PutEmptySlice("gen_ai.input.messages").AppendEmpty().SetEmptyMap()
				m.PutStr("role", "user")
				m.PutStr("content", "hi")
				a.PutStr("tenant", "acme")
			},
			want: []any{
				"model_inference", "chat gpt-4o", `[{"role":"user","content":"hi"}]`, nil,
				`{"model":"gpt-4o","provider":"openai","usage":{"inputTokens":100,"inputDetails":{"text":100},"outputTokens":20,"outputDetails":{"text":20}},"finishReason":"stop","responseModel":"gpt-4o-2024-08-06","parameters":{"temperature":0.5},"gen_ai.operation.name":"chat","tenant":"acme"}`,
			},
		},
		"OpenLLMetry": {
			change: func(s ptrace.Span) {
				a := s.Attributes()
				a.PutStr("llm.request.type", "chat")
				a.PutStr("gen_ai.system", "OpenAI")
				a.PutStr("gen_ai.request.model", "gpt-4o")
				a.PutStr("gen_ai.prompt.0.role", "user")
				a.PutStr("gen_ai.prompt.0.content", "hi")
				a.PutStr("gen_ai.completion.0.content", "hello")
			},
			want: []any{"model_inference", "span", `[{"content":"hi","role":"user"}]`, `[{"content":"hello"}]`, `{"model":"gpt-4o","provider":"OpenAI","llm.request.type":"chat"}`},
		},
		"OpenInference agent": {
			change: func(s ptrace.Span) {
				a := s.Attributes()
				a.PutStr("openinference.span.kind", "AGENT")
				a.PutStr("input.value", "question")
				a.PutStr("output.value", `{"answer": 42}`)
				a.PutStr("agent.name", "helper")
				a.PutStr("session.id", "s1")
			},
			want: []any{"agent_run", "agent run: 'helper'", `"question"`, `{"answer": 42}`, `{"openinference.span.kind":"AGENT","agent.name":"helper","session.id":"s1"}`},
		},
		"an HTTP span": {
			change: func(s ptrace.Span) {
				s.SetName("GET /health")
				a := s.Attributes()
				a.PutStr("http.request.method", "GET")
				a.PutInt("http.response.status_code", 200)
				a.PutStr("server.address", "localhost")
			},
			want: []any{"generic", "GET /health", nil, nil, `{"http.request.method":"GET","http.response.status_code":200,"server.address":"localhost"}`},
		},
		"a span without attributes": {change: func(ptrace.Span) {}, want: []any{"generic", "span", nil, nil, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			td := spanBatch(test.change)
			f := store(t, td)
			assert.Equal(t, test.want, f.rows(`SELECT spanType, name, input, output, attributes FROM mastra_ai_spans`)[0])
			assert.Equal(t, []any{"shop"}, f.rows(`SELECT serviceName FROM mastra_ai_spans`)[0])
			assert.Equal(t, canonical(t, td), canonical(t, f.traces()))
		})
	}
}

func TestAnHTTPSpanHasItsAttributesInOnePlaceOnly(t *testing.T) {
	f := store(t, spanBatch(func(s ptrace.Span) { s.Attributes().PutStr("http.route", "/health") }))
	assert.EqualValues(t, 0, f.rows(`SELECT count(*) FROM otel_span_data`)[0][0])
}

// TestEveryPayloadIsInTheFileOnce looks for the ends of payloads in the file, wherever
// a span may have them: lists show how they begin.
func TestEveryPayloadIsInTheFileOnce(t *testing.T) {
	payload := func(mark string) string { return "<" + strings.Repeat("lorem ipsum dolor ", 20) + mark + ">" }
	marks := map[string]func(ptrace.Span, string){
		"mastra.input": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("mastra.span.type", "agent_run")
			s.Attributes().PutStr("mastra.agent_run.input", p)
			s.Attributes().PutStr("mastra.agent_run.output", `{"text":"x"}`)
		},
		"mastra.output": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("mastra.span.type", "model_step")
			s.Attributes().PutStr("mastra.model_step.output", `{"text":"`+p+`"}`)
		},
		"mastra.metadata": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("mastra.span.type", "model_step")
			s.Attributes().PutStr("mastra.metadata.body", `{"raw":"`+p+`"}`)
			s.Attributes().PutStr("mastra.metadata.note", p[:len(p)-1])
		},
		"instructions": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("mastra.span.type", "agent_run")
			s.Attributes().PutStr("gen_ai.system_instructions", p)
		},
		"generation": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("mastra.span.type", "model_generation")
			s.Attributes().PutStr("mastra.model_generation.input", p)
		},
		"tool.arguments": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("gen_ai.operation.name", "execute_tool")
			s.Attributes().PutStr("gen_ai.tool.call.arguments", p)
		},
		"semconv.messages": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("gen_ai.operation.name", "chat")
			m := s.Attributes().PutEmptySlice("gen_ai.output.messages").AppendEmpty().SetEmptyMap()
			m.PutStr("content", p)
		},
		"openllmetry.prompt": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("gen_ai.operation.name", "chat")
			s.Attributes().PutStr("gen_ai.prompt.0.content", p)
		},
		"foreign.attribute": func(s ptrace.Span, p string) {
			s.Attributes().PutStr("gen_ai.operation.name", "chat")
			s.Attributes().PutStr("my.own", p)
		},
		"plain.attribute": func(s ptrace.Span, p string) { s.Attributes().PutStr("db.statement", p) },
		"exception.stack": func(s ptrace.Span, p string) {
			s.Status().SetCode(ptrace.StatusCodeError)
			e := s.Events().AppendEmpty()
			e.SetName("exception")
			e.Attributes().PutStr("exception.stacktrace", p)
		},
		"event": func(s ptrace.Span, p string) { s.Events().AppendEmpty().Attributes().PutStr("body", p) },
		"link":  func(s ptrace.Span, p string) { s.Links().AppendEmpty().Attributes().PutStr("body", p) },
	}
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	ss := rs.ScopeSpans().AppendEmpty()
	n := byte(1)
	for mark, change := range marks {
		change(addSpan(ss, 1, n, 0), payload(mark))
		n++
	}
	rs.Resource().Attributes().PutStr("process.command_line", payload("resource"))
	marks["resource"] = nil
	f := store(t, td)
	assert.Equal(t, canonical(t, td), canonical(t, f.traces()))
	for mark := range marks {
		assert.Equal(t, 1, f.occurrences(" "+mark+">"), mark)
	}
}

// occurrences counts a text in all columns of all tables. The bytes of the file
// would not do: a page keeps what has moved to another one.
func (f *storedFile) occurrences(text string) int {
	f.t.Helper()
	n := 0
	for _, table := range f.strings(`SELECT name FROM sqlite_master WHERE type = 'table'`) {
		for _, row := range f.rows(`SELECT * FROM "` + table + `"`) {
			for _, v := range row {
				if column, ok := v.(string); ok {
					n += strings.Count(column, text)
				}
			}
		}
	}
	return n
}
