package dburl

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseURL(t *testing.T) {
	for text, want := range map[string]string{
		"file:traces.db":                     "traces.db",
		"file:./data/traces.db":              "./data/traces.db",
		"file:../traces.db":                  "../traces.db",
		"file:/var/lib/traces.db":            "/var/lib/traces.db",
		"file:///var/lib/traces.db":          "/var/lib/traces.db",
		"file://localhost/var/lib/traces.db": "/var/lib/traces.db",
		"file:my%20traces.db":                "my traces.db",
		"file:my traces.db":                  "my traces.db",
		"FILE:traces.db":                     "traces.db",
		"libsql://mastra.db":                 "mastra.db",
		"libsql://observability.sqlite":      "observability.sqlite",
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got.File, text)
	}
	for text, want := range map[string]string{
		"":                                "url: is empty",
		"traces.db":                       "a file is file:traces.db",
		"file:":                           "names no file",
		"file:///":                        "names no file",
		"file:data/":                      "names no file",
		"file::memory:":                   "in memory is lost",
		"file:traces.db?mode=ro":          "use the keys under file",
		"file:t.db?authToken=secret":      "use the keys under file",
		"file:t.db?secret":                "use the keys under file",
		"file://user:secret@host/t.db":    "names a host",
		"file://u:secret@host/t.db?a=b":   "remove it",
		"file://host/t.db?jwt=secret":     "use the keys under file",
		"file:t.db?a=:memory:secret":      "in memory is lost",
		"https://host?eyJ.secret":         "has an option that is not understood",
		"https://host?eyJ.secret=1":       "has an option that is not understood",
		"postgres://u:secret@host/x":      `scheme "postgres" is not known`,
		"secret@x:1":                      "url: has no scheme that is known",
		"file://data/traces.db":           "names the host",
		"file:100%.db":                    "written %25",
		"libsql://user:secret@host.db":    "put the token into auth_token",
		"https://x.turso.io?jwt=secret":   "put it into auth_token",
		"libsql://x?authToken=secret":     "put it into auth_token",
		"https://x.turso.io?token=secret": `option "token" is not understood`,
		"libsql://host?tls=0":             "needs a port",
		"http://host:1?tls=0":             `option "tls" is not understood`,
		"libsql://":                       "names no host",
		"libsql://./data/mastra.db":       "a file is file:./data/mastra.db",
		"libsql:///srv/m.db?jwt=secret":   "a file is file:/srv/m.db",
		"http://[::1":                     "cannot be read as a URL",
		"postgres://localhost":            `scheme "postgres" is not known`,
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want, text)
		assert.NotContains(t, err.Error(), "secret", text)
	}
	for text, want := range map[string]string{
		"libsql://db.example.com":       "https://db.example.com",
		"libsql://name-org.turso.io":    "https://name-org.turso.io",
		"libsql://mastra.db:8080":       "https://mastra.db:8080",
		"libsql://localhost:8080?tls=0": "http://localhost:8080",
		"libsql://localhost:8080?tls=1": "https://localhost:8080",
		"https://db.example.com/ns/":    "https://db.example.com/ns",
		"http://localhost:8080":         "http://localhost:8080",
		"ws://localhost:8080":           "http://localhost:8080",
		"wss://db.example.com":          "https://db.example.com",
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		require.NotNil(t, got.Server, text)
		assert.Equal(t, want, got.Server.String(), text)
		assert.Empty(t, got.File)
	}
	for text, want := range map[string]bool{
		"http://localhost:1": false, "http://127.0.0.1:1": false, "http://[::1]:1": false, "http://db.internal:1": true, "https://db.internal": false, "libsql://10.0.0.1:8080?tls=0": true,
	} {
		got, err := Parse(text)
		require.NoError(t, err)
		assert.Equal(t, want, got.IsPublicPlain(), text)
	}
}
