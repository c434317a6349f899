package genai

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestNamesThatTheCensusFoundUnread has one case for each kind of fact that people
// look for and that a dialect has a name of its own for.
func TestNamesThatTheCensusFoundUnread(t *testing.T) {
	for name, test := range map[string]struct {
		scope      string
		attributes map[string]any
		field      Field
		want       string
	}{
		"Laminar's session":                  {"lmnr.tracer", map[string]any{"lmnr.association.properties.session_id": "s"}, SessionID, "s"},
		"OpenLIT's session":                  {"openlit", map[string]any{"gen_ai.session.id": "s"}, SessionID, "s"},
		"Copilot's session":                  {"copilot-chat", map[string]any{"copilot_chat.chat_session_id": "s"}, SessionID, "s"},
		"a session of the Vercel AI SDK 7":   {"ai", map[string]any{"ai.settings.context.sessionId": "s"}, SessionID, "s"},
		"LoongSuite's user":                  {"x", map[string]any{"gen_ai.user.id": "u"}, UserID, "u"},
		"OpenLLMetry's user":                 {"x", map[string]any{"llm.user": "u"}, UserID, "u"},
		"session before session":             {"x", map[string]any{"gen_ai.session.id": "old", "session.id": "s"}, SessionID, "s"},
		"Spring AI's conversation":           {"x", map[string]any{"spring.ai.chat.client.conversation.id": "c"}, ConversationID, "c"},
		"LoongSuite's model":                 {"x", map[string]any{"gen_ai.request.model_name": "m"}, RequestModel, "m"},
		"the model that was asked for first": {"x", map[string]any{"gen_ai.model_name": "old", "gen_ai.request.model": "m"}, RequestModel, "m"},
		"a finish reason of its own":         {"x", map[string]any{"gen_ai.response.finish_reason": "stop"}, FinishReasons, "stop"},
		"a list of finish reasons before it": {"x", map[string]any{"gen_ai.response.finish_reason": "stop", "gen_ai.response.finish_reasons": `["length"]`}, FinishReasons, `["length"]`},
		"reasoning level":                    {"x", map[string]any{"gen_ai.request.reasoning.level": "high"}, ReasoningLevel, "high"},
		"reasoning effort":                   {"x", map[string]any{"gen_ai.request.reasoning_effort": "high"}, ReasoningLevel, "high"},
		"OpenLLMetry's tool":                 {"x", map[string]any{"traceloop.span.kind": "tool", "traceloop.entity.name": "look"}, ToolName, "look"},
		"OpenLLMetry's agent":                {"x", map[string]any{"traceloop.span.kind": "agent", "traceloop.entity.name": "planner"}, AgentName, "planner"},
		"a name before OpenLLMetry's":        {"x", map[string]any{"traceloop.span.kind": "tool", "traceloop.entity.name": "old", "gen_ai.tool.name": "look"}, ToolName, "look"},
		"a task is no tool":                  {"x", map[string]any{"traceloop.span.kind": "task", "traceloop.entity.name": "step"}, ToolName, ""},
		"Pydantic AI's agent":                {"pydantic-ai", map[string]any{"agent_name": "planner"}, AgentName, "planner"},
		"anybody's agent_name":               {"x", map[string]any{"agent_name": "planner"}, AgentName, ""},
		"Claude Code's tool":                 {"com.anthropic.claude_code.tracing", map[string]any{"tool_name": "Bash"}, ToolName, "Bash"},
		"anybody's tool_name":                {"x", map[string]any{"tool_name": "Bash"}, ToolName, ""},
		"Qwen Code's error":                  {"qwen-code", map[string]any{"error_type": "RateLimitError"}, ErrorType, "RateLimitError"},
		"a guardrail's error":                {"x", map[string]any{"gen_ai.guardrail.error.message": "no"}, ErrorMessage, "no"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, viewOf(t, test.scope, test.attributes).Str(test.field))
		})
	}
}

func TestContentThatTheCensusFoundUnread(t *testing.T) {
	for name, test := range map[string]struct {
		scope      string
		attributes map[string]any
		input      string
		output     string
	}{
		"Laminar":                    {"lmnr.tracer", map[string]any{"lmnr.span.input": `"hi"`, "lmnr.span.output": `"done"`}, `"hi"`, `"done"`},
		"Sentry":                     {"sentry", map[string]any{"gen_ai.request.messages": `[{"role":"user","content":"hi"}]`, "gen_ai.response.text": "done"}, `[{"role":"user","content":"hi"}]`, `"done"`},
		"Spring AI's tool":           {"x", map[string]any{"spring.ai.tool.call.arguments": `{"a":1}`, "spring.ai.tool.call.result": "done"}, `{"a":1}`, `"done"`},
		"Pydantic AI's tool":         {"pydantic-ai", map[string]any{"tool_arguments": `{"a":1}`, "tool_response": "done"}, `{"a":1}`, `"done"`},
		"Logfire's OpenAI":           {"logfire.openai", map[string]any{"request_data": `{"messages":[]}`, "response_data": `{"message":{}}`}, `{"messages":[]}`, `{"message":{}}`},
		"OpenInference's completion": {"x", map[string]any{"llm.prompts.0.prompt.text": "hi", "llm.choices.0.completion.text": "done"}, `[{"text":"hi"}]`, `[{"text":"done"}]`},
		"OpenInference's retriever":  {"x", map[string]any{"retrieval.documents.0.document.content": "a", "retrieval.documents.1.document.content": "b"}, "", `[{"content":"a"},{"content":"b"}]`},
		"OpenInference's embedding":  {"x", map[string]any{"embedding.embeddings.0.embedding.text": "hi", "embedding.embeddings.0.embedding.vector": "[1,2]"}, `[{"text":"hi"}]`, ""},
		"a reranker": {
			"x", map[string]any{"reranker.input_documents.0.document.id": "1", "reranker.output_documents.0.document.id": "1", "reranker.query": "q"}, `"q"`, `[{"id":"1"}]`,
		},
		"the conventions' messages first": {"x", map[string]any{"lmnr.span.input": "old", "gen_ai.input.messages": `[{"role":"user","parts":[]}]`}, `[{"role":"user","parts":[]}]`, ""},
		"anybody's request_data":          {"x", map[string]any{"request_data": "hi", "response_data": "done", "tool_arguments": "x"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := viewOf(t, test.scope, test.attributes)
			for want, of := range map[*string]func() (Content, bool){&test.input: v.Input, &test.output: v.Output} {
				content, ok := of()
				require.Equal(t, *want != "", ok)
				if ok {
					assert.JSONEq(t, *want, string(content.AppendJSON(nil)))
				}
			}
		})
	}
}

func TestKindsOfLaminarAndLoongSuite(t *testing.T) {
	for name, test := range map[string]struct {
		attributes map[string]any
		want       Kind
	}{
		"Laminar's call":             {map[string]any{"lmnr.span.type": "LLM"}, KindInference},
		"Laminar's tool":             {map[string]any{"lmnr.span.type": "TOOL"}, KindTool},
		"Laminar's default":          {map[string]any{"lmnr.span.type": "DEFAULT"}, KindOther},
		"LoongSuite's call":          {map[string]any{"gen_ai.span.kind": "LLM"}, KindInference},
		"LoongSuite's embedding":     {map[string]any{"gen_ai.span.kind": "EMBEDDING"}, KindEmbedding},
		"LoongSuite's agent":         {map[string]any{"gen_ai.span.kind": "AGENT"}, KindAgent},
		"LoongSuite's entry":         {map[string]any{"gen_ai.span.kind": "ENTRY"}, KindWorkflow},
		"the operation first":        {map[string]any{"gen_ai.span.kind": "CHAIN", "gen_ai.operation.name": "chat"}, KindInference},
		"a guardrail":                {map[string]any{"gen_ai.guardrail.name": "pii"}, KindGuardrail},
		"a judgement":                {map[string]any{"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.score.value": 0.5}, KindEvaluator},
		"a judgement on a call":      {map[string]any{"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.score.value": 0.5, "gen_ai.operation.name": "chat"}, KindInference},
		"a name that judges nothing": {map[string]any{"gen_ai.evaluation.name": "Relevance"}, KindOther},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, viewOf(t, "x", test.attributes).Kind())
		})
	}
}

func TestTheUnitOfTimeToFirstTokenUnderOneName(t *testing.T) {
	for value, want := range map[any]time.Duration{
		0.6853435:        685343500 * time.Nanosecond,
		int64(2):         2 * time.Second,
		int64(350000000): 350 * time.Millisecond,
		int64(1000000):   time.Millisecond,
	} {
		span := ptrace.NewSpan()
		span.SetStartTimestamp(1e9)
		span.SetEndTimestamp(61e9)
		require.NoError(t, span.Attributes().FromRaw(map[string]any{"gen_ai.response.time_to_first_token": value}))
		got, ok := viewOfSpan("x", span).FirstToken()
		assert.True(t, ok, value)
		assert.Equal(t, want, got, value)
	}
}
