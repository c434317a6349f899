package llmcost

import (
	"context"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

type llmCost struct {
	config    *Config
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	catalog   *pricing.Catalog
	unknown   *unknownModels
	scratch   sync.Pool // of *scratch
}

// scratch is what one batch needs; batches run concurrently.
type scratch struct {
	view    genai.View
	rollups genai.Rollups
	calls   []candidate
	counts  statusCounts
}

// candidate is a span of the batch that GenAI attributes make worth a second
// look, once it is known which spans of the batch sum up others.
type candidate struct {
	resource pcommon.Resource
	scope    pcommon.InstrumentationScope
	span     ptrace.Span
}

func newProcessor(set processor.Settings, config *Config) (*llmCost, error) {
	catalog, err := pricing.Embedded()
	if err != nil {
		return nil, fmt.Errorf("load the embedded price catalogue: %w", err)
	}
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("create the processor's metrics: %w", err)
	}
	return &llmCost{
		config:    config,
		logger:    set.Logger,
		telemetry: telemetry,
		catalog:   catalog,
		unknown:   newUnknownModels(config.Unknown, set.Logger, telemetry),
		scratch:   sync.Pool{New: func() any { return &scratch{} }},
	}, nil
}

func (p *llmCost) shutdown(context.Context) error {
	p.telemetry.Shutdown()
	return nil
}

// processTraces never fails: a span that cannot be priced says so and goes on.
func (p *llmCost) processTraces(ctx context.Context, traces ptrace.Traces) (ptrace.Traces, error) {
	s := p.scratch.Get().(*scratch)
	defer p.scratch.Put(s)
	p.find(s, traces)
	for i := range s.calls {
		p.price(ctx, s, &s.calls[i])
	}
	s.counts.record(ctx, p.telemetry)
	clear(s.calls) // hold on to no span
	s.calls = s.calls[:0]
	s.view = genai.View{}
	return traces, nil
}

// find collects the spans that call a model or state usage, and learns the
// tree that they stand in. It reads every span once.
func (p *llmCost) find(s *scratch, traces ptrace.Traces) {
	withUsage := 0
	for _, rs := range traces.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				s.view.Read(rs.Resource(), ss.Scope(), span)
				hasUsage := s.view.HasUsage()
				if hasUsage {
					withUsage++
				}
				if hasUsage || s.view.Kind().CallsModel() {
					s.calls = append(s.calls, candidate{rs.Resource(), ss.Scope(), span})
				}
			}
		}
	}
	s.rollups.Reset()
	if withUsage < 2 {
		return // nothing to sum up
	}
	for _, rs := range traces.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				s.rollups.Add(span.TraceID(), span.SpanID(), span.ParentSpanID(), false)
			}
		}
	}
	for _, call := range s.calls {
		s.view.Read(call.resource, call.scope, call.span)
		if s.view.HasUsage() {
			s.rollups.Add(call.span.TraceID(), call.span.SpanID(), call.span.ParentSpanID(), true)
		}
	}
	s.rollups.Resolve()
}

// price prices one span. Whatever goes wrong stays with the span: it is passed
// on as far as it was written, and counted.
func (p *llmCost) price(ctx context.Context, s *scratch, call *candidate) {
	defer func() {
		if recover() != nil {
			p.telemetry.ProcessorLlmCostFailedSpans.Add(ctx, 1)
		}
	}()
	if _, done := call.span.Attributes().Get(attrStatus); done && p.config.ExistingCost != existingOverride {
		return // an llm_cost before this one has priced it
	}
	s.view.Read(call.resource, call.scope, call.span)
	verdict := p.judge(s, call)
	s.counts.add(verdict.status)
	if verdict.status == statusUnknownModel || verdict.status == statusUnknownProvider {
		p.unknown.seen(ctx, verdict.quote.Provider, s.view.Provider(), s.view.Model())
	}
	p.write(s, call.span, &verdict)
}
