// Package libsql tests the trace store against the real libsql-server, and with
// libSQL's own JavaScript client as a second reader.
package libsql

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// sqld is a running libsql-server.
type sqld struct {
	t      testing.TB
	url    string
	dir    string
	args   []string
	cmd    *exec.Cmd
	output *e2e.Output
	key    ed25519.PrivateKey // nil: without authentication
}

// startServer starts a server on loopback. With authentication it wants tokens
// that token makes. arguments are added to its command line.
func startServer(t testing.TB, authenticated bool, arguments ...string) *sqld {
	t.Helper()
	path := e2e.SQLD(t, ".")
	s := &sqld{t: t, dir: t.TempDir()}
	address := freeAddress(t)
	s.url = "http://" + address
	s.args = []string{path, "--no-welcome", "-d", filepath.Join(s.dir, "data"), "--http-listen-addr", address}
	s.args = append(s.args, arguments...)
	if authenticated {
		public, private, err := ed25519.GenerateKey(nil)
		require.NoError(t, err)
		keyFile := filepath.Join(s.dir, "jwt.key")
		require.NoError(t, os.WriteFile(keyFile, []byte(base64.RawURLEncoding.EncodeToString(public)), 0o600))
		s.key = private
		s.args = append(s.args, "--auth-jwt-key-file", keyFile)
	}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func freeAddress(t testing.TB) string {
	t.Helper()
	return "127.0.0.1:" + e2e.FreePorts(t, 1)[0]
}

func (s *sqld) start() {
	s.t.Helper()
	s.output = &e2e.Output{}
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Dir = s.dir
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	require.NoError(s.t, s.cmd.Start())
	require.Eventually(s.t, func() bool { return e2e.Answers(s.url + "/health") }, 30*time.Second, 10*time.Millisecond, "%s", s.output)
}

// stop kills the server, as a crash would.
func (s *sqld) stop() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// token makes a JWT with which one may write (rw) or read (ro) for a time.
func (s *sqld) token(access string, valid time.Duration) string {
	s.t.Helper()
	payload, err := json.Marshal(map[string]any{"a": access, "exp": time.Now().Add(valid).Unix()})
	require.NoError(s.t, err)
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(s.key, []byte(signed)))
}

func (s *sqld) client(token string) *hrana.Client {
	s.t.Helper()
	u, err := url.Parse(s.url)
	require.NoError(s.t, err)
	return hrana.New(hrana.Options{URL: u, HTTP: &http.Client{Timeout: 15 * time.Second}, AuthToken: token})
}

// query runs one statement and returns its rows.
func (s *sqld) query(token, sql string, args ...any) ([][]any, error) {
	var r hrana.Request
	r.Reset()
	r.Execute(sql, args)
	answer, err := s.client(token).Do(context.Background(), &r)
	if err != nil {
		return nil, err
	}
	return answer.Rows(0)
}

// cpu is the processor time that the server has used (Linux; 0 elsewhere).
func (s *sqld) cpu() time.Duration { return testutil.ProcessCPU(s.cmd.Process.Pid) }
