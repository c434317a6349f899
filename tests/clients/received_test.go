package clients

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// received is what a destination has of one client.
type received struct {
	calls []call // those that count; in and out are whole texts
	spans []call // all spans, for their texts
	// estimated are those calls whose tokens are estimates, and total is what the
	// destination makes of all; of the trace store only.
	estimated []call
	total     figures
	// sessions and users are those of each thing that has to know them: of a trace,
	// or of an observation.
	sessions, users []string
}

// Attributes with which llm_cost marks a call that counts, and what it is.
const (
	statusKey = "llmcost.status"
	modelKey  = "llmcost.model"
	costKey   = "gen_ai.usage.cost"
)

func contains(body []byte, text string) bool { return bytes.Contains(body, []byte(text)) }

// libsql reads the trace store.
func (w *world) libsql(t *testing.T, traceIDs []string) (got received) {
	t.Helper()
	for _, id := range traceIDs {
		spans, err := w.store.Spans(t.Context(), id)
		require.NoError(t, err)
		for i := range spans {
			f := &spans[i].Facts
			c := call{in: string(spans[i].Mastra.Input), out: string(spans[i].Mastra.Output)}
			got.spans = append(got.spans, c)
			if !f.Cost.Known {
				continue
			}
			c.figures = figures{f.Model, f.InputTokens.N, f.CacheReadTokens.N, f.CacheWriteTokens.N, f.OutputTokens.N, f.Cost.V * 1e6}
			got.calls = append(got.calls, c)
			if f.CostStatus == "estimated" {
				got.estimated = append(got.estimated, c)
			}
		}
		trace, err := w.store.Trace(t.Context(), id)
		require.NoError(t, err)
		got.sessions = append(got.sessions, trace.SessionID)
		got.users = append(got.users, trace.UserID)
		got.total = got.total.plus(figures{
			input: trace.InputTokens, cacheRead: trace.CacheReadTokens, cacheWrite: trace.CacheWriteTokens, output: trace.OutputTokens, cost: trace.Cost.V * 1e6,
		})
	}
	return got
}

// mastraSpan is a span as Mastra reads it.
type mastraSpan struct {
	SpanID        string `json:"spanId"`
	Input, Output json.RawMessage
	SessionID     string `json:"sessionId"`
	UserID        string `json:"userId"`
	Attributes    struct {
		Model, ResponseModel string
		Usage                *struct {
			InputTokens, OutputTokens int64
			InputDetails              struct{ CacheRead, CacheWrite int64 }
		}
		CostContext *struct{ EstimatedCost float64 }
	}
}

// readMastra reads the trace store through Mastra's HTTP API.
func (w *world) readMastra(t *testing.T) {
	t.Helper()
	var both struct {
		API struct{ Traces map[string][]mastraSpan }
	}
	e2e.Node(t, nil, &both, filepath.Join("mastra", "read.mjs"), "file:"+w.collector.TracesDB())
	w.read = both.API.Traces
}

// mastraAPI is what Mastra's HTTP API, which Studio shows, has of the calls that
// count: other rows repeat their tokens as sums.
func (w *world) mastraAPI(t *testing.T, traceIDs []string) (got received) {
	t.Helper()
	for _, id := range traceIDs {
		trace, err := w.store.Trace(t.Context(), id)
		require.NoError(t, err)
		counted := map[string]bool{}
		e2e.Visit(trace.Roots, func(node *tracestore.SpanNode) { counted[node.SpanID] = node.Counted })
		require.Len(t, w.read[id], int(trace.Spans))
		var session, user string // of any span
		for i := range w.read[id] {
			span := &w.read[id][i]
			a := &span.Attributes
			c := call{in: string(span.Input), out: string(span.Output)}
			got.spans = append(got.spans, c)
			session, user = cmp.Or(session, span.SessionID), cmp.Or(user, span.UserID)
			if !counted[span.SpanID] || a.Usage == nil || a.CostContext == nil {
				continue
			}
			c.figures = figures{
				cmp.Or(a.ResponseModel, a.Model), a.Usage.InputTokens, a.Usage.InputDetails.CacheRead, a.Usage.InputDetails.CacheWrite, a.Usage.OutputTokens, a.CostContext.EstimatedCost * 1e6,
			}
			got.calls = append(got.calls, c)
		}
		got.sessions, got.users = append(got.sessions, session), append(got.users, user)
	}
	return got
}

// langfuseView reads the view that Langfuse stores: every observation with tokens
// or a cost counts there.
func (w *world) langfuseView(t *testing.T, traceIDs []string) (got received) {
	t.Helper()
	names := map[string]string{} // of traces
	for _, o := range w.langfuse.Observations() {
		if !slices.Contains(traceIDs, o.TraceID) {
			continue
		}
		got.sessions = append(got.sessions, o.SessionID)
		got.users = append(got.users, o.UserID)
		if o.TraceName != "" { // spans that come long before their root do not know it
			assert.Equal(t, cmp.Or(names[o.TraceID], o.TraceName), o.TraceName, "name of the trace on %s", o.Name)
			names[o.TraceID] = o.TraceName
		}
		c := call{in: o.InputText(), out: o.OutputText()}
		got.spans = append(got.spans, c)
		if len(o.Usage) == 0 && o.TotalCost == 0 {
			continue
		}
		c.figures = figures{model: o.Model, cost: o.TotalCost * 1e6}
		for bucket, n := range o.Usage {
			switch {
			case strings.HasPrefix(bucket, "input"):
				c.input += n
			case strings.HasPrefix(bucket, "output"):
				c.output += n
			}
			switch {
			case bucket == "input_cached_tokens":
				c.cacheRead += n
			case strings.HasPrefix(bucket, "input_cache_creation"):
				c.cacheWrite += n
			}
		}
		got.calls = append(got.calls, c)
	}
	return got
}

// attributed makes figures of a span's attributes.
func attributed(text func(key string) string, number func(key string) float64) figures {
	return figures{
		text(modelKey), int64(number("gen_ai.usage.input_tokens")), int64(number("gen_ai.usage.cache_read.input_tokens")),
		int64(number("gen_ai.usage.cache_write.input_tokens")), int64(number("gen_ai.usage.output_tokens")), number(costKey) * 1e6,
	}
}

// spans is what a backend that takes OTLP has.
func (w *world) spans(backend *otlptest.Server, traceIDs []string) (got received) {
	known := map[string]string{} // everything that is said in a trace
	for _, span := range backend.Spans() {
		id := span.TraceID().String()
		if !slices.Contains(traceIDs, id) {
			continue
		}
		whole := everything(span)
		known[id] += whole
		c := call{in: whole, out: whole}
		got.spans = append(got.spans, c)
		a := span.Attributes()
		if _, ok := a.Get(costKey); !ok {
			continue
		}
		get := func(key string) pcommon.Value {
			value, ok := a.Get(key)
			if !ok {
				value = pcommon.NewValueEmpty()
			}
			return value
		}
		c.figures = attributed(
			func(key string) string { return get(key).AsString() },
			func(key string) float64 { n, _ := strconv.ParseFloat(get(key).AsString(), 64); return n },
		)
		got.calls = append(got.calls, c)
	}
	got.know(known)
	return got
}

// everything is what a span says in attributes and events.
func everything(span ptrace.Span) string {
	var text strings.Builder
	fmt.Fprintln(&text, span.Attributes().AsRaw())
	for _, event := range span.Events().All() {
		fmt.Fprintln(&text, event.Attributes().AsRaw())
	}
	return text.String()
}

// know looks for the session and the user in what is said in each trace.
func (r *received) know(traces map[string]string) {
	for _, text := range traces {
		for word, list := range map[string]*[]string{sessionID: &r.sessions, userID: &r.users} {
			if !strings.Contains(text, word) {
				word = ""
			}
			*list = append(*list, word)
		}
	}
}

// datadogAPM reads spans by Datadog's own types. A trace's id is cut to 64 bits
// there; the whole one is an attribute.
func (w *world) datadogAPM(traceIDs []string) (got received) {
	known := map[string]string{}
	for _, span := range w.datadog.Spans() {
		id := span.Meta["otel.trace_id"]
		if !slices.Contains(traceIDs, id) {
			continue
		}
		whole := strings.Join(slices.Collect(maps.Values(span.Meta)), "\n")
		known[id] += whole
		c := call{in: whole, out: whole}
		got.spans = append(got.spans, c)
		if _, ok := span.Metrics[costKey]; !ok {
			continue
		}
		c.figures = attributed(
			func(key string) string { return span.Meta[key] },
			func(key string) float64 { return span.Metrics[key] },
		)
		got.calls = append(got.calls, c)
	}
	got.know(known)
	return got
}

// metric is the sum over the series of a name whose labels are these.
func (w *world) metric(name string, labels map[string]string) (sum float64) {
	for line := range strings.Lines(string(w.scraped)) {
		series, value, ok := strings.Cut(strings.TrimSpace(line), "} ")
		if !ok || !strings.HasPrefix(series, name+"{") {
			continue
		}
		matches := true
		for label, want := range labels {
			matches = matches && strings.Contains(series, label+`="`+want+`"`)
		}
		if n, err := strconv.ParseFloat(value, 64); matches && err == nil {
			sum += n
		}
	}
	return sum
}

// spend is what the metrics say of a service, a model at a time.
func (w *world) spend(service string) map[string]figures {
	got := map[string]figures{}
	for _, model := range catalogue {
		labels := map[string]string{"job": service, "gen_ai_request_model": model}
		f := figures{
			input:      int64(w.metric("gen_ai_client_inference_usage_input_tokens_total", labels)),
			cacheRead:  int64(w.metric("gen_ai_client_inference_usage_cache_read_input_tokens_total", labels)),
			cacheWrite: int64(w.metric("gen_ai_client_inference_usage_cache_write_input_tokens_total", labels)),
			output:     int64(w.metric("gen_ai_client_inference_usage_output_tokens_total", labels)),
			cost:       w.metric("llmcost_cost_usd_total", labels) * 1e6,
		}
		if f != (figures{}) {
			got[model] = f.rounded()
		}
	}
	return got
}
