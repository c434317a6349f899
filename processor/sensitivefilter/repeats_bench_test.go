package sensitivefilter

import (
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// BenchmarkBatch passes a batch of a hundred spans of 10 KB each: without a finding; with one password that the second walk looks for;
// with a password in every span; and without a finding, of a trace of which as much is known as is kept.
func BenchmarkBatch(b *testing.B) {
	text := redacttest.Corpus(10<<10, 42)[:10<<10]
	spans := func(told int) ptrace.Traces {
		td := ptrace.NewTraces()
		list := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		for i := range 100 {
			s := list.AppendEmpty()
			s.SetTraceID([16]byte{1})
			ordinary(s.Attributes())
			s.Attributes().PutStr("gen_ai.input.messages", text)
			if i < told {
				s.Attributes().PutStr("db.password", fmt.Sprintf("hunter%dxy!", 1000+i))
			}
		}
		return td
	}
	for name, c := range map[string]struct{ told, known int }{"without": {0, 0}, "one": {1, 0}, "every": {100, 0}, "full memory": {0, 100}} {
		for _, enabled := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/%v", name, enabled), func(b *testing.B) {
				f, err := new(sharedRedactors).filter(processorSettings(), changed(func(c *Config) { c.Repeats.Enabled = enabled }), "traces")
				if err != nil {
					b.Fatal(err)
				}
				if c.known > 0 {
					if _, err := f.processTraces(b.Context(), spans(c.known)); err != nil {
						b.Fatal(err)
					}
				}
				td := spans(c.told)
				b.SetBytes(100 * 10 << 10)
				b.ReportAllocs()
				batch := ptrace.NewTraces()
				for b.Loop() {
					td.CopyTo(batch)
					if _, err := f.processTraces(b.Context(), batch); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
