package trial

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
)

// unstarted are the receivers that a trial makes and does not start, because they
// would take telemetry: one that joins a consumer group of Kafka's takes partitions
// from the collector that runs.
var unstarted = map[string]bool{"kafka": true}

// unstartedFactory makes such receivers.
type unstartedFactory struct{ receiver.Factory }

// unstartedReceiver does nothing.
type unstartedReceiver struct {
	component.StartFunc
	component.ShutdownFunc
}

// CreateTraces makes the receiver, which finds its mistakes, and leaves it.
func (f unstartedFactory) CreateTraces(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Traces,
) (receiver.Traces, error) {
	_, err := f.Factory.CreateTraces(ctx, set, config, next)
	return unstartedReceiver{}, err
}

// CreateMetrics is CreateTraces for metrics.
func (f unstartedFactory) CreateMetrics(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Metrics,
) (receiver.Metrics, error) {
	_, err := f.Factory.CreateMetrics(ctx, set, config, next)
	return unstartedReceiver{}, err
}

// CreateLogs is CreateTraces for log records.
func (f unstartedFactory) CreateLogs(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Logs,
) (receiver.Logs, error) {
	_, err := f.Factory.CreateLogs(ctx, set, config, next)
	return unstartedReceiver{}, err
}
