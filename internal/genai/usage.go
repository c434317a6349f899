package genai

// Usage is what one model call consumed, in tokens. Input and Output are whole
// (inclusive) counts whatever the instrumentation meant; the other fields are
// parts of them.
type Usage struct {
	Input  int64 // all input, cache reads and writes included
	Output int64 // all output, reasoning included

	CacheRead    int64 // part of Input
	CacheWrite   int64 // part of Input; 5-minute and 1-hour writes together
	CacheWrite1h int64 // part of CacheWrite
	InputAudio   int64 // part of Input that is not cached
	InputImage   int64 // part of Input that is not cached
	InputVideo   int64 // part of Input that is not cached
	ToolUse      int64 // part of Input: what Google's own tools put into the prompt

	AudioCacheRead int64 // part of CacheRead
	ImageCacheRead int64 // part of CacheRead

	Reasoning   int64 // part of Output
	OutputAudio int64 // part of Output
	OutputImage int64 // part of Output
	OutputVideo int64 // part of Output

	// FromTotal counts the tokens that only the total shows. They stand in Reasoning
	// or in ToolUse.
	FromTotal int64

	WebSearches int64 // searches that the provider ran for the call; no tokens

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
	UsageInvalid                   // a count, or a sum of counts, that is negative, not finite, fractional, above 2^53 or no number
)

// HasUsage reports whether the span states input or output tokens of its own.
func (v *View) HasUsage() bool {
	if v.IsPending() {
		return false
	}
	for _, f := range statingFields {
		if v.Has(f) {
			return true
		}
	}
	if !v.known {
		return false
	}
	if v.Has(TotalTokens) && v.Kind() == KindEmbedding {
		return true
	}
	for _, in := range wholeUsageObjects {
		if v.Has(in) {
			var c counts
			v.readObjects(&c)
			return c.input.stated() || c.output.stated()
		}
	}
	return false
}

// statingFields are those of which one is usage.
var statingFields = [...]Field{InputTokens, OutputTokens, UncachedInputTokens, InputTextTokens, OutputTextTokens}

// wholeUsageObjects are the objects that state usage by themselves; the others
// only tell the parts of what attributes state.
var wholeUsageObjects = [...]Field{LangfuseUsage, LangSmithUsage, MLflowUsage, ADKResponse}

// SumsUp reports whether the span carries a sum over the model calls below it
// under a name that says so.
func (v *View) SumsUp() bool { return v.Has(AggregatedUsage) && !v.IsPending() }

// counts are the numbers as the span states them.
type counts struct {
	input, output, total                 count
	cacheRead, cacheWrite, write5m, wr1h count
	reasoning                            count
	inAudio, outAudio, inImage, outImage count
	inVideo, outVideo, inText, outText   count

	textRead, audioRead, imageRead, videoRead count

	uncached   count
	searches   count
	toolUse    count
	candidates count // Google: output without thoughts
	prompt     count // Google: input without what its tools put into it
	toolAudio  count // Google: the audio in what its tools put into it

	// Langfuse's buckets: input and output are sums already, and these are the
	// buckets of that name. They overlap where the total says so.
	disjoint, overlap       bool
	plainInput, plainOutput count

	cacheIn Field // the object that stated cached tokens, if it was one
}

// of returns where a field's count is kept, or nil for fields that are none.
func (c *counts) of(f Field) *count {
	switch f {
	case InputTokens:
		return &c.input
	case OutputTokens:
		return &c.output
	case TotalTokens:
		return &c.total
	case CacheReadTokens:
		return &c.cacheRead
	case CacheWriteTokens:
		return &c.cacheWrite
	case CacheWrite5mTokens:
		return &c.write5m
	case CacheWrite1hTokens:
		return &c.wr1h
	case ReasoningTokens:
		return &c.reasoning
	case InputAudioTokens:
		return &c.inAudio
	case OutputAudioTokens:
		return &c.outAudio
	case InputImageTokens:
		return &c.inImage
	case OutputImageTokens:
		return &c.outImage
	case InputVideoTokens:
		return &c.inVideo
	case OutputVideoTokens:
		return &c.outVideo
	case InputTextTokens:
		return &c.inText
	case OutputTextTokens:
		return &c.outText
	case TextCacheReadTokens:
		return &c.textRead
	case AudioCacheReadTokens:
		return &c.audioRead
	case ImageCacheReadTokens:
		return &c.imageRead
	case VideoCacheReadTokens:
		return &c.videoRead
	case ToolUseTokens:
		return &c.toolUse
	case UncachedInputTokens:
		return &c.uncached
	case WebSearches:
		return &c.searches
	case candidateTokens:
		return &c.candidates
	case promptTokens:
		return &c.prompt
	case toolAudioTokens:
		return &c.toolAudio
	}
	return nil
}

// countFields are the fields that count something.
var countFields = [...]Field{
	InputTokens, OutputTokens, TotalTokens, CacheReadTokens, CacheWriteTokens, CacheWrite5mTokens, CacheWrite1hTokens,
	ReasoningTokens, InputAudioTokens, OutputAudioTokens, InputImageTokens, OutputImageTokens, InputVideoTokens, OutputVideoTokens,
	InputTextTokens, OutputTextTokens, TextCacheReadTokens, AudioCacheReadTokens, ImageCacheReadTokens, VideoCacheReadTokens,
	ToolUseTokens, UncachedInputTokens, WebSearches,
}

// Usage reads the token counts of the span, decides what they mean together
// and returns them as inclusive totals with their parts.
func (v *View) Usage() (Usage, UsageState) {
	if !v.known || v.IsPending() {
		return Usage{}, UsageNone
	}
	c, ok := v.readCounts()
	switch {
	case !ok: // also where it is a part of usage that is not stated
		return Usage{}, UsageInvalid
	case !v.HasUsage():
		return Usage{}, UsageNone
	}
	c.sumModalities()
	u := Usage{
		CacheRead:      c.cacheRead.n,
		CacheWrite1h:   c.wr1h.n,
		Reasoning:      c.reasoning.n,
		InputAudio:     c.inAudio.n,
		OutputAudio:    c.outAudio.n,
		InputImage:     c.inImage.n,
		OutputImage:    c.outImage.n,
		InputVideo:     c.inVideo.n,
		OutputVideo:    c.outVideo.n,
		ToolUse:        c.toolUse.n,
		AudioCacheRead: c.audioRead.n,
		ImageCacheRead: c.imageRead.n,
		WebSearches:    c.searches.n,
		HasInput:       c.input.ok,
		HasOutput:      c.output.ok,
		HasCacheRead:   c.cacheRead.ok,
		HasReasoning:   c.reasoning.ok,
		ReportedInput:  c.input.n,
		ReportedOutput: c.output.n,
	}
	if c.disjoint {
		u.ReportedInput, u.ReportedOutput = c.plainInput.n, c.plainOutput.n
	}
	u.CacheWrite, u.HasCacheWrite = v.cacheWrites(&c)

	u.Mode, u.Evidence = v.inputMode(&u, &c)
	u.Input = wholeInput(&u, &c)
	v.completeByTotal(&u, &c)
	u.Output = c.output.n
	v.addOutside(&u, &c)
	if u.Input > maxCount || u.Output > maxCount || u.CacheWrite > maxCount {
		return Usage{}, UsageInvalid
	}
	u.clamp(c.videoRead.n)
	return u, UsageValid
}

// wholeInput is all input, whatever the reported number leaves out.
func wholeInput(u *Usage, c *counts) int64 {
	switch {
	case c.disjoint:
		return c.input.n
	case u.Mode == InputSplit:
		// The parts that were stated, unless the whole is known to have more.
		return max(c.uncached.n+u.CacheRead+u.CacheWrite, c.input.n)
	case u.Mode == InputExclusive:
		return c.input.n + u.CacheRead + u.CacheWrite
	}
	return c.input.n
}

// completeByTotal works out the one of input and output that is not stated,
// where the total is: embeddings report no output, and Google leaves the count
// of candidates out where there were only thoughts.
func (v *View) completeByTotal(u *Usage, c *counts) {
	switch {
	case !c.total.ok:
	case !c.input.ok && !c.uncached.ok && c.total.n >= c.output.n:
		u.Input, u.HasInput = c.total.n-c.output.n, true
	case c.input.ok && !c.output.ok && c.total.n > u.Input:
		c.output = count{n: c.total.n - u.Input, ok: true}
		u.HasOutput = true
	}
}

// clamp cuts parts to their wholes: a part cannot be larger, whatever was
// reported.
func (u *Usage) clamp(videoRead int64) {
	u.CacheRead = min(u.CacheRead, u.Input)
	u.CacheWrite = min(u.CacheWrite, u.Input-u.CacheRead)
	u.CacheWrite1h = min(u.CacheWrite1h, u.CacheWrite)
	u.AudioCacheRead = min(u.AudioCacheRead, u.CacheRead)
	u.ImageCacheRead = min(u.ImageCacheRead, u.CacheRead-u.AudioCacheRead)
	// The audio and images that were read from the cache stand in CacheRead.
	u.InputAudio = max(u.InputAudio-u.AudioCacheRead, 0)
	u.InputImage = max(u.InputImage-u.ImageCacheRead, 0)
	u.InputVideo = max(u.InputVideo-videoRead, 0)
	u.InputAudio = min(u.InputAudio, u.Input-u.CacheRead-u.CacheWrite)
	u.InputImage = min(u.InputImage, u.Input-u.CacheRead-u.CacheWrite-u.InputAudio)
	u.InputVideo = min(u.InputVideo, u.Input-u.CacheRead-u.CacheWrite-u.InputAudio-u.InputImage)
	u.ToolUse = min(u.ToolUse, u.Input)
	u.Reasoning = min(u.Reasoning, u.Output)
	u.OutputAudio = min(u.OutputAudio, u.Output-u.Reasoning)
	u.OutputImage = min(u.OutputImage, u.Output-u.Reasoning-u.OutputAudio)
	u.OutputVideo = min(u.OutputVideo, u.Output-u.Reasoning-u.OutputAudio-u.OutputImage)
}

// readCounts reads every count once. One that cannot be believed makes the
// whole usage invalid: pricing the rest would be a wrong number.
func (v *View) readCounts() (counts, bool) {
	var c counts
	for _, field := range countFields {
		if !v.Has(field) {
			continue
		}
		to := c.of(field)
		if *to = readCount(v.values[field]); to.wrong {
			return c, false
		}
	}
	if v.hasObjects() {
		// Only this copy is given away, so that a span without objects costs no
		// memory.
		filled := c
		valid := v.readObjects(&filled)
		v.readLifetime(&filled)
		return filled, valid
	}
	v.readLifetime(&c)
	return c, true
}

// hasObjects reports whether the span has objects that counts may stand in.
func (v *View) hasObjects() bool {
	for _, in := range usageObjects {
		if v.Has(in) {
			return true
		}
	}
	return v.Has(LangfuseUsage)
}

// readObjects fills counts that the span's own attributes lack.
func (v *View) readObjects(c *counts) bool {
	v.readDetails(c)
	valid := v.readLangfuse(c)
	for _, field := range countFields {
		valid = valid && !c.of(field).wrong
	}
	if c.candidates.ok && !c.output.ok {
		c.output = c.candidates
	}
	if c.prompt.ok && !c.input.ok {
		c.input = c.prompt
	}
	if c.toolAudio.ok && !v.Has(InputAudioTokens) {
		c.inAudio.add(c.toolAudio)
	}
	return valid && !c.candidates.wrong && !c.prompt.wrong && !c.toolAudio.wrong
}

// stated reports whether there is a count, be it one that can be believed or
// not.
func (c count) stated() bool { return c.ok || c.wrong }
