package genai

// reasoningOutside returns how many reasoning tokens the reported output does
// not contain (llmcost reference 2.3), and completes u.Reasoning where only the
// total betrays them.
func (v *View) reasoningOutside(u *Usage, c *counts) int64 {
	if c.disjoint || v.Has(OwnOutputOriginal) {
		return 0 // whole already
	}
	sum := u.Input + c.output.n
	switch {
	case u.Reasoning == 0:
		return v.hiddenReasoning(u, c, sum)
	case c.candidates.ok && c.output.n == c.candidates.n+u.Reasoning:
		return 0
	case c.candidates.ok && c.output.n == c.candidates.n,
		u.Reasoning > c.output.n,
		c.total.ok && c.total.n == sum+u.Reasoning:
		return u.Reasoning
	case c.total.ok && c.total.n == sum:
		return 0
	case v.leavesReasoningOut():
		return u.Reasoning
	}
	return 0
}

// leavesReasoningOut is what three instrumentations are known to do: the Vercel
// AI SDK 5 reports Google's candidates only, and so do Google ADK beside its
// own name for the thoughts, and Gemini CLI.
func (v *View) leavesReasoningOut() bool {
	return v.isAISDK() && v.isGoogle() && !v.Has(UncachedInputTokens) || v.Key(ReasoningTokens) == experimentalReasoning ||
		v.dialect == dialectGeminiCLI || v.dialect == dialectGeminiFork && v.googleService() != ""
}

// hiddenReasoning is the gap that Google's and xAI's thoughts leave between the
// total and what is stated, where nothing states the thoughts.
func (v *View) hiddenReasoning(u *Usage, c *counts, sum int64) int64 {
	if u.HasReasoning || !c.total.ok || !c.input.ok || !c.output.ok || c.total.n <= sum || !v.isGoogle() && !v.isXAI() {
		return 0
	}
	u.Reasoning = c.total.n - sum
	return u.Reasoning
}
