package pricing

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const geoPrices = `
schema: 1
providers:
  - id: acme
    models:
      - {id: m, prices: [{input: 10, output: 20, cache_read: 1, web_search: 5}]}
      - {id: old, prices: [{input: 10, output: 20}]}
tiers:
  - {provider: acme, tier: batch, factor: 0.5, models: [m]}
geos:
  - {provider: acme, geo: us, factor: 1.1, models: [m]}
`

// TestPriceOfAPlace: 1,000 in, 1,000 from a cache, 1,000 out and a search cost 10,000 +
// 1,000 + 20,000 + 5,000 millionths; the place scales tokens only.
func TestPriceOfAPlace(t *testing.T) {
	layer, err := ParseLayer([]byte(geoPrices), SourceFile)
	require.NoError(t, err)
	catalog, err := Build(layer)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		model, geo, tier string
		total            float64
		named            string
	}{
		"anywhere":                 {"m", "", "", 0.036, ""},
		"the US":                   {"m", "us", "", 0.0391, "us"},
		"in capitals":              {"m", "US", "", 0.0391, "us"},
		"the US in a batch":        {"m", "us", "batch", 0.02205, "us"},
		"a place without a factor": {"m", "eu", "", 0.036, ""},
	} {
		t.Run(name, func(t *testing.T) {
			q := Query{Provider: "acme", ResponseModel: test.model, Geo: test.geo, ResponseTier: test.tier, Time: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)}
			q.Usage[Input], q.Usage[CacheRead], q.Usage[Output], q.Usage[WebSearch] = 1000, 1000, 1000, 1
			quote, reason := catalog.Price(q)
			require.Equal(t, Priced, reason)
			assert.InDelta(t, test.total, quote.Total, 1e-12)
			assert.Equal(t, test.named, quote.Geo)
		})
	}
	quote, _ := catalog.Price(Query{Provider: "acme", ResponseModel: "old", Geo: "us", Usage: Usage{Input: 1000}})
	assert.InDelta(t, 0.01, quote.Total, 1e-12, "a model without the factor")
	assert.Empty(t, quote.Geo)
}

func TestFactorsOfPlacesAreChecked(t *testing.T) {
	for text, message := range map[string]string{
		"geos: [{provider: acme, geo: us, factor: 0}]":                "geos[0].factor",
		"geos: [{provider: acme, geo: us, factor: -1}]":               "geos[0].factor",
		"geos: [{provider: acme, factor: 1.1}]":                       "provider and geo are needed",
		"geos: [{geo: us, factor: 1.1}]":                              "provider and geo are needed",
		"geos: [{provider: acme, geo: us, factor: 1.1, place: here}]": "place",
	} {
		_, err := ParseLayer([]byte("schema: 1\n"+text), SourceFile)
		assert.ErrorContains(t, err, message, text)
	}
	for text, message := range map[string]string{
		"geos: [{provider: nobody, geo: us, factor: 1.1}]": `provider "nobody" is not in the list`,
		"providers: [{id: acme, models: [{id: m, prices: [{input: 1}]}]}]\ngeos: [{provider: acme, geo: us, factor: 1.1, models: [x]}]": "no model of acme matches",
	} {
		layer, err := ParseLayer([]byte("schema: 1\n"+text), SourceFile)
		require.NoError(t, err)
		_, err = Build(layer)
		assert.ErrorContains(t, err, message, text)
	}
}

func TestBoughtCapacityHasTheListPrice(t *testing.T) {
	for _, word := range []string{"PROVISIONED_THROUGHPUT", "provisioned", "reserved", "scale"} {
		tier, known := ParseTier(word)
		assert.True(t, known, word)
		assert.Equal(t, TierProvisioned, tier, word)
		assert.Equal(t, "provisioned", tier.String())
	}
}
