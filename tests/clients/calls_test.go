package clients

// figures are what a model call is to be stored with, everywhere.
type figures struct {
	model                                string
	input, cacheRead, cacheWrite, output int64
	cost                                 float64 // millionths of a US dollar
}

// call is a model call: its figures, and texts that stand in what went in and
// what came out. Where an instrumentation leaves a content out the text is empty.
type call struct {
	figures
	in, out string
	// apart is set where the content stands on another span of the trace than the
	// tokens.
	apart bool
}

// Models by the names under which they answer, and one that Bedrock has.
const (
	gpt     = "gpt-4o-mini-2024-07-18"
	haiku   = "claude-haiku-4-5-20251001"
	sonnet  = "us.anthropic.claude-sonnet-4-20250514-v1:0"
	flash   = "gemini-2.5-flash"
	embed3  = "text-embedding-3-small"
	gptName = "gpt-4o-mini"
	haikuID = "claude-haiku-4-5"
)

// catalogue has the name under which spend metrics, and everybody who reads
// llmcost.model, know a model: that of the price list.
var catalogue = map[string]string{
	gpt: gptName, gptName: gptName, haiku: haikuID, haikuID: haikuID, flash: flash, embed3: embed3, sonnet: "regional." + sonnet[3:],
}

// Texts of calls.mjs and model.mjs. Prompts hold planted secrets, which arrive
// as labels.
const (
	question = "The reporter pasted this key: [REDACTED:"
	found    = "token never rotated"
	request  = "Validate access for [REDACTED:pii.email], password [REDACTED:"
	findings = "Findings for acme/checkout, reported by [REDACTED:pii.email]"
	lookup   = "lookupFindings"
	answered = "Which tenant is affected?"
	pass     = "PASS: access confirmed"
)

// The calls of calls.mjs with the usage that model.mjs reports, and the cost
// from the list prices of November 2026, in dollars a million tokens:
//
//	gpt-4o-mini             0.15 in, 0.075 cache read, 0.60 out
//	claude-haiku-4-5        1 in, 0.10 cache read, 1.25 cache write for 5 minutes, 2 for an hour, 5 out
//	text-embedding-3-small  0.02 in
//	gemini-2.5-flash        0.30 in, 0.03 cache read, 2.50 out
//	claude-sonnet-4         3 in, 0.30 cache read, 3.75 cache write, 15 out
var (
	// 216 × 0.15 + 1,024 × 0.075 + 42 × 0.60 = 32.4 + 76.8 + 25.2
	ask = call{figures: figures{model: gpt, input: 1240, cacheRead: 1024, output: 42, cost: 134.4}, in: question, out: lookup}
	// 234 × 0.15 + 1,152 × 0.075 + 118 × 0.60 = 35.1 + 86.4 + 70.8
	answer = call{figures: figures{model: gpt, input: 1386, cacheRead: 1152, output: 118, cost: 192.3}, in: found, out: answered}
	// 464 × 0.15 + 1,536 × 0.075 + 300 × 0.60 = 69.6 + 115.2 + 180
	stream = call{figures: figures{model: gpt, input: 2000, cacheRead: 1536, output: 300, cost: 364.8}, in: question, out: answered}
	// 450 × 1 + 1,800 × 0.10 + 200 × 1.25 + 400 × 2 + 80 × 5 = 450 + 180 + 250 + 800 + 400
	validate = call{figures: figures{model: haiku, input: 2850, cacheRead: 1800, cacheWrite: 600, output: 80, cost: 2080}, in: request, out: pass}
	// The same where nothing tells how long writes live: 600 × 1.25 = 750 in place
	// of 250 + 800.
	validate5m = validate.costing(1780)
	// 28 × 0.02
	embedding = call{figures: figures{model: embed3, input: 28, cost: 0.56}, in: findings, out: ""}
	// Google counts thoughts beside the answer: 488 × 0.30 + 512 × 0.03 +
	// 500 × 2.50 = 146.4 + 15.36 + 1,250.
	gemini = call{figures: figures{model: flash, input: 1000, cacheRead: 512, output: 500, cost: 1411.76}, in: question, out: answered}
	// 450 × 3 + 1,800 × 0.30 + 600 × 3.75 + 80 × 15, without a regional premium
	bedrock = call{figures: figures{model: sonnet, input: 2850, cacheRead: 1800, cacheWrite: 600, output: 80, cost: 5340}, in: request, out: pass}

	// ask and answer where the instrumentation does not tell what was cached:
	// 1,240 × 0.15 + 42 × 0.60 = 186 + 25.2 and 1,386 × 0.15 + 118 × 0.60 = 207.9 + 70.8
	askUncached    = call{figures: figures{model: gpt, input: 1240, output: 42, cost: 211.2}, in: question, out: lookup}
	answerUncached = call{figures: figures{model: gpt, input: 1386, output: 118, cost: 278.7}, in: found, out: answered}

	// The workflow of mastra/app.mjs asks Anthropic's model twice: 310 × 1 +
	// 512 × 1.25 + 36 × 5 and 420 × 1 + 512 × 0.10 + 64 × 5.
	checkAccess = call{figures: figures{model: haiku, input: 822, cacheWrite: 512, output: 36, cost: 1130}, in: request, out: "checkAccess"}
	checked     = call{figures: figures{model: haiku, input: 932, cacheRead: 512, output: 64, cost: 791.2}, in: "[tool-result: checkAccess]", out: pass}
	// Older Mastra states usage on generations, which sum up the requests of an
	// agent: 450 × 0.15 + 2,176 × 0.075 + 160 × 0.60 = 67.5 + 163.2 + 96.
	askAndAnswer = call{figures: figures{model: gpt, input: 2626, cacheRead: 2176, output: 160, cost: 326.7}, in: question, out: answered}
)

func (c call) costing(cost float64) call {
	c.cost = cost
	return c
}

// of is the call under another name of its model, for instrumentations that do
// not tell which one answered.
func (c call) of(model string) call {
	c.model = model
	return c
}

// elsewhere is the call where another span has its content.
func (c call) elsewhere() call {
	c.apart = true
	return c
}

// saying is the call with other texts.
func (c call) saying(in, out string) call {
	c.in, c.out = in, out
	return c
}
