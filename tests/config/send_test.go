package config

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// send exports traces over OTLP/HTTP and returns when they are acknowledged.
func send(t *testing.T, c *e2e.Collector, traces ptrace.Traces) {
	t.Helper()
	require.NoError(t, trySend(t.Context(), c, traces))
}

func trySend(ctx context.Context, c *e2e.Collector, traces ptrace.Traces) error {
	sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
	if err != nil {
		return err
	}
	defer sender.Close()
	ctx, cancel := context.WithTimeout(ctx, otlptest.Patience)
	defer cancel()
	return sender.Send(ctx, traces)
}

// post sends a body to a collector and asserts that it was taken.
func post(t *testing.T, url string, body []byte) {
	t.Helper()
	response, err := http.Post(url, "application/x-protobuf", strings.NewReader(string(body)))
	require.NoError(t, err)
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	require.Equal(t, http.StatusOK, response.StatusCode, string(answer))
}

func sendLogs(t *testing.T, c *e2e.Collector, logs plog.Logs) {
	t.Helper()
	body, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	require.NoError(t, err)
	post(t, c.HTTP+"/v1/logs", body)
}

// sendMetric sends a gauge with a secret in an attribute.
func sendMetric(t *testing.T, c *e2e.Collector, name, secret string) {
	t.Helper()
	metrics := pmetric.NewMetrics()
	resource := metrics.ResourceMetrics().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "app")
	metric := resource.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	metric.SetName(name)
	point := metric.SetEmptyGauge().DataPoints().AppendEmpty()
	point.SetIntValue(7)
	point.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	point.Attributes().PutStr("note", "call me with "+secret)
	body, err := pmetricotlp.NewExportRequestFromMetrics(metrics).MarshalProto()
	require.NoError(t, err)
	post(t, c.HTTP+"/v1/metrics", body)
}

// ticketSpans and the rest are what is in testutil.TicketRun.
const (
	ticketSpans  = 33
	ticketInput  = 2626 + 1754
	ticketOutput = 160 + 100
)

// assertNoSecret looks for planted secrets in what a destination was sent.
func assertNoSecret(t *testing.T, secrets testutil.Secrets, bodies [][]byte) {
	t.Helper()
	require.NotEmpty(t, bodies)
	for name, needle := range secrets.Needles() {
		for i, body := range bodies {
			if strings.Contains(string(body), needle) {
				t.Errorf("%s is in request %d", name, i)
			}
		}
	}
}

// cost sums what the calls among spans cost.
func cost(spans []ptrace.Span) (usd float64, calls int) {
	for _, span := range spans {
		if value, ok := span.Attributes().Get("gen_ai.usage.cost"); ok {
			usd += value.Double()
			calls++
		}
	}
	return usd, calls
}

// assertTicketRun checks that spans are the whole ticket run, priced.
func assertTicketRun(t *testing.T, spans []ptrace.Span) {
	t.Helper()
	assert.Len(t, spans, ticketSpans)
	usd, calls := cost(spans)
	assert.Equal(t, 4, calls)
	assert.Positive(t, usd)
}

// eventually polls until a condition holds.
func eventually(t *testing.T, condition func() bool, message string, args ...any) {
	t.Helper()
	for deadline := time.Now().Add(otlptest.Patience); !condition(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf(message, args...)
		}
	}
}
