package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// dialect is a program whose telemetry names its facts without a namespace, so
// that its names are read on its own spans and events only: "input_tokens"
// alone says nothing elsewhere.
type dialect uint8

const (
	dialectNone dialect = iota
	dialectClaudeCode
	dialectCodex
	dialectGeminiCLI
	dialectGeminiFork // Qwen Code and other programs that were made from Gemini CLI
)

// bareNames are the names of each dialect. Where the span states a fact under a
// name of its own namespace, that counts.
var bareNames = [...][]Name{
	dialectClaudeCode: {
		{InputTokens, "input_tokens", claudeCode},
		{OutputTokens, "output_tokens", claudeCode},
		{CacheReadTokens, "cache_read_tokens", claudeCode},
		{CacheWriteTokens, "cache_creation_tokens", claudeCode},
		{RequestModel, "model", claudeCode},
		{FirstTokenMillis, "ttft_ms", claudeCode},
		{GatewayCost, "cost_usd", claudeCode},
		{ResponseTier, "speed", claudeCode}, // fast, normal
		{RequestID, "request_id", claudeCode},
	},
	dialectCodex: {
		{InputTokens, "input_token_count", codex},
		{OutputTokens, "output_token_count", codex},
		{CacheReadTokens, "cached_token_count", codex},
		{CacheWriteTokens, "cache_write_token_count", codex},
		{ReasoningTokens, "reasoning_token_count", codex},
		{TotalTokens, "total_token_count", codex},
		{RequestModel, "model", codex},
		{ResponseTier, "service_tier", codex},
		{ConversationID, "conversation.id", codex},
	},
	dialectGeminiCLI:  geminiCLINames,
	dialectGeminiFork: geminiCLINames,
}

// geminiCLINames repeat Google's counts: the prompt with its cached part, and beside
// it what tools have put there, candidates and thoughts (google-gemini/gemini-cli and
// QwenLM/qwen-code, packages/core/src/telemetry/types.ts, ApiResponseEvent).
var geminiCLINames = []Name{
	{InputTokens, "input_token_count", geminiCLI},
	{OutputTokens, "output_token_count", geminiCLI},
	{CacheReadTokens, "cached_content_token_count", geminiCLI},
	{ReasoningTokens, "thoughts_token_count", geminiCLI},
	{ToolUseTokens, "tool_token_count", geminiCLI},
	{TotalTokens, "total_token_count", geminiCLI},
	{RequestModel, "model", geminiCLI},
	{ResponseID, "response_id", qwenCode},
	{ToolUseTokens, "tool_token_count", geminiCLI},
	{FinishReasons, "finish_reasons", geminiCLI},
	{OutputContent, "response_text", geminiCLI},
	{ErrorMessage, "error_message", geminiCLI},
}

// scopedNames are names without a namespace that instrumentations write beside
// names that have one, by the beginning of their scopes. A span that has only such
// names is none of theirs.
var scopedNames = []struct {
	scope string
	names []Name
}{
	{"pydantic-ai", []Name{
		{InputContent, "tool_arguments", pydantic},
		{OutputContent, "tool_response", pydantic},
		{AgentName, "agent_name", pydantic},
	}},
	{"logfire.", []Name{
		{InputContent, "request_data", pydantic},
		{OutputContent, "response_data", pydantic},
	}},
	{claudeCodeScope, []Name{
		{FinishReasons, "stop_reason", claudeCode},
		{ReasoningLevel, "effort", claudeCode},
		{ToolName, "tool_name", claudeCode},
		{ToolCallID, "tool_use_id", claudeCode},
	}},
	{"qwen-code", []Name{
		{FirstTokenMillis, "ttft_ms", qwenCode},
		{ReasoningTokens, "thoughts_token_count", qwenCode},
		{FinishReasons, "finish_reason", qwenCode},
		{AgentName, "subagent_name", qwenCode},
		{ToolCallID, "tool.call_id", qwenCode},
		{ErrorType, "error_type", qwenCode},
		{ErrorMessage, "error", qwenCode},
	}},
}

func (v *View) takeScoped() {
	for i := range scopedNames {
		if !strings.HasPrefix(v.scope, scopedNames[i].scope) {
			continue
		}
		for _, name := range scopedNames[i].names {
			if value, ok := v.attributes.Get(name.Key); ok && !v.Has(name.Field) && !statesNothing(value) {
				v.known = true
				v.ranks[name.Field], v.values[name.Field], v.keys[name.Field] = 1, value, name.Key
			}
		}
	}
}

// claudeCodeSpan is the name of Claude Code's spans of model requests.
const claudeCodeSpan = "claude_code.llm_request"

// Keys of an event's name and kind, where they stand among the attributes.
const (
	eventNameKey = "event.name"
	eventKindKey = "event.kind"
)

// claudeCodeEvents is the scope under which Claude Code logs. It writes the
// event's name with and without its own prefix.
const (
	claudeCodeScope = "com.anthropic.claude_code"
	claudeCodeEvent = "claude_code.api_request"
	claudeCodeShort = "api_request"
)

// codexCompleted is the kind of the only event of Codex that carries usage; it
// comes over server-sent events or a web socket.
const codexCompleted = "response.completed"

// The event of an answer. Gemini CLI and its forks put their own name before it.
const (
	geminiCLIScope   = "gemini-cli"
	geminiCLIEvent   = "gemini_cli.api_response"
	answerEvent      = "api_response"
	answerEventOf    = "." + answerEvent
	geminiAuthKey    = "auth_type"
	geminiAuthVertex = "vertex-ai"
)

// ReadRecord makes v the view of a log record: its attributes, and its event
// name where the attributes have none.
func (v *View) ReadRecord(resource pcommon.Resource, scope pcommon.InstrumentationScope, record plog.LogRecord) {
	v.reset(resource, scope)
	v.readAttributes(record.Attributes(), record.EventName())
}

func (v *View) readAttributes(attributes pcommon.Map, event string) {
	v.attributes, v.hasAttributes = attributes, true
	for key, value := range attributes.All() {
		v.take(key, value)
	}
	if value, ok := attributes.Get(eventNameKey); ok {
		event = value.AsString()
	}
	v.event = event
	v.takeBare(dialectOfEvent(v.scope, event, attributes))
}

func dialectOfEvent(scope, event string, attributes pcommon.Map) dialect {
	switch {
	case event == claudeCodeEvent, event == claudeCodeShort && claudeCodeLike(scope, attributes):
		return dialectClaudeCode
	case event == "codex.sse_event", event == "codex.websocket_event":
		if kind, ok := attributes.Get(eventKindKey); ok && kind.AsString() == codexCompleted {
			return dialectCodex
		}
	case event == geminiCLIEvent, event == answerEvent && scope == geminiCLIScope:
		return dialectGeminiCLI
	case strings.HasSuffix(event, answerEventOf) && geminiCLILike(attributes):
		return dialectGeminiFork
	}
	return dialectNone
}

// geminiCLILike tells an answer of a fork from anybody else's.
func geminiCLILike(attributes pcommon.Map) bool {
	for _, key := range [...]string{"model", "input_token_count", "cached_content_token_count", "thoughts_token_count"} {
		if _, ok := attributes.Get(key); !ok {
			return false
		}
	}
	return true
}

// googleService is the service of Google's that a program made from Gemini CLI
// says it asked: the Gemini API, Vertex AI, or for a fork "" where it is neither.
func (v *View) googleService() string {
	auth := ""
	if value, ok := v.attributes.Get(geminiAuthKey); ok {
		auth = value.AsString()
	}
	switch {
	case auth == geminiAuthVertex:
		return "gcp.vertex_ai"
	case v.dialect == dialectGeminiCLI, auth == "gemini", auth == "gemini-api-key":
		return "gcp.gemini"
	}
	return ""
}

// claudeCodeLike tells Claude Code's short event name from anybody else's.
func claudeCodeLike(scope string, attributes pcommon.Map) bool {
	if strings.HasPrefix(scope, claudeCodeScope) {
		return true
	}
	_, cost := attributes.Get("cost_usd")
	_, cache := attributes.Get("cache_read_tokens")
	return cost && cache
}

// takeBare reads the names of a dialect.
func (v *View) takeBare(d dialect) {
	v.dialect = d
	if d == dialectNone {
		return
	}
	v.known = true
	for _, name := range bareNames[d] {
		if v.Has(name.Field) {
			continue
		}
		value, ok := v.attributes.Get(name.Key)
		if !ok || statesNothing(value) || name.Key == "speed" && value.AsString() == "normal" {
			continue
		}
		v.ranks[name.Field], v.values[name.Field], v.keys[name.Field] = 1, value, name.Key
	}
}

// Event returns the name of the event that a log record is, "" for a span.
func (v *View) Event() string { return v.event }

// RepeatsSpan reports whether a log record tells once more what a span of its
// own tells: the events of the GenAI conventions belong to a span, which has
// the usage too. Events of coding agents (see dialect) stand for themselves.
func (v *View) RepeatsSpan() bool {
	return !v.hasSpan && v.dialect == dialectNone && strings.HasPrefix(v.event, "gen_ai.")
}
