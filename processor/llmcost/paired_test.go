package llmcost

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// told is one signal of a call.
type told struct {
	record     bool
	trace      byte
	attributes map[string]any
}

// statusesOf sends the signals one after the other through an engine that stands
// in both pipelines, and returns their statuses and what a budget has counted.
func statusesOf(t *testing.T, signals []told, edit func(*engine)) (statuses []any, spent float64) {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	cfg.Budgets = []BudgetConfig{{Name: "all", Key: "all", LimitUSD: 1, Period: "day", Thresholds: defaultThresholds, MaxKeys: 10}}
	e, err := newEngine(processortest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	e.pairs.traces.Store(true)
	e.pairs.logs.Store(true)
	if edit != nil {
		edit(e)
	}
	now := time.Now()
	for i, s := range signals {
		if s.record {
			logs := plog.NewLogs()
			record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			record.SetTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Duration(i))))
			record.SetTraceID(pcommon.TraceID{s.trace})
			require.NoError(t, record.Attributes().FromRaw(s.attributes))
			_, err := e.processLogs(t.Context(), zap.NewNop(), logs)
			require.NoError(t, err)
			statuses = append(statuses, record.Attributes().AsRaw()[attrStatus])
			continue
		}
		traces := ptrace.NewTraces()
		span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetName("claude_code.llm_request")
		if _, ok := s.attributes["gen_ai.operation.name"]; ok {
			span.SetName("llm_call")
		}
		span.SetTraceID(pcommon.TraceID{s.trace})
		span.SetSpanID(pcommon.SpanID{byte(i + 1)})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
		require.NoError(t, span.Attributes().FromRaw(s.attributes))
		_, err := e.processTraces(t.Context(), zap.NewNop(), traces)
		require.NoError(t, err)
		statuses = append(statuses, span.Attributes().AsRaw()[attrStatus])
	}
	return statuses, e.budgets[0].used(now)
}

// TestACallThatComesAsASpanAndAsARecordIsPricedOnce has programs that send both.
// gpt-5 costs 1.25 and 10: 1,000 in and 100 out are 0.00225.
func TestACallThatComesAsASpanAndAsARecordIsPricedOnce(t *testing.T) {
	span := func(trace byte, in, out int, more ...any) told {
		attributes := map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5",
			"gen_ai.usage.input_tokens": in, "gen_ai.usage.output_tokens": out,
		}
		for i := 0; i < len(more); i += 2 {
			attributes[more[i].(string)] = more[i+1]
		}
		return told{trace: trace, attributes: attributes}
	}
	record := func(trace byte, in, out int, more ...any) told {
		attributes := map[string]any{
			"event.name": "codex.sse_event", "event.kind": "response.completed", "model": "gpt-5", "input_token_count": in, "output_token_count": out,
		}
		for i := 0; i < len(more); i += 2 {
			attributes[more[i].(string)] = more[i+1]
		}
		return told{record: true, trace: trace, attributes: attributes}
	}
	const once = 0.00225
	both := map[string]any{"model": "claude-haiku-4-5", "input_tokens": 1000, "output_tokens": 100, "request_id": "req_1"} // 0.0015
	for name, tt := range map[string]struct {
		signals []told
		want    []any
		spent   float64
		edit    func(*engine)
	}{
		"a record after its span":                {[]told{span(1, 1000, 100), record(1, 1000, 100)}, []any{"priced", "duplicate"}, once, nil},
		"a record before its span":               {[]told{record(1, 1000, 100), span(1, 1000, 100)}, []any{"priced", "priced"}, once, nil},
		"a record of another trace":              {[]told{span(1, 1000, 100), record(2, 1000, 100)}, []any{"priced", "priced"}, 2 * once, nil},
		"a record of another call of the trace":  {[]told{span(1, 1000, 100), record(1, 1000, 99)}, []any{"priced", "priced"}, 0.00449, nil},
		"a record without a trace":               {[]told{span(0, 1000, 100), record(0, 1000, 100)}, []any{"priced", "priced"}, 2 * once, nil},
		"two records are two calls":              {[]told{record(1, 1000, 100), record(1, 1000, 100)}, []any{"priced", "priced"}, 2 * once, nil},
		"two spans are two calls":                {[]told{span(1, 1000, 100), span(1, 1000, 100)}, []any{"priced", "priced"}, 2 * once, nil},
		"an id of the answer, without a trace":   {[]told{span(0, 1000, 100, "gen_ai.response.id", "r1"), record(0, 1000, 100, "gen_ai.response.id", "r1")}, []any{"priced", "duplicate"}, once, nil},
		"another id of the answer":               {[]told{span(1, 1000, 100, "gen_ai.response.id", "r1"), record(1, 1000, 100, "gen_ai.response.id", "r2")}, []any{"priced", "priced"}, 2 * once, nil},
		"an id of the span only":                 {[]told{span(1, 1000, 100, "gen_ai.response.id", "r1"), record(1, 1000, 100)}, []any{"priced", "duplicate"}, once, nil},
		"a span without a cost is not the call":  {[]told{span(1, 1000, 100, "gen_ai.request.model", "nobodys"), record(1, 1000, 100)}, []any{"unknown_model", "priced"}, once, nil},
		"a pipeline of logs alone":               {[]told{span(1, 1000, 100), record(1, 1000, 100)}, []any{"priced", "priced"}, 2 * once, func(e *engine) { e.pairs.traces.Store(false) }},
		"Claude Code, by the id of the request":  {[]told{{attributes: both}, {record: true, attributes: with(both, "event.name", "claude_code.api_request", "cost_usd", 0.0015)}}, []any{"priced", "duplicate"}, 0.0015, nil},
		"Gemini CLI, whose span has less to say": {[]told{span(1, 1000, 100, "gen_ai.provider.name", "gcp.gemini", "gen_ai.request.model", "gemini-2.5-flash"), geminiRecord(1)}, []any{"priced", "duplicate"}, 0.00055, nil},
	} {
		t.Run(name, func(t *testing.T) {
			statuses, spent := statusesOf(t, tt.signals, tt.edit)
			assert.Equal(t, tt.want, statuses)
			assert.InEpsilon(t, tt.spent, spent, 1e-9)
		})
	}
}

func with(attributes map[string]any, more ...any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, attributes)
	for i := 0; i < len(more); i += 2 {
		all[more[i].(string)] = more[i+1]
	}
	return all
}

func geminiRecord(trace byte) told {
	return told{record: true, trace: trace, attributes: map[string]any{
		"event.name": "gemini_cli.api_response", "model": "gemini-2.5-flash", "input_token_count": 1000, "output_token_count": 100,
		"cached_content_token_count": 0, "thoughts_token_count": 50, "tool_token_count": 0, "total_token_count": 1150,
	}}
}
