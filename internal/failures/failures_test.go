package failures

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestErrorsHaveAClassAndNoText(t *testing.T) {
	for want, err := range map[string]error{
		"connection refused": fmt.Errorf("Post \"http://x/secret\": %w", syscall.ECONNREFUSED),
		"HTTP 401 Unauthorized: the credentials are refused": errors.New("not retryable error: Permanent error: rpc error: code = Unauthenticated desc = error exporting items, request to https://x/?k=secret responded with HTTP Status Code 401, Message=secret"),
		"HTTP 403 Forbidden: the credentials are refused":    errors.New("request to https://x/ responded with HTTP Status Code 503, Message=the destination answers 403 Forbidden, check the credentials; it is sent again (retry_refused), Details=[]"),
		"HTTP 503 Service Unavailable":                       errors.New("status code: 503 secret"),
		"the host is not found":                              errors.New("dial tcp: lookup secret: no such host"),
		"no answer in time":                                  fmt.Errorf("secret %w", context.DeadlineExceeded),
		"its certificate is not trusted":                     errors.New("x509: certificate signed by unknown authority secret"),
		"gRPC ResourceExhausted":                             status.Error(codes.ResourceExhausted, "secret"),
		"gRPC Unavailable":                                   errors.New("a: rpc error: code = Unavailable desc = secret"),
		"another error; the log has it":                      errors.New("secret sk-1234 4012888888881881"),
	} {
		assert.Equal(t, want, Classify(err))
	}
}

// inline is a field as the service adds it.
type inline string

// MarshalLogObject writes the fields.
func (i inline) MarshalLogObject(e zapcore.ObjectEncoder) error {
	e.AddString(idKey, string(i))
	return nil
}

func TestALoggerOfTheCollectorNotesFailures(t *testing.T) {
	for _, level := range []zapcore.Level{zap.DebugLevel, zap.FatalLevel} { // logged and not logged
		r, at := NewRegistry(), time.Unix(1000, 0)
		r.now = func() time.Time { return at }
		inner, logs := observer.New(level)
		logger := zap.New(inner, Option(r)).With(zap.Inline(inline("otlp_http/x")))
		logger.Info("Exporting failed. Will retry the request after interval.", zap.Error(syscall.ECONNREFUSED), zap.String("interval", "5s"))
		f, ok := r.Of("otlp_http/x")
		require.True(t, ok)
		assert.Equal(t, Failure{"connection refused", at, at, at.Add(5 * time.Second)}, f)

		at = at.Add(20 * time.Second)
		logger.Info("Exporting failed. Will retry the request after interval.", zap.Error(errors.New("HTTP Status Code 503")), zap.String("interval", "30s"))
		f, _ = r.Of("otlp_http/x")
		assert.Equal(t, time.Unix(1000, 0), f.Since, "one row")
		assert.Equal(t, "HTTP 503 Service Unavailable", f.Class)

		at = at.Add(time.Hour)
		logger.Error("Exporting failed. Dropping data.", zap.Error(errors.New("HTTP Status Code 400")), zap.Int("dropped_items", 1))
		f, _ = r.Of("otlp_http/x")
		assert.Equal(t, at, f.Since, "another row")
		assert.Zero(t, f.Next)

		zap.New(inner, Option(r)).Info("Exporting failed. Of nobody.", zap.Error(syscall.ECONNREFUSED))
		logger.Info("another line", zap.Error(syscall.ECONNREFUSED))
		f, _ = r.Of("otlp_http/x")
		assert.Equal(t, "HTTP 400 Bad Request", f.Class)
		if level == zap.DebugLevel {
			assert.Equal(t, 5, logs.Len())
		} else {
			assert.Zero(t, logs.Len())
		}
	}
}
