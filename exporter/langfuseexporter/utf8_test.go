package langfuseexporter

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
)

// TestTextThatIsNoUTF8 in every place of a batch where text can stand.
func TestTextThatIsNoUTF8(t *testing.T) {
	const bad = "a\xffb"
	for _, change := range []func(*Config){
		func(*Config) {},
		func(c *Config) { c.Mapping.Enabled = false },
		func(c *Config) { c.Mapping.SpanEvents = mapping.EventsObservations },
		func(c *Config) { c.Mapping.Messages = mapping.MessagesOff },
	} {
		b := newBatch(bad)
		b.rs.SetSchemaUrl(bad)
		b.rs.Resource().Attributes().PutStr(bad, bad)
		b.ss.SetSchemaUrl(bad)
		b.ss.Scope().SetVersion(bad)
		b.ss.Scope().Attributes().PutStr(bad, bad)
		span := b.span(1, 0, bad, chat(map[string]any{
			bad: bad, "gen_ai.input.messages": bad, "gen_ai.agent.name": bad, "langfuse.trace.tags": []any{bad}, "langfuse.trace.metadata." + bad: bad,
			"gen_ai.request.seed": bad, "mastra.metadata.x": map[string]any{bad: bad}, "session.id": bad, "langfuse.observation.level": bad,
			"langfuse.observation.type": bad, "langfuse.observation.usage_details": bad, "langfuse.observation.completion_start_time": bad,
		}))
		span.TraceState().FromRaw(bad)
		span.Status().SetCode(ptrace.StatusCodeError)
		span.Status().SetMessage(bad)
		for _, name := range []string{bad, "exception", "gen_ai.user.message"} {
			event := span.Events().AppendEmpty()
			event.SetName(name)
			event.Attributes().PutStr("exception.message", bad)
			event.Attributes().PutStr(bad, bad)
		}
		link := span.Links().AppendEmpty()
		link.TraceState().FromRaw(bad)
		link.Attributes().PutStr(bad, bad)

		config := createDefaultConfig().(*Config)
		config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
		change(config)
		e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
		require.NoError(t, err)
		shipments, p := e.prepare(t.Context(), b.traces)
		require.Len(t, shipments, 1)
		requireUTF8(t, shipments[0].traces)
		assert.Positive(t, p.tally.sanitized[mapping.ReasonUTF8])
	}
}

// requireUTF8 looks at every text of a batch.
func requireUTF8(t *testing.T, td ptrace.Traces) {
	t.Helper()
	text := func(texts ...string) {
		for _, text := range texts {
			require.True(t, utf8.ValidString(text), "%q", texts)
		}
	}
	attributes := func(m pcommon.Map) {
		for key, value := range m.All() {
			text(key, value.AsString())
		}
	}
	for _, rs := range td.ResourceSpans().All() {
		text(rs.SchemaUrl())
		attributes(rs.Resource().Attributes())
		for _, ss := range rs.ScopeSpans().All() {
			text(ss.SchemaUrl(), ss.Scope().Name(), ss.Scope().Version())
			attributes(ss.Scope().Attributes())
			for _, span := range ss.Spans().All() {
				text(span.Name(), span.TraceState().AsRaw(), span.Status().Message())
				attributes(span.Attributes())
				for _, event := range span.Events().All() {
					text(event.Name())
					attributes(event.Attributes())
				}
				require.Zero(t, span.Links().Len())
			}
		}
	}
}
