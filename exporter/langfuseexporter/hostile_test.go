package langfuseexporter

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// prepared maps a batch without sending it.
func prepared(t *testing.T, b *batch, change func(*Config)) ([]shipment, *langfuseExporter) {
	t.Helper()
	config := createDefaultConfig().(*Config)
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	if change != nil {
		change(config)
	}
	e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
	require.NoError(t, err)
	shipments, _ := e.prepare(t.Context(), b.traces)
	require.Len(t, shipments, 1)
	return shipments, e
}

// attributesOf are those of the first span.
func attributesOf(shipments []shipment) pcommon.Map {
	return shipments[0].traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes()
}

// TestWhatAResourceStatesOfATraceIsMended as what a span states is.
func TestWhatAResourceStatesOfATraceIsMended(t *testing.T) {
	long := strings.Repeat("x", 1200) + "\xff"
	fields := []string{"langfuse.trace.name", "langfuse.user.id", "langfuse.session.id", "langfuse.release", "langfuse.version"}
	b := newBatch("test")
	for _, key := range append(fields, "service.version") {
		b.rs.Resource().Attributes().PutStr(key, long)
	}
	b.rs.Resource().Attributes().PutEmptySlice("langfuse.trace.tags").AppendEmpty().SetStr(long)
	b.span(1, 0, "call", chat(nil))
	shipments, _ := prepared(t, b, nil)
	requireUTF8(t, shipments[0].traces)
	sent := attributesOf(shipments)
	for _, key := range fields {
		value, ok := sent.Get(key)
		require.True(t, ok, key)
		assert.Len(t, value.Str(), 200, key)
	}
	tags, ok := sent.Get("langfuse.trace.tags")
	require.True(t, ok)
	assert.Len(t, tags.Slice().At(0).Str(), 200)
}

// TestDetailsThatContradictThemselves: the server reads the last of two members of
// one name, and no cost that its column has no room for.
func TestDetailsThatContradictThemselves(t *testing.T) {
	for _, c := range []struct{ key, stated, sent string }{
		{mapping.CostKey, `{"input":1,"input":2}`, `{"input":2,"total":2}`},
		{mapping.CostKey, `{"total":1,"total":2}`, `{"total":2}`},
		{mapping.CostKey, `{"input":2,"input":"abc"}`, `{"input":2,"total":2}`},
		{mapping.CostKey, `{"input":900000,"output":900000}`, ``},
		{mapping.UsageKey, `{"input":1,"input":2}`, `{"input":2}`},
	} {
		b := newBatch("test")
		b.span(1, 0, "call", chat(map[string]any{c.key: c.stated}))
		shipments, _ := prepared(t, b, nil)
		value, ok := attributesOf(shipments).Get(c.key)
		require.Equal(t, c.sent != "", ok, c.stated)
		if ok {
			assert.Equal(t, c.sent, value.Str(), c.stated)
		}
	}
}

// TestOneSpanDoesNotSwellItsTrace: what a span states of its trace is repeated on
// all other spans, and remembered.
func TestOneSpanDoesNotSwellItsTrace(t *testing.T) {
	tags := make([]any, 5000)
	for i := range tags {
		tags[i] = fmt.Sprintf("tag %d", i)
	}
	key := "langfuse.trace.metadata." + strings.Repeat("k", 100_000)
	b := newBatch("test")
	b.span(1, 0, "root", chat(map[string]any{"langfuse.trace.tags": tags, key: "v"}))
	b.span(2, 1, "heir", chat(nil))
	shipments, e := prepared(t, b, nil)
	spans := shipments[0].traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	own, ok := spans.At(0).Attributes().Get("langfuse.trace.tags")
	require.True(t, ok)
	assert.Equal(t, len(tags), own.Slice().Len(), "a span keeps its own")
	_, ok = spans.At(0).Attributes().Get(key)
	assert.True(t, ok, "a span keeps its own")
	assert.Less(t, sizer.SpanSize(spans.At(1)), 8<<10)
	inherited, ok := spans.At(1).Attributes().Get("langfuse.trace.tags")
	require.True(t, ok)
	assert.Equal(t, 128, inherited.Slice().Len())
	known, ok := e.memory.recall(spans.At(0).TraceID())
	require.True(t, ok)
	assert.LessOrEqual(t, len(known.fields.Tags), 128)
	for _, entry := range known.fields.Metadata {
		assert.LessOrEqual(t, len(entry.Key), 200)
	}
}

// TestAFallbackIsMended: what the configuration says of spans that state nothing.
func TestAFallbackIsMended(t *testing.T) {
	b := newBatch("test")
	b.span(1, 0, "call", chat(nil))
	shipments, _ := prepared(t, b, func(c *Config) { c.Environment = "Prod EU" })
	value, ok := attributesOf(shipments).Get("langfuse.environment")
	require.True(t, ok)
	assert.Equal(t, "prod-eu", value.Str())

	// It is a fallback: a gateway must not replace what an application says.
	own := sent(t, func(c *Config) { c.Environment, c.Release, c.Version = "gateway", "r0", "v0" }, map[string]any{
		"langfuse.observation.type": "span", "deployment.environment.name": "mine", "langfuse.release": "r1", "langfuse.version": "v1",
	})[0]
	assert.Equal(t, []any{"mine", "r1", "v1"}, []any{own["langfuse.environment"], own["langfuse.release"], own["langfuse.version"]})
}

// TestEachReasonIsCounted once for each value that was changed or left out.
func TestEachReasonIsCounted(t *testing.T) {
	for reason, c := range map[mapping.Reason]struct {
		attributes map[string]any
		change     func(*batch)
	}{
		mapping.ReasonID: {change: func(b *batch) { b.ss.Spans().AppendEmpty() }},
		mapping.ReasonValue: {attributes: map[string]any{
			"a": map[string]any{"b": 1}, "c": []byte("d"), "e": []any{}, "f": math.NaN(), "g": int64(1 << 60),
		}},
		mapping.ReasonUTF8:        {attributes: map[string]any{"a": "\xff"}},
		mapping.ReasonUsage:       {attributes: map[string]any{mapping.UsageKey: `{"input":-1,"output":1}`}},
		mapping.ReasonCost:        {attributes: map[string]any{"gen_ai.usage.cost": "abc"}},
		mapping.ReasonPrompt:      {attributes: map[string]any{"langfuse.observation.prompt.name": "p", "langfuse.observation.prompt.version": "three"}},
		mapping.ReasonTime:        {change: func(b *batch) { b.ss.Spans().At(0).SetEndTimestamp(1) }},
		mapping.ReasonEnvironment: {attributes: map[string]any{"langfuse.environment": "Prod EU"}},
		mapping.ReasonLength:      {attributes: map[string]any{"session.id": strings.Repeat("s", 300)}},
		mapping.ReasonType:        {attributes: map[string]any{"langfuse.observation.type": "GENERATION"}},
	} {
		t.Run(reason.String(), func(t *testing.T) {
			b := newBatch("test")
			b.span(1, 0, "call", chat(c.attributes))
			if c.change != nil {
				c.change(b)
			}
			config := createDefaultConfig().(*Config)
			config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
			e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
			require.NoError(t, err)
			_, p := e.prepare(t.Context(), b.traces)
			want := mapping.Sanitized{}
			want[reason] = max(1, len(c.attributes))
			if reason == mapping.ReasonPrompt {
				want[reason] = 1 // of a name and a version
			}
			assert.Equal(t, want, p.tally.sanitized)
		})
	}
	assert.Len(t, mapping.Reasons(), 10)
}

// TestHostileContent holds that what is JSON stays JSON, and is sent whole.
func TestHostileContent(t *testing.T) {
	for name, text := range map[string]string{
		"deep":       `[{"role":"user","content":` + strings.Repeat(`[`, 400) + `"word"` + strings.Repeat(`]`, 400) + `}]`,
		"too deep":   `[{"role":"user","content":` + strings.Repeat(`[`, 100_000) + `"word"` + strings.Repeat(`]`, 100_000) + `}]`,
		"huge key":   `[{"role":"user","content":"hi","` + strings.Repeat("k", 100_000) + `":"word"}]`,
		"twice":      `[{"role":"user","content":"word","content":"other"}]`,
		"twice deep": `[{"role":"user","parts":[{"type":"text","content":"word","content":"other"}]}]`,
		"no key":     `[{"":"word","role":"user","parts":[{"type":"text","content":"hi","":"word"}]}]`,
		"giant":      `[{"role":"user","parts":[{"type":"tool_call","id":1e999,"name":"word","arguments":123456789012345678901234567890}]}]`,
		"surrogate":  `[{"role":"user","parts":[{"type":"text","content":"\ud800 word"}]}]`,
		"NaN":        `[{"role":"user","content":NaN,"word":1}]`,
		"many":       `[{"role":"user","parts":[{"type":"text","content":"word"` + strings.Repeat(`},{"type":"text","content":"x"`, 20_000) + `}]}]`,
		"wide":       `[{"role":"user","content":"word"` + wideMembers(10_000) + `}]`,
		"bytes":      "[{\"role\":\"user\",\"content\":\"word \xff\xfe\"}]",
	} {
		for _, key := range []string{"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions"} {
			b := newBatch("test")
			b.span(1, 0, "call", chat(map[string]any{key: text}))
			shipments, _ := prepared(t, b, nil)
			sent := attributesOf(shipments)
			found := ""
			for _, key := range []string{"langfuse.observation.input", "langfuse.observation.output"} {
				if value, ok := sent.Get(key); ok {
					found = value.Str()
				}
			}
			assert.Contains(t, found, "word", "%s in %s", name, key)
			assert.True(t, utf8.ValidString(found), "%s in %s", name, key)
			if json.Valid([]byte(strings.ToValidUTF8(text, "."))) {
				assert.True(t, json.Valid([]byte(found)), "%s in %s", name, key)
			}
		}
	}
}

func wideMembers(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `,"k%d":%d`, i, i)
	}
	return out.String()
}

// TestAnEventsLongName: servers before 4.0 drop an observation whose name is longer
// than a thousand characters.
func TestAnEventsLongName(t *testing.T) {
	b := newBatch("test")
	b.span(1, 0, "call", chat(nil)).Events().AppendEmpty().SetName(strings.Repeat("é", 1200))
	shipments, _ := prepared(t, b, func(c *Config) { c.Mapping.SpanEvents = mapping.EventsObservations })
	spans := shipments[0].traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	require.Equal(t, 2, spans.Len())
	assert.Equal(t, strings.Repeat("é", 1000), spans.At(1).Name())
}

// TestARedirectToAVeryLongAddress is no very long line in the log.
func TestARedirectToAVeryLongAddress(t *testing.T) {
	response := &http.Response{
		StatusCode: http.StatusFound, Body: http.NoBody,
		Header: http.Header{"Location": {"https://user:word@" + strings.Repeat("sk-lf-one.", 10_000) + "example/?q=word"}},
	}
	text := answerOf(response, time.Now(), []string{"sk-lf-one"}).Error()
	assert.Less(t, len(text), 1000)
	assert.NotContains(t, text, "sk-lf-one")
	assert.NotContains(t, text, "word")
}

// TestAParameterThatIsStatedTwice: the Vercel AI SDK and OpenInference state one
// under several names, each with a value. The first of the vocabulary counts, and the
// object has each name once.
func TestAParameterThatIsStatedTwice(t *testing.T) {
	b := newBatch("ai")
	b.span(1, 0, "x", chat(map[string]any{
		"gen_ai.request.temperature": 0.5, "ai.settings.temperature": 0.7,
		"llm.invocation_parameters": `{"temperature":0.1,"top_k":4,"top_k":5}`,
	}))
	shipments, _ := prepared(t, b, nil)
	parameters, ok := attributesOf(shipments).Get("langfuse.observation.model.parameters")
	require.True(t, ok)
	assert.Equal(t, `{"temperature":0.5,"top_k":4}`, parameters.Str())
}

// TestTraceStateStaysBehind: the server stores it nowhere, and sensitive_filter does
// not look into it unless it is asked to.
func TestTraceStateStaysBehind(t *testing.T) {
	for _, enabled := range []bool{true, false} {
		s := newServer(t, langfusetest.Options{})
		config := testConfig(s)
		config.Mapping.Enabled = enabled
		b := newBatch("test")
		span := b.span(1, 0, "call", chat(nil))
		span.TraceState().FromRaw("vendor=planted")
		link := span.Links().AppendEmpty()
		link.SetTraceID([16]byte{1})
		link.TraceState().FromRaw("vendor=planted")
		require.NoError(t, started(t, config).ConsumeTraces(t.Context(), b.traces))
		require.Len(t, s.Observations(), 1)
		assert.NotContains(t, string(s.TraceRequests()[0].Body), "planted")
		assert.Equal(t, "vendor=planted", span.TraceState().AsRaw(), "of other exporters' batch")
	}
}
