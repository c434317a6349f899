package tracestore

import (
	"fmt"
	"strings"
)

// A trace has the user, the session, the conversation and the service that its root
// names, or else the first of its spans that names one, whatever the order in which
// they come. Beside each stands its rank: when the span that names it began, less
// rootRank where that is a root. Of two with one rank, the smaller name counts.
//
// Where spans of a trace name several, varies says so, and whoever wants to know whose
// a span is has to look at the spans above it: see the view otel_span_owners.

// owners are those columns, and the bit of each in varies.
var owners = []struct {
	column, rank string
	bit          int // 0: no view looks above a span
}{
	{"user_id", "user_rank", 1},
	{"session_id", "session_rank", 2},
	{"conversation_id", "conversation_rank", 4},
	{"service_name", "service_rank", 0},
}

// agentBit in varies says that a span of the trace names an agent.
const agentBit = 8

// rootRank puts roots before all others.
const rootRank = MaxInteger

func ownerColumns() string {
	var all []string
	for _, o := range owners {
		all = append(all, o.column, o.rank)
	}
	return strings.Join(append(all, "varies"), ", ")
}

// ownersOfNew are the values of ownerColumns for the new spans of a trace. Of texts that
// begin with the rank, the smallest is the first.
func ownersOfNew() string {
	varies := []string{fmt.Sprintf("max(agent_name IS NOT NULL) * %d", agentBit)}
	var all []string
	for _, o := range owners {
		first := fmt.Sprintf("min(printf('%%017d', start_us + (parent_span_id IS NOT NULL) * %d) || %s) FILTER (WHERE %[2]s IS NOT NULL)", rootRank, o.column)
		all = append(all, "substr("+first+", 18)", fmt.Sprintf("CAST(substr(%s, 1, 17) AS INTEGER) - %d", first, rootRank))
		if o.bit != 0 {
			varies = append(varies, fmt.Sprintf("coalesce(min(%[1]s) <> max(%[1]s), 0) * %[2]d", o.column, o.bit))
		}
	}
	return strings.Join(append(all, strings.Join(varies, " | ")), ",\n  ")
}

// mergeOwners puts those of the new spans beside those of the trace. A name without a
// rank is of a time before there were ranks: a root's is put in its place.
func mergeOwners() string {
	varies := []string{"varies = varies | excluded.varies"}
	var all []string
	for _, o := range owners {
		keep := fmt.Sprintf("excluded.%[1]s IS NULL OR %[1]s IS NOT NULL AND (coalesce(%[2]s, 0), %[1]s) < (excluded.%[2]s, excluded.%[1]s)", o.column, o.rank)
		for _, column := range []string{o.column, o.rank} {
			all = append(all, fmt.Sprintf("%[1]s = CASE WHEN %[2]s THEN %[1]s ELSE excluded.%[1]s END", column, keep))
		}
		if o.bit != 0 {
			varies = append(varies, fmt.Sprintf("coalesce(%[1]s <> excluded.%[1]s, 0) * %[2]d", o.column, o.bit))
		}
	}
	return strings.Join(append(all, strings.Join(varies, " | ")), ",\n  ")
}
