package retryrefused

import (
	"context"
	"io"
	"net/http"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/extensionmiddleware"
	"go.uber.org/zap"
	"google.golang.org/grpc"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// retryRefused changes answers of a destination on their way to an exporter, which
// alone decides what is sent again: the OTLP exporters do after 503 and UNAVAILABLE.
type retryRefused struct {
	component.StartFunc
	component.ShutdownFunc
	config *Config
	logger *zap.Logger
}

var (
	_ extensionmiddleware.HTTPClient = (*retryRefused)(nil)
	_ extensionmiddleware.GRPCClient = (*retryRefused)(nil)
)

// GetHTTPRoundTripper is called once for each signal of an exporter that names the
// extension among its middlewares: what one of them is refused says nothing about
// others.
func (r *retryRefused) GetHTTPRoundTripper(context.Context) (extensionmiddleware.WrapHTTPRoundTripperFunc, error) {
	return func(_ context.Context, next http.RoundTripper) (http.RoundTripper, error) {
		return &roundTripper{next: next, config: r.config, logger: r.logger, ledger: refusal.NewLedger(r.config.Limits)}, nil
	}, nil
}

// GetGRPCClientOptions is called once for each signal of an exporter over gRPC.
func (r *retryRefused) GetGRPCClientOptions(context.Context) ([]grpc.DialOption, error) {
	i := &interceptor{logger: r.logger, ledger: refusal.NewLedger(r.config.Limits)}
	return []grpc.DialOption{grpc.WithChainUnaryInterceptor(i.intercept)}, nil
}

// roundTripper is the extension before one client.
type roundTripper struct {
	next   http.RoundTripper
	config *Config
	logger *zap.Logger
	ledger *refusal.Ledger
	warned warnings // of what cannot be read
	away   warnings // of credentials
	outage outage
}

// RoundTrip returns 503 in the place of a refusal after which the request is to be
// sent again, with a message of what it was.
func (r *roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	key := func() refusal.Key { return keyOf(request) }
	response, err := r.next.RoundTrip(request)
	if err != nil {
		r.outage.begins()
		return nil, err
	}
	a, err := r.read(request, response)
	if err != nil {
		return nil, err
	}
	switch a.means {
	case taken:
		r.ledger.Taken(key)
		r.outage.ends(r.logger, request.URL.Host+request.URL.Path)
		return response, nil
	case notOurs:
		if response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests {
			r.outage.begins()
		}
		return response, nil
	}
	r.outage.begins()
	// The server's words are not repeated: some have the token in them.
	if givenUp, _ := r.ledger.Refused(key(), a.means == doubtful); givenUp != "" {
		return answer(response, finalStatus(response.StatusCode), a.words+": "+givenUp+"; it is given up (retry_refused)"), nil
	}
	r.away.refused(r.logger, request.URL.Host, a.words, a.remedy)
	return answer(response, http.StatusServiceUnavailable, a.words+", "+a.remedy+"; it is sent again (retry_refused)"), nil
}

// keyOf is the key of a request: of its body as it is sent. One whose body cannot be
// read twice has the key of all such.
func keyOf(request *http.Request) refusal.Key {
	if request.GetBody == nil {
		return refusal.Key{}
	}
	body, err := request.GetBody()
	if err != nil {
		return refusal.Key{}
	}
	defer body.Close()
	raw, err := io.ReadAll(body)
	if err != nil {
		return refusal.Key{}
	}
	return refusal.KeyOf(raw)
}

// finalStatus is what the exporter sees of a request that is given up.
func finalStatus(status int) int {
	switch {
	case status < 400, status == http.StatusTooManyRequests, status == http.StatusBadGateway,
		status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return http.StatusBadRequest
	}
	return status
}
