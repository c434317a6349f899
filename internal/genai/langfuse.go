package genai

import "strings"

// langfuseBuckets are Langfuse's usage_details. Their names are free, and they
// do not overlap: Langfuse adds up every name that has "input" in it to the
// input and every name with "output" to the output. Only objects in the form of
// OpenAI's own usage, with nested details, count inclusively.
type langfuseBuckets struct {
	plainInput, plainOutput   count
	cacheRead                 count
	cacheWrite, cw5m, cw1h    count
	reasoning                 count
	inAudio, outAudio, images count
	outImages                 count
	total                     count
	nested                    bool // OpenAI's form
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
	name := strings.ToLower(string(path))
	if strings.Contains(name, ".") {
		b.nested = true
	}
	has := func(word string) bool { return strings.Contains(name, word) }
	output := has("output") || has("completion")
	switch {
	case strings.HasPrefix(name, "total"):
		b.total = n
	case has("cache_creation"), has("cache_write"), has("cachewrite"), has("cachecreation"):
		switch {
		case has("1h"):
			b.cw1h.add(n)
		case has("5m"):
			b.cw5m.add(n)
		default:
			b.cacheWrite.alias(n)
		}
	case has("cache"):
		b.cacheRead.alias(n)
	case has("reasoning"), has("thought"):
		b.reasoning.alias(n)
	case has("audio") && output:
		b.outAudio.add(n)
	case has("audio"):
		b.inAudio.add(n)
	case has("image") && output:
		b.outImages.add(n)
	case has("image"):
		b.images.add(n)
	case output:
		b.plainOutput.add(n)
	case has("input"), has("prompt"):
		b.plainInput.add(n)
	}
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

// readLangfuse fills counts from Langfuse's buckets. Where the span states
// input or output itself those count, and the buckets only tell the parts.
func (v *View) readLangfuse(c *counts) bool {
	if !v.Has(LangfuseUsage) {
		return true
	}
	var b langfuseBuckets
	walkObject(v.values[LangfuseUsage], &leafReader{buckets: &b})
	for _, n := range []count{b.plainInput, b.plainOutput, b.cw5m, b.cw1h, b.inAudio, b.outAudio, b.images, b.outImages} {
		b.wrong = b.wrong || n.wrong
	}
	if b.wrong {
		return false
	}
	writes := count{n: b.cw5m.n + b.cw1h.n, ok: b.cw5m.ok || b.cw1h.ok}
	if b.cacheWrite.ok && b.cacheWrite.n != writes.n {
		writes.add(b.cacheWrite)
	}
	own := c.input.ok || c.output.ok
	if !own {
		if b.total.ok {
			c.total.alias(b.total)
		}
		c.input.alias(b.plainInput)
		c.output.alias(b.plainOutput)
		if !b.nested {
			c.disjoint = c.input.ok || c.output.ok
			c.plainInput, c.plainOutput = b.plainInput, b.plainOutput
			c.input.n += b.cacheRead.n + writes.n + b.inAudio.n + b.images.n
			c.output.n += b.reasoning.n + b.outAudio.n + b.outImages.n
		}
	}
	for _, part := range []struct {
		to *count
		n  count
	}{
		{&c.cacheRead, b.cacheRead},
		{&c.cacheWrite, writes},
		{&c.wr1h, b.cw1h},
		{&c.write5m, b.cw5m},
		{&c.reasoning, b.reasoning},
		{&c.inAudio, b.inAudio},
		{&c.outAudio, b.outAudio},
		{&c.inImage, b.images},
		{&c.outImage, b.outImages},
	} {
		if part.n.ok {
			part.to.alias(part.n)
		}
	}
	return true
}
