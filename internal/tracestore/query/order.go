package query

import (
	"slices"
	"time"
)

// Span kinds and flags of OTLP
// (https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/trace/v1/trace.proto).
const (
	kindServer   = 2
	kindConsumer = 5

	parentIsRemote = 0x200
)

// stateOf says how far a trace has come, by its spans.
func stateOf(nodes []node, lastSeen, now time.Time) State {
	ids := make(map[string]bool, len(nodes))
	for i := range nodes {
		ids[nodes[i].SpanID] = true
	}
	elsewhere := false
	for i := range nodes {
		n := &nodes[i]
		if n.ParentID == "" && n.State == Ended {
			return Ended
		}
		top := n.ParentID != "" && !ids[n.ParentID]
		elsewhere = elsewhere || top && (n.flags&parentIsRemote != 0 || n.kind == kindServer || n.kind == kindConsumer)
	}
	switch {
	case elsewhere:
		return RootMissing
	case now.Sub(lastSeen) < BrokenOffAfter:
		return Running
	}
	return BrokenOff
}

// inOrder sorts spans by their start, with each below its parent. Of parents that form
// a circle the one that starts first is taken for the top.
func inOrder(nodes []node) []SpanSummary {
	slices.SortStableFunc(nodes, func(a, b node) int { return int(min(max(a.StartUS-b.StartUS, -1), 1)) })
	at := make(map[string]int, len(nodes))
	for i := range nodes {
		at[nodes[i].SpanID] = i
	}
	const (
		unseen = iota
		inChain
		done
	)
	state := make([]uint8, len(nodes))
	sorted := make([]SpanSummary, 0, len(nodes))
	var chain []int
	for i := range nodes {
		chain = chain[:0]
		here, ok := i, true
		for ok && state[here] == unseen {
			state[here] = inChain
			chain = append(chain, here)
			here, ok = at[nodes[here].ParentID]
		}
		if ok && state[here] == inChain {
			cutCircle(chain[slices.Index(chain, here):])
		}
		for _, j := range slices.Backward(chain) {
			state[j] = done
			sorted = append(sorted, nodes[j].SpanSummary)
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
