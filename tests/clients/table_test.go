package clients

// client is an application of this folder and what is to become of it, at every
// destination alike.
type client struct {
	name     string         // its folder; a script other than app.mjs follows a slash
	service  string         // service.name
	requests map[string]int // that the served model saw
	calls    []call
	// estimated are calls whose usage the instrumentation loses; llm_cost estimates
	// it. They have no figures here: all destinations have to agree.
	estimated []call
	// noSession says why the application's session and user arrive nowhere.
	noSession string
}

// all are the requests of calls.mjs.
var all = map[string]int{"openai": 3, "anthropic": 2, "embeddings": 1}

var clients = []client{
	{
		// Anthropic's SDK reports its calls too, below OpenInference's spans, so each is
		// reported twice, and what counts is without content. OpenInference loses the
		// usage of streamed answers of OpenAI and of embeddings.
		name: "openinference", service: "openinference-app", requests: all,
		calls:     []call{ask, answer, validate.elsewhere(), validate.elsewhere()},
		estimated: []call{stream.of(gptName), embedding},
	},
	{
		// OpenLLMetry loses what OpenAI says of the cache, and the usage of streamed
		// answers; it does not watch embeddings.
		name: "openllmetry", service: "openllmetry-app", requests: all,
		calls:     []call{askUncached, answerUncached, validate5m, validate5m},
		estimated: []call{stream},
	},
	{
		// The SDK tells how many tokens were written to the cache, not for how long.
		name: "aisdk4", service: "aisdk4-app", requests: all,
		calls: []call{ask, answer, stream, validate5m, validate5m, embedding},
	},
	{
		// Where an answer is not streamed, the SDK loses what OpenAI says of the cache.
		name: "aisdk5", service: "aisdk5-app", requests: all,
		calls: []call{askUncached, answerUncached, stream, validate, validate, embedding},
	},
	{
		// The SDK loses what Bedrock read from the cache: 450 × 3 + 600 × 3.75 + 80 × 15.
		name: "aisdk5/providers", service: "aisdk5-providers", requests: map[string]int{"google": 2, "bedrock": 1},
		calls:     []call{gemini, gemini, {figures: figures{model: sonnet, input: 1050, cacheWrite: 600, output: 80, cost: 4800}, in: request, out: pass}},
		noSession: "the script gives none",
	},
	{
		name: "aisdk6", service: "aisdk6-app", requests: all,
		calls: []call{ask, answer, stream, validate, validate, embedding},
	},
	{
		name: "aisdk6/providers", service: "aisdk6-providers", requests: map[string]int{"google": 2, "bedrock": 1},
		calls:     []call{gemini, gemini, bedrock},
		noSession: "the script gives none",
	},
	{
		// Of embeddings the telemetry of version 7 does not tell the text.
		name: "aisdk7", service: "aisdk7-app", requests: all,
		calls:     []call{ask, answer, stream, validate5m, validate5m, embedding.saying("", "")},
		noSession: "there is no place for one",
	},
	{
		// Anthropic's SDK reports its calls too: one span lies below LangSmith's, the
		// streamed one beside it, with the same response id. What counts is without
		// content. LangSmith does not watch embeddings.
		name: "langsmith", service: "langsmith-app", requests: all,
		calls: []call{ask, answer, stream, validate.elsewhere(), validate.elsewhere()},
	},
	{
		// OpenLIT counts the first output token of a streamed answer of Anthropic's
		// twice: 81 × 5 in place of 80 × 5. The cost that it works out by itself, from the
		// prices that app.mjs gives it, ignores the cache and is replaced.
		name: "openlit", service: "openlit-app", requests: all,
		calls: []call{ask, answer, stream, validate5m, embedding, {figures: figures{model: haiku, input: 2850, cacheRead: 1800, cacheWrite: 600, output: 81, cost: 1785}, in: request, out: pass}},
	},
	{
		// Langfuse's wrapper loses the model that answered where the answer is streamed,
		// and the usage of embeddings. The application reports one call of Anthropic's
		// itself, with the figure that it cost 2,080 millionths of a dollar.
		name: "langfuse", service: "langfuse-app", requests: map[string]int{"openai": 3, "embeddings": 1},
		calls:     []call{ask, answer, stream.of(gptName), validate.of(haikuID).saying(request, "PASS")},
		estimated: []call{embedding},
	},
	{
		// The step around a call has what went in and came out; of a tool's result Mastra
		// sends only that there is one.
		name: "mastra", service: "mastra-ticket-app", requests: map[string]int{"openai": 2, "anthropic": 2},
		calls: []call{
			ask.elsewhere(), answer.saying("[tool-result: lookupFindings]", answered).elsewhere(),
			checkAccess.elsewhere(), checked.elsewhere(),
		},
	},
	{
		name: "mastra1", service: "mastra1-app", requests: map[string]int{"openai": 2, "anthropic": 1},
		calls: []call{askAndAnswer, validate5m},
	},
	{
		// As in 1.3, and what was written to the cache is lost: 450 × 1 + 1,800 × 0.10 +
		// 80 × 5.
		name: "mastra03", service: "mastra03-app", requests: map[string]int{"openai": 2, "anthropic": 1},
		calls: []call{askAndAnswer.of(gptName), {figures: figures{model: haikuID, input: 2250, cacheRead: 1800, output: 80, cost: 1030}, in: request, out: pass}},
	},
	{
		name: "adk", service: "adk-app", requests: map[string]int{"google": 1},
		calls: []call{gemini},
	},
	{
		// Strands names the asked model only. Where an answer of Bedrock's is not
		// streamed it loses what was cached, so that the cost is too low: 450 × 3 +
		// 80 × 15.
		name: "strands", service: "strands-app", requests: map[string]int{"openai": 1, "anthropic": 1, "bedrock": 1},
		calls: []call{stream.of(gptName), validate5m.of(haikuID), {figures: figures{model: sonnet, input: 450, output: 80, cost: 2550}, in: request, out: pass}},
	},
}
