package spandedup

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-llm/otelcol-llm/internal/seen"
	"github.com/otelcol-llm/otelcol-llm/processor/spandedup/internal/metadata"
)

// spanDedup passes on what it has not seen.
type spanDedup struct {
	component.StartFunc
	next      consumer.Traces
	memory    *seen.Memory // of what was taken
	telemetry *metadata.TelemetryBuilder
	id        metric.MeasurementOption // whose self-metrics they are

	mu       sync.Mutex
	underWay map[seen.Key]*attempt
}

// attempt is a request that is under way.
type attempt struct {
	keys []seen.Key    // of the spans that it passes on
	done chan struct{} // closed at its end
	err  error         // why they were not taken; to be read after done
}

func newProcessor(set processor.Settings, config *Config, next consumer.Traces) (*spanDedup, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	p := &spanDedup{
		next: next, memory: seen.NewMemory(config.MaxSpans, config.Window), telemetry: telemetry,
		id:       metric.WithAttributeSet(attribute.NewSet(attribute.String("processor", set.ID.String()))),
		underWay: map[seen.Key]*attempt{},
	}
	err = telemetry.RegisterProcessorSpanDedupRememberedSpansCallback(func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(int64(p.memory.Len()), p.id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = telemetry.RegisterProcessorSpanDedupForgottenSpansCallback(func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(p.memory.Early(), p.id)
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

// ConsumeTraces passes on the spans that have not been taken before. What another
// request has that is under way has the end of that one: it is neither passed on
// twice nor acknowledged before it is taken.
func (p *spanDedup) ConsumeTraces(ctx context.Context, traces ptrace.Traces) error {
	own := &attempt{done: make(chan struct{})}
	again, others := p.claim(own, traces)
	err := p.passOn(ctx, traces, again)
	p.end(own, err)
	for other := range others {
		select {
		case <-other.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err == nil {
			err = other.err
		}
	}
	return err
}

// claim makes the spans that are new those of an attempt. It returns, by their order,
// which are not to be passed on, and the other attempts that have some of them.
func (p *spanDedup) claim(own *attempt, traces ptrace.Traces) (again []bool, others map[*attempt]struct{}) {
	again = make([]bool, 0, traces.SpanCount())
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, resource := range traces.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				key, ok := seen.KeyOf(span)
				if !ok { // nothing tells it from another
					again = append(again, false)
					continue
				}
				other := p.underWay[key]
				if other != nil && other != own {
					if others == nil {
						others = map[*attempt]struct{}{}
					}
					others[other] = struct{}{}
				}
				isNew := other == nil && !p.memory.Knows(key)
				if isNew {
					p.underWay[key] = own
					own.keys = append(own.keys, key)
				}
				again = append(again, !isNew)
			}
		}
	}
	return again, others
}

// end remembers what was taken. What was not is new when it comes again.
func (p *spanDedup) end(own *attempt, err error) {
	own.err = err
	p.mu.Lock()
	for _, key := range own.keys {
		delete(p.underWay, key)
		if err == nil {
			p.memory.Add(key)
		}
	}
	p.mu.Unlock()
	close(own.done)
}

func (p *spanDedup) passOn(ctx context.Context, traces ptrace.Traces, again []bool) error {
	resent := int64(0)
	for _, is := range again {
		if is {
			resent++
		}
	}
	if resent > 0 {
		p.telemetry.ProcessorSpanDedupResentSpans.Add(ctx, resent, p.id)
		traces = without(traces, again)
		if traces.ResourceSpans().Len() == 0 {
			return nil
		}
	}
	return p.next.ConsumeTraces(ctx, traces)
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
