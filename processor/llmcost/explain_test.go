package llmcost

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func explained1(t *testing.T, traces ptrace.Traces, logs plog.Logs, edit ...func(*Config)) string {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	for _, f := range edit {
		f(cfg)
	}
	var out strings.Builder
	require.NoError(t, Explain(cfg, traces, logs, &out))
	return out.String()
}

// oneRecord makes logs of one record.
func oneRecord(t *testing.T, attributes map[string]any) plog.Logs {
	t.Helper()
	logs := plog.NewLogs()
	record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.SetTimestamp(pcommon.NewTimestampFromTime(at))
	require.NoError(t, record.Attributes().FromRaw(attributes))
	return logs
}

// TestExplainTakesTheRecordsOfCodingAgents has one of each; the sums are worked out
// by hand from the list prices of 2026-09-10.
func TestExplainTakesTheRecordsOfCodingAgents(t *testing.T) {
	for name, tt := range map[string]struct {
		attributes map[string]any
		want       []string
	}{
		"Claude Code, which knows its charge": {
			map[string]any{"event.name": "claude_code.api_request", "model": "claude-sonnet-4-5", "input_tokens": 10, "output_tokens": 200, "cache_read_tokens": 5000, "cache_creation_tokens": 300, "cost_usd": 0.0123},
			[]string{"claude_code.api_request  record of 2026-09-10T12:00:00Z\n", "tokens     input_tokens = 10", "5310 in, 5000 cache read, 300 cache write; 200 out", "charge     cost_usd = 0.0123", "status     reported", "1 call, 1 with a cost: 0.0123 USD"},
		},
		"Claude Code without a charge": { // 10 × 1 + 300 × 1.25 + 200 × 5
			map[string]any{"event.name": "claude_code.api_request", "model": "claude-haiku-4-5", "input_tokens": 10, "output_tokens": 200, "cache_creation_tokens": 300},
			[]string{"status     priced", "assumes    that what was written to the cache lives five minutes", "cache_write: 300 x 1.25 / 1000000 = 0.000375", "total      0.001385 USD", "source     embedded"},
		},
		"Codex": { // 2,000 × 1.25 + 8,000 × 0.125 + 500 × 10
			map[string]any{"event.name": "codex.sse_event", "event.kind": "response.completed", "model": "gpt-5", "input_token_count": 10000, "output_token_count": 500, "cached_token_count": 8000, "tool_token_count": 10500},
			[]string{"codex.sse_event  record of", "10000 in, 8000 cache read; 500 out", "total      0.0085 USD", "not used:  tool_token_count = 10500 (not a name that is known)"},
		},
		"Gemini CLI": { // 1,000 × 0.3 + (200 + 300) × 2.5
			map[string]any{"event.name": "gemini_cli.api_response", "model": "gemini-2.5-flash", "input_token_count": 1000, "output_token_count": 200, "cached_content_token_count": 0, "thoughts_token_count": 300, "total_token_count": 1500},
			[]string{"gemini_cli.api_response  record of", "1000 in; 500 out, 300 reasoning", "total      0.00155 USD"},
		},
		"Qwen Code, whose model has no price": {
			map[string]any{"event.name": "qwen-code.api_response", "model": "qwen3-coder-plus", "input_token_count": 1000, "output_token_count": 200, "cached_content_token_count": 0, "thoughts_token_count": 50, "total_token_count": 1200},
			[]string{"1000 in; 200 out, 50 reasoning", "status     unknown_provider", "to price   overrides: [{model: qwen3-coder-plus, input: INPUT_PRICE, output: OUTPUT_PRICE}]", "1 call, 0 with a cost: 0 USD"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := explained1(t, ptrace.NewTraces(), oneRecord(t, tt.attributes))
			for _, want := range tt.want {
				assert.Contains(t, out, want)
			}
		})
	}
	out := explained1(t, ptrace.NewTraces(), oneRecord(t, map[string]any{"event.name": "shop.order", "total": 5}))
	assert.Equal(t, "No span and no log record calls a model or states usage.\n", out)
}

// TestExplainNamesWhatEnteredNothing has a count of an unknown name, and totals that
// the parts reach or do not.
func TestExplainNamesWhatEnteredNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		provider string
		more     map[string]any
		want     []string
	}{
		"nothing":                        {"openai", nil, nil},
		"a total that is the sum":        {"openai", map[string]any{"gen_ai.usage.total_tokens": 120}, nil},
		"a total with more":              {"openai", map[string]any{"gen_ai.usage.total_tokens": 150}, []string{"30 tokens of the total 150: its parts have 120"}},
		"a total with less":              {"anthropic", map[string]any{"gen_ai.usage.total_tokens": 110}, nil},
		"an unknown name":                {"openai", map[string]any{"acme.dream_tokens": 7}, []string{"acme.dream_tokens = 7 (not a name that is known)"}},
		"another spelling":               {"openai", map[string]any{"gen_ai.usage.prompt_tokens": 90}, []string{"gen_ai.usage.prompt_tokens = 90 (gen_ai.usage.input_tokens is read instead)"}},
		"Gemini's total shows thoughts":  {"gcp.gemini", map[string]any{"gen_ai.usage.total_tokens": 150}, nil},
		"a limit is no usage":            {"openai", map[string]any{"gen_ai.request.max_tokens": 4096}, nil},
		"both, one label":                {"openai", map[string]any{"gen_ai.usage.total_tokens": 150, "acme.dream_tokens": 7}, []string{"acme.dream_tokens = 7 (not a name that is known)", "30 tokens of the total 150: its parts have 120"}},
		"a bucket inside of an object":   {"openai", map[string]any{"langfuse.observation.usage_details": `{"input":100,"output":20,"dreams":7}`}, []string{"langfuse.observation.usage_details dreams = 7 (not a name that is known)"}},
		"an object that nobody has read": {"openai", map[string]any{"acme.usage": `{"dreams": 7}`}, []string{`acme.usage = {"dreams": 7} (not a name that is known)`}},
	} {
		t.Run(name, func(t *testing.T) {
			model := "gpt-4o-mini"
			if tt.provider == "gcp.gemini" {
				model = "gemini-2.5-flash"
			}
			attributes := map[string]any{
				"gen_ai.operation.name": "chat", "gen_ai.provider.name": tt.provider, "gen_ai.request.model": model,
				"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 20,
			}
			maps.Copy(attributes, tt.more)
			out := explained1(t, oneSpan(t, "x", attributes), plog.NewLogs())
			if tt.want == nil {
				assert.NotContains(t, out, "not used")
				return
			}
			assert.Equal(t, 1, strings.Count(out, "not used:"), out)
			for _, want := range tt.want {
				assert.Contains(t, out, want)
			}
		})
	}
}

// TestExplainShowsTheTermsAndTheirFactors has calls that cost more or less than the
// list price: 1,000 in and 100 out of claude-opus-5 at 5 and 25 are 0.0075.
func TestExplainShowsTheTermsAndTheirFactors(t *testing.T) {
	for name, tt := range map[string]struct {
		more map[string]any
		want []string
	}{
		"a batch":           {map[string]any{"anthropic.response.service_tier": "batch"}, []string{"model      ", "anthropic.response.service_tier = batch", "tier       batch, for 0.5 times the price", "total      0.00375 USD"}},
		"fast mode":         {map[string]any{"anthropic.usage.speed": "fast"}, []string{"anthropic.usage.speed = fast", "tier       fast, for 2 times the price", "total      0.015 USD"}},
		"the United States": {map[string]any{"anthropic.usage.inference_geo": "us"}, []string{"anthropic.usage.inference_geo = us", "geo        us, for 1.1 times the price", "total      0.00825 USD"}},
		"an object":         {map[string]any{"ai.response.providerMetadata": `{"anthropic":{"usage":{"speed":"fast"}}}`}, []string{"objects    ai.response.providerMetadata = {", "tier       fast, for 2 times the price"}},
		"a long object":     {map[string]any{"ai.response.providerMetadata": `{"anthropic":{"note":"` + strings.Repeat("x\n", 200) + `"}}`}, []string{"objects    ai.response.providerMetadata = {", "…\n"}},
		"the list price":    {nil, []string{"source     embedded, genai-prices-0.1.8", "total      0.0075 USD"}},
	} {
		t.Run(name, func(t *testing.T) {
			attributes := map[string]any{
				"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-opus-5",
				"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100,
			}
			maps.Copy(attributes, tt.more)
			out := explained1(t, oneSpan(t, "x", attributes), plog.NewLogs())
			for _, want := range tt.want {
				assert.Contains(t, out, want)
			}
		})
	}
}

// TestExplainKnowsTheSpanOfARecord has both signals of one call in one input.
func TestExplainKnowsTheSpanOfARecord(t *testing.T) {
	attributes := map[string]any{"model": "claude-haiku-4-5", "input_tokens": 1000, "output_tokens": 100, "request_id": "req_1"}
	traces := oneSpan(t, "x", attributes)
	traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName("claude_code.llm_request")
	out := explained1(t, traces, oneRecord(t, with(attributes, "event.name", "claude_code.api_request")))
	assert.Contains(t, out, "status     priced")
	assert.Contains(t, out, "status     duplicate, another span is priced and tells of the same call")
	assert.Contains(t, out, "2 calls, 1 with a cost: 0.0015 USD")
}

// TestExplainNamesTheAssumptionAboutTheCache is for those who use an hour.
func TestExplainNamesTheAssumptionAboutTheCache(t *testing.T) {
	record := map[string]any{"event.name": "claude_code.api_request", "model": "claude-haiku-4-5", "input_tokens": 10, "output_tokens": 20, "cache_creation_tokens": 1000}
	out := explained1(t, ptrace.NewTraces(), oneRecord(t, record), func(c *Config) { c.AssumeCacheWrite = lifetime1h })
	assert.Contains(t, out, "assumes    that what was written to the cache lives an hour: the call does not say (assume_cache_write)")
	assert.Contains(t, out, "cache_write_1h: 1000 x 2 / 1000000 = 0.002")
}
