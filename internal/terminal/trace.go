package terminal

import (
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/otelcol-llm/otelcol-llm/internal/figures"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// treeLine is one span of a tree: its lead, name and facts.
type treeLine struct {
	lead string
	node *query.Node
}

// maxIndent is how deep a tree is drawn; what is deeper stands at the same place.
const maxIndent = 40

// Trace writes a trace as a tree, a line a span, and its totals.
func (s *Screen) Trace(t *query.Trace) {
	lines := treeLines(t.Tree())
	width := 0
	for _, l := range lines {
		width = max(width, runewidth.StringWidth(l.lead)+runewidth.StringWidth(clean(l.node.Name)))
	}
	if s.width > 0 {
		width = min(width, max(minFlexible, s.width/2))
	}
	for _, l := range lines {
		name := cut(clean(l.node.Name), width-runewidth.StringWidth(l.lead))
		used := runewidth.StringWidth(l.lead) + runewidth.StringWidth(name)
		s.line(s.paint(dim, l.lead) + s.paint(kindStyle(l.node.Type), name) + strings.Repeat(" ", max(0, width-used)) + "  " + s.facts(l.node))
	}
	s.printf("\nTotal: %s\n", s.total(t))
	if look := states[t.State]; look.sign != "" {
		s.line(s.paint(look.style, stateSentence(t)))
	}
}

// treeLines lists a tree in the order of reading. It keeps its own stack: a trace may be
// deeper than the goroutine's.
func treeLines(roots []*query.Node) []treeLine {
	type item struct {
		treeLine
		below string
	}
	var stack []item
	push := func(nodes []*query.Node, below string, top bool) {
		for i, node := range slices.Backward(nodes) {
			branch, under := "├─ ", "│  "
			if i == len(nodes)-1 {
				branch, under = "└─ ", "   "
			}
			if top {
				branch, under = "", ""
			}
			if len(below) > maxIndent*3 {
				under = ""
			}
			stack = append(stack, item{treeLine{below + branch, node}, below + under})
		}
	}
	push(roots, "", true)
	var lines []treeLine
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		lines = append(lines, at.treeLine)
		push(at.node.Children, at.below, false)
	}
	return lines
}

// kinds are the colours of span types: model, tool, agent; the rest is plain.
var kinds = map[string]style{
	"model_inference": violet, "model_generation": plain, "tool_call": teal, "mcp_tool_call": teal, "client_tool_call": teal, "provider_tool_call": teal,
	"agent_run": bold, "workflow_run": bold, "rag_embedding": teal,
}

func kindStyle(spanType string) style { return kinds[spanType] }

func (s *Screen) facts(n *query.Node) string {
	text := right(figures.Microseconds(n.DurationUS), 8)
	if n.State == query.Running {
		text = s.paint(blue, right("running", 8))
	}
	if n.ParentMissing && n.ParentID != "" {
		text += "  " + s.paint(yellow, "parent "+shortID(clean(n.ParentID))+" not received")
	}
	if n.Failed {
		text += "  " + s.paint(red, strings.TrimSpace("ERROR "+clean(n.Error)))
	}
	if !n.Counted {
		return text
	}
	text += "  " + s.paint(dim, strings.Trim(clean(n.Provider)+"/"+clean(n.Model), "/"))
	if n.Tokens != nil {
		text += "  " + tokensIn(*n.Tokens)
	}
	return text + "  " + s.charge(n)
}

func tokensIn(t query.Tokens) string {
	text := figures.Count(t.Input) + " in"
	switch {
	case t.CacheRead > 0:
		text += " (" + figures.Count(t.CacheRead) + " from the cache)"
	case t.CacheWrite > 0:
		text += " (" + figures.Count(t.CacheWrite) + " to the cache)"
	}
	text += ", " + figures.Count(t.Output) + " out"
	if t.Reasoning > 0 {
		text += " (" + figures.Count(t.Reasoning) + " reasoning)"
	}
	return text
}

func (s *Screen) charge(n *query.Node) string {
	switch {
	case n.USD != nil:
		return figures.Dollars(*n.USD)
	case n.CostStatus == "local":
		return "local"
	}
	return s.paint(yellow, "unpriced")
}

func (s *Screen) total(t *query.Trace) string {
	parts := []string{figures.Microseconds(t.DurationUS) + " in " + counted(t.TraceSummary.Spans, "span", "spans")}
	if t.Cost.Calls > 0 {
		parts = append(parts, counted(t.Cost.Calls, "model call", "model calls"), totalTokens(t.Tokens), figures.Cost(t.Cost))
	}
	if t.Errors > 0 {
		parts = append(parts, s.paint(red, counted(t.Errors, "error", "errors")))
	}
	return strings.Join(parts, ", ")
}

func totalTokens(t query.Tokens) string {
	text := figures.Count(t.Input) + " tokens in"
	if t.CacheRead > 0 {
		text += " (" + figures.Count(t.CacheRead) + " from the cache)"
	}
	text += ", " + figures.Count(t.Output) + " out"
	if t.Reasoning > 0 {
		text += " (" + figures.Count(t.Reasoning) + " reasoning)"
	}
	return text
}

func stateSentence(t *query.Trace) string {
	switch t.State {
	case query.Running:
		return "Still running: the root has not ended."
	case query.BrokenOff:
		return "Broken off at " + t.LastSeen.Local().Format("15:04:05") + ": no span for 10 min, and the root never ended."
	case query.RootMissing:
		return "The root was not received: it belongs to a system that does not send here."
	}
	return ""
}
