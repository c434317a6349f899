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

// TestCredentialsOfCommandsInLists looks at commands as lists, and at a command beside its arguments.
func TestCredentialsOfCommandsInLists(t *testing.T) {
	const pw = "tulipengineriver"
	for _, c := range []struct {
		command any
		args    []any
		want    string // the argument that changes, with a placeholder, or none
	}{
		{nil, []any{"curl", "-u", "bob:" + pw, "https://a.example"}, "bob:[REDACTED:secret.password]"},
		{nil, []any{"/usr/bin/sshpass", "-p", pw, "ssh", "-p", "2222"}, "[REDACTED:secret.password]"},
		{nil, []any{"sudo", "redis-cli", "-a", pw}, "[REDACTED:secret.password]"},
		{nil, []any{"mysql", "-u", "root", "-p" + pw}, "-p[REDACTED:secret.password]"},
		{nil, []any{"7z", "a", "-p" + pw, "a.7z"}, "-p[REDACTED:secret.password]"},
		{nil, []any{"gh", "secret", "set", "K", "--body", pw}, "[REDACTED:secret.password]"},
		{nil, []any{"docker", "login", "-u", "a", "-p", pw}, "[REDACTED:secret.password]"},
		{"mysql", []any{"-u", "root", "-p" + pw, "db"}, "-p[REDACTED:secret.password]"},
		{"docker", []any{"login", "-u", "a", "-p", pw}, "[REDACTED:secret.password]"},
		{[]any{"redis-cli"}, []any{"-a", pw}, "[REDACTED:secret.password]"},
		{nil, []any{"docker", "run", "-p", "8080:80"}, ""},
		{nil, []any{"ssh", "-p", "2222", pw}, ""},
		{nil, []any{"mkdir", "-p", pw}, ""},
		{nil, []any{"curl", "-u", "alice", pw}, ""},
		{nil, []any{"-a", pw}, ""},
		{nil, []any{"the", "net", "user", "bob", pw}, ""},
		{"mkdir", []any{"-p", pw}, ""},
		{"redis-cli", []any{int64(6379), "-a", "-h"}, ""},
	} {
		b := newBatch()
		m := b.span().Attributes()
		call := map[string]any{"args": c.args}
		if c.command != nil {
			call["command"] = c.command
		}
		require.NoError(t, m.PutEmptyMap("call").FromRaw(call))
		if c.command == nil {
			require.NoError(t, m.PutEmptySlice("process.command_args").FromRaw(c.args))
		}
		want := append([]any(nil), c.args...)
		for i, arg := range want {
			if text, ok := arg.(string); ok && c.want != "" && strings.Contains(text, pw) {
				want[i] = c.want
			}
		}
		got := filterTraces(t, defaults(), b.td).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().AsRaw()
		assert.Equal(t, want, got["call"].(map[string]any)["args"])
		if c.command == nil {
			assert.Equal(t, want, got["process.command_args"])
		}
	}
}
