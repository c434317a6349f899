package langfuseexporter

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// FuzzMapping gives any text to attributes of any instrumentation, and holds that
// what is sent is a form that every server takes, and that the batch stays as it
// came.
func FuzzMapping(f *testing.F) {
	f.Add(uint16(0), uint16(40), uint8(0), `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`, "x.y", "a", int64(7), 0.5)
	f.Add(uint16(90), uint16(150), uint8(1), `{"total":"NaN","input":-1}`, "langfuse.observation.cost_details", "a\xff", int64(-1), -1e300)
	f.Add(uint16(200), uint16(260), uint8(2), `data:image/png;base64,AAAA`, "langfuse.observation.usage_details", `{"input":1.5}`, int64(1)<<62, 1e9)
	f.Add(uint16(3), uint16(7), uint8(3), `"2026-11-22"`, "langfuse.observation.completion_start_time", "2026", int64(0), 0.0)
	names := genai.Vocabulary()
	events := []string{mapping.EventsDrop, mapping.EventsMetadata, mapping.EventsObservations}
	messages := []string{mapping.MessagesChatML, mapping.MessagesJSON, mapping.MessagesOff}
	f.Fuzz(func(t *testing.T, one, two uint16, options uint8, text, key, value string, n int64, number float64) {
		b := newBatch("test")
		span := b.span(1, 0, value, chat(map[string]any{
			key: value, names[int(one)%len(names)].Key: text, names[int(two)%len(names)].Key: n, "gen_ai.usage.cost": number,
			"gen_ai.input.messages": text, "langfuse.trace.tags": text, "mastra.metadata." + key: value,
		}))
		span.TraceState().FromRaw(value)
		event := span.Events().AppendEmpty()
		event.SetName(key)
		event.Attributes().PutStr(key, text)
		before := ptrace.NewTraces()
		b.traces.CopyTo(before)

		config := createDefaultConfig().(*Config)
		config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
		config.MaxSpanBytes, config.Media.Mode = minBytes, mediaStrip
		config.Mapping.SpanEvents, config.Mapping.Messages = events[int(options)%len(events)], messages[int(options/3)%len(messages)]
		config.Mapping.Enabled = options%16 != 15
		e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
		require.NoError(t, err)
		shipments, _ := e.prepare(t.Context(), b.traces)
		require.Equal(t, before, b.traces)
		require.Len(t, shipments, 1)
		requireUTF8(t, shipments[0].traces)
		for _, sent := range shipments[0].traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
			require.LessOrEqual(t, sizer.SpanSize(sent), minBytes)
			requireSendable(t, sent.Attributes(), config.Mapping.Enabled)
		}
	})
}

// requireSendable holds attributes to the rules of the langfuse reference 2.1 and 3.
func requireSendable(t *testing.T, attributes pcommon.Map, mapped bool) {
	t.Helper()
	keys := map[string]bool{}
	for key, value := range attributes.All() {
		require.False(t, keys[key], "%s is there twice", key)
		keys[key] = true
		switch value.Type() {
		case pcommon.ValueTypeMap, pcommon.ValueTypeBytes, pcommon.ValueTypeEmpty:
			t.Fatalf("%s is a %s", key, value.Type())
		case pcommon.ValueTypeSlice:
			require.Positive(t, value.Slice().Len(), key)
		}
		if !mapped {
			continue
		}
		switch key {
		case mapping.CostKey:
			var cost map[string]float64
			require.NoError(t, json.Unmarshal([]byte(value.Str()), &cost), value.Str())
			require.Contains(t, cost, "total")
			for _, usd := range cost {
				require.True(t, usd >= 0 && usd < 1e6, value.Str())
			}
		case mapping.UsageKey:
			require.True(t, json.Valid([]byte(value.Str())), value.Str())
		}
	}
}
