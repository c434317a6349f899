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
	bit          int    // 0: no view looks above a span
	from         string // column of otel_spans, where that has another name
	anyFirst     bool   // a root comes before none
}{
	{column: "user_id", rank: "user_rank", bit: 1},
	{column: "session_id", rank: "session_rank", bit: 2},
	{column: "conversation_id", rank: "conversation_rank", bit: 4},
	{column: "service_name", rank: "service_rank"},
	{column: "environment", rank: "environment_rank"},
	{column: "tenant", rank: "tenant_rank", bit: 16},
	{column: "input", rank: "input_rank", from: "preview"},
	{column: "output", rank: "output_rank", from: "output_preview"},
	{column: "error", rank: "error_rank", from: "error_preview", anyFirst: true},
}

// agentBit in varies says that a span of the trace names an agent.
const agentBit = 8

// rootRank puts roots before all others.
const rootRank = MaxInteger

// rankDigits makes all ranks numbers of 18 digits, which sort as texts do.
const rankDigits = 100_000_000_000_000_000

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
		from, later := o.column, "(parent_span_id IS NOT NULL)"
		if o.from != "" {
			from = o.from
		}
		if o.anyFirst {
			later = "1"
		}
		first := fmt.Sprintf("min((%d + start_us + %s * %d) || %s) FILTER (WHERE %[4]s IS NOT NULL)", rankDigits, later, rootRank, from)
		all = append(all, "substr("+first+", 19)", fmt.Sprintf("CAST(substr(%s, 1, 18) AS INTEGER) - %d", first, rankDigits+rootRank))
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
