package llmcost

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
	"github.com/otelcol-llm/otelcol-llm/internal/seen"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// engine is what the pipelines of one llm_cost configuration share: prices, and
// what has been learnt from the telemetry so far. The collector makes a
// processor for each pipeline and signal; a price list is read once.
type engine struct {
	config    *Config
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	prices    *pricing.Store
	unknown   *unknownModels
	budgets   []*budget
	pairs     *pairs
	spent     *seen.Memory // what budgets have counted; nil without budgets
	estimator *estimator
	scratch   sync.Pool // of *scratch

	mu     sync.Mutex         // guards what follows
	users  int                // processors that were made and not shut down
	cancel context.CancelFunc // nil before the start
	done   chan struct{}
}

// scratch is what one batch needs; batches run concurrently.
type scratch struct {
	logger  *zap.Logger // of the pipeline
	view    genai.View
	rollups genai.Rollups
	kinds   []genai.Kind // of all spans, in their order
	calls   []subject
	first   map[responseKey]int // index into calls
	counts  statusCounts
}

func newEngine(set processor.Settings, config *Config) (*engine, error) {
	storeConfig, err := config.Prices.storeConfig()
	if err != nil {
		return nil, err
	}
	prices, err := pricing.OpenStore(storeConfig)
	if err != nil {
		return nil, err
	}
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("create the processor's metrics: %w", err)
	}
	e := &engine{
		config:    config,
		logger:    ofNoPipeline(set.Logger),
		telemetry: telemetry,
		prices:    prices,
		unknown:   newUnknownModels(config.Unknown, telemetry),
		pairs:     newPairs(),
		estimator: newEstimator(config.Estimate, telemetry),
		scratch:   sync.Pool{New: func() any { return &scratch{first: map[responseKey]int{}} }},
	}
	if len(config.Budgets) > 0 {
		e.spent = seen.NewMemory(seen.DefaultMaxSpans, seen.DefaultWindow)
	}
	for _, b := range config.Budgets {
		e.budgets = append(e.budgets, newBudget(b, e.logger, telemetry))
	}
	return e, e.observe()
}

// ofNoPipeline returns the logger without the pipeline and the signal that the
// Collector adds to it. An engine is shared by all pipelines of a configuration, and
// what it logs for all of them would name the one that was built first.
func ofNoPipeline(logger *zap.Logger) *zap.Logger {
	return logger.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		// As the Collector's own shared components do, by a method of its core:
		// https://github.com/open-telemetry/opentelemetry-collector/blob/v0.155.0/internal/telemetry/telemetry.go
		if injected, ok := core.(interface{ DropInjectedAttributes(...string) zapcore.Core }); ok {
			return injected.DropInjectedAttributes("otelcol.pipeline.id", "otelcol.signal")
		}
		return core
	}))
}

func (e *engine) observe() error {
	return errors.Join(
		e.telemetry.RegisterProcessorLlmCostBudgetUsedRatioCallback(func(_ context.Context, o metric.Float64Observer) error {
			for _, b := range e.budgets {
				o.Observe(b.used(time.Now()), metric.WithAttributes(attribute.String("budget", b.config.Name)))
			}
			return nil
		}),
		e.telemetry.RegisterProcessorLlmCostCatalogAgeCallback(func(_ context.Context, o metric.Float64Observer) error {
			if age, known := e.prices.Catalog().Age(time.Now()); known {
				o.Observe(age.Seconds())
			}
			return nil
		}),
		e.telemetry.RegisterProcessorLlmCostCatalogModelsCallback(func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(int64(e.prices.Catalog().Models()))
			return nil
		}),
	)
}

// start begins to keep the prices fresh, with the first processor that starts.
func (e *engine) start(context.Context, component.Host) error { //nolint:contextcheck // what it starts outlives the start
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cancel != nil {
		return nil
	}
	// Not the start's context, which ends with the start.
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel, e.done = cancel, make(chan struct{})
	go func() {
		defer close(e.done)
		e.run(ctx)
	}()
	return nil
}

// join counts a processor that uses the engine. The function that it returns
// ends that use, once; the last one ends the engine.
func (e *engine) join() component.ShutdownFunc {
	e.mu.Lock()
	e.users++
	e.mu.Unlock()
	var once sync.Once
	return func(context.Context) error {
		once.Do(e.leave)
		return nil
	}
}

func (e *engine) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.users--
	if e.users > 0 {
		return
	}
	if e.cancel != nil {
		e.cancel()
		<-e.done
	}
	e.telemetry.Shutdown()
}

// run follows the price lists and warns of an old catalogue until ctx ends.
func (e *engine) run(ctx context.Context) {
	var lists sync.WaitGroup
	lists.Go(func() { e.prices.Run(ctx, e.priceListChanged) })
	defer lists.Wait()

	day := time.NewTicker(24 * time.Hour)
	defer day.Stop()
	for {
		e.warnOfAge()
		select {
		case <-ctx.Done():
			return
		case <-day.C:
		}
	}
}

func (e *engine) warnOfAge() {
	limit := e.config.Prices.CatalogMaxAgeWarning
	age, known := e.prices.Catalog().Age(time.Now())
	if limit > 0 && known && age > limit {
		e.logger.Warn("the newest price list is old: newer models have no price, changed prices are wrong; "+
			"update the collector, or set prices_file or prices_url",
			zap.Duration("age", age.Truncate(time.Hour)), zap.String("version", e.prices.Catalog().Version()))
	}
}

// priceListChanged reports what became of a price list.
func (e *engine) priceListChanged(event pricing.Event) {
	outcome := "unchanged"
	switch {
	case event.Changed:
		outcome = "changed"
	case event.Err != nil:
		outcome = "failed"
	}
	e.telemetry.ProcessorLlmCostPriceListReloads.Add(context.Background(), 1, metric.WithAttributes(
		attribute.String("source", event.Source.String()), attribute.String("outcome", outcome)))
	fields := []zap.Field{zap.Stringer("source", event.Source)}
	if event.Err != nil {
		e.logger.Error("price list", append(fields, zap.Bool("in_use", event.Changed), zap.Error(event.Err))...)
	}
	if event.Changed {
		e.logger.Info("new prices are in use", append(fields, zap.String("version", e.prices.Catalog().Version()))...)
	}
	for _, warning := range event.Warnings {
		e.logger.Warn("an entry of the price list was left out", append(fields, zap.String("reason", warning))...)
	}
}
