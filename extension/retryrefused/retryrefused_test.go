package retryrefused

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/otelcol-llm/otelcol-llm/extension/retryrefused/internal/metadata"
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
	config := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"endpoint":         endpoint,
		"tls":              map[string]any{"insecure": true},
		"middlewares":      []any{map[string]any{"id": "retry_refused"}},
		"sending_queue":    map[string]any{"enabled": false},
		"retry_on_failure": map[string]any{"enabled": false},
	}).Unmarshal(config))
	retry, err := NewFactory().Create(t.Context(), extensiontest.NewNopSettings(metadata.Type), extension)
	require.NoError(t, err)
	made, err := create(t.Context(), exportertest.NewNopSettings(factory.Type()), config)
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

// TestOverHTTP says what the exporter makes of each answer.
func TestOverHTTP(t *testing.T) {
	for _, test := range []struct {
		answer          int
		traces, logs    bool // lost
		tracesSays, say string
	}{
		{401, false, false, "the destination answers 401 Unauthorized, check the credentials", "401"},
		{403, false, false, "the destination answers 403 Forbidden, check the credentials", "403"},
		{404, false, true, "the destination answers 404 Not Found, check the endpoint", "404"},
		{400, true, true, "HTTP Status Code 400", "400"},
		{413, true, true, "HTTP Status Code 413", "413"},
		{503, false, false, "HTTP Status Code 503", "503"},
	} {
		t.Run(strconv.Itoa(test.answer), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Error(w, "your token "+r.Header.Get("Authorization")+" is none", test.answer)
			}))
			defer server.Close()
			factory := otlphttpexporter.NewFactory()
			config := createDefaultConfig().(*Config)
			err := start(t, factory, server.URL, config, factory.CreateTraces).ConsumeTraces(t.Context(), span())
			require.ErrorContains(t, err, test.tracesSays)
			assert.Equal(t, test.traces, consumererror.IsPermanent(err))
			err = start(t, factory, server.URL, config, factory.CreateLogs).ConsumeLogs(t.Context(), logRecord())
			require.ErrorContains(t, err, test.say)
			assert.Equal(t, test.logs, consumererror.IsPermanent(err))
			assert.NotContains(t, err.Error(), "your token")
		})
	}
}

// TestWhatIsAcceptedPasses: and an error without an answer is the exporter's.
func TestWhatIsAcceptedPasses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	factory := otlphttpexporter.NewFactory()
	traces := start(t, factory, server.URL, createDefaultConfig().(*Config), factory.CreateTraces)
	require.NoError(t, traces.ConsumeTraces(t.Context(), span()))
	server.Close()
	err := traces.ConsumeTraces(t.Context(), span())
	require.ErrorContains(t, err, "failed to make an HTTP request")
	assert.False(t, consumererror.IsPermanent(err))
}

// TestOtherStatusCodes: none of the defaults is left where others are given.
func TestOtherStatusCodes(t *testing.T) {
	config := &Config{StatusCodes: []int{402}}
	assert.True(t, config.again("/v1/logs", 402))
	assert.False(t, config.again("/v1/traces", 401))
	assert.False(t, config.again("/v1/traces", 404))
}

type refusing struct {
	ptraceotlp.UnimplementedGRPCServer
	code codes.Code
}

func (r *refusing) Export(context.Context, ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	return ptraceotlp.NewExportResponse(), status.Error(r.code, "your token is none")
}

func TestOverGRPC(t *testing.T) {
	for code, lost := range map[codes.Code]bool{codes.Unauthenticated: false, codes.PermissionDenied: false, codes.InvalidArgument: true, codes.Unavailable: false} {
		t.Run(code.String(), func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			server := grpc.NewServer()
			ptraceotlp.RegisterGRPCServer(server, &refusing{code: code})
			go func() { _ = server.Serve(listener) }()
			defer server.Stop()
			factory := otlpexporter.NewFactory()
			err = start(t, factory, listener.Addr().String(), createDefaultConfig().(*Config), factory.CreateTraces).ConsumeTraces(t.Context(), span())
			require.ErrorContains(t, err, code.String())
			assert.Equal(t, lost, consumererror.IsPermanent(err))
		})
	}
}

func TestConfigErrorsNameTheKey(t *testing.T) {
	require.NoError(t, createDefaultConfig().(*Config).Validate())
	err := (&Config{StatusCodes: []int{200}, TracesStatusCodes: []int{600}}).Validate()
	require.ErrorContains(t, err, "status_codes: 200 is no status of an error (400 to 599)")
	assert.ErrorContains(t, err, "traces_status_codes: 600 is no status")
}
