package cli

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// printTrace prints a trace as a tree, a line a span, and its totals.
func printTrace(out io.Writer, trace *tracestore.Trace) {
	var lines []treeLine
	for _, root := range trace.Roots {
		lines = appendTree(lines, root, "", "")
	}
	width := 0
	for _, line := range lines {
		width = max(width, utf8.RuneCountInString(line.name))
	}
	for _, line := range lines {
		fmt.Fprintln(out, strings.TrimRight(pad(line.name, width)+"  "+line.facts, " "))
	}
	fmt.Fprintf(out, "\nTotal: %s in %d spans, %d model calls, %s tokens in (%s from the cache), %s out (%s reasoning), %s\n",
		seconds(trace.Duration), trace.TraceSummary.Spans, trace.ModelCalls,
		thousands(trace.InputTokens), thousands(trace.CacheReadTokens), thousands(trace.OutputTokens), thousands(trace.ReasoningTokens),
		dollars(trace.Cost))
}

type treeLine struct{ name, facts string }

func appendTree(lines []treeLine, node *tracestore.SpanNode, lead, childLead string) []treeLine {
	lines = append(lines, treeLine{name: lead + node.Name, facts: facts(&node.SpanSummary)})
	for i, child := range node.Children {
		branch, below := "├─ ", "│  "
		if i == len(node.Children)-1 {
			branch, below = "└─ ", "   "
		}
		lines = appendTree(lines, child, childLead+branch, childLead+below)
	}
	return lines
}

func facts(span *tracestore.SpanSummary) string {
	text := fmt.Sprintf("%8s", seconds(span.Duration))
	if span.Failed {
		text += "  ERROR " + span.Message
	}
	if !span.Counted {
		return text
	}
	text += fmt.Sprintf("  %s/%s  %s in", span.Provider, span.Model, thousands(span.InputTokens.N))
	switch {
	case span.CacheReadTokens.N > 0:
		text += fmt.Sprintf(" (%s from the cache)", thousands(span.CacheReadTokens.N))
	case span.CacheWriteTokens.N > 0:
		text += fmt.Sprintf(" (%s to the cache)", thousands(span.CacheWriteTokens.N))
	}
	text += fmt.Sprintf(", %s out", thousands(span.OutputTokens.N))
	if span.ReasoningTokens.N > 0 {
		text += fmt.Sprintf(" (%s reasoning)", thousands(span.ReasoningTokens.N))
	}
	return text + "  " + dollars(span.Cost)
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

func seconds(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
}

func dollars(cost tracestore.Amount) string {
	if !cost.Known {
		return "cost unknown"
	}
	return "$" + strconv.FormatFloat(cost.V, 'f', 6, 64)
}

func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// label is what sensitive_filter leaves in the place of a finding. In a URL it
// has no brackets.
var label = regexp.MustCompile(`\bREDACTED:([a-z0-9._-]+)`)

// printRedactions prints what stands in the store in the place of secrets. It
// looks at what was stored, so that it can show only what is true of it.
func printRedactions(out io.Writer, spans []tracestore.Span) {
	counts := map[string]int{}
	for _, span := range spans {
		for _, text := range []tracestore.JSON{
			tracestore.JSON(span.Name), span.Mastra.Input, span.Mastra.Output, span.Mastra.Attributes, span.Mastra.Metadata, span.Mastra.Error, span.Events,
		} {
			for _, found := range label.FindAllStringSubmatch(string(text), -1) {
				counts[found[1]]++
			}
		}
	}
	if len(counts) == 0 {
		fmt.Fprintln(out, "Redacted: nothing")
		return
	}
	list := make([]string, 0, len(counts))
	for _, rule := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, fmt.Sprintf("%s ×%d", rule, counts[rule]))
	}
	fmt.Fprintln(out, "Redacted:", strings.Join(list, ", "))
}
