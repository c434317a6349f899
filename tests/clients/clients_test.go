// Package clients runs the applications of its folders, each with a real
// instrumentation, against one built collector that delivers to every shipped
// destination, and compares what each has received with what the served model
// reported.
package clients

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// What every application gives its calls.
const (
	sessionID = "sess-42"
	userID    = "user-17"
)

// result is what an application prints.
type result struct {
	TraceID  string   `json:"traceId"`
	TraceIDs []string `json:"traceIds"`
	Requests map[string]int
}

func TestClients(t *testing.T) {
	w := start(t)
	secrets := testutil.NewSecrets(44)
	results := run(t, w, secrets)
	calls := 0
	for i := range clients {
		calls += len(clients[i].calls) + len(clients[i].estimated)
	}
	w.wait(t, calls)
	w.readMastra(t)

	t.Run("no secret", func(t *testing.T) { w.assertNoSecret(t, secrets) })
	for i := range clients {
		c := &clients[i]
		t.Run(c.name, func(t *testing.T) { c.check(t, w, &results[i]) })
	}
}

func (c *client) script() string {
	folder, script, _ := strings.Cut(c.name, "/")
	return filepath.Join(folder, cmp.Or(script, "app")+".mjs")
}

// run runs all applications, one after the other.
func run(t *testing.T, w *world, secrets testutil.Secrets) []result {
	t.Helper()
	given, err := json.Marshal(secrets)
	require.NoError(t, err)
	env := []string{
		"OTLP_ENDPOINT=" + w.collector.HTTP, "SECRETS=" + string(given),
		"OTEL_BSP_SCHEDULE_DELAY=60000", // a trace comes in one request however slow the machine is, where the client lets us say so
	}
	results := make([]result, len(clients))
	for i := range clients {
		r := &results[i]
		e2e.Node(t, env, r, clients[i].script())
		require.Equal(t, clients[i].requests, r.Requests, clients[i].name)
		if r.TraceID != "" {
			r.TraceIDs = append(r.TraceIDs, r.TraceID)
		}
	}
	return results
}

// check compares what every destination has of a client.
func (c *client) check(t *testing.T, w *world, r *result) {
	t.Helper()
	stored := w.libsql(t, r.TraceIDs)
	answered := c.expected(t, &stored)
	priced := make([]call, len(answered)) // by the names of the price list
	for i := range answered {
		priced[i] = answered[i].of(catalogue[answered[i].model])
	}
	for name, destination := range map[string]struct {
		got  received
		want []call
	}{
		"libsql":         {stored, answered},
		"langfuse":       {w.langfuseView(t, r.TraceIDs), answered},
		"mastra-api":     {w.mastraAPI(t, r.TraceIDs), answered},
		"datadog":        {w.datadogAPM(r.TraceIDs), priced},
		"datadog-llmobs": {w.spans(w.llmobs, r.TraceIDs), priced},
		"otlp":           {w.spans(w.otlp, r.TraceIDs), priced},
		"mastra":         {w.spans(w.mastra, r.TraceIDs), priced},
	} {
		t.Run(name, func(t *testing.T) { c.checkReceived(t, &destination.got, destination.want) })
	}
	t.Run("prometheus", func(t *testing.T) { c.checkSpend(t, w, priced) })
	t.Run("fixture", func(t *testing.T) { c.checkFixture(t, w, r.TraceIDs) })
}

// expected are all calls of a client. What is estimated has the figures that are
// stored, and they have to be the same everywhere.
func (c *client) expected(t *testing.T, stored *received) []call {
	t.Helper()
	list := slices.Clone(c.calls)
	var total figures
	for _, want := range c.estimated {
		i := slices.IndexFunc(stored.estimated, func(got call) bool { return got.model == want.model })
		require.GreaterOrEqual(t, i, 0, "no call of %s is estimated", want.model)
		want.figures = stored.estimated[i].figures
		assert.Positive(t, want.input)
		list = append(list, want)
	}
	assert.Len(t, stored.estimated, len(c.estimated), "calls whose usage is lost")
	for i := range list {
		total = total.plus(list[i].figures)
	}
	assert.Equal(t, total.rounded(), stored.total.rounded(), "totals of the traces")
	return list
}

// checkSpend compares spend metrics, a model at a time. Neither a user nor a
// session is a label.
func (c *client) checkSpend(t *testing.T, w *world, calls []call) {
	t.Helper()
	want := map[string]figures{}
	for i := range calls {
		want[calls[i].model] = want[calls[i].model].plus(calls[i].figures)
	}
	for model, f := range want {
		want[model] = f.rounded()
	}
	assert.Equal(t, want, w.spend(c.service))
	assert.EqualValues(t, len(calls), w.metric("llmcost_calls_total", map[string]string{"job": c.service}), "calls")
	for _, word := range []string{sessionID, userID} {
		assert.False(t, contains(w.scraped, word), "%s is a label", word)
	}
}

// checkReceived compares calls, with their contents, and sessions.
func (c *client) checkReceived(t *testing.T, got *received, want []call) {
	t.Helper()
	assert.ElementsMatch(t, allFigures(want), allFigures(got.calls))
	for i := range want {
		got.checkContent(t, &want[i])
	}
	session, user := sessionID, userID
	if c.noSession != "" {
		session, user = "", ""
	}
	require.NotEmpty(t, got.sessions)
	for i := range got.sessions {
		assert.Equal(t, session, got.sessions[i])
		assert.Equal(t, user, got.users[i])
	}
}

// checkContent looks for what went in and came out on every call with these
// figures, or on any one span where that is said.
func (r *received) checkContent(t *testing.T, want *call) {
	t.Helper()
	if want.apart {
		assert.True(t, slices.ContainsFunc(r.spans, func(span call) bool {
			return strings.Contains(span.in, want.in) && strings.Contains(span.out, want.out)
		}), "no span has both %q and %q", want.in, want.out)
		return
	}
	for i := range r.calls {
		if c := &r.calls[i]; c.figures.rounded() == want.figures.rounded() {
			assert.Contains(t, c.in, want.in, "what went in")
			assert.Contains(t, c.out, want.out, "what came out")
		}
	}
}

func allFigures(calls []call) []figures {
	list := make([]figures, len(calls))
	for i := range calls {
		list[i] = calls[i].figures.rounded()
	}
	return list
}

// rounded takes off what summing floats may leave: a thousandth of a millionth of
// a dollar.
func (f figures) rounded() figures {
	f.cost = float64(int64(f.cost*1e3+0.5)) / 1e3
	return f
}

func (f figures) plus(g figures) figures {
	return figures{f.model, f.input + g.input, f.cacheRead + g.cacheRead, f.cacheWrite + g.cacheWrite, f.output + g.output, f.cost + g.cost}
}
