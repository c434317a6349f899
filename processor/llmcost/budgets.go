package llmcost

import (
	"container/list"
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// budgetKeys are the values of a budget's key.
var budgetKeys = []string{"all", "tenant", "user", "agent", "session", "model"}

// budgetKey is whose window a call belongs to; "" is nobody's.
func (e *engine) budgetKey(key string, v *genai.View, call *subject, out *verdict) string {
	switch key {
	case "all":
		return "all"
	case "tenant":
		return e.tenant(call)
	case "user":
		return v.Str(genai.UserID)
	case "agent":
		if name := v.Str(genai.AgentName); name != "" {
			return name
		}
		return v.Str(genai.AgentID)
	case "session":
		if id := v.Str(genai.SessionID); id != "" {
			return id
		}
		return v.Str(genai.ConversationID)
	}
	if out.quote.Model != "" {
		return out.quote.Model
	}
	return v.Model()
}

// budgetSlots is into how many parts a window is divided: what was spent falls
// out of it part by part.
const budgetSlots = 60

// budget is the windows of one configured budget.
type budget struct {
	config     BudgetConfig
	thresholds []float64
	slot       time.Duration
	maxKeys    int
	logger     *zap.Logger
	telemetry  *metadata.TelemetryBuilder

	mu      sync.Mutex
	windows map[string]*list.Element // of *window, the latest used in front
	order   *list.List
}

// window is what one key has spent.
type window struct {
	key    string
	spent  [budgetSlots]float64 // US dollars by slot, slot number modulo budgetSlots
	newest int64                // number of the newest slot
}

func newBudget(config BudgetConfig, logger *zap.Logger, telemetry *metadata.TelemetryBuilder) *budget {
	b := &budget{
		config: config, thresholds: config.Thresholds, slot: budgetPeriods[config.Period] / budgetSlots, maxKeys: config.MaxKeys,
		logger: logger, telemetry: telemetry, windows: map[string]*list.Element{}, order: list.New(),
	}
	if len(b.thresholds) == 0 {
		b.thresholds = defaultThresholds
	}
	if b.maxKeys == 0 {
		b.maxKeys = defaultBudgetKeys
	}
	return b
}

// spend adds a call's dollars to the window of key, at the time of the call. A
// call older than the window is over; one from the future counts now.
func (b *budget) spend(ctx context.Context, key string, dollars float64, at, now time.Time) {
	if at.After(now) {
		at = now
	}
	current := now.UnixNano() / int64(b.slot)
	slot := at.UnixNano() / int64(b.slot)
	if slot <= current-budgetSlots {
		return
	}
	b.mu.Lock()
	w := b.window(key)
	w.advance(current)
	// From where the window stands now: it may have rolled below a threshold.
	from := b.crossed(w.sum() / b.config.LimitUSD)
	w.spent[slot%budgetSlots] += dollars
	ratio := w.sum() / b.config.LimitUSD
	crossed := b.crossed(ratio)
	b.mu.Unlock()

	for _, threshold := range b.thresholds[from:crossed] {
		b.telemetry.ProcessorLlmCostBudgetCrossings.Add(ctx, 1, metric.WithAttributes(
			attribute.String("budget", b.config.Name), attribute.Float64("threshold", threshold)))
		b.logger.Warn("a budget's threshold is crossed",
			zap.String("budget", b.config.Name), zap.String("key", b.config.Key), zap.String("value", cut(key)),
			zap.Float64("threshold", threshold), zap.Float64("used_ratio", ratio), zap.Float64("limit_usd", b.config.LimitUSD), zap.String("period", b.config.Period))
	}
}

func (b *budget) window(key string) *window {
	if at, ok := b.windows[key]; ok {
		b.order.MoveToFront(at)
		return at.Value.(*window)
	}
	if len(b.windows) >= b.maxKeys {
		oldest := b.order.Back()
		delete(b.windows, oldest.Value.(*window).key)
		b.order.Remove(oldest)
	}
	w := &window{key: key}
	b.windows[key] = b.order.PushFront(w)
	return w
}

// advance empties the slots that have fallen out of the window.
func (w *window) advance(current int64) {
	steps := min(current-w.newest, budgetSlots)
	for i := range max(steps, 0) {
		w.spent[(current-i)%budgetSlots] = 0
	}
	w.newest = max(w.newest, current)
}

func (w *window) sum() (dollars float64) {
	for _, spent := range w.spent {
		dollars += spent
	}
	return dollars
}

func (b *budget) crossed(ratio float64) int {
	for i, threshold := range b.thresholds {
		if ratio < threshold {
			return i
		}
	}
	return len(b.thresholds)
}

// used returns the highest share of the limit that any key has used.
func (b *budget) used(now time.Time) float64 {
	current := now.UnixNano() / int64(b.slot)
	b.mu.Lock()
	defer b.mu.Unlock()
	highest := 0.0
	for at := b.order.Front(); at != nil; at = at.Next() {
		w := at.Value.(*window)
		w.advance(current)
		highest = max(highest, w.sum()/b.config.LimitUSD)
	}
	return highest
}
