package traffic

import (
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// receiver counts the spans that it was sent, over both protocols.
type receiver struct {
	ptraceotlp.UnimplementedGRPCServer
	mu     sync.Mutex
	spans  int
	header string
	refuse bool
}

func (r *receiver) take(request ptraceotlp.ExportRequest) ptraceotlp.ExportResponse {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer := ptraceotlp.NewExportResponse()
	if r.refuse {
		answer.PartialSuccess().SetRejectedSpans(int64(request.Traces().SpanCount()))
		return answer
	}
	r.spans += request.Traces().SpanCount()
	return answer
}

func (r *receiver) Export(_ context.Context, request ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	return r.take(request), nil
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	export := ptraceotlp.NewExportRequest()
	if request.URL.Path != "/v1/traces" || export.UnmarshalProto(body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	answer, _ := r.take(export).MarshalProto()
	r.mu.Lock()
	r.header = request.Header.Get("X-Test")
	r.mu.Unlock()
	_, _ = w.Write(answer)
}

func serveHTTP(t *testing.T, r *receiver) string {
	t.Helper()
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server.URL
}

func serveGRPC(t *testing.T, r *receiver) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	ptraceotlp.RegisterGRPCServer(server, r)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return "http://" + listener.Addr().String()
}

func TestEverySpanSentIsCountedAndAcknowledged(t *testing.T) {
	for protocol, serve := range map[string]func(*testing.T, *receiver) string{"http": serveHTTP, "grpc": serveGRPC} {
		t.Run(protocol, func(t *testing.T) {
			r := &receiver{}
			sender, err := NewSender(protocol, serve(t, r), Connection{Headers: map[string]string{"x-test": "1"}})
			require.NoError(t, err)
			defer sender.Close()
			report, err := Run(t.Context(), New(Options{Seed: 1}), sender, Load{Traces: 20, Workers: 4, Timeout: time.Minute})
			require.NoError(t, err)
			assert.Equal(t, 20, report.Traces)
			assert.Equal(t, report.Spans, report.Acknowledged)
			assert.Equal(t, report.Spans, r.spans)
			assert.Zero(t, report.Failed)
			if protocol == "http" {
				assert.Equal(t, "1", r.header)
			}
		})
	}
}

func TestSpansThatAreRefusedCountAsFailed(t *testing.T) {
	r := &receiver{refuse: true}
	sender, err := NewSender("http", serveHTTP(t, r), Connection{})
	require.NoError(t, err)
	report, err := Run(t.Context(), New(Options{Seed: 1}), sender, Load{Traces: 2, Timeout: time.Minute})
	require.NoError(t, err)
	assert.Zero(t, report.Acknowledged)
	assert.Equal(t, report.Spans, report.Failed)
	assert.ErrorContains(t, report.FirstError, "rejected")
}

func TestADurationEndsTheLoad(t *testing.T) {
	r := &receiver{}
	sender, err := NewSender("http", serveHTTP(t, r), Connection{})
	require.NoError(t, err)
	report, err := Run(t.Context(), New(Options{Seed: 1}), sender, Load{Duration: 50 * time.Millisecond, Rate: 1000, Timeout: time.Minute})
	require.NoError(t, err)
	assert.Equal(t, report.Spans, r.spans)
	assert.LessOrEqual(t, report.Traces, 60, "no more than the rate allows")
}

// TestACAFileIsTrusted: over HTTP and gRPC, a receiver whose authority is private
// takes traces with its certificate as the CA file, and none without.
func TestACAFileIsTrusted(t *testing.T) {
	r := &receiver{}
	web := httptest.NewTLSServer(r)
	t.Cleanup(web.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer(grpc.Creds(credentials.NewServerTLSFromCert(&web.TLS.Certificates[0])))
	ptraceotlp.RegisterGRPCServer(server, r)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}), 0o600))
	for protocol, endpoint := range map[string]string{"http": web.URL, "grpc": "https://" + listener.Addr().String()} {
		for file, trusted := range map[string]bool{caFile: true, "": false} {
			sender, err := NewSender(protocol, endpoint, Connection{CAFile: file})
			require.NoError(t, err)
			report, err := Run(t.Context(), New(Options{Seed: 1}), sender, Load{Traces: 1, Timeout: time.Minute})
			require.NoError(t, err)
			assert.Equal(t, trusted, report.Failed == 0, "%s %q: %v", protocol, file, report.FirstError)
			if !trusted {
				assert.ErrorContains(t, report.FirstError, "certificate")
			}
			require.NoError(t, sender.Close())
		}
	}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for want, refused := range map[string][2]string{
		"no such file":                        {"https://127.0.0.1:1", caFile + ".no"},
		"has no certificate in PEM form":      {"https://127.0.0.1:1", empty},
		"is for an endpoint that begins with": {"http://127.0.0.1:1", caFile},
	} {
		_, err := NewSender("http", refused[0], Connection{CAFile: refused[1]})
		assert.ErrorContains(t, err, want)
	}
}

func TestBadSenderOptionsAreErrors(t *testing.T) {
	for _, endpoint := range []string{"", "127.0.0.1:4318", "ftp://x", "http://"} {
		_, err := NewSender("http", endpoint, Connection{})
		assert.ErrorContains(t, err, "endpoint", endpoint)
	}
	_, err := NewSender("smoke", "http://127.0.0.1:1", Connection{})
	assert.ErrorContains(t, err, "protocol")
	for _, load := range []Load{{}, {Timeout: time.Second}, {Traces: -1, Timeout: time.Second}, {Traces: 1}, {Duration: -1, Timeout: time.Second}} {
		_, err = Run(t.Context(), New(Options{}), nil, load)
		assert.Error(t, err)
	}
}
