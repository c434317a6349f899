package query_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter"
)

// filtered sends traces through sensitive_filter.
func filtered(t testing.TB, td ptrace.Traces, summary string) ptrace.Traces {
	t.Helper()
	factory := sensitivefilter.NewFactory()
	config := factory.CreateDefaultConfig().(*sensitivefilter.Config)
	config.Summary = summary
	sink := new(consumertest.TracesSink)
	p, err := factory.CreateTraces(t.Context(), processortest.NewNopSettings(factory.Type()), config, sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	copied := ptrace.NewTraces()
	td.CopyTo(copied)
	require.NoError(t, p.ConsumeTraces(t.Context(), copied))
	require.NoError(t, p.Shutdown(t.Context()))
	return sink.AllTraces()[0]
}

func TestFindingsSayWhereTheyAre(t *testing.T) {
	w := newTrace(1)
	call := chat(`[{"role":"system","content":"be brief"},{"role":"user","content":"I am jane.roe@example.com, password: hunter2horse"}]`,
		`[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"mail","arguments":"{\"user\":{\"to\":\"jane.roe@example.com\"}}"}}]}]`)
	call["http.url"] = "https://shop.example/?email=jane.roe@example.com"
	w.span(1, 0, call)
	w.span(2, 1, map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "mail", "gen_ai.tool.call.arguments": `{"to":"jane.roe@example.com"}`, "gen_ai.tool.call.result": `[{"from":"john.doe@example.com"}]`})
	w.span(3, 1, map[string]any{"gen_ai.operation.name": "chat"})
	for _, summary := range []string{"rules", "count", "none"} {
		t.Run(summary, func(t *testing.T) {
			store := stored(t, filtered(t, w.td, summary))
			span, err := store.Span(t.Context(), w.id(), spanID(1), 0)
			require.NoError(t, err)
			assert.Equal(t, []query.Finding{
				{Rule: "pii.email", Count: 3, Where: "user message; tool arguments, to; attribute http.url"},
				{Rule: "secret.password", Count: 1, Where: "user message"},
			}, span.Findings)
			span, err = store.Span(t.Context(), w.id(), spanID(2), 0)
			require.NoError(t, err)
			assert.Equal(t, []query.Finding{{Rule: "pii.email", Count: 2, Where: "tool arguments, to; tool result, from"}}, span.Findings)
			span, err = store.Span(t.Context(), w.id(), spanID(3), 0)
			require.NoError(t, err)
			assert.Empty(t, span.Findings)
		})
	}
}

func TestACallWithoutMessagesSaysWhatSwitchesThemOn(t *testing.T) {
	w := newTrace(1)
	w.td.ResourceSpans().At(0).ScopeSpans().At(0).Scope().SetName("opentelemetry.instrumentation.openai_v2")
	w.span(1, 0, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini"})
	w.span(2, 0, chat(says("user: hi"), ""))
	w.span(3, 0, map[string]any{"gen_ai.operation.name": "execute_tool"})
	w.span(4, 0, map[string]any{"gen_ai.operation.name": "embeddings"})
	store := stored(t, w.td)
	for id, want := range map[byte]bool{1: true, 2: false, 3: false, 4: false} {
		span, err := store.Span(t.Context(), w.id(), spanID(id), 0)
		require.NoError(t, err)
		assert.Equal(t, want, span.ContentNote != nil, id)
		if want {
			assert.Equal(t, "OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY", span.ContentNote.Setting)
		}
	}
}
