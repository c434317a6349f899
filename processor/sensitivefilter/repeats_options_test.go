package sensitivefilter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestAResourceHasWhatOneBehindItShowsOfTheirTrace(t *testing.T) {
	for _, mode := range []string{"redact", "audit"} {
		td := ptrace.NewTraces()
		for i, text := range []string{"before " + known, "elsewhere " + known, "password=" + known, "after " + known} {
			conversation([]byte{1, 2, 1, 1}[i], text).ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
		}
		td.ResourceSpans().At(0).Resource().Attributes().PutStr("note", known)
		out := filterTraces(t, changed(func(c *Config) { c.Repeats.PerResource, c.Mode = true, mode }), td)
		want := []string{"before " + knownLabel, "elsewhere " + known, "password=" + knownLabel, "after " + knownLabel}
		note, _ := out.ResourceSpans().At(0).Resource().Attributes().Get("note")
		if mode == "audit" {
			assert.Equal(t, known, note.Str())
			assert.Equal(t, "before "+known, messagesOf(out, 0))
			continue
		}
		assert.Equal(t, knownLabel, note.Str())
		for i := range want {
			assert.Equal(t, want[i], messagesOf(out, i))
		}
	}
}

func TestWhatCustomRulesFindIsRepeatedAsTokensAre(t *testing.T) {
	cfg := changed(func(c *Config) {
		c.CustomRules = []CustomRuleConfig{{ID: "acme-login", Regex: `login with (\w+)`, Group: 1}}
	})
	out := messagesOf(filterTraces(t, cfg, conversation(1, "login with acme_q7Zk20vB, then acme_q7Zk20vB")), 0)
	assert.Equal(t, 0, strings.Count(out, "q7Zk20vB"), out)
	out = messagesOf(filterTraces(t, cfg, conversation(1, "login with acme_1234 then acme_1234")), 0)
	assert.Equal(t, 1, strings.Count(out, "acme_1234"), out)
}
