package query

import (
	"cmp"
	"slices"
)

// inOrder sorts spans by their start, with each below its parent. Of parents that form
// a circle the one that starts first is taken for the top.
func inOrder(spans []SpanSummary) []SpanSummary {
	slices.SortStableFunc(spans, func(a, b SpanSummary) int { return cmp.Compare(a.StartUS, b.StartUS) })
	at := make(map[string]int, len(spans))
	for i := range spans {
		at[spans[i].SpanID] = i
	}
	const (
		unseen = iota
		inChain
		done
	)
	state := make([]uint8, len(spans))
	sorted := make([]SpanSummary, 0, len(spans))
	var chain []int
	for i := range spans {
		chain = chain[:0]
		here, ok := i, true
		for ok && state[here] == unseen {
			state[here] = inChain
			chain = append(chain, here)
			here, ok = at[spans[here].ParentID]
		}
		if ok && state[here] == inChain {
			cutCircle(chain[slices.Index(chain, here):])
		}
		for _, j := range slices.Backward(chain) {
			state[j] = done
			sorted = append(sorted, spans[j])
		}
	}
	return sorted
}

// cutCircle turns a circle, each member before its parent, so that the member that
// starts first is the last, which is the top.
func cutCircle(circle []int) {
	first := slices.Index(circle, slices.Min(circle))
	turned := slices.Concat(circle[first+1:], circle[:first+1])
	copy(circle, turned)
}
