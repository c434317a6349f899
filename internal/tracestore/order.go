package tracestore

import (
	"cmp"
	"slices"
)

// inStorageOrder returns the spans by start time, and within a millisecond
// parents before children: Mastra reads a trace by startedAt, which has
// milliseconds, and breaks ties by the order of insertion.
func inStorageOrder(groups []group) []*Span {
	n := 0
	for i := range groups {
		n += len(groups[i].spans)
	}
	ordered := make([]*Span, 0, n)
	for _, g := range groups {
		for i := range g.spans {
			ordered = append(ordered, &g.spans[i])
		}
	}
	slices.SortStableFunc(ordered, func(a, b *Span) int { return cmp.Compare(startOf(a), startOf(b)) })
	for start := 0; start < len(ordered); {
		end := start + 1
		for end < len(ordered) && startOf(ordered[end])/1e6 == startOf(ordered[start])/1e6 {
			end++
		}
		if end-start > 1 {
			parentsFirst(ordered[start:end])
		}
		start = end
	}
	return ordered
}

type spanKey struct{ trace, span string }

// parentsFirst sorts spans of one millisecond by how many of their ancestors
// are among them.
func parentsFirst(spans []*Span) {
	byID := make(map[spanKey]*Span, len(spans))
	for _, s := range spans {
		byID[spanKey{s.TraceID, s.SpanID}] = s
	}
	depths := make(map[*Span]int, len(spans))
	for _, s := range spans {
		depth := 0
		// The bound ends a circle of parents.
		for p := s; p.ParentSpanID != "" && depth < len(spans); depth++ {
			parent, ok := byID[spanKey{p.TraceID, p.ParentSpanID}]
			if !ok {
				break
			}
			p = parent
		}
		depths[s] = depth
	}
	slices.SortStableFunc(spans, func(a, b *Span) int { return cmp.Compare(depths[a], depths[b]) })
}
