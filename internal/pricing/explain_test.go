package pricing

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnExplanationShowsTheRecordAndTheArithmetic(t *testing.T) {
	c := embedded(t)
	tests := map[string]struct {
		query Query
		want  []string
	}{
		"a batch with every kind of cached token": {
			Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5-20251001", ResponseTier: "batch", Usage: Usage{Input: 730, CacheRead: 512, CacheWrite: 512, Output: 100, Reasoning: 5}},
			[]string{
				"provider   anthropic (by the provider's name)",
				`model      claude-haiku-4-5 (named "claude-haiku-4-5-20251001")`,
				"price      input 1, cache_read 0.1, cache_write 1.25, cache_write_1h 2, output 5, web_search 10",
				"valid      always",
				"source     embedded, genai-prices-0.1.8",
				"tier       batch",
				"input: 730 x 1 / 1000000 x 0.5 = 0.000365",
				"cache_read: 512 x 0.1 / 1000000 x 0.5 = 0.0000256",
				"cache_write: 512 x 1.25 / 1000000 x 0.5 = 0.00032",
				"output: 100 x 5 / 1000000 x 0.5 = 0.00025",
				"reasoning: 5 x 5 / 1000000 x 0.5 = 0.0000125 (no price of its own, from output)",
				"total      0.0009731 USD",
			},
		},
		"a long context with audio that has no price": {
			Query{Provider: "x_ai", RequestModel: "grok-4.3", Usage: Usage{Input: 230_000, Output: 100, AudioInput: 4}},
			[]string{
				"above 200000 input tokens: input 2.5, cache_read 0.4, output 5",
				"context    long: 230004 input tokens",
				"input: 230000 x 2.5 / 1000000 = 0.575",
				"unpriced   audio_input",
				"total      0.5755 USD",
			},
		},
		"a price of the overlay with dates and a page": {
			Query{Provider: "openai", RequestModel: "o3", Usage: Usage{Input: 1000}},
			[]string{"valid      from 2025-06-10", "source     overlay, overlay-7, litellm o3; genai o3;", ", as of 2026-07"},
		},
		"a fee for the request": {
			Query{Provider: "perplexity", RequestModel: "sonar", Usage: Usage{Input: 1000}},
			[]string{"per_request: 1 x 0.005 = 0.005", "total      0.006 USD"},
		},
		"a tier without a price": {
			Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5", ResponseTier: "priority", Usage: Usage{Input: 1}},
			[]string{"tier       priority, which has no price of its own: list price"},
		},
		"a server that decides": {
			Query{Provider: "openai", Server: "openrouter.ai", RequestModel: "openai/gpt-4o", Usage: Usage{Input: 1}},
			[]string{"provider   openrouter (by the server's address)"},
		},
		"a model that decides": {
			Query{RequestModel: "gpt-4o", Usage: Usage{Input: 1}},
			[]string{"provider   openai (by the model's name)"},
		},
		"a local model":    {Query{Provider: "ollama", RequestModel: "x", Usage: Usage{Input: 1}}, []string{"price      0: local", "total      0 USD"}},
		"an unknown model": {Query{Provider: "openai", RequestModel: "gpt-4o-supermax", Usage: Usage{Input: 1}}, []string{"price      none: unknown_model", `"gpt-4o-supermax" is in no price list of this provider`}},
		"nothing known":    {Query{RequestModel: "my-model", Usage: Usage{Input: 1}}, []string{"price      none: unknown_provider"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Time = at(t, autumn)
			text := c.Explain(tt.query).String()
			for _, want := range tt.want {
				assert.Contains(t, text, want)
			}
		})
	}
}

func TestAnExplanationOfTheOperatorsOwnPrices(t *testing.T) {
	c := withSettings(t, Settings{
		Aliases: []Alias{{Provider: "azure", Match: "prod-*", Model: "gpt-4o-mini"}},
		Overrides: []Override{
			{Provider: "anthropic", Multiplier: "0.8"},
			{Provider: "azure", Model: "gpt-4o-mini", Tenant: "acme", Prices: map[string]string{"input": "0.1", "output": "0.5"}, Multiplier: "0.5"},
		},
	})
	text := c.Explain(Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5", Time: at(t, autumn), Usage: Usage{Input: 1_000_000}}).String()
	assert.Contains(t, text, "source     embedded, genai-prices-0.1.8, scaled by an override")
	assert.Contains(t, text, "override   overrides[0]")
	assert.Contains(t, text, "input: 1000000 x 1 / 1000000 x 0.8 = 0.8")

	text = c.Explain(Query{Provider: "azure", RequestModel: "prod-chat", Tenant: "acme", Time: at(t, autumn), Usage: Usage{Input: 1_000_000}}).String()
	assert.Contains(t, text, `model      gpt-4o-mini (alias "prod-*" for "prod-chat")`)
	assert.Contains(t, text, "override   overrides[1]")
	assert.Contains(t, text, "input: 1000000 x 0.1 / 1000000 x 0.5 = 0.05")
}

// The lines are not a second calculator: they must add up to what Price says, for every model of the lists.
func TestTheLinesAddUpToTheTotal(t *testing.T) {
	c := embedded(t)
	for _, m := range c.List("", at(t, autumn)) {
		if m.Record == nil || len(m.Names) == 0 {
			continue
		}
		q := Query{Provider: m.Provider, RequestModel: m.Names[0], Time: at(t, autumn), ResponseTier: "batch"}
		for b := range q.Usage {
			q.Usage[b] = int64(1000 + b)
		}
		e := c.Explain(q)
		require.Equal(t, Priced, e.Reason, "%s %s", m.Provider, m.Names[0])
		var sum float64
		for _, l := range e.Lines {
			assert.InDelta(t, l.Cost, float64(l.Count)*l.Rate/l.Per*l.Factor, 1e-12, "%s %s %s", m.Provider, m.Model, l.Bucket)
			sum += l.Cost
		}
		assert.InDelta(t, e.Quote.Total, sum, 1e-9, "%s %s", m.Provider, m.Model)
	}
}

func TestADiffNamesWhatChanged(t *testing.T) {
	before, err := Build(mustLayer(t, SourceFile, `
schema: 1
providers:
  - id: acme
    models:
      - {id: same, prices: [{input: 1.0}]}
      - {id: cheaper, prices: [{input: 2, output: 4, cache_read: 0.2, above: [{tokens: 200000, input: 4}]}]}
      - {id: dated, prices: [{to: 2027-01-01, input: 1}, {from: 2027-01-01, input: 2}]}
      - {id: gone, prices: [{input: 3, output: 5}]}
      - {id: free, prices: [{input: 3}]}
tiers:
  - {provider: acme, models: [same], tier: flex, factor: 0.5}`))
	require.NoError(t, err)
	after, err := Build(mustLayer(t, SourceFile, `
schema: 1
providers:
  - id: acme
    models:
      - {id: same, prices: [{input: 1}]}
      - {id: cheaper, prices: [{input: 1, output: 4, audio_input: 9, above: [{tokens: 200000, input: 3}, {tokens: 500000, input: 6}]}]}
      - {id: dated, prices: [{to: 2027-01-01, input: 1}, {from: 2027-01-01, input: 9}]}
      - {id: free, free: true}
      - {id: new, prices: [{input: 7}]}
tiers:
  - {provider: acme, models: [same], tier: flex, factor: 0.6}`))
	require.NoError(t, err)
	lines := func(when string) []string {
		var out []string
		for _, change := range Diff(before, after, at(t, when)) {
			out = append(out, change.String())
		}
		return out
	}
	assert.Equal(t, []string{
		"~ acme cheaper  input: 2 -> 1",
		"~ acme cheaper  cache_read: 0.2 -> -",
		"~ acme cheaper  audio_input: - -> 9",
		"~ acme cheaper  input above 200000: 4 -> 3",
		"~ acme cheaper  input above 500000: - -> 6",
		"~ acme free  free: - -> yes",
		"~ acme free  input: 3 -> -",
		"- acme gone  input 3, output 5",
		"+ acme new  input 7",
		"~ acme same  tier flex: 0.5 -> 0.6",
	}, lines(autumn))
	assert.Contains(t, lines("2027-02-01T00:00:00Z"), "~ acme dated  input: 2 -> 9")
	assert.Empty(t, Diff(before, before, at(t, autumn)))
}

func TestTheListHoldsEveryModelWithItsNames(t *testing.T) {
	c := embedded(t)
	all := c.List("", at(t, autumn))
	assert.Len(t, all, c.Models())
	anthropic := c.List("Anthropic", at(t, autumn))
	require.NotEmpty(t, anthropic)
	for _, m := range anthropic {
		assert.Equal(t, "anthropic", m.Provider)
		if m.Model == "claude-haiku-4-5" {
			assert.Contains(t, m.Names, "claude-4.5-haiku")
			assert.Equal(t, "1", m.Record.Rates[Input].Text())
		}
	}
	assert.Empty(t, c.List("nobody", at(t, autumn)))
	assert.Less(t, all[0].Provider, all[len(all)-1].Provider)
}
