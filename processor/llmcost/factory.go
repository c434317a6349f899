package llmcost

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.opentelemetry.io/collector/processor/xprocessor"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// NewFactory returns the factory of llm_cost. The type llmcost is accepted as
// its old name.
func NewFactory() processor.Factory {
	f := &factory{engines: map[*Config]*engine{}}
	return xprocessor.NewFactory(
		metadata.Type,
		createDefaultConfig,
		xprocessor.WithTraces(f.createTraces, metadata.TracesStability),
		xprocessor.WithLogs(f.createLogs, metadata.LogsStability),
		xprocessor.WithDeprecatedTypeAlias(metadata.DeprecatedType),
	)
}

// factory remembers the engines it has made, one a configuration.
type factory struct {
	mu      sync.Mutex
	engines map[*Config]*engine
}

func (f *factory) engine(set processor.Settings, config *Config) (*engine, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.engines[config]; e != nil {
		return e, nil
	}
	e, err := newEngine(set, config)
	if err == nil {
		f.engines[config] = e
	}
	return e, err
}

func (f *factory) createTraces(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	e, err := f.engine(set, cfg.(*Config))
	if err != nil {
		return nil, err
	}
	e.pairs.traces.Store(true)
	process := func(ctx context.Context, traces ptrace.Traces) (ptrace.Traces, error) {
		return e.processTraces(ctx, set.Logger, traces)
	}
	return processorhelper.NewTraces(ctx, set, cfg, next, process, f.options(e)...)
}

func (f *factory) createLogs(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	e, err := f.engine(set, cfg.(*Config))
	if err != nil {
		return nil, err
	}
	e.pairs.logs.Store(true)
	process := func(ctx context.Context, logs plog.Logs) (plog.Logs, error) {
		return e.processLogs(ctx, set.Logger, logs)
	}
	return processorhelper.NewLogs(ctx, set, cfg, next, process, f.options(e)...)
}

func (f *factory) options(e *engine) []processorhelper.Option {
	leave := e.join()
	return []processorhelper.Option{
		processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
		processorhelper.WithStart(e.start),
		processorhelper.WithShutdown(func(ctx context.Context) error {
			// A reload of the configuration makes a new engine.
			f.mu.Lock()
			delete(f.engines, e.config)
			f.mu.Unlock()
			return leave(ctx)
		}),
	}
}
