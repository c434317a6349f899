// Package datadogtest is a stand-in for Datadog's intakes of traces, trace
// metrics, metrics and logs. It decodes with Datadog's own types and refuses what
// the real ones refuse: a missing key, and trace payloads above 3.2 MB.
package datadogtest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/DataDog/agent-payload/v5/gogen"
	pb "github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace"
	"github.com/klauspost/compress/zstd"
	"github.com/tinylib/msgp/msgp"
)

// MaxTracePayload is the largest trace payload that Datadog takes, in bytes
// before compression: MaxPayloadSize of datadog-agent's pkg/trace/writer.
const MaxTracePayload = 3_200_000

// Server keeps what it is sent.
type Server struct {
	URL string
	Key string // the API key that it takes

	mu      sync.Mutex
	refused []string
	largest int
	bodies  [][]byte
	spans   []*pb.Span
	stats   []*pb.ClientGroupedStats
	series  []*gogen.MetricPayload_MetricSeries
	logs    []map[string]any
}

// Start serves until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{Key: "0123456789abcdef0123456789abcdef"}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// ServeHTTP takes one payload. One that its client gives up on the way, as at a stop,
// is not refused: it has not come.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	body, err := decompress(r.Header.Get("Content-Encoding"), sent)
	s.mu.Lock()
	defer s.mu.Unlock()
	var status int
	switch {
	// The forwarder of metrics and logs has the key in the query when it asks
	// whether it is valid.
	case r.Header.Get("DD-Api-Key") != s.Key && r.FormValue("api_key") != s.Key:
		status, err = http.StatusForbidden, fmt.Errorf("the API key is missing or wrong")
	case err != nil:
		status = http.StatusBadRequest
	default:
		s.bodies = append(s.bodies, body)
		status, err = s.take(r.URL.Path, body)
	}
	if err != nil {
		s.refused = append(s.refused, fmt.Sprintf("%s: %d: %v", r.URL.String(), status, err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"valid":true}`)
}

func decompress(encoding string, sent []byte) ([]byte, error) {
	compressed := bytes.NewReader(sent)
	body := io.Reader(compressed)
	var err error
	switch encoding {
	case "", "identity":
	case "gzip":
		body, err = gzip.NewReader(compressed)
	case "deflate":
		body, err = zlib.NewReader(compressed)
	case "zstd":
		body, err = zstd.NewReader(compressed)
	default:
		err = fmt.Errorf("unknown Content-Encoding %s", encoding)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(body)
}

func (s *Server) take(path string, body []byte) (status int, err error) {
	switch path {
	case "/api/v0.2/traces":
		s.largest = max(s.largest, len(body))
		if len(body) > MaxTracePayload {
			return http.StatusRequestEntityTooLarge, fmt.Errorf("%d bytes", len(body))
		}
		err = s.takeTraces(body)
	case "/api/v0.2/stats":
		err = s.takeStats(body)
	case "/api/v2/series":
		err = s.takeSeries(body)
	case "/api/v2/logs":
		err = s.takeLogs(body)
	case "/api/v1/validate", "/api/beta/sketches", "/api/v1/check_run", "/intake/":
	default:
		return http.StatusNotFound, fmt.Errorf("no such intake")
	}
	if err != nil {
		return http.StatusBadRequest, err
	}
	return http.StatusAccepted, nil
}

func (s *Server) takeTraces(body []byte) error {
	var payload pb.AgentPayload
	if err := payload.UnmarshalVT(body); err != nil {
		return err
	}
	for _, tracer := range payload.TracerPayloads {
		for _, chunk := range tracer.Chunks {
			s.spans = append(s.spans, chunk.Spans...)
		}
	}
	return nil
}

func (s *Server) takeStats(body []byte) error {
	var payload pb.StatsPayload
	if _, err := payload.UnmarshalMsg(body); err != nil {
		return msgp.WrapError(err)
	}
	for _, client := range payload.Stats {
		for _, bucket := range client.Stats {
			s.stats = append(s.stats, bucket.Stats...)
		}
	}
	return nil
}

func (s *Server) takeLogs(body []byte) error {
	if string(body) == "{}" { // asks whether anyone is there
		return nil
	}
	var records []map[string]any
	err := json.Unmarshal(body, &records)
	s.logs = append(s.logs, records...)
	return err
}

func (s *Server) takeSeries(body []byte) error {
	var payload gogen.MetricPayload
	if err := payload.Unmarshal(body); err != nil {
		// The exporter's own client sends JSON, for metrics about itself.
		return json.Unmarshal(body, &struct{}{})
	}
	s.series = append(s.series, payload.Series...)
	return nil
}
