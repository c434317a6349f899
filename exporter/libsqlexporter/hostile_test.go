package libsqlexporter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// jsonColumns are the columns that must hold valid JSON or NULL.
var jsonColumns = map[string][]string{
	"mastra_ai_spans": {"scope", "metadata", "tags", "attributes", "links", "input", "output", "error", "requestContext"},
	"otel_span_data":  {"attributes", "events"},
	"otel_logs":       {"body", "attributes"},
	"otel_resources":  {"attributes"},
	"otel_scopes":     {"attributes"},
}

// requireValidJSON asks SQLite itself, in the strict form (RFC 8259) and in the
// form in which Mastra reads the columns.
func (f *storedFile) requireValidJSON() {
	f.t.Helper()
	for table, columns := range jsonColumns {
		for _, column := range columns {
			bad := f.rows(fmt.Sprintf(`SELECT %[1]s FROM %[2]s WHERE %[1]s IS NOT NULL AND NOT json_valid(%[1]s, 1)`, column, table))
			require.Empty(f.t, bad, "%s.%s", table, column)
			f.rows(fmt.Sprintf(`SELECT json(%s) FROM %s`, column, table))
		}
	}
}

func deep(v pcommon.Value, levels int) {
	for range levels {
		v = v.SetEmptyMap().PutEmpty("k")
	}
	v.SetStr("bottom")
}

func TestNoBadSpanStopsItsBatch(t *testing.T) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	ss := rs.ScopeSpans().AppendEmpty()
	n := byte(0)
	add := func(change func(ptrace.Span)) {
		n++
		change(addSpan(ss, 1, n, 0))
	}
	attrs := func(change func(pcommon.Map)) { add(func(s ptrace.Span) { change(s.Attributes()) }) }

	attrs(func(a pcommon.Map) {
		a.PutStr("gen_ai.operation.name", "chat")
		a.PutDouble("gen_ai.usage.input_tokens", math.NaN())
		a.PutInt("gen_ai.usage.output_tokens", -5)
		a.PutDouble("gen_ai.usage.cost", math.Inf(1))
		a.PutStr("llmcost.status", "priced")
	})
	attrs(func(a pcommon.Map) {
		a.PutStr("gen_ai.operation.name", "chat")
		a.PutStr("gen_ai.usage.input_tokens", "many")
		a.PutStr("gen_ai.request.temperature", "warm")
		a.PutEmptyMap("gen_ai.request.model").PutStr("not", "text")
		a.PutInt("mastra.completion_start_time", 7)
	})
	attrs(func(a pcommon.Map) {
		a.PutStr("mastra.span.type", "agent_run")
		a.PutStr("mastra.agent_run.input", strings.Repeat("x", 5<<20))
	})
	attrs(func(a pcommon.Map) { a.PutStr("gen_ai.input.messages", `{"cut":"`+strings.Repeat("y", 5<<20)+`"}`) })
	attrs(func(a pcommon.Map) {
		a.PutStr("mastra.span.type", "tool_call")
		a.PutStr("gen_ai.tool.name", "bad \xff\xfe name")
		a.PutStr("mastra.metadata.\xff", "\xc3\x28")
		a.PutStr("gen_ai.tool.call.arguments", "{\"a\":\"\xff\"}")
		a.PutStr("mastra.tags", "[\"\xff\"")
	})
	attrs(func(a pcommon.Map) { deep(a.PutEmpty("gen_ai.input.messages"), 100) })
	attrs(func(a pcommon.Map) { deep(a.PutEmpty("gen_ai.input.messages"), 5000) })
	attrs(func(a pcommon.Map) { deep(a.PutEmpty("anything"), 5000) })
	attrs(func(a pcommon.Map) {
		a.PutStr("gen_ai.input.messages", strings.Repeat("[", 3000)+strings.Repeat("]", 3000))
		a.PutStr("mastra.span.type", "model_step")
		a.PutStr("mastra.metadata.deep", strings.Repeat(`{"a":`, 3000)+"1"+strings.Repeat("}", 3000))
	})
	for _, text := range []string{``, ` `, `not json`, `null`, `{`, `{"a":1,}`, `'x'`, `NaN`, "\x00", `"\ud800"`, `1e999`} {
		attrs(func(a pcommon.Map) {
			a.PutStr("mastra.span.type", "workflow_step")
			a.PutStr("mastra.workflow_step.input", text)
			a.PutStr("mastra.workflow_step.output", text)
			a.PutStr("mastra.workflow_step.status", text)
			a.PutStr("mastra.metadata.value", text)
			a.PutStr("mastra.metadata.scope", text)
			a.PutStr("mastra.tags", text)
		})
	}
	add(func(s ptrace.Span) {
		s.Status().SetCode(ptrace.StatusCodeError)
		s.Status().SetMessage("\xffbroken")
		e := s.Events().AppendEmpty()
		e.SetName("exception")
		e.Attributes().PutEmptySlice("exception.message").AppendEmpty().SetDouble(math.NaN())
		s.Links().AppendEmpty().Attributes().PutStr("\xff", "\xff")
	})
	add(func(s ptrace.Span) { s.SetName(""); s.SetStartTimestamp(0); s.SetEndTimestamp(0) })
	add(func(s ptrace.Span) { s.SetStartTimestamp(math.MaxUint64); s.SetEndTimestamp(1) })
	add(func(s ptrace.Span) { s.SetKind(99); s.Status().SetCode(77); s.TraceState().FromRaw("\xff") })
	add(func(s ptrace.Span) { s.SetParentSpanID(s.SpanID()) })

	f := store(t, td)
	f.requireValidJSON()
	assert.EqualValues(t, n, f.rows(`SELECT count(*) FROM mastra_ai_spans`)[0][0])
	assert.EqualValues(t, n, f.rows(`SELECT span_count FROM otel_traces`)[0][0])
	assert.EqualValues(t, 0, f.rows(`SELECT count(*) FROM otel_spans WHERE input_tokens IS NOT NULL OR output_tokens IS NOT NULL OR cost_usd IS NOT NULL`)[0][0])
	f.traces()
}

// TestACostThatIsNoneEntersNoTotal: where no llm_cost is before us, a client can say
// anything under its names.
func TestACostThatIsNoneEntersNoTotal(t *testing.T) {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for i, cost := range []float64{0.25, math.MaxFloat64, 1e300, -5, math.NaN(), math.Inf(1)} {
		a := addSpan(ss, byte(i+1), 1, 0).Attributes()
		a.PutStr("gen_ai.operation.name", "chat")
		a.PutInt("gen_ai.usage.input_tokens", 10)
		a.PutStr("llmcost.status", "priced")
		a.PutDouble("gen_ai.usage.cost", cost)
	}
	f := store(t, td)
	assert.Equal(t, [][]any{{0.25, int64(6), int64(5)}}, f.rows(`SELECT cost_usd, model_calls, unpriced_calls FROM cost_daily`))
	assert.Equal(t, [][]any{{0.25, int64(5)}}, f.rows(`SELECT sum(cost_usd), sum(unpriced_calls) FROM traces`))
}

func TestSpansWithoutIdsAreKeptApartAndKnownAgain(t *testing.T) {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for range 3 {
		span := addSpan(ss, 1, 1, 0)
		span.SetTraceID(pcommon.TraceID{})
		span.SetSpanID(pcommon.SpanID{})
	}
	half := addSpan(ss, 2, 2, 0)
	half.SetSpanID(pcommon.SpanID{})
	f := store(t, td, td)
	assert.EqualValues(t, 4, f.rows(`SELECT count(*) FROM mastra_ai_spans`)[0][0])
	assert.Equal(t, [][]any{{int64(2), int64(1)}, {int64(3), int64(3)}}, f.rows(`SELECT generated_id, count(*) FROM otel_spans GROUP BY 1`))
	assert.Equal(t, canonical(t, td), canonical(t, f.traces()))
}

func TestSpansWithoutTraceIdsKeepTheirTree(t *testing.T) {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	add := func(id, parent byte) {
		addSpan(ss, 1, id, parent).SetTraceID(pcommon.TraceID{})
	}
	add(3, 2) // children come first
	add(2, 1)
	add(1, 0)
	add(12, 11) // the parent is not in the batch
	add(13, 11)
	add(21, 22) // a circle
	add(22, 21)
	f := store(t, td, td)
	assert.Equal(t, [][]any{{int64(2)}, {int64(2)}, {int64(3)}}, f.rows(`SELECT span_count FROM otel_traces ORDER BY 1`))
	assert.EqualValues(t, 1, f.rows(`SELECT count(DISTINCT trace_id) FROM otel_spans WHERE span_id LIKE '%1' OR span_id LIKE '%2' OR span_id LIKE '%3' GROUP BY substr(span_id, 15, 1) ORDER BY 1 DESC`)[0][0])
	assert.Equal(t, canonical(t, td), canonical(t, f.traces()))
}

func TestALongValueIsCutAndCounted(t *testing.T) {
	td := spanBatch(func(s ptrace.Span) { s.Attributes().PutStr("gen_ai.input.messages", strings.Repeat("x", 2000)) })
	rows, cut := newMappers(1000, 0).spans(td)
	assert.Equal(t, 1, cut)
	assert.Equal(t, tracestore.JSON(`"`+strings.Repeat("x", 1000)+`…[cut: 2000 bytes]"`), rows[0].Mastra.Input)
	assert.JSONEq(t, `{"gen_ai.input.messages":{"$string":"input"}}`, string(rows[0].Attributes))
}

// TestRandomSpansComeBackAsTheyCame makes spans out of every name that the
// vocabulary knows, with values of every kind.
func TestRandomSpansComeBackAsTheyCame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	names := genai.Vocabulary()
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for i := range 250 {
		span := addSpan(ss, byte(i%7), byte(i), byte(r.IntN(250)))
		span.Status().SetCode(ptrace.StatusCode(r.IntN(3)))
		span.Status().SetMessage(randomText(r))
		for range r.IntN(12) {
			randomValue(r, span.Attributes().PutEmpty(names[r.IntN(len(names))].Key), 3)
		}
		for range r.IntN(4) {
			randomValue(r, span.Attributes().PutEmpty(randomKey(r)), 3)
		}
		for range r.IntN(3) {
			event := span.Events().AppendEmpty()
			event.SetName([]string{"exception", "other"}[r.IntN(2)])
			event.SetTimestamp(pcommon.Timestamp(r.Uint64()))
			event.Attributes().PutStr("exception.stacktrace", randomText(r))
		}
	}
	f := store(t, inBatches(td, 40)...)
	f.requireValidJSON()
	assert.Equal(t, canonical(t, td), canonical(t, f.traces()))
}

func randomKey(r *rand.Rand) string {
	return []string{
		"mastra.metadata.a", "mastra.metadata.b/c~d", "mastra.agent_run.max_steps", "mastra.model_step.input", "mastra.tool_call.output", "$weird", "llmcost.status", "http.route",
		"gen_ai.prompt.0.content", "gen_ai.prompt.1.role", "gen_ai.completion.0.content", "llm.input_messages.0.message.content", "llm.output_messages.1.message.tool_calls.0.tool_call.function.name", "",
	}[r.IntN(14)]
}

func randomText(r *rand.Rand) string {
	return []string{
		"", "short", "null", "12", `{"a": [1, 2.0, "x"]}`, `[]`, "{\"long\":\"" + strings.Repeat("abc ", 40) + "\"}", " \t[" + strings.Repeat(`"padded",`, 20) + "1]\n",
		strings.Repeat("a long text, ", 20), strings.Repeat("another \"quoted\" text\n", 9), `"` + strings.Repeat("quoted", 20) + `"`, "agent_run", "model_generation", "tool_call", "chat", "priced", strings.Repeat("{", 100),
	}[r.IntN(17)]
}

func randomValue(r *rand.Rand, v pcommon.Value, depth int) {
	switch k := r.IntN(12); {
	case k < 6:
		v.SetStr(randomText(r))
	case k == 6:
		v.SetInt(r.Int64() - r.Int64())
	case k == 7:
		v.SetDouble(float64(r.IntN(1000)) / 8)
	case k == 8:
		v.SetBool(r.IntN(2) == 0)
	case k == 9:
		v.SetEmptyBytes().FromRaw([]byte(randomText(r)))
	case k == 10 && depth > 0:
		for range r.IntN(3) {
			randomValue(r, v.SetEmptySlice().AppendEmpty(), depth-1)
		}
	case k == 11 && depth > 0:
		for range 1 + r.IntN(3) {
			randomValue(r, v.SetEmptyMap().PutEmpty([]string{"$string", "k", "b/c"}[r.IntN(3)]), depth-1)
		}
	}
}
