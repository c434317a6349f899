package libsqlexporter

import (
	"math"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// Attributes that our processor llm_cost writes.
const (
	costStatusKey   = "llmcost.status"
	costKey         = "gen_ai.usage.cost"          // US dollars
	savingsKey      = "llmcost.cost.cache_savings" // US dollars
	priceSourceKey  = "llmcost.price.source"
	priceVersionKey = "llmcost.price.version"
	// redactionsKey is sensitive_filter's.
	redactionsKey = "sensitive_filter.count"
)

// ruledOut are the statuses of spans that are no calls, or tell a call which
// another span of their batch tells.
var ruledOut = map[string]bool{"rollup": true, "duplicate": true, "skipped": true}

// costed are the statuses with which llm_cost writes a cost.
var costed = map[string]bool{"priced": true, "reported": true, "free": true, "local": true, "estimated": true, "partial": true}

// modelGeneration is the span type under which Mastra groups the calls of a
// model.
const modelGeneration = "model_generation"

// facts fills what the narrow table knows.
func (m *mapper) facts(f *tracestore.Facts) {
	v := &m.view
	f.Type = v.MastraSpanType()
	f.Environment, f.Tenant = m.enc.Text(v.Environment()), m.enc.Text(v.Tenant())
	if n, ok := m.own.Get(redactionsKey); ok && n.Type() == pcommon.ValueTypeInt {
		f.Redactions = n.Int()
	}
	if !v.Known() {
		return
	}
	m.described(f)
	m.usage(f)
	f.RollUp = f.Type == modelGeneration && !v.HasUsage()
}

// previews fills the first words of what the columns have.
func (m *mapper) previews(row *tracestore.Span) {
	f, r := &row.Facts, &row.Mastra
	f.Preview, f.OutputPreview = m.words.preview(r.Input), m.words.preview(r.Output)
	if r.Error != "" {
		p := skimmer{text: string(r.Error)}
		p.each(0, func(key string, at int) bool {
			if key == "message" || key == "name" && len(p.out) == 0 {
				p.out = p.out[:0]
				p.value(at, 0)
			}
			return key != "message" || len(p.out) == 0
		})
		f.ErrorPreview = shorten(string(p.out))
	}
	if toolTypes[f.Type] {
		f.ArgumentsHash = argumentsHash(r.Input)
	}
}

// toolTypes are the span types of tool calls.
var toolTypes = map[string]bool{"tool_call": true, "mcp_tool_call": true, "client_tool_call": true, "provider_tool_call": true}

// described fills what is said of a span or a record beside its usage.
func (m *mapper) described(f *tracestore.Facts) {
	v, text := &m.view, m.enc.Text
	f.Operation, f.Provider, f.Model = text(v.Operation()), text(v.Provider()), text(v.Model())
	f.SessionID, f.ConversationID, f.UserID = text(v.Str(genai.SessionID)), text(v.Str(genai.ConversationID)), text(v.Str(genai.UserID))
	f.AgentName, f.ToolName, f.WorkflowName = text(v.Str(genai.AgentName)), text(v.Str(genai.ToolName)), text(v.Str(genai.WorkflowName))
	if f.AgentName == "" {
		f.AgentName = text(v.Str(genai.AgentID))
	}
	if first, ok := v.FirstToken(); ok {
		f.FirstTokenMS = tracestore.Measured(float64(first) / float64(time.Millisecond))
	}
}

func (m *mapper) usage(f *tracestore.Facts) {
	v := &m.view
	usage, state := v.Usage()
	if state == genai.UsageValid {
		split := usage.Mode == genai.InputSplit
		f.InputTokens = tracestore.Count{N: usage.Input, Known: usage.HasInput || split}
		f.OutputTokens = tracestore.Count{N: usage.Output, Known: usage.HasOutput}
		f.CacheReadTokens = tracestore.Count{N: usage.CacheRead, Known: usage.HasCacheRead}
		f.CacheWriteTokens = tracestore.Count{N: usage.CacheWrite, Known: usage.HasCacheWrite}
		f.ReasoningTokens = tracestore.Count{N: usage.Reasoning, Known: usage.HasReasoning}
	}
	f.CostStatus = m.enc.Text(m.attribute(costStatusKey))
	switch {
	case f.CostStatus == "":
		// llm_cost has not seen this span. One whose kind only sums up others is none
		// of the calls.
		if kind := v.Kind(); state == genai.UsageValid && !v.SumsUp() && (kind.CallsModel() || kind == genai.KindOther) {
			f.Accounting = m.accounting()
			f.Cost = m.reportedCost()
		}
	case !ruledOut[f.CostStatus]:
		// A span that calls a model is counted even where its tokens or its price are
		// not known: the total is a lower bound then, and says so.
		f.Accounting = m.accounting()
		if costed[f.CostStatus] {
			f.Cost = m.ownCost()
			f.Saved = m.savings()
		}
	}
	if f.Accounting == tracestore.ModelCall || f.Accounting == tracestore.ChargedCall {
		f.ResponseID = m.enc.Text(v.Str(genai.ResponseID))
		f.RequestID = m.enc.Text(v.ProviderRequest())
	}
}

// accounting is how a span that counts enters the totals.
func (m *mapper) accounting() tracestore.Accounting {
	if !m.view.Kind().CallsModel() {
		return tracestore.StatesUsage
	}
	if _, charged := m.view.Charge(); charged {
		return tracestore.ChargedCall
	}
	return tracestore.ModelCall
}

// attribute returns a string attribute of our own components.
func (m *mapper) attribute(key string) string {
	value, ok := m.own.Get(key)
	if !ok {
		return ""
	}
	return value.AsString()
}

// ownCost is the cost that llm_cost has written; a client can have set it where no
// llm_cost is before us.
func (m *mapper) ownCost() tracestore.Amount {
	value, ok := m.own.Get(costKey)
	if !ok || value.Type() != pcommon.ValueTypeDouble {
		return tracestore.Amount{}
	}
	cost, ok := genai.Dollars(value)
	return tracestore.Amount{V: cost, Known: ok}
}

// savings is what llm_cost says of the provider's cache. It may be negative.
func (m *mapper) savings() tracestore.Amount {
	value, ok := m.own.Get(savingsKey)
	if !ok || value.Type() != pcommon.ValueTypeDouble || !genai.IsCost(math.Abs(value.Double())) {
		return tracestore.Amount{}
	}
	return tracestore.Measured(value.Double())
}

// reportedCost is what somebody else has charged or worked out.
func (m *mapper) reportedCost() tracestore.Amount {
	cost, known := m.view.Charge()
	if !known {
		cost, known = m.view.ClientCost()
	}
	return tracestore.Amount{V: cost.USD, Known: known}
}
