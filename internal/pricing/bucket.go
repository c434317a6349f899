package pricing

import "strings"

// Bucket is a kind of billable usage. The buckets of one call are disjoint: a cached token is counted in [CacheRead]
// and not in [Input], a reasoning token in [Reasoning] and not in [Output].
type Bucket uint8

const (
	// Input counts text input tokens that were neither read from nor written to a cache.
	Input Bucket = iota
	// CacheRead counts input tokens read from a prompt cache.
	CacheRead
	// CacheWrite counts input tokens written to a prompt cache for five minutes, or for a time that nobody reported.
	CacheWrite
	// CacheWrite1h counts input tokens written to a prompt cache for one hour.
	CacheWrite1h
	// AudioInput counts audio input tokens that were not cached.
	AudioInput
	// AudioCacheRead counts audio input tokens read from a cache.
	AudioCacheRead
	// ImageInput counts image input tokens that were not cached.
	ImageInput
	// ImageCacheRead counts image input tokens read from a cache.
	ImageCacheRead
	// VideoInput counts video input tokens.
	VideoInput
	// Output counts output tokens that are neither reasoning nor audio, image or video.
	Output
	// Reasoning counts reasoning ("thinking") output tokens.
	Reasoning
	// AudioOutput counts audio output tokens.
	AudioOutput
	// ImageOutput counts image output tokens.
	ImageOutput
	// VideoOutput counts video output tokens.
	VideoOutput
	// WebSearch counts web searches that the provider ran for the call.
	WebSearch
	// AudioSeconds counts seconds of audio, for models that are billed by time.
	AudioSeconds
	// Request is the fee for the call itself. Its count is always one; what a caller puts there is ignored.
	Request

	// NumBuckets is the number of buckets.
	NumBuckets
)

// bucketInfo says how a bucket is named in a price file, how many units its price is for, and where a price that is
// not listed is taken from.
type bucketInfo struct {
	key    string
	per    float64
	parent Bucket // the bucket itself when a missing price stays missing
	input  bool   // counts towards the context length
	tokens bool   // scaled by a service tier
}

// buckets is the schema of a set of prices. Fallbacks follow section 8.4 of the llm_cost reference: a cached token
// without a cache price costs what an uncached one costs, an audio token without an audio price has no price.
var buckets = [NumBuckets]bucketInfo{
	Input:          {key: "input", per: 1e6, parent: Input, input: true, tokens: true},
	CacheRead:      {key: "cache_read", per: 1e6, parent: Input, input: true, tokens: true},
	CacheWrite:     {key: "cache_write", per: 1e6, parent: Input, input: true, tokens: true},
	CacheWrite1h:   {key: "cache_write_1h", per: 1e6, parent: CacheWrite, input: true, tokens: true},
	AudioInput:     {key: "audio_input", per: 1e6, parent: AudioInput, input: true, tokens: true},
	AudioCacheRead: {key: "audio_cache_read", per: 1e6, parent: AudioInput, input: true, tokens: true},
	ImageInput:     {key: "image_input", per: 1e6, parent: Input, input: true, tokens: true},
	ImageCacheRead: {key: "image_cache_read", per: 1e6, parent: CacheRead, input: true, tokens: true},
	VideoInput:     {key: "video_input", per: 1e6, parent: Input, input: true, tokens: true},
	Output:         {key: "output", per: 1e6, parent: Output, tokens: true},
	Reasoning:      {key: "reasoning", per: 1e6, parent: Output, tokens: true},
	AudioOutput:    {key: "audio_output", per: 1e6, parent: AudioOutput, tokens: true},
	ImageOutput:    {key: "image_output", per: 1e6, parent: Output, tokens: true},
	VideoOutput:    {key: "video_output", per: 1e6, parent: VideoOutput, tokens: true},
	WebSearch:      {key: "web_search", per: 1e3, parent: WebSearch},
	AudioSeconds:   {key: "audio_hour", per: 3600, parent: AudioSeconds},
	Request:        {key: "per_request", per: 1, parent: Request},
}

// String returns the bucket's key in a price file.
func (b Bucket) String() string {
	if b >= NumBuckets {
		return "unknown"
	}
	return buckets[b].key
}

func bucketByKey(key string) (Bucket, bool) {
	for b := range buckets {
		if buckets[b].key == key {
			return Bucket(b), true
		}
	}
	return 0, false
}

// Set is a set of buckets.
type Set uint32

// Has reports whether b is in the set.
func (s Set) Has(b Bucket) bool { return s&(1<<b) != 0 }

// String lists the buckets by key, separated by commas.
func (s Set) String() string {
	var keys []string
	for b := range NumBuckets {
		if s.Has(b) {
			keys = append(keys, b.String())
		}
	}
	return strings.Join(keys, ",")
}

// Usage is what one call used: a count for every [Bucket], tokens unless the bucket says otherwise.
type Usage [NumBuckets]int64

// maxCount is the largest count that a float64 holds exactly. More than that in one call is an error of the sender.
const maxCount = 1 << 53

// InputTotal returns the number of input tokens, cached ones included. It decides the long-context price.
func (u *Usage) InputTotal() int64 {
	var n int64
	for b := range buckets {
		if buckets[b].input {
			n += u[b]
		}
	}
	return n
}

func (u *Usage) valid() bool {
	for _, n := range u {
		if n < 0 || n > maxCount {
			return false
		}
	}
	return true
}
