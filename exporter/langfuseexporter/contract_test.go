package langfuseexporter

import (
	"compress/gzip"
	"context"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
)

// TestConsumeContract runs upstream's contract for exporters against a server
// that accepts, refuses and fails by chance: each batch is delivered at least
// once, and dropped only where that is permanent.
func TestConsumeContract(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	config := createDefaultConfig().(*Config)
	config.ClientConfig.Endpoint = "http://" + address
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	config.CheckOnStart, config.Filter.Mode = checkOff, filterAll
	config.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	config.RetryConfig = quick()
	exportertest.CheckConsumeContract(exportertest.CheckConsumeContractParams{
		T: t, NumberOfTestElements: 100, Signal: pipeline.SignalTraces,
		ExporterFactory: exporter.NewFactory(metadata.Type, createDefaultConfig, exporter.WithTraces(createIdentified, metadata.TracesStability)),
		ExporterConfig:  config,
		ReceiverFactory: receiver.NewFactory(metadata.Type, func() component.Config { return &struct{}{} },
			receiver.WithTraces(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Traces) (receiver.Traces, error) {
				return &contractServer{address: address, next: next}, nil
			}, component.StabilityLevelDevelopment)),
		ReceiverConfig: &struct{}{},
	})
}

// createIdentified is the exporter behind one that gives spans ids: the
// contract's have none, and Langfuse refuses such.
func createIdentified(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	e, err := createTraces(ctx, set, cfg)
	return identified{e}, err
}

type identified struct{ exporter.Traces }

func (i identified) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	for _, value := range span.Attributes().All() {
		h := fnv.New128()
		_, _ = h.Write([]byte(value.Str()))
		sum := h.Sum(nil)
		span.SetTraceID(pcommon.TraceID(sum))
		span.SetSpanID(pcommon.SpanID(sum[:8]))
	}
	return i.Traces.ConsumeTraces(ctx, td)
}

// contractServer answers as its consumer decides.
type contractServer struct {
	address string
	next    consumer.Traces
	server  *http.Server
}

func (s *contractServer) Start(context.Context, component.Host) error {
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		return err
	}
	s.server = &http.Server{Handler: s}
	go func() { _ = s.server.Serve(listener) }()
	return nil
}

func (s *contractServer) Shutdown(ctx context.Context) error { return s.server.Shutdown(ctx) }

func (s *contractServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := ptraceotlp.NewExportRequest()
	reader, err := gzip.NewReader(r.Body)
	if err == nil {
		var body []byte
		if body, err = io.ReadAll(reader); err == nil {
			err = request.UnmarshalProto(body)
		}
	}
	if err == nil {
		err = s.next.ConsumeTraces(r.Context(), request.Traces())
	}
	switch {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case consumererror.IsPermanent(err):
		w.WriteHeader(http.StatusBadRequest)
	default:
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// counted reads a counter: its value by the value of its attribute; nil where nothing
// has been counted yet.
func counted(t *testing.T, telemetry *componenttest.Telemetry, name string) map[string]int64 {
	t.Helper()
	metric, err := telemetry.GetMetric(name)
	if err != nil {
		return nil
	}
	out := map[string]int64{}
	for _, point := range metric.Data.(metricdata.Sum[int64]).DataPoints {
		word := ""
		for _, attribute := range point.Attributes.ToSlice() {
			word = attribute.Value.AsString()
		}
		out[word] += point.Value
	}
	return out
}
