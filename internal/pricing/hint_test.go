package pricing

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// What names look like behind gateways, and what becomes of them: a price, or the line that gives them one. Each line is
// applied, and the call priced again.
func TestNamesOfGatewaysArePricedOrTheLineIsNamedThatDoes(t *testing.T) {
	c := embedded(t)
	tests := []struct{ provider, model, priced, line string }{
		// A route says who serves the call, whatever the client calls itself.
		{"openai", "azure/gpt-4o", "azure gpt-4o", ""},
		{"openai", "AZURE/GPT-4o-2024-11-20", "azure gpt-4o", ""},
		{"litellm", "azure/global/gpt-4o", "azure gpt-4o", ""},
		{"azure", "global-standard/gpt-4.1", "azure gpt-4.1", ""},
		{"openai", "azure_ai/Phi-4", "azure phi-4", ""},
		{"openai", "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", "aws regional.anthropic.claude-haiku-4-5-20251001-v1:0", ""},
		{"openai", "bedrock/converse/us.amazon.nova-lite-v1:0", "aws amazon.nova-lite-v1:0", ""},
		{"openai", "vertex_ai/claude-sonnet-4-5@20250929", "google claude-sonnet-4-5", ""},
		{"openai", "gemini/gemini-2.5-flash", "google gemini-2.5-flash", ""},
		{"openai", "models/gemini-2.5-flash", "google gemini-2.5-flash", ""},
		{"openai", "openrouter/anthropic/claude-sonnet-4.5:beta", "openrouter anthropic/claude-sonnet-4.5", ""},
		{"openai", "accounts/fireworks/models/deepseek-v3p2", "fireworks deepseek-v3p2", ""},
		{"anthropic", "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "together meta-llama/Llama-3.3-70B-Instruct-Turbo", ""},
		{"openai", "groq/llama-3.3-70b-versatile", "groq llama-3.3-70b-versatile", ""},
		{"openai", "xai/grok-4.7", "x-ai grok-4.7", ""},
		{"gateway", "spacexai/grok-4.7", "x-ai grok-4.7", ""},
		{"", "x-ai/grok-4.7", "x-ai grok-4.7", ""},
		{"openai", "@cf/meta/llama-3.1-8b-instruct", "cloudflare @cf/meta/llama-3.1-8b-instruct", ""},
		{"", "workers-ai/@cf/meta/llama-3.1-8b-instruct", "cloudflare @cf/meta/llama-3.1-8b-instruct", ""},
		{"litellm", "litellm_proxy/gpt-4o", "openai gpt-4o", ""},
		{"openai", "ollama/llama3.1:8b", "ollama ollama/llama3.1:8b", ""},
		{"openai", "hosted_vllm/meta-llama/Llama-3.1-8B", "vllm hosted_vllm/meta-llama/Llama-3.1-8B", ""},
		// As people write names.
		{"openai", "GPT-4.1 mini", "openai gpt-4.1-mini", ""},
		{"anthropic", "Claude Sonnet 4.5", "anthropic claude-sonnet-4-5", ""},
		{"anthropic", "claude_sonnet_4_5", "anthropic claude-sonnet-4-5", ""},
		{"google", "Gemini 2.5 Flash", "google gemini-2.5-flash", ""},

		// A tag of Ollama's behind OpenAI's client is a machine of one's own, and nobody says which.
		{"openai", "llama3.1:8b", "", `aliases: [{provider: openai, match: "llama3.1:8b", model: "llama3.1:8b", target_provider: ollama}]`},
		{"openai", "gpt-oss:20b", "", `aliases: [{provider: openai, match: "gpt-oss:20b", model: "gpt-oss:20b", target_provider: ollama}]`},
		{"openai", "qwen2.5-coder:32b-instruct-q4_K_M", "", `aliases: [{provider: openai, match: "qwen2.5-coder:32b-instruct-q4_K_M", model: "qwen2.5-coder:32b-instruct-q4_K_M", target_provider: ollama}]`},
		{"openai", "phi3:latest", "", `aliases: [{provider: openai, match: "phi3:latest", model: "phi3:latest", target_provider: ollama}]`},
		{"", "mistral:7b", "", `aliases: [{match: "mistral:7b", model: "mistral:7b", target_provider: ollama}]`},
		{"deepseek", "deepseek-r1:14b", "", `aliases: [{provider: deepseek, match: "deepseek-r1:14b", model: "deepseek-r1:14b", target_provider: ollama}]`},
		{"gpu-box", "llama3.1:8b", "", `local_providers: [gpu-box]`},
		{"My GPU box", "hf.co/bartowski/Qwen-GGUF:Q4_K_M", "", `local_providers: ["My GPU box"]`},
		{"openai", "mistral-7b.Q4_K_M.gguf", "", `aliases: [{provider: openai, match: mistral-7b.Q4_K_M.gguf, model: mistral-7b.Q4_K_M.gguf, target_provider: ollama}]`},
		// An author in front of the name, or a name of another provider: a gateway behind the client.
		{"openai", "anthropic/claude-haiku-4-5", "", `aliases: [{provider: openai, match: anthropic/claude-haiku-4-5, model: claude-haiku-4-5, target_provider: anthropic}]`},
		{"openai", "claude-haiku-4-5", "", `aliases: [{provider: openai, match: claude-haiku-4-5, model: claude-haiku-4-5, target_provider: anthropic}]`},
		{"openai", "gemini-2.5-flash", "", `aliases: [{provider: openai, match: gemini-2.5-flash, model: gemini-2.5-flash, target_provider: google}]`},
		{"anthropic", "gpt-5-mini", "", `aliases: [{provider: anthropic, match: gpt-5-mini, model: gpt-5-mini, target_provider: openai}]`},
		{"acme-llm", "gpt-4o", "", `provider_aliases: {acme-llm: openai}`},
		// Deployments.
		{"azure", "prod-gpt-4o-mini-eu", "", `aliases: [{provider: azure, match: prod-gpt-4o-mini-eu, model: gpt-4o-mini}]`},
		{"azure", "gpt4o", "", `aliases: [{provider: azure, match: gpt4o, model: gpt-4o}]`},
		{"azure", "eu/gpt-4o-2024-08-06", "", `aliases: [{provider: azure, match: eu/gpt-4o-2024-08-06, model: gpt-4o}]`},
		{"azure.ai.openai", "chat[prod]-gpt-4.1", "", `aliases: [{provider: azure.ai.openai, match: "re:chat\\[prod\\]-gpt-4\\.1", model: gpt-4.1}]`},
		{"azure", "my-deploy", "", `aliases: [{provider: azure, match: my-deploy, model: THE_MODEL}]`},
		{"aws.bedrock", "us.anthropic.claude-haiku-5-5", "", `aliases: [{provider: aws.bedrock, match: us.anthropic.claude-haiku-5-5, model: claude-haiku-5-5, target_provider: anthropic}]`},
		{"aws.bedrock", "global.anthropic.claude-haiku-5-5-v1:0", "", `aliases: [{provider: aws.bedrock, match: "global.anthropic.claude-haiku-5-5-v1:0", model: claude-haiku-5-5, target_provider: anthropic}]`},
		{"aws.bedrock", "us.openai.gpt-6-sol", "", `aliases: [{provider: aws.bedrock, match: us.openai.gpt-6-sol, model: gpt-6-sol, target_provider: openai}]`},
		{
			"aws.bedrock", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2", "",
			`aliases: [{provider: aws.bedrock, match: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2", model: THE_MODEL}]`,
		},
		{"openai", "azure/my-deploy", "", `aliases: [{provider: openai, match: azure/my-deploy, model: THE_MODEL, target_provider: azure}]`},
		{"openai", "azure/eu/gpt-4o", "", `aliases: [{provider: openai, match: azure/eu/gpt-4o, model: gpt-4o, target_provider: azure}]`},
		// Nothing is near: a newer version is no older one.
		{"openai", "gpt-7", "", `overrides: [{provider: openai, model: gpt-7, input: INPUT_PRICE, output: OUTPUT_PRICE}]`},
		{"openai", "gpt-5.9-nova", "", `overrides: [{provider: openai, model: gpt-5.9-nova, input: INPUT_PRICE, output: OUTPUT_PRICE}]`},
		{"anthropic", "claude-opus-9", "", `overrides: [{provider: anthropic, model: claude-opus-9, input: INPUT_PRICE, output: OUTPUT_PRICE}]`},
		{"acme", "true", "", `overrides: [{provider: acme, model: "true", input: INPUT_PRICE, output: OUTPUT_PRICE}]`},
		{"", "my-model", "", `overrides: [{model: my-model, input: INPUT_PRICE, output: OUTPUT_PRICE}]`},
		{"openai", "gpt-oss:120b-cloud", "", `overrides: [{provider: openai, model: "gpt-oss:120b-cloud", input: INPUT_PRICE, output: OUTPUT_PRICE}]`},
	}
	fill := strings.NewReplacer("THE_MODEL", "gpt-4o", "INPUT_PRICE", "1", "OUTPUT_PRICE", "2")
	for _, tt := range tests {
		t.Run(tt.provider+" "+tt.model, func(t *testing.T) {
			q := Query{Provider: tt.provider, RequestModel: tt.model, Time: at(t, autumn), Usage: Usage{Input: 1}}
			got, reason := c.Price(q)
			hint, hinted := c.Hint(q)
			if tt.line == "" {
				require.Equal(t, Priced, reason)
				assert.Equal(t, tt.priced, got.Provider+" "+got.Model)
				assert.False(t, hinted, hint)
				return
			}
			require.Contains(t, []Reason{UnknownModel, UnknownProvider}, reason, "priced as %s %s", got.Provider, got.Model)
			require.True(t, hinted)
			assert.Equal(t, tt.line, hint.Line)
			assert.NotEmpty(t, hint.Why)

			text := fill.Replace(tt.line)
			if strings.Contains(tt.provider, "bedrock") {
				text = strings.Replace(text, "gpt-4o", "amazon.nova-lite-v1:0", 1)
				text = strings.Replace(text, "model: amazon.nova-lite-v1:0", `model: "amazon.nova-lite-v1:0"`, 1)
			}
			_, reason = withSettings(t, settingsOf(t, text)).Price(q)
			assert.Equal(t, Priced, reason, "the line does what it says")
		})
	}
}

// settingsOf reads a line of the processor's options.
func settingsOf(t *testing.T, text string) Settings {
	t.Helper()
	var options struct {
		Aliases []struct {
			Provider, Match, Model string
			TargetProvider         string `yaml:"target_provider"`
		}
		Overrides []struct {
			Provider, Model string
			Input, Output   string
		}
		ProviderAliases map[string]string `yaml:"provider_aliases"`
		LocalProviders  []string          `yaml:"local_providers"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&options), text)
	s := Settings{ProviderAliases: options.ProviderAliases, LocalProviders: options.LocalProviders}
	for _, a := range options.Aliases {
		s.Aliases = append(s.Aliases, Alias{Provider: a.Provider, Match: a.Match, Model: a.Model, TargetProvider: a.TargetProvider})
	}
	for _, o := range options.Overrides {
		s.Overrides = append(s.Overrides, Override{Provider: o.Provider, Model: o.Model, Prices: map[string]string{"input": o.Input, "output": o.Output}})
	}
	return s
}

// A call that has a price, or no model, needs no line.
func TestAHintIsForCallsWithoutAPriceOnly(t *testing.T) {
	c := embedded(t)
	for _, q := range []Query{
		{Provider: "openai", RequestModel: "gpt-4o"},
		{Provider: "openai"},
		{Provider: "ollama", RequestModel: "llama3.1:8b"},
		{RequestModel: "unknown"},
		{Provider: "openai", Server: "gpu-3.internal:11434", RequestModel: "llama3.1:8b"},
	} {
		q.Time = at(t, autumn)
		_, hinted := c.Hint(q)
		assert.False(t, hinted, q)
	}
}

// Ollama's port says that Ollama answers, on any machine; another port of a machine says nothing.
func TestOllamasPortIsLocalOnAnyMachine(t *testing.T) {
	c := embedded(t)
	for server, want := range map[string]Kind{
		"localhost:11434": KindLocal, "gpu-3.internal:11434": KindLocal, "http://10.0.0.7:11434/v1": KindLocal, "[::1]:11434": KindLocal,
		"gpu-3.internal:1143": KindPriced, "gpu-3.internal": KindPriced, "api.openai.com:443": KindPriced,
	} {
		got, reason := c.Price(Query{Provider: "openai", Server: server, RequestModel: "gpt-4o", Time: at(t, autumn), Usage: Usage{Input: 1}})
		assert.Equal(t, Priced, reason, server)
		assert.Equal(t, want, got.Kind, server)
	}
}
