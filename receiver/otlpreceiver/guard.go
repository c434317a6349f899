package otlpreceiver

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configmiddleware"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.opentelemetry.io/collector/extension/extensionmiddleware"
	"go.opentelemetry.io/collector/receiver"
	upstream "go.opentelemetry.io/collector/receiver/otlpreceiver"
	"google.golang.org/grpc"

	"github.com/otelcol-llm/otelcol-llm/receiver/otlpreceiver/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/receiver/otlpreceiver/internal/otlpwire"
)

// guard stands between the servers and upstream's receiver. It is a middleware, which
// upstream looks up in the host by an id that no configuration has.
type guard struct {
	component.StartFunc
	component.ShutdownFunc

	config      *upstream.Config // with the guard in it
	limits      Limits
	maxBody     int64
	readTimeout time.Duration // of HTTP, 0 without
	encoding    []string      // which compressions HTTP takes; nil for upstream's default
	schemas     map[string]*otlpwire.Message
	refusals    *refusals
	bodies      *share       // of bodies over HTTP
	decoded     *share       // of what requests take, decoded
	auth        component.ID // of HTTP
	arrivals    arrivals
	tls         *configtls.ServerConfig // of gRPC; nil without
	connections connections
	giveBack    memoryReturn
	forget      func()
}

var (
	_ extensionmiddleware.HTTPServer = (*guard)(nil)
	_ extensionmiddleware.GRPCServer = (*guard)(nil)
)

var guardID = component.NewIDWithName(metadata.Type, "guard of the receiver")

const mib = 1 << 20

func newGuard(set receiver.Settings, config *Config) (*guard, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	inner := config.Config
	g := &guard{
		config:   &inner,
		limits:   config.Limits,
		refusals: newRefusals(set, telemetry),
		bodies:   newShare(int64(config.Limits.InFlightMiB) * mib / 2),
		decoded:  newShare(int64(config.Limits.InFlightMiB) * mib),
		schemas:  map[string]*otlpwire.Message{},
		giveBack: memoryReturn{quiet: quietTime, free: freeMemory},
	}
	if inner.Protocols.GRPC.HasValue() {
		server := inner.Protocols.GRPC.Get()
		server.Middlewares = append([]configmiddleware.Config{{ID: guardID}}, server.Middlewares...)
		g.takeTLS(server)
		g.connections.alien = func(ctx context.Context) { g.refusals.add(ctx, overGRPC, httpAtGRPC) }
		g.connections.coming = newComing(config.Limits, int64(server.MaxRecvMsgSizeMiB)*mib, g.giveBack.after)
	}
	if inner.Protocols.HTTP.HasValue() {
		g.wrapHTTP(inner.Protocols.HTTP.Get())
	}
	return g, nil
}

// wrapHTTP puts the guard into the configuration of HTTP. The guard decompresses, with
// upstream's code, so that it sees what fails there.
func (g *guard) wrapHTTP(c *upstream.HTTPConfig) {
	server := &c.ServerConfig
	server.Middlewares = append([]configmiddleware.Config{{ID: guardID}}, server.Middlewares...)
	g.encoding, server.CompressionAlgorithms = server.CompressionAlgorithms, []string{}
	if server.MaxRequestBodySize <= 0 {
		server.MaxRequestBodySize = maxBodyMiB * mib
	}
	g.maxBody, g.readTimeout = server.MaxRequestBodySize, server.ReadTimeout
	g.schemas[string(c.TracesURLPath)] = otlpwire.Traces
	g.schemas[string(c.MetricsURLPath)] = otlpwire.Metrics
	g.schemas[string(c.LogsURLPath)] = otlpwire.Logs
	if server.CORS.HasValue() {
		allowContentType(server.CORS.Get())
	}
	if server.Auth.HasValue() {
		g.auth = server.Auth.Get().AuthenticatorID
	}
}

// allowContentType adds to the headers that pages may send the one without which none can
// send JSON. Upstream's documentation says that it is allowed in any case; it is where no
// header is named.
func allowContentType(c *confighttp.CORSConfig) {
	named := func(name string) bool {
		return slices.ContainsFunc(c.AllowedHeaders, func(h string) bool { return strings.EqualFold(h, name) })
	}
	if len(c.AllowedHeaders) > 0 && !named("*") && !named("Content-Type") {
		c.AllowedHeaders = append(slices.Clip(c.AllowedHeaders), "Content-Type")
	}
}

// host is the collector with the guard among its extensions.
func (g *guard) host(host component.Host) component.Host {
	return &guardedHost{Host: host, guard: g}
}

type guardedHost struct {
	component.Host
	guard *guard
}

// GetExtensions returns the collector's extensions and the guard.
func (h *guardedHost) GetExtensions() map[component.ID]component.Component {
	all := maps.Clone(h.Host.GetExtensions())
	if all == nil {
		all = map[component.ID]component.Component{}
	}
	all[guardID] = h.guard
	if server, ok := all[h.guard.auth].(extensionauth.Server); ok {
		all[h.guard.auth] = &authenticator{Server: server, refusals: h.guard.refusals}
	}
	return all
}

// Report passes on the status of a server that fails.
func (h *guardedHost) Report(event *componentstatus.Event) {
	if reporter, ok := h.Host.(componentstatus.Reporter); ok {
		reporter.Report(event)
	}
}

// authenticator counts whom the authenticator of HTTP refuses. Over gRPC the
// interceptor does.
type authenticator struct {
	component.StartFunc
	component.ShutdownFunc
	extensionauth.Server
	refusals *refusals
}

// Authenticate asks the authenticator that the configuration names.
func (a *authenticator) Authenticate(ctx context.Context, headers map[string][]string) (context.Context, error) {
	inner, err := a.Server.Authenticate(ctx, headers)
	if err == nil {
		return inner, nil
	}
	if ctx.Value(callKey{}) != nil {
		return inner, err
	}
	a.refusals.add(ctx, overHTTP, unauthenticated)
	// Upstream answers in the form that the request has, and 500 where that is not one
	// of OTLP's, though it is the credentials that are wrong.
	if header := http.Header(headers); formOf(header) == formNone {
		header.Set("Content-Type", jsonType)
	}
	return inner, err
}

// releases are what a request gives back when it has been answered.
type releases []func()

func (r *releases) release() {
	for _, release := range *r {
		release()
	}
}

// reserve takes bytes of what all requests may take, and waits for others to finish. It
// reports false when they have not in time.
func (g *guard) reserve(ctx context.Context, from *share, bytes int64, held *releases) bool {
	ctx, cancel := context.WithTimeout(ctx, g.limits.BusyTimeout)
	defer cancel()
	release := from.take(ctx, bytes)
	if release == nil {
		return false
	}
	*held = append(*held, func() {
		release()
		g.giveBack.after(bytes)
	})
	return true
}

func (g *guard) decodedLimit() int { return g.limits.DecodedMiB * mib }

// The sentences that a client is told.
func (g *guard) tooLarge() string {
	return fmt.Sprintf("the request takes more than %d MiB of memory when it is decoded (limits::decoded_mib of the receiver): send fewer spans, records or points in one request", g.limits.DecodedMiB)
}

func (g *guard) busy() string {
	return fmt.Sprintf("requests in flight take %d MiB of memory (limits::in_flight_mib of the receiver): send the request again", g.limits.InFlightMiB)
}

// GetHTTPHandler wraps upstream's handler.
func (g *guard) GetHTTPHandler(context.Context) (extensionmiddleware.WrapHTTPHandlerFunc, error) {
	return g.wrapHandler, nil
}

// GetGRPCServerOptions returns what a gRPC server does before it decodes.
func (g *guard) GetGRPCServerOptions(ctx context.Context) ([]grpc.ServerOption, error) {
	credentials, err := g.credentials(ctx)
	if err != nil {
		return nil, err
	}
	return append(g.grpcOptions(), grpc.Creds(credentials)), nil
}

// retryAfter is what a client is told to wait when the collector is busy.
const retryAfter = time.Second
