package viewer

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/status"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// eventually waits for the collector to be in a state.
func eventually(t *testing.T, c *e2e.Collector, is func(status.Collector) bool) status.Collector {
	t.Helper()
	var last status.Collector
	require.Eventually(t, func() bool {
		last = read[status.Collector](t, c, "collector")
		return is(last)
	}, patience, 50*time.Millisecond)
	return last
}

func destination(s status.Collector, id string) status.Destination {
	for _, d := range s.Destinations {
		if d.ID == id {
			return d
		}
	}
	return status.Destination{}
}

// TestThePageKnowsHowTheCollectorDoes: what came, what was found, where it went, and why a
// destination does not take what it is sent.
func TestThePageKnowsHowTheCollectorDoes(t *testing.T) {
	backend := otlptest.Start(t)
	gate := e2e.StartGate(t, backend.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", gate.URL)
	c, secrets := captured(t)
	s := eventually(t, c, func(s status.Collector) bool {
		return destination(s, "otlp_http").Sent != nil && destination(s, "otlp_http").Sent.Spans > 0
	})
	assert.Equal(t, status.OK, s.Health, "%+v", s)
	assert.True(t, s.Metered)
	assert.Equal(t, "otelcol-llm", s.Command)
	assert.NotEmpty(t, s.Version)
	assert.Positive(t, *s.MemoryBytes)
	assert.EqualValues(t, 1024<<20, *s.MemoryLimitBytes)

	require.Len(t, s.Receivers, 1)
	assert.Positive(t, s.Receivers[0].Accepted.Spans)
	assert.Positive(t, s.Receivers[0].Accepted.LogRecords)
	require.Len(t, s.Receivers[0].Endpoints, 2)
	for _, e := range s.Receivers[0].Endpoints {
		assert.True(t, e.Loopback)
		assert.Contains(t, c.Ports, e.Address[strings.LastIndex(e.Address, ":")+1:])
	}
	assert.NotEmpty(t, s.Redactions)
	assert.True(t, slices.ContainsFunc(s.Redactions, func(r status.RuleCount) bool { return strings.Contains(r.Rule, "email") && r.Count > 0 }), "%v", s.Redactions)

	stored := destination(s, "libsql")
	assert.Equal(t, "data/traces.db", stored.Address)
	assert.False(t, stored.Remote)
	assert.ElementsMatch(t, []string{"traces", "logs"}, stored.Signals)
	assert.Equal(t, "bytes", stored.Queue.Unit)
	assert.False(t, stored.Queue.OnDisk)
	assert.Positive(t, stored.Queue.Capacity)
	sent := destination(s, "otlp_http")
	assert.Equal(t, gate.URL, sent.Address)
	assert.False(t, sent.Remote, "it is this machine")
	assert.Equal(t, "items", sent.Queue.Unit)
	assert.True(t, sent.Queue.OnDisk)

	gate.Set(http.StatusUnauthorized)
	sendTraces(t, c, traffic.New(traffic.Options{Seed: 11, TextSize: 100, ServiceName: "later"}).Trace(time.Now()))
	s = eventually(t, c, func(s status.Collector) bool { return destination(s, "otlp_http").RetryingSince != nil })
	sent = destination(s, "otlp_http")
	assert.Equal(t, status.Waiting, sent.Health)
	assert.Equal(t, status.Waiting, s.Health)
	assert.Equal(t, "HTTP 401 Unauthorized: the credentials are refused", sent.Error)
	assert.Positive(t, sent.Queue.Size)
	assert.True(t, slices.ContainsFunc(s.Warnings, func(w status.Warning) bool { return w.Component == "otlp_http" }), "%v", s.Warnings)

	gate.Set(e2e.Open)
	s = eventually(t, c, func(s status.Collector) bool { return destination(s, "otlp_http").RetryingSince == nil })
	assert.Equal(t, status.OK, destination(s, "otlp_http").Health)
	body := ask(t, http.MethodGet, c.Viewer+"/api/v1/collector").body
	for name, needle := range secrets.Needles() {
		if strings.Contains(body, needle) { // a message would repeat it
			t.Error(name)
		}
	}
}

// TestWithoutMetricsCountsAreNotZero: they are not known.
func TestWithoutMetricsCountsAreNotZero(t *testing.T) {
	c := e2e.StartCollector(t, append(shipped(t, "local.yaml"), "--config", "yaml:service::telemetry::metrics::level: none")...)
	s := read[status.Collector](t, c, "collector")
	assert.False(t, s.Metered)
	assert.NotEmpty(t, s.Note)
	assert.Nil(t, s.Receivers[0].Accepted)
	assert.Nil(t, destination(s, "libsql").Sent)
	assert.Nil(t, read[status.FirstRun](t, c, "first-run").AcceptedSpans)
}

// speak sends what an application sends that has the wrong settings. Its error is the
// application's.
func speak(t *testing.T, h2 bool, url, contentType, body string) {
	t.Helper()
	transport := &http.Transport{}
	if h2 {
		var protocols http.Protocols
		protocols.SetUnencryptedHTTP2(true)
		transport.Protocols = &protocols
	}
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	if response, err := transport.RoundTrip(request); err == nil {
		response.Body.Close()
	}
}

// TestAFirstRunSaysWhatItHasSeen: the lines to set, and why no trace shows.
func TestAFirstRunSaysWhatItHasSeen(t *testing.T) {
	c := e2e.StartCollector(t)
	f := read[status.FirstRun](t, c, "first-run")
	assert.Equal(t, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.HTTP, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_SERVICE_NAME=my-app"}, f.Environment)
	assert.Equal(t, c.HTTP, f.HTTPEndpoint)
	assert.Equal(t, c.GRPC, f.GRPCEndpoint)
	assert.Empty(t, f.Remote)
	assert.Zero(t, f.Traces)
	require.NotNil(t, f.AcceptedSpans)
	require.Len(t, f.Reasons, 1)
	assert.Equal(t, "no_traffic", f.Reasons[0].Kind)

	const grpc = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	speak(t, true, c.HTTP+grpc, "application/grpc", "\x00\x00\x00\x00\x00")
	// By hand: Go's client may take the first frame of the server for an answer, and send nothing.
	connection, err := net.Dial("tcp", strings.TrimPrefix(c.GRPC, "http://"))
	require.NoError(t, err)
	defer connection.Close()
	_, err = connection.Write([]byte("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"))
	require.NoError(t, err)
	speak(t, false, c.HTTP+"/v1/trace", "application/json", "{}")
	speak(t, false, c.HTTP+"/v1/traces", "application/json", `{"resourceSpans": 7}`)
	seen := map[string]bool{}
	require.Eventually(t, func() bool {
		for _, reason := range read[status.FirstRun](t, c, "first-run").Reasons {
			seen[reason.Kind] = true
			require.NotEmpty(t, reason.Sentence)
			require.NotEmpty(t, reason.Remedy)
		}
		return seen["grpc_at_http"] && seen["http_at_grpc"] && seen["wrong_path"] && seen["malformed"]
	}, patience, 50*time.Millisecond, "%v", seen)

	speak(t, false, c.HTTP+"/v1/logs", "application/json", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}`)
	require.Eventually(t, func() bool {
		return slices.ContainsFunc(read[status.FirstRun](t, c, "first-run").Reasons, func(r status.Reason) bool {
			return r.Kind == "other_signal" && r.Sentence == "log records have come, and no span"
		})
	}, patience, 50*time.Millisecond)

	sendTraces(t, c, testutil.TicketRun(testutil.NewSecrets(2)))
	require.Eventually(t, func() bool {
		f = read[status.FirstRun](t, c, "first-run")
		return len(f.Services) == 1
	}, patience, 20*time.Millisecond)
	assert.EqualValues(t, 1, f.Services[0].Traces)
	assert.Positive(t, f.Services[0].Spans)
	assert.Positive(t, f.Services[0].Tokens)
	assert.Positive(t, f.Services[0].Redactions)
	require.NotNil(t, f.Services[0].USD)
	assert.True(t, e2e.Answers(c.Viewer+"/api/v1/traces/"+f.Services[0].TraceID))
}

// TestAFirstRunKnowsWhatIsSampledOut.
func TestAFirstRunKnowsWhatIsSampledOut(t *testing.T) {
	c := e2e.StartCollectorWith(t, t.TempDir(), []string{"MASTRA_OBSERVABILITY_SAMPLING=never"})
	for i := range 3 {
		traces := ptrace.NewTraces()
		traffic.New(traffic.Options{Seed: uint64(i), TextSize: 10, ServiceName: fmt.Sprint("s", i)}).Trace(time.Now()).CopyTo(traces)
		sendTraces(t, c, traces)
	}
	require.Eventually(t, func() bool {
		f := read[status.FirstRun](t, c, "first-run")
		return f.Traces == 0 && slices.ContainsFunc(f.Reasons, func(r status.Reason) bool { return r.Kind == "sampled" })
	}, patience, 50*time.Millisecond)
}
