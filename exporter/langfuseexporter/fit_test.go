package langfuseexporter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

// TestTokensAndCostsAreNeverCut where all texts of a span have to be.
func TestTokensAndCostsAreNeverCut(t *testing.T) {
	details := `{"input":1` + strings.Repeat(`,"a_long_name_of_a_bucket":1`, 20) + `}`
	span := ptrace.NewSpan()
	for _, key := range []string{mapping.UsageKey, mapping.CostKey} {
		span.Attributes().PutStr(key, details)
	}
	for i := range 100 {
		span.Attributes().PutStr(fmt.Sprintf("langfuse.observation.metadata.%d", i), strings.Repeat("v", 1000))
	}
	assert.True(t, fit(span, 16<<10))
	for _, key := range []string{mapping.UsageKey, mapping.CostKey} {
		value, _ := span.Attributes().Get(key)
		assert.Equal(t, details, value.Str())
	}
	value, _ := span.Attributes().Get("langfuse.observation.metadata.1")
	assert.Contains(t, value.Str(), "truncated")
}

// TestManySmallThingsGoLargestFirst: what cannot be cut is taken away, first what
// Langfuse has no field for, then metadata, and only what has to.
func TestManySmallThingsGoLargestFirst(t *testing.T) {
	const limit = 16 << 10
	long := strings.Repeat("v", 200)
	fields := func(span ptrace.Span) {
		span.Attributes().PutStr("langfuse.observation.type", "generation")
		span.Attributes().PutStr("langfuse.session.id", "s")
		span.Attributes().PutStr(mapping.UsageKey, `{"input":1,"total":1}`)
		span.Attributes().PutBool("langfuse.internal.is_app_root", true)
	}
	keeps := func(t *testing.T, span ptrace.Span, keys ...string) {
		t.Helper()
		assert.LessOrEqual(t, sizer.SpanSize(span), limit)
		for _, key := range append(keys, "langfuse.observation.type", "langfuse.session.id", mapping.UsageKey, "langfuse.internal.is_app_root") {
			_, ok := span.Attributes().Get(key)
			assert.True(t, ok, key)
		}
	}
	removed := func(span ptrace.Span) int64 {
		value, ok := span.Attributes().Get(removedKey)
		if !ok {
			return 0
		}
		return value.Int()
	}
	t.Run("metadata", func(t *testing.T) {
		span := ptrace.NewSpan()
		fields(span)
		for i := range 1000 {
			span.Attributes().PutStr(fmt.Sprintf("langfuse.observation.metadata.%d", i), long)
			span.Attributes().PutStr(fmt.Sprintf("langfuse.trace.metadata.%d", i), long)
		}
		span.Attributes().PutStr("langfuse.observation.metadata.short", "v")
		before := span.Attributes().Len()
		assert.True(t, fit(span, limit))
		keeps(t, span, "langfuse.observation.metadata.short")
		assert.Greater(t, sizer.SpanSize(span), limit/2, "no more than has to go")
		assert.Equal(t, before-span.Attributes().Len()+1, int(removed(span)))
	})
	t.Run("other attributes", func(t *testing.T) {
		span := ptrace.NewSpan()
		fields(span)
		for i := range 1000 {
			span.Attributes().PutInt(fmt.Sprintf("app.%s.%d", long, i), 1)
		}
		span.Attributes().PutInt("app.short", 1)
		span.Attributes().PutStr("langfuse.observation.metadata.a", long)
		assert.True(t, fit(span, limit))
		keeps(t, span, "langfuse.observation.metadata.a", "app.short")
	})
	t.Run("fields", func(t *testing.T) {
		span := ptrace.NewSpan()
		fields(span)
		tags := span.Attributes().PutEmptySlice("langfuse.trace.tags")
		for range 1000 {
			tags.AppendEmpty().SetStr(long)
		}
		assert.True(t, fit(span, limit))
		keeps(t, span)
	})
	t.Run("events and a name of the key", func(t *testing.T) {
		span := ptrace.NewSpan()
		fields(span)
		for range 100 {
			span.Events().AppendEmpty().SetName(long)
		}
		span.Attributes().PutStr("langfuse.observation.metadata."+strings.Repeat("k", limit), "v")
		assert.True(t, fit(span, limit))
		keeps(t, span)
	})
}
