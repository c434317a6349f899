package langfuseexporter

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

func with(key, word string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String(key, word)))
}

// Measurement options, made once.
var (
	actions = [...]metric.MeasurementOption{
		reparented: with("action", "reparented"), promoted: with("action", "promoted"), flagged: with("action", "flagged"),
	}
	sanitizedReasons = func() []metric.MeasurementOption {
		var all []metric.MeasurementOption
		for _, reason := range mapping.Reasons() {
			all = append(all, with("reason", reason.String()))
		}
		return all
	}()
)

func add(ctx context.Context, counter metric.Int64Counter, n int, options ...metric.AddOption) {
	if n > 0 {
		counter.Add(ctx, int64(n), options...)
	}
}

func (e *langfuseExporter) countPreparation(ctx context.Context, t *tally) {
	m := e.telemetry
	add(ctx, m.ExporterLangfuseFilteredSpans, t.filtered)
	add(ctx, m.ExporterLangfuseTruncatedSpans, t.truncated)
	add(ctx, m.ExporterLangfuseRoutingConflicts, t.conflicts)
	for action, n := range t.orphans {
		if action != int(notOrphan) {
			add(ctx, m.ExporterLangfuseOrphans, n, actions[action])
		}
	}
	for reason, n := range t.sanitized {
		add(ctx, m.ExporterLangfuseSanitizedValues, n, sanitizedReasons[reason])
	}
	add(ctx, m.ExporterLangfuseRejectedSpans, t.unrouted, with("reason", string(rejectedNoProject)))
	if t.unrouted > 0 {
		e.unrouted.note(nil, nil, t.unrouted)
	}
}

func (e *langfuseExporter) countDelivery(ctx context.Context, to *project, d *delivery) {
	add(ctx, e.telemetry.ExporterLangfuseSplitRequests, d.requests-1)
	add(ctx, e.telemetry.ExporterLangfuseTruncatedSpans, d.truncated)
	total := 0
	for why, n := range d.rejected {
		add(ctx, e.telemetry.ExporterLangfuseRejectedSpans, n, with("reason", string(why)))
		total += n
	}
	if total > 0 {
		e.refusals.note(to, d.refusal, total)
	}
}

// refusals logs what Langfuse does not accept, once a minute for each project:
// the same answer comes to every batch.
type refusals struct {
	log      func(string, ...zap.Field)
	sentence string
	what     string // that is counted
	now      func() time.Time

	mu     sync.Mutex
	last   map[string]time.Time
	silent map[string]int // spans since
}

const refusalInterval = time.Minute

func newRefusals(log func(string, ...zap.Field), sentence, what string) *refusals {
	return &refusals{log: log, sentence: sentence, what: what, now: time.Now, last: map[string]time.Time{}, silent: map[string]int{}}
}

// note counts spans that were given up, and logs them where it is time to, with the
// project and the error where there are any.
func (r *refusals) note(to *project, err error, spans int) {
	name := ""
	if to != nil {
		name = to.label()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.silent[name] += spans
	now := r.now()
	if last, ok := r.last[name]; ok && now.Sub(last) < refusalInterval {
		return
	}
	r.last[name] = now
	fields := []zap.Field{zap.Error(err), zap.Int(r.what, r.silent[name])}
	if name != "" {
		fields = append(fields, zap.String("project", name))
	}
	r.silent[name] = 0
	r.log(r.sentence, fields...)
}
