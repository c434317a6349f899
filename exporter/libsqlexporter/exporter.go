package libsqlexporter

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// libsqlExporter stores traces.
type libsqlExporter struct {
	config    *Config
	target    target
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	mappers   *mappers

	host  component.Host
	store *tracestore.Store
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
		config: config, target: at, logger: set.Logger, telemetry: telemetry,
		mappers: newMappers(config.Limits.MaxValueBytes),
	}, nil
}

func (e *libsqlExporter) start(ctx context.Context, host component.Host) error {
	e.host = host
	if e.target.note != "" {
		e.logger.Info(e.target.note)
	}
	file, err := e.config.options(e.target.file)
	if err != nil {
		return err
	}
	e.store, err = tracestore.OpenFile(ctx, file, tracestore.Options{
		RootGrace: e.config.RootGracePeriod,
		Observe:   e.observe,
		Notice:    func(sentence string) { e.logger.Warn(sentence) },
	})
	if err != nil {
		return err
	}
	e.logger.Info("Storing traces", zap.String("file", file.Path))
	return nil
}

func (e *libsqlExporter) shutdown(ctx context.Context) error {
	if e.store == nil {
		return nil
	}
	err := e.store.Close(ctx)
	e.telemetry.Shutdown()
	return err
}

// pushTraces returns after the COMMIT.
func (e *libsqlExporter) pushTraces(ctx context.Context, td ptrace.Traces) error {
	rows, cut := e.mappers.spans(td)
	if cut > 0 {
		e.telemetry.ExporterLibsqlCutValues.Add(ctx, int64(cut))
	}
	result, err := e.store.Write(ctx, rows)
	if err != nil {
		return e.classify(err)
	}
	if result.Rejected > 0 {
		e.logger.Warn("The database refused spans; the others of their batch are stored", zap.Int("spans", result.Rejected))
	}
	return nil
}

// classify says whether it makes sense to try again.
func (e *libsqlExporter) classify(err error) error {
	if tracestore.IsPermanent(err) {
		err = fmt.Errorf("the database is damaged; stop the collector, and restore a backup or set file::on_corruption: quarantine: %w", err)
		componentstatus.ReportStatus(e.host, componentstatus.NewPermanentErrorEvent(err))
		return consumererror.NewPermanent(err)
	}
	return err
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
	for _, m := range []struct {
		n   int
		how metric.MeasurementOption
	}{{t.Result.Inserted, stored}, {t.Result.Duplicates, duplicate}, {t.Result.Rejected, rejected}} {
		if m.n > 0 {
			e.telemetry.ExporterLibsqlSpans.Add(ctx, int64(m.n), m.how)
		}
	}
}

func outcomeSet(word string) attribute.Set {
	return attribute.NewSet(attribute.String("outcome", word))
}

func resultSet(word string) attribute.Set {
	return attribute.NewSet(attribute.String("result", word))
}
