package cumulative

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/processor/cumulative/internal/metadata"
)

// cumulative keeps a running total of every delta series that it has seen.
//
// Batches of several clients arrive at the same time and in any order. Addition
// does not mind: a data point is added whatever its timestamp, and one goroutine
// passes the totals on, so that they leave in order.
type cumulative struct {
	config    *Config
	next      consumer.Metrics
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder

	mu     sync.Mutex
	totals *totals

	stop, stopped chan struct{} // nil before Start
}

func newProcessor(set processor.Settings, config *Config, next consumer.Metrics) (*cumulative, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	c := &cumulative{config: config, next: next, logger: set.Logger, telemetry: telemetry}
	c.totals = newTotals(config, pcommon.NewTimestampFromTime(time.Now()))
	err = telemetry.RegisterProcessorCumulativeSeriesCallback(func(_ context.Context, observer metric.Int64Observer) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		observer.Observe(int64(len(c.totals.series)))
		return nil
	})
	return c, err
}

func (*cumulative) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// Start begins to pass totals on. Its context ends with the start; what is passed
// on later must not.
func (c *cumulative) Start(ctx context.Context, _ component.Host) error {
	c.stop, c.stopped = make(chan struct{}), make(chan struct{})
	go c.run(context.WithoutCancel(ctx))
	return nil
}

func (c *cumulative) run(ctx context.Context) {
	defer close(c.stopped)
	ticker := time.NewTicker(c.config.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
			c.flush(ctx, false)
		}
	}
}

// Shutdown passes the totals on for the last time.
func (c *cumulative) Shutdown(ctx context.Context) error {
	if c.stop != nil {
		close(c.stop)
		<-c.stopped
		c.stop = nil
		c.flush(ctx, true)
	}
	c.telemetry.Shutdown()
	return nil
}

// flush passes all totals on; those of new series are zero unless it is the final
// time. What fails now is in the next totals too.
func (c *cumulative) flush(ctx context.Context, final bool) {
	c.mu.Lock()
	metrics := c.totals.metrics(pcommon.NewTimestampFromTime(time.Now()), final)
	c.mu.Unlock()
	if metrics.ResourceMetrics().Len() == 0 {
		return
	}
	if err := c.next.ConsumeMetrics(ctx, metrics); err != nil {
		c.logger.Warn("Totals were not taken; the next ones include them", zap.Error(err))
	}
}

// ConsumeMetrics adds up delta sums and histograms, and passes everything else
// on as it came.
func (c *cumulative) ConsumeMetrics(ctx context.Context, metrics pmetric.Metrics) error {
	var count tally
	c.mu.Lock()
	metrics.ResourceMetrics().RemoveIf(func(resource pmetric.ResourceMetrics) bool {
		attributes := c.totals.bounded(resource.Resource().Attributes())
		resource.ScopeMetrics().RemoveIf(func(scope pmetric.ScopeMetrics) bool {
			scope.Metrics().RemoveIf(func(m pmetric.Metric) bool {
				from := origin{resource: attributes, scope: scope.Scope(), metric: m}
				return c.totals.add(from, &count)
			})
			return scope.Metrics().Len() == 0
		})
		return resource.ScopeMetrics().Len() == 0
	})
	c.mu.Unlock()
	if count.overflows > 0 {
		c.telemetry.ProcessorCumulativeOverflows.Add(ctx, count.overflows)
	}
	if count.invalid > 0 {
		c.telemetry.ProcessorCumulativeInvalidDatapoints.Add(ctx, count.invalid)
	}
	if metrics.ResourceMetrics().Len() == 0 {
		return nil
	}
	return c.next.ConsumeMetrics(ctx, metrics)
}
