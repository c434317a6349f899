package retryrefused

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/extensionmiddleware"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// retryRefused changes answers of a destination on their way to an exporter, which
// alone decides what is sent again: the OTLP exporters do after 503 and UNAVAILABLE.
type retryRefused struct {
	component.StartFunc
	component.ShutdownFunc
	config *Config
}

var (
	_ extensionmiddleware.HTTPClient = (*retryRefused)(nil)
	_ extensionmiddleware.GRPCClient = (*retryRefused)(nil)
)

// GetHTTPRoundTripper is called by an exporter that names the extension among its
// middlewares.
func (r *retryRefused) GetHTTPRoundTripper(context.Context) (extensionmiddleware.WrapHTTPRoundTripperFunc, error) {
	return func(_ context.Context, next http.RoundTripper) (http.RoundTripper, error) {
		return roundTripper{next, r.config}, nil
	}, nil
}

type roundTripper struct {
	next   http.RoundTripper
	config *Config
}

// RoundTrip returns 503 in the place of a refusal, with a message of what it was.
func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(request)
	if err != nil || !r.config.again(request.URL.Path, response.StatusCode) {
		return response, err
	}
	// Read, so that the connection can be used again. The server's words are not
	// repeated: some have the token in them.
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxDrain))
	if err := response.Body.Close(); err != nil {
		return nil, err
	}
	return unavailable(response), nil
}

// maxDrain is how many bytes of an answer are read.
const maxDrain = 64 << 10

func (c *Config) again(path string, code int) bool {
	return slices.Contains(c.StatusCodes, code) || strings.HasSuffix(path, "/v1/traces") && slices.Contains(c.TracesStatusCodes, code)
}

// unavailable is the answer that the exporter sees. Its body is of the form that
// OTLP has for errors: https://opentelemetry.io/docs/specs/otlp/#failures-1
func unavailable(refusal *http.Response) *http.Response {
	message := fmt.Sprintf("the destination answers %d %s, %s", refusal.StatusCode, http.StatusText(refusal.StatusCode), remedy(refusal.StatusCode))
	body, err := proto.Marshal(status.New(codes.Unavailable, message).Proto())
	if err != nil {
		body = nil // the exporter says 503, and the log of the destination the rest
	}
	return &http.Response{
		Status:        "503 Service Unavailable",
		StatusCode:    http.StatusServiceUnavailable,
		Proto:         refusal.Proto,
		ProtoMajor:    refusal.ProtoMajor,
		ProtoMinor:    refusal.ProtoMinor,
		Header:        http.Header{"Content-Type": {"application/x-protobuf"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       refusal.Request,
	}
}

// remedy says what to look at, and that nothing is lost meanwhile.
func remedy(code int) string {
	if code == http.StatusNotFound {
		return "check the endpoint; it is sent again (retry_refused)"
	}
	return "check the credentials; it is sent again (retry_refused)"
}

// GetGRPCClientOptions is called by an exporter over gRPC.
func (*retryRefused) GetGRPCClientOptions(context.Context) ([]grpc.DialOption, error) {
	return []grpc.DialOption{grpc.WithChainUnaryInterceptor(intercept)}, nil
}

func intercept(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	err := invoke(ctx, method, request, reply, connection, options...)
	switch code := status.Code(err); code {
	case codes.Unauthenticated, codes.PermissionDenied:
		return status.Errorf(codes.Unavailable, "the destination answers %s, %s", code, remedy(http.StatusUnauthorized))
	default:
		return err
	}
}
