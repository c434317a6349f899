// Package otlptest is a backend that takes OTLP over HTTP, for tests of what the
// collector sends.
package otlptest

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	logsv1 "go.opentelemetry.io/proto/otlp/logs/v1"
	metricsv1 "go.opentelemetry.io/proto/otlp/metrics/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Server keeps what it is sent, whatever stands in a path before /v1/traces. Bodies that are no OTLP, or have text that is not valid UTF-8, are
// answered 400, as a real backend does.
type Server struct {
	URL string // base URL, without /v1/traces

	mu      sync.Mutex
	down    bool
	headers http.Header
	bodies  [][]byte
	traces  []ptrace.Traces
	logs    []plog.Logs
	metrics []pmetric.Metrics
}

// Start serves until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// SetDown makes the server answer 503, or no longer.
func (s *Server) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// ServeHTTP takes one export request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := read(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var answer []byte
	if err == nil {
		answer, err = s.take(r.URL.Path, body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.headers = r.Header.Clone()
	s.bodies = append(s.bodies, body)
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(answer)
}

func read(r *http.Request) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(r.Body)
	}
	unzipped, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzipped)
}

// strict are the requests as protobuf's own decoder reads them. It refuses text that is not valid UTF-8, which the collector's own does not.
var strict = map[string]func() proto.Message{
	"/v1/traces":  func() proto.Message { return &tracev1.TracesData{} },
	"/v1/logs":    func() proto.Message { return &logsv1.LogsData{} },
	"/v1/metrics": func() proto.Message { return &metricsv1.MetricsData{} },
}

func (s *Server) take(path string, body []byte) (answer []byte, err error) {
	path = path[max(0, strings.LastIndex(path, "/v1/")):]
	if request := strict[path]; request != nil {
		if err := proto.Unmarshal(body, request()); err != nil {
			return nil, err
		}
	}
	switch path {
	case "/v1/traces":
		request := ptraceotlp.NewExportRequest()
		if err := request.UnmarshalProto(body); err != nil {
			return nil, err
		}
		s.traces = append(s.traces, request.Traces())
		return ptraceotlp.NewExportResponse().MarshalProto()
	case "/v1/logs":
		request := plogotlp.NewExportRequest()
		if err := request.UnmarshalProto(body); err != nil {
			return nil, err
		}
		s.logs = append(s.logs, request.Logs())
		return plogotlp.NewExportResponse().MarshalProto()
	case "/v1/metrics":
		request := pmetricotlp.NewExportRequest()
		if err := request.UnmarshalProto(body); err != nil {
			return nil, err
		}
		s.metrics = append(s.metrics, request.Metrics())
		return pmetricotlp.NewExportResponse().MarshalProto()
	default:
		return nil, http.ErrNotSupported
	}
}

// Header returns a header of the last request that was taken.
func (s *Server) Header(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.headers.Get(name)
}

// Bodies returns the requests that were taken, decompressed.
func (s *Server) Bodies() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.bodies...)
}

// Spans returns all spans that have come.
func (s *Server) Spans() []ptrace.Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	var spans []ptrace.Span
	for _, traces := range s.traces {
		for _, resource := range traces.ResourceSpans().All() {
			for _, scope := range resource.ScopeSpans().All() {
				for _, span := range scope.Spans().All() {
					spans = append(spans, span)
				}
			}
		}
	}
	return spans
}

// LogRecords returns all log records that have come.
func (s *Server) LogRecords() []plog.LogRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	var records []plog.LogRecord
	for _, logs := range s.logs {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					records = append(records, record)
				}
			}
		}
	}
	return records
}

// Metrics returns the last metric of each name.
func (s *Server) Metrics() map[string]pmetric.Metric {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]pmetric.Metric{}
	for _, metrics := range s.metrics {
		for _, resource := range metrics.ResourceMetrics().All() {
			for _, scope := range resource.ScopeMetrics().All() {
				for _, metric := range scope.Metrics().All() {
					found[metric.Name()] = metric
				}
			}
		}
	}
	return found
}

// Patience is how long tests wait for what a collector sends in its own time.
const Patience = 60 * time.Second

// WaitSpans waits until at least n spans have come, and returns all.
func (s *Server) WaitSpans(t testing.TB, n int) []ptrace.Span {
	t.Helper()
	for deadline := time.Now().Add(Patience); ; <-time.After(10 * time.Millisecond) {
		spans := s.Spans()
		if len(spans) >= n {
			return spans
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d spans have come", len(spans), n)
		}
	}
}
