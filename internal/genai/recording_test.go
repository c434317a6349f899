package genai

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatSwitchesMessagesOn(t *testing.T) {
	for scope, want := range map[string]string{
		"opentelemetry.instrumentation.openai_v2":          semconvSpans,
		"opentelemetry.instrumentation.genai.openai":       semconvSpans,
		"opentelemetry.instrumentation.google_genai":       semconvContent,
		"azure.core.tracing.ext.opentelemetry_span":        "AZURE_TRACING_GEN_AI_CONTENT_RECORDING_ENABLED=true",
		"Azure.AI.Inference.ChatCompletionsClient":         `AppContext.SetSwitch("Azure.Experimental.TraceGenAIMessageContent", true)`,
		"opentelemetry.instrumentation.openai.v1":          "TRACELOOP_TRACE_CONTENT=true",
		"@traceloop/instrumentation-anthropic":             "TRACELOOP_TRACE_CONTENT=true",
		"@arizeai/openinference-instrumentation-anthropic": "OPENINFERENCE_HIDE_INPUTS=false OPENINFERENCE_HIDE_OUTPUTS=false",
		"ai":        "experimental_telemetry: { isEnabled: true, recordInputs: true, recordOutputs: true }",
		"airflow":   "",
		"":          "",
		"some-tool": "",
	} {
		got, ok := viewOf(t, scope, map[string]any{"gen_ai.operation.name": "chat"}).Recording()
		assert.Equal(t, want != "", ok, scope)
		assert.Equal(t, want, got.Setting, scope)
	}
	seen := map[string]bool{}
	for _, r := range recordings {
		assert.False(t, seen[r.Scope], r.Scope)
		seen[r.Scope] = true
		assert.NotEmpty(t, r.Instrumentation)
		assert.NotEmpty(t, r.Setting)
		assert.True(t, strings.HasPrefix(r.Source, "https://"), r.Source)
	}
}
