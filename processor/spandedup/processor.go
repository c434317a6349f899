package spandedup

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-llm/otelcol-llm/internal/seen"
	"github.com/otelcol-llm/otelcol-llm/processor/spandedup/internal/metadata"
)

// spanDedup passes on what it has not seen.
type spanDedup struct {
	component.StartFunc
	next      consumer.Traces
	memory    *seen.Memory
	telemetry *metadata.TelemetryBuilder
}

func newProcessor(set processor.Settings, config *Config, next consumer.Traces) (*spanDedup, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	p := &spanDedup{next: next, memory: seen.NewMemory(config.MaxSpans, config.Window), telemetry: telemetry}
	err = telemetry.RegisterProcessorSpanDedupRememberedSpansCallback(func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(int64(p.memory.Len()))
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = telemetry.RegisterProcessorSpanDedupForgottenSpansCallback(func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(p.memory.Early())
		return nil
	})
	return p, err
}

// Capabilities says that spans are left alone: a batch with spans that came before
// is passed on as a copy of the others, so that those that are all new, which is
// nearly every one, need not be copied for this processor.
func (*spanDedup) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// Shutdown ends the self-metrics.
func (p *spanDedup) Shutdown(context.Context) error {
	p.telemetry.Shutdown()
	return nil
}

// ConsumeTraces passes on the spans that have not come before. What fails is
// forgotten: it is new when it comes again.
func (p *spanDedup) ConsumeTraces(ctx context.Context, traces ptrace.Traces) error {
	var added []seen.Key
	again := make([]bool, 0, traces.SpanCount()) // by the order of spans
	resent := int64(0)
	for _, resource := range traces.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				key, ok := seen.KeyOf(span)
				isNew := !ok || p.memory.Add(key)
				again = append(again, !isNew)
				switch {
				case !isNew:
					resent++
				case ok:
					added = append(added, key)
				}
			}
		}
	}
	if resent > 0 {
		p.telemetry.ProcessorSpanDedupResentSpans.Add(ctx, resent)
		traces = without(traces, again)
		if traces.ResourceSpans().Len() == 0 {
			return nil
		}
	}
	err := p.next.ConsumeTraces(ctx, traces)
	if err != nil {
		for _, key := range added {
			p.memory.Forget(key)
		}
	}
	return err
}

// without returns a copy without some spans, and without the resources and scopes
// that have no others.
func without(traces ptrace.Traces, some []bool) ptrace.Traces {
	left := ptrace.NewTraces()
	for _, resource := range traces.ResourceSpans().All() {
		ofResource := ptrace.NewResourceSpans()
		for _, scope := range resource.ScopeSpans().All() {
			ofScope := ptrace.NewScopeSpans()
			for i, span := range scope.Spans().All() {
				if !some[i] {
					span.CopyTo(ofScope.Spans().AppendEmpty())
				}
			}
			some = some[scope.Spans().Len():]
			if ofScope.Spans().Len() > 0 {
				scope.Scope().CopyTo(ofScope.Scope())
				ofScope.SetSchemaUrl(scope.SchemaUrl())
				ofScope.MoveTo(ofResource.ScopeSpans().AppendEmpty())
			}
		}
		if ofResource.ScopeSpans().Len() > 0 {
			resource.Resource().CopyTo(ofResource.Resource())
			ofResource.SetSchemaUrl(resource.SchemaUrl())
			ofResource.MoveTo(left.ResourceSpans().AppendEmpty())
		}
	}
	return left
}
