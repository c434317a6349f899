package libsql

import (
	"crypto/ed25519"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// serverConfiguration are the shipped files for a server, which is at an address.
func serverConfiguration(t *testing.T, address string, more ...string) []string {
	t.Helper()
	config, err := filepath.Abs("../../config")
	require.NoError(t, err)
	t.Setenv("OTELCOL_TRACES_DB", address)
	args := []string{"--config", filepath.Join(config, "otelcol.yaml"), "--config", filepath.Join(config, "destinations", "libsql-server.yaml")}
	for i, text := range more {
		path := filepath.Join(t.TempDir(), fmt.Sprint(i, ".yaml"))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		args = append(args, "--config", path)
	}
	return args
}

// TestACollectorOutlivesWhatAnswersInThePlaceOfItsServer starts the built collector
// before a real server that something stands in front of: it stays, takes spans, says
// what is wrong, and stores them when the server can be reached.
func TestACollectorOutlivesWhatAnswersInThePlaceOfItsServer(t *testing.T) {
	e2e.Binary(t)
	server := startServer(t, false)
	behind, err := url.Parse(server.url)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		status      int
		body, wants string
	}{
		"401":       {401, `{"error":"no token"}`, "auth_token: the server refuses it: server: HTTP 401: no token; give it one"},
		"403":       {403, `{"error":"read only"}`, "auth_token: the server refuses it: server: HTTP 403: read only; give it one"},
		"404":       {404, "no route", "url: what answers there is not a libSQL server, or has no such database: server: HTTP 404: no route; see the address"},
		"200, HTML": {200, "<html>sign in</html>", "url: what answers there is not a libSQL server: HTTP 200 with a page of HTML; see the address"},
		"502":       {502, "<html>nginx</html>", "server: HTTP 502: a page of HTML"},
	} {
		t.Run(name, func(t *testing.T) {
			var open atomic.Bool
			forward := httputil.NewSingleHostReverseProxy(behind)
			gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if open.Load() {
					forward.ServeHTTP(w, r)
					return
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			defer gate.Close()
			c := e2e.StartCollector(t, serverConfiguration(t, gate.URL)...)
			trace := uint64(test.status)
			send(t, c, smallTrace(trace))
			told := func() int {
				return strings.Count(c.Log(), "The server cannot be used; what comes waits and is sent again")
			}
			require.Eventually(t, func() bool { return told() > 0 && strings.Contains(c.Log(), test.wants) }, time.Minute, 10*time.Millisecond)
			assert.Equal(t, 1, told(), "once a minute")
			open.Store(true)
			require.Eventually(t, func() bool {
				rows, err := server.query("", "SELECT count(*) FROM otel_spans WHERE trace_id = ?", fmt.Sprintf("%032x", trace))
				return err == nil && rows[0][0] == int64(3)
			}, time.Minute, 10*time.Millisecond)
			require.Eventually(t, func() bool { return strings.Contains(c.Log(), "The server can be used") }, time.Minute, 10*time.Millisecond)
			require.NoError(t, c.Stop())
		})
	}
}

// TestATokenThatBecomesRightNeedsNoRestart has the token in a file.
func TestATokenThatBecomesRightNeedsNoRestart(t *testing.T) {
	e2e.Binary(t)
	server := startServer(t, true)
	_, another, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	right := server.token("rw", time.Hour)
	wrong := (&sqld{t: t, key: another}).token("rw", time.Hour)
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte(wrong), 0o600))
	c := e2e.StartCollector(t, serverConfiguration(t, server.url, `
extensions:
  bearertokenauth/libsql: {filename: `+token+`}
exporters:
  libsql:
    auth: {authenticator: bearertokenauth/libsql}
service:
  extensions: [health_check, file_storage, bearertokenauth/libsql]
`)...)
	send(t, c, smallTrace(7))
	require.Eventually(t, func() bool { return strings.Contains(c.Log(), "auth_token: the server refuses it: server: HTTP 401") }, time.Minute, 10*time.Millisecond)
	assert.NotContains(t, c.Log(), wrong)
	require.NoError(t, os.WriteFile(token, []byte(right), 0o600))
	require.Eventually(t, func() bool {
		rows, err := server.query(right, "SELECT count(*) FROM otel_spans")
		return err == nil && rows[0][0] == int64(3)
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, c.Stop())
}
