package genai

import "strings"

// InputMode says how the reported number of input tokens relates to cached
// tokens (llmcost reference 2.2).
type InputMode uint8

// Input modes.
const (
	InputAssumed   InputMode = iota // nothing decides: taken as inclusive
	InputInclusive                  // the number contains cache reads and writes
	InputExclusive                  // cache reads and writes came on top
	InputSplit                      // the parts were stated one by one
)

var inputModeWords = [...]string{"assumed", "inclusive", "exclusive", "split"}

// String returns the mode as llmcost.tokens.input_mode has it.
func (m InputMode) String() string { return inputModeWords[m] }

// Evidence for an input mode, in the order in which it is looked for; the
// first that decides counts (llmcost reference 2.2).
const (
	evidenceOwn        = "llm_cost"   // an earlier llm_cost has decided, and made the numbers whole or left them
	evidenceSplit      = "split"      // the uncached part is stated, or stands in the provider's own usage object
	evidenceDisjoint   = "disjoint"   // the instrumentation's buckets are disjoint by definition
	evidenceImpossible = "impossible" // more cached tokens than input tokens
	evidenceTotal      = "total"      // the stated total only adds up with cached tokens on top
	evidenceProfile    = "profile"    // known behaviour of the instrumentation for this provider
	evidenceKeys       = "keys"       // the spelling of the cache keys
	evidenceNone       = "none"
)

func (v *View) inputMode(u *Usage, c *counts) (InputMode, string) {
	cached := u.CacheRead + u.CacheWrite
	if mode, ok := v.ownMode(); ok {
		return mode, evidenceOwn
	}
	switch {
	case c.uncached.ok:
		return InputSplit, evidenceSplit
	case c.overlap:
		return InputInclusive, evidenceTotal
	case c.disjoint, v.dialect == dialectClaudeCode:
		return InputExclusive, evidenceDisjoint
	case c.input.ok && cached > c.input.n:
		return InputExclusive, evidenceImpossible
	case cached > 0 && c.total.ok && c.input.ok && c.total.n == c.input.n+c.output.n+cached:
		return InputExclusive, evidenceTotal
	}
	if mode, ok := v.profiledMode(); ok {
		return mode, evidenceProfile
	}
	return v.modeByKeys(c)
}

// ownMode is what an llm_cost before this reader has decided. Where it has
// made the input whole, the number that is there now is inclusive; where it was
// not asked to, the number still means what it said then.
func (v *View) ownMode() (InputMode, bool) {
	if v.Has(OwnInputOriginal) {
		return InputInclusive, true
	}
	for mode, word := range inputModeWords {
		if m := InputMode(mode); m != InputSplit && word == v.Str(OwnInputMode) {
			return m, true
		}
	}
	return InputAssumed, false
}

// modeByKeys decides by the spelling of the cache keys: the dotted names are
// inclusive by their definition; the underscore names repeat the provider's
// own API, where Anthropic and Bedrock count cached tokens apart; LangChain,
// Pydantic AI, MLflow and OpenInference add them up, as do all that call them
// details of the input.
func (v *View) modeByKeys(c *counts) (InputMode, string) {
	switch c.cacheIn {
	case InputTokenDetails, LangSmithUsage, ADKResponse, MLflowUsage:
		return InputInclusive, evidenceKeys
	}
	key := v.Key(CacheReadTokens)
	if key == "" {
		key = v.Key(CacheWriteTokens)
	}
	switch {
	case strings.HasPrefix(key, "gen_ai.usage.details."), v.dialect != dialectNone && key != "": // Claude Code's have been decided
		return InputInclusive, evidenceKeys
	case strings.Contains(key, "token_details."), strings.Contains(key, "tokens_details."), strings.Contains(key, "prompt_cache_hit"):
		return InputInclusive, evidenceKeys
	case strings.HasSuffix(key, ".input_tokens"), strings.HasPrefix(key, "gen_ai.usage.input_tokens."):
		return InputInclusive, evidenceKeys
	case strings.HasPrefix(key, "llm.token_count."):
		if v.onBedrock() {
			return InputExclusive, evidenceKeys
		}
		return InputInclusive, evidenceKeys
	case (strings.HasSuffix(key, "_input_tokens") || strings.HasSuffix(key, "InputTokens")) && v.countsCacheApart():
		return InputExclusive, evidenceKeys
	}
	return InputAssumed, evidenceNone
}
