package llmcost

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// TestTheWarningNamesTheLineToWrite writes the line that the warning names into
// the configuration, and the call has a cost.
func TestTheWarningNamesTheLineToWrite(t *testing.T) {
	for name, tt := range map[string]struct {
		provider, model, line, status string
	}{
		"a machine of one's own behind OpenAI's client": {"openai", "llama3.1:8b", `aliases: [{provider: openai, match: "llama3.1:8b", model: "llama3.1:8b", target_provider: ollama}]`, "local"},
		"a provider of one's own":                       {"gpu-box", "llama3.1:8b", "local_providers: [gpu-box]", "local"},
		"a gateway behind OpenAI's client":              {"openai", "anthropic/claude-haiku-4-5", "aliases: [{provider: openai, match: anthropic/claude-haiku-4-5, model: claude-haiku-4-5, target_provider: anthropic}]", "priced"},
		"a deployment":                                  {"azure", "gpt-4o-prod", "aliases: [{provider: azure, match: gpt-4o-prod, model: gpt-4o}]", "priced"},
		"a gateway's own name":                          {"acme-llm", "gpt-4o", "provider_aliases: {acme-llm: openai}", "priced"},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.WarnLevel)
			set := processortest.NewNopSettings(metadata.Type)
			set.Logger = zap.New(core)
			p, err := NewFactory().CreateTraces(t.Context(), set, createDefaultConfig(), consumertest.NewNop())
			require.NoError(t, err)
			span := func() map[string]any { return call(tt.provider, tt.model, nil) }
			require.NoError(t, p.ConsumeTraces(t.Context(), oneSpan(t, "x", span())))
			require.NoError(t, p.Shutdown(t.Context()))
			require.Equal(t, 1, logs.Len())
			fields := logs.All()[0].ContextMap()
			require.Equal(t, tt.line, fields["to_price_it"])
			assert.NotEmpty(t, fields["note"])

			retrieved, err := confmap.NewRetrievedFromYAML([]byte(tt.line))
			require.NoError(t, err)
			parsed, err := retrieved.AsConf()
			require.NoError(t, err)
			got := only(run(t, oneSpan(t, "x", span()), func(c *Config) { require.NoError(t, parsed.Unmarshal(c)) }))
			assert.Equal(t, tt.status, got[attrStatus])
		})
	}
}

// TestAWarningBelongsToThePipelineOfItsCall has one configuration in a pipeline of
// logs and one of traces, which share prices.
func TestAWarningBelongsToThePipelineOfItsCall(t *testing.T) {
	factory, cfg := NewFactory(), createDefaultConfig()
	core, seen := observer.New(zap.WarnLevel)
	named := func(pipeline string) *zap.Logger { return zap.New(core).With(zap.String("pipeline", pipeline)) }

	set := processortest.NewNopSettings(metadata.Type)
	set.Logger = named("logs")
	logs, err := factory.CreateLogs(t.Context(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)
	set.Logger = named("traces")
	traces, err := factory.CreateTraces(t.Context(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)

	require.NoError(t, traces.ConsumeTraces(t.Context(), oneSpan(t, "x", call("openai", "of-a-span", nil))))
	records := plog.NewLogs()
	require.NoError(t, records.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Attributes().FromRaw(call("openai", "of-a-record", nil)))
	require.NoError(t, logs.ConsumeLogs(t.Context(), records))
	require.NoError(t, traces.Shutdown(t.Context()))
	require.NoError(t, logs.Shutdown(t.Context()))

	got := map[any]any{}
	for _, entry := range seen.All() {
		got[entry.ContextMap()["model"]] = entry.ContextMap()["pipeline"]
	}
	assert.Equal(t, map[any]any{"of-a-span": "traces", "of-a-record": "logs"}, got)
}

// TestALongNameIsCutBetweenCharacters: a label of a metric that is not valid UTF-8 has the whole page of metrics answer 500.
func TestALongNameIsCutBetweenCharacters(t *testing.T) {
	for _, name := range []string{
		strings.Repeat("m", maxNameLength-1) + "üü", strings.Repeat("模", maxNameLength), strings.Repeat("𝛼", maxNameLength), "x" + strings.Repeat("𝛼", maxNameLength), "\xff", strings.Repeat("\xff", 2*maxNameLength),
	} {
		got := cut(name)
		assert.True(t, utf8.ValidString(got), "%q", got)
		assert.LessOrEqual(t, len(got), maxNameLength)
		if utf8.ValidString(name) {
			assert.Greater(t, len(got), maxNameLength-utf8.UTFMax)
		}
	}
	assert.Equal(t, "gpt-4o", cut("gpt-4o"))
	assert.Equal(t, "a]52;c;aGk=31mb", cut("a\x1b]52;c;aGk=\x07\u009b31m\u202e\u2066b\n"), "a terminal that shows the log obeys nothing")
}

// TestAHintMovesNoTerminal: for a name that would there is none.
func TestAHintMovesNoTerminal(t *testing.T) {
	core, seen := observer.New(zap.WarnLevel)
	set := processortest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	p, err := NewFactory().CreateTraces(t.Context(), set, createDefaultConfig(), consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, p.ConsumeTraces(t.Context(), oneSpan(t, "x", call("open\u009b31mai", "gpt\u202e\u009b2J", nil))))
	require.NoError(t, p.Shutdown(t.Context()))
	require.Equal(t, 1, seen.Len())
	for name, value := range seen.All()[0].ContextMap() {
		assert.False(t, strings.ContainsFunc(fmt.Sprint(value), isObeyed), name)
	}
	assert.NotContains(t, seen.All()[0].ContextMap(), "to_price_it")
}
