package jaeger

import (
	"encoding/json"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// canonical adds to each span what it says under the names of the conventions, where it
// says it under others: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/.
// What is there already stays as it is.
func canonical(traces ptrace.Traces) {
	var view genai.View
	for _, rs := range traces.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				view.Read(rs.Resource(), ss.Scope(), span)
				if view.Known() {
					// The view reads the attributes, so they are added when it has been read.
					added := namesOf(&view)
					for key, value := range added.All() {
						if _, there := span.Attributes().Get(key); !there {
							value.CopyTo(span.Attributes().PutEmpty(key))
						}
					}
				}
			}
		}
	}
}

// named are facts of a span that are text, with their names.
var named = []struct {
	key  string
	text func(*genai.View) string
}{
	{"gen_ai.operation.name", (*genai.View).Operation},
	{"gen_ai.provider.name", (*genai.View).Provider},
	{"gen_ai.request.model", field(genai.RequestModel)},
	{"gen_ai.response.model", field(genai.ResponseModel)},
	{"gen_ai.conversation.id", field(genai.ConversationID)},
	{"gen_ai.agent.id", field(genai.AgentID)},
	{"gen_ai.agent.name", field(genai.AgentName)},
	{"gen_ai.tool.name", field(genai.ToolName)},
	{"gen_ai.tool.call.id", field(genai.ToolCallID)},
}

func field(f genai.Field) func(*genai.View) string {
	return func(v *genai.View) string { return v.Str(f) }
}

func namesOf(v *genai.View) pcommon.Map {
	m := pcommon.NewMap()
	for _, n := range named {
		if text := n.text(v); text != "" {
			m.PutStr(n.key, text)
		}
	}
	putUsage(m, v)
	if v.Kind() == genai.KindTool {
		putContent(m, "gen_ai.tool.call.arguments", v.Input)
		putContent(m, "gen_ai.tool.call.result", v.Output)
		return m
	}
	said := v.Transcript()
	putMessages(m, "gen_ai.input.messages", said.Messages)
	putMessages(m, "gen_ai.output.messages", said.Answers)
	return m
}

// putUsage writes tokens as the conventions count them: input with what came from a
// cache, output with reasoning.
func putUsage(m pcommon.Map, v *genai.View) {
	usage, state := v.Usage()
	if state != genai.UsageValid {
		return
	}
	for _, count := range []struct {
		key    string
		tokens int64
		stated bool
	}{
		{"gen_ai.usage.input_tokens", usage.Input, usage.HasInput},
		{"gen_ai.usage.output_tokens", usage.Output, usage.HasOutput},
		{"gen_ai.usage.cache_read.input_tokens", usage.CacheRead, usage.HasCacheRead},
		{"gen_ai.usage.cache_creation.input_tokens", usage.CacheWrite, usage.HasCacheWrite},
		{"gen_ai.usage.reasoning.output_tokens", usage.Reasoning, usage.HasReasoning},
	} {
		if count.stated {
			m.PutInt(count.key, count.tokens)
		}
	}
}

func putContent(m pcommon.Map, key string, content func() (genai.Content, bool)) {
	if c, ok := content(); ok {
		m.PutStr(key, string(c.AppendJSON(nil)))
	}
}

// message is one of the conventions:
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-input-messages.json.
type message struct {
	Role  string           `json:"role"`
	Name  string           `json:"name,omitempty"`
	Parts []map[string]any `json:"parts"`
}

func putMessages(m pcommon.Map, key string, messages []genai.Message) {
	if len(messages) == 0 {
		return
	}
	all := make([]message, len(messages))
	for i, said := range messages {
		all[i] = message{said.Role, said.Name, make([]map[string]any, len(said.Parts))}
		for j := range said.Parts {
			all[i].Parts[j] = part(&said.Parts[j])
		}
	}
	if text, err := json.Marshal(all); err == nil {
		m.PutStr(key, string(text))
	}
}

func part(p *genai.Part) map[string]any {
	switch p.Kind {
	case genai.PartThinking:
		return map[string]any{"type": "reasoning", "content": p.Text}
	case genai.PartToolCall:
		return map[string]any{"type": "tool_call", "id": p.CallID, "name": p.Tool, "arguments": valid(p.Value)}
	case genai.PartToolResult:
		return map[string]any{"type": "tool_call_response", "id": p.CallID, "response": valid(p.Value)}
	case genai.PartMedia:
		return map[string]any{"type": "blob", "mime_type": p.MediaType, "modality": p.MediaType}
	case genai.PartData:
		return map[string]any{"type": "data", "content": valid(p.Value)}
	}
	return map[string]any{"type": "text", "content": p.Text}
}

// valid is JSON, or text that was not.
func valid(value json.RawMessage) any {
	if len(value) == 0 {
		return nil
	}
	if json.Valid(value) {
		return value
	}
	return string(value)
}
