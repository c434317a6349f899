package libsql

import (
	"context"
	bigendian "encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// kills is how often the collector dies.
const kills = 25

// TestNothingAcknowledgedIsLostWhenTheCollectorIsKilled kills the built collector
// again and again while clients send to it. Requests without an answer are sent
// again, as exporters do.
func TestNothingAcknowledgedIsLostWhenTheCollectorIsKilled(t *testing.T) {
	e2e.Binary(t)
	dir := t.TempDir()
	var (
		last         atomic.Uint64 // the number of the latest trace
		acknowledged sync.Map      // trace id to the number of its spans
		path         string
	)
	pending := make(chan ptrace.Traces, 64) // without an answer
	for round := range kills {
		c := e2e.StartCollectorIn(t, dir)
		path = c.TracesDB()
		var acks atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() {
				sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
				if !assert.NoError(t, err) {
					return
				}
				defer sender.Close()
				for ctx.Err() == nil {
					td := nextTrace(pending, &last)
					if sender.Send(ctx, td) != nil {
						pending <- td
						continue
					}
					acknowledged.Store(traceOf(td), td.SpanCount())
					acks.Add(1)
				}
			})
		}
		// Each round dies at another moment.
		enough := int64(5 + 3*round)
		assert.Eventually(t, func() bool { return acks.Load() >= enough }, time.Minute, time.Millisecond, "round %d", round)
		c.Kill()
		cancel()
		clients.Wait()
		if t.Failed() {
			return
		}
	}

	stored := readWithNode(t, "file:"+path, "")
	for table, answers := range stored.Checks {
		assert.Equal(t, []string{"ok"}, answers, table)
	}
	assert.Equal(t, []string{"ok"}, stored.Integrity)
	spans, twice := map[string]int{}, map[string]bool{}
	for _, row := range stored.Rows["mastra_ai_spans"] {
		key := fmt.Sprint(row["traceId"], row["spanId"])
		assert.False(t, twice[key], "stored twice")
		twice[key] = true
		spans[row["traceId"].(string)]++
	}
	n := 0
	acknowledged.Range(func(id, want any) bool {
		n++
		return assert.Equal(t, want, spans[id.(string)], "trace %s was acknowledged", id)
	})
	assert.Greater(t, n, kills*5)
	for _, row := range stored.Rows["otel_traces"] {
		assert.EqualValues(t, spans[row["trace_id"].(string)], row["span_count"], "the summary counts each span once")
	}
	t.Logf("%d traces acknowledged, %d stored", n, len(spans))
}

// nextTrace is one that waits for another attempt, or a new one.
func nextTrace(pending chan ptrace.Traces, last *atomic.Uint64) ptrace.Traces {
	select {
	case td := <-pending:
		return td
	default:
		return smallTrace(last.Add(1))
	}
}

// smallTrace is an agent's run with a model call, whose ids are made of n.
func smallTrace(n uint64) ptrace.Traces {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	now := time.Now()
	for i := range uint64(3) {
		span := ss.Spans().AppendEmpty()
		span.SetTraceID(pcommon.TraceID(bigendian.BigEndian.AppendUint64(make([]byte, 8), n)))
		span.SetSpanID(pcommon.SpanID(bigendian.BigEndian.AppendUint64(nil, n<<4|i+1)))
		if i > 0 {
			span.SetParentSpanID(pcommon.SpanID(bigendian.BigEndian.AppendUint64(nil, n<<4|1)))
		}
		span.SetName("chat gpt-4o-mini")
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Second)))
		span.Attributes().PutStr("gen_ai.operation.name", []string{"invoke_agent", "chat", "execute_tool"}[i])
		span.Attributes().PutStr("gen_ai.request.model", "gpt-4o-mini")
		span.Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"How late is it?"}]}]`)
	}
	return td
}

func traceOf(td ptrace.Traces) string {
	return td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID().String()
}
