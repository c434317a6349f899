package retryrefused

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

const takesAgain = "The destination takes requests again; what waits in the queue is sent"

type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestTheEndOfAnOutageIsSaid once, whatever the outage was, and not of a hitch or of a
// request that is wrong by itself.
func TestTheEndOfAnOutageIsSaid(t *testing.T) {
	answers := func(code int) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}, nil
		}
	}
	nothing := func() (*http.Response, error) { return nil, errors.New("connection refused") }
	for name, test := range map[string]struct {
		answer func() (*http.Response, error)
		lasts  time.Duration
		lines  int
	}{
		"refuses connections": {nothing, time.Minute, 1},
		"503":                 {answers(503), time.Minute, 1},
		"429":                 {answers(429), time.Minute, 1},
		"500":                 {answers(500), time.Minute, 1},
		"401":                 {answers(401), time.Minute, 1},
		"404":                 {answers(404), time.Minute, 1},
		"a hitch":             {answers(503), time.Second, 0},
		"a wrong request":     {answers(400), time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				core, logs := observer.New(zap.InfoLevel)
				config := createDefaultConfig().(*Config)
				next := answers(200)
				r := &roundTripper{
					next:   roundTripperFunc(func(*http.Request) (*http.Response, error) { return next() }),
					config: config, logger: zap.New(core), ledger: refusal.NewLedger(config.Limits),
				}
				send := func() {
					request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://otlp.example.com/v1/traces", strings.NewReader("x"))
					require.NoError(t, err)
					if response, err := r.RoundTrip(request); err == nil {
						response.Body.Close()
					}
				}
				send()
				require.Zero(t, logs.FilterMessage(takesAgain).Len(), "it was never away")
				next = test.answer
				send()
				time.Sleep(test.lasts)
				send()
				next = answers(200)
				send()
				send()
				lines := logs.FilterMessage(takesAgain).All()
				require.Len(t, lines, test.lines)
				if test.lines > 0 {
					assert.Equal(t, map[string]any{"destination": "otlp.example.com/v1/traces", "after": test.lasts.String()}, lines[0].ContextMap())
				}
			})
		})
	}
}

// TestTheEndOfAnOutageOverGRPCIsSaid alike.
func TestTheEndOfAnOutageOverGRPCIsSaid(t *testing.T) {
	connection, err := grpc.NewClient("gateway.example.com:4317", grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer connection.Close()
	for code, lines := range map[codes.Code]int{
		codes.Unavailable: 1, codes.DeadlineExceeded: 1, codes.Unauthenticated: 1, codes.ResourceExhausted: 1, codes.Internal: 1,
		codes.InvalidArgument: 0, codes.Canceled: 0,
	} {
		t.Run(code.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				core, logs := observer.New(zap.InfoLevel)
				i := &interceptor{logger: zap.New(core), ledger: refusal.NewLedger(createDefaultConfig().(*Config).Limits)}
				send := func(err error) {
					_ = i.intercept(t.Context(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export", messageOf(t, 1), nil, connection,
						func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { return err })
				}
				send(status.Error(code, "no"))
				time.Sleep(time.Minute)
				send(nil)
				send(nil)
				assert.Equal(t, lines, logs.FilterMessage(takesAgain).Len())
			})
		})
	}
}
