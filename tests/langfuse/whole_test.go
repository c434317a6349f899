package langfuse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// child is a model call below the root of a trace, that states no user.
func child(trace, id byte) ptrace.Traces {
	traces := call(trace, "")
	span := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	span.SetSpanID([8]byte{trace, id})
	span.SetParentSpanID([8]byte{trace})
	span.SetName(fmt.Sprintf("child %d.%d", trace, id))
	return traces
}

// root is the root of a trace, which alone states the user.
func root(trace byte) ptrace.Traces {
	traces := call(trace, "")
	span := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	span.SetName(fmt.Sprint("root ", trace))
	span.Attributes().PutStr("user.id", fmt.Sprint("user-", trace))
	return traces
}

// TestTracesThatWaitForTheirRoot survive the end of the collector, of each kind, and
// a reload, and are whole all the same: each span is there once, and with the user
// that only the root states.
func TestTracesThatWaitForTheirRoot(t *testing.T) {
	const children = 20
	for name, end := range map[string]func(*testing.T, *e2e.Collector) (ended bool){
		"kill": func(_ *testing.T, c *e2e.Collector) bool { c.Kill(); return true },
		"stop": func(t *testing.T, c *e2e.Collector) bool { t.Helper(); require.NoError(t, c.Stop()); return true },
		"reload": func(t *testing.T, c *e2e.Collector) bool {
			t.Helper()
			const ready = "Everything is ready"
			before := strings.Count(c.Log(), ready)
			require.NoError(t, c.Reload())
			require.Eventually(t, func() bool { return strings.Count(c.Log(), ready) > before }, 30*time.Second, 10*time.Millisecond)
			return false
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			setenv(t, map[string]string{"LANGFUSE_API_KEY": "pk-lf-1234:sk-lf-5678", "LANGFUSE_BASE_URL": s.URL})
			args := append(configs(t), "--config", "yaml:exporters::langfuse::whole_traces::wait: 20s")
			dir := t.TempDir()
			c := e2e.StartCollectorIn(t, dir, args...)
			for id := range byte(children) {
				send(t, c, child(1, id+1))
				send(t, c, child(2, id+1))
			}
			send(t, c, root(2))
			stored(t, s, children+1)
			if end(t, c) {
				c = e2e.StartCollectorIn(t, dir, args...)
			}
			require.Len(t, s.Observations(), children+1, "the other trace waits")
			send(t, c, root(1))
			stored(t, s, 2*children+2)
			require.NoError(t, c.Stop())
			names := map[string]int{}
			for _, o := range s.Observations() {
				names[o.Name]++
				var trace int
				_, err := fmt.Sscanf(o.Name[strings.Index(o.Name, " ")+1:], "%d", &trace)
				require.NoError(t, err)
				assert.Equal(t, fmt.Sprint("user-", trace), o.UserID, o.Name)
			}
			assert.Len(t, names, 2*children+2)
			for name, n := range names {
				assert.Equal(t, 1, n, name)
			}
		})
	}
}

// TestATraceWhoseRootNeverComes is sent when its wait is over, also that of another
// process.
func TestATraceWhoseRootNeverComes(t *testing.T) {
	s := newServer(t)
	setenv(t, map[string]string{"LANGFUSE_API_KEY": "pk-lf-1234:sk-lf-5678", "LANGFUSE_BASE_URL": s.URL})
	dir := t.TempDir()
	c := e2e.StartCollectorIn(t, dir, append(configs(t), "--config", "yaml:exporters::langfuse::whole_traces::wait: 1h")...)
	send(t, c, child(1, 1))
	c.Kill()
	c = e2e.StartCollectorIn(t, dir, append(configs(t), "--config", "yaml:exporters::langfuse::whole_traces::wait: 1s")...)
	send(t, c, child(2, 1))
	stored(t, s, 2)
	require.NoError(t, c.Stop())
	assert.Len(t, s.Observations(), 2)
}
