package pricing

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mastraProviders are the providers of Mastra's price list that serve their own models, by our ids. Gateways follow
// prices of their own.
var mastraProviders = map[string]string{
	"openai": "openai", "anthropic": "anthropic", "google": "google", "google-vertex": "google", "xai": "x-ai",
	"deepseek": "deepseek", "mistral": "mistral", "groq": "groq", "cohere": "cohere", "perplexity": "perplexity",
	"moonshotai": "moonshotai", "voyage": "voyageai",
}

var mastraKeys = map[string]Bucket{
	"it": Input, "ot": Output, "icrt": CacheRead, "icwt": CacheWrite, "iat": AudioInput, "oat": AudioOutput, "ort": Reasoning,
}

// mastraRow is a line of pricing-data.jsonl: prices per token, by range of input length.
type mastraRow struct {
	Provider string `json:"p"`
	Model    string `json:"m"`
	Schema   struct {
		Data struct {
			Unit  string `json:"u"`
			Tiers []struct {
				When []struct {
					Field string `json:"f"`
					Op    string `json:"op"`
					Value int64  `json:"value"`
				} `json:"w"`
				Rates map[string]struct {
					Cost float64 `json:"c"`
				} `json:"r"`
			} `json:"t"`
		} `json:"d"`
	} `json:"s"`
}

// disagreement is a price that the two lists give differently, with who is right and why.
type disagreement struct {
	Provider string  `json:"provider"`
	Model    string  `json:"model"`
	Field    string  `json:"field"`
	Ours     float64 `json:"ours"`
	Theirs   float64 `json:"theirs"`
	Reason   string  `json:"reason"`
}

func (d disagreement) key() string {
	return fmt.Sprintf("%s %s %s: ours %v, theirs %v", d.Provider, d.Model, d.Field, d.Ours, d.Theirs)
}

// Mastra's list is made by other people from other sources. A disagreement is not an error, but every one is looked at:
// a new one fails until crosscheck/disagreements.json says who is right.
func TestPricesAgreeWithMastrasList(t *testing.T) {
	const dir = "crosscheck/node_modules/@mastra/observability"
	needsPackage(t, dir, "npm --prefix internal/pricing/crosscheck ci --ignore-scripts")
	rows := readMastra(t, dir+"/dist/metrics/pricing-data.jsonl")

	var listed []disagreement
	data, err := os.ReadFile("crosscheck/disagreements.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &listed))
	reasons := map[string]string{}
	for _, d := range listed {
		assert.NotEmpty(t, d.Reason, d.key())
		reasons[d.key()] = d.Reason
	}

	models, prices, found := compareWithMastra(t, embedded(t), rows)
	assert.Greater(t, models, 150, "models that both lists have")
	seen := map[string]bool{}
	for _, d := range found {
		seen[d.key()] = true
		if _, ok := reasons[d.key()]; !ok {
			line, _ := json.Marshal(d)
			t.Errorf("a new disagreement: %s", line)
		}
	}
	for _, d := range listed {
		assert.True(t, seen[d.key()], "no longer a disagreement, remove it: %s", d.key())
	}
	t.Logf("%d models, %d prices compared, %d listed disagreements", models, prices, len(found))
}

func readMastra(t *testing.T, path string) []mastraRow {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var rows []mastraRow
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row mastraRow
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		rows = append(rows, row)
	}
	require.NoError(t, lines.Err())
	return rows
}

func compareWithMastra(t *testing.T, c *Catalog, rows []mastraRow) (models, prices int, found []disagreement) {
	t.Helper()
	when := at(t, "2026-09-22T12:00:00Z")
	compared := map[string]bool{}
	for _, row := range rows {
		p := c.byID[mastraProviders[row.Provider]]
		if p == nil {
			continue
		}
		name, tier := row.Model, TierStandard
		if base, ok := strings.CutSuffix(name, "-batch"); ok {
			name, tier = base, TierBatch
		}
		e, ok := c.findModel(p, name)
		if !ok || e.model.free || compared[p.id+"/"+row.Model] {
			continue
		}
		compared[p.id+"/"+row.Model] = true
		record := e.model.at(when)
		if record == nil {
			continue // ours ended before that day
		}
		factor := listPrice
		if tier != TierStandard {
			factor = e.model.factor(tier)
		}
		models++
		for _, theirs := range row.Schema.Data.Tiers {
			var above int64
			for _, w := range theirs.When {
				above = w.Value
			}
			rw := record.row(above + 1)
			for key, cost := range theirs.Rates {
				b, known := mastraKeys[key]
				if !known || record.source(b) != b || b == CacheWrite && !record.Rates[b].Listed() {
					continue
				}
				prices++
				mine, other := rw.rates[b]*rw.factor(factor, b), cost.Cost*1e6
				if math.Abs(mine-other) > 0.001*max(mine, other) {
					field := b.String()
					if above > 0 {
						field += fmt.Sprintf(" above %d", above)
					}
					found = append(found, disagreement{Provider: p.id, Model: row.Model, Field: field, Ours: roundTo(mine, 6), Theirs: roundTo(other, 6)})
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b disagreement) int { return strings.Compare(a.key(), b.key()) })
	return models, prices, found
}
