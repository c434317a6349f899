package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// rawResponses are the attributes that hold the provider's whole answer where the
// instrumentation writes what its client library returned.
var rawResponses = [...]string{"output.value", "mlflow.spanOutputs"}

// rawPaths are the places in an answer that say something about its price:
// https://platform.openai.com/docs/api-reference/responses/object,
// https://platform.claude.com/docs/en/api/messages and
// https://docs.cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse.
var rawPaths = map[string]Field{
	"service_tier":               ResponseTier,
	"usage.service_tier":         ResponseTier,
	"usage.speed":                ResponseSpeed,
	"usage.inference_geo":        InferenceGeo,
	"usageMetadata.trafficType":  TrafficType,
	"usage_metadata.trafficType": TrafficType,

	"usage_metadata.traffic_type":                    TrafficType,
	"usage.cache_creation.ephemeral_1h_input_tokens": CacheWrite1hTokens,
	"usage.cacheDetails.1h":                          CacheWrite1hTokens, // Converse of Amazon Bedrock
}

// rawReader takes the words about the price out of an answer, and notes whether it
// is one: a text that a model was asked to write has no usage.
type rawReader struct {
	usage bool
	words map[Field]string
	hour  count // what was written to a cache for an hour
}

func (r *rawReader) leaf(path []byte, l *leaf) {
	if strings.HasPrefix(string(path), "usage") {
		r.usage = true
	}
	switch field, ok := rawPaths[string(path)]; {
	case !ok:
	case field == CacheWrite1hTokens:
		r.hour = l.count()
	case l.word() != "":
		if r.words == nil {
			r.words = map[Field]string{}
		}
		r.words[field] = l.word()
	}
}

// rawTerms reads the answer for the words about its price.
func (v *View) rawTerms() rawReader {
	return v.readRaw("service_tier", `speed`, "inference_geo", "raffic")
}

// readRaw reads the span's answer, if it has one of the words. To look for them takes
// far less than to read the text.
func (v *View) readRaw(words ...string) rawReader {
	var r rawReader
	if !v.hasAttributes || !v.Has(OutputContent) || !v.Kind().CallsModel() {
		return r
	}
	for _, key := range rawResponses {
		value, ok := v.attributes.Get(key)
		if !ok || value.Type() == pcommon.ValueTypeStr && !mentions(value.Str(), words) {
			continue
		}
		walkObject(value, &leafReader{raw: &r})
	}
	return r
}

func mentions(text string, words []string) bool {
	if !strings.Contains(text, "usage") {
		return false
	}
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
