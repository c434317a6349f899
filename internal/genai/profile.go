package genai

import "strings"

// profile is what an instrumentation is known to mean by its numbers for some
// providers.
type profile struct {
	scope   string             // prefix of the instrumentation scope's name
	is      func(v *View) bool // or how else the instrumentation is known
	applies func(v *View) bool // the providers that it holds for; nil is any
	mode    InputMode
	source  string
}

// profiles is the table of llmcost reference 2.2, the first that fits counts.
var profiles = []profile{
	{scope: "@traceloop/instrumentation-anthropic", mode: InputExclusive, source: openllmetry},
	{scope: "@traceloop/instrumentation-bedrock", mode: InputExclusive, source: openllmetry},
	{scope: "opentelemetry.instrumentation.bedrock", mode: InputExclusive, source: openllmetry},
	{scope: "opentelemetry.instrumentation.anthropic", mode: InputInclusive, source: openllmetry},
	{scope: "opentelemetry.instrumentation.langchain", mode: InputInclusive, source: openllmetry},
	{scope: "openinference.instrumentation.bedrock", mode: InputExclusive, source: openinf},
	{scope: "@arizeai/openinference-instrumentation-bedrock", mode: InputExclusive, source: openinf},
	{scope: "@mastra/otel-", mode: InputInclusive, source: mastra}, // exporter and bridge of 1.x
	{scope: "@mastra/otel", applies: (*View).countsCacheApart, mode: InputExclusive, source: mastra03},
	{is: (*View).isOpenLIT, applies: (*View).countsCacheApart, mode: InputExclusive, source: openlit},
	{is: (*View).isAISDK, applies: (*View).countsCacheApart, mode: InputExclusive, source: aisdk},
	{is: (*View).isAISDK, applies: (*View).isGoogle, mode: InputInclusive, source: aisdk},
	{is: (*View).isStrands, applies: (*View).asksAnthropic, mode: InputExclusive, source: strands},
	{is: (*View).isMicrometer, applies: (*View).countsCacheApart, mode: InputExclusive, source: "Spring AI"},
}

func (v *View) profiledMode() (InputMode, bool) {
	for i := range profiles {
		p := &profiles[i]
		if p.is == nil && !strings.HasPrefix(v.scope, p.scope) || p.is != nil && !p.is(v) {
			continue
		}
		if p.applies == nil || p.applies(v) {
			return p.mode, true
		}
	}
	return InputAssumed, false
}

// aiPrefix begins the names of the Vercel AI SDK 4 to 6.
const aiPrefix = "ai."

// isAISDK reports whether the span is one of the Vercel AI SDK 4 to 6. A scope called
// "ai" alone says nothing: what has gen_ai.* only is read as the conventions define
// it. Nor do the SDK's names under another scope, where version 7 puts a few beside
// the conventions'.
func (v *View) isAISDK() bool { return v.Has(AIOperation) || v.aiNames && v.scope == aiScope }

// aiScope is the scope name of the Vercel AI SDK 4 to 6.
const aiScope = "ai"

// isOpenLIT knows OpenLIT by its scopes, or by the SDK that the span or its
// resource names.
func (v *View) isOpenLIT() bool {
	if strings.HasPrefix(v.scope, "openlit") || strings.HasPrefix(v.scope, "@openlit/") || v.Str(SDKName) == "openlit" {
		return true
	}
	name, ok := v.resource.Get("telemetry.sdk.name")
	return ok && name.AsString() == "openlit"
}

// isMicrometer reports whether the counts are strings, as Micrometer writes all
// values: Spring AI, whose scope is that of the tracing bridge.
func (v *View) isMicrometer() bool {
	if strings.HasPrefix(v.scope, "org.springframework") {
		return true
	}
	if v.dialect != dialectNone || !v.Has(InputTokens) {
		return false
	}
	_, isText := v.text(InputTokens)
	return isText
}

// isStrands reports whether the span is one of Strands, which names itself as
// the system.
func (v *View) isStrands() bool {
	return v.providerIs("strands") || strings.HasPrefix(v.scope, "strands")
}

// asksAnthropic reports whether a Claude model is asked of Anthropic itself and
// not of Bedrock. Strands for JavaScript makes Bedrock's input whole, known by a
// total that is larger; for Anthropic it works the total out by itself, and so
// does not notice what is missing (1.19.0).
func (v *View) asksAnthropic() bool {
	model := strings.ToLower(v.Model())
	return strings.Contains(model, "claude") && !isBedrockModel(model)
}

// countsCacheApart reports whether the provider's own API counts cached tokens
// beside the input: Anthropic's and Amazon Bedrock's do.
func (v *View) countsCacheApart() bool {
	if v.providerIs("anthropic", "bedrock", "aws", "amazon") {
		return true
	}
	// A framework is no provider; and Claude on Vertex answers in Anthropic's form.
	if v.providerIs("vertex", "strands", "langchain", "gcp") || v.namesNoProvider() {
		model := strings.ToLower(v.Model())
		return strings.Contains(model, "claude") || isBedrockModel(model)
	}
	return false
}

// countsCacheInside reports whether the provider's own API is known to count cached
// tokens in the input. Whoever serves a model that is not Anthropic's or on Bedrock
// does, as far as they say.
func (v *View) countsCacheInside() bool {
	model := strings.ToLower(v.Model())
	if v.countsCacheApart() || strings.Contains(model, "claude") || isBedrockModel(model) {
		return false
	}
	if v.isXAI() || v.providerIs("openai", "azure", "google", "gemini", "vertex", "gcp", "deepseek", "mistral", "groq", "moonshot", "alibaba", "qwen") {
		return true
	}
	model = model[strings.LastIndexByte(model, '/')+1:]
	for _, family := range [...]string{"gpt-", "o1", "o3", "o4", "chatgpt", "codex", "gemini", "grok", "deepseek", "mistral", "kimi", "qwen", "glm"} {
		if strings.HasPrefix(model, family) {
			return true
		}
	}
	return false
}

// onBedrock reports whether the call went to Amazon Bedrock.
func (v *View) onBedrock() bool {
	return v.providerIs("bedrock", "aws", "amazon") || v.namesNoProvider() && isBedrockModel(strings.ToLower(v.Model()))
}

// isGoogle reports whether the model is one of Google's own.
func (v *View) isGoogle() bool {
	if v.providerIs("google", "gemini", "vertex", "gcp") {
		return !v.providerIs("anthropic")
	}
	return v.namesNoProvider() && strings.Contains(strings.ToLower(v.Model()), "gemini")
}

// isXAI reports whether xAI was asked, be it with OpenAI's client library.
func (v *View) isXAI() bool {
	switch strings.ToLower(v.Provider()) { // whole names: "vertex_ai" ends in "x_ai"
	case "xai", "x_ai", "x-ai", "x.ai":
		return true
	}
	return v.Str(ServerAddress) == "api.x.ai"
}

func (v *View) namesNoProvider() bool { return !v.Has(Provider) && !v.Has(System) }

// isBedrockModel knows the ids of Amazon Bedrock: a vendor, a dot and a model,
// perhaps behind a region or in an ARN.
func isBedrockModel(model string) bool {
	if strings.HasPrefix(model, "arn:aws") {
		return true
	}
	for _, vendor := range [...]string{"anthropic.", "amazon.", "meta.", "mistral.", "cohere.", "ai21.", "deepseek.", "qwen.", "openai."} {
		if strings.HasPrefix(model, vendor) || strings.Contains(model, "."+vendor) {
			return true
		}
	}
	return false
}

// providerIs reports whether the name of the span's provider, or where it has
// none of its system, contains one of the words.
func (v *View) providerIs(words ...string) bool {
	provider := v.Str(Provider)
	if provider == "" {
		provider = v.Str(System)
	}
	for _, word := range words {
		if containsFold(provider, word) {
			return true
		}
	}
	return false
}

// containsFold is strings.Contains for ASCII in any case, word in lower case.
func containsFold(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}
