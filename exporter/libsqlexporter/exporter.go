package libsqlexporter

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// libsqlExporter stores traces and logs.
type libsqlExporter struct {
	config    *Config
	settings  exporter.Settings
	target    target
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	mappers   *mappers

	host  component.Host
	store *tracestore.Store
	idle  func() // closes idle connections

	status atomic.Int32 // what was reported last

	mu      sync.Mutex // guards starts and shutdowns
	users   int        // signals that have started
	release func()
}

func newExporter(config *Config, set exporter.Settings) (*libsqlExporter, error) {
	at, err := parseURL(config.URL)
	if err != nil {
		return nil, err
	}
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &libsqlExporter{
		config: config, settings: set, target: at, idle: func() {}, logger: set.Logger, telemetry: telemetry,
		mappers: newMappers(config.Limits.MaxValueBytes, maxColumn(at)),
	}, nil
}

func (e *libsqlExporter) open(ctx context.Context, host component.Host) error {
	e.host = host
	if e.target.note != "" {
		e.logger.Info(e.target.note)
	}
	options := tracestore.Options{
		RootGrace:       e.config.RootGracePeriod,
		SchemaMustExist: !e.config.CreateSchema,
		Observe:         e.observe,
		Notice:          func(sentence string) { e.logger.Warn(sentence) },
	}
	if e.target.server != nil {
		return e.openServer(ctx, host, options)
	}
	file, err := e.config.options(e.target.file)
	if err != nil {
		return err
	}
	if e.store, err = tracestore.OpenFile(ctx, file, options); err != nil {
		return err
	}
	e.logger.Info("Storing telemetry", zap.String("file", file.Path))
	return nil
}

// startTimeout bounds what the start waits for a server. One that does not
// answer is no reason not to start.
const startTimeout = 5 * time.Second

func (e *libsqlExporter) openServer(ctx context.Context, host component.Host, options tracestore.Options) error {
	httpClient, err := e.config.ClientConfig.ToClient(ctx, host.GetExtensions(), e.settings.TelemetrySettings)
	if err != nil {
		return err
	}
	e.idle = httpClient.CloseIdleConnections
	if e.config.AuthToken != "" && e.target.isPublicPlain() {
		e.logger.Warn("auth_token is sent unencrypted; use libsql:// or https://")
	}
	build := e.settings.BuildInfo
	client := hrana.New(hrana.Options{
		URL: e.target.server, HTTP: httpClient, AuthToken: string(e.config.AuthToken), UserAgent: build.Command + "/" + build.Version,
	})
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	e.store, err = tracestore.OpenServer(ctx, tracestore.ServerOptions{Client: client, MaxRequestBytes: e.config.Limits.MaxRequestBytes}, options)
	if err != nil {
		return err
	}
	e.logger.Info("Storing telemetry", zap.String("server", e.target.server.Host))
	return nil
}

func (e *libsqlExporter) closeStore(ctx context.Context) error {
	err := e.store.Close(ctx)
	e.idle()
	e.telemetry.Shutdown()
	return err
}

// pushTraces returns after the COMMIT.
func (e *libsqlExporter) pushTraces(ctx context.Context, td ptrace.Traces) error {
	rows, cut := e.mappers.spans(td)
	e.countCut(ctx, cut)
	result, err := e.store.Write(ctx, rows)
	return e.conclude("spans", result, err)
}

// pushLogs returns after the COMMIT.
func (e *libsqlExporter) pushLogs(ctx context.Context, ld plog.Logs) error {
	rows, cut := e.mappers.logs(ld)
	e.countCut(ctx, cut)
	result, err := e.store.WriteLogs(ctx, rows)
	return e.conclude("log records", result, err)
}

func (e *libsqlExporter) countCut(ctx context.Context, cut int) {
	if cut > 0 {
		e.telemetry.ExporterLibsqlCutValues.Add(ctx, int64(cut))
	}
}

func (e *libsqlExporter) conclude(what string, result tracestore.Result, err error) error {
	if err != nil {
		return e.classify(err)
	}
	e.report(componentstatus.NewEvent(componentstatus.StatusOK))
	if result.Rejected > 0 {
		e.logger.Warn("The database refused "+what+"; the others of their batch are stored", zap.Int("refused", result.Rejected))
	}
	return nil
}

// classify says whether it makes sense to try again (libsql reference 2.4).
func (e *libsqlExporter) classify(err error) error {
	switch {
	case tracestore.IsThrottled(err):
		return exporterhelper.NewThrottleRetry(err, tracestore.RetryAfter(err))
	case tracestore.IsUnauthorized(err):
		err = fmt.Errorf("auth_token: the server refuses it: %w", err)
		e.report(componentstatus.NewRecoverableErrorEvent(err))
		if e.config.AuthRetry {
			return err
		}
		return consumererror.NewPermanent(err)
	case tracestore.IsPermanent(err):
		if e.target.server == nil {
			err = fmt.Errorf("the database is damaged; stop the collector, and restore a backup or set file::on_corruption: quarantine: %w", err)
		}
		e.report(componentstatus.NewPermanentErrorEvent(err))
		return consumererror.NewPermanent(err)
	}
	e.report(componentstatus.NewRecoverableErrorEvent(err))
	return err
}

// report tells the host how the exporter is, where that has changed.
func (e *libsqlExporter) report(event *componentstatus.Event) {
	if e.status.Swap(int32(event.Status())) != int32(event.Status()) {
		componentstatus.ReportStatus(e.host, event)
	}
}

// outcomes are the measurement options, made once.
var (
	stored    = metric.WithAttributeSet(outcomeSet("stored"))
	duplicate = metric.WithAttributeSet(outcomeSet("duplicate"))
	rejected  = metric.WithAttributeSet(outcomeSet("rejected"))
	committed = metric.WithAttributeSet(resultSet("committed"))
	failed    = metric.WithAttributeSet(resultSet("failed"))
)

// observe records a transaction.
func (e *libsqlExporter) observe(t tracestore.Transaction) {
	ctx := context.Background()
	how := committed
	if t.Err != nil {
		how = failed
	}
	e.telemetry.ExporterLibsqlTransactionDuration.Record(ctx, t.Duration.Seconds(), how)
	for _, c := range []struct {
		counter metric.Int64Counter
		result  tracestore.Result
	}{{e.telemetry.ExporterLibsqlSpans, t.Spans}, {e.telemetry.ExporterLibsqlLogRecords, t.Logs}} {
		add(ctx, c.counter, c.result.Inserted, stored)
		add(ctx, c.counter, c.result.Duplicates, duplicate)
		add(ctx, c.counter, c.result.Rejected, rejected)
	}
}

func add(ctx context.Context, counter metric.Int64Counter, n int, how metric.AddOption) {
	if n > 0 {
		counter.Add(ctx, int64(n), how)
	}
}

func outcomeSet(word string) attribute.Set {
	return attribute.NewSet(attribute.String("outcome", word))
}

func resultSet(word string) attribute.Set {
	return attribute.NewSet(attribute.String("result", word))
}
