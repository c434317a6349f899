// Package langfuse tests the built binary with the shipped overlay for Langfuse:
// what a server that is as strict as Langfuse stores in the end.
package langfuse

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// files are the base and two destinations: what one takes, the other has as well.
var files = []string{"../../config/otelcol.yaml", "../../config/destinations/libsql.yaml", "../../config/destinations/langfuse.yaml"}

// configs are absolute paths: the collector runs in a folder of its own.
func configs(t *testing.T) []string {
	t.Helper()
	var args []string
	for _, file := range files {
		args = append(args, "--config", absolute(t, file))
	}
	return args
}

func newServer(t *testing.T) *langfusetest.Server {
	t.Helper()
	return langfusetest.New(t, langfusetest.Options{Keys: []langfusetest.Key{{Public: "pk-lf-1234", Secret: "sk-lf-5678", Project: "tickets"}}})
}

// setenv sets the variables of the overlay, and unsets those of this machine.
func setenv(t *testing.T, variables map[string]string) {
	t.Helper()
	for _, name := range []string{"LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY", "LANGFUSE_API_KEY", "LANGFUSE_BASE_URL", "LANGFUSE_HOST", "LANGFUSE_TRACING_ENVIRONMENT", "LANGFUSE_RELEASE"} {
		unsetenv(t, name)
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
}

func send(t *testing.T, c *e2e.Collector, traces ptrace.Traces) {
	t.Helper()
	sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	require.NoError(t, sender.Send(t.Context(), traces))
}

// stored waits for n observations.
func stored(t *testing.T, s *langfusetest.Server, n int) []*langfusetest.Observation {
	t.Helper()
	require.Eventually(t, func() bool { return len(s.Observations()) >= n }, 30*time.Second, 10*time.Millisecond)
	return s.Observations()
}

func TestTheTicketRunArrivesRedactedPricedAndJoined(t *testing.T) {
	s := newServer(t)
	setenv(t, map[string]string{"LANGFUSE_PUBLIC_KEY": "pk-lf-1234", "LANGFUSE_SECRET_KEY": "sk-lf-5678", "LANGFUSE_BASE_URL": s.URL})
	c := e2e.StartCollector(t, configs(t)...)
	secrets := testutil.NewSecrets(6)
	send(t, c, testutil.TicketRun(secrets))
	all := stored(t, s, 33)
	require.NoError(t, c.Stop())

	require.Len(t, s.Observations(), 33, "every span once")
	assert.Len(t, s.TraceRequests(), 1)
	cost, roots := 0.0, 0
	for _, o := range all {
		assert.Equal(t, "tickets", o.Project)
		assert.Equal(t, []any{"user-17", "sess-42", "ticket-generation", "client-test"}, []any{o.UserID, o.SessionID, o.TraceName, o.Environment}, o.Name)
		cost += o.TotalCost
		if o.Type == "GENERATION" {
			assert.Positive(t, o.TotalCost, o.Name)
			assert.Equal(t, "priced", o.Metadata["llmcost.status"])
		}
		if o.Root {
			roots++
		}
	}
	assert.Equal(t, 1, roots)
	// The sum of tests/mainjob, where it is worked out.
	assert.InDelta(t, (326.7+1921.2)/1e6, cost, 1e-9)
	for _, r := range s.Requests() {
		for name, needle := range secrets.Needles() {
			assert.False(t, bytes.Contains(r.Body, []byte(needle)), "%s is in a request to %s", name, r.Path)
			assert.NotContains(t, fmt.Sprint(r.Header), needle)
		}
	}
	c.AssertNoSecret(t, secrets)
	for _, secret := range []string{"sk-lf-5678", "pk-lf-1234", "otel-ingestion-job"} {
		assert.NotContains(t, c.Log(), secret)
	}
	assert.Contains(t, c.Log(), "tickets", "the project is in the log")
}

// TestTheVariablesThatPeopleHave are those of Langfuse's own SDKs, and the key in
// one.
func TestTheVariablesThatPeopleHave(t *testing.T) {
	s := newServer(t)
	setenv(t, map[string]string{
		"LANGFUSE_API_KEY": "pk-lf-1234:sk-lf-5678", "LANGFUSE_HOST": s.URL + "/api/public/otel", "LANGFUSE_TRACING_ENVIRONMENT": "staging", "LANGFUSE_RELEASE": "r7",
	})
	c := e2e.StartCollector(t, configs(t)...)
	send(t, c, call(1, ""))
	o := stored(t, s, 1)[0]
	assert.Equal(t, []any{"staging", "r7"}, []any{o.Environment, o.Release})
}

func TestWithoutKeysTheStartSaysWhatIsMissing(t *testing.T) {
	setenv(t, nil)
	output, err := e2e.RunBinary(t, t.TempDir(), nil, configs(t)...)
	require.Error(t, err)
	assert.Contains(t, output, "exporters::langfuse")
	assert.Contains(t, output, "public_key, secret_key: are missing")
}
