package query_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// TestASpanWithoutItsContentKeepsItsNumbers: what retention::content leaves of a span.
func TestASpanWithoutItsContentKeepsItsNumbers(t *testing.T) {
	w := newTrace(1)
	call := chat(says("user: hi"), says("assistant: hello"))
	call["gen_ai.usage.input_tokens"], call["gen_ai.usage.output_tokens"] = 1000, 100
	w.span(1, 0, call)
	path := storedFile(t, plog.NewLogs(), priced(t, w.td))
	before, err := opened(t, path).Span(t.Context(), w.id(), spanID(1), 0)
	require.NoError(t, err)
	require.False(t, before.ContentGone)
	db, err := sql.Open("sqlite", "file:"+path)
	require.NoError(t, err)
	for _, statement := range []string{
		"UPDATE otel_span_data SET attributes = '{}', events = NULL",
		"UPDATE mastra_ai_spans SET input = NULL, output = NULL, metadata = NULL, links = NULL, attributes = NULL",
		"UPDATE otel_spans SET preview = NULL, output_preview = NULL",
		"UPDATE otel_traces SET content_gone = 1, input = NULL, output = NULL",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())

	store := opened(t, path)
	span, err := store.Span(t.Context(), w.id(), spanID(1), 0)
	require.NoError(t, err)
	assert.True(t, span.ContentGone)
	assert.Empty(t, span.Messages)
	assert.Nil(t, span.ContentNote)
	assert.Equal(t, before.USD, span.USD)
	assert.Equal(t, before.Tokens, span.Tokens)
	require.NotNil(t, span.Receipt)
	assert.Equal(t, "priced", span.Receipt.Status)
	assert.True(t, span.Receipt.Exact)
	assert.InEpsilon(t, *span.USD, sum(span.Receipt), 1e-9)
	td, err := store.OTLP(t.Context(), w.id())
	require.NoError(t, err)
	assert.Equal(t, 1, td.SpanCount())
	session, err := store.Trace(t.Context(), w.id())
	require.NoError(t, err)
	assert.Len(t, session.Spans, 1)
}
