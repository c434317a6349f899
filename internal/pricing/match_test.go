package pricing

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRealSpellingsFindTheirModel(t *testing.T) {
	c := embedded(t)
	tests := []struct{ provider, name, wantProvider, wantModel string }{
		// as it is, in other cases, with white space
		{"openai", "gpt-4o", "openai", "gpt-4o"},
		{"OpenAI", "GPT-4O", "openai", "gpt-4o"},
		{"openai", " gpt-4o-mini ", "openai", "gpt-4o-mini"},
		{"together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"},
		{"together_ai", "META-LLAMA/llama-3.3-70b-instruct-turbo", "together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"},
		// dated snapshots and aliases
		{"openai", "gpt-4o-2024-11-20", "openai", "gpt-4o"},
		{"openai", "gpt-4o-2024-05-13", "openai", "gpt-4o-2024-05-13"},
		{"openai", "gpt-4o-mini-2024-07-18", "openai", "gpt-4o-mini"},
		{"openai", "gpt-5-2025-08-07", "openai", "gpt-5"},
		{"openai", "gpt-5.6-terra-2026-07-09", "openai", "gpt-5.6-terra"},
		{"openai", "gpt-3.5-turbo-0125", "openai", "gpt-3.5-turbo"},
		{"openai", "o4-mini-2025-04-16", "openai", "o4-mini"},
		{"openai", "gpt-4o-audio-preview-2024-12-17", "openai", "gpt-4o-audio-preview"},
		{"anthropic", "claude-haiku-4-5-20251001", "anthropic", "claude-haiku-4-5"},
		{"anthropic", "claude-3-5-sonnet-latest", "anthropic", "claude-3-5-sonnet"},
		{"anthropic", "claude-3-7-sonnet-20250219", "anthropic", "claude-3-7-sonnet-latest"},
		{"anthropic", "claude-opus-4-20250514", "anthropic", "claude-opus-4-0"},
		{"anthropic", "claude-sonnet-4-20250514", "anthropic", "claude-sonnet-4-0"},
		{"anthropic", "claude-opus-5-5-20260915", "anthropic", "claude-opus-5-5"},
		{"anthropic", "claude-opus-4-8[1m]", "anthropic", "claude-opus-4-8"},
		{"anthropic", "claude-3-7-sonnet-20250219-thinking", "anthropic", "claude-3-7-sonnet-latest"},
		{"mistral_ai", "mistral-large-2512", "mistral", "mistral-large-2512"},
		{"mistral_ai", "magistral-medium-2509", "mistral", "magistral-medium"},
		{"x_ai", "grok-4-0709", "x-ai", "grok-4-0709"},
		{"x_ai", "grok-4.3-20260801", "x-ai", "grok-4.3"},
		{"cohere", "command-r-plus-08-2024", "cohere", "command-r-plus"},
		{"deepseek", "deepseek-v4-flash", "deepseek", "deepseek-v4-flash"},
		{"deepseek", "deepseek-flash", "deepseek", "deepseek-v4-flash"},
		{"deepseek", "deepseek-v4-pro-0813", "deepseek", "deepseek-v4-pro"},
		// dots and dashes
		{"anthropic", "claude-sonnet-4.5", "anthropic", "claude-sonnet-4-5"},
		{"anthropic", "claude-4.5-sonnet", "anthropic", "claude-sonnet-4-5"},
		{"anthropic", "claude-haiku-4.5-20251001", "anthropic", "claude-haiku-4-5"},
		{"openai", "gpt-4-1-mini", "openai", "gpt-4.1-mini"},
		{"openai", "gpt-35-turbo", "openai", "gpt-3.5-turbo"},
		{"google", "gemini-2-5-flash", "google", "gemini-2.5-flash"},
		{"openrouter", "anthropic/claude-sonnet-4-5", "openrouter", "anthropic/claude-sonnet-4.5"},
		{"z.ai", "glm-4.6", "zai", "GLM-4.6"},
		{"together_ai", "deepseek-ai/DeepSeek-R1", "together", "deepseek-ai/DeepSeek-R1"},
		// resource paths
		{"gcp.gemini", "models/gemini-2.5-flash", "google", "gemini-2.5-flash"},
		{"gcp.vertex_ai", "publishers/google/models/gemini-2.0-flash-001", "google", "gemini-2.0-flash"},
		{"gcp.vertex_ai", "projects/p-1/locations/us-central1/publishers/google/models/gemini-2.5-pro", "google", "gemini-2.5-pro"},
		{"vertex_ai", "publishers/anthropic/models/claude-sonnet-4-5@20250929", "google", "claude-sonnet-4-5"},
		{"fireworks", "accounts/fireworks/models/deepseek-v3p2", "fireworks", "deepseek-v3p2"},
		{"fireworks-ai", "deepseek-v3p2", "fireworks", "deepseek-v3p2"},
		{"", "accounts/fireworks/models/glm-5p1", "fireworks", "glm-5p1"},
		// Vertex AI
		{"gcp.vertex_ai", "claude-sonnet-4-5@20250929", "google", "claude-sonnet-4-5"},
		{"google.vertex.anthropic", "claude-sonnet-4-6@20260217", "google", "claude-sonnet-4-6"},
		{"gcp.vertex_ai", "claude-3-5-sonnet-v2@20241022", "google", "claude-3-5-sonnet"},
		{"gcp.vertex_ai", "claude-opus-4-8@default", "google", "claude-opus-4-8"},
		{"gcp.vertex_ai", "gemini-1.5-pro-002", "google", "gemini-1.5-pro"},
		{"gcp.gemini", "gemini-2.5-pro-preview-05-06", "google", "gemini-2.5-pro"},
		{"gcp.gemini", "gemini-2.5-pro-preview-tts", "google", "gemini-2.5-pro-tts"},
		{"gcp.gemini", "gemini-2.5-flash-lite-preview-09-2025", "google", "gemini-2.5-flash-lite"},
		{"gcp.gemini", "gemini-2.5-flash-preview-09-2025", "google", "gemini-2.5-flash"},
		{"gcp.gemini", "gemini-1.5-flash-8b", "google", "gemini-flash-1.5-8b"},
		{"gcp.gemini", "gemini-2.0-flash-lite-001", "google", "gemini-2.0-flash-lite"},
		// Amazon Bedrock
		{"aws.bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0", "aws", "regional.anthropic.claude-3-5-sonnet-20241022-v2:0"},
		{"aws.bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "aws", "regional.anthropic.claude-haiku-4-5-20251001-v1:0"},
		{"aws.bedrock", "global.anthropic.claude-haiku-4-5-20251001-v1:0", "aws", "global.anthropic.claude-haiku-4-5-20251001-v1:0"},
		{"aws.bedrock", "apac.anthropic.claude-sonnet-4-20250514-v1:0", "aws", "regional.anthropic.claude-sonnet-4-20250514-v1:0"},
		{"aws.bedrock", "jp.anthropic.claude-opus-5", "aws", "regional.anthropic.claude-opus-5"},
		{"aws.bedrock", "global.anthropic.claude-opus-5-5", "aws", "global.anthropic.claude-opus-5-5"},
		{"aws.bedrock", "amazon.nova-pro-v1:0:300k", "aws", "amazon.nova-pro-v1:0"},
		{"aws.bedrock", "us.meta.llama3-3-70b-instruct-v1:0", "aws", "meta.llama3-3-70b-instruct-v1:0"},
		{"aws.bedrock", "openai.gpt-oss-120b-1:0", "aws", "openai.gpt-oss-120b-1:0"},
		{"aws.bedrock", "us.amazon.nova-2-lite-v1:0", "aws", "regional.amazon.nova-2-lite-v1:0"},
		{"aws.bedrock", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "aws", "amazon.nova-lite-v1:0"},
		{"aws.bedrock", "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws", "regional.anthropic.claude-sonnet-4-5-20250929-v1:0"},
		{"", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0", "aws", "amazon.nova-micro-v1:0"},
		{"", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws", "regional.anthropic.claude-sonnet-4-5-20250929-v1:0"},
		{"bedrock", "bedrock/converse/us.anthropic.claude-3-7-sonnet-20250219-v1:0", "aws", "regional.anthropic.claude-3-7-sonnet-20250219-v1:0"},
		{"litellm", "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", "aws", "regional.anthropic.claude-haiku-4-5-20251001-v1:0"},
		{"anthropic", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "aws", "regional.anthropic.claude-haiku-4-5-20251001-v1:0"},
		{"", "anthropic.claude-3-5-sonnet-20241022-v2:0", "aws", "regional.anthropic.claude-3-5-sonnet-20241022-v2:0"},
		{"aws.bedrock", "anthropic.claude-v2:1", "aws", "anthropic.claude-v2"},
		{"aws.bedrock", "amazon.titan-embed-text-v2:0", "aws", "amazon.titan-embed-text-v2"},
		// Azure, which sells other providers' models
		{"azure.ai.openai", "gpt-4o-2024-08-06", "azure", "gpt-4o"},
		{"az.ai.openai", "gpt-4o-mini", "azure", "gpt-4o-mini"},
		{"azure.ai.inference", "Phi-4", "azure", "phi-4"},
		{"azure.ai.inference", "Llama-3.3-70B-Instruct", "azure", "llama-3.3-70b-instruct"},
		{"azure.ai.inference", "DeepSeek-R1", "azure", "deepseek-r1"},
		{"", "azure/gpt-4o", "azure", "gpt-4o"},
		{"litellm", "azure_ai/claude-sonnet-4-5", "azure", "claude-sonnet-4-5"},
		{"azure.ai.inference", "grok-4-fast-reasoning", "azure", "grok-4-fast-reasoning"},
		// a provider in front of the name
		{"openai", "openai/gpt-5-mini", "openai", "gpt-5-mini"},
		{"litellm", "anthropic/claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"},
		{"gateway", "xai/grok-4", "x-ai", "grok-4-0709"},
		{"", "anthropic:claude-haiku-4-5", "anthropic", "claude-haiku-4-5"},
		{"", "openrouter/anthropic/claude-sonnet-4.5", "openrouter", "anthropic/claude-sonnet-4.5"},
		{"openrouter", "openai/gpt-4o", "openrouter", "openai/gpt-4o"},
		{"openrouter", "anthropic/claude-3-5-haiku-20241022", "openrouter", "anthropic/claude-3.5-haiku"},
		{"openrouter", "mistralai/mistral-large-2512", "openrouter", "mistralai/mistral-large-2512"},
		{"groq", "openai/gpt-oss-120b", "groq", "openai/gpt-oss-120b"},
		{"groq", "llama-3.3-70b-versatile", "groq", "llama-3.3-70b-versatile"},
		{"portkey", "@openai/gpt-4o", "openai", "gpt-4o"},
		// only the model says who the provider is
		{"", "gpt-4o", "openai", "gpt-4o"},
		{"", "text-embedding-3-small", "openai", "text-embedding-3-small"},
		{"strands-agents", "us.amazon.nova-lite-v1:0", "aws", "amazon.nova-lite-v1:0"},
		{"gcp.vertex.agent", "gemini-2.5-flash", "google", "gemini-2.5-flash"},
		{"langchain", "mistral-small-latest", "mistral", "mistral-small-latest"},
		{"", "grok-3-mini", "x-ai", "grok-3-mini"},
		// fine-tuned
		{"openai", "ft:gpt-4o-mini-2024-07-18:acme:suffix:AbC123", "openai", "ft:gpt-4o-mini"},
		{"openai", "ft:gpt-3.5-turbo-0613:acme::x", "openai", "ft:gpt-3.5-turbo-"},
		{"openai", "ft:gpt-4.1-nano-2025-04-14:acme::x", "openai", "ft:gpt-4.1-nano"},
		{"azure", "gpt-4o-mini-2024-07-18.ft-0e208cf3", "azure", "ft:gpt-4o-mini"},
		{"", "ft:gpt-4o-2024-08-06:acme::x", "openai", "ft:gpt-4o"},
		// names of the Vercel AI SDK
		{"openai.chat", "gpt-4o", "openai", "gpt-4o"},
		{"anthropic.messages", "claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"},
		{"google.generative-ai", "gemini-2.5-flash", "google", "gemini-2.5-flash"},
		{"google.vertex.chat", "gemini-2.5-flash", "google", "gemini-2.5-flash"},
		{"amazon-bedrock", "anthropic.claude-3-haiku-20240307-v1:0", "aws", "regional.anthropic.claude-3-haiku-20240307-v1:0"},
		{"azure-openai.chat", "gpt-4.1", "azure", "gpt-4.1"},
		{"xai.chat", "grok-3", "x-ai", "grok-3"},
		// class names of LangChain
		{"ChatAnthropic", "claude-haiku-4-5", "anthropic", "claude-haiku-4-5"},
		{"AzureChatOpenAI", "gpt-4o", "azure", "gpt-4o"},
		{"ChatBedrockConverse", "amazon.nova-lite-v1:0", "aws", "amazon.nova-lite-v1:0"},
		{"anthropic_vertex", "claude-sonnet-4-5@20250929", "google", "claude-sonnet-4-5"},
	}
	for _, tt := range tests {
		t.Run(tt.provider+" "+tt.name, func(t *testing.T) {
			got, reason := c.Price(Query{Provider: tt.provider, RequestModel: tt.name, Time: at(t, autumn), Usage: Usage{Input: 1}})
			require.Equal(t, Priced, reason)
			assert.Equal(t, tt.wantProvider, got.Provider)
			assert.Equal(t, tt.wantModel, got.Model)
		})
	}
}

func TestLookAlikesStayUnknown(t *testing.T) {
	c := embedded(t)
	tests := []struct{ provider, name string }{
		{"openai", "gpt-4o-supermax"},
		{"openai", "gpt-4o-"},
		{"openai", "my-gpt-4o"},
		{"openai", "gpt-4o-mini-turbo"},
		{"openai", "gpt-4o-99999999"},
		{"openai", "gpt-4o-2024-13-01"},
		{"openai", "gpt-7"},
		{"openai", "gpt-5.9-nova"},
		{"openai", "gpt-4o-mini-2024-07-18-eu-prod"},
		{"openai", "ft:gpt-5:acme::x"},
		{"openai", "ft:gpt-4o-supermax:acme::x"},
		{"openai", "ft:"},
		{"openai", "anthropic/claude-sonnet-4-5"}, // a gateway behind OpenAI's client; only its address or an alias can tell
		{"openai", strings.Repeat("gpt-4o-", 200)},
		{"anthropic", "claude-opus-9"},
		{"anthropic", "claude-opus-4-9"},
		{"anthropic", "claude-sonnet-5-7"},
		{"openai", "gpt-6.1"},
		{"openai", "gpt-6.2-luna"},
		{"openai", "gpt-6.1-sol-fast"},
		{"google", "gemini-4"},
		{"google", "gemini-4-flash"},
		{"x_ai", "grok-4.8"},
		{"x_ai", "grok-4.7-fast"},
		{"anthropic", "claude-haiku-4-5-supermax"},
		{"anthropic", "claude"},
		{"anthropic", "claude-sonnet-4-6-fast"}, // no fast mode is listed for Sonnet
		{"anthropic", "claude-haiku-4-5-batch"},
		{"anthropic", "us.anthropic.claude-haiku-9-20271001-v1:0"},
		{"google", "gemini-2.5-pro-ultra"},
		{"google", "gemini-3.6-flash-lite"},
		{"google", "gemini-2.5-pro-audio"},
		{"google", "gemini-9-flash"},
		{"google", "gemini-pro-latest"}, // Google moves it; gemini-pro is a model of 2023
		{"aws.bedrock", "anthropic.claude-opus-9-v1:0"},
		{"aws.bedrock", "xx.anthropic.claude-haiku-4-5-20251001-v1:0"},
		{"aws.bedrock", "global.meta.llama3-3-70b-instruct-v1:0"},
		{"aws.bedrock", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6"},
		{"azure", "my-gpt4o-deployment"},
		{"azure", "gpt-4o-prod"},
		{"azure", "gpt-5.6-terra-2026-07-09-global-aaif"},
		{"openrouter", "anthropic/claude-opus-9"},
		{"openrouter", "openai/gpt-4o:nitro"},
		{"openrouter", "brand-new:free"},
		{"groq", "llama-9-70b"},
		{"", "my-model"},
		{"", "llama-3.1-8b"},
		{"", "claude-opus-9"},
		{"", "gpt-4o-supermax"},
		{"acme", "gpt-4o"},
		{"ibm.watsonx.ai", "ibm/granite-3-8b-instruct"},
		{"github-copilot", "gpt-4o"},
		{"mistral_ai", "ministral-3b-9912"},
	}
	for _, tt := range tests {
		t.Run(tt.provider+" "+tt.name[:min(len(tt.name), 60)], func(t *testing.T) {
			got, reason := c.Price(Query{Provider: tt.provider, RequestModel: tt.name, Time: at(t, autumn), Usage: Usage{Input: 1}})
			assert.Contains(t, []Reason{UnknownModel, UnknownProvider}, reason, "priced as %s %s", got.Provider, got.Model)
		})
	}
}

// A word that names another product must never be read as a variant of the plain model, whatever the list holds.
func TestAGuardWordIsNeverLost(t *testing.T) {
	c := embedded(t)
	guards := []string{"fast", "batch", "audio", "realtime", "tts", "image", "search", "transcribe"}
	for _, p := range c.providers {
		for name, plain := range p.index {
			for _, guard := range guards {
				if _, listed := p.index[name+"-"+guard]; listed {
					continue
				}
				for _, variant := range []string{name + "-" + guard, name + "-" + guard + "-preview", name + "-" + guard + "-2026-01-01", name + "-preview-" + guard} {
					if _, listed := p.index[variant]; listed {
						continue
					}
					e, ok := c.findModel(p, variant)
					if ok && e.model == plain.model && e.tier == plain.tier && !e.model.free {
						t.Errorf("%s: %s is priced as %s", p.id, variant, e.model.id)
					}
				}
			}
		}
	}
}

// Every spelling of the list finds the model that owns it, through the whole matcher.
func TestEveryListedNameFindsItsOwnModel(t *testing.T) {
	c := embedded(t)
	for _, p := range c.providers {
		for name, want := range p.index {
			if p.id == bedrockID && strings.HasPrefix(name, "us.") {
				continue
			}
			e, ok := c.findModel(p, name)
			if assert.True(t, ok, "%s: %s", p.id, name) {
				assert.Equal(t, want.model.id, e.model.id, "%s: %s", p.id, name)
			}
		}
	}
}

func TestTheModelThatAnsweredIsPriced(t *testing.T) {
	c := embedded(t)
	tests := map[string]struct {
		provider, request, response string
		model                       string
		reason                      Reason
	}{
		"a router's choice":                     {"openrouter", "openrouter/auto", "anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4.5", Priced},
		"a deployment's model":                  {"azure.ai.openai", "my-deployment", "gpt-4o-mini-2024-07-18", "gpt-4o-mini", Priced},
		"another model than asked for":          {"openai", "gpt-4o", "gpt-4o-mini", "gpt-4o-mini", Priced},
		"an unknown model is not the one asked": {"openai", "gpt-4o", "gpt-4o-supermax", "", UnknownModel},
		"a word that fills a gap":               {"openai", "gpt-4o", "unknown", "gpt-4o", Priced},
		"Bedrock answers without the profile":   {"aws.bedrock", "global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001", "global.anthropic.claude-haiku-4-5-20251001-v1:0", Priced},
		"a fine-tune that answers as its base":  {"openai", "ft:gpt-4o-2024-08-06:acme::x", "gpt-4o-2024-08-06", "ft:gpt-4o", Priced},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, reason := c.Price(Query{Provider: tt.provider, RequestModel: tt.request, ResponseModel: tt.response, Time: at(t, autumn), Usage: Usage{Input: 1}})
			assert.Equal(t, tt.reason, reason)
			assert.Equal(t, tt.model, got.Model)
		})
	}
}

func TestTheServerDecidesForClientsThatTalkToManyServers(t *testing.T) {
	c := embedded(t)
	tests := map[string]struct {
		query    Query
		provider string
		reason   Reason
	}{
		"OpenAI's client against OpenRouter":      {Query{Provider: "openai", Server: "openrouter.ai", RequestModel: "openai/gpt-4o"}, "openrouter", Priced},
		"with a port":                             {Query{Provider: "openai", Server: "openrouter.ai:443", RequestModel: "openai/gpt-4o"}, "openrouter", Priced},
		"as a URL":                                {Query{Provider: "openai", Server: "https://openrouter.ai/api/v1", RequestModel: "openai/gpt-4o"}, "openrouter", Priced},
		"against Groq":                            {Query{Provider: "openai", Server: "api.groq.com", RequestModel: "llama-3.3-70b-versatile"}, "groq", Priced},
		"against Azure":                           {Query{Provider: "openai", Server: "my-resource.openai.azure.com", RequestModel: "gpt-4o"}, "azure", Priced},
		"against DeepSeek":                        {Query{Provider: "openai", Server: "api.deepseek.com", RequestModel: "deepseek-flash"}, "deepseek", Priced},
		"against Moonshot in China":               {Query{Provider: "openai", Server: "api.moonshot.cn", RequestModel: "kimi-k3"}, "moonshotai", Priced},
		"against a gateway":                       {Query{Provider: "openai", Server: "ai-gateway.vercel.sh", RequestModel: "anthropic/claude-sonnet-4-5"}, "anthropic", Priced},
		"against a proxy inside a company":        {Query{Provider: "openai", Server: "llm.internal", RequestModel: "gpt-4o"}, "openai", Priced},
		"Anthropic's client against Vertex AI":    {Query{Provider: "anthropic", Server: "us-east5-aiplatform.googleapis.com", RequestModel: "claude-sonnet-4-5@20250929"}, "google", Priced},
		"Anthropic's client against Bedrock":      {Query{Provider: "anthropic", Server: "bedrock-runtime.us-east-1.amazonaws.com", RequestModel: "us.anthropic.claude-haiku-4-5-20251001-v1:0"}, "aws", Priced},
		"no provider at all":                      {Query{Server: "api.mistral.ai", RequestModel: "mistral-large-2512"}, "mistral", Priced},
		"a framework":                             {Query{Provider: "langchain", Server: "api.openai.com", RequestModel: "gpt-4o"}, "openai", Priced},
		"a named provider keeps its name":         {Query{Provider: "groq", Server: "api.openai.com", RequestModel: "llama-3.3-70b-versatile"}, "groq", Priced},
		"an address that only starts like OpenAI": {Query{Server: "api.openai.com.example.org", RequestModel: "my-model"}, "", UnknownProvider},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Time = at(t, autumn)
			got, reason := c.Price(tt.query)
			assert.Equal(t, tt.reason, reason)
			assert.Equal(t, tt.provider, got.Provider)
		})
	}
}

func TestASecondNameIsUsedWhenTheFirstSaysNothing(t *testing.T) {
	c := embedded(t)
	for _, first := range []string{"", "litellm", "strands-agents", "acme"} {
		got, reason := c.Price(Query{Provider: first, System: "anthropic", RequestModel: "claude-haiku-4-5", Time: at(t, autumn)})
		assert.Equal(t, Priced, reason, first)
		assert.Equal(t, "anthropic", got.Provider, first)
	}
}
