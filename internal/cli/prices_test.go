package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func runPrices(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out bytes.Buffer
	cmd := NewPricesCommand()
	cmd.SetOut(&out)
	cmd.SetErr(&bytes.Buffer{})
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return out.String(), err
}

const ownPrices = `
schema: 1
version: acme-1
providers:
  - id: acme
    models:
      - id: acme-1
        prices:
          - {to: 2026-11-01, input: 1, output: 4, cache_read: 0.1}
          - from: 2026-11-01
            input: 2
            output: 8
            audio_input: 20
            above: [{tokens: 200000, input: 4}]
            source: the contract
            date: 2026-10-01
      - {id: acme-free, free: true}
tiers:
  - {provider: acme, models: [acme-1], tier: batch, factor: 0.5}
overrides:
  - {provider: acme, model: acme-1, tenant: big, input: 1.5, output: 6}
`

func writePrices(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestWhyShowsTheRecordItsSourceAndTheArithmetic(t *testing.T) {
	file := writePrices(t, "prices.yaml", ownPrices)
	tests := map[string]struct {
		args []string
		want []string
	}{
		"a call with cached tokens": {
			[]string{"openai", "gpt-5", "--at", "2026-09-10", "--tokens", "input=4000,cache_read=8000,output=900"},
			[]string{
				"model      gpt-5\n", "source     embedded, genai-prices-0.1.8",
				"input: 4000 x 1.25 / 1000000 = 0.005", "cache_read: 8000 x 0.125 / 1000000 = 0.001",
				"output: 900 x 10 / 1000000 = 0.009", "total      0.015 USD",
			},
		},
		"a write for an hour": {
			[]string{"anthropic", "claude-sonnet-4-5", "--at", "2026-09-10", "--tokens", "input=2000,cache_read=150000,cache_write_1h=4000,output=700"},
			[]string{"cache_write_1h: 4000 x 6 / 1000000 = 0.024", "total      0.0855 USD"},
		},
		"a peak hour, in another zone": {
			[]string{"deepseek", "deepseek-v4-pro", "--at", "2026-08-18T10:30:00+08:00", "--tokens", "input=1000000"},
			[]string{"valid      from 2026-08-16T16:00:00Z, until 2026-08-23, 01:00-04:00 UTC", "total      1.32 USD"},
		},
		"a tier": {
			[]string{"openai", "gpt-5.5", "--at", "2026-09-10", "--tier", "priority", "--tokens", "input=100000"},
			[]string{"tier       priority", "input: 100000 x 5 / 1000000 x 2.5 = 1.25"},
		},
		"searches and reasoning": {
			[]string{"gcp.gemini", "gemini-2.5-pro", "--at", "2026-09-10", "--tokens", "reasoning=1000, web_search=2"},
			[]string{"reasoning: 1000 x 10 / 1000000 = 0.01 (no price of its own, from output)", "web_search: 2 x 35 / 1000 = 0.07"},
		},
		"audio by time": {
			[]string{"openai", "whisper-1", "--at", "2026-09-10", "--tokens", "audio_seconds=600"},
			[]string{"audio_hour: 600 x 0.36 / 3600 = 0.06"},
		},
		"a local model": {
			[]string{"ollama", "llama3", "--tokens", "input=1000"},
			[]string{"price      0: local", "total      0 USD"},
		},
		"the model names the provider": {
			[]string{"", "gpt-4o", "--at", "2026-09-10"},
			[]string{"provider   openai (by the model's name)"},
		},
		"a price file": {
			[]string{"acme", "acme-1", "--prices-file", file, "--at", "2026-12-01", "--tier", "batch", "--tokens", "input=300000"},
			[]string{
				"source     file, acme-1, the contract, as of 2026-10-01", "context    long: 300000 input tokens",
				"input: 300000 x 4 / 1000000 x 0.5 = 0.6",
			},
		},
		"a price file, before it changed": {
			[]string{"acme", "acme-1", "--prices-file", file, "--at", "2026-10-31", "--tokens", "input=1000000"},
			[]string{"valid      until 2026-11-01", "total      1 USD"},
		},
		"a tenant's own price": {
			[]string{"acme", "acme-1", "--prices-file", file, "--at", "2026-12-01", "--tenant", "big", "--tokens", "input=1000000,output=1000000"},
			[]string{"source     override", "total      7.5 USD"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := runPrices(t, append([]string{"why"}, tt.args...)...)
			require.NoError(t, err)
			for _, want := range tt.want {
				assert.Contains(t, got, want)
			}
		})
	}
	t.Run("without a count there is a price and no total", func(t *testing.T) {
		got, err := runPrices(t, "why", "openai", "gpt-4o", "--at", "2026-09-10")
		require.NoError(t, err)
		assert.Contains(t, got, "price      input 2.5, cache_read 1.25, output 10")
		assert.NotContains(t, got, "total")
	})
}

func TestWhySaysInASentenceWhyThereIsNoPrice(t *testing.T) {
	wrong := writePrices(t, "wrong.yaml", "schema: 1\nproviders: [{id: acme, models: [{id: m, prices: [{input: -1}]}]}]")
	tests := map[string]struct {
		args []string
		want string
	}{
		"an unknown provider": {[]string{"acme", "gpt-4o"}, `no prices are known for the provider "acme"; see otelcol-llm prices list`},
		"an unknown model":    {[]string{"openai", "gpt-4o-supermax"}, `the provider openai has no price for a model "gpt-4o-supermax"; see otelcol-llm prices list --provider openai`},
		"nobody's model":      {[]string{"", "my-model"}, `the model "my-model" says nothing about its provider; name the provider`},
		"a time without a price": {
			[]string{"deepseek", "deepseek-chat", "--at", "2024-09-10"},
			"the model deepseek-chat of deepseek has no price at 2024-09-10T00:00:00Z for what was used",
		},
		"tokens of a model that is billed by time": {
			[]string{"openai", "whisper-1", "--at", "2026-09-10", "--tokens", "input=10"},
			"the model whisper-1 of openai has no price at 2026-09-10T00:00:00Z for what was used",
		},
		"a count of no call":        {[]string{"openai", "gpt-4o", "--tokens", "input=9007199254740993"}, "--tokens: a count is above 2^53, more than any call uses"},
		"a count that is not":       {[]string{"openai", "gpt-4o", "--tokens", "input"}, `--tokens: "input" is not a count such as input=12000`},
		"a count that is unknown":   {[]string{"openai", "gpt-4o", "--tokens", "inputs=1"}, `--tokens: there is no count "inputs", only input, cache_read,`},
		"the call is not a count":   {[]string{"openai", "gpt-4o", "--tokens", "per_request=2"}, `--tokens: there is no count "per_request"`},
		"a count given twice":       {[]string{"openai", "gpt-4o", "--tokens", "input=1,input=2"}, "--tokens: input is given twice"},
		"a negative count":          {[]string{"openai", "gpt-4o", "--tokens", "input=-1"}, `--tokens: input: "-1" is not a whole number of at least 0`},
		"a count with a fraction":   {[]string{"openai", "gpt-4o", "--tokens", "input=1.5"}, `--tokens: input: "1.5" is not a whole number of at least 0`},
		"a tier of nobody":          {[]string{"openai", "gpt-4o", "--tier", "turbo"}, `--tier: "turbo" is not one of standard, flex, batch, priority, fast`},
		"a time that is not":        {[]string{"openai", "gpt-4o", "--at", "yesterday"}, `--at: "yesterday" is neither a date such as 2026-09-10`},
		"a file that is not there":  {[]string{"openai", "gpt-4o", "--prices-file", "missing.yaml"}, "prices_file: open missing.yaml:"},
		"a mistake in a price file": {[]string{"openai", "gpt-4o", "--prices-file", wrong}, "providers.acme.models.m.prices[0].input: price -1 is negative"},
		"one argument":              {[]string{"openai"}, "takes PROVIDER and MODEL, not 1 arguments"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := runPrices(t, append([]string{"why"}, tt.args...)...)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, got, "total")
		})
	}
}

func TestListShowsThePricesOfATime(t *testing.T) {
	file := writePrices(t, "prices.yaml", ownPrices)
	row := func(t *testing.T, text, model string) []string {
		t.Helper()
		for line := range strings.Lines(text) {
			if fields := strings.Fields(line); len(fields) > 1 && fields[1] == model {
				return fields
			}
		}
		require.Fail(t, "no row", model)
		return nil
	}
	t.Run("every provider, a header first", func(t *testing.T) {
		got, err := runPrices(t, "list")
		require.NoError(t, err)
		lines := strings.Split(got, "\n")
		assert.Equal(t, []string{"PROVIDER", "MODEL", "INPUT", "OUTPUT", "CACHE_READ", "CACHE_WRITE", "OTHER"}, strings.Fields(lines[0]))
		assert.Greater(t, len(lines), 1500)
		assert.True(t, strings.HasPrefix(lines[1], "anthropic"), lines[1])
	})
	t.Run("one provider, in a spelling of spans, in the future", func(t *testing.T) {
		got, err := runPrices(t, "list", "--provider", "gcp.gemini", "--at", "2027-01-01")
		require.NoError(t, err)
		assert.Equal(t, []string{"google", "gemini-3.6-flash", "1.5", "7.5", "0.15", "-"}, row(t, got, "gemini-3.6-flash")[:6])
		assert.NotContains(t, got, "openai")
		got, err = runPrices(t, "list", "--provider", "google", "--at", "2026-12-31T23:59:59Z")
		require.NoError(t, err)
		assert.Equal(t, "0.75", row(t, got, "gemini-3.6-flash")[2])
	})
	t.Run("a price file, with what has no column", func(t *testing.T) {
		got, err := runPrices(t, "list", "--provider", "acme", "--prices-file", file, "--at", "2026-12-01")
		require.NoError(t, err)
		assert.Contains(t, got, "audio_input 20; above 200000: input 4\n")
		assert.Equal(t, []string{"acme", "acme-1", "2", "8", "-", "-"}, row(t, got, "acme-1")[:6])
		assert.Equal(t, []string{"acme", "acme-free", "free", "free", "free", "free"}, row(t, got, "acme-free"))
	})
	t.Run("a model without a price at the time", func(t *testing.T) {
		got, err := runPrices(t, "list", "--provider", "deepseek", "--at", "2024-09-10")
		require.NoError(t, err)
		assert.Equal(t, "deepseek deepseek-chat - - - - no price at this time", strings.Join(row(t, got, "deepseek-chat"), " "))
	})
	t.Run("a provider that nobody knows", func(t *testing.T) {
		_, err := runPrices(t, "list", "--provider", "acme")
		require.EqualError(t, err, `no prices are known for the provider "acme"; the list without --provider has every one`)
	})
	t.Run("a time that is none", func(t *testing.T) {
		_, err := runPrices(t, "list", "--at", "2026-13-01")
		require.ErrorContains(t, err, "--at:")
	})
}

func TestListWritesJSONWithNumbersDatesAndSources(t *testing.T) {
	file := writePrices(t, "prices.yaml", ownPrices)
	got, err := runPrices(t, "list", "--json", "--provider", "acme", "--prices-file", file, "--at", "2026-12-01")
	require.NoError(t, err)
	assert.JSONEq(t, `[
		{"provider": "acme", "model": "acme-1", "names": ["acme-1"], "prices": {"input": 2, "output": 8, "audio_input": 20},
		 "above": [{"tokens": 200000, "prices": {"input": 4}}], "from": "2026-11-01T00:00:00Z",
		 "list": "file", "version": "acme-1", "source": "the contract", "date": "2026-10-01"},
		{"provider": "acme", "model": "acme-free", "names": ["acme-free"], "free": true}]`, got)

	got, err = runPrices(t, "list", "--json", "--at", "2026-09-10T02:00:00Z")
	require.NoError(t, err)
	var all []struct {
		Provider, Model, Window string
		Prices                  map[string]float64
	}
	require.NoError(t, json.Unmarshal([]byte(got), &all))
	for _, m := range all {
		if m.Model == "deepseek-v4-pro" && m.Provider == "deepseek" {
			assert.Equal(t, "01:00-04:00 mon-fri", m.Window)
			assert.InDelta(t, 1.32, m.Prices["input"], 1e-9)
			return
		}
	}
	require.Fail(t, "no deepseek-v4-pro")
}

func TestDiffShowsWhatDiffers(t *testing.T) {
	own := writePrices(t, "prices.yaml", ownPrices)
	dearer := writePrices(t, "dearer.yaml", strings.NewReplacer("output: 8", "output: 9", "factor: 0.5", "factor: 0.6").Replace(ownPrices))
	changed := writePrices(t, "changed.yaml", "schema: 1\nproviders: [{id: openai, models: [{id: gpt-4o, prices: [{input: 2, output: 10, cache_read: 1.25, web_search: 10}]}]}]")
	partial := writePrices(t, "partial.yaml", "schema: 1\ntiers: [{provider: azure, tier: flex, factor: 0.5}]")
	tests := map[string]struct {
		args []string
		want []string
	}{
		"a list on top of the embedded ones": {[]string{"embedded", "embedded+" + changed}, []string{"~ openai gpt-4o  input: 2.5 -> 2"}},
		"two lists that stand alone":         {[]string{own, dearer, "--at", "2026-12-01"}, []string{"~ acme acme-1  output: 8 -> 9", "~ acme acme-1  tier batch: 0.5 -> 0.6"}},
		"at a time before the change":        {[]string{own, dearer, "--at", "2026-10-01"}, []string{"~ acme acme-1  tier batch: 0.5 -> 0.6"}},
		"models of one list only": {
			[]string{"embedded+" + own, "embedded", "--at", "2026-10-01"},
			[]string{"- acme acme-1  input 1, cache_read 0.1, output 4", "- acme acme-free  free"},
		},
		"the same":                        {[]string{"embedded", "embedded"}, []string{"no differences"}},
		"a list that names what is there": {[]string{"embedded", "embedded+" + partial, "--at", "2026-09-10"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := runPrices(t, append([]string{"diff"}, tt.args...)...)
			require.NoError(t, err)
			if tt.want == nil {
				assert.Contains(t, got, "tier flex: - -> 0.5")
				return
			}
			assert.Equal(t, strings.Join(tt.want, "\n")+"\n", got)
		})
	}
	mistakes := map[string]struct {
		args []string
		want string
	}{
		"a list that needs the embedded ones": {[]string{"embedded", partial}, `partial.yaml does not stand alone (tiers: provider "azure" is not in the list); embedded+`},
		"a file that is not there":            {[]string{"missing.yaml", "embedded"}, "open missing.yaml:"},
		"a file that is no list":              {[]string{writePrices(t, "no.yaml", "hello"), "embedded"}, "no.yaml: "},
		"one list":                            {[]string{"embedded"}, "takes A and B, not 1 arguments"},
	}
	for name, tt := range mistakes {
		t.Run(name, func(t *testing.T) {
			_, err := runPrices(t, append([]string{"diff"}, tt.args...)...)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

// The embedded list can be read from its file as well, as somebody does who compares two releases.
func TestDiffReadsTheListOfTheRepository(t *testing.T) {
	got, err := runPrices(t, "diff", filepath.Join("..", "pricing", "data", "catalog.json"), "embedded", "--at", "2026-09-10T12:00:00Z")
	require.NoError(t, err)
	assert.Contains(t, got, "~ deepseek deepseek-v4-flash  input: 0.22 -> 0.15\n")
	assert.Contains(t, got, "+ azure deepseek-r1  input 1.35, output 5.4\n")
}

func TestHelpHasAnExampleOfEverySubCommand(t *testing.T) {
	for _, args := range [][]string{{}, {"list", "--help"}, {"why", "--help"}, {"diff", "--help"}} {
		got, err := runPrices(t, args...)
		require.NoError(t, err)
		assert.Contains(t, got, "Examples:\n  otelcol-llm prices ")
	}
	got, err := runPrices(t, "why", "--help")
	require.NoError(t, err)
	for _, key := range countKeys {
		assert.Contains(t, got, key)
	}
	_, err = runPrices(t, "lst")
	require.ErrorContains(t, err, `unknown command "lst"`)
}
