package terminal

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/figures"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// shortID is as much of a trace's id as commands need where no other begins with it.
func shortID(id string) string { return id[:min(8, len(id))] }

// states are how a list shows the state of a trace: a sign, its style, and words that
// stand in the place of the input.
var states = map[query.State]struct {
	sign  string
	style style
	words string
}{
	query.Running:     {"◌", blue, ""},
	query.RootMissing: {"?", yellow, "root not received"},
	query.BrokenOff:   {"÷", yellow, "broken off: the root never ended"},
}

// Traces writes a list of traces, a day after the other where they are in the order of
// their starts.
func (s *Screen) Traces(traces []query.TraceSummary, byDay bool) {
	if len(traces) == 0 {
		s.line("No trace matches.")
		return
	}
	columns := []column{
		{},
		{head: "STARTED"},
		{head: "TRACE", flexible: true},
		{head: "SERVICE"},
		{head: "DURATION", right: true},
		{head: "SPANS", right: true},
		{head: "IN", right: true},
		{head: "OUT", right: true},
		{head: "COST", right: true},
		{head: "ERRORS", right: true},
		{head: "REDACTED", right: true},
		{head: "ID"},
	}
	var rows [][]cell
	day := ""
	for i := range traces {
		t := &traces[i]
		if d := s.day(t.Start); byDay && d != day {
			day = d
			rows = append(rows, []cell{{text: d, style: dim}})
		}
		rows = append(rows, s.traceRow(t, byDay))
	}
	s.table(columns, rows)
}

func (s *Screen) traceRow(t *query.TraceSummary, byDay bool) []cell {
	sign, rest, look := cell{}, clean(t.Input), states[t.State]
	switch {
	case look.sign != "":
		sign = cell{text: look.sign, style: look.style}
		if look.words != "" {
			rest = look.words
		}
	case t.Failed:
		sign = cell{text: "✗", style: red}
	}
	if t.Failed && t.Error != "" {
		rest = clean(t.Error)
	}
	at := s.moment(t.Start)
	if byDay {
		at = s.clock(t.Start)
	}
	duration := figures.Microseconds(t.DurationUS)
	if t.State == query.Running {
		duration = "running " + figures.Duration(max(0, s.now().Sub(t.Start)))
	}
	return []cell{
		sign,
		{text: at},
		{text: orDash(clean(t.Name)), style: bold, rest: rest},
		{text: clean(t.Service)},
		{text: duration},
		{text: figures.Count(t.Spans), style: dim},
		{text: blankZero(figures.Tokens, t.Tokens.Input)},
		{text: blankZero(figures.Tokens, t.Tokens.Output)},
		s.cost(t.Cost),
		{text: blankZero(figures.Count, t.Errors), style: red},
		{text: blankZero(figures.Count, t.Redactions), style: dim},
		{text: shortID(t.TraceID), style: dim},
	}
}

func (s *Screen) cost(c query.Cost) cell {
	text := figures.Cost(c)
	switch {
	case c.Unpriced > 0:
		return cell{text: text, style: yellow}
	case c.USD != nil && *c.USD >= 0.01:
		return cell{text: text, style: bold}
	}
	return cell{text: text}
}

// blankZero leaves a zero out, so that errors and money stand alone.
func blankZero(write func(int64) string, n int64) string {
	if n == 0 {
		return ""
	}
	return write(n)
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// TraceLine writes one trace as one line, as it ends.
func (s *Screen) TraceLine(t *query.TraceSummary) {
	parts := []string{s.clock(t.Start), s.paint(bold, orDash(clean(t.Name)))}
	if t.Service != "" {
		parts = append(parts, clean(t.Service))
	}
	parts = append(parts, figures.Microseconds(t.DurationUS), figures.Count(t.Spans)+" spans")
	if t.Tokens.Input+t.Tokens.Output > 0 {
		parts = append(parts, figures.Tokens(t.Tokens.Input)+" in, "+figures.Tokens(t.Tokens.Output)+" out")
	}
	if cost := s.cost(t.Cost); cost.text != "" {
		parts = append(parts, s.paint(cost.style, cost.text))
	}
	if t.Errors > 0 {
		parts = append(parts, s.paint(red, counted(t.Errors, "error", "errors")))
	}
	if t.Redactions > 0 {
		parts = append(parts, figures.Count(t.Redactions)+" redacted")
	}
	if look := states[t.State]; look.words != "" {
		parts = append(parts, s.paint(look.style, look.words))
	}
	s.line(strings.Join(append(parts, s.paint(dim, shortID(t.TraceID))), "  "))
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return figures.Count(n) + " " + many
}

// Sessions writes a list of sessions.
func (s *Screen) Sessions(sessions []query.SessionSummary) {
	if len(sessions) == 0 {
		s.line("No session matches. Spans name one by session.id or gen_ai.conversation.id.")
		return
	}
	columns := []column{
		{head: "LAST USED"},
		{head: "SESSION", flexible: true},
		{head: "USER"},
		{head: "SERVICE"},
		{head: "TRACES", right: true},
		{head: "OVER", right: true},
		{head: "IN", right: true},
		{head: "OUT", right: true},
		{head: "COST", right: true},
		{head: "ERRORS", right: true},
	}
	rows := make([][]cell, len(sessions))
	for i := range sessions {
		c := &sessions[i]
		rows[i] = []cell{
			{text: s.moment(c.Last)},
			{text: clean(c.ID), style: bold, rest: clean(c.Input)},
			{text: clean(c.User)},
			{text: clean(c.Service)},
			{text: figures.Count(c.Traces)},
			{text: figures.Duration(c.Last.Sub(c.First))},
			{text: blankZero(figures.Tokens, c.Tokens.Input)},
			{text: blankZero(figures.Tokens, c.Tokens.Output)},
			s.cost(c.Cost),
			{text: blankZero(figures.Count, c.Errors), style: red},
		}
	}
	s.table(columns, rows)
}

// Hits writes what a search has found.
func (s *Screen) Hits(hits []query.Hit) {
	if len(hits) == 0 {
		s.line("No span has this text.")
		return
	}
	rows := make([][]cell, len(hits))
	for i := range hits {
		h := &hits[i]
		rows[i] = []cell{
			{text: s.moment(h.Start)},
			{text: clean(h.Name), style: bold},
			{text: h.Where, style: dim},
			{text: clean(h.Excerpt)},
			{text: shortID(h.TraceID), style: dim},
			{text: h.SpanID, style: dim},
		}
	}
	s.table([]column{{head: "STARTED"}, {head: "SPAN"}, {head: "IN"}, {head: "TEXT", flexible: true}, {head: "TRACE"}, {head: "SPAN ID"}}, rows)
}

// Redactions writes what was replaced, by rule.
func (s *Screen) Redactions(list []query.Redactions) {
	if len(list) == 0 {
		s.line("Nothing was redacted.")
		return
	}
	rows := make([][]cell, len(list))
	for i, r := range list {
		rows[i] = []cell{{text: r.Rule, style: bold}, {text: figures.Count(r.Count)}, {text: figures.Count(r.Spans)}, {text: figures.Count(r.Traces)}, {text: s.moment(r.Last)}}
	}
	s.table([]column{{head: "RULE"}, {head: "VALUES", right: true}, {head: "SPANS", right: true}, {head: "TRACES", right: true}, {head: "LAST"}}, rows)
}

// Spend writes sums of what calls have cost, with the total below.
func (s *Screen) Spend(spend *query.Spend, by []string) {
	if spend.Total.Cost.Calls == 0 {
		s.line("No model calls in this time.")
		return
	}
	var columns []column
	for _, key := range by {
		columns = append(columns, column{head: strings.ToUpper(key)})
	}
	if len(by) == 0 {
		columns = append(columns, column{})
	}
	for _, head := range []string{"CALLS", "IN", "FROM CACHE", "OUT", "COST", "CACHE SAVED", "UNPRICED", "ERRORS"} {
		columns = append(columns, column{head: head, right: true})
	}
	rows := make([][]cell, 0, len(spend.Rows)+1)
	if len(by) > 0 {
		for i := range spend.Rows {
			rows = append(rows, s.spendRow(&spend.Rows[i], by, ""))
		}
	}
	s.table(columns, append(rows, s.spendRow(&spend.Total, by, "Total")))
}

func (s *Screen) spendRow(r *query.SpendRow, by []string, title string) []cell {
	var row []cell
	for _, key := range by {
		row = append(row, cell{text: orDash(clean(r.Keys[key]))})
	}
	if title != "" {
		row = append([]cell{{text: title, style: bold}}, make([]cell, max(0, len(by)-1))...)
	}
	saved := ""
	if r.SavedUSD != nil && *r.SavedUSD > 0 {
		saved = figures.Dollars(*r.SavedUSD)
	}
	return append(row,
		cell{text: figures.Count(r.Cost.Calls)}, cell{text: figures.Tokens(r.Tokens.Input)}, cell{text: blankZero(figures.Tokens, r.Tokens.CacheRead)},
		cell{text: figures.Tokens(r.Tokens.Output)}, s.cost(r.Cost), cell{text: saved}, cell{text: blankZero(figures.Count, r.Cost.Unpriced), style: yellow},
		cell{text: blankZero(figures.Count, r.Errors), style: red})
}

// Unpriced writes which models have no price, and what gives them one.
func (s *Screen) Unpriced(list []query.Unpriced) {
	for _, u := range list {
		s.line("")
		s.line(s.paint(yellow, counted(u.Calls, "call", "calls")+" of "+clean(strings.Trim(u.Provider+"/"+u.Model, "/"))+" without a price.") + " " + clean(u.Reason) + " " + clean(u.Remedy))
		if u.RemedyYAML != "" {
			for _, line := range cleanLines(u.RemedyYAML) {
				s.line("  " + line)
			}
		}
	}
}

// Rules writes how often which rule of redaction has replaced a value: "pii.email ×8".
func Rules(counts map[string]int64) string {
	if len(counts) == 0 {
		return "nothing"
	}
	list := make([]string, 0, len(counts))
	for _, rule := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, rule+" ×"+figures.Count(counts[rule]))
	}
	return strings.Join(list, ", ")
}

// SetClock replaces the clock and the zone, for output that does not depend on them.
func (s *Screen) SetClock(now func() time.Time, zone *time.Location) { s.now, s.zone = now, zone }

// More says that a list has more rows than were asked for.
func (s *Screen) More(shown int) {
	s.line(s.paint(dim, counted(int64(shown), "row", "rows")+"; there are more: --limit, or conditions (--help)."))
}
