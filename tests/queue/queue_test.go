// Package queue runs the built collector with queues on a disk that is full, and with
// files that are damaged.
package queue

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// destinations are how many the collector has: each has a queue of its own.
const destinations = 2

// system is a collector with two destinations behind gates, and what it has acknowledged.
type system struct {
	t            *testing.T
	dir          string // where it runs
	queue        string // its queues
	args         []string
	collector    *e2e.Collector
	gates        []*e2e.Gate
	servers      []*otlptest.Server
	next         uint64
	acknowledged map[uint64]bool
}

// newSystem has destinations that are down.
func newSystem(t *testing.T) *system {
	t.Helper()
	e2e.Binary(t)
	folder, err := filepath.Abs("../../config")
	require.NoError(t, err)
	s := &system{t: t, dir: t.TempDir(), acknowledged: map[uint64]bool{}}
	s.queue = filepath.Join(s.dir, "queue")
	s.args = []string{"--config", filepath.Join(folder, "otelcol.yaml")}
	for n := range destinations {
		server := otlptest.Start(t)
		gate := e2e.StartGate(t, server.URL)
		gate.Set(e2e.Down)
		s.servers, s.gates = append(s.servers, server), append(s.gates, gate)
		s.args = append(s.args, "--config", fmt.Sprintf(`yaml:{
exporters: {otlp_http/%[1]d: {endpoint: "%[2]s", middlewares: [{id: retry_refused}],
  sending_queue: {storage: file_storage, sizer: items, queue_size: 100000},
  retry_on_failure: {initial_interval: 20ms, max_interval: 100ms, max_elapsed_time: 0s}}},
service: {pipelines: {traces/%[1]d: {receivers: [forward/llm], exporters: [otlp_http/%[1]d]}}}}`, n, gate.URL))
	}
	return s
}

func (s *system) env() []string { return []string{"OTELCOL_QUEUE_DIR=" + s.queue} }

// start starts the collector, which is healthy then.
func (s *system) start() {
	s.t.Helper()
	s.collector = e2e.StartCollectorWith(s.t, s.dir, s.env(), s.args...)
}

// send sends a span of about so many bytes, and says whether it was acknowledged.
func (s *system) send(size int) bool {
	s.t.Helper()
	sender, err := traffic.NewSender("http", s.collector.HTTP, traffic.Connection{})
	require.NoError(s.t, err)
	defer sender.Close()
	s.next++
	traces := ptrace.NewTraces()
	span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	var trace pcommon.TraceID
	binary.BigEndian.PutUint64(trace[:], 1)
	var id pcommon.SpanID
	binary.BigEndian.PutUint64(id[:], s.next)
	span.SetTraceID(trace)
	span.SetSpanID(id)
	span.SetName("step")
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	words := rand.New(rand.NewPCG(s.next, 1))
	var text strings.Builder
	for text.Len() < size {
		fmt.Fprintf(&text, "word%d ", words.IntN(1000))
	}
	span.Attributes().PutStr("text", text.String())
	if sender.Send(s.t.Context(), traces) != nil {
		require.True(s.t, e2e.Answers(s.collector.Health), "it refuses, and goes on")
		return false
	}
	s.acknowledged[s.next] = true
	return true
}

// up has the destinations answer.
func (s *system) up() {
	for _, gate := range s.gates {
		gate.Set(e2e.Open)
	}
}

// missing is how many acknowledged spans a destination does not have.
func (s *system) missing(destination int) int {
	got := map[uint64]bool{}
	for _, span := range s.servers[destination].Spans() {
		id := span.SpanID()
		got[binary.BigEndian.Uint64(id[:])] = true
	}
	n := 0
	for id := range s.acknowledged {
		if !got[id] {
			n++
		}
	}
	return n
}

// assertAll waits until every destination has all that was acknowledged.
func (s *system) assertAll() {
	s.t.Helper()
	for n := range destinations {
		s.eventually(func() bool { return s.missing(n) == 0 }, "destination %d lacks some of %d", n, len(s.acknowledged))
	}
}

// patience is for a busy machine.
const patience = 60 * time.Second

func (s *system) eventually(condition func() bool, message string, args ...any) {
	s.t.Helper()
	for end := time.Now().Add(patience); !condition(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(end) {
			require.Fail(s.t, "not in time", append([]any{message}, args...)...)
		}
	}
}
