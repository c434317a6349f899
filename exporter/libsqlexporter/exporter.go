package libsqlexporter

import (
	"context"
	"errors"
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
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/dburl"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/openstore"
)

// libsqlExporter stores traces and logs.
type libsqlExporter struct {
	config    *Config
	settings  exporter.Settings
	target    dburl.Target
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	mappers   *mappers

	host   component.Host
	store  *tracestore.Store
	idle   func() // closes idle connections
	unread func() // takes the store from those who read it in this process

	status atomic.Int32 // what was reported last
	away   away

	progress progress

	failure atomic.Pointer[error] // of the latest attempt

	retentionFails bool // the latest step has; of the store's goroutine

	// What a shutdown does not store within its grace is given up.
	grace               time.Duration
	graceOnce           sync.Once
	graceTimer          *time.Timer
	givenUp             context.Context
	giveUp              context.CancelFunc
	lostSpans, lostLogs atomic.Int64

	mu      sync.Mutex // guards starts and shutdowns
	users   int        // signals that have started
	release func()
}

func newExporter(config *Config, set exporter.Settings) (*libsqlExporter, error) {
	at, err := dburl.Parse(config.URL)
	if err != nil {
		return nil, err
	}
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	givenUp, giveUp := context.WithCancel(context.Background())
	return &libsqlExporter{
		grace: shutdownGrace, givenUp: givenUp, giveUp: giveUp,
		config: config, settings: set, target: at, idle: func() {}, unread: func() {}, logger: set.Logger, telemetry: telemetry,
		mappers: newMappers(config.Limits.MaxValueBytes, maxColumn(at)),
	}, nil
}

func (e *libsqlExporter) open(ctx context.Context, host component.Host) error {
	e.host = host
	if e.target.Note != "" {
		e.logger.Info(e.target.Note)
	}
	options := tracestore.Options{
		RootGrace:       e.config.RootGracePeriod,
		SchemaMustExist: !e.config.CreateSchema,
		Observe:         e.observe,
		Retention:       e.config.Retention.options(),
		Search:          tracestore.SearchIndex{Enabled: e.config.FullTextSearch.Enabled, MaxChars: e.config.FullTextSearch.MaxChars},
		Tended:          e.observeTended,
		Notice:          func(sentence string) { e.logger.Warn(sentence) },
		Info:            func(sentence string) { e.logger.Info(sentence) },
	}
	if e.target.Server != nil {
		options.Reached = e.reached
		return e.openServer(ctx, host, options)
	}
	file, err := e.config.options(e.target.File)
	if err != nil {
		return err
	}
	if e.store, err = tracestore.OpenFile(ctx, file, options); err != nil {
		return err
	}
	e.unread = openstore.Add(e.settings.ID.String(), openstore.Store{File: file.Path})
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
	if e.config.AuthToken != "" && e.target.IsPublicPlain() {
		e.logger.Warn("auth_token is sent unencrypted; use libsql:// or https://")
	}
	build := e.settings.BuildInfo
	client := hrana.New(hrana.Options{
		URL: e.target.Server, HTTP: httpClient, AuthToken: string(e.config.AuthToken), UserAgent: build.Command + "/" + build.Version,
	})
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	e.store, err = tracestore.OpenServer(ctx, tracestore.ServerOptions{
		Client: client, MaxRequestBytes: e.config.Limits.MaxRequestBytes, TokenMustServe: !e.config.AuthRetry,
	}, options)
	if err != nil {
		return err
	}
	e.unread = openstore.Add(e.settings.ID.String(), openstore.Store{Client: client})
	e.logger.Info("Storing telemetry", zap.String("server", e.target.Server.Host))
	return nil
}

func (e *libsqlExporter) closeStore() error {
	e.unread()
	// Close ends transactions that still wait when the grace is over.
	err := e.store.Close(e.givenUp)
	e.reportAbandoned()
	e.giveUp()
	e.idle()
	e.telemetry.Shutdown()
	return err
}

// pushTraces returns after the COMMIT.
func (e *libsqlExporter) pushTraces(ctx context.Context, td ptrace.Traces) error {
	rows, cut := e.mappers.spans(td)
	e.countCut(ctx, cut)
	ctx, cancel := e.untilGivenUp(ctx)
	defer cancel()
	result, err := e.store.Write(ctx, rows)
	if err != nil {
		e.abandon(len(rows), 0)
	}
	return e.conclude("spans", result, err)
}

// pushLogs returns after the COMMIT.
func (e *libsqlExporter) pushLogs(ctx context.Context, ld plog.Logs) error {
	rows, cut := e.mappers.logs(ld)
	e.countCut(ctx, cut)
	ctx, cancel := e.untilGivenUp(ctx)
	defer cancel()
	result, err := e.store.WriteLogs(ctx, rows)
	if err != nil {
		e.abandon(0, len(rows))
	}
	return e.conclude("log records", result, err)
}

// untilGivenUp ends a context with the grace of a shutdown.
func (e *libsqlExporter) untilGivenUp(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(e.givenUp, cancel)
	return ctx, func() { stop(); cancel() }
}

func (e *libsqlExporter) countCut(ctx context.Context, cut int) {
	if cut > 0 {
		e.telemetry.ExporterLibsqlCutValues.Add(ctx, int64(cut))
	}
}

func (e *libsqlExporter) conclude(what string, result tracestore.Result, err error) error {
	if err != nil {
		// That a caller has waited long enough says nothing about the database.
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			e.failure.Store(&err)
		}
		return e.classify(err)
	}
	e.failure.Store(nil)
	if e.target.Server != nil {
		e.reached(nil)
	} else {
		e.report(componentstatus.NewEvent(componentstatus.StatusOK))
	}
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
	case tracestore.IsPermanent(err):
		e.report(componentstatus.NewRecoverableErrorEvent(err)) // the next batch may be another
		return consumererror.NewPermanent(err)
	}
	if e.target.Server != nil && !errors.Is(err, context.Canceled) {
		e.reached(err)
	} else {
		e.report(componentstatus.NewRecoverableErrorEvent(err))
	}
	if tracestore.IsUnauthorized(err) && !e.config.AuthRetry {
		return consumererror.NewPermanent(err)
	}
	return err
}

// report tells the host how the exporter is, where that has changed.
func (e *libsqlExporter) report(event *componentstatus.Event) {
	if e.status.Swap(int32(event.Status())) != int32(event.Status()) {
		componentstatus.ReportStatus(e.host, event)
	}
}
