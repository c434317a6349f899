// Package receiver tests the collector's entrance, on the built binary: what a request
// may take, how long it may take, what each form of it is answered, and what is said of
// those that are refused.
package receiver

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

const (
	protobuf = "application/x-protobuf"
	jsonType = "application/json"
)

const mib = 1 << 20

// post sends a body and returns what is answered.
func post(t testing.TB, url, contentType, encoding string, body []byte) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	if encoding != "" {
		request.Header.Set("Content-Encoding", encoding)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(raw)
}

// compress returns a body in an encoding of HTTP.
func compress(t testing.TB, encoding string, body []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "":
		return body
	case "gzip":
		w = gzip.NewWriter(&out)
	case "deflate", "zlib":
		w = zlib.NewWriter(&out)
	case "zstd":
		encoder, err := zstd.NewWriter(&out)
		require.NoError(t, err)
		w = encoder
	default:
		t.Fatalf("no encoder of %s", encoding)
	}
	_, err := w.Write(body)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// field is a field of a message with a value of variable length.
func field(number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), value)
}

// within puts a value into the fields of messages, the outermost first.
func within(value []byte, numbers ...protowire.Number) []byte {
	for _, number := range slices.Backward(numbers) {
		value = field(number, value)
	}
	return value
}

func repeat(n int, element []byte) []byte { return bytes.Repeat(element, n) }

// aSpan is a request with one span.
func aSpan(name string) ptrace.Traces {
	traces := ptrace.NewTraces()
	span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID([16]byte{1})
	span.SetSpanID([8]byte{1})
	span.SetName(name)
	span.SetStartTimestamp(1)
	span.SetEndTimestamp(2)
	return traces
}

func marshal(t testing.TB, traces ptrace.Traces) []byte {
	t.Helper()
	raw, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalProto()
	require.NoError(t, err)
	return raw
}

// openGRPC returns a connection over gRPC.
func openGRPC(t testing.TB, c *e2e.Collector, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	options = append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))
	client, err := grpc.NewClient(strings.TrimPrefix(c.GRPC, "http://"), options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// raw is a codec for messages that are bytes already.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error)      { return v.([]byte), nil }
func (raw) Unmarshal(data []byte, v any) error { *v.(*[]byte) = data; return nil }
func (raw) Name() string                       { return "proto" }

// forced makes a call send bytes as they are.
var forced = grpc.ForceCodec(raw{})

const traceService = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

// export sends a body over gRPC.
func export(t testing.TB, client *grpc.ClientConn, body []byte, options ...grpc.CallOption) error {
	t.Helper()
	var answer []byte
	return client.Invoke(t.Context(), traceService, body, &answer, append(options, forced)...)
}

// eventually polls until a condition holds.
func eventually(t testing.TB, holds func() bool, message string) {
	t.Helper()
	require.Eventually(t, holds, 30*time.Second, 20*time.Millisecond, message)
}

func marshalJSON(t testing.TB, traces ptrace.Traces) []byte {
	t.Helper()
	raw, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalJSON()
	require.NoError(t, err)
	return raw
}
