package viewer

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// walked is what trace.mjs prints.
type walked struct {
	Errors []string

	Title, Run, Failed, Dearest, Before, Dollars, Match, Linked, Gone string
	Rows, Drawn, Gaps, Unfolded, Folded, Calls                        int
	Levels                                                            []string
	LinkedInSight                                                     bool
	RunAgain, DollarsAgain                                            string
	PhoneBack                                                         int

	Hostile, DocumentTitle string
	Step, Whole, Images    int
	Sideways               bool

	Waiting, Arrived string
	Order            []string
}

// TestTraceView walks through a trace of 5,000 spans over three hours by keys and links,
// through one whose content is hostile, and through one that comes piece by piece.
func TestTraceView(t *testing.T) {
	t.Parallel()
	c := e2e.StartCollector(t)
	var saw walked
	e2e.Node(t, []string{"CHROMIUM=" + e2e.Chromium(t), "BASE=" + c.Viewer, "OTLP=" + c.HTTP}, &saw, "trace.mjs")
	assert.Empty(t, saw.Errors)

	assert.Equal(t, "claude-code", saw.Title, "the root is selected at first")
	assert.Less(t, saw.Rows, 160, "runs of like spans are folded")
	assert.Less(t, saw.Drawn, 80, "only what is in sight is drawn")
	assert.Equal(t, 1, saw.Gaps, "the hour and a half in which nothing happened is folded")
	assert.Equal(t, []string{"1 1/1", "2 1/21", "3 1/4"}, saw.Levels, "level, place and number of siblings")
	assert.Contains(t, saw.Run, "×")
	assert.Equal(t, saw.Rows, saw.Folded)
	assert.Contains(t, saw.Failed, "exit status 1", "e leads to the span that failed")
	assert.Regexp(t, `^Call \d+ of 1,?2\d\d$`, saw.Dearest, "$ leads to the most expensive call")
	assert.Regexp(t, `^Call \d+ of 1,?2\d\d$`, saw.Before)
	assert.NotEqual(t, saw.Dearest, saw.Before)
	assert.Greater(t, saw.Calls, 1200, "m shows all model calls and nothing else")
	assert.Contains(t, saw.Dollars, "$0")
	assert.Contains(t, saw.DollarsAgain, "$0", "the address holds what is shown")
	assert.Equal(t, saw.Run, saw.RunAgain, "the address holds the run that is selected")
	assert.Positive(t, saw.PhoneBack, "back leads from a run to the tree on a phone")
	assert.Equal(t, "turn 17", saw.Match)
	assert.Contains(t, saw.Linked, "Grep", "a link unfolds what hides a span")
	assert.True(t, saw.LinkedInSight)
	assert.Contains(t, saw.Gone, "No span 8e5d2b03… in this trace.")

	assert.Contains(t, saw.Hostile, `<script>document.title="owned"</script>`, "a script is text")
	assert.NotEqual(t, "owned", saw.DocumentTitle)
	assert.Zero(t, saw.Images)
	assert.Less(t, saw.Step, 60_000, "of 5 MB a step is shown")
	assert.Positive(t, saw.Whole, "all of it can be opened as text")
	assert.False(t, saw.Sideways)

	assert.Contains(t, saw.Waiting, "not received")
	assert.Equal(t, []string{"the root", "first", "second"}, saw.Order, "orphans move below their parent when it comes")
}

// BenchmarkTraceOnScreen is a trace of 5,000 spans over three hours, from the navigation to
// the paint of its tree. The goal is a median of 500 ms.
func BenchmarkTraceOnScreen(b *testing.B) {
	c := e2e.StartCollector(b)
	var milliseconds []float64
	e2e.Node(b, []string{"CHROMIUM=" + e2e.Chromium(b), "BASE=" + c.Viewer, "OTLP=" + c.HTTP, "RUNS=" + strconv.Itoa(max(b.N, 9))}, &milliseconds, "timing.mjs")
	require.NotEmpty(b, milliseconds)
	slices.Sort(milliseconds)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds[len(milliseconds)/2], "median-ms")
	b.ReportMetric(milliseconds[len(milliseconds)-1], "worst-ms")
}
