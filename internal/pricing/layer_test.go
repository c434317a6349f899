package pricing

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestABadPriceListNamesTheEntry(t *testing.T) {
	model := func(body string) string {
		return "schema: 1\nproviders:\n  - id: acme\n    models:\n      - {id: m1, prices: [{input: 1}]}\n      - {id: m2, " + body + "}\n"
	}
	tests := map[string]struct{ text, want string }{
		"a typo in a price":        {model("prices: [{inptu: 1}]"), `providers.acme.models.m2.prices[0]: unknown key "inptu", did you mean "input"?`},
		"a typo in a model":        {model("price: []"), `providers.acme.models.m2: unknown key "price", did you mean "prices"?`},
		"a negative price":         {model("prices: [{input: -1}]"), "providers.acme.models.m2.prices[0].input: price -1 is negative"},
		"a negative zero":          {model("prices: [{input: -0.0}]"), "prices[0].input: price -0.0 is negative"},
		"a price that is a word":   {model("prices: [{input: cheap}]"), `prices[0].input: "cheap" is not a decimal number`},
		"not a number":             {model("prices: [{input: .nan}]"), `prices[0].input: ".nan" is not a decimal number`},
		"infinity":                 {model("prices: [{input: .inf}]"), `prices[0].input: ".inf" is not a decimal number`},
		"a hexadecimal number":     {model("prices: [{input: 0x10}]"), `prices[0].input: "0x10" is not a decimal number`},
		"a price by the token":     {model("prices: [{input: 3000000}]"), "is above 1e+06: prices are US dollars per million tokens"},
		"a price that is a list":   {model("prices: [{input: [1]}]"), "is not a decimal number"},
		"no price":                 {model("prices: [{from: 2026-01-01}]"), "providers.acme.models.m2.prices[0]: no price"},
		"a bad date":               {model("prices: [{from: 2026-13-01, input: 1}]"), `prices[0].from: "2026-13-01" is not a date`},
		"dates in the wrong order": {model("prices: [{from: 2026-02-01, to: 2026-01-01, input: 1}]"), "prices[0]: to 2026-01-01 is not after from 2026-02-01"},
		"overlapping dates":        {model("prices: [{to: 2026-02-01, input: 1}, {from: 2026-01-31, input: 2}]"), "providers.acme.models.m2: prices[0] and prices[1] hold at the same time"},
		"two open prices":          {model("prices: [{input: 1}, {input: 2}]"), "prices[0] and prices[1] hold at the same time"},
		"overlapping hours":        {model(`prices: [{window: "01:00-03:00", input: 1}, {window: "02:00-04:00", input: 2}]`), "prices[0] and prices[1] hold at the same time"},
		"bad hours":                {model(`prices: [{window: "25:00-26:00", input: 1}]`), `prices[0].window: "25:00-26:00" is not a part of the day`},
		"steps out of order":       {model("prices: [{input: 1, above: [{tokens: 200000, input: 2}, {tokens: 100000, input: 3}]}]"), "prices[0].above[1].tokens: 100000 is not above 200000"},
		"a step at zero":           {model("prices: [{input: 1, above: [{tokens: 0, input: 2}]}]"), "prices[0].above[0].tokens: 0 is not above 0"},
		"free and priced":          {model("free: true, prices: [{input: 1}]"), "providers.acme.models.m2: free and prices exclude each other"},
		"a key given twice":        {"schema: 1\nschema: 1\n", `prices: key "schema" is given twice`},
		"a model given twice":      {model("prices: [{input: 1}]}\n      - {id: m2, prices: [{input: 1}]"), "providers.acme.models.m2: given twice"},
		"a name claimed twice":     {model("names: [M1], prices: [{input: 1}]"), `providers.acme.models.m2: name "M1" is also a name of m1`},
		"an empty name":            {model(`names: [" "], prices: [{input: 1}]`), "providers.acme.models.m2: a name is empty"},
		"a provider given twice":   {"schema: 1\nproviders: [{id: a}, {id: a}]", "providers.a: given twice"},
		"a provider without id":    {"schema: 1\nproviders: [{name: a}]", "prices.providers[0]: id is missing"},
		"an unknown tier":          {"schema: 1\ntiers: [{provider: a, tier: turbo, factor: 2}]", `prices.tiers[0].tier: "turbo" is not one of flex, batch, priority, fast`},
		"a factor of zero":         {"schema: 1\ntiers: [{provider: a, tier: flex, factor: 0}]", `prices.tiers[0].factor: factor "0" is not a number above 0`},
		"a cache factor of zero":   {"schema: 1\ntiers: [{provider: a, tier: flex, factor: 1, cache_read: 0}]", `prices.tiers[0].cache_read: factor "0" is not a number above 0`},
		"a bad glob":               {`{"schema": 1, "tiers": [{"provider": "a", "tier": "flex", "factor": 0.5, "models": ["gpt-[5"]}]}`, "prices.tiers[0].models: glob \"gpt-[5\": the bracket is not closed"},
		"a bad expression":         {`{"schema": 1, "tiers": [{"provider": "a", "tier": "flex", "factor": 0.5, "models": ["re:("]}]}`, "prices.tiers[0].models: \"re:(\": error parsing regexp"},
		"no schema":                {"providers: []", "prices.schema: 0 is not supported, write 1"},
		"a schema of the future":   {"schema: 2", "prices.schema: 2 is not supported, write 1"},
		"a list":                   {"[]", "prices: expected an object"},
		"nothing":                  {"", "prices: the file is empty"},
		"two documents":            {"schema: 1\n---\nschema: 1\n", "prices: more than one document"},
		"an alias of YAML":         {"schema: 1\nproviders: [&a {id: a}, *a]", "anchors and aliases are not supported"},
		"nested without end":       {"schema: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "nested too deeply"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ParseLayer([]byte(tt.text), SourceFile)
			require.Error(t, err)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestJSONAndYAMLReadTheSame(t *testing.T) {
	fromJSON, err := ParseLayer([]byte(`{"schema":1,"version":"v","published":"2026-01-02","providers":[{"id":"acme","models":[{"id":"m","names":["m","m-one"],"prices":[{"from":"2026-01-01","input":0.10,"above":[{"tokens":100,"input":1}]}]}]}]}`), SourceFile)
	require.NoError(t, err)
	fromYAML, err := ParseLayer([]byte("schema: 1\nversion: v\npublished: 2026-01-02\nproviders:\n- id: acme\n  models:\n  - id: m\n    names: [m, m-one]\n    prices:\n    - from: 2026-01-01\n      input: 0.10\n      above: [{tokens: 100, input: 1}]\n"), SourceFile)
	require.NoError(t, err)
	assert.Equal(t, fromJSON, fromYAML)
	assert.Equal(t, "0.10", fromYAML.providers[0].models[0].records[0].Rates[Input].Text(), "the price as it was written")
}

func TestALaterLayerPricesAModelAlone(t *testing.T) {
	base := mustLayer(t, SourceEmbedded, `
schema: 1
version: base-1
providers:
  - id: acme
    models:
      - {id: big, names: [big, big-latest], prices: [{input: 10, output: 20, cache_read: 1}]}
      - {id: small, prices: [{input: 1, output: 2}]}`)
	own := mustLayer(t, SourceFile, `
schema: 1
version: own-7
providers:
  - id: acme
    aliases: [acme-eu]
    models:
      - {id: big, prices: [{input: 5, output: 6}]}
      - {id: small, names: [big-latest]}
      - {id: tiny, prices: [{input: 0.1, output: 0.2}]}`)
	c, err := Build(base, own)
	require.NoError(t, err)
	assert.Equal(t, "base-1+own-7", c.Version())
	assert.Equal(t, 3, c.Models())

	price := func(provider, model string, u Usage) Quote {
		got, reason := c.Price(Query{Provider: provider, RequestModel: model, Time: at(t, autumn), Usage: u})
		require.Equal(t, Priced, reason, model)
		return got
	}
	got := price("acme", "big", Usage{CacheRead: 1_000_000})
	assert.InEpsilon(t, 5.0, got.Total, exactly, "the file's record has no cache price and takes none from below")
	assert.Equal(t, SourceFile, got.Source)
	got = price("acme-eu", "small", Usage{Input: 1_000_000})
	assert.InEpsilon(t, 1.0, got.Total, exactly, "a layer that only adds a name leaves the price")
	assert.Equal(t, SourceEmbedded, got.Source)
	assert.Equal(t, "small", price("acme", "big-latest", Usage{}).Model, "a name moves to the last model that claims it")
	assert.InEpsilon(t, 0.1, price("acme", "tiny", Usage{Input: 1_000_000}).Total, exactly)
}

func TestALayerThatSaysNothingOfUseIsAnError(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"names for a model without a price": {"schema: 1\nproviders: [{id: a, models: [{id: m}]}]", "providers.a.models.m: neither a price nor free"},
		"a fallback to nobody":              {"schema: 1\nproviders: [{id: a, fallback: [b]}]", `providers.a.fallback: provider "b" is not in the list`},
		"a tier of nobody":                  {"schema: 1\ntiers: [{provider: a, tier: flex, factor: 0.5}]", `tiers: provider "a" is not in the list`},
		"a tier of no model":                {"schema: 1\nproviders: [{id: a, models: [{id: m, free: true}]}]\ntiers: [{provider: a, models: [x], tier: flex, factor: 0.5}]", "tiers: no model of a matches [x]"},
		"a patch of no model":               {"schema: 1\nproviders: [{id: a, models: [{id: m, free: true}]}]\npatches: [{provider: a, models: [x], input: 1}]", "patches: no model of a matches [x]"},
		"a host that is none":               {"schema: 1\nproviders: [{id: a, hosts: ['*']}]", `providers.a.hosts: "*" is not a host name`},
		"an expression that is none":        {"schema: 1\nproviders: [{id: a, api: '('}]", "providers.a.api: error parsing regexp"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Build(mustLayer(t, SourceFile, tt.text))
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestTheEmbeddedListIsWhatItsHeaderSays(t *testing.T) {
	layers, err := EmbeddedLayers()
	require.NoError(t, err)
	require.Len(t, layers, 2)
	assert.Equal(t, "genai-prices-0.1.8", layers[0].Version)
	assert.Equal(t, at(t, "2026-09-23T00:00:00Z"), layers[0].Published)
	c := embedded(t)
	assert.GreaterOrEqual(t, c.Models(), 1600)
	assert.Equal(t, at(t, "2026-09-23T00:00:00Z"), layers[0].Published)
}

// Every price of our own says where it was read and when.
func TestEveryOverlayPriceHasASourceAndADate(t *testing.T) {
	layers, err := EmbeddedLayers()
	require.NoError(t, err)
	for _, p := range layers[1].providers {
		for _, m := range p.models {
			if len(m.records) > 0 || m.free {
				assert.NotEmpty(t, m.source, "%s/%s", p.id, m.id)
				assert.NotEmpty(t, m.date, "%s/%s", p.id, m.id)
			}
		}
	}
	for _, patch := range layers[1].patches {
		assert.NotEmpty(t, patch.source, "patch of %s %v", patch.provider, patch.models)
		assert.NotEmpty(t, patch.date, "patch of %s %v", patch.provider, patch.models)
	}
}
