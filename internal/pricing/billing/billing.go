// Package billing reads a call off a span in the words of the price list, so that who
// prices a call and who shows how its price came about ask the same.
package billing

import (
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

// Query is who was asked for what. Time, usage, tenant and the terms of the price are the
// caller's to add.
func Query(v *genai.View) pricing.Query {
	return pricing.Query{
		Provider:      v.Provider(),
		System:        v.System(),
		Server:        server(v),
		RequestModel:  v.Str(genai.RequestModel),
		ResponseModel: v.Str(genai.ResponseModel),
	}
}

func server(v *genai.View) string {
	host := v.Str(genai.ServerAddress)
	if port := v.Str(genai.ServerPort); host != "" && port != "" {
		return host + ":" + port
	}
	return host
}

// Usage takes the whole counts of a span apart into buckets that do not
// overlap.
func Usage(u *genai.Usage) pricing.Usage {
	var b pricing.Usage
	b[pricing.AudioCacheRead] = u.AudioCacheRead
	b[pricing.ImageCacheRead] = u.ImageCacheRead
	b[pricing.CacheRead] = u.CacheRead - u.AudioCacheRead - u.ImageCacheRead
	b[pricing.CacheWrite] = u.CacheWrite - u.CacheWrite1h
	b[pricing.CacheWrite1h] = u.CacheWrite1h
	b[pricing.AudioInput] = u.InputAudio
	b[pricing.ImageInput] = u.InputImage
	b[pricing.VideoInput] = u.InputVideo
	b[pricing.Input] = u.Input - u.CacheRead - u.CacheWrite - u.InputAudio - u.InputImage - u.InputVideo
	b[pricing.Reasoning] = u.Reasoning
	b[pricing.AudioOutput] = u.OutputAudio
	b[pricing.ImageOutput] = u.OutputImage
	b[pricing.VideoOutput] = u.OutputVideo
	b[pricing.Output] = u.Output - u.Reasoning - u.OutputAudio - u.OutputImage - u.OutputVideo
	b[pricing.WebSearch] = u.WebSearches
	return b
}
