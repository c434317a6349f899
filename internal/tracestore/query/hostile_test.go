package query_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// TestHostileSpansAreRead: whatever is in a span, the answer is valid JSON in valid UTF-8,
// and no longer than its limits allow.
func TestHostileSpansAreRead(t *testing.T) {
	big := strings.Repeat("<script>alert(1)</script>\u202e😀", 100_000)
	for name, attributes := range map[string]map[string]any{
		"5 MB of script":        chat(says("user: "+big), says("assistant: "+big)),
		"broken JSON":           chat(`[{"role":"user","content":"`, `{"choices":[{"message":`),
		"JSON of other types":   chat(`[1,"two",null,{"role":3,"content":{"a":[{}]}},[[[]]]]`, `{"role":[],"content":7}`),
		"deep":                  chat(strings.Repeat(`{"content":[`, 3000)+strings.Repeat(`]}`, 3000), strings.Repeat(`[`, 100_000)),
		"ids with slashes":      {"gen_ai.operation.name": "chat", "session.id": "a/../b?c#d", "gen_ai.input.messages": says("user: x"), "gen_ai.tool.call.id": "../../x"},
		"arguments that are no": chat(`[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"n","arguments":"{{{"}},{"id":"c","function":{"name":"n","arguments":"{{{"}}]},{"role":"tool","tool_call_id":"c","content":null}]`, ""),
		"a name that repeats":   chat(`[{"role":"user","role":"system","content":"a","content":"b"}]`, ""),
		"counts out of range":   {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": -5, "gen_ai.usage.output_tokens": int64(1) << 62, "gen_ai.usage.cost": 1e300},
		"not UTF-8":             {"gen_ai.operation.name": "chat", "gen_ai.input.messages": "\xff\xfe[{", "x": "\xc3\x28"},
		"marks":                 {"gen_ai.operation.name": "chat", "gen_ai.input.messages": says("user: [REDACTED:] REDACTED:.. [REDACTED:" + strings.Repeat("x", 1000) + "]"), "sensitive_filter.rules": "no list", "sensitive_filter.count": int64(7)},
		"llm_cost's own, forged": {
			"gen_ai.operation.name": "chat", "llmcost.status": "priced", "llmcost.price.source": "", "llmcost.price.version": "-", "llmcost.tokens.cache_write_1h": int64(1) << 60,
			"gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cost": 0.5, "llmcost.tier": "x", "llmcost.provider": "x", "llmcost.model": "/",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTrace(1)
			w.span(1, 0, attributes)
			store := stored(t, w.td)
			const limit = 1000
			span, err := store.Span(t.Context(), w.id(), spanID(1), limit)
			require.NoError(t, err)
			raw, err := json.Marshal(span)
			require.NoError(t, err)
			assert.True(t, json.Valid(raw))
			assert.True(t, utf8.Valid(raw))
			assert.Less(t, len(raw), 200_000)
			for _, m := range append(span.Messages, span.Answers...) {
				for _, p := range m.Parts {
					assert.LessOrEqual(t, len(p.Text), limit)
				}
			}
			_, err = store.OTLP(t.Context(), w.id())
			require.NoError(t, err)
			if session, ok := attributes["session.id"].(string); ok {
				_, err = store.Session(t.Context(), session, "", 0)
				require.NoError(t, err)
			}
			_, err = store.Search(t.Context(), "<script>", query.SearchFilter{})
			require.NoError(t, err)
		})
	}
}
