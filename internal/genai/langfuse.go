package genai

import "strings"

// langfuseBuckets are Langfuse's usage_details. Their names are free, and they
// do not overlap: Langfuse adds up every name that has "input" in it to the
// input and every name with "output" to the output. Only objects in the form of
// OpenAI's own usage, with nested details, count inclusively.
type langfuseBuckets struct {
	plainInput, plainOutput   count
	cacheRead, toolUse        count
	audioRead                 count // part of cacheRead
	cacheWrite, cw5m, cw1h    count
	reasoning                 count
	inAudio, outAudio, images count
	outImages                 count
	inVideo, outVideo         count
	total                     count
	nested                    bool // OpenAI's form
	ttlInside                 bool // the writes by lifetime are named as parts of their sum
	wrong                     bool
}

func (b *langfuseBuckets) leaf(path []byte, l *leaf) {
	n := l.count()
	if n.wrong {
		b.wrong = true
		return
	}
	if !n.ok {
		return
	}
	name := modalityName(strings.ToLower(string(path)))
	// "details." as OpenAI and LangChain nest the parts of a sum; Anthropic's
	// "cache_creation." nests what lies beside.
	if head, _, dotted := strings.Cut(name, "."); dotted && strings.Contains(head, "details") {
		b.nested = true
	}
	b.take(name, n)
}

// take adds a bucket to what its name says, and reports whether that is something.
func (b *langfuseBuckets) take(name string, n count) bool {
	has := func(word string) bool { return strings.Contains(name, word) }
	output := has("output") || has("completion") || has("candidates")
	switch {
	case strings.HasPrefix(name, "total"):
		b.total = n
	case has("cache_creation"), has("cache_write"), has("cachewrite"), has("cachecreation"), has("cached_write"), has("ephemeral"):
		b.takeWrite(name, n)
	case has("tool_use"), has("tooluse"):
		b.toolUse.alias(n)
	case has("cached_modality"):
		b.cacheRead.add(n)
		if has("audio") {
			b.audioRead.add(n)
		}
	case has("cache"):
		b.cacheRead.alias(n)
	case has("reasoning"), has("thought"), has("thinking"):
		b.reasoning.alias(n)
	case has("audio") && output:
		b.outAudio.add(n)
	case has("audio"):
		b.inAudio.add(n)
	case has("image") && output:
		b.outImages.add(n)
	case has("image"):
		b.images.add(n)
	case has("video") && output:
		b.outVideo.add(n)
	case has("video"):
		b.inVideo.add(n)
	case b.nested && has("details."), has("prediction"), strings.HasSuffix(name, "put_priority"):
		// A part of a sum that has no price of its own. LangChain calls what was
		// served at OpenAI's priority tier so, and Langfuse leaves it in the sum.
	case output:
		b.plainOutput.add(n)
	case has("input"), has("prompt"):
		b.plainInput.add(n)
	default:
		return false
	}
	return true
}

// takeWrite reads a bucket of cache writes.
func (b *langfuseBuckets) takeWrite(name string, n count) {
	// cache_creation_input_tokens is Anthropic's own sum, and "ephemeral" is what
	// Anthropic calls its parts; input_cache_creation_1h is a bucket of Langfuse.
	b.ttlInside = b.ttlInside || strings.Contains(name, "ephemeral")
	switch {
	case strings.Contains(name, "1h"):
		b.cw1h.alias(n)
	case strings.Contains(name, "5m"):
		b.cw5m.alias(n)
	default:
		b.ttlInside = b.ttlInside || strings.HasSuffix(name, "cache_creation_input_tokens")
		b.cacheWrite.alias(n)
	}
}

// modalityName writes the modality out which Langfuse's SDK for Python takes as a number
// from Vertex AI: input_modality_4 is input_modality_audio.
func modalityName(name string) string {
	head, number, found := strings.Cut(name, "_modality_")
	if word, ok := modalityNumbers[number]; found && ok {
		return head + "_modality_" + word
	}
	return name
}

// add sums up buckets; alias takes the first of several names of one bucket.
func (c *count) add(n count) {
	if sum := countOfInt(c.n + n.n); sum.ok {
		*c = sum
	} else {
		c.wrong = true
	}
}

func (c *count) alias(n count) {
	if !c.ok {
		*c = n
	}
}

// believable reports whether every number and every sum of them is.
func (b *langfuseBuckets) believable() bool {
	for _, n := range [...]count{b.plainInput, b.plainOutput, b.cacheRead, b.inAudio, b.outAudio, b.images, b.outImages, b.inVideo, b.outVideo} {
		if n.wrong {
			return false
		}
	}
	return !b.wrong
}

// inputParts and outputParts are the sums of what is named beside the plain input
// and output.
func (b *langfuseBuckets) inputParts(writes int64) int64 {
	return b.cacheRead.n + writes + b.inAudio.n + b.images.n + b.inVideo.n + b.toolUse.n
}

func (b *langfuseBuckets) outputParts() int64 {
	return b.reasoning.n + b.outAudio.n + b.outImages.n + b.outVideo.n
}

// writes are all cache writes: the parts by lifetime and their sum are either
// buckets of their own, or one is in the other. The total decides where it can.
func (b *langfuseBuckets) writes() count {
	parts := count{n: b.cw5m.n + b.cw1h.n, ok: b.cw5m.ok || b.cw1h.ok}
	switch {
	case !b.cacheWrite.ok:
		return parts
	case !parts.ok || parts.n == 0 || parts.n == b.cacheWrite.n:
		return b.cacheWrite
	}
	beside := count{n: parts.n + b.cacheWrite.n, ok: true}
	inside := b.cacheWrite
	rest := b.total.n - b.plainInput.n - b.plainOutput.n - b.outputParts()
	switch {
	case parts.n > b.cacheWrite.n:
		return beside
	case b.total.ok && rest == b.inputParts(beside.n):
		return beside
	case b.total.ok && rest == b.inputParts(inside.n):
		return inside
	case b.ttlInside:
		return inside
	}
	return beside
}

// overlaps reports whether the parts of the input, and those of the output, are
// contained in the plain buckets. By Langfuse's definition they are not. But OpenAI,
// Google, xAI and others count cached tokens in the input, their totals have them
// once, and applications pass both on as they are: a total that is less than all
// buckets then shows it. Anthropic's totals show nothing, for applications work them
// out without the cached tokens that lie beside the input.
func (b *langfuseBuckets) overlaps(v *View, writes int64) (input, output bool) {
	in, out := b.inputParts(writes), b.outputParts()
	plain := b.plainInput.n + b.plainOutput.n
	switch {
	case b.nested:
		return true, true
	case !b.total.ok || b.total.n >= plain+in+out || !v.countsCacheInside():
		return false, false
	case in <= b.plainInput.n && (b.total.n == plain+out || out > b.plainOutput.n):
		return true, false
	case out <= b.plainOutput.n && b.total.n == plain+in:
		return false, true
	case in <= b.plainInput.n && b.total.n == plain:
		return true, true
	case in <= b.plainInput.n && b.total.n > plain: // has something that is not stated, too
		return true, b.total.n < plain+out
	}
	return false, false
}

// BucketsContradict reports whether the span has usage_details of Langfuse's whose
// total is less than their sum, and whether it is known which of the two is right: see
// overlaps.
func (v *View) BucketsContradict() bool {
	if !v.Has(LangfuseUsage) {
		return false
	}
	var b langfuseBuckets
	walkObject(v.values[LangfuseUsage], &leafReader{buckets: &b})
	if b.nested || !b.believable() {
		return false
	}
	writes := b.writes().n
	input, output := b.overlaps(v, writes)
	less := b.total.ok && b.total.n < b.plainInput.n+b.plainOutput.n+b.inputParts(writes)+b.outputParts()
	return input || output || less && v.countsCacheApart()
}

// readLangfuse fills counts from Langfuse's buckets. Where the span states
// input or output itself those count, and the buckets only tell the parts.
func (v *View) readLangfuse(c *counts) bool {
	if !v.Has(LangfuseUsage) {
		return true
	}
	var b langfuseBuckets
	walkObject(v.values[LangfuseUsage], &leafReader{buckets: &b})
	if !b.believable() {
		return false
	}
	writes := b.writes()
	if !c.input.ok && !c.output.ok {
		c.total.alias(b.total)
		c.input.alias(b.plainInput)
		c.output.alias(b.plainOutput)
		if !b.nested {
			input, output := b.overlaps(v, writes.n)
			c.disjoint = c.input.ok || c.output.ok
			c.overlap = input
			c.plainInput, c.plainOutput = b.plainInput, b.plainOutput
			if !input {
				c.input.n += b.inputParts(writes.n)
			}
			if !output {
				c.output.n += b.outputParts()
			}
		}
	}
	if c.disjoint && b.audioRead.n > 0 {
		b.inAudio.add(b.audioRead) // it lies beside the bucket, and is a part of all audio
	}
	for _, part := range [...]struct {
		to *count
		n  count
	}{
		{&c.cacheRead, b.cacheRead},
		{&c.audioRead, b.audioRead},
		{&c.cacheWrite, writes},
		{&c.wr1h, b.cw1h},
		{&c.write5m, b.cw5m},
		{&c.reasoning, b.reasoning},
		{&c.inAudio, b.inAudio},
		{&c.outAudio, b.outAudio},
		{&c.inImage, b.images},
		{&c.outImage, b.outImages},
		{&c.inVideo, b.inVideo},
		{&c.outVideo, b.outVideo},
		{&c.toolUse, b.toolUse},
	} {
		if part.n.ok {
			part.to.alias(part.n)
		}
	}
	return true
}
