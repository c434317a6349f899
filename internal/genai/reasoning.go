package genai

import "strings"

// addOutside adds what the stated input and output leave out: thoughts, and what
// Google's own tools put into the prompt (page
// https://ai.google.dev/api/generate-content#UsageMetadata: total, prompt, tool use,
// candidates and thoughts do not overlap). Where nothing but the total shows them,
// u.FromTotal says so.
func (v *View) addOutside(u *Usage, c *counts) {
	thoughts, tools := u.Reasoning, u.ToolUse
	if c.disjoint {
		thoughts, tools = 0, 0 // whole already
	}
	if v.Has(OwnOutputOriginal) {
		thoughts = 0
	}
	if v.Has(OwnInputOriginal) {
		tools = 0
	}
	thoughtsOut, thoughtsKnown := v.thoughtsOutside(u, c, thoughts)
	toolsOut, toolsKnown := v.toolsOutside(u, c, tools)
	if !thoughtsKnown || !toolsKnown {
		thoughtsOut, toolsOut = v.outsideByTotal(u, c, choice{thoughts, thoughtsOut, thoughtsKnown}, choice{tools, toolsOut, toolsKnown})
	}
	if thoughtsOut {
		u.Output += thoughts
	}
	if toolsOut {
		u.Input += tools
	}
	v.addFromTotal(u, c, thoughts > 0 && !thoughtsOut && !thoughtsKnown)
}

// thoughtsOutside reports whether the output leaves the thoughts out, and whether
// that is sure whatever the total is.
func (v *View) thoughtsOutside(u *Usage, c *counts, thoughts int64) (outside, known bool) {
	switch {
	case thoughts == 0:
		return false, true
	case c.candidates.ok && c.output.n == c.candidates.n+thoughts:
		return false, true
	case c.candidates.ok && c.output.n == c.candidates.n, thoughts > u.Output:
		return true, true
	}
	return v.leavesReasoningOut(), false
}

// toolsOutside reports the same of the input and the tools' tokens. Pydantic AI has
// them in the input; whoever else states them repeats Google's numbers.
func (v *View) toolsOutside(u *Usage, c *counts, tools int64) (outside, known bool) {
	switch {
	case tools == 0, c.prompt.ok && u.Input == c.prompt.n+tools:
		return false, true
	case c.prompt.ok && u.Input == c.prompt.n, tools > u.Input:
		return true, true
	}
	return v.scope != pydanticScope, false
}

const pydanticScope = "pydantic-ai"

// choice is a count that stands inside of another or outside of it.
type choice struct {
	n              int64
	outside, known bool
}

// outsideByTotal decides what is not known by the total, if it fits one answer; it
// fits in the order of which is more likely.
func (v *View) outsideByTotal(u *Usage, c *counts, thoughts, tools choice) (thoughtsOut, toolsOut bool) {
	if c.total.ok {
		for _, try := range [...]struct{ thoughts, tools bool }{{false, true}, {false, false}, {true, false}, {true, true}} {
			if thoughts.known && try.thoughts != thoughts.outside || tools.known && try.tools != tools.outside {
				continue
			}
			sum := u.Input + u.Output
			if try.thoughts {
				sum += thoughts.n
			}
			if try.tools {
				sum += tools.n
			}
			if sum == c.total.n {
				return try.thoughts, try.tools
			}
		}
	}
	return thoughts.outside, tools.outside
}

// leavesReasoningOut is what three instrumentations are known to do: the Vercel
// AI SDK 5 reports Google's candidates only, and so do Google ADK beside its
// own name for the thoughts, and Gemini CLI.
func (v *View) leavesReasoningOut() bool {
	return v.isAISDK() && v.isGoogle() && !v.Has(UncachedInputTokens) || v.Key(ReasoningTokens) == experimentalReasoning ||
		v.dialect == dialectGeminiCLI || v.dialect == dialectGeminiFork && v.googleService() != ""
}

// addFromTotal finds a place for what Google's and xAI's totals have more than
// their parts. Thoughts that are stated are not meant by it, but where the output
// may leave them out; then the rest is what tools have put into the prompt. Where
// nothing states thoughts they are the likely ones, but for models and
// instrumentations of which that is not so.
func (v *View) addFromTotal(u *Usage, c *counts, thoughtsUnsure bool) {
	gap := c.total.n - u.Input - u.Output
	if !c.total.ok || gap <= 0 || !c.output.ok || !c.input.ok && !c.uncached.ok || v.Has(OwnInputOriginal) || v.Has(OwnOutputOriginal) {
		return
	}
	google := v.isGoogle() && !strings.Contains(strings.ToLower(v.Model()), "claude")
	switch {
	case !google && (!v.isXAI() || u.HasReasoning):
		return
	case google && thoughtsUnsure && gap >= u.Reasoning && !v.reasoningInside():
		u.Output += u.Reasoning
		gap -= u.Reasoning
	case !u.HasReasoning && (!google || !v.statesThoughts()):
		u.Output += gap
		u.Reasoning, u.FromTotal = gap, gap
		return
	}
	if c.toolUse.ok && c.toolUse.n > 0 {
		return // the tools' tokens are stated, and something else is missing
	}
	u.Input += gap
	u.ToolUse, u.FromTotal = gap, gap
}

// reasoningInside reports whether the instrumentation is known to add Gemini's
// thoughts to the output. The conventions' own name proves nothing: it has them in the
// output by definition, and Microsoft's Agent Framework writes Google's numbers there.
func (v *View) reasoningInside() bool {
	for _, prefix := range [...]string{"llm.token_count.", "gen_ai.usage.details.", "gen_ai.usage.output_tokens."} {
		if strings.HasPrefix(v.Key(ReasoningTokens), prefix) {
			return true
		}
	}
	return false
}

// statesThoughts reports whether Gemini's thoughts would be stated if there were
// any: OpenInference and the instrumentation of google-genai write them, and models
// before 2.5 have none.
func (v *View) statesThoughts() bool {
	for _, scope := range [...]string{"openinference.instrumentation.google_genai", "openinference.instrumentation.google_adk", "opentelemetry.instrumentation.google_genai"} {
		if strings.HasPrefix(v.scope, scope) {
			return true
		}
	}
	model := strings.ToLower(v.Model())
	for _, name := range [...]string{"gemini-1.", "gemini-2.0", "gemma"} {
		if strings.Contains(model, name) {
			return !strings.Contains(model, "thinking")
		}
	}
	return false
}
