package llmcost

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

// processTraces never fails: a span that cannot be priced says so and goes on.
func (e *engine) processTraces(ctx context.Context, logger *zap.Logger, traces ptrace.Traces) (ptrace.Traces, error) {
	s := e.scratch.Get().(*scratch)
	defer e.scratch.Put(s)
	s.logger = logger
	e.find(s, traces)
	e.priceAll(ctx, s)
	return traces, nil
}

// find collects the spans that call a model or state usage, and learns the
// tree that they stand in. It reads every span once.
func (e *engine) find(s *scratch, traces ptrace.Traces) {
	for _, rs := range traces.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				labelled := hasOwn(span.Attributes())
				if labelled && !isLabelled(span.Attributes()) {
					disown(span.Attributes())
					labelled = false
				}
				s.view.Read(rs.Resource(), ss.Scope(), span)
				kind := s.view.Kind()
				s.kinds = append(s.kinds, kind)
				if kind.CallsModel() || kind == genai.KindRerank || s.view.HasUsage() || s.view.SumsUp() {
					s.calls = append(s.calls, subject{resource: rs.Resource(), scope: ss.Scope(), span: span})
				} else if labelled {
					disown(span.Attributes()) // which llm_cost writes on no such span
				}
			}
		}
	}
	s.rollups.Reset()
	if len(s.calls) < 2 {
		return // nothing to sum up, nothing twice
	}
	i := 0
	for _, rs := range traces.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				s.rollups.AddSpan(span.TraceID(), span.SpanID(), span.ParentSpanID(), s.kinds[i], false)
				i++
			}
		}
	}
	clear(s.first)
	for i := range s.calls {
		call := &s.calls[i]
		call.read(&s.view)
		if s.view.HasUsage() {
			s.rollups.AddSpan(call.span.TraceID(), call.span.SpanID(), call.span.ParentSpanID(), genai.KindOther, true)
		}
		if e.config.Dedupe.ResponseID {
			s.dedupe(i)
		}
	}
	s.rollups.Resolve()
}

// processLogs prices log records that report a model call, as Claude Code and
// Codex write them. Records have no tree, so nothing sums up others.
func (e *engine) processLogs(ctx context.Context, logger *zap.Logger, logs plog.Logs) (plog.Logs, error) {
	s := e.scratch.Get().(*scratch)
	defer e.scratch.Put(s)
	s.logger = logger
	e.findRecords(s, logs)
	e.priceAll(ctx, s)
	return logs, nil
}

// findRecords collects the log records that state usage of their own.
func (e *engine) findRecords(s *scratch, logs plog.Logs) {
	s.rollups.Reset()
	for _, rl := range logs.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, record := range sl.LogRecords().All() {
				labelled := hasOwn(record.Attributes())
				if labelled && !isLabelled(record.Attributes()) {
					disown(record.Attributes())
					labelled = false
				}
				s.view.ReadRecord(rl.Resource(), sl.Scope(), record)
				// A record that belongs to a span repeats the span's usage.
				if s.view.HasUsage() && !s.view.RepeatsSpan() {
					s.calls = append(s.calls, subject{resource: rl.Resource(), scope: sl.Scope(), record: record, isRecord: true})
				} else if labelled {
					disown(record.Attributes()) // which llm_cost writes on no such record
				}
			}
		}
	}
}

// priceAll prices what was found and leaves the scratch empty.
func (e *engine) priceAll(ctx context.Context, s *scratch) {
	for i := range s.calls {
		e.price(ctx, s, &s.calls[i])
	}
	s.counts.record(ctx, e.telemetry)
	clear(s.calls) // hold on to no telemetry
	s.calls, s.kinds = s.calls[:0], s.kinds[:0]
	s.view = genai.View{}
}

// price prices one span or record. Whatever goes wrong stays with it: it is
// passed on as far as it was written, and counted.
func (e *engine) price(ctx context.Context, s *scratch, call *subject) {
	defer func() {
		if recover() != nil {
			e.telemetry.ProcessorLlmCostFailedSpans.Add(ctx, 1)
		}
	}()
	if _, done := call.attributes().Get(attrStatus); done && e.config.ExistingCost != existingOverride {
		return // an llm_cost before this one has priced it
	}
	call.read(&s.view)
	verdict := e.judge(ctx, s, call)
	if verdict.status == statusRollup && e.config.Rollups == rollupsIgnore {
		return
	}
	told := e.toldBefore(s, call, &verdict)
	s.counts.add(verdict.status)
	if verdict.status == statusUnknownModel || verdict.status == statusUnknownProvider {
		e.unknown.seen(ctx, s.logger, verdict.quote.Provider, s.view.Provider(), s.view.Model(), func() (pricing.Hint, bool) {
			return e.prices.Catalog().Hint(e.query(&s.view, call, &verdict.usage))
		})
	}
	if verdict.hasCost && !told && e.spentNow(call) {
		for _, b := range e.budgets {
			if key := e.budgetKey(b.config.Key, &s.view, call, &verdict); key != "" {
				b.spend(ctx, key, verdict.cost, call.start(), time.Now())
			}
		}
	}
	e.write(s, call, &verdict)
}

// toldBefore reports whether the other signal has told the call. A span keeps its
// price then, since traces are what people look at; a record is a duplicate. Budgets
// count the call once whichever came first.
func (e *engine) toldBefore(s *scratch, call *subject, out *verdict) bool {
	if !out.hasCost || !out.hasUsage || !e.pairs.hasBoth() || !e.pairs.tell(&s.view, call, &out.usage) {
		return false
	}
	if call.isRecord {
		out.status, out.hasCost, out.fromSpan, out.hasOriginal = statusDuplicate, false, false, false
	}
	return true
}

// spentNow reports whether there are budgets, and none has counted the call: a
// client that is told to send again sends it again.
func (e *engine) spentNow(call *subject) bool {
	if e.spent == nil {
		return false
	}
	key, ok := call.key()
	return !ok || e.spent.Add(key)
}
