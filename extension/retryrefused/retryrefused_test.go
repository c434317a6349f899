package retryrefused

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/otelcol-llm/otelcol-llm/extension/retryrefused/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

type host struct {
	extensions map[component.ID]component.Component
}

func (h host) GetExtensions() map[component.ID]component.Component { return h.extensions }

// start starts one of upstream's exporters with the extension before it. It makes
// one attempt, whose error is what its queue would see.
func start[E component.Component](t *testing.T, factory exporter.Factory, endpoint string, extension *Config,
	create func(context.Context, exporter.Settings, component.Config) (E, error),
) E {
	t.Helper()
	return startWith(t, factory, endpoint, extension, exportertest.NewNopSettings(factory.Type()), create)
}

func startWith[E component.Component](t *testing.T, factory exporter.Factory, endpoint string, extension *Config, set exporter.Settings,
	create func(context.Context, exporter.Settings, component.Config) (E, error),
) E {
	t.Helper()
	config := factory.CreateDefaultConfig()
	settings := map[string]any{
		"endpoint":         endpoint,
		"tls":              map[string]any{"insecure": true},
		"middlewares":      []any{map[string]any{"id": "retry_refused"}},
		"sending_queue":    map[string]any{"enabled": false},
		"retry_on_failure": map[string]any{"enabled": false},
	}
	if strings.HasPrefix(endpoint, "http") {
		settings["compression"] = "none" // tests read what is sent
	}
	require.NoError(t, confmap.NewFromStringMap(settings).Unmarshal(config))
	extensionSet := extensiontest.NewNopSettings(metadata.Type)
	extensionSet.Logger = set.Logger
	retry, err := NewFactory().Create(t.Context(), extensionSet, extension)
	require.NoError(t, err)
	made, err := create(t.Context(), set, config)
	require.NoError(t, err)
	require.NoError(t, made.Start(t.Context(), host{map[component.ID]component.Component{component.NewID(metadata.Type): retry}}))
	t.Cleanup(func() { assert.NoError(t, made.Shutdown(context.Background())) })
	return made
}

func span() ptrace.Traces {
	traces := ptrace.NewTraces()
	traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	return traces
}

func logRecord() plog.Logs {
	logs := plog.NewLogs()
	logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	return logs
}

type refusing struct {
	ptraceotlp.UnimplementedGRPCServer
	answer error
}

func (r *refusing) Export(context.Context, ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	return ptraceotlp.NewExportResponse(), r.answer
}

type refusingLogs struct {
	plogotlp.UnimplementedGRPCServer
	answer error
}

func (r *refusingLogs) Export(context.Context, plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	return plogotlp.NewExportResponse(), r.answer
}

// aDayIsOver ends the attempts after doubtful answers at the first.
func aDayIsOver() *Config {
	config := createDefaultConfig().(*Config)
	config.Limits.MaxElapsedTime = 1
	config.Limits.Alone.Attempts = 0
	return config
}

// attempt is what the exporter makes of an answer of a server over gRPC, the second
// time.
func attempt(t *testing.T, config *Config, answer error, send func(*testing.T, string, *Config) error) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	ptraceotlp.RegisterGRPCServer(server, &refusing{answer: answer})
	plogotlp.RegisterGRPCServer(server, &refusingLogs{answer: answer})
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	return send(t, listener.Addr().String(), config)
}

func sendSpan(t *testing.T, address string, config *Config) error {
	t.Helper()
	factory := otlpexporter.NewFactory()
	traces := start(t, factory, address, config, factory.CreateTraces)
	_ = traces.ConsumeTraces(t.Context(), span())
	return traces.ConsumeTraces(t.Context(), span())
}

func sendLogRecord(t *testing.T, address string, config *Config) error {
	t.Helper()
	factory := otlpexporter.NewFactory()
	logs := start(t, factory, address, config, factory.CreateLogs)
	_ = logs.ConsumeLogs(t.Context(), logRecord())
	return logs.ConsumeLogs(t.Context(), logRecord())
}

// TestOverGRPC says what the exporter makes of each code.
func TestOverGRPC(t *testing.T) {
	limited := status.New(codes.ResourceExhausted, "slow down").Proto()
	limited.Details = []*anypb.Any{{TypeUrl: "type.googleapis.com/google.rpc.RetryInfo"}}
	for _, test := range []struct {
		answer             error
		traces, logs       bool // lost
		tracesDay, logsDay bool // lost after a day
	}{
		{answer: status.Error(codes.Unauthenticated, "your token is none")},
		{answer: status.Error(codes.PermissionDenied, "")},
		{answer: status.Error(codes.Unimplemented, "unknown service"), logs: true, logsDay: true},
		{answer: status.Error(codes.NotFound, "no tenant"), logs: true, logsDay: true},
		{answer: status.Error(codes.Unknown, "a panic"), tracesDay: true, logsDay: true},
		{answer: status.Error(codes.Internal, "a database"), tracesDay: true, logsDay: true},
		{answer: status.Error(codes.Unknown, `unexpected HTTP status code received from server: 200 (OK); transport: received unexpected content-type "text/html"`)},
		{answer: status.Error(codes.ResourceExhausted, "no quota"), tracesDay: true, logsDay: true},
		{answer: status.FromProto(limited).Err()},
		{answer: status.Error(codes.ResourceExhausted, "grpc: received message larger than max (9 vs. 4)"), traces: true, logs: true, tracesDay: true, logsDay: true},
		{answer: status.Error(codes.InvalidArgument, ""), traces: true, logs: true, tracesDay: true, logsDay: true},
		{answer: status.Error(codes.FailedPrecondition, ""), traces: true, logs: true, tracesDay: true, logsDay: true},
		{answer: status.Error(codes.AlreadyExists, ""), traces: true, logs: true, tracesDay: true, logsDay: true},
		// As the exporter has them.
		{answer: status.Error(codes.Canceled, "")},
		{answer: status.Error(codes.DeadlineExceeded, "")},
		{answer: status.Error(codes.Aborted, "")},
		{answer: status.Error(codes.OutOfRange, "")},
		{answer: status.Error(codes.Unavailable, "")},
		{answer: status.Error(codes.DataLoss, "")},
	} {
		t.Run(test.answer.Error(), func(t *testing.T) {
			for _, config := range []*Config{createDefaultConfig().(*Config), aDayIsOver()} {
				traces, logs := test.traces, test.logs
				if config.Limits.MaxElapsedTime == aDayIsOver().Limits.MaxElapsedTime {
					traces, logs = test.tracesDay, test.logsDay
				}
				err := attempt(t, config, test.answer, sendSpan)
				require.Error(t, err)
				assert.Equal(t, traces, consumererror.IsPermanent(err), err)
				assert.NotContains(t, err.Error(), "your token")
				err = attempt(t, config, test.answer, sendLogRecord)
				require.Error(t, err)
				assert.Equal(t, logs, consumererror.IsPermanent(err), err)
			}
		})
	}
}

// TestOneThatIsRefusedAloneOverGRPC is given up; others pass it.
func TestOneThatIsRefusedAloneOverGRPC(t *testing.T) {
	config := createDefaultConfig().(*Config)
	config.Limits.Alone = refusal.AloneConfig{Attempts: 3}
	core, logs := observer.New(zap.WarnLevel)
	i := &interceptor{logger: zap.New(core), ledger: refusal.NewLedger(config.Limits)}
	connection, err := grpc.NewClient("gateway.example.com:4317", grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer connection.Close()
	answers := func(err error) grpc.UnaryInvoker {
		return func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { return err }
	}
	send := func(traceID byte, err error) codes.Code {
		request := messageOf(t, traceID)
		return status.Code(i.intercept(t.Context(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export", request, nil, connection, answers(err)))
	}
	poison := status.Error(codes.PermissionDenied, "a firewall does not like the words")
	require.Equal(t, codes.Unavailable, send(1, poison))
	for range 2 {
		require.Equal(t, codes.OK, send(2, nil))
		require.Equal(t, codes.Unavailable, send(1, poison))
	}
	require.Equal(t, codes.OK, send(2, nil))
	assert.Equal(t, codes.FailedPrecondition, send(1, poison))
	require.Equal(t, 1, logs.Len(), "once a minute")
	assert.Equal(t, "Check the credentials: the destination answers PermissionDenied; what it is sent waits in the queue (retry_refused)", logs.All()[0].Message)
	assert.Equal(t, "gateway.example.com:4317", logs.All()[0].ContextMap()["destination"])
}

// message is as much of pdata's requests as the extension uses.
type message []byte

func (m message) SizeProto() int              { return len(m) }
func (m message) MarshalProto(buf []byte) int { return copy(buf, m) }

func messageOf(t *testing.T, traceID byte) message {
	t.Helper()
	traces := span()
	traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetTraceID([16]byte{traceID})
	body, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalProto()
	require.NoError(t, err)
	return body
}

func TestConfigErrorsNameTheKey(t *testing.T) {
	require.NoError(t, createDefaultConfig().(*Config).Validate())
	err := (&Config{StatusCodes: []int{200}, TracesStatusCodes: []int{600}, Limits: refusal.Config{MaxElapsedTime: -1}}).Validate()
	require.ErrorContains(t, err, "status_codes: 200 is not the status of an error (400 to 599)")
	require.ErrorContains(t, err, "traces_status_codes: 600 is not the status")
	assert.ErrorContains(t, err, "max_elapsed_time: -1ns is negative")
}
