package libsqlexporter

import (
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// typedAttributes fills the column attributes with the keys that Mastra uses
// for the type of the span (mastra reference 2.5 and 5.3). consumed are the
// attributes that have become input and output.
func (m *mapper) typedAttributes(span ptrace.Span, row *tracestore.Span, consumed []string) {
	v, o := &m.view, &m.attributes
	o.reset("attributes", row.Facts.RollUp)
	clear(m.consumed)
	for _, key := range consumed {
		m.consumed[key] = true
	}
	switch row.Facts.Type {
	case modelGeneration:
		o.strOr("model", generationModel(v, span))
		m.modelAttributes(span, row)
	case "model_inference", "rag_embedding":
		m.take(genai.RequestModel, func(value pcommon.Value) { o.str("model", value.AsString()) })
		m.modelAttributes(span, row)
	case "agent_run":
		m.take(genai.SystemInstructions, func(value pcommon.Value) { o.value("instructions", value) })
		m.take(genai.ToolDefinitions, func(value pcommon.Value) { o.decoded("availableTools", value) })
		m.take(genai.ConversationID, func(value pcommon.Value) { o.str("conversationId", value.AsString()) })
	case "tool_call", "mcp_tool_call", "client_tool_call", "provider_tool_call":
		m.take(genai.ToolType, func(value pcommon.Value) { o.str("toolType", value.AsString()) })
		m.take(genai.ToolDescription, func(value pcommon.Value) { o.str("toolDescription", value.AsString()) })
		m.take(genai.ToolCallID, func(value pcommon.Value) { o.str("toolCallId", value.AsString()) })
		o.bool("success", span.Status().Code() != ptrace.StatusCodeError)
	case "scorer_run":
		m.evaluation()
	}
	m.costContext(row)
	if v.Has(genai.MastraType) {
		v.EachMastraAttribute(func(name string, value pcommon.Value) {
			if name != "step_id" { // it is the entity's id
				o.decoded(mastraKey(name), value)
			}
		})
	} else {
		m.foreignAttributes()
	}
	row.Mastra.Attributes = o.json()
}

// evaluation is what an evaluator made of an answer.
func (m *mapper) evaluation() {
	e, ok := m.view.Evaluation()
	if !ok {
		return
	}
	for _, f := range [...]genai.Field{genai.EvaluationName, genai.EvaluationScore, genai.EvaluationLabel, genai.EvaluationExplanation} {
		m.consumed[m.view.Key(f)] = true
	}
	o := &m.attributes
	o.str("scorerName", e.Name)
	if e.HasScore {
		o.double("score", e.Score)
	}
	o.strOr("label", e.Label)
	o.strOr("reason", e.Explanation)
}

// take hands a fact to f, where the span has it, and marks its attribute as
// dealt with.
func (m *mapper) take(f genai.Field, use func(pcommon.Value)) {
	if value, ok := m.view.Value(f); ok {
		m.consumed[m.view.Key(f)] = true
		use(value)
	}
}

// mastraKey turns a name as the OTel exporter of Mastra writes it (step_index)
// into the key that its store has (stepIndex).
func mastraKey(name string) string {
	if key, ok := renamed[name]; ok {
		return key
	}
	if !strings.Contains(name, "_") {
		return name
	}
	var out strings.Builder
	for i, part := range strings.Split(name, "_") {
		if i > 0 && part != "" {
			out.WriteString(strings.ToUpper(part[:1]))
			part = part[1:]
		}
		out.WriteString(part)
	}
	return out.String()
}

// renamed are the names that do not follow the rule.
var renamed = map[string]string{"server_name": "mcpServer"}

// modelAttributes describes the call of a model. Provider and finish reason
// are as the span has them, as in Mastra's own rows.
func (m *mapper) modelAttributes(span ptrace.Span, row *tracestore.Span) {
	v, o := &m.view, &m.attributes
	provider := genai.Provider
	if !v.Has(provider) {
		provider = genai.System // the provider's older name
	}
	m.take(provider, func(value pcommon.Value) { o.str("provider", value.AsString()) })
	m.take(genai.Streaming, func(value pcommon.Value) { o.value("streaming", value) })
	m.usageObject()
	if reasons := v.FinishReasons(); len(reasons) > 0 {
		m.consumed[v.Key(genai.FinishReasons)] = true
		o.str("finishReason", reasons[0])
	}
	m.take(genai.ResponseModel, func(value pcommon.Value) { o.str("responseModel", value.AsString()) })
	m.take(genai.ResponseID, func(value pcommon.Value) { o.str("responseId", value.AsString()) })
	m.completionStart(span, row)
	m.parameters()
}

// completionStart is when the first piece of the answer came.
func (m *mapper) completionStart(span ptrace.Span, row *tracestore.Span) {
	if m.view.Has(genai.FirstTokenTime) {
		m.take(genai.FirstTokenTime, func(value pcommon.Value) {
			m.attributes.str("completionStartTime", strings.Trim(value.AsString(), `"`))
		})
		return
	}
	if first := row.Facts.FirstTokenMS; first.Known {
		at := span.StartTimestamp().AsTime().Add(time.Duration(first.V * float64(time.Millisecond)))
		m.attributes.str("completionStartTime", at.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
}

// parameterKeys are request parameters under the names of Mastra's store.
var parameterKeys = []struct {
	field genai.Field
	key   string
}{
	{genai.Temperature, "temperature"},
	{genai.MaxTokens, "maxOutputTokens"},
	{genai.TopP, "topP"},
	{genai.TopK, "topK"},
	{genai.PresencePenalty, "presencePenalty"},
	{genai.FrequencyPenalty, "frequencyPenalty"},
	{genai.StopSequences, "stopSequences"},
	{genai.Seed, "seed"},
	{genai.ReasoningLevel, "reasoningEffort"},
	{genai.ChoiceCount, "n"},
}

func (m *mapper) parameters() {
	m.attributes.nested("parameters", func() {
		for _, p := range parameterKeys {
			if value, ok := m.view.Value(p.field); ok {
				m.consumed[m.view.Key(p.field)] = true
				m.attributes.decoded(p.key, value)
			}
		}
	})
}

// usageFields are the attributes that the usage object tells.
var usageFields = []genai.Field{
	genai.InputTokens, genai.OutputTokens, genai.CacheReadTokens, genai.CacheWriteTokens, genai.CacheWrite1hTokens,
	genai.ReasoningTokens, genai.InputAudioTokens, genai.OutputAudioTokens, genai.InputImageTokens, genai.OutputImageTokens,
	genai.InputVideoTokens, genai.OutputVideoTokens,
}

// usageObject is the usage in Mastra's form: whole counts, and their parts
// without overlap.
func (m *mapper) usageObject() {
	u, state := m.view.Usage()
	if state != genai.UsageValid {
		return
	}
	for _, f := range usageFields {
		if m.view.Has(f) {
			m.consumed[m.view.Key(f)] = true
		}
	}
	o := &m.attributes
	o.nested("usage", func() {
		if u.HasInput || u.Mode == genai.InputSplit {
			o.int("inputTokens", u.Input)
			o.nested("inputDetails", func() { inputDetails(o, &u) })
		}
		if u.HasOutput {
			o.int("outputTokens", u.Output)
			o.nested("outputDetails", func() { outputDetails(o, &u) })
		}
	})
}

func inputDetails(o *object, u *genai.Usage) {
	o.int("text", u.Input-u.CacheRead-u.CacheWrite-u.InputAudio-u.InputImage-u.InputVideo)
	o.intIf(u.HasCacheRead, "cacheRead", u.CacheRead)
	o.intIf(u.HasCacheWrite, "cacheWrite", u.CacheWrite)
	o.intIf(u.CacheWrite1h > 0, "cacheWrite1h", u.CacheWrite1h)
	o.intIf(u.InputAudio > 0, "audio", u.InputAudio)
	o.intIf(u.InputImage > 0, "image", u.InputImage)
	o.intIf(u.InputVideo > 0, "video", u.InputVideo)
}

func outputDetails(o *object, u *genai.Usage) {
	o.int("text", u.Output-u.Reasoning-u.OutputAudio-u.OutputImage-u.OutputVideo)
	o.intIf(u.HasReasoning, "reasoning", u.Reasoning)
	o.intIf(u.OutputAudio > 0, "audio", u.OutputAudio)
	o.intIf(u.OutputImage > 0, "image", u.OutputImage)
	o.intIf(u.OutputVideo > 0, "video", u.OutputVideo)
}

// costContext is where Mastra itself keeps a cost.
func (m *mapper) costContext(row *tracestore.Span) {
	if !row.Facts.Cost.Known {
		return
	}
	o := &m.attributes
	o.nested("costContext", func() {
		o.strOr("provider", row.Facts.Provider)
		o.strOr("model", row.Facts.Model)
		o.double("estimatedCost", row.Facts.Cost.V)
		o.str("costUnit", "USD")
		o.nested("costMetadata", func() {
			if row.Facts.CostStatus == "" {
				o.str("source", "span")
				return
			}
			o.str("source", "llmcost")
			o.str("status", row.Facts.CostStatus)
			o.strOr("priceSource", m.attribute(priceSourceKey))
			o.strOr("priceVersion", m.attribute(priceVersionKey))
		})
	})
}

// foreignAttributes adds what no column and no key above has taken from a span
// that is not Mastra's, under its own names.
func (m *mapper) foreignAttributes() {
	for key, value := range m.own.All() {
		if !m.consumed[key] && !genai.IsMessagePart(key) {
			m.attributes.value(key, value)
		}
	}
}
