package llmcost

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// unknownModels counts and logs calls without a price. Model names come from
// outside: how many are told apart is bounded, and so is how long one may be.
type unknownModels struct {
	config    UnknownConfig
	telemetry *metadata.TelemetryBuilder

	mu     sync.Mutex
	models map[modelName]*unknownModel
}

type modelName struct{ provider, model string }

type unknownModel struct {
	attributes metric.MeasurementOption
	logged     time.Time
}

// otherModel stands for all models beyond the bound.
var otherModel = modelName{"other", "other"}

// maxNameLength bounds a name in bytes; real ones are at most about a hundred.
const maxNameLength = 128

func newUnknownModels(config UnknownConfig, telemetry *metadata.TelemetryBuilder) *unknownModels {
	return &unknownModels{config: config, telemetry: telemetry, models: map[modelName]*unknownModel{}}
}

// seen counts one call, and logs its model unless that was done lately. The
// provider is the one that was resolved, or else the one that the span names.
// The logger is that of the pipeline which the call came through; hint says what
// to write for the model to have a price.
func (u *unknownModels) seen(ctx context.Context, logger *zap.Logger, resolved, named, model string, hint func() (pricing.Hint, bool)) {
	name := modelName{provider: cut(resolved), model: cut(model)}
	if name.provider == "" {
		name.provider = cut(named)
	}
	now := time.Now()

	u.mu.Lock()
	at := u.models[name]
	if at == nil && len(u.models) >= u.config.MaxModels {
		name = otherModel
		at = u.models[name]
	}
	if at == nil {
		at = &unknownModel{attributes: metric.WithAttributeSet(attribute.NewSet(
			attribute.String("provider", name.provider), attribute.String("model", name.model)))}
		u.models[name] = at
	}
	log := u.config.LogInterval > 0 && now.Sub(at.logged) >= u.config.LogInterval
	if log {
		at.logged = now
	}
	u.mu.Unlock()

	u.telemetry.ProcessorLlmCostUnpricedSpans.Add(ctx, 1, at.attributes)
	if !log {
		return
	}
	fields := []zap.Field{zap.String("provider", name.provider), zap.String("model", name.model)}
	if name != otherModel && len(model) <= maxNameLength && !strings.ContainsFunc(named+model, isObeyed) {
		if h, ok := hint(); ok {
			fields = append(fields, zap.String("to_price_it", h.Line), zap.String("note", h.Why))
		}
	}
	logger.Warn("no price for this model: its calls get no cost", fields...)
}

// cut returns a name that a label of a metric and a line of a log can hold: valid UTF-8, or
// the whole page of metrics answers 500, and nothing that a terminal obeys.
func cut(name string) string {
	return strings.Map(func(r rune) rune {
		if isObeyed(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name[:min(len(name), maxNameLength)], ""))
}

// isObeyed reports whether a terminal would do something else than show a character:
// controls, and marks that turn the direction of what follows.
func isObeyed(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// statusAttributes are made once: a measurement then allocates nothing.
var statusAttributes = func() (options [len(allStatuses)]metric.MeasurementOption) {
	for i, s := range allStatuses {
		options[i] = metric.WithAttributeSet(attribute.NewSet(attribute.String("status", string(s))))
	}
	return options
}()

// record adds the counts of a batch to the metric and sets them to zero.
func (c *statusCounts) record(ctx context.Context, telemetry *metadata.TelemetryBuilder) {
	for i, n := range c {
		if n > 0 {
			telemetry.ProcessorLlmCostSpans.Add(ctx, n, statusAttributes[i])
			c[i] = 0
		}
	}
}
