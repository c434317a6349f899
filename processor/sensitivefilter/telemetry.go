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

// What became of a finding.
const (
	actionReplaced = "replaced"
	// actionFound is a finding of an audit.
	actionFound = "found"
	// actionRepeated is another occurrence of a value that was found, in an audit too.
	actionRepeated = "repeated"
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
	action := actionReplaced
	if audit {
		action = actionFound
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
	t.findings(ctx, &w.counts, t.action)
	t.findings(ctx, &w.repeats, actionRepeated)
	if n := w.oversize(); n > 0 {
		t.builder.ProcessorSensitiveFilterOversizeValues.Add(ctx, n, t.bySignal)
	}
	if w.dropped > 0 {
		t.builder.ProcessorSensitiveFilterDroppedRecords.Add(ctx, w.dropped, t.bySignal)
	}
	t.errors(ctx, "depth", w.tooDeep)
	t.errors(ctx, "value", w.failures())
}

// findings adds counts by place and rule.
func (t *reporter) findings(ctx context.Context, counts *[numLocations][]int, action string) {
	for loc := range counts {
		for rule, n := range counts[loc] {
			if n == 0 {
				continue
			}
			t.builder.ProcessorSensitiveFilterFindings.Add(ctx, int64(n), metric.WithAttributes(
				attribute.String("rule", t.redactor.RuleID(rule)),
				attribute.String("signal", t.signal),
				attribute.String("location", locationNames[loc]),
				attribute.String("action", action),
			))
		}
	}
}

func (t *reporter) errors(ctx context.Context, kind string, n int64) {
	if n > 0 {
		t.builder.ProcessorSensitiveFilterErrors.Add(ctx, n, metric.WithAttributes(attribute.String("kind", kind)))
	}
}

// failed counts a dropped batch.
func (t *reporter) failed(ctx context.Context) { t.errors(ctx, "batch", 1) }
