package pricing

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func withSettings(tb testing.TB, s Settings) *Catalog {
	tb.Helper()
	layers, err := EmbeddedLayers()
	require.NoError(tb, err)
	own, err := s.Layer()
	require.NoError(tb, err)
	c, err := Build(append(layers, own)...)
	require.NoError(tb, err)
	return c
}

func TestAnAliasGivesADeploymentItsModel(t *testing.T) {
	c := withSettings(t, Settings{Aliases: []Alias{
		{Provider: "azure", Match: "prod-chat", Model: "gpt-4o-mini"},
		{Provider: "azure.ai.openai", Match: "gpt-5.6-terra-*-aaif", Model: "gpt-5.6-terra", TargetProvider: "openai"},
		{Match: "re:team-(a|b)-sonnet", Model: "claude-sonnet-4-5", TargetProvider: "anthropic"},
		{Match: "arn:aws:bedrock:*:application-inference-profile/a1b2c3", Model: "us.anthropic.claude-haiku-4-5-20251001-v1:0", TargetProvider: "aws"},
		{Provider: "my-gateway", Match: "*", Model: "gpt-4.1", TargetProvider: "openai"},
		{Match: "shadowed", Model: "gpt-4o", TargetProvider: "openai"},
		{Match: "shadowed", Model: "gpt-4o-mini", TargetProvider: "openai"},
		{Match: "gpt-4o", Provider: "groq", Model: "llama-3.1-8b-instant"},
	}})
	tests := map[string]struct {
		query           Query
		provider, model string
	}{
		"an exact name":                          {Query{Provider: "azure.ai.openai", RequestModel: "Prod-Chat"}, "azure", "gpt-4o-mini"},
		"a glob":                                 {Query{Provider: "azure", RequestModel: "gpt-5.6-terra-2026-07-09-global-aaif"}, "openai", "gpt-5.6-terra"},
		"an expression, without a provider":      {Query{RequestModel: "team-b-sonnet"}, "anthropic", "claude-sonnet-4-5"},
		"an application inference profile":       {Query{Provider: "aws.bedrock", RequestModel: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3"}, "aws", "regional.anthropic.claude-haiku-4-5-20251001-v1:0"},
		"a provider nobody knows":                {Query{Provider: "my-gateway", RequestModel: "whatever"}, "openai", "gpt-4.1"},
		"the first of two":                       {Query{Provider: "openai", RequestModel: "shadowed"}, "openai", "gpt-4o"},
		"the model that answered wins":           {Query{Provider: "azure", RequestModel: "prod-chat", ResponseModel: "gpt-4o-2024-11-20"}, "azure", "gpt-4o"},
		"an answer that says nothing known":      {Query{Provider: "azure", RequestModel: "prod-chat", ResponseModel: "prod-chat-v2"}, "azure", "gpt-4o-mini"},
		"another provider is not touched":        {Query{Provider: "openai", RequestModel: "gpt-4o"}, "openai", "gpt-4o"},
		"an alias goes before the list":          {Query{Provider: "groq", RequestModel: "gpt-4o"}, "groq", "llama-3.1-8b-instant"},
		"the deployment is echoed in the answer": {Query{Provider: "azure", RequestModel: "x", ResponseModel: "prod-chat"}, "azure", "gpt-4o-mini"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Time, tt.query.Usage = at(t, autumn), Usage{Input: 1}
			got, reason := c.Price(tt.query)
			require.Equal(t, Priced, reason)
			assert.Equal(t, tt.provider, got.Provider)
			assert.Equal(t, tt.model, got.Model)
		})
	}
	_, reason := c.Price(Query{Provider: "openai", RequestModel: "prod-chat", Time: at(t, autumn)})
	assert.Equal(t, UnknownModel, reason, "an alias of another provider")
}

func TestOverridesBeatTheLists(t *testing.T) {
	c := withSettings(t, Settings{
		Overrides: []Override{
			{Provider: "openai", Model: "gpt-4o", Prices: map[string]string{"input": "2", "output": "8"}},
			{Provider: "openai", Model: "gpt-4o", Tenant: "acme", Prices: map[string]string{"input": "1", "output": "4"}},
			{Provider: "openai", Model: "gpt-4o", Tenant: "acme-eu", From: "2026-10-01", Prices: map[string]string{"input": "0.5", "output": "1"}},
			{Provider: "anthropic", Multiplier: "0.8"},
			{Provider: "anthropic", Model: "claude-opus-*", Tenant: "acme", Multiplier: "0.5"},
			{Model: "re:claude-haiku-.*", Tenant: "beta", Prices: map[string]string{"input": "1", "output": "5"}, Multiplier: "0.9"},
			{Provider: "acme-llm", Model: "acme-1", Prices: map[string]string{"input": "3", "output": "6", "per_request": "0.001"}},
			{Provider: "azure", Model: "my-finetune", Prices: map[string]string{"input": "4", "output": "12"}},
			{Provider: "vllm", Prices: map[string]string{"input": "0.1", "output": "0.1"}},
		},
	})
	tests := map[string]struct {
		query  Query
		want   float64
		source Source
	}{
		"for everybody":                         {Query{Provider: "openai", RequestModel: "gpt-4o-2024-11-20", Usage: Usage{Input: 1e6, Output: 1e6}}, 10, SourceOverride},
		"for a tenant":                          {Query{Provider: "openai", RequestModel: "gpt-4o", Tenant: "acme", Usage: Usage{Input: 1e6, Output: 1e6}}, 5, SourceOverride},
		"a tenant whose price is not yet valid": {Query{Provider: "openai", RequestModel: "gpt-4o", Tenant: "acme-eu", Usage: Usage{Input: 1e6}}, 2, SourceOverride},
		"a cached token of an override":         {Query{Provider: "openai", RequestModel: "gpt-4o", Usage: Usage{CacheRead: 1e6}}, 2, SourceOverride},
		"another model of the provider":         {Query{Provider: "openai", RequestModel: "gpt-4o-mini", Usage: Usage{Input: 1e6}}, 0.15, SourceEmbedded},
		"a discount on a provider":              {Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5", Usage: Usage{Input: 1e6, WebSearch: 100}}, 0.8 * (1 + 1), SourceOverride},
		"a tenant's discount goes first":        {Query{Provider: "anthropic", RequestModel: "claude-opus-4-8", Tenant: "acme", Usage: Usage{Input: 1e6}}, 2.5, SourceOverride},
		"a model that only an override knows":   {Query{Provider: "acme-llm", RequestModel: "Acme-1", Usage: Usage{Input: 1e6, Output: 1e6}}, 9.001, SourceOverride},
		"a deployment that no list knows":       {Query{Provider: "azure.ai.openai", RequestModel: "my-finetune", Usage: Usage{Input: 1e6}}, 4, SourceOverride},
		"a local model with a price":            {Query{Provider: "vllm", RequestModel: "llama", Usage: Usage{Input: 1e6}}, 0.1, SourceOverride},
		"the service tier scales an override":   {Query{Provider: "openai", RequestModel: "gpt-4o", ResponseTier: "batch", Usage: Usage{Input: 1e6}}, 1, SourceOverride},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Time = at(t, autumn)
			got, reason := c.Price(tt.query)
			require.Equal(t, Priced, reason)
			assert.InEpsilon(t, tt.want, got.Total, exactly)
			assert.Equal(t, tt.source, got.Source)
		})
	}
	t.Run("an override of a Claude model prices its cache writes as Anthropic does", func(t *testing.T) {
		got, reason := c.Price(Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5", Tenant: "beta", Time: at(t, autumn), Usage: Usage{CacheWrite: 1e6, CacheWrite1h: 1e6}})
		require.Equal(t, Priced, reason)
		assert.InEpsilon(t, 0.9*(1.25+2), got.Total, exactly)
	})
	t.Run("names of a model that only an override knows", func(t *testing.T) {
		got, reason := c.Price(Query{Provider: "acme-llm", RequestModel: "Acme-1", Time: at(t, autumn), Usage: Usage{Input: 1}})
		require.Equal(t, Priced, reason)
		assert.Equal(t, "acme-llm", got.Provider)
		assert.Equal(t, "acme-1", got.Model)
	})
	t.Run("what no override names stays unknown", func(t *testing.T) {
		_, reason := c.Price(Query{Provider: "acme-llm", RequestModel: "acme-2", Time: at(t, autumn)})
		assert.Equal(t, UnknownProvider, reason)
		_, reason = c.Price(Query{Provider: "anthropic", RequestModel: "claude-opus-9", Time: at(t, autumn)})
		assert.Equal(t, UnknownModel, reason, "a discount prices nothing by itself")
	})
}

func TestProviderNamesAndLocalProvidersOfTheOperator(t *testing.T) {
	c := withSettings(t, Settings{
		ProviderAliases: map[string]string{"my-gateway": "openai", "litellm": "anthropic"},
		LocalProviders:  []string{"gpu-farm"},
	})
	got, reason := c.Price(Query{Provider: "My_Gateway", RequestModel: "gpt-4o", Time: at(t, autumn), Usage: Usage{Input: 1e6}})
	require.Equal(t, Priced, reason)
	assert.Equal(t, "openai", got.Provider)
	got, reason = c.Price(Query{Provider: "litellm", RequestModel: "claude-haiku-4-5", Time: at(t, autumn), Usage: Usage{Input: 1e6}})
	require.Equal(t, Priced, reason)
	assert.Equal(t, "anthropic", got.Provider, "an alias for a framework's name")
	got, reason = c.Price(Query{Provider: "gpu-farm", RequestModel: "anything", Time: at(t, autumn), Usage: Usage{Input: 1e6}})
	require.Equal(t, Priced, reason)
	assert.Equal(t, KindLocal, got.Kind)
}

func TestABadSettingNamesItsEntry(t *testing.T) {
	price := map[string]string{"input": "1"}
	tests := map[string]struct {
		settings Settings
		want     string
	}{
		"a glob":                     {Settings{Aliases: []Alias{{Match: "gpt-[4", Model: "gpt-4o", TargetProvider: "openai"}}}, `aliases[0].match: glob "gpt-[4": the bracket is not closed`},
		"an expression":              {Settings{Aliases: []Alias{{Match: "re:(", Model: "gpt-4o", TargetProvider: "openai"}}}, `aliases[0].match: "re:(": error parsing regexp`},
		"an alias without a name":    {Settings{Aliases: []Alias{{Model: "gpt-4o"}}}, "aliases[0].match: the pattern is empty"},
		"an alias without a model":   {Settings{Aliases: []Alias{{Match: "x"}}}, "aliases[0]: model is missing"},
		"an alias to nothing":        {Settings{Aliases: []Alias{{Match: "x", Model: "gpt-99", TargetProvider: "openai"}}}, `aliases[0].model: "gpt-99" is not in the price list of openai`},
		"an alias to nobody":         {Settings{Aliases: []Alias{{Match: "x", Model: "gpt-4o", TargetProvider: "opnai"}}}, `aliases[0].target_provider: provider "opnai" is not in the price list`},
		"an alias to an orphan":      {Settings{Aliases: []Alias{{Match: "x", Model: "my-model"}}}, `aliases[0].model: "my-model" is not in the price list: name its provider in target_provider`},
		"a price key":                {Settings{Overrides: []Override{{Model: "m", Prices: map[string]string{"cache_raed": "1"}}}}, `overrides[0]: unknown price "cache_raed", did you mean "cache_read"?`},
		"a negative price":           {Settings{Overrides: []Override{{Model: "m", Prices: map[string]string{"input": "-1"}}}}, "overrides[0].input: price -1 is negative"},
		"nothing":                    {Settings{Overrides: []Override{{Model: "m"}}}, "overrides[0]: neither a price nor a multiplier"},
		"a multiplier below zero":    {Settings{Overrides: []Override{{Model: "m", Multiplier: "-0.5"}}}, `overrides[0].multiplier: factor "-0.5"`},
		"dates in the wrong order":   {Settings{Overrides: []Override{{Model: "m", Prices: price, From: "2026-02-01", To: "2026-01-01"}}}, "overrides[0]: to 2026-01-01 is not after from 2026-02-01"},
		"overlapping dates":          {Settings{Overrides: []Override{{Model: "m", Prices: price, To: "2026-02-01"}, {Model: "M", Prices: price, From: "2026-01-31"}}}, "overrides[0] and overrides[1] hold at the same time"},
		"an empty local provider":    {Settings{LocalProviders: []string{" "}}, "local_providers: a name is empty"},
		"a provider alias to nobody": {Settings{ProviderAliases: map[string]string{"gw": "opnai"}}, `provider_aliases.gw: provider "opnai" is not in the price list`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			layers, err := EmbeddedLayers()
			require.NoError(t, err)
			own, err := tt.settings.Layer()
			if err == nil {
				_, err = Build(append(layers, own)...)
			}
			assert.ErrorContains(t, err, tt.want)
		})
	}
	t.Run("adjoining dates and other tenants do not overlap", func(t *testing.T) {
		s := Settings{Overrides: []Override{
			{Model: "m", Prices: price, To: "2026-02-01"},
			{Model: "m", Prices: price, From: "2026-02-01"},
			{Model: "m", Tenant: "a", Prices: price},
		}}
		_, err := s.Layer()
		assert.NoError(t, err)
	})
}

func TestAPriceFileHoldsAliasesAndOverridesToo(t *testing.T) {
	layers, err := EmbeddedLayers()
	require.NoError(t, err)
	own := mustLayer(t, SourceFile, `
schema: 1
version: contract-2026
aliases:
  - {provider: azure, match: prod-chat, model: gpt-4o}
overrides:
  - {provider: azure, model: gpt-4o, tenant: acme, input: 2.25, output: 9, cache_read: 1.125}
  - {provider: azure, model: "*", multiplier: 0.9}`)
	c, err := Build(append(layers, own)...)
	require.NoError(t, err)
	got, reason := c.Price(Query{Provider: "azure", RequestModel: "prod-chat", Tenant: "acme", Time: at(t, autumn), Usage: Usage{Input: 1e6, CacheRead: 1e6}})
	require.Equal(t, Priced, reason)
	assert.InEpsilon(t, 3.375, got.Total, exactly)
	got, reason = c.Price(Query{Provider: "azure", RequestModel: "prod-chat", Time: at(t, autumn), Usage: Usage{Input: 1e6}})
	require.Equal(t, Priced, reason)
	assert.InEpsilon(t, 2.25, got.Total, exactly)
}
