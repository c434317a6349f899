package genai

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestIsCopy(t *testing.T) {
	span := func(change func(ptrace.Span)) ptrace.Span {
		s := ptrace.NewSpan()
		s.SetSpanID(pcommon.SpanID{1})
		s.SetKind(ptrace.SpanKindClient)
		s.SetStartTimestamp(1)
		s.SetEndTimestamp(2)
		change(s)
		return s
	}
	first := span(func(ptrace.Span) {})
	assert.True(t, IsCopy(first, span(func(s ptrace.Span) { s.SetName("renamed on the way") })))
	for name, change := range map[string]func(ptrace.Span){
		"id":    func(s ptrace.Span) { s.SetSpanID(pcommon.SpanID{2}) },
		"kind":  func(s ptrace.Span) { s.SetKind(ptrace.SpanKindServer) },
		"start": func(s ptrace.Span) { s.SetStartTimestamp(0) },
		"end":   func(s ptrace.Span) { s.SetEndTimestamp(3) },
	} {
		assert.False(t, IsCopy(first, span(change)), name)
	}
}
