package query_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

func TestSearchFindsPayloadsNamesAndIDs(t *testing.T) {
	w := newTrace(1)
	root := w.span(1, 0, map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "billing-agent", "session.id": "s-1", "user.id": "u-1", "input.value": `say "hi" to Jörg`})
	root.SetName("invoke_agent billing-agent")
	for n := byte(2); n < 40; n++ {
		w.span(n, 1, chat(says(fmt.Sprintf("user: the invoice number %d\nis late", n)), says("assistant: paid")))
	}
	other := newTrace(2)
	other.td.ResourceSpans().At(0).Resource().Attributes().PutStr("service.name", "other")
	other.span(1, 0, chat(says("user: invoice"), ""))
	store := stored(t, w.td, other.td)
	find := func(text string, f query.SearchFilter) query.Page[query.Hit] {
		t.Helper()
		page, err := store.Search(t.Context(), text, f)
		require.NoError(t, err)
		return page
	}
	for text, where := range map[string]string{
		"billing": "name", "u-1": "id", "s-1": "id", w.id(): "id", w.id()[:31] + "1": "id", "0000000000000005": "id", "Jörg": "input", `"hi" to`: "input", "paid": "output", "number 17": "input", "gpt-4o": "name",
	} {
		page := find(text, query.SearchFilter{})
		require.NotEmpty(t, page.Items, text)
		hit := page.Items[0]
		assert.Equal(t, where, hit.Where, text)
		assert.NotEmpty(t, hit.Excerpt, text)
		assert.NotEmpty(t, hit.SpanID)
		assert.NotEmpty(t, hit.Service)
		assert.False(t, hit.Start.IsZero())
	}
	assert.Contains(t, find(`"hi" to`, query.SearchFilter{}).Items[0].Excerpt, `say "hi" to Jörg`)
	assert.Contains(t, find("number 17", query.SearchFilter{}).Items[0].Excerpt, "the invoice number 17 is late")
	assert.Empty(t, find("nothing like it", query.SearchFilter{}).Items)
	assert.Empty(t, find("  ", query.SearchFilter{}).Items)
	assert.Empty(t, find("%", query.SearchFilter{}).Items)
	assert.Empty(t, find("00000", query.SearchFilter{}).Items, "too short for an id")

	assert.Len(t, find("invoice", query.SearchFilter{}).Items, 39)
	assert.Len(t, find("invoice", query.SearchFilter{Service: []string{"other"}}).Items, 1)
	assert.Empty(t, find("invoice", query.SearchFilter{Environment: []string{"prod"}}).Items)
}

func TestASearchIsPagedByCursor(t *testing.T) {
	w := newTrace(1)
	for n := byte(1); n <= 30; n++ {
		w.span(n, 0, chat(says(fmt.Sprintf("user: span %d", n)), ""))
	}
	store := stored(t, w.td)
	want, err := store.Search(t.Context(), "span", query.SearchFilter{})
	require.NoError(t, err)
	require.Empty(t, want.Next)
	require.Len(t, want.Items, 20+30, "names, and then payloads")
	var got []query.Hit
	f := query.SearchFilter{Limit: 7}
	for {
		page, err := store.Search(t.Context(), "span", f)
		require.NoError(t, err)
		got = append(got, page.Items...)
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
		require.LessOrEqual(t, len(page.Items), 7)
	}
	// Of hits of names there is one page.
	assert.Equal(t, want.Items[:7], got[:7])
	assert.Equal(t, want.Items[20:], got[7:])
	_, err = store.Search(t.Context(), "other", query.SearchFilter{Cursor: f.Cursor + "x"})
	require.ErrorIs(t, err, query.ErrInvalid)
}

// TestAnExcerptIsWhatSomebodyWrote: not the braces and roles of the JSON that it is stored in.
func TestAnExcerptIsWhatSomebodyWrote(t *testing.T) {
	w := newTrace(1)
	w.span(1, 0, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"say \"hi\", to Jörg: now"}]}]`})
	w.span(2, 1, map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find", "gen_ai.tool.call.arguments": `{"order":"48213","status":"open"}`})
	store := stored(t, w.td)
	for text, want := range map[string]string{
		`jörg`:     `say "hi", to Jörg: now`,
		`"hi", to`: `say "hi", to Jörg: now`,
		`48213`:    `{"order":"48213","status":"open"}`,
	} {
		page, err := store.Search(t.Context(), text, query.SearchFilter{})
		require.NoError(t, err)
		require.NotEmpty(t, page.Items, text)
		assert.Equal(t, want, page.Items[0].Excerpt, text)
	}
}
