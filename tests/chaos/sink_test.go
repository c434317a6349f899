//go:build linux

package chaos

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
	collectorlogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// otlpSink is a backend that decodes OTLP with the official types, which refuse what
// is not valid, such as text that is not UTF-8.
type otlpSink struct{ *tally }

// ServeHTTP takes one export request.
func (s *otlpSink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := plainBody(r)
	if err != nil {
		return // the connection was cut
	}
	var answer proto.Message
	switch r.URL.Path {
	case "/v1/traces":
		var request collectortrace.ExportTraceServiceRequest
		if err = proto.Unmarshal(body, &request); err == nil {
			s.traces(&request)
		}
		answer = &collectortrace.ExportTraceServiceResponse{}
	case "/v1/logs":
		var request collectorlogs.ExportLogsServiceRequest
		if err = proto.Unmarshal(body, &request); err == nil {
			s.logs(&request)
		}
		answer = &collectorlogs.ExportLogsServiceResponse{}
	case "/v1/metrics":
		err = proto.Unmarshal(body, &collectormetrics.ExportMetricsServiceRequest{})
		answer = &collectormetrics.ExportMetricsServiceResponse{}
	default:
		s.wrong("a request to %s", r.URL.Path)
		http.NotFound(w, r)
		return
	}
	if err != nil {
		s.wrong("a body that protobuf refuses, to %s: %v", r.URL.Path, err)
		http.Error(w, "not OTLP", http.StatusBadRequest)
		return
	}
	raw, err := proto.Marshal(answer)
	if err != nil {
		panic(err) // it is empty
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(raw)
}

func (s *otlpSink) traces(request *collectortrace.ExportTraceServiceRequest) {
	for _, rs := range request.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, span := range ss.Spans {
				ours := s.take(span.TraceId, span.SpanId, span.Attributes)
				if ours && (span.Name == "" || span.EndTimeUnixNano < span.StartTimeUnixNano || len(span.Events) != 1 || len(span.Links) != 1) {
					s.wrong("a span that lacks a part")
				}
			}
		}
	}
}

func (s *otlpSink) logs(request *collectorlogs.ExportLogsServiceRequest) {
	for _, rl := range request.ResourceLogs {
		for _, sl := range rl.ScopeLogs {
			for _, record := range sl.LogRecords {
				s.take(record.TraceId, record.SpanId, record.Attributes)
			}
		}
	}
}

// take counts an item of the ledger and compares its ids with the number that stands
// on it. It reports whether there is one.
func (s *otlpSink) take(trace, span []byte, attributes []*common.KeyValue) bool {
	for _, attribute := range attributes {
		if attribute.Key == numberKey {
			s.number(trace, span, attribute.Value.GetIntValue())
			return true
		}
	}
	if !s.foreign {
		s.wrong("an item without its number")
	}
	return false
}

// plainBody is a request's body, decompressed.
func plainBody(r *http.Request) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(r.Body)
	}
	unzipped, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzipped)
}

// gunzipped is a body as it was before its client compressed it.
func gunzipped(r *http.Request, body []byte) []byte {
	copied := &http.Request{Header: r.Header, Body: io.NopCloser(bytes.NewReader(body))}
	if plain, err := plainBody(copied); err == nil {
		return plain
	}
	return body
}

// takeObservation counts what the Langfuse server has stored.
func (y *tally) takeObservation(o *langfusetest.Observation) {
	trace, err1 := hex.DecodeString(o.TraceID)
	span, err2 := hex.DecodeString(o.ID)
	if err1 != nil || err2 != nil {
		y.wrong("an observation with ids that are not hexadecimal")
		return
	}
	i, err := y.ledger.find(trace, span)
	switch {
	case err == nil && (o.Name == "" || strings.TrimSpace(o.InputText()) == ""):
		y.wrong("an observation without its name or input")
	case err == nil:
		y.came(i)
	case !y.foreign:
		y.wrong("%v", err)
	}
}

// number counts an item whose ids and whose number agree.
func (y *tally) number(trace, span []byte, number int64) {
	i, err := y.ledger.find(trace, span)
	switch {
	case err != nil:
		y.wrong("%v", err)
	case int64(i) != number:
		y.wrong("ids of one item with the number of another")
	default:
		y.came(i)
	}
}
