package pricing

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The price file in the README is read as it stands, and does what the text says.
func TestThePriceFileInTheReadmeWorks(t *testing.T) {
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(data), "```yaml\n")
	require.True(t, ok)
	text, _, ok := strings.Cut(rest, "```")
	require.True(t, ok)
	layers, err := EmbeddedLayers()
	require.NoError(t, err)
	c, err := Build(append(layers, mustLayer(t, SourceFile, text))...)
	require.NoError(t, err)

	tests := map[string]struct {
		query Query
		time  string
		want  float64
	}{
		"the old price":           {Query{Provider: "azure", RequestModel: "gpt-4o"}, "2026-10-31T23:59:59Z", 2.5},
		"the new price":           {Query{Provider: "acme-azure", RequestModel: "gpt-4o"}, "2026-11-01T00:00:00Z", 2.25},
		"an alias":                {Query{Provider: "azure", RequestModel: "prod-chat"}, "2026-11-02T00:00:00Z", 2.25},
		"a tenant's price":        {Query{Provider: "azure", RequestModel: "gpt-4o", Tenant: "acme"}, "2026-12-01T00:00:00Z", 2},
		"a batch":                 {Query{Provider: "azure", RequestModel: "gpt-4o", ResponseTier: "batch"}, "2026-11-02T00:00:00Z", 1.125},
		"the long context":        {Query{Provider: "azure", RequestModel: "summary"}, "2026-11-03T12:00:00Z", 2},
		"the night of a weekday":  {Query{Provider: "azure", RequestModel: "acme-summary-2026-10-01"}, "2026-11-03T23:00:00Z", 0.5},
		"the night of a Saturday": {Query{Provider: "azure", RequestModel: "acme-summary-1"}, "2026-11-07T23:00:00Z", 2},
		"a discount":              {Query{Provider: "anthropic", RequestModel: "claude-haiku-4-5"}, "2026-11-02T00:00:00Z", 0.9},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.query.Time, tt.query.Usage = at(t, tt.time), Usage{Input: 1_000_000}
			got, reason := c.Price(tt.query)
			require.Equal(t, Priced, reason)
			assert.InEpsilon(t, tt.want, got.Total, exactly)
		})
	}
	got, reason := c.Price(Query{Provider: "azure", RequestModel: "acme-free", Time: at(t, autumn)})
	assert.Equal(t, Priced, reason)
	assert.Equal(t, KindFree, got.Kind)
}
