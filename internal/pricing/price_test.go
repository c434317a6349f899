package pricing

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACallCostsWhatItsBucketsCost(t *testing.T) {
	c := embedded(t)
	tests := map[string]struct {
		query Query
		want  float64
	}{
		"gpt-4o-mini with cached input, the four calls of the ticket workflow": {
			// 450 x 0.15 + 2176 x 0.075 + 136 x 0.60 + 24 reasoning x 0.60, per million = 0.0003267
			Query{Provider: "openai", RequestModel: "gpt-4o-mini", ResponseModel: "gpt-4o-mini-2024-07-18", Usage: Usage{Input: 450, CacheRead: 2176, Output: 136, Reasoning: 24}},
			0.0003267,
		},
		"claude-haiku-4-5 with cache read and write": {
			// 730 x 1 + 512 x 0.10 + 512 x 1.25 + 100 x 5, per million = 0.0019212
			Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5", ResponseModel: "claude-haiku-4-5-20251001", Usage: Usage{Input: 730, CacheRead: 512, CacheWrite: 512, Output: 100}},
			0.0019212,
		},
		"a one-hour cache write costs twice the input price": {
			// 1000 x 3 + 2000 x 3.75 + 4000 x 6, per million = 0.0345
			Query{Provider: "anthropic", RequestModel: "claude-sonnet-4-6", Usage: Usage{Input: 1000, CacheWrite: 2000, CacheWrite1h: 4000}},
			0.0345,
		},
		"a Claude model without listed write prices derives them from its input price": {
			// Bedrock lists no one-hour price for Haiku 4.5 in a region: 1000 x 1.1 x 2, per million = 0.0022
			Query{Provider: "aws.bedrock", RequestModel: "us.anthropic.claude-haiku-4-5-20251001-v1:0", Usage: Usage{CacheWrite1h: 1000}},
			0.0022,
		},
		"Groq's safety model costs half of the large one": {
			// 1000 x 0.075 + 1000 x 0.0375 + 100 x 0.30 per million
			Query{Provider: "groq", RequestModel: "openai/gpt-oss-safeguard-20b", Usage: Usage{Input: 1000, CacheRead: 1000, Output: 100}},
			0.0001425,
		},
		"a cache write without a price costs what input costs": {
			// 1000 x 2.5 per million
			Query{Provider: "openai", RequestModel: "gpt-4o", Usage: Usage{CacheWrite: 1000}},
			0.0025,
		},
		"a cache read without a price costs what input costs": {
			// o1-pro: 1000 x 150 per million
			Query{Provider: "openai", RequestModel: "o1-pro", Usage: Usage{CacheRead: 1000}},
			0.15,
		},
		"reasoning without a price of its own costs what output costs": {
			// 1000 x 10 per million
			Query{Provider: "gcp.gemini", RequestModel: "gemini-2.5-pro", Usage: Usage{Reasoning: 1000}},
			0.01,
		},
		"reasoning with a price of its own": {
			// sonar-deep-research: 100 x 2 + 200 x 8 + 5000 x 3 per million, 4 searches x 5 per thousand = 0.0368
			Query{Provider: "perplexity", RequestModel: "sonar-deep-research", Usage: Usage{Input: 100, Output: 200, Reasoning: 5000, WebSearch: 4}},
			0.0368,
		},
		"a fee for each request": {
			// sonar: 1000 x 1 + 500 x 1 per million, 5 per thousand requests = 0.0065
			Query{Provider: "perplexity", RequestModel: "sonar", Usage: Usage{Input: 1000, Output: 500}},
			0.0065,
		},
		"a long context of Sonnet 4": {
			// 250,000 x 6 + 100 x 22.5 per million = 1.50225
			Query{Provider: "anthropic", RequestModel: "claude-sonnet-4-20250514", Usage: Usage{Input: 250_000, Output: 100}},
			1.50225,
		},
		"audio tokens": {
			// gpt-realtime: 200 x 4 + 800 x 32 + 100 x 16 + 700 x 64 per million = 0.0728
			Query{Provider: "openai", RequestModel: "gpt-realtime", Usage: Usage{Input: 200, AudioInput: 800, Output: 100, AudioOutput: 700}},
			0.0728,
		},
		"image tokens": {
			// gpt-image-1.5: 50 x 5 + 1000 x 8 + 4000 x 32 per million = 0.13625
			Query{Provider: "openai", RequestModel: "gpt-image-1.5", Usage: Usage{Input: 50, ImageInput: 1000, ImageOutput: 4000}},
			0.13625,
		},
		"seconds of audio": {
			// whisper-1: 90 s x 0.36 per hour = 0.009
			Query{Provider: "openai", RequestModel: "whisper-1", Usage: Usage{AudioSeconds: 90}},
			0.009,
		},
		"web searches": {
			// claude-opus-4-8: 1000 x 5 per million, 3 searches x 10 per thousand = 0.035
			Query{Provider: "anthropic", RequestModel: "claude-opus-4-8", Usage: Usage{Input: 1000, WebSearch: 3}},
			0.035,
		},
		"an embedding has no output": {
			// 28 x 0.02 per million
			Query{Provider: "openai", RequestModel: "text-embedding-3-small", Usage: Usage{Input: 28, Output: 28}},
			0.00000056,
		},
		"exactly at the threshold the short price holds": {
			// grok-4.3: 200000 x 1.25 per million
			Query{Provider: "x_ai", RequestModel: "grok-4.3", Usage: Usage{Input: 200_000}},
			0.25,
		},
		"above the threshold the whole call has the long price": {
			// 220000 x 2.5 + 1000 x 5 per million
			Query{Provider: "x_ai", RequestModel: "grok-4.3", Usage: Usage{Input: 220_000, Output: 1000}},
			0.555,
		},
		"cached tokens count towards the threshold": {
			// gemini-2.5-pro: 1000 x 2.5 + 200000 x 0.25 + 100 x 15 per million = 0.054
			Query{Provider: "gcp.vertex_ai", RequestModel: "gemini-2.5-pro", Usage: Usage{Input: 1000, CacheRead: 200_000, Output: 100}},
			0.054,
		},
		"above 272K at OpenAI": {
			// gpt-5.4: 300000 x 5 + 1000 x 22.5 per million = 1.5225
			Query{Provider: "openai", RequestModel: "gpt-5.4", Usage: Usage{Input: 300_000, Output: 1000}},
			1.5225,
		},
		"the fine-tune price of the base": {
			// 1000 x 3.75 + 1000 x 15 per million
			Query{Provider: "openai", RequestModel: "ft:gpt-4o-2024-08-06:acme::abc123", Usage: Usage{Input: 1000, Output: 1000}},
			0.01875,
		},
		"an American inference profile on Bedrock": {
			// 10000 x 3.3 + 1000 x 16.5 per million
			Query{Provider: "aws.bedrock", RequestModel: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", Usage: Usage{Input: 10_000, Output: 1000}},
			0.0495,
		},
		"the global inference profile on Bedrock": {
			// 10000 x 3 + 1000 x 15 per million
			Query{Provider: "aws.bedrock", RequestModel: "global.anthropic.claude-sonnet-4-5-20250929-v1:0", Usage: Usage{Input: 10_000, Output: 1000}},
			0.045,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Time = at(t, autumn)
			got, reason := c.Price(tt.query)
			require.Equal(t, Priced, reason)
			assert.InEpsilon(t, tt.want, got.Total, exactly)
			assert.Equal(t, KindPriced, got.Kind)
			assert.Zero(t, got.Partial, "priced in full")
			var sum float64
			for _, cost := range got.Cost {
				sum += cost
			}
			assert.InEpsilon(t, got.Total, sum, exactly, "the parts make the total")
		})
	}
}

func TestPricesHoldForATime(t *testing.T) {
	c := embedded(t)
	tests := map[string]struct {
		provider, model, time string
		usage                 Usage
		want                  float64
	}{
		// o3 was cut from 10/40 to 2/8 on 2025-06-10, its cache from 2.5 to 0.5.
		"o3 before the cut":   {"openai", "o3", "2025-06-09T23:59:59Z", Usage{Input: 1000, CacheRead: 1000, Output: 1000}, 0.0525},
		"o3 after the cut":    {"openai", "o3", "2025-06-10T00:00:00Z", Usage{Input: 1000, CacheRead: 1000, Output: 1000}, 0.0105},
		"luna before the cut": {"openai", "gpt-5.6-luna", "2026-07-29T23:00:00Z", Usage{Input: 100_000, Output: 10_000}, 0.16},
		"luna after the cut":  {"openai", "gpt-5.6-luna", "2026-08-02T00:00:00Z", Usage{Input: 100_000, Output: 10_000}, 0.032},
		"an announced price":  {"gcp.gemini", "gemini-3.6-flash", "2027-01-15T12:00:00Z", Usage{Input: 36_000, Output: 2400}, 0.072},
		"the start date is midnight UTC, also for a span in another zone": {
			// 2027-01-01T00:30+01:00 is still 2026 in UTC: 36000 x 0.75 + 2400 x 3.75 per million
			"gcp.gemini", "gemini-3.6-flash", "2027-01-01T00:30:00+01:00", Usage{Input: 36_000, Output: 2400}, 0.036,
		},
		"long context before general availability": {
			// claude-opus-4-6: 260000 x 10 + 1500 x 37.5 per million
			"anthropic", "claude-opus-4-6", "2026-02-20T09:00:00Z", Usage{Input: 260_000, Output: 1500}, 2.65625,
		},
		"long context after general availability": {
			// 260000 x 5 + 1500 x 25 per million
			"anthropic", "claude-opus-4-6", "2026-04-20T09:00:00Z", Usage{Input: 260_000, Output: 1500}, 1.3375,
		},
		// deepseek-v4-pro: 0.435 until 2026-08-17 in Beijing, then 0.66, in peak hours 1.32, from 2026-08-23 on not at
		// weekends, later on neither at holidays.
		"the new price of 2026-08-17 in Beijing":   {"deepseek", "deepseek-v4-pro", "2026-08-16T16:00:00Z", Usage{Input: 1_000_000}, 0.66},
		"a peak hour before there were peak hours": {"deepseek", "deepseek-v4-pro", "2026-08-16T02:30:00Z", Usage{Input: 1_000_000}, 0.435},
		"a peak hour":                         {"deepseek", "deepseek-v4-pro", "2026-08-18T02:30:00Z", Usage{Input: 1_000_000}, 1.32},
		"the minute a peak ends":              {"deepseek", "deepseek-v4-pro", "2026-08-18T04:00:00Z", Usage{Input: 1_000_000}, 0.66},
		"a Saturday while weekends had peaks": {"deepseek", "deepseek-v4-pro", "2026-08-22T02:30:00Z", Usage{Input: 1_000_000}, 1.32},
		"a Sunday without peaks":              {"deepseek", "deepseek-v4-pro", "2026-08-23T02:30:00Z", Usage{Input: 1_000_000}, 0.66},
		"a Monday with peaks":                 {"deepseek", "deepseek-v4-pro", "2026-08-24T02:30:00Z", Usage{Input: 1_000_000}, 1.32},
		"a Friday that is a holiday":          {"deepseek", "deepseek-v4-pro", "2026-09-25T02:30:00Z", Usage{Input: 1_000_000}, 0.66},
		"a Tuesday between two holidays":      {"deepseek", "deepseek-v4-pro", "2026-09-29T02:30:00Z", Usage{Input: 1_000_000}, 1.32},
		"a Wednesday of the golden week":      {"deepseek", "deepseek-flash", "2026-10-07T09:59:00Z", Usage{Input: 1_000_000}, 0.15},
		"the Thursday after it":               {"deepseek", "deepseek-flash", "2026-10-08T09:59:00Z", Usage{Input: 1_000_000}, 0.3},
		// deepseek-v4-flash: 0.22 until 2026-09-10T04:00Z, then V4.1 Flash at 0.15, in peak hours twice that.
		"the last hours of a model":  {"deepseek", "deepseek-v4-flash", "2026-09-10T03:59:59Z", Usage{Input: 1_000_000}, 0.44},
		"its successor at off-peak":  {"deepseek", "deepseek-v4-flash", "2026-09-10T04:00:00Z", Usage{Input: 1_000_000}, 0.15},
		"its successor at peak":      {"deepseek", "deepseek-flash", "2026-09-11T02:00:00Z", Usage{Input: 1_000_000}, 0.3},
		"before a promotion":         {"gcp.gemini", "gemini-3.6-flash", "2026-08-01T12:00:00Z", Usage{Input: 1_000_000}, 1.5},
		"a bare name that moved too": {"mistral_ai", "mistral-medium", "2026-09-10T00:00:00Z", Usage{Input: 1_000_000}, 1.5},
		// deepseek-chat: off-peak over midnight until 2025-09-05T16:00Z, 0.28/0.42 from 2025-09-29 on, V4 Flash from
		// 2026-04-24 on.
		"off-peak before midnight":              {"deepseek", "deepseek-chat", "2025-06-01T23:00:00Z", Usage{Input: 1_000_000}, 0.135},
		"off-peak after midnight":               {"deepseek", "deepseek-chat", "2025-06-01T00:29:00Z", Usage{Input: 1_000_000}, 0.135},
		"daytime":                               {"deepseek", "deepseek-chat", "2025-06-01T00:30:00Z", Usage{Input: 1_000_000}, 0.27},
		"before the scheme began":               {"deepseek", "deepseek-chat", "2025-02-26T16:29:00Z", Usage{Input: 1_000_000}, 0.27},
		"after the scheme ended":                {"deepseek", "deepseek-chat", "2026-01-15T02:00:00Z", Usage{Input: 1_000_000, Output: 1_000_000}, 0.70},
		"the name of another model":             {"deepseek", "deepseek-reasoner", "2026-06-01T02:00:00Z", Usage{Input: 1_000_000, CacheRead: 1_000_000, Output: 1_000_000}, 0.4228},
		"a name taken back, as listed":          {"deepseek", "deepseek-chat", "2026-09-10T02:00:00Z", Usage{Input: 1_000_000, Output: 1_000_000}, 0.70},
		"an alias that moved, before":           {"mistral_ai", "mistral-large-latest", "2025-11-01T00:00:00Z", Usage{Input: 1_000_000}, 2},
		"an alias that moved, after":            {"mistral_ai", "mistral-large-latest", "2026-09-10T00:00:00Z", Usage{Input: 1_000_000}, 0.5},
		"a name of xAI's before it was retired": {"x_ai", "grok-4-fast-reasoning", "2026-05-15T18:59:59Z", Usage{Input: 100_000, Output: 10_000}, 0.025},
		"a long context of that time":           {"x_ai", "grok-4-fast-reasoning", "2026-05-01T00:00:00Z", Usage{Input: 150_000, CacheRead: 10_000, Output: 1000}, 0.0615},
		"a retired name means Grok 4.3":         {"x_ai", "grok-4-fast-reasoning", "2026-05-15T19:00:00Z", Usage{Input: 100_000, Output: 10_000}, 0.15},
		"its long context too":                  {"x_ai", "grok-3", "2026-11-01T00:00:00Z", Usage{Input: 190_000, CacheRead: 20_000, Output: 1000}, 0.488},
		"a retired name that moved on":          {"x_ai", "grok-code-fast-1", "2026-11-01T00:00:00Z", Usage{Input: 100_000, Output: 10_000}, 0.12},
		"Azure serves it still":                 {"azure.ai.inference", "grok-4-fast-reasoning", "2026-11-01T00:00:00Z", Usage{Input: 100_000, Output: 10_000}, 0.025},
		"Azure's own price of Grok":             {"azure", "grok-3", "2026-11-01T00:00:00Z", Usage{Input: 1_000_000}, 3},
		"its old snapshot stays as is":          {"mistral_ai", "mistral-large-2411", "2026-09-10T00:00:00Z", Usage{Input: 1_000_000}, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, reason := c.Price(Query{Provider: tt.provider, RequestModel: tt.model, Time: at(t, tt.time), Usage: tt.usage})
			require.Equal(t, Priced, reason)
			assert.InEpsilon(t, tt.want, got.Total, exactly)
		})
	}
}

func TestTheTierThatServedTheCallIsPriced(t *testing.T) {
	c := embedded(t)
	price := func(q Query) Quote {
		q.Time = at(t, autumn)
		got, reason := c.Price(q)
		require.Equal(t, Priced, reason)
		return got
	}
	usage := Usage{Input: 4000, CacheRead: 8000, Output: 900}
	// gpt-5 standard: 4000 x 1.25 + 8000 x 0.125 + 900 x 10 per million = 0.015
	tests := map[string]struct {
		query Query
		want  float64
		tier  Tier
	}{
		"priority doubles":                           {Query{Provider: "openai", RequestModel: "gpt-5", ResponseModel: "gpt-5-2025-08-07", RequestTier: "priority", ResponseTier: "priority", Usage: usage}, 0.03, TierPriority},
		"asked for priority, served by default":      {Query{Provider: "openai", RequestModel: "gpt-5", RequestTier: "priority", ResponseTier: "default", Usage: usage}, 0.015, TierStandard},
		"auto without an answer is standard":         {Query{Provider: "openai", RequestModel: "gpt-5", RequestTier: "auto", Usage: usage}, 0.015, TierStandard},
		"auto, answered with flex":                   {Query{Provider: "openai", RequestModel: "gpt-5", RequestTier: "auto", ResponseTier: "flex", Usage: usage}, 0.0075, TierFlex},
		"asked for flex, no answer":                  {Query{Provider: "openai", RequestModel: "gpt-5", RequestTier: "flex", Usage: usage}, 0.0075, TierFlex},
		"gpt-4o-mini at priority costs 0.25":         {Query{Provider: "openai", RequestModel: "gpt-4o-mini", ResponseTier: "priority", Usage: Usage{Input: 1_000_000}}, 0.25, TierPriority},
		"a batch at Anthropic":                       {Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5", ResponseTier: "batch", Usage: Usage{Input: 1_000_000}}, 0.5, TierBatch},
		"fast mode of Opus 4.6":                      {Query{Provider: "anthropic", RequestModel: "claude-opus-4-6", ResponseTier: "fast", Usage: Usage{Input: 1000, Output: 200}}, 0.06, TierFast},
		"fast mode in the model's name":              {Query{Provider: "anthropic", RequestModel: "claude-opus-4-6-fast", ResponseModel: "claude-opus-4-6", Usage: Usage{Input: 1000, Output: 200}}, 0.06, TierFast},
		"priority of GPT-5.5 costs more than others": {Query{Provider: "openai", RequestModel: "gpt-5.5", ResponseTier: "priority", Usage: Usage{Input: 100_000, Output: 10_000}}, 2, TierPriority},
		"fast mode of Opus 5.5":                      {Query{Provider: "anthropic", RequestModel: "claude-opus-5-5", ResponseTier: "fast", Usage: Usage{Input: 1_000_000}}, 8, TierFast},
		// 0.15 + 0.03 + 1.25: the discounts of batch and cache do not add up
		"a cached token in a batch at Google":        {Query{Provider: "gcp.gemini", RequestModel: "gemini-2.5-flash", ResponseTier: "batch", Usage: Usage{Input: 1_000_000, CacheRead: 1_000_000, Output: 1_000_000}}, 1.43, TierBatch},
		"and with a newer model":                     {Query{Provider: "gcp.gemini", RequestModel: "gemini-3.1-flash-lite", ResponseTier: "batch", Usage: Usage{CacheRead: 1_000_000}}, 0.0125, TierBatch},
		"a cached token in a batch at Groq":          {Query{Provider: "groq", RequestModel: "openai/gpt-oss-120b", ResponseTier: "batch", Usage: Usage{Input: 1_000_000, CacheRead: 1_000_000}}, 0.15, TierBatch},
		"the same, of a model without a cache price": {Query{Provider: "groq", RequestModel: "llama-3.3-70b-versatile", ResponseTier: "batch", Usage: Usage{Input: 1_000_000, CacheRead: 1_000_000}}, 0.59, TierBatch},
		"Google's priority in Vertex AI's spelling":  {Query{Provider: "gcp.vertex_ai", RequestModel: "gemini-2.5-flash", ResponseTier: "ON_DEMAND_PRIORITY", Usage: Usage{Input: 1_000_000}}, 0.54, TierPriority},
		"a search costs the same in every tier":      {Query{Provider: "openai", RequestModel: "gpt-5", ResponseTier: "flex", Usage: Usage{WebSearch: 1}}, 0.01, TierFlex},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := price(tt.query)
			assert.InEpsilon(t, tt.want, got.Total, exactly)
			assert.Equal(t, tt.tier, got.Tier)
			assert.False(t, got.TierUnpriced)
		})
	}
	t.Run("fast mode is not sold on Vertex AI", func(t *testing.T) {
		got := price(Query{Provider: "gcp.vertex_ai", RequestModel: "claude-opus-4-6", ResponseTier: "fast", Usage: Usage{Input: 100_000}})
		assert.True(t, got.TierUnpriced)
		assert.InEpsilon(t, 0.5, got.Total, exactly)
	})
	t.Run("a tier without a price is said to be one", func(t *testing.T) {
		got := price(Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5", ResponseTier: "priority", Usage: Usage{Input: 1_000_000}})
		assert.True(t, got.TierUnpriced)
		assert.InEpsilon(t, 1.0, got.Total, exactly)
	})
}

func TestWhatHasNoPriceIsNeverZero(t *testing.T) {
	c := embedded(t)
	usage := Usage{Input: 1000, Output: 100}
	tests := map[string]struct {
		query  Query
		reason Reason
	}{
		"an unknown model":                          {Query{Provider: "openai", RequestModel: "gpt-4o-supermax", Usage: usage}, UnknownModel},
		"an unknown provider":                       {Query{Provider: "acme", RequestModel: "gpt-4o", Usage: usage}, UnknownProvider},
		"no provider, and a name of nobody":         {Query{RequestModel: "my-model", Usage: usage}, UnknownProvider},
		"nothing at all":                            {Query{Usage: usage}, UnknownProvider},
		"no model":                                  {Query{Provider: "openai", Usage: usage}, UnknownModel},
		"a negative count":                          {Query{Provider: "openai", RequestModel: "gpt-4o", Usage: Usage{Input: -1}}, InvalidUsage},
		"a count above 2^53":                        {Query{Provider: "openai", RequestModel: "gpt-4o", Usage: Usage{Output: 1<<53 + 1}}, InvalidUsage},
		"only audio, on a model without audio":      {Query{Provider: "openai", RequestModel: "gpt-4", Usage: Usage{AudioInput: 10}}, NoPrice},
		"tokens, on a model that is billed by time": {Query{Provider: "openai", RequestModel: "whisper-1", Usage: Usage{Input: 10}}, NoPrice},
		"a host whose prices are not known":         {Query{Provider: "openai", Server: "api.deepinfra.com", RequestModel: "openai/gpt-oss-120b", Usage: usage}, UnknownProvider},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Time = at(t, autumn)
			_, reason := c.Price(tt.query)
			assert.Equal(t, tt.reason, reason)
		})
	}
	t.Run("audio beside text is left out and named", func(t *testing.T) {
		got, reason := c.Price(Query{Provider: "openai", RequestModel: "gpt-4", Time: at(t, autumn), Usage: Usage{Input: 1000, AudioInput: 10}})
		require.Equal(t, Priced, reason)
		assert.True(t, got.Partial.Has(AudioInput))
		assert.InEpsilon(t, 0.03, got.Total, exactly)
	})
}

func TestFreeAndLocalModelsAreKnownZeros(t *testing.T) {
	c := embedded(t)
	tests := map[string]struct {
		query    Query
		kind     Kind
		provider string
		model    string
	}{
		"a listed free model":            {Query{Provider: "openrouter", RequestModel: "google/gemma-3-27b-it:free"}, KindFree, "openrouter", "google/gemma-3-27b-it:free"},
		"any free model of OpenRouter":   {Query{Provider: "openrouter", RequestModel: "acme/brand-new:free"}, KindFree, "openrouter", "acme/brand-new:free"},
		"free asked, plain answered":     {Query{Provider: "openrouter", RequestModel: "openai/gpt-oss-20b:free", ResponseModel: "openai/gpt-oss-20b"}, KindFree, "openrouter", "openai/gpt-oss-20b:free"},
		"Gemma on the Gemini API":        {Query{Provider: "gcp.gemini", RequestModel: "gemma-3-27b-it"}, KindFree, "google", "gemma-3"},
		"OpenAI's moderation":            {Query{Provider: "openai", RequestModel: "omni-moderation-latest"}, KindFree, "openai", "moderation"},
		"Ollama":                         {Query{Provider: "ollama", RequestModel: "llama3.2:3b"}, KindLocal, "ollama", "llama3.2:3b"},
		"vLLM in its own spelling":       {Query{Provider: "vLLM", RequestModel: "meta-llama/Llama-3.1-8B"}, KindLocal, "vllm", "meta-llama/Llama-3.1-8B"},
		"OpenAI's client against Ollama": {Query{Provider: "openai", Server: "localhost:11434", RequestModel: "gpt-oss:20b"}, KindLocal, "ollama", "gpt-oss:20b"},
		"a local model behind LiteLLM":   {Query{Provider: "litellm", RequestModel: "ollama/llama3"}, KindLocal, "ollama", "ollama/llama3"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Time, tt.query.Usage = at(t, autumn), Usage{Input: 1000, Output: 100}
			got, reason := c.Price(tt.query)
			require.Equal(t, Priced, reason)
			assert.Equal(t, tt.kind, got.Kind)
			assert.Zero(t, got.Total)
			assert.Equal(t, tt.provider, got.Provider)
			assert.Equal(t, tt.model, got.Model)
		})
	}
	t.Run("Gemma on Vertex AI is not free", func(t *testing.T) {
		_, reason := c.Price(Query{Provider: "gcp.vertex_ai", RequestModel: "gemma-3-27b-it", Time: at(t, autumn)})
		assert.Equal(t, UnknownModel, reason)
	})
}

func TestAQuoteSaysWhereItsPriceComesFrom(t *testing.T) {
	c := embedded(t)
	got, reason := c.Price(Query{Provider: "openai", RequestModel: "gpt-4o", Time: at(t, autumn), Usage: Usage{Input: 1}})
	require.Equal(t, Priced, reason)
	assert.Equal(t, SourceEmbedded, got.Source)
	assert.Equal(t, "genai-prices-0.1.8", got.Record.Version)
	assert.Equal(t, "2.5", got.Record.Rates[Input].Text())
	assert.Regexp(t, `^genai-prices-0\.1\.8\+overlay-\d+$`, got.Version)

	got, reason = c.Price(Query{Provider: "openai", RequestModel: "o3", Time: at(t, autumn), Usage: Usage{Input: 1}})
	require.Equal(t, Priced, reason)
	assert.Equal(t, SourceOverlay, got.Source)
	assert.NotEmpty(t, got.Record.Origin)
	assert.NotEmpty(t, got.Record.Date)
}

func TestCacheSavingsAreReadsBelowAndWritesAboveTheInputPrice(t *testing.T) {
	c := embedded(t)
	got, reason := c.Price(Query{
		Provider: "anthropic", RequestModel: "claude-haiku-4-5", Time: at(t, autumn),
		Usage: Usage{CacheRead: 10_000, CacheWrite: 1000, CacheWrite1h: 1000},
	})
	require.Equal(t, Priced, reason)
	// reads 10000 x (1 - 0.1), writes 1000 x (1.25 - 1) and 1000 x (2 - 1), per million: 0.009 - 0.00025 - 0.001
	assert.InEpsilon(t, 0.00775, got.CacheSavings, 1e-9)
}

func TestAZeroTimeIsPricedWithTheOldestPrice(t *testing.T) {
	c := embedded(t)
	got, reason := c.Price(Query{Provider: "openai", RequestModel: "o3", Time: time.Time{}, Usage: Usage{Input: 1_000_000}})
	require.Equal(t, Priced, reason)
	assert.InEpsilon(t, 10.0, got.Total, exactly)
}

func TestAKnownPairIsPricedWithoutAllocating(t *testing.T) {
	c := withSettings(t, Settings{
		Aliases:   []Alias{{Provider: "azure", Match: "prod-*", Model: "gpt-4o-mini"}},
		Overrides: []Override{{Provider: "anthropic", Tenant: "acme", Multiplier: "0.8"}},
	})
	for name, q := range map[string]Query{
		"priced":     {Provider: "anthropic", RequestModel: "claude-haiku-4-5", ResponseModel: "claude-haiku-4-5-20251001", Tenant: "acme", Usage: Usage{Input: 730, CacheRead: 512, Output: 100}},
		"with tiers": {Provider: "gcp.vertex_ai", RequestModel: "gemini-2.5-pro", ResponseTier: "ON_DEMAND_PRIORITY", Usage: Usage{Input: 300_000}},
		"an alias":   {Provider: "azure", RequestModel: "prod-chat", Usage: Usage{Input: 1}},
		"unknown":    {Provider: "openai", RequestModel: "gpt-4o-supermax", Usage: Usage{Input: 1}},
		"local":      {Provider: "ollama", RequestModel: "llama3", Usage: Usage{Input: 1}},
	} {
		q.Time = at(t, autumn)
		c.Price(q)
		assert.Zero(t, testing.AllocsPerRun(100, func() { c.Price(q) }), name)
	}
}

// Names that never repeat must not fill the memory.
func TestTheCacheIsBounded(t *testing.T) {
	c := withSettings(t, Settings{})
	for i := range 3 * cacheSize {
		c.Price(Query{Provider: "openai", RequestModel: "gpt-" + strconv.Itoa(i), Time: at(t, autumn)})
	}
	assert.LessOrEqual(t, len(c.cache.young)+len(c.cache.old), 2*cacheSize)
	c.Price(Query{Provider: "openai", RequestModel: strings.Repeat("x", 1<<20), Time: at(t, autumn)})
	for key := range c.cache.young {
		assert.LessOrEqual(t, len(key.request), 4*maxNameLength)
	}
}
