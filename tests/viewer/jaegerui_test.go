//go:build jaegerui

package viewer

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// TestJaegerUI lists and opens a trace in jaeger-ui itself. JAEGER_UI names a folder with
// its build, which docs/jaeger.md says how to make: npm has no package of it.
func TestJaegerUI(t *testing.T) {
	build := os.Getenv("JAEGER_UI")
	if build == "" {
		t.Fatal("JAEGER_UI names no build of jaeger-ui; docs/jaeger.md says how to make one")
	}
	c := e2e.StartCollector(t)
	run := traffic.New(traffic.Options{Seed: 7, ServiceName: "shop-app"}).Trace(time.Now())
	spans := run.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	sendTraces(t, c, run)
	var saw struct{ List, Trace, Span, Refused, Asked []string }
	e2e.Node(t, []string{
		"CHROMIUM=" + e2e.Chromium(t), "BASE=" + c.Viewer, "JAEGER_UI=" + build, "SERVICE=shop-app",
		"TRACE=" + spans.At(0).TraceID().String(), "SPAN=chat gpt-5-mini", "SCREENSHOT=" + os.Getenv("SCREENSHOT"),
	}, &saw, "jaegerui.mjs")
	assert.Empty(t, saw.Refused)
	assert.Subset(t, saw.Asked, []string{"/api/traces/ID", "/api/v3/services", "/api/v3/trace-summaries"})
	assert.Contains(t, strings.Join(saw.List, "\n"), "shop-app")
	shown := strings.Join(saw.Trace, "\n")
	for _, span := range spans.All() {
		assert.Contains(t, shown, span.Name())
	}
	assert.Contains(t, strings.Join(saw.Span, "\n"), "gpt-5-mini")
}
