package mcpserver

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// secretSpan has the word CONTENT in each place that somebody wrote.
func secretSpan() *query.Span {
	text, _ := json.Marshal("CONTENT " + strings.Repeat("word ", 100))
	attributes := []query.Attribute{{Key: "k", Value: text}}
	parts := []query.Part{
		{Kind: "text", Text: "CONTENT"}, {Kind: "tool_call", Tool: "t", Arguments: text, Result: text}, {Kind: "data", Data: text},
	}
	return &query.Span{
		SpanSummary:   query.SpanSummary{SpanID: "00f067aa0ba902b7", Name: "chat", Type: "model_inference", Error: "CONTENT", Preview: "CONTENT", Arguments: "9f86d081884c7d65", DurationUS: 5},
		TraceID:       "4bf92f3577b34da6a3ce929d0e0e4736",
		StatusMessage: "CONTENT", Input: text, Output: text, ErrorDetail: text,
		Messages: []query.Message{{Role: "user", Parts: parts}}, Answers: []query.Message{{Role: "assistant", Parts: parts}},
		Tools: []query.Tool{{Name: "CONTENT", Description: "CONTENT"}}, Settings: attributes, Attributes: attributes,
		Events: []query.Event{{Name: "CONTENT", Attributes: attributes}}, Links: []query.Link{{Attributes: attributes}}, Resource: attributes,
		Logs: []query.Log{{Body: text, Attributes: attributes}},
	}
}

// TestNoContentMeansNone, in any type of the query room.
func TestNoContentMeansNone(t *testing.T) {
	d := &door{Options{Content: Full}}
	summary := query.TraceSummary{TraceID: "4bf92f3577b34da6a3ce929d0e0e4736", Name: "root", Input: "CONTENT", Output: "CONTENT", Error: "CONTENT", Attributes: map[string]json.RawMessage{"k": json.RawMessage(`"CONTENT"`)}}
	span := secretSpan()
	for _, got := range []any{
		span,
		query.Trace{TraceSummary: summary, Spans: []query.SpanSummary{span.SpanSummary}},
		query.Page[query.TraceSummary]{Items: []query.TraceSummary{summary}},
		query.Session{Turns: []query.Turn{{Trace: summary, Messages: span.Messages}}},
		query.Page[query.Hit]{Items: []query.Hit{{Excerpt: "CONTENT"}}},
		items[query.Runs]{[]query.Runs{{Name: "agent", TopError: "CONTENT"}}},
		items[query.Loop]{[]query.Loop{{Tool: "t", Arguments: "CONTENT"}}},
		failureList{Items: []failure{{Error: "CONTENT"}}},
		query.Page[query.SessionSummary]{Items: []query.SessionSummary{{ID: "s", Input: "CONTENT"}}},
	} {
		text, err := d.shown(got, None, maxBytes)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "CONTENT", "%T", got)
		text, err = d.shown(got, Full, maxBytes)
		require.NoError(t, err)
		assert.Contains(t, string(text), "CONTENT", "%T", got)
	}
	text, err := d.shown(span, None, maxBytes)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"arguments":"9f86d081884c7d65"`)
	assert.Contains(t, string(text), `"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"`)
}

func TestAPreviewIsTheFirstWords(t *testing.T) {
	d := &door{Options{Content: Full}}
	text, err := d.shown(secretSpan(), Preview, maxBytes)
	require.NoError(t, err)
	var span query.Span
	require.NoError(t, json.Unmarshal(text, &span))
	var input string
	require.NoError(t, json.Unmarshal(span.Input, &input))
	assert.True(t, strings.HasPrefix(input, "CONTENT word word"), input)
	assert.Len(t, []rune(input), query.PreviewChars+1)
}

// TestAnAnswerFitsItsBudget: texts get shorter, lists lose their ends and say so.
func TestAnAnswerFitsItsBudget(t *testing.T) {
	d := &door{Options{Content: Full}}
	var page query.Page[query.TraceSummary]
	for range 500 {
		page.Items = append(page.Items, query.TraceSummary{Name: "root", Input: strings.Repeat("x", 150)})
	}
	for _, budget := range []int{minBytes, 4096, 65536} {
		text, err := d.shown(page, Full, budget)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(text), budget)
		var got struct {
			Items   []json.RawMessage `json:"items"`
			Omitted map[string]int    `json:"omitted"`
		}
		require.NoError(t, json.Unmarshal(text, &got))
		assert.Equal(t, 500, len(got.Items)+got.Omitted["items"])
		assert.NotZero(t, got.Omitted["items"])
	}
	span := secretSpan()
	span.Input, _ = json.Marshal(strings.Repeat("日", 100_000))
	text, err := d.shown(span, Full, 16384)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(text), 16384)
	assert.Contains(t, string(text), "日…")
}

// TestWhatIsSensitiveIsTakenOutOnceMore, and ids and figures are left alone.
func TestWhatIsSensitiveIsTakenOutOnceMore(t *testing.T) {
	redactor, err := redact.New(redact.Options{Presets: []string{redact.PresetSecrets}})
	require.NoError(t, err)
	d := &door{Options{Content: Full, Redactor: redactor}}
	span := secretSpan()
	secret := "sk-proj-" + strings.Repeat("aB3dE5fG", 8)
	span.Input, _ = json.Marshal("my key is " + secret)
	span.Attributes[0] = query.Attribute{Key: "k", Value: json.RawMessage(`{"deep":["` + secret + `"],"password":"hunter2-hunter2"}`)}
	text, err := d.shown(span, Full, maxBytes)
	require.NoError(t, err)
	assert.NotContains(t, string(text), secret)
	assert.NotContains(t, string(text), "hunter2-hunter2")
	assert.Contains(t, string(text), "[REDACTED:")
	assert.Contains(t, string(text), `"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"`)
}

// TestNamesAreRedactedToo: of services, agents, tools and sessions, of attributes and of
// members of payloads. A value is known by the name of its attribute.
func TestNamesAreRedactedToo(t *testing.T) {
	redactor, err := DefaultRedactor()
	require.NoError(t, err)
	d := &door{Options{Content: Full, Redactor: redactor}}
	secret := "sk-proj-" + strings.Repeat("aB3dE5fG", 8)
	id := "4bf92f3577b34da6a3ce929d0e0e4736"
	summary := query.TraceSummary{
		TraceID: id, Name: secret, Service: secret, Environment: secret, Session: secret, User: secret, Tenant: secret,
		Attributes: map[string]json.RawMessage{secret: json.RawMessage("1")},
	}
	span := secretSpan()
	span.Agent, span.Tool, span.Provider, span.Model, span.Operation, span.Service = secret, secret, secret, secret, secret, secret
	span.Attributes = []query.Attribute{{Key: secret, Value: json.RawMessage("1")}, {Key: "db.password", Value: json.RawMessage(`"hunter2-hunter2"`)}}
	span.Input = json.RawMessage(`{"` + secret + `": {"` + secret + `": 1}}`)
	for _, got := range []any{
		summary,
		query.Trace{TraceSummary: summary, Spans: []query.SpanSummary{span.SpanSummary}},
		span,
		query.SessionSummary{ID: secret, Service: secret, User: secret},
		query.Spend{Rows: []query.SpendRow{{Keys: map[string]string{"agent": secret}}}},
		query.Unpriced{Provider: secret, Model: secret},
		query.Runs{Name: secret, Service: secret},
		query.Loop{Trace: secret, Tool: secret, Agent: secret},
		query.Hit{Name: secret, Service: secret},
		query.Value{Value: secret},
	} {
		text, err := d.shown(got, Full, maxBytes)
		require.NoError(t, err)
		if strings.Contains(string(text), secret) || strings.Contains(string(text), "hunter2") {
			t.Errorf("a secret is in %T: %s", got, text)
		}
	}
	text, err := d.shown(query.Receipt{Tokens: "reported by the provider", Source: "https://example.com/prices"}, Full, maxBytes)
	require.NoError(t, err)
	assert.Contains(t, string(text), "reported by the provider")
	text, err = d.shown(query.Page[query.TraceSummary]{Items: []query.TraceSummary{{TraceID: id, Session: "session-12", Service: "support-web"}}, Next: "eyJrIjoxNzY0NTQ5OTk5MDAwMDAwLCJpIjoxMjMsImwiOiJhYmNkZWZnaGlqa2wifQ"}, Full, maxBytes)
	require.NoError(t, err)
	assert.Contains(t, string(text), "eyJrIjoxNzY0NTQ5OTk5MDAwMDAwLCJpIjoxMjMsImwiOiJhYmNkZWZnaGlqa2wifQ")
	assert.Contains(t, string(text), id)
	assert.Contains(t, string(text), "session-12")
}

func TestAnAgentGetsNoMoreThanTheServerAllows(t *testing.T) {
	for _, c := range []struct{ allowed, asked, got Content }{
		{Full, "", Preview}, {Full, Full, Full}, {Full, None, None}, {Preview, Full, Preview}, {None, "", None}, {None, Full, None},
	} {
		got, err := (&door{Options{Content: c.allowed}}).content(c.asked)
		require.NoError(t, err)
		assert.Equal(t, c.got, got)
	}
	_, err := (&door{}).content("all")
	assert.ErrorContains(t, err, "none, preview or full")
}
