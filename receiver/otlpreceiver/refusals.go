package otlpreceiver

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/otelcol-llm/otelcol-llm/receiver/otlpreceiver/internal/metadata"
)

// reason says why a request was refused.
type reason string

// The reasons, as the metric has them.
const (
	malformed       reason = "malformed"         // it is not OTLP
	tooLarge        reason = "too_large"         // its body is
	tooLargeDecoded reason = "too_large_decoded" // what it would be decoded to is
	tooSlow         reason = "too_slow"          // its body did not come in time
	busy            reason = "busy"              // other requests take the memory
	unauthenticated reason = "unauthenticated"   // credentials
	unavailable     reason = "unavailable"       // the pipeline said to come again
	rejected        reason = "rejected"          // the pipeline refused it for good
	notOTLP         reason = "not_otlp"          // another path, method or form
	grpcAtHTTP      reason = "grpc_at_http"      // gRPC at the port of HTTP
	httpAtGRPC      reason = "http_at_grpc"      // HTTP at the port of gRPC
)

// remedies are what a line of the log says to do about each.
var remedies = map[reason]string{
	malformed:       "the clients send what is not OTLP; what they are told says where",
	tooLarge:        "send smaller batches, or raise max_request_body_size and max_recv_msg_size_mib of the receiver",
	tooLargeDecoded: "send fewer spans in a request, or raise limits::decoded_mib of the receiver",
	tooSlow:         "look at the network between the clients and here, or raise limits::body_timeout of the receiver",
	busy:            "the clients send again; when it lasts give the collector more memory and raise limits::in_flight_mib of the receiver",
	unauthenticated: "give the clients the token or password that this collector has; what they sent is lost unless they keep it",
	unavailable:     "the clients send again; the exporter that does not take it, or memory_limiter, says why",
	rejected:        "what the clients sent is lost; the exporter that refused it says why",
	grpcAtHTTP:      "the clients speak gRPC to the port of HTTP; set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or send to the port of gRPC",
	httpAtGRPC:      "the clients speak HTTP to the port of gRPC; set OTEL_EXPORTER_OTLP_PROTOCOL=grpc, or send to the port of HTTP",
	notOTLP:         "the clients use another path, method or Content-Type than OTLP over HTTP has",
}

// The values of transport, as in upstream's metrics.
const (
	overHTTP = "http"
	overGRPC = "grpc"
)

// logEvery is how often there is a line of one reason.
const logEvery = time.Minute

// refusals counts requests that are refused, and has a line in the log of each reason
// at most once in logEvery.
type refusals struct {
	receiver string
	logger   *zap.Logger
	counter  metric.Int64Counter
	every    time.Duration

	mu      sync.Mutex
	pending map[refusal]*pending
}

type refusal struct {
	transport string
	reason    reason
}

// pending is what has not been logged yet.
type pending struct {
	requests int
	last     string // what the last client was told: a sentence of our own
	timer    *time.Timer
}

func newRefusals(set receiver.Settings, telemetry *metadata.TelemetryBuilder) *refusals {
	return &refusals{
		receiver: set.ID.String(), logger: ofAllSignals(set.Logger), counter: telemetry.ReceiverOtlpRefusedRequests,
		every: logEvery, pending: map[refusal]*pending{},
	}
}

// ofAllSignals is the logger of a component without the signal that the Collector adds
// to each line: a server is that of all signals, whichever is made first.
func ofAllSignals(logger *zap.Logger) *zap.Logger {
	return logger.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		if injected, ok := core.(interface {
			DropInjectedAttributes(names ...string) zapcore.Core
		}); ok {
			return injected.DropInjectedAttributes("otelcol.signal")
		}
		return core
	}))
}

// add counts a request. told is what its client was told, if that is a sentence of ours.
func (r *refusals) add(ctx context.Context, transport string, why reason, told ...string) {
	r.counter.Add(ctx, 1, metric.WithAttributeSet(attribute.NewSet(
		attribute.String("receiver", r.receiver), attribute.String("transport", transport), attribute.String("reason", string(why)),
	)))
	r.mu.Lock()
	defer r.mu.Unlock()
	key := refusal{transport, why}
	p := r.pending[key]
	if p == nil { // the first in a while has its line at once
		p = &pending{}
		r.pending[key] = p
		p.timer = time.AfterFunc(r.every, func() { r.due(key) })
		p.note(told)
		r.log(key, p)
		return
	}
	p.note(told)
}

func (p *pending) note(told []string) {
	p.requests++
	for _, sentence := range told {
		p.last = sentence
	}
}

// due logs what has come since the last line. After a time without any the next has its
// line at once again.
func (r *refusals) due(key refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.pending[key]
	if p == nil {
		return
	}
	if p.requests == 0 {
		delete(r.pending, key)
		return
	}
	r.log(key, p)
	p.timer.Reset(r.every)
}

func (r *refusals) log(key refusal, p *pending) {
	fields := []zap.Field{
		zap.Int("requests", p.requests), zap.String("transport", key.transport), zap.String("reason", string(key.reason)),
		zap.String("remedy", remedies[key.reason]),
	}
	if p.last != "" {
		fields = append(fields, zap.String("last", p.last))
	}
	r.logger.Warn("Refused requests", fields...)
	p.requests = 0
}

// flush logs what is left, and ends the timers.
func (r *refusals) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, p := range r.pending {
		p.timer.Stop()
		if p.requests > 0 {
			r.log(key, p)
		}
		delete(r.pending, key)
	}
}
