package pricing

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

var fuzzTime = time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC)

// A price file is written by hand and may come from the network. Whatever it holds, reading it ends, and what can be
// built prices nothing below zero.
func FuzzPriceFile(f *testing.F) {
	f.Add([]byte(acmeOne))
	f.Add([]byte("schema: 1\nversion: v\nproviders:\n- id: acme\n  aliases: [a]\n  hosts: ['*.acme.com:443']\n  api: 'https://acme'\n  models:\n  - id: m\n    names: [m]\n    stems: [s]\n    prices:\n    - {from: 2026-01-01, to: 2026-02-01, window: '01:00-02:00 mon-fri', input: 0.1, above: [{tokens: 10, input: 1}]}\n"))
	f.Add([]byte("schema: 1\ntiers: [{provider: a, tier: flex, factor: 1/2, models: ['*']}]\npatches: [{provider: a, input: 1}]\naliases: [{match: 're:x', model: m}]\noverrides: [{model: m, multiplier: 0.5, tenant: t}]"))
	f.Add([]byte(`[{"id":"acme","api_pattern":"x","model_match":{"contains":"m"},"models":[{"id":"m","match":{"or":[{"regex":"^m-\\d{8}$"}]},"prices":[{"prices":{"input_mtok":{"base":1,"tiers":[{"start":199999,"price":2}]}}},{"constraint":{"start_date":"2026-01-01"},"prices":{}}]}]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, parse := range []func() (*Layer, error){
			func() (*Layer, error) { return ParseLayer(data, SourceFile) },
			func() (*Layer, error) { return ParseGenAIPrices(data, fuzzTime) },
		} {
			l, err := parse()
			if err != nil {
				continue
			}
			c, err := Build(l)
			if err != nil {
				continue
			}
			for _, p := range c.providers {
				for name := range p.index {
					q := Query{Provider: p.id, RequestModel: name, Time: fuzzTime, ResponseTier: "flex"}
					for b := range q.Usage {
						q.Usage[b] = int64(b) * 1000
					}
					got, reason := c.Price(q)
					if reason == Priced {
						requireSane(t, &got)
					}
					_ = c.Explain(q).String()
				}
			}
		}
	})
}

func requireSane(t *testing.T, q *Quote) {
	t.Helper()
	for b, cost := range q.Cost {
		if cost < 0 || math.IsNaN(cost) || math.IsInf(cost, 0) {
			t.Fatalf("%s costs %v", Bucket(b), cost)
		}
	}
	if q.Total < 0 || math.IsNaN(q.Total) || math.IsInf(q.Total, 0) {
		t.Fatalf("the total is %v", q.Total)
	}
}

// Whatever a span names, the matcher ends without a panic, prices nothing below zero, and finds a model only when one
// of the catalogue's names is in the span's: nothing is matched by half a name.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][4]string{
		{"openai", "gpt-4o-2024-08-06", "", "api.openai.com"},
		{"aws.bedrock", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "", ""},
		{"gcp.vertex_ai", "publishers/anthropic/models/claude-sonnet-4-5@20250929", "", ""},
		{"openrouter", "meta-llama/llama-3.3-70b-instruct:free", "", "openrouter.ai:443"},
		{"", "ft:gpt-4o-2024-08-06:org::id", "gpt-4o", "https://x/y"},
		{"litellm", "bedrock/converse/us.anthropic.claude-haiku-4-5-20251001-v1:0", "", ""},
		{"azure", "models/models/models/", "@@@", "[::1]:80"},
		{"openai", "Claude Sonnet 4.5", "gpt_4o", ""},
		{"my \"own\"\t", "llama3.1:8b\n- {x: 1}", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	c, err := Embedded()
	require.NoError(f, err)
	var names []string
	for _, p := range c.providers {
		for name := range p.index {
			names = append(names, dashVersion(dashed(strings.TrimPrefix(name, "ft:"))))
		}
	}
	f.Fuzz(func(t *testing.T, provider, request, response, server string) {
		q := Query{Provider: provider, RequestModel: request, ResponseModel: response, Server: server, Time: fuzzTime, Usage: Usage{Input: 1000, Output: 10}}
		got, reason := c.Price(q)
		if reason != Priced {
			requireYAML(t, c, q)
			return
		}
		requireSane(t, &got)
		if got.Kind != KindPriced {
			return
		}
		both := dashVersion(dashed(strings.ReplaceAll(normalizeModel(request)+"\x00"+normalizeModel(response), "@", "-")))
		for _, name := range names {
			if strings.Contains(both, strings.ReplaceAll(name, "@", "-")) {
				return
			}
		}
		t.Fatalf("%q or %q was priced as %s %s", request, response, got.Provider, got.Model)
	})
}

// requireYAML fails when the line that would price a call is not one line of YAML with one option.
func requireYAML(t *testing.T, c *Catalog, q Query) {
	t.Helper()
	hint, ok := c.Hint(q)
	if !ok {
		return
	}
	var option map[string]any
	if err := yaml.Unmarshal([]byte(hint.Line), &option); err != nil || len(option) != 1 || strings.Contains(hint.Line, "\n") {
		t.Fatalf("%q: %v", hint.Line, err)
	}
}

// The embedded files are valid input of the fuzz target too, but far too large for it to mutate.
func TestTheEmbeddedFilesAreNotEmpty(t *testing.T) {
	for _, path := range []string{"data/catalog.json", "data/overlay.yaml", "data/LICENSE.genai-prices"} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.NotZero(t, info.Size())
	}
}
