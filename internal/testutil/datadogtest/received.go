package datadogtest

import (
	"slices"

	"github.com/DataDog/agent-payload/v5/gogen"
	pb "github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace"
)

// Spans returns the APM spans that have come.
func (s *Server) Spans() []*pb.Span { return received(s, &s.spans) }

// Stats returns the trace metrics that have come.
func (s *Server) Stats() []*pb.ClientGroupedStats { return received(s, &s.stats) }

// Series returns the metrics that have come.
func (s *Server) Series() []*gogen.MetricPayload_MetricSeries { return received(s, &s.series) }

// Logs returns the log records that have come.
func (s *Server) Logs() []map[string]any { return received(s, &s.logs) }

// Refused says which payloads were refused and why.
func (s *Server) Refused() []string { return received(s, &s.refused) }

// Bodies returns all payloads that came with the key, decompressed.
func (s *Server) Bodies() [][]byte { return received(s, &s.bodies) }

// LargestTracePayload is in bytes before compression.
func (s *Server) LargestTracePayload() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.largest
}

func received[E any](s *Server, list *[]E) []E {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(*list)
}
