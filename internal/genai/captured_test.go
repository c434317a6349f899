package genai

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// captured reads a fixture: what the packages of tests/clients/<name> really
// send (tests/clients/capture writes them).
func captured(t *testing.T, name string) ptrace.Traces {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	traces, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(raw)
	require.NoError(t, err)
	return traces
}

// call is what is to be paid for one model call.
type call struct {
	model                         string
	in, out, read, write, wr1h    int64
	reasoning                     int64
	mode, evidence, responseID    string
	provider, session, user, tier string
}

// The calls of tests/clients/calls.mjs as they are to be read, whatever the
// instrumentation made of them.
var (
	ask      = call{model: "gpt-4o-mini-2024-07-18", in: 1240, read: 1024, out: 42, provider: "openai"}
	answer   = call{model: "gpt-4o-mini-2024-07-18", in: 1386, read: 1152, out: 118, reasoning: 24, provider: "openai"}
	stream   = call{model: "gpt-4o-mini-2024-07-18", in: 2000, read: 1536, out: 300, reasoning: 192, provider: "openai"}
	validate = call{model: "claude-haiku-4-5-20251001", in: 2850, read: 1800, write: 600, wr1h: 400, out: 80, provider: "anthropic"}
	gemini   = call{model: "gemini-2.5-flash", in: 1000, read: 512, out: 500, reasoning: 300, provider: "google"}
	embed    = call{model: "text-embedding-3-small", in: 28, provider: "openai"}
)

const sonnetOnBedrock = "us.anthropic.claude-sonnet-4-20250514-v1:0"

// calls returns what has to be paid for of a whole capture, the way llm_cost
// goes about it: every span that calls a model, unless it sums up spans below
// it or is the second of two with one response id; and the names of calls that
// nobody states usage of.
func calls(traces ptrace.Traces) (paid []call, without []string) {
	var rollups Rollups
	rollups.Reset()
	client := map[string]bool{} // response ids that a client's span has
	forEach(traces, func(v *View) {
		rollups.AddSpan(v.span.TraceID(), v.span.SpanID(), v.span.ParentSpanID(), v.Kind(), v.HasUsage())
		if v.Kind().CallsModel() && v.span.Kind() == ptrace.SpanKindClient {
			client[v.Str(ResponseID)] = true
		}
	})
	rollups.Resolve()
	forEach(traces, func(v *View) {
		trace, span := v.span.TraceID(), v.span.SpanID()
		if !v.Kind().CallsModel() || rollups.Is(trace, span) || rollups.Covered(trace, span) {
			return
		}
		u, state := v.Usage()
		if state != UsageValid {
			without = append(without, v.span.Name())
			return
		}
		if id := v.Str(ResponseID); id != "" && client[id] && v.span.Kind() != ptrace.SpanKindClient {
			return
		}
		paid = append(paid, call{
			model: v.Model(), in: u.Input, out: u.Output, read: u.CacheRead, write: u.CacheWrite, wr1h: u.CacheWrite1h, reasoning: u.Reasoning,
			mode: u.Mode.String(), evidence: u.Evidence, responseID: v.Str(ResponseID),
			provider: v.Provider(), session: v.Str(SessionID), user: v.Str(UserID), tier: v.ServiceTier(),
		})
	})
	return paid, without
}

// but returns a call as an instrumentation tells less of it.
func (c call) but(change func(*call)) call {
	change(&c)
	return c
}

func TestCapturedClients(t *testing.T) {
	noReasoning := func(c *call) { c.reasoning = 0 }
	noCache := func(c *call) { c.read, c.reasoning = 0, 0 }
	noHour := func(c *call) { c.wr1h = 0 }
	mixed := func(modes ...string) map[string]bool {
		set := map[string]bool{}
		for _, m := range modes {
			set[m] = true
		}
		return set
	}
	for name, test := range map[string]struct {
		paid []call
		// without are the calls that the instrumentation reports without usage.
		without []string
		modes   map[string]bool // mode and evidence
		session bool
	}{
		"aisdk4": {
			// The metadata tells the parts, but not how long writes live.
			paid:  []call{ask, answer, stream, validate.but(noHour), validate.but(noHour), embed},
			modes: mixed("assumed none", "exclusive impossible"), session: true,
		},
		"aisdk5": {
			// Not streamed, OpenAI's cached and reasoning tokens are lost; Anthropic's
			// own usage object is passed on.
			paid:  []call{ask.but(noCache), answer.but(noCache), stream, validate, validate, embed},
			modes: mixed("assumed none", "split split"), session: true,
		},
		"aisdk6": {
			paid:  []call{ask, answer, stream, validate, validate, embed},
			modes: mixed("assumed none", "split split"), session: true,
		},
		"aisdk7": {
			paid:  []call{ask, answer.but(noReasoning), stream.but(noReasoning), validate.but(noHour), validate.but(noHour), embed},
			modes: mixed("assumed none", "inclusive keys"),
		},
		"aisdk5-providers": {
			// Google's candidates leave the thoughts out, Bedrock's input the cached
			// tokens, of which the SDK loses the reads where an answer is not streamed.
			paid: []call{
				gemini, gemini, {model: sonnetOnBedrock, in: 1050, write: 600, out: 80, provider: "amazon-bedrock"},
			},
			modes: mixed("inclusive profile", "exclusive impossible"),
		},
		"aisdk6-providers": {
			paid: []call{
				gemini, gemini, {model: sonnetOnBedrock, in: 2850, read: 1800, write: 600, out: 80, provider: "amazon-bedrock"},
			},
			modes: mixed("split split"),
		},
		"openinference": {
			// Anthropic's SDK reports its calls itself, below OpenInference's spans: its
			// spans are the ones to pay for, and tell how long writes live.
			paid:    []call{ask, answer, validate, validate},
			without: []string{"OpenAI Chat Completions", "OpenAI Embeddings"},
			modes:   mixed("inclusive keys"),
		},
		"openllmetry": {
			paid:    []call{ask.but(noCache), answer.but(noCache), validate.but(noHour), validate.but(noHour)},
			without: []string{"chat gpt-4o-mini"},
			modes:   mixed("assumed none", "exclusive impossible"),
		},
		"openlit": {
			// It counts one output token twice in a streamed answer of Anthropic's.
			paid: []call{
				ask.but(noReasoning), answer.but(noReasoning), stream.but(noReasoning), validate.but(noHour),
				validate.but(noHour).but(func(c *call) { c.out = 81 }), embed,
			},
			modes: mixed("assumed none", "inclusive keys", "exclusive impossible"),
		},
		"langsmith": {
			paid:  []call{ask, answer, stream, validate, validate},
			modes: mixed("inclusive keys"),
		},
		"langfuse": {
			paid: []call{
				ask, answer, stream.but(func(c *call) { c.model = "gpt-4o-mini" }),
				validate.but(func(c *call) { c.model = "claude-haiku-4-5" }),
			},
			without: []string{"OpenAI.embeddings"},
			modes:   mixed("exclusive disjoint"), session: true,
		},
		"adk": {
			// The output leaves the thoughts out; they stand in the answer only.
			paid:  []call{gemini.but(func(c *call) { c.provider = "gcp.vertex.agent" })},
			modes: mixed("inclusive keys"),
		},
		"strands": {
			// Bedrock's cached tokens are lost where an answer is not streamed; Anthropic's
			// stand beside the input under the names that are inclusive elsewhere.
			paid: []call{
				{model: "gpt-4o-mini", in: 2000, read: 1536, out: 300, provider: "strands-agents"},
				{model: "claude-haiku-4-5", in: 2850, read: 1800, write: 600, out: 80, provider: "strands-agents"},
				{model: sonnetOnBedrock, in: 450, out: 80, provider: "strands-agents"},
			},
			modes: mixed("inclusive keys", "exclusive impossible", "assumed none"),
		},
		"mastra": {
			paid: []call{
				ask, answer,
				{model: "claude-haiku-4-5-20251001", in: 822, write: 512, out: 36, provider: "anthropic"},
				{model: "claude-haiku-4-5-20251001", in: 932, read: 512, out: 64, provider: "anthropic"},
			},
			modes: mixed("inclusive profile"), session: true,
		},
		"mastra1": {
			// The generation sums up the two requests of its agent.
			paid: []call{
				answer.but(func(c *call) { c.in, c.read, c.out = 2626, 2176, 160 }), validate.but(noHour),
			},
			modes: mixed("inclusive profile"), session: true,
		},
		"mastra03": {
			// Writes to the cache are lost, and the answering model too.
			paid: []call{
				answer.but(func(c *call) { c.model, c.in, c.read, c.out = "gpt-4o-mini", 2626, 2176, 160 }),
				validate.but(func(c *call) { c.model, c.in, c.write, c.wr1h = "claude-haiku-4-5", 2250, 0, 0 }),
			},
			modes: mixed("assumed none", "exclusive impossible"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			paid, without := calls(captured(t, name))
			modes := map[string]bool{}
			var got []call
			for _, c := range paid {
				modes[c.mode+" "+c.evidence] = true
				if test.session {
					assert.Equal(t, "sess-42", c.session)
					assert.Equal(t, "user-17", c.user)
				}
				// What the instrumentation need not tell.
				c.mode, c.evidence, c.responseID, c.session, c.user, c.tier = "", "", "", "", "", ""
				if name == "langfuse" {
					c.provider = providerOf(c.model)
				}
				got = append(got, c)
			}
			assert.ElementsMatch(t, test.paid, got)
			assert.ElementsMatch(t, test.without, without)
			assert.Equal(t, test.modes, modes)
		})
	}
}

// providerOf stands in for a provider that an instrumentation does not name.
func providerOf(model string) string {
	if strings.HasPrefix(model, "claude") {
		return "anthropic"
	}
	return "openai"
}

func TestCapturedContentIsFound(t *testing.T) {
	for _, name := range []string{
		"aisdk4", "aisdk5", "aisdk6", "aisdk7", "openinference", "openllmetry", "openlit", "langsmith", "langfuse", "mastra", "mastra1", "mastra03", "strands",
	} {
		t.Run(name, func(t *testing.T) {
			var all []string
			forEach(captured(t, name), func(v *View) {
				if content, ok := v.Input(); ok {
					all = append(all, string(content.AppendJSON(nil)))
				}
				if content, ok := v.Output(); ok {
					all = append(all, string(content.AppendJSON(nil)))
				}
			})
			text := strings.Join(all, "\n")
			for _, want := range []string{"The reporter pasted this key", "Which tenant is affected?", "Validate access for"} {
				assert.Contains(t, text, want)
			}
		})
	}
}

func TestCapturesHaveNoSecretsAndNoMachine(t *testing.T) {
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if file.IsDir() {
			continue
		}
		raw, err := os.ReadFile("testdata/" + file.Name())
		require.NoError(t, err)
		for _, word := range []string{"/home/", "/root/", "/work/", "node_modules", "host.name", "process."} {
			assert.False(t, slices.Contains(strings.FieldsFunc(string(raw), func(r rune) bool { return r == '"' }), word), "%s has %s", file.Name(), word)
			assert.NotContains(t, string(raw), `"`+word, file.Name())
		}
	}
}
