package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

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

// Usage is what one model call consumed, in tokens. Input and Output are whole
// (inclusive) counts whatever the instrumentation meant; the other fields are
// parts of them.
type Usage struct {
	Input  int64 // all input, cache reads and writes included
	Output int64 // all output, reasoning included

	CacheRead    int64 // part of Input
	CacheWrite   int64 // part of Input; 5-minute and 1-hour writes together
	CacheWrite1h int64 // part of CacheWrite
	InputAudio   int64 // part of Input
	InputImage   int64 // part of Input

	Reasoning   int64 // part of Output
	OutputAudio int64 // part of Output
	OutputImage int64 // part of Output

	// What the span itself states, so that a component can tell a missing
	// attribute from a zero.
	HasInput, HasOutput, HasCacheRead, HasCacheWrite, HasReasoning bool

	ReportedInput  int64 // the input number as it came
	ReportedOutput int64 // the output number as it came

	Mode     InputMode
	Evidence string // which rule decided Mode: see usage_mode.go
}

// UsageState says whether a span's usage can be used.
type UsageState uint8

// Usage states.
const (
	UsageNone    UsageState = iota // the span states no token counts
	UsageValid                     // counts that can be believed
	UsageInvalid                   // a count that is negative, not finite, fractional, above 2^53 or no number
)

// HasUsage reports whether the span states input or output tokens at all.
func (v *View) HasUsage() bool {
	return v.Has(InputTokens) || v.Has(OutputTokens) || v.Has(UncachedInputTokens)
}

// counts are the numbers as the span states them.
type counts struct {
	input, output, total                 count
	cacheRead, cacheWrite, write5m, wr1h count
	reasoning                            count
	inAudio, outAudio, inImage, outImage count
	uncached                             count
}

// Usage reads the token counts of the span, decides what they mean together
// and returns them as inclusive totals with their parts.
func (v *View) Usage() (Usage, UsageState) {
	if !v.HasUsage() {
		return Usage{}, UsageNone
	}
	c, ok := v.readCounts()
	if !ok {
		return Usage{}, UsageInvalid
	}
	u := Usage{
		CacheRead:      c.cacheRead.n,
		CacheWrite:     c.cacheWrite.n,
		CacheWrite1h:   c.wr1h.n,
		Reasoning:      c.reasoning.n,
		InputAudio:     c.inAudio.n,
		OutputAudio:    c.outAudio.n,
		InputImage:     c.inImage.n,
		OutputImage:    c.outImage.n,
		HasInput:       c.input.ok,
		HasOutput:      c.output.ok,
		HasCacheRead:   c.cacheRead.ok,
		HasCacheWrite:  c.cacheWrite.ok,
		HasReasoning:   c.reasoning.ok,
		ReportedInput:  c.input.n,
		ReportedOutput: c.output.n,
	}
	if !c.cacheWrite.ok && (c.write5m.ok || c.wr1h.ok) {
		u.CacheWrite, u.HasCacheWrite = c.write5m.n+c.wr1h.n, true
	}
	u.CacheWrite1h = min(u.CacheWrite1h, u.CacheWrite)

	u.Mode, u.Evidence = v.inputMode(&u, &c)
	switch u.Mode {
	case InputSplit:
		u.Input = c.uncached.n + u.CacheRead + u.CacheWrite
	case InputExclusive:
		u.Input = c.input.n + u.CacheRead + u.CacheWrite
	default:
		u.Input = c.input.n
	}
	u.Output = c.output.n + v.reasoningOutside(&u, &c)

	// A part cannot be larger than its whole, whatever was reported.
	u.InputAudio = min(u.InputAudio, u.Input-u.CacheRead-u.CacheWrite)
	u.InputImage = min(u.InputImage, u.Input-u.CacheRead-u.CacheWrite-u.InputAudio)
	u.Reasoning = min(u.Reasoning, u.Output)
	u.OutputAudio = min(u.OutputAudio, u.Output-u.Reasoning)
	u.OutputImage = min(u.OutputImage, u.Output-u.Reasoning-u.OutputAudio)
	return u, UsageValid
}

// readCounts reads every count once. One that cannot be believed makes the
// whole usage invalid: pricing the rest would be a wrong number.
func (v *View) readCounts() (counts, bool) {
	var c counts
	valid := true
	for _, at := range []struct {
		field Field
		to    *count
	}{
		{InputTokens, &c.input},
		{OutputTokens, &c.output},
		{TotalTokens, &c.total},
		{CacheReadTokens, &c.cacheRead},
		{CacheWriteTokens, &c.cacheWrite},
		{CacheWrite5mTokens, &c.write5m},
		{CacheWrite1hTokens, &c.wr1h},
		{ReasoningTokens, &c.reasoning},
		{InputAudioTokens, &c.inAudio},
		{OutputAudioTokens, &c.outAudio},
		{InputImageTokens, &c.inImage},
		{OutputImageTokens, &c.outImage},
		{UncachedInputTokens, &c.uncached},
	} {
		if !v.Has(at.field) {
			continue
		}
		*at.to = readCount(v.values[at.field])
		if at.to.wrong {
			valid = false
		}
	}
	if valid && v.Has(UsageMetadata) {
		v.readProviderMetadata(&c)
	}
	return c, valid
}

// claudeCodeUsage are the bare names of Claude Code's request spans. They are
// read only on its spans: "input_tokens" alone says nothing elsewhere.
var claudeCodeUsage = []struct {
	key   string
	field Field
}{
	{"input_tokens", InputTokens},
	{"output_tokens", OutputTokens},
	{"cache_read_tokens", CacheReadTokens},
	{"cache_creation_tokens", CacheWriteTokens},
	{"model", RequestModel},
}

const claudeCodeSpan = "claude_code.llm_request"

func (v *View) readBareUsage() {
	if v.span.Name() != claudeCodeSpan {
		return
	}
	for _, name := range claudeCodeUsage {
		if v.Has(name.field) {
			continue
		}
		if value, ok := v.span.Attributes().Get(name.key); ok && value.Type() != pcommon.ValueTypeEmpty {
			v.known = true
			v.ranks[name.field], v.values[name.field], v.keys[name.field] = 1, value, name.key
		}
	}
}

func (v *View) isClaudeCode() bool {
	return v.hasSpan && v.span.Name() == claudeCodeSpan
}

// providerIs reports whether the name of the span's provider, or where it has
// none of its system, contains one of the words.
func (v *View) providerIs(words ...string) bool {
	provider := v.Str(Provider)
	if provider == "" {
		provider = v.Str(System)
	}
	provider = strings.ToLower(provider)
	for _, word := range words {
		if strings.Contains(provider, word) {
			return true
		}
	}
	return false
}
