package genai

import "strings"

// Recording is how an instrumentation is told to record messages.
type Recording struct {
	Scope           string // the beginning of the name of its scope
	Instrumentation string // its name, as in "NAME’s instrumentation"
	Setting         string // the line that switches messages on
	Source          string // where that is documented
}

// recordings are the instrumentations that do not record messages unless they are told
// to, or that can be told not to. Of two that fit the longer one counts.
var recordings = []Recording{
	{"opentelemetry.instrumentation.openai_v2", "opentelemetry-instrumentation-openai-v2", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true", "https://pypi.org/project/opentelemetry-instrumentation-openai-v2/"},
	{"opentelemetry.instrumentation.google_genai", "opentelemetry-instrumentation-google-genai", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true", "https://pypi.org/project/opentelemetry-instrumentation-google-genai/"},
	{"opentelemetry.util.genai", "opentelemetry-util-genai", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY", "https://pypi.org/project/opentelemetry-util-genai/"},
	{"@opentelemetry/instrumentation-openai", "@opentelemetry/instrumentation-openai", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true", "https://www.npmjs.com/package/@opentelemetry/instrumentation-openai"},
	{"@elastic/opentelemetry-instrumentation-openai", "@elastic/opentelemetry-instrumentation-openai", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true", "https://www.npmjs.com/package/@elastic/opentelemetry-instrumentation-openai"},
	{"io.opentelemetry.openai-java", "The OpenTelemetry Java agent", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true", "https://github.com/open-telemetry/opentelemetry-java-instrumentation/tree/main/instrumentation/openai"},
	{"opentelemetry.instrumentation.", "OpenLLMetry", "TRACELOOP_TRACE_CONTENT=true", "https://www.traceloop.com/docs/openllmetry/privacy/traces"},
	{"@traceloop/", "OpenLLMetry for Node.js", "TRACELOOP_TRACE_CONTENT=true", "https://www.traceloop.com/docs/openllmetry/privacy/traces"},
	{"openinference.instrumentation", "OpenInference", "OPENINFERENCE_HIDE_INPUTS=false OPENINFERENCE_HIDE_OUTPUTS=false", "https://github.com/Arize-ai/openinference/blob/main/spec/configuration.md"},
	{"@arizeai/openinference", "OpenInference for Node.js", "OPENINFERENCE_HIDE_INPUTS=false OPENINFERENCE_HIDE_OUTPUTS=false", "https://github.com/Arize-ai/openinference/blob/main/spec/configuration.md"},
	{aiScope, "The Vercel AI SDK", "experimental_telemetry: { isEnabled: true, recordInputs: true, recordOutputs: true }", "https://ai-sdk.dev/docs/ai-sdk-core/telemetry"},
	{"openlit", "OpenLIT", "openlit.init(capture_message_content=True)", "https://docs.openlit.io/latest/sdk/configuration"},
	{"@openlit/", "OpenLIT for Node.js", "Openlit.init({ captureMessageContent: true })", "https://docs.openlit.io/latest/sdk/configuration"},
	{pydanticScope, "Pydantic AI", "InstrumentationSettings(include_content=True)", "https://ai.pydantic.dev/logfire/"},
	{"gcp.vertex.agent", "Google ADK", "ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS=true", "https://github.com/google/adk-python/blob/main/src/google/adk/telemetry/tracing.py"},
	{"Experimental.Microsoft.Extensions.AI", "Microsoft.Extensions.AI", "UseOpenTelemetry(configure: c => c.EnableSensitiveData = true)", "https://learn.microsoft.com/dotnet/api/microsoft.extensions.ai.opentelemetrychatclient.enablesensitivedata"},
	{"agent_framework", "Microsoft Agent Framework", "ENABLE_SENSITIVE_DATA=true", "https://learn.microsoft.com/agent-framework/agents/observability"},
	{"Microsoft.SemanticKernel", "Semantic Kernel", "SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE=true", "https://learn.microsoft.com/semantic-kernel/concepts/enterprise-readiness/observability/"},
	{"semantic_kernel", "Semantic Kernel", "SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE=true", "https://learn.microsoft.com/semantic-kernel/concepts/enterprise-readiness/observability/"},
	{"Azure.AI.Inference", "Azure AI Inference", "AZURE_TRACING_GEN_AI_CONTENT_RECORDING_ENABLED=true", "https://learn.microsoft.com/python/api/overview/azure/ai-inference-readme"},
	{"azure.ai.inference", "Azure AI Inference", "AZURE_TRACING_GEN_AI_CONTENT_RECORDING_ENABLED=true", "https://learn.microsoft.com/python/api/overview/azure/ai-inference-readme"},
	{"com.anthropic.claude_code", "Claude Code", "OTEL_LOG_USER_PROMPTS=1", "https://code.claude.com/docs/en/monitoring-usage"},
	{"gemini-cli", "Gemini CLI", "GEMINI_TELEMETRY_LOG_PROMPTS=true", "https://geminicli.com/docs/cli/telemetry"},
	{"langsmith", "LangSmith", "LANGSMITH_HIDE_INPUTS=false LANGSMITH_HIDE_OUTPUTS=false", "https://docs.langchain.com/langsmith/mask-inputs-outputs"},
}

// Recording returns how the instrumentation that has made the span is told to record
// messages. The second result is false where that is not known.
func (v *View) Recording() (Recording, bool) {
	best := -1
	for i := range recordings {
		prefix := recordings[i].Scope
		if prefix == aiScope && v.scope != aiScope || !strings.HasPrefix(v.scope, prefix) {
			continue // "ai" begins many names
		}
		if best < 0 || len(prefix) > len(recordings[best].Scope) {
			best = i
		}
	}
	if best < 0 {
		return Recording{}, false
	}
	return recordings[best], true
}
