package genai

import "strings"

// Recording is how an instrumentation is told to record messages.
type Recording struct {
	Scope           string // the beginning of the name of its scope
	Instrumentation string // its name, as in "NAME’s instrumentation"
	Setting         string // the line that switches messages on
	Source          string // where that is documented
}

// Settings that several have.
const (
	semconvContent  = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true"
	semconvSpans    = "OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY"
	sensitiveKernel = "SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE=true"
)

// recordings are the instrumentations that do not record messages unless they are told
// to, or that can be told not to. Each Source names the setting. Of two that fit the longer one counts.
var recordings = []Recording{
	// Without the opt-in, messages are in log records only.
	{"opentelemetry.instrumentation.openai_v2", "opentelemetry-instrumentation-openai-v2", semconvSpans, "https://opentelemetry-python-contrib.readthedocs.io/en/latest/instrumentation-genai/openai.html"},
	{"opentelemetry.instrumentation.google_genai", "opentelemetry-instrumentation-google-genai", semconvContent, "https://github.com/open-telemetry/opentelemetry-python-contrib/blob/main/instrumentation-genai/opentelemetry-instrumentation-google-genai/README.rst"},
	// Instrumentations of opentelemetry-python-genai are built on it.
	{"opentelemetry.instrumentation.genai.", "OpenTelemetry GenAI for Python", semconvSpans, "https://github.com/open-telemetry/opentelemetry-python-contrib/blob/main/util/opentelemetry-util-genai/README.rst"},
	{"opentelemetry.util.genai", "opentelemetry-util-genai", semconvSpans, "https://github.com/open-telemetry/opentelemetry-python-contrib/blob/main/util/opentelemetry-util-genai/README.rst"},
	{"@opentelemetry/instrumentation-openai", "@opentelemetry/instrumentation-openai", semconvContent, "https://github.com/open-telemetry/opentelemetry-js-contrib/blob/main/packages/instrumentation-openai/src/instrumentation.ts"},
	{"@elastic/opentelemetry-instrumentation-openai", "@elastic/opentelemetry-instrumentation-openai", semconvContent, "https://github.com/elastic/elastic-otel-node/blob/main/packages/instrumentation-openai/README.md"},
	// The variable is the agent's spelling of the property that the README names.
	{"io.opentelemetry.openai-java", "The OpenTelemetry Java agent", semconvContent, "https://github.com/open-telemetry/opentelemetry-java-instrumentation/blob/main/instrumentation/openai/openai-java-1.1/javaagent/README.md"},
	{"opentelemetry.instrumentation.", "OpenLLMetry", "TRACELOOP_TRACE_CONTENT=true", "https://traceloop.com/docs/openllmetry/privacy/traces"},
	{"@traceloop/", "OpenLLMetry for Node.js", "TRACELOOP_TRACE_CONTENT=true", "https://traceloop.com/docs/openllmetry/privacy/traces"},
	{"openinference.instrumentation", "OpenInference", "OPENINFERENCE_HIDE_INPUTS=false OPENINFERENCE_HIDE_OUTPUTS=false", "https://github.com/Arize-ai/openinference/blob/main/spec/configuration.md"},
	{"@arizeai/openinference", "OpenInference for Node.js", "OPENINFERENCE_HIDE_INPUTS=false OPENINFERENCE_HIDE_OUTPUTS=false", "https://github.com/Arize-ai/openinference/blob/main/spec/configuration.md"},
	{aiScope, "The Vercel AI SDK", "experimental_telemetry: { isEnabled: true, recordInputs: true, recordOutputs: true }", "https://ai-sdk.dev/docs/ai-sdk-core/telemetry"},
	{"openlit", "OpenLIT", "openlit.init(capture_message_content=True)", "https://github.com/openlit/openlit/blob/main/docs/latest/sdk/configuration.mdx"},
	// Its documentation has the option's older name, traceContent.
	{"@openlit/", "OpenLIT for Node.js", "Openlit.init({ captureMessageContent: true })", "https://github.com/openlit/openlit/blob/main/sdk/typescript/src/types.ts"},
	{pydanticScope, "Pydantic AI", "InstrumentationSettings(include_content=True)", "https://github.com/pydantic/pydantic-ai/blob/main/docs/logfire.md"},
	{"gcp.vertex.agent", "Google ADK", "ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS=true", "https://github.com/google/adk-python/blob/main/src/google/adk/telemetry/tracing.py"},
	{"Experimental.Microsoft.Extensions.AI", "Microsoft.Extensions.AI", "UseOpenTelemetry(configure: c => c.EnableSensitiveData = true)", "https://learn.microsoft.com/en-us/dotnet/api/microsoft.extensions.ai.opentelemetrychatclient"},
	{"agent_framework", "Microsoft Agent Framework", "ENABLE_SENSITIVE_DATA=true", "https://learn.microsoft.com/agent-framework/agents/observability"},
	{"Microsoft.SemanticKernel", "Semantic Kernel", sensitiveKernel, "https://learn.microsoft.com/semantic-kernel/concepts/enterprise-readiness/observability/"},
	{"semantic_kernel", "Semantic Kernel", sensitiveKernel, "https://github.com/microsoft/semantic-kernel/blob/main/python/semantic_kernel/utils/telemetry/model_diagnostics/decorators.py"},
	{"Azure.AI.Inference", "Azure.AI.Inference", `AppContext.SetSwitch("Azure.Experimental.TraceGenAIMessageContent", true)`, "https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/ai/Azure.AI.Inference/samples/Sample8_ChatCompletionsWithOpenTelemetry.md"},
	// The scope is that of all clients of the SDK: .../ext/opentelemetry_span/__init__.py.
	{"azure.core.tracing.ext.opentelemetry_span", "The Azure SDK for Python", "AZURE_TRACING_GEN_AI_CONTENT_RECORDING_ENABLED=true", "https://azuresdkdocs.z19.web.core.windows.net/python/azure-ai-projects/1.0.0b6/azure.ai.projects.telemetry.agents.html"},
	// Of prompts; what is sent to the model is in no span.
	{"com.anthropic.claude_code", "Claude Code", "OTEL_LOG_USER_PROMPTS=1", "https://code.claude.com/docs/en/monitoring-usage"},
	// The scope is TRACER_NAME in packages/core/src/telemetry/trace.ts.
	{"gemini-cli", "Gemini CLI", "GEMINI_TELEMETRY_LOG_PROMPTS=true", "https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/telemetry.md"},
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
