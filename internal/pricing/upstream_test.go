package pricing

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func withUpstream(tb testing.TB, published, data string) *Catalog {
	tb.Helper()
	layers, err := EmbeddedLayers()
	require.NoError(tb, err)
	day, err := parseInstant(published)
	require.NoError(tb, err)
	l, err := ParseGenAIPrices([]byte(data), day)
	require.NoError(tb, err)
	require.Empty(tb, l.Warnings())
	c, err := Build(append(layers, l)...)
	require.NoError(tb, err)
	return c
}

func TestAFetchedListChangesOnlyWhatChanged(t *testing.T) {
	c := withUpstream(t, "2026-10-15", `[
	  {"id":"deepseek","models":[{"id":"deepseek-chat","match":{"starts_with":"deepseek-chat"},"prices":[
	    {"prices":{"input_mtok":0.135,"cache_read_mtok":0.035,"output_mtok":0.55}},
	    {"constraint":{"start_time":"00:30:00Z","end_time":"16:30:00Z"},"prices":{"input_mtok":0.27,"cache_read_mtok":0.07,"output_mtok":1.1}}]}]},
	  {"id":"openai","models":[
	    {"id":"gpt-4o","match":{"contains":"gpt-4o"},"prices":{"input_mtok":2,"output_mtok":8}},
	    {"id":"gpt-9","match":{"or":[{"equals":"gpt-9"},{"starts_with":"gpt-9-mega-"},{"regex":"^gpt-9-sol-\\d{4}-\\d{2}-\\d{2}$"},{"equals":"gpt-4o-mini"}]},"prices":[
	      {"prices":{"input_mtok":{"base":1,"tiers":[{"start":271999,"price":2}]},"output_mtok":5,"requests_kcount":3}},
	      {"constraint":{"start_date":"2026-12-01","type":"start_date"},"prices":{"input_mtok":0.5,"output_mtok":5}}]}]},
	  {"id":"newcloud","api_pattern":"https://api\\.newcloud\\.ai","model_match":{"starts_with":"nc-"},"models":[
	    {"id":"nc-1","match":{"equals":"nc-1"},"prices":{"input_mtok":7}},
	    {"id":"nc-2","match":{"equals":"nc-2"},"prices":{}},
	    {"id":"nc-3:free","match":{"equals":"nc-3:free"},"prices":{}}]}]`)
	price := func(q Query, when string) (Quote, Reason) {
		q.Time = at(t, when)
		return c.Price(q)
	}
	tests := map[string]struct {
		query Query
		time  string
		want  float64
	}{
		"a correction outlives a list that still has the mistake": {Query{Provider: "deepseek", RequestModel: "deepseek-chat", Usage: Usage{Input: 1e6}}, "2026-01-15T12:00:00Z", 0.28},
		"a changed price from the day of the list on":             {Query{Provider: "openai", RequestModel: "gpt-4o", Usage: Usage{Input: 1e6}}, "2026-10-15T00:00:00Z", 2},
		"and the old one until then":                              {Query{Provider: "openai", RequestModel: "gpt-4o", Usage: Usage{Input: 1e6}}, "2026-10-14T23:59:00Z", 2.5},
		"a new model":                                             {Query{Provider: "openai", RequestModel: "gpt-9", Usage: Usage{Input: 1e6}}, "2026-11-01T00:00:00Z", 2.003},
		"a new model's own date":                                  {Query{Provider: "openai", RequestModel: "gpt-9-sol-2026-11-11", Usage: Usage{Input: 1e6}}, "2026-12-01T00:00:00Z", 0.5},
		"a name that has an owner stays with it":                  {Query{Provider: "openai", RequestModel: "gpt-4o-mini", Usage: Usage{Input: 1e6}}, "2026-11-01T00:00:00Z", 0.15},
		"a new provider, by its address":                          {Query{Provider: "openai", Server: "api.newcloud.ai", RequestModel: "nc-1", Usage: Usage{Input: 1e6}}, "2026-11-01T00:00:00Z", 7},
		"a new provider, by the model":                            {Query{RequestModel: "nc-1", Usage: Usage{Input: 1e6}}, "2026-11-01T00:00:00Z", 7},
		"audio prices of the overlay stay":                        {Query{Provider: "gcp.gemini", RequestModel: "gemini-2.5-pro", Usage: Usage{AudioInput: 1e5}}, "2026-11-01T00:00:00Z", 0.125},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, reason := price(tt.query, tt.time)
			require.Equal(t, Priced, reason)
			assert.InEpsilon(t, tt.want, got.Total, exactly)
		})
	}
	got, reason := price(Query{Provider: "newcloud", RequestModel: "nc-3:free"}, autumn)
	assert.Equal(t, Priced, reason)
	assert.Equal(t, KindFree, got.Kind)
	for _, name := range []string{"nc-2", "my-gpt-4o", "gpt-9-mega-x", "gpt-9-supermax"} {
		_, reason := price(Query{Provider: "openai", RequestModel: name}, autumn)
		assert.Equal(t, UnknownModel, reason, name)
	}
	assert.Contains(t, c.Version(), "+genai-prices-2026-10-15")
}

func TestWhatAFetchedListSaysUnclearlyIsLeftOut(t *testing.T) {
	l, err := ParseGenAIPrices([]byte(`[{"id":"acme","models":[
	  {"id":"unit","match":{"equals":"unit"},"prices":{"input_smell_mtok":1}},
	  {"id":"negative","match":{"equals":"negative"},"prices":{"input_mtok":-1}},
	  {"id":"hours","match":{"equals":"hours"},"prices":[{"prices":{"input_mtok":1}},{"constraint":{"start_time":"00:30:07Z","end_time":"16:30:00Z"},"prices":{"input_mtok":2}}]},
	  {"id":"twice","match":{"equals":"twice"},"prices":[{"prices":{"input_mtok":1}},{"prices":{"input_mtok":2}}]},
	  {"id":"good","match":{"equals":"good"},"prices":{"input_mtok":1}}]}]`), time.Time{})
	require.NoError(t, err)
	assert.Len(t, l.Warnings(), 4)
	require.Len(t, l.providers, 1)
	require.Len(t, l.providers[0].models, 1)
	assert.Equal(t, "good", l.providers[0].models[0].id)
}

func TestTheKeysOfTheGeneratorAndOfTheRunTimeAreTheSame(t *testing.T) {
	data, err := os.ReadFile("gen/decisions.json")
	require.NoError(t, err)
	var decisions struct {
		Keys    map[string]string `json:"price_keys"`
		Each    map[string]string `json:"per_thousand_to_each"`
		Ignored map[string]string `json:"ignored_price_keys"`
	}
	require.NoError(t, json.Unmarshal(data, &decisions))
	want := map[string]Bucket{}
	for _, table := range []map[string]string{decisions.Keys, decisions.Each} {
		for key, name := range table {
			b, ok := bucketByKey(name)
			require.True(t, ok, name)
			want[key] = b
		}
	}
	assert.Equal(t, want, upstreamKeys)
	for key := range decisions.Ignored {
		assert.True(t, upstreamIgnored[key], key)
	}
	assert.Len(t, upstreamIgnored, len(decisions.Ignored))
}

// The generator and the run-time conversion read the same package to the same prices.
func TestTheRunTimeConversionAgreesWithTheGenerator(t *testing.T) {
	needsPackage(t, "gen/node_modules/@pydantic/genai-prices", "npm --prefix internal/pricing/gen ci")
	node, err := exec.LookPath("node")
	if err != nil {
		skipOutsideCI(t, "node is not installed")
	}
	cmd := exec.Command(node, "--input-type=module", "-e", `import { waitForUpdate } from '@pydantic/genai-prices'; process.stdout.write(JSON.stringify(await waitForUpdate()))`)
	cmd.Dir = "gen"
	data, err := cmd.Output()
	require.NoError(t, err)
	l, err := ParseGenAIPrices(data, at(t, "2026-09-23T00:00:00Z"))
	require.NoError(t, err)
	assert.Empty(t, l.Warnings())

	layers, err := EmbeddedLayers()
	require.NoError(t, err)
	base, err := Build(layers...)
	require.NoError(t, err)
	both, err := Build(append(layers, l)...)
	require.NoError(t, err)
	for _, when := range []string{"2026-02-01T02:00:00Z", "2026-07-29T12:00:00Z", "2026-10-01T02:30:00Z", "2027-02-01T12:00:00Z"} {
		for _, change := range Diff(base, both, at(t, when)) {
			// What the generator decided to leave out is not known to the run-time conversion.
			assert.Equal(t, "model", change.Field, change.String())
		}
	}
}

func skipOutsideCI(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		require.FailNow(t, why)
	}
	t.Skip(why)
}

// needsPackage skips, or in CI fails, when an npm package that a test reads is not installed.
func needsPackage(t *testing.T, dir, install string) {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		skipOutsideCI(t, dir+" is not installed: run "+install)
	}
}
