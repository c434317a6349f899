package genai

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// BenchmarkReadForeignSpan is an HTTP span with twenty attributes: what a
// GenAI component pays for spans that are no business of its.
func BenchmarkReadForeignSpan(b *testing.B) {
	span := ptrace.NewSpan()
	for _, key := range []string{
		"http.request.method", "http.response.status_code", "http.route", "url.full", "url.path", "url.scheme", "url.query",
		"server.address", "server.port", "client.address", "network.protocol.version", "network.peer.address", "network.peer.port",
		"user_agent.original", "http.request.body.size", "http.response.body.size", "thread.id", "thread.name", "code.function", "peer.service",
	} {
		span.Attributes().PutStr(key, "some ordinary value")
	}
	resource, scope := pcommon.NewResource(), pcommon.NewInstrumentationScope()
	var v View
	b.ReportAllocs()
	for b.Loop() {
		v.Read(resource, scope, span)
		if v.HasUsage() {
			b.Fatal("no usage expected")
		}
	}
}

// BenchmarkReadModelCall reads a captured model call with its usage.
func BenchmarkReadModelCall(b *testing.B) {
	ss := testutil.TicketRun(testutil.NewSecrets(1)).ResourceSpans().At(0).ScopeSpans().At(0)
	for _, span := range ss.Spans().All() {
		if span.Name() != "chat gpt-4o-mini" {
			continue
		}
		resource := pcommon.NewResource()
		var v View
		b.ReportAllocs()
		for b.Loop() {
			v.Read(resource, ss.Scope(), span)
			if _, state := v.Usage(); state != UsageValid {
				b.Fatal(state)
			}
		}
		return
	}
}
