// Package mainjob tests the collector's main job on the built binary with the
// embedded configuration: a real agent trace becomes redacted, priced rows in a
// libSQL file.
package mainjob

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// send exports traces over one of the three forms of OTLP and returns when they
// are acknowledged.
func send(t *testing.T, c *e2e.Collector, protocol string, traces ptrace.Traces) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if protocol == "http/json" {
		body, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalJSON()
		require.NoError(t, err)
		status, answer := post(t, c.HTTP+"/v1/traces", "application/json", body)
		require.Equal(t, http.StatusOK, status, answer)
		return
	}
	endpoint := c.HTTP
	if protocol == "grpc" {
		endpoint = c.GRPC
	}
	sender, err := traffic.NewSender(strings.TrimSuffix(protocol, "/protobuf"), endpoint, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	require.NoError(t, sender.Send(ctx, traces))
}

func post(t *testing.T, url, contentType string, body []byte) (int, string) {
	t.Helper()
	response, err := http.Post(url, contentType, bytes.NewReader(body))
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(answer)
}

// visibleWithin is how long an acknowledged span may take to be readable.
const visibleWithin = time.Second

// readTraces waits until the store has the number of spans, and returns its
// traces.
func readTraces(t *testing.T, file string, spans int) []*tracestore.Trace {
	t.Helper()
	reader, err := tracestore.OpenReader(t.Context(), file)
	require.NoError(t, err)
	defer reader.Close()
	var list []query.TraceSummary
	var stored int64
	for deadline := time.Now().Add(visibleWithin); ; <-time.After(5 * time.Millisecond) {
		list = e2e.StoredTraces(t, file)
		stored = 0
		for _, trace := range list {
			stored += trace.Spans
		}
		if stored >= int64(spans) || time.Now().After(deadline) {
			break
		}
	}
	require.EqualValues(t, spans, stored, "spans visible within %s of the acknowledgement", visibleWithin)
	traces := make([]*tracestore.Trace, len(list))
	for i, summary := range list {
		traces[i], err = reader.Trace(t.Context(), summary.TraceID)
		require.NoError(t, err)
	}
	return traces
}

// TestTicketRunIsStoredRedactedAndPriced sends the captured 33-span run.
//
// Its cost in millionths of a dollar, from list prices of November 2026 (US
// dollars a million tokens; the counts stand in the fixtures' README):
//
//	gpt-4o-mini       0.15 input, 0.075 cached input, 0.60 output:
//	                  (2,626 − 2,176) × 0.15 + 2,176 × 0.075 + 160 × 0.60 = 326.7
//	claude-haiku-4-5  1.00 input, 0.10 cache read, 1.25 cache write, 5.00 output:
//	                  (1,754 − 512 − 512) × 1 + 512 × 0.10 + 512 × 1.25 + 100 × 5 = 1,921.2
func TestTicketRunIsStoredRedactedAndPriced(t *testing.T) {
	const wantCost = (326.7 + 1921.2) / 1e6
	for i, protocol := range []string{"http/protobuf", "http/json", "grpc"} {
		t.Run(protocol, func(t *testing.T) {
			c := e2e.StartCollector(t)
			secrets := testutil.NewSecrets(uint64(i))
			send(t, c, protocol, testutil.TicketRun(secrets))

			traces := readTraces(t, c.TracesDB(), 33)
			require.Len(t, traces, 1)
			trace := traces[0]
			require.Len(t, trace.Roots, 1, "one tree")
			assert.Equal(t, "invoke_workflow ticket-generation", trace.Name)
			assert.EqualValues(t, 4, trace.ModelCalls)
			assert.EqualValues(t, 4380, trace.InputTokens)
			assert.EqualValues(t, 260, trace.OutputTokens)
			assert.EqualValues(t, 2176+512, trace.CacheReadTokens)
			assert.EqualValues(t, 512, trace.CacheWriteTokens)
			assert.EqualValues(t, 24, trace.ReasoningTokens)
			assert.True(t, trace.Cost.Known)
			assert.InEpsilon(t, wantCost, trace.Cost.V, 0.001)
			assert.Zero(t, trace.UnpricedCalls)
			assert.False(t, trace.Failed)

			byModel := map[string][2]int64{}
			e2e.Visit(trace.Roots, func(node *tracestore.SpanNode) {
				if node.Counted {
					sum := byModel[node.Model]
					byModel[node.Model] = [2]int64{sum[0] + node.InputTokens.N, sum[1] + node.OutputTokens.N}
				}
			})
			assert.Equal(t, map[string][2]int64{
				"gpt-4o-mini-2024-07-18": {2626, 160}, "claude-haiku-4-5-20251001": {1754, 100},
			}, byModel)

			c.AssertNoSecret(t, secrets)
			require.NoError(t, c.Stop())
			c.AssertNoSecret(t, secrets)
		})
	}
}

func TestCoverageRunIsStoredAndRedacted(t *testing.T) {
	for i, protocol := range []string{"http/protobuf", "http/json", "grpc"} {
		t.Run(protocol, func(t *testing.T) {
			c := e2e.StartCollector(t)
			secrets := testutil.NewSecrets(uint64(100 + i))
			send(t, c, protocol, testutil.CoverageRun(secrets))

			traces := readTraces(t, c.TracesDB(), 104)
			require.Len(t, traces, 8)
			types, failed := map[string]int{}, 0
			for _, trace := range traces {
				assert.Len(t, trace.Roots, 1, "one tree in %s", trace.Name)
				assert.False(t, trace.RootMissing)
				if trace.Failed {
					failed++
				}
				e2e.Visit(trace.Roots, func(node *tracestore.SpanNode) { types[node.Type]++ })
			}
			assert.Len(t, types, 18)
			assert.Positive(t, failed)

			c.AssertNoSecret(t, secrets)
			require.NoError(t, c.Stop())
			c.AssertNoSecret(t, secrets)
		})
	}
}

// TestSendingTwiceStoresOnce is what a client's retry does whose
// acknowledgement was lost.
func TestSendingTwiceStoresOnce(t *testing.T) {
	c := e2e.StartCollector(t)
	for range 2 {
		send(t, c, "http/protobuf", testutil.TicketRun(testutil.NewSecrets(1)))
	}
	traces := readTraces(t, c.TracesDB(), 33)
	require.Len(t, traces, 1)
	assert.EqualValues(t, 4380, traces[0].InputTokens)
}

// TestStoredTracesOutliveTheCollector restarts the collector on its file.
func TestStoredTracesOutliveTheCollector(t *testing.T) {
	dir := t.TempDir()
	first := e2e.StartCollectorIn(t, dir)
	send(t, first, "grpc", testutil.TicketRun(testutil.NewSecrets(1)))
	first.Kill() // right after the acknowledgement

	second := e2e.StartCollectorIn(t, dir)
	readTraces(t, second.TracesDB(), 33)
	send(t, second, "grpc", testutil.CoverageRun(testutil.NewSecrets(1)))
	readTraces(t, second.TracesDB(), 33+104)
	require.NoError(t, second.Stop())
}
