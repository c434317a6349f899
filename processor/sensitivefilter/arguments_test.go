package sensitivefilter

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheArgumentBehindAFlagGoes looks at lists of arguments, such as process.command_args, as values and as JSON texts.
func TestTheArgumentBehindAFlagGoes(t *testing.T) {
	const pw, token = "hunter2xy!", "q7" + "Zk20vBx9LmT4wRe1Ns"
	for _, c := range []struct {
		args []any
		gone int // the place of the argument that goes, or -1
	}{
		{[]any{"mysql", "--password", pw, "shop"}, 2},
		{[]any{"mysql", "-password", pw}, 2},
		{[]any{"psql", "--user", "bob", "--db-password", pw, "--verbose"}, 4},
		{[]any{"tool", "--api-key", token}, 2},
		{[]any{"tool", "--api_key", token}, 2},
		{[]any{"tool", "--access-token", token, "list"}, 2},
		{[]any{"tool", "--client-secret", token}, 2},
		{[]any{"--token", token}, 1},
		{[]any{"tool", "--password", "--user", "bob-1234"}, -1},
		{[]any{"tool", "--password-stdin", "bob-1234"}, -1},
		{[]any{"tool", "--token-limit", "4096-tokens"}, -1},
		{[]any{"tool", "--max-tokens", "40961234"}, -1},
		{[]any{"tool", "--model", "gpt-4o-mini-2031"}, -1},
		{[]any{"tool", "--password-file", "/run/secrets/db1"}, -1},
		{[]any{"tool", "--password"}, -1},
		{[]any{"tool", "password", "documentation"}, -1},
		{[]any{"-", "x1234567!"}, -1},
	} {
		b := newBatch()
		m := b.span().Attributes()
		require.NoError(t, m.PutEmptySlice("process.command_args").FromRaw(c.args))
		raw, err := json.Marshal(map[string]any{"args": c.args})
		require.NoError(t, err)
		m.PutStr("compact", string(raw))
		m.PutStr("spaced", strings.ReplaceAll(string(raw), ",", ", "))
		got := filterTraces(t, defaults(), b.td).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().AsRaw()
		for _, name := range []string{"process.command_args", "compact", "spaced"} {
			var read struct{ Args []any }
			if text, ok := got[name].(string); ok {
				require.NoError(t, json.Unmarshal([]byte(text), &read))
			} else {
				read.Args = got[name].([]any)
			}
			for i, arg := range c.args {
				assert.Equal(t, i != c.gone, read.Args[i] == arg, "%s: %v: %v", name, c.args, read.Args)
			}
		}
	}
}
