package otlpreceiver

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"

	"github.com/otelcol-llm/otelcol-llm/receiver/otlpreceiver/internal/otlpwire"
)

// grpcOptions are what a server does before it decodes: it bounds the time of the
// handshake and of the message, and looks at the message before pdata's codec does.
//
// A codec cannot say with which code a call fails. So it notes the error, and the
// interceptor, which is the first of all (those of ChainUnaryInterceptor come after the
// one of UnaryInterceptor), ends the call with it.
func (g *guard) grpcOptions() []grpc.ServerOption {
	codec := &examiningCodec{CodecV2: encoding.GetCodecV2("proto"), guard: g}
	return []grpc.ServerOption{
		grpc.ConnectionTimeout(min(headerTimeout, g.limits.BodyTimeout)),
		grpc.InTapHandle(g.tap),
		grpc.StatsHandler(&callStats{refusals: g.refusals}),
		grpc.ForceServerCodecV2(codec),
		grpc.UnaryInterceptor(codec.intercept),
	}
}

// call is what is known of a call over gRPC.
type call struct {
	came    func() // its message has come, or need not come any more
	message *message
	late    atomic.Bool
	counted atomic.Bool
}

type callKey struct{}

// tap is called when the headers of a call have come.
func (g *guard) tap(ctx context.Context, _ *tap.Info) (context.Context, error) {
	ctx, cancel := context.WithCancel(ctx)
	c := &call{message: g.connections.coming.begin(ctx)}
	cut := func() {
		c.late.Store(true)
		cancel()
	}
	timer, done := time.AfterFunc(grpcBodyTimeouts*g.limits.BodyTimeout, cut), g.arrivals.add(cut)
	c.came = func() {
		timer.Stop()
		done()
	}
	return context.WithValue(ctx, callKey{}, c), nil
}

// callStats counts calls that fail before the interceptor sees them.
type callStats struct{ refusals *refusals }

// TagRPC does nothing.
func (*callStats) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// TagConn does nothing.
func (*callStats) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn does nothing.
func (*callStats) HandleConn(context.Context, stats.ConnStats) {}

// HandleRPC is called with each event of a call; its end says how it failed.
func (s *callStats) HandleRPC(ctx context.Context, event stats.RPCStats) {
	c, known := ctx.Value(callKey{}).(*call)
	if !known {
		return
	}
	switch event := event.(type) {
	case *stats.Begin:
		c.message.serve()
	case *stats.InPayload:
		c.message.decoded()
	case *stats.End:
		c.came()
		cut := c.message.end(true)
		if event.Error != nil && !c.counted.Load() {
			s.failed(ctx, c, status.Code(event.Error), cut)
		}
	}
}

// failed counts a call that the interceptor has not seen.
func (s *callStats) failed(ctx context.Context, c *call, code codes.Code, cut bool) {
	switch {
	case cut:
		s.refusals.add(ctx, overGRPC, busy)
	case c.late.Load():
		s.refusals.add(ctx, overGRPC, tooSlow)
	case code == codes.ResourceExhausted:
		s.refusals.add(ctx, overGRPC, tooLarge)
	case code == codes.Unimplemented:
		s.refusals.add(ctx, overGRPC, notOTLP)
	case code == codes.Internal:
		s.refusals.add(ctx, overGRPC, malformed)
	}
}

// examiningCodec is pdata's codec, which looks before it decodes.
type examiningCodec struct {
	encoding.CodecV2
	guard    *guard
	requests sync.Map // of messages to what became of them, until the interceptor has them
}

// examined is what became of a message.
type examined struct {
	refused error
	reason  reason
	held    releases
}

// grpcSchemas are the requests by the names of the types that pdata decodes to.
var grpcSchemas = map[string]*otlpwire.Message{
	otlpwire.Traces.Name(): otlpwire.Traces, otlpwire.Metrics.Name(): otlpwire.Metrics, otlpwire.Logs.Name(): otlpwire.Logs,
}

// Unmarshal decodes a message, unless it may not be.
func (c *examiningCodec) Unmarshal(data mem.BufferSlice, v any) error {
	schema := grpcSchemas[reflect.Indirect(reflect.ValueOf(v)).Type().Name()]
	if schema == nil {
		return c.CodecV2.Unmarshal(data, v)
	}
	buffer := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buffer.Free()
	c.requests.Store(v, c.examine(schema, buffer, v))
	return nil
}

func (c *examiningCodec) examine(schema *otlpwire.Message, buffer mem.Buffer, v any) *examined {
	_, size, refused := c.guard.inspect(schema, formProtobuf, buffer.ReadOnlyData())
	if refused != nil {
		// OTLP's clients retry RESOURCE_EXHAUSTED, some of them whatever the server says,
		// and this would fail again.
		return &examined{refused: status.Error(codes.InvalidArgument, refused.message), reason: refused.reason}
	}
	e := &examined{}
	if !c.guard.reserve(context.Background(), c.guard.decoded, int64(size), &e.held) {
		return &examined{refused: status.Error(codes.Unavailable, c.guard.busy()), reason: busy}
	}
	if err := c.CodecV2.Unmarshal(mem.BufferSlice{buffer}, v); err != nil {
		e.held.release()
		return &examined{refused: status.Error(codes.InvalidArgument, "the body is not OTLP: "+err.Error()), reason: malformed}
	}
	return e
}

// intercept refuses what Unmarshal said, and counts how other calls end.
func (c *examiningCodec) intercept(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	this, ok := ctx.Value(callKey{}).(*call)
	if ok {
		this.came()
		this.counted.Store(true)
	}
	found, ok := c.requests.LoadAndDelete(request)
	if !ok {
		return handle(ctx, request)
	}
	e := found.(*examined)
	if e.refused != nil {
		c.guard.refusals.add(ctx, overGRPC, e.reason, status.Convert(e.refused).Message())
		return nil, e.refused
	}
	defer e.held.release()
	response, err := handle(ctx, request)
	switch status.Code(err) {
	case codes.OK, codes.Canceled: // the client has gone
	case codes.Unauthenticated, codes.PermissionDenied:
		c.guard.refusals.add(ctx, overGRPC, unauthenticated)
	case codes.Unavailable, codes.ResourceExhausted, codes.DeadlineExceeded, codes.Aborted:
		c.guard.refusals.add(ctx, overGRPC, unavailable)
	default:
		c.guard.refusals.add(ctx, overGRPC, rejected)
	}
	return response, err
}
