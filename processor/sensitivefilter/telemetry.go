package sensitivefilter

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

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

	logger *zap.Logger
	start  time.Time
	// unlogged are the texts that were made valid since the last line in the log, and nextLog is when the next may come, in nanoseconds since
	// start.
	unlogged, nextLog atomic.Int64
}

// logInterval is the least time between two lines about texts that were made valid.
const logInterval = time.Minute

func newReporter(set processor.Settings, r *redact.Redactor, signal string, audit bool) (*reporter, error) {
	b, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	action := actionReplaced
	if audit {
		action = actionFound
	}
	return &reporter{
		builder: b, redactor: r, signal: signal, action: action, bySignal: metric.WithAttributeSet(attribute.NewSet(attribute.String("signal", signal))),
		logger: set.Logger, start: time.Now(),
	}, nil
}

// report adds the counts of one batch.
func (t *reporter) report(ctx context.Context, w *walker, took time.Duration) {
	t.builder.ProcessorSensitiveFilterDuration.Record(ctx, took.Seconds(), t.bySignal)
	t.builder.ProcessorSensitiveFilterScannedValues.Add(ctx, w.values, t.bySignal)
	t.builder.ProcessorSensitiveFilterScannedBytes.Add(ctx, w.bytes, t.bySignal)
	if w.deleted > 0 {
		t.builder.ProcessorSensitiveFilterDeletedAttributes.Add(ctx, w.deleted, t.bySignal)
	}
	if w.deletedMetrics > 0 {
		t.builder.ProcessorSensitiveFilterDeletedMetrics.Add(ctx, w.deletedMetrics, t.bySignal)
	}
	if w.mended > 0 {
		t.mended(ctx, w.mended)
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

// mended counts texts that were made valid, and says so at most once a minute.
func (t *reporter) mended(ctx context.Context, n int64) {
	t.builder.ProcessorSensitiveFilterMendedTexts.Add(ctx, n, t.bySignal)
	t.unlogged.Add(n)
	now, next := int64(time.Since(t.start)), t.nextLog.Load()
	if now < next || !t.nextLog.CompareAndSwap(next, now+int64(logInterval)) {
		return
	}
	t.logger.Warn("texts that are not valid UTF-8 have come; their broken bytes became U+FFFD, so that destinations take the request",
		zap.String("signal", t.signal), zap.Int64("texts", t.unlogged.Swap(0)))
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
