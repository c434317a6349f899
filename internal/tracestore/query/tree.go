package query

// Node is a span with the spans below it.
type Node struct {
	*SpanSummary
	Children []*Node
	// ParentMissing is set on a span at the top that names a parent which is not there.
	ParentMissing bool
}

// Tree hangs the spans of a trace below their parents, in the order of their starts.
// Spans whose parent is not there are at the top, after the roots. A circle of parents,
// which no root leads to, is cut open at its earliest span.
func (t *Trace) Tree() []*Node {
	nodes := make([]Node, len(t.Spans))
	byID := make(map[string]*Node, len(nodes))
	for i := range nodes {
		nodes[i].SpanSummary = &t.Spans[i]
		byID[nodes[i].SpanID] = &nodes[i]
	}
	var roots, orphans []*Node
	for i := range nodes {
		n := &nodes[i]
		switch parent := byID[n.ParentID]; {
		case n.ParentID == "":
			roots = append(roots, n)
		case parent == nil || parent == n:
			n.ParentMissing = true
			orphans = append(orphans, n)
		default:
			parent.Children = append(parent.Children, n)
		}
	}
	roots = append(roots, orphans...)
	reached := make(map[*Node]bool, len(nodes))
	for _, root := range roots {
		reach(root, reached)
	}
	for i := range nodes {
		n := &nodes[i]
		if reached[n] {
			continue
		}
		parent := byID[n.ParentID]
		for j, child := range parent.Children {
			if child == n {
				parent.Children = append(parent.Children[:j:j], parent.Children[j+1:]...)
				break
			}
		}
		n.ParentMissing = true
		roots = append(roots, n)
		reach(n, reached)
	}
	return roots
}

// reach marks everything below a node. It keeps its own stack: a trace may be deeper
// than the goroutine's.
func reach(from *Node, reached map[*Node]bool) {
	stack := []*Node{from}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !reached[n] {
			reached[n] = true
			stack = append(stack, n.Children...)
		}
	}
}
