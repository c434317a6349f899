package sensitivefilter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

func TestSecretsInNamesOfAttributesAndMembersGo(t *testing.T) {
	token := redacttest.Sample("ghp_[0-9A-Za-z]{36}", 1)
	for _, place := range attributePlaces {
		t.Run(place.name, func(t *testing.T) {
			b := newBatch()
			m := place.of(b)
			m.PutStr("login "+token, "kept")
			inner := m.PutEmptyMap("map")
			inner.PutInt(token, 7)
			inner.PutEmptySlice("list").AppendEmpty().SetEmptyMap().PutStr("a="+token, "x")
			m.PutEmptyMap("credentials").PutStr(token, "hunter2")
			m.PutStr("gen_ai.usage.input_tokens", "12")
			got := place.of(filtered(t, defaults(), b)).AsRaw()
			label := "[REDACTED:secret.github-pat]"
			assert.Equal(t, map[string]any{
				"login " + label: "kept", "map": map[string]any{label: int64(7), "list": []any{map[string]any{"a=" + label: "x"}}},
				"credentials": map[string]any{label: "[REDACTED:secret.credentials]"}, "gen_ai.usage.input_tokens": "12",
			}, got)
		})
	}
}

func TestNamesThatBecomeOneKeepTheirValues(t *testing.T) {
	b := newBatch()
	b.record().Body().SetEmptyMap()
	for i, name := range []string{"a@example.com", "b@example.com", "c@example.com"} {
		b.record().Body().Map().PutInt(name, int64(i))
	}
	got := filtered(t, defaults(), b).record().Body().Map().AsRaw()
	assert.Equal(t, map[string]any{"[REDACTED:pii.email]": int64(0), "[REDACTED:pii.email]_2": int64(1), "[REDACTED:pii.email]_3": int64(2)}, got)
}

func TestNamesStayWhereTheyAreNotLookedAt(t *testing.T) {
	for name, cfg := range map[string]*Config{
		"scope.keys is off": changed(func(c *Config) { c.Scope.Keys = false }), "an audit": changed(func(c *Config) { c.Mode = "audit" }),
		"the place is ignored": changed(func(c *Config) { c.Keys.Ignore = []string{"attributes.*"} }),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch()
			b.span().Attributes().PutStr("a@example.com", "x")
			assert.Equal(t, map[string]any{"a@example.com": "x"}, filtered(t, cfg, b).span().Attributes().AsRaw())
		})
	}
}

func TestLookingAtNamesCostsNothingOnceTheyAreKnown(t *testing.T) {
	cfg := defaults()
	r, err := redact.New(cfg.Options())
	require.NoError(t, err)
	w := newWalker(newPlan(cfg, r))
	m := pcommon.NewMap()
	for _, name := range []string{"gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.response.id", "server.address"} {
		m.PutStr(name, "x")
	}
	w.begin()
	defer w.end()
	w.in(inAttributes)
	w.attributes(m)
	assert.Zero(t, testing.AllocsPerRun(10, func() { w.attributes(m) }))
}
