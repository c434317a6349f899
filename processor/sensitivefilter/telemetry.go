package sensitivefilter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter/internal/metadata"
)

// reporter turns the counts of a batch into metrics.
type reporter struct {
	builder  *metadata.TelemetryBuilder
	redactor *redact.Redactor
	signal   string
	action   string
	bySignal metric.MeasurementOption
}

func newReporter(set processor.Settings, r *redact.Redactor, signal string, audit bool) (*reporter, error) {
	b, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	action := "replaced"
	if audit {
		action = "found"
	}
	return &reporter{b, r, signal, action, metric.WithAttributeSet(attribute.NewSet(attribute.String("signal", signal)))}, nil
}

// report adds the counts of one batch.
func (t *reporter) report(ctx context.Context, w *walker, took time.Duration) {
	t.builder.ProcessorSensitiveFilterDuration.Record(ctx, took.Seconds(), t.bySignal)
	t.builder.ProcessorSensitiveFilterScannedValues.Add(ctx, w.values, t.bySignal)
	t.builder.ProcessorSensitiveFilterScannedBytes.Add(ctx, w.bytes, t.bySignal)
	if w.deleted > 0 {
		t.builder.ProcessorSensitiveFilterDeletedAttributes.Add(ctx, w.deleted, t.bySignal)
	}
	if w.changed == 0 {
		return
	}
	t.builder.ProcessorSensitiveFilterChangedValues.Add(ctx, w.changed, t.bySignal)
	for loc := range w.counts {
		for rule, n := range w.counts[loc] {
			if n == 0 {
				continue
			}
			t.builder.ProcessorSensitiveFilterFindings.Add(ctx, int64(n), metric.WithAttributes(
				attribute.String("rule", t.redactor.RuleID(rule)),
				attribute.String("signal", t.signal),
				attribute.String("location", locationNames[loc]),
				attribute.String("action", t.action),
			))
		}
	}
	if n := w.oversize(); n > 0 {
		t.builder.ProcessorSensitiveFilterOversizeValues.Add(ctx, n, t.bySignal)
	}
	if w.dropped > 0 {
		t.builder.ProcessorSensitiveFilterDroppedRecords.Add(ctx, w.dropped, t.bySignal)
	}
	t.errors(ctx, "depth", w.tooDeep)
	t.errors(ctx, "value", w.failures())
}

func (t *reporter) errors(ctx context.Context, kind string, n int64) {
	if n > 0 {
		t.builder.ProcessorSensitiveFilterErrors.Add(ctx, n, metric.WithAttributes(attribute.String("kind", kind)))
	}
}

// failed counts a dropped batch.
func (t *reporter) failed(ctx context.Context) { t.errors(ctx, "batch", 1) }
