package langfuseexporter

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// evidence are the beginnings of attributes that only LLM instrumentations
// write on their own spans (langfuse reference 4.1 and 2). Attributes that SDKs
// stamp on every span of a trace, such as session.id or
// traceloop.association.properties.*, are none.
var evidence = []string{
	"gen_ai.",               // GenAI semantic conventions
	"langfuse.observation.", // Langfuse SDK
	"langfuse.experiment.",  // Langfuse SDK
	"langfuse.trace.input",  // Langfuse SDK of 2025: on the root only
	"langfuse.trace.output", // the same
	"openinference.",        // OpenInference
	"llm.",                  // OpenInference, OpenLLMetry
	"embedding.",            // OpenInference
	"retrieval.documents.",  // OpenInference
	"reranker.",             // OpenInference
	"traceloop.span.",       // OpenLLMetry
	"traceloop.entity.",     // OpenLLMetry
	"mastra.",               // Mastra
	"ai.operationId",        // Vercel AI SDK
	"ai.model.",             // Vercel AI SDK
	"ai.toolCall.",          // Vercel AI SDK
	"langsmith.span.kind",   // LangSmith
	"mlflow.spanType",       // MLflow
	"gcp.vertex.agent.",     // Google ADK
	"genkit:",               // Genkit
	"lk.",                   // LiveKit Agents
	"pydantic_ai.",          // Pydantic AI
	"all_messages_events",   // Pydantic AI
	"agent_loop.",           // Strands
	"litellm.",              // LiteLLM
	"flue.",                 // Flue
}

// noEvidence are attributes with such a beginning that are stamped on every
// span of a trace.
var noEvidence = map[string]bool{
	"gen_ai.conversation.id": true, "llm.prompt_template.template": true, "llm.prompt_template.version": true,
	"llm.prompt_template.variables": true,
}

// scopes are instrumentations of LLM frameworks, by the beginnings of their
// scopes' names (langfuse reference 4.1: the lists of Langfuse's own SDKs).
var scopes = []string{
	"langfuse-sdk", "@mastra", "ai", "gen_ai", "openinference", "@arizeai/openinference", "@traceloop/instrumentation", "openlit",
	"@openlit", "langsmith", "pydantic-ai", "autogen-core", "autogen", "agno", "crewai", "langchain", "llamaindex", "haystack",
	"semantic_kernel", "Microsoft.SemanticKernel", "Microsoft.Extensions.AI", "Experimental.Microsoft.Extensions.AI", "strands-agents",
	"strands", "gcp.vertex.agent", "google_adk", "livekit-agents", "smolagents", "dspy", "litellm", "vllm", "opentelemetry.instrumentation.openai",
	"opentelemetry.instrumentation.openai_v2", "opentelemetry.instrumentation.anthropic", "opentelemetry.instrumentation.langchain",
	"opentelemetry.instrumentation.llamaindex", "opentelemetry.instrumentation.bedrock", "opentelemetry.instrumentation.vertexai",
	"opentelemetry.instrumentation.google_generativeai", "opentelemetry.instrumentation.cohere", "opentelemetry.instrumentation.mistralai",
	"opentelemetry.instrumentation.ollama", "opentelemetry.instrumentation.groq", "opentelemetry.instrumentation.together",
	"opentelemetry.instrumentation.crewai", "opentelemetry.instrumentation.haystack", "opentelemetry.instrumentation.transformers",
	"com.anthropic.sdk.typescript", "com.anthropic.claude_code", "@flue/opentelemetry", "genkit",
}

// spanFilter tells the spans that are sent.
type spanFilter struct {
	config   *FilterConfig
	included map[string]bool // attributes
}

// verdict is what a scope says about its spans.
type verdict struct{ llm, included, excluded bool }

func newSpanFilter(config *FilterConfig) *spanFilter {
	f := &spanFilter{config: config, included: map[string]bool{}}
	for _, key := range config.IncludeAttributes {
		f.included[key] = true
	}
	return f
}

// scope judges a scope. It is asked once for all of its spans.
func (f *spanFilter) scope(name string) verdict {
	return verdict{
		llm:      inScopes(name, scopes, "./:-_"),
		included: inScopes(name, f.config.IncludeScopes, below), excluded: inScopes(name, f.config.ExcludeScopes, below),
	}
}

// below are the characters with which names of scopes go on below a name that an
// operator lists. Packages of one family differ behind a dash as well (scopes); but
// who excludes langfuse does not mean langfuse-sdk.
const below = "./:"

// inScopes reports whether a scope is one of those named, or goes on with one of
// the separators. "ai" is the Vercel AI SDK and has nothing below it.
func inScopes(name string, list []string, separators string) bool {
	for _, prefix := range list {
		rest, ok := strings.CutPrefix(name, prefix)
		if ok && (rest == "" || prefix != "ai" && strings.IndexByte(separators, rest[0]) >= 0) {
			return true
		}
	}
	return false
}

// llm reports whether a span is one of an LLM application, by what is on it.
func (f *spanFilter) llm(v *genai.View, attributes pcommon.Map) (llm, included bool) {
	for key := range attributes.All() {
		if f.included[key] {
			included = true
		}
		if !llm && isEvidence(key) {
			llm = true
		}
	}
	return llm || v.Kind() != genai.KindOther, included
}

func isEvidence(key string) bool {
	if key == "" || noEvidence[key] {
		return false
	}
	switch key[0] {
	case 'g', 'l', 'o', 'e', 'r', 't', 'm', 'a', 'p', 'f':
	default:
		return false
	}
	for _, prefix := range evidence {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
