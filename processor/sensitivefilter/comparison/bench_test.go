package main

import (
	"context"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter"
)

// BenchmarkSpan passes a span with ten ordinary attributes and a message without findings through both processors.
func BenchmarkSpan(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"no message", 0}, {"10 KB", 10 << 10}, {"100 KB", 100 << 10}} {
		message := ""
		if size.bytes > 0 {
			message = redacttest.Corpus(size.bytes, 42)[:size.bytes]
		}
		for _, subject := range []struct {
			name    string
			factory processor.Factory
			cfg     component.Config
		}{
			{"redaction, twenty expressions", redactionprocessor.NewFactory(), contribConfig()},
			{"sensitive_filter, the same as custom rules only", sensitivefilter.NewFactory(), customConfig()},
			{"sensitive_filter, the same besides its own rules", sensitivefilter.NewFactory(), bothConfig()},
			{"sensitive_filter, its own rules", sensitivefilter.NewFactory(), defaultConfig()},
		} {
			b.Run(size.name+"/"+subject.name, func(b *testing.B) {
				p, err := start(subject.factory, subject.cfg)
				require.NoError(b, err)
				td := span(message)
				want := snapshot(b, td)
				b.SetBytes(int64(size.bytes))
				b.ReportAllocs()
				for b.Loop() {
					if err := p.ConsumeTraces(context.Background(), td); err != nil {
						b.Fatal(err)
					}
				}
				b.StopTimer()
				require.NoError(b, p.Shutdown(context.Background()))
				require.Equal(b, want, snapshot(b, td), "the benchmark is of text without findings")
			})
		}
	}
}

// snapshot is the trace without what a processor may add.
func snapshot(b *testing.B, td ptrace.Traces) string {
	b.Helper()
	v, _ := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().Get("gen_ai.input.messages")
	return v.Str()
}
