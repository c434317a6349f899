package retryrefused

import (
	"context"
	"slices"
	"strings"

	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// interceptor is the extension before one client over gRPC.
type interceptor struct {
	logger *zap.Logger
	ledger *refusal.Ledger
	away   warnings
	outage outage
}

func (i *interceptor) intercept(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	key := func() refusal.Key { return keyOfMessage(request) }
	err := invoke(ctx, method, request, reply, connection, options...)
	if err == nil {
		i.ledger.Taken(key)
		i.outage.ends(i.logger, connection.Target()+method)
		return nil
	}
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	means, remedy := meansOf(s, strings.Contains(method, "TraceService"))
	if means == notOurs {
		switch s.Code() {
		case codes.Unavailable, codes.DeadlineExceeded:
			i.outage.begins()
		case codes.ResourceExhausted:
			if hasRetryInfo(s) {
				i.outage.begins()
			}
		}
		return err
	}
	i.outage.begins()
	words := "the destination answers " + s.Code().String()
	if givenUp, _ := i.ledger.Refused(key(), means == doubtful); givenUp != "" {
		// A code after which nothing is sent again.
		return status.Errorf(codes.FailedPrecondition, "%s: %s; it is given up (retry_refused)", words, givenUp)
	}
	i.away.refused(i.logger, connection.Target(), words, remedy)
	return status.Errorf(codes.Unavailable, "%s, %s; it is sent again (retry_refused)", words, remedy)
}

// meansOf reads a status. Those after which OTLP has a request sent again are the
// exporter's (https://opentelemetry.io/docs/specs/otlp/#failures).
func meansOf(s *status.Status, traces bool) (means meaning, remedy string) {
	switch s.Code() {
	case codes.Unauthenticated, codes.PermissionDenied:
		return away, credentials
	case codes.Unimplemented, codes.NotFound:
		// As 404 over HTTP: a backend without logs or metrics answers the same to those.
		if traces {
			return away, "check the endpoint"
		}
	case codes.Unknown, codes.Internal:
		// What is no gRPC server, in gRPC-Go's words: a page, or a status of HTTP.
		if m := s.Message(); strings.Contains(m, "content-type") || strings.Contains(m, "HTTP status code") {
			return away, "check the endpoint, which must take OTLP over gRPC"
		}
		return doubtful, "check its log"
	case codes.ResourceExhausted:
		// With RetryInfo it is the exporter's. A message that is too large, in gRPC-Go's
		// words, is too large the next time too.
		if !hasRetryInfo(s) && !strings.Contains(s.Message(), "larger than max") {
			return doubtful, "check its limits"
		}
	}
	return notOurs, ""
}

func hasRetryInfo(s *status.Status) bool {
	return slices.ContainsFunc(s.Proto().GetDetails(), func(detail *anypb.Any) bool {
		return strings.HasSuffix(detail.GetTypeUrl(), "/google.rpc.RetryInfo")
	})
}

// keyOfMessage is the key of a request, an OTLP message of pdata.
func keyOfMessage(request any) refusal.Key {
	message, ok := request.(interface {
		SizeProto() int
		MarshalProto(buf []byte) int
	})
	if !ok {
		return refusal.Key{}
	}
	body := make([]byte, message.SizeProto())
	message.MarshalProto(body)
	return refusal.KeyOf(body)
}
