package genai

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Evidence for an input mode, in the order in which it is looked for; the
// first that decides counts (llmcost reference 2.2).
const (
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
	switch {
	case c.uncached.ok:
		return InputSplit, evidenceSplit
	case v.isClaudeCode():
		return InputExclusive, evidenceDisjoint
	case cached > c.input.n && c.input.ok:
		return InputExclusive, evidenceImpossible
	case cached > 0 && c.total.ok && c.total.n == c.input.n+c.output.n+cached:
		return InputExclusive, evidenceTotal
	}
	if mode, ok := v.profiledMode(); ok {
		return mode, evidenceProfile
	}
	return v.modeByKeys()
}

// profile is what an instrumentation is known to mean by its numbers for some
// providers.
type profile struct {
	scope     string   // prefix of the instrumentation scope's name
	providers []string // words in the provider's name; none is any provider
	mode      InputMode
	unless    Field // the profile does not hold where the span states this
}

// profiles is the table of llmcost reference 2.2. Order matters only within one
// scope.
var profiles = []profile{
	{scope: "@traceloop/instrumentation-anthropic", mode: InputExclusive},
	{scope: "@traceloop/instrumentation-bedrock", mode: InputExclusive},
	{scope: "opentelemetry.instrumentation.bedrock", providers: []string{"bedrock", "aws"}, mode: InputExclusive},
	{scope: "opentelemetry.instrumentation.anthropic", providers: []string{"anthropic"}, mode: InputInclusive},
	{scope: "openlit", providers: []string{"anthropic", "bedrock"}, mode: InputExclusive},
	{scope: aiScope, providers: []string{"anthropic", "bedrock"}, mode: InputExclusive, unless: UncachedInputTokens},
	{scope: aiScope, providers: []string{"google", "vertex"}, mode: InputInclusive},
	{scope: "org.springframework.ai", providers: []string{"anthropic", "bedrock"}, mode: InputExclusive},
}

// aiScope is the scope name of the Vercel AI SDK 4 to 6.
const aiScope = "ai"

func (v *View) profiledMode() (InputMode, bool) {
	for _, p := range profiles {
		// "ai" is a whole name, the others are prefixes.
		if p.scope == aiScope && v.scope != aiScope || !strings.HasPrefix(v.scope, p.scope) {
			continue
		}
		if p.unless != 0 && v.Has(p.unless) {
			continue
		}
		if len(p.providers) == 0 || v.providerIs(p.providers...) {
			return p.mode, true
		}
	}
	return InputAssumed, false
}

// modeByKeys decides by the spelling of the cache keys: the dotted names are
// inclusive by their definition; the underscore names repeat the provider's
// own API, where Anthropic and Bedrock count cached tokens apart.
func (v *View) modeByKeys() (InputMode, string) {
	key := v.Key(CacheReadTokens)
	if key == "" {
		key = v.Key(CacheWriteTokens)
	}
	switch {
	case strings.HasSuffix(key, ".input_tokens"):
		return InputInclusive, evidenceKeys
	case strings.HasPrefix(key, "llm.token_count."):
		if v.providerIs("bedrock", "aws", "amazon") {
			return InputExclusive, evidenceKeys
		}
		return InputInclusive, evidenceKeys
	case strings.HasSuffix(key, "_input_tokens") && v.providerIs("anthropic", "bedrock"):
		return InputExclusive, evidenceKeys
	}
	return InputAssumed, evidenceNone
}

// reasoningOutside returns how many reasoning tokens the reported output does
// not contain (llmcost reference 2.3), and completes u.Reasoning where only the
// total betrays them.
func (v *View) reasoningOutside(u *Usage, c *counts) int64 {
	sum := c.input.n + c.output.n
	if u.Mode == InputExclusive {
		sum += u.CacheRead + u.CacheWrite
	}
	switch {
	case u.Reasoning > c.output.n:
		return u.Reasoning
	case u.Reasoning > 0 && c.total.ok && c.total.n == sum+u.Reasoning:
		return u.Reasoning
	case u.Reasoning > 0 && v.scope == aiScope && v.providerIs("google", "vertex") && !v.Has(UncachedInputTokens):
		return u.Reasoning // Vercel AI SDK 5 reports Google's candidates only
	case !u.HasReasoning && c.total.ok && c.total.n > sum && c.input.ok && c.output.ok && v.providerIs("google", "gemini", "vertex", "gcp"):
		u.Reasoning = c.total.n - sum
		return u.Reasoning
	}
	return 0
}

// providerMetadata is the part of ai.response.providerMetadata that holds
// token counts: the provider's own usage object, as the Vercel AI SDK 4 and 5
// pass it on.
type providerMetadata struct {
	Anthropic *struct {
		Usage *struct {
			Input         *int64 `json:"input_tokens"`
			CacheRead     *int64 `json:"cache_read_input_tokens"`
			CacheCreation *int64 `json:"cache_creation_input_tokens"`
			Creation      *struct {
				Hour *int64 `json:"ephemeral_1h_input_tokens"`
			} `json:"cache_creation"`
		} `json:"usage"`
		CacheRead     *int64 `json:"cacheReadInputTokens"`
		CacheCreation *int64 `json:"cacheCreationInputTokens"`
	} `json:"anthropic"`
	Bedrock *struct {
		Usage *struct {
			CacheRead  *int64 `json:"cacheReadInputTokens"`
			CacheWrite *int64 `json:"cacheWriteInputTokens"`
		} `json:"usage"`
	} `json:"bedrock"`
	OpenAI *struct {
		Cached    *int64 `json:"cachedPromptTokens"`
		Reasoning *int64 `json:"reasoningTokens"`
	} `json:"openai"`
}

// readProviderMetadata fills counts that the span's own attributes lack.
// Metadata that cannot be read says nothing: the attributes stay as they are.
func (v *View) readProviderMetadata(c *counts) {
	value := v.values[UsageMetadata]
	if value.Type() != pcommon.ValueTypeStr {
		return
	}
	var meta providerMetadata
	if json.Unmarshal([]byte(value.Str()), &meta) != nil {
		return
	}
	if a := meta.Anthropic; a != nil {
		if u := a.Usage; u != nil {
			fill(&c.uncached, u.Input)
			fill(&c.cacheRead, u.CacheRead)
			fill(&c.cacheWrite, u.CacheCreation)
			if u.Creation != nil {
				fill(&c.wr1h, u.Creation.Hour)
			}
		}
		fill(&c.cacheRead, a.CacheRead)
		fill(&c.cacheWrite, a.CacheCreation)
	}
	if b := meta.Bedrock; b != nil && b.Usage != nil {
		fill(&c.cacheRead, b.Usage.CacheRead)
		fill(&c.cacheWrite, b.Usage.CacheWrite)
	}
	if o := meta.OpenAI; o != nil {
		fill(&c.cacheRead, o.Cached)
		fill(&c.reasoning, o.Reasoning)
	}
}

// fill takes a number from the provider's own object where the attributes have
// none.
func fill(to *count, n *int64) {
	if !to.ok && n != nil {
		if c := countOfInt(*n); c.ok {
			*to = c
		}
	}
}
