package genai

import "strings"

// sumModalities works out a whole that is not stated from its parts by modality,
// which do not overlap.
func (c *counts) sumModalities() {
	if !c.input.ok && !c.uncached.ok && c.inText.ok {
		c.input = sumOf(c.inText, c.inAudio, c.inImage, c.inVideo)
	}
	if !c.output.ok && c.outText.ok {
		c.output = sumOf(c.outText, c.outAudio, c.outImage, c.outVideo)
	}
	if !c.cacheRead.ok {
		c.cacheRead = sumOf(c.textRead, c.audioRead, c.imageRead, c.videoRead)
	}
}

// sumOf adds up the parts that are stated; without any there is no sum.
func sumOf(parts ...count) count {
	var sum count
	for _, part := range parts {
		if part.ok {
			sum = count{n: sum.n + part.n, ok: true}
		}
	}
	return sum
}

// readLifetime takes how long writes live from the provider's whole answer, where the
// span has it and says it nowhere else.
func (v *View) readLifetime(c *counts) {
	if c.cacheWrite.n == 0 || c.write5m.ok || c.wr1h.ok {
		return
	}
	if raw := v.readRaw("ephemeral_1h", "cacheDetails"); raw.usage && raw.hour.ok && raw.hour.n <= c.cacheWrite.n {
		c.wr1h = raw.hour
	}
}

// cacheWrites is all that was written to a cache. The writes for five minutes and
// for an hour are parts of the sum, but where they cannot be: LangChain sets the sum
// to zero where it states them, and Langfuse's names are those of buckets.
func (v *View) cacheWrites(c *counts) (n int64, ok bool) {
	parts := c.write5m.n + c.wr1h.n
	bucket := strings.Contains(v.Key(CacheWriteTokens), "input_cache_") &&
		(strings.Contains(v.Key(CacheWrite5mTokens), "input_cache_") || strings.Contains(v.Key(CacheWrite1hTokens), "input_cache_"))
	if parts > c.cacheWrite.n || bucket && parts != c.cacheWrite.n {
		return c.cacheWrite.n + parts, true
	}
	return c.cacheWrite.n, c.cacheWrite.ok || c.write5m.ok || c.wr1h.ok
}
