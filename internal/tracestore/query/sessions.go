package query

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Sessions lists sessions, the one that was last used first. The filter says which; the
// figures are those of the whole session.
func (s *Store) Sessions(ctx context.Context, f SessionFilter) (Page[SessionSummary], error) {
	page := Page[SessionSummary]{Items: []SessionSummary{}}
	same := f
	same.Cursor, same.Limit = "", 0
	name, limit := listOf("sessions", same), pageLimit(f.Limit)
	after, err := placeOf(f.Cursor, name)
	if err != nil {
		return page, err
	}
	var last place
	var ids []string
	err = s.rows(ctx, f.page(after, limit+1), func(r *row) error {
		if len(ids) == limit {
			page.Next = last.String()
			return nil
		}
		last = place{Key: r.int(), ID: r.text(), List: name}
		ids = append(ids, last.ID.(string))
		return nil
	})
	if err != nil || len(ids) == 0 {
		return page, err
	}
	page.Items, err = s.sessions(ctx, ids)
	return page, err
}

// page is the statement of which sessions a page has: their last end and their names. A
// session is in otel_traces, or of single spans of a trace that varies, or of calls that
// came as log records.
func (f *SessionFilter) page(after *place, limit int) *sqlText {
	q := new(sqlText).add("SELECT last, id FROM (SELECT " + lastTime("last") + " AS last, id FROM (")
	add := func(from, id, end string, filter *conditions) {
		filter.to(q.add("SELECT "+id+" AS id, "+lastTime(end)+" AS last FROM "+from), "AND").add(" GROUP BY 1")
	}
	ofTrace, ofSpan, ofRecord := sessionOf("t"), sessionOf("s"), sessionOf("l")
	index := "otel_traces_sessions"
	if len(f.User) > 0 {
		index = "otel_traces_user"
	}
	add("otel_traces t INDEXED BY "+index+" WHERE "+ofTrace+" IS NOT NULL", ofTrace, "t.end_us", f.conditions("t", "t", ofTrace))
	q.add(" UNION ALL ")
	add("otel_traces t INDEXED BY otel_traces_varies CROSS JOIN otel_spans s ON s.trace_id = t.trace_id WHERE t.varies & 7 AND t.varies & 6 AND s.counted = 1 AND "+ofSpan+" IS NOT NULL",
		ofSpan, "s.end_us", f.conditions("s", "t", ofSpan))
	q.add(" UNION ALL ")
	add("otel_log_calls l LEFT JOIN otel_traces t ON t.trace_id = l.trace_id WHERE "+ofRecord+" IS NOT NULL", ofRecord, "(l.start_us + coalesce(l.duration_us, 0))", f.conditions("l", "t", ofRecord))
	q.add(") GROUP BY id)")
	if after != nil {
		q.add(" WHERE (last, id) < (?, ?)", after.Key, after.ID)
	}
	return q.add(fmt.Sprintf(" ORDER BY last DESC, id DESC LIMIT %d", limit))
}

// conditions are those of the filter on rows of a table, of which t is the trace. What a
// row does not say itself, its trace does.
func (f *SessionFilter) conditions(alias, trace, session string) *conditions {
	c := new(conditions)
	c.in(alias+".service_name", f.Service)
	for _, of := range []struct {
		column string
		values []string
	}{{"environment", f.Environment}, {"tenant", f.Tenant}} {
		column := trace + "." + of.column
		if alias == "l" { // the view of records does not have them
			column = "coalesce((SELECT o." + of.column + " FROM otel_logs o WHERE o.id = l.id), " + column + ")"
		}
		c.in(column, of.values)
	}
	user := alias + ".user_id"
	if alias != trace {
		user = "coalesce(" + user + ", " + trace + ".user_id)"
	}
	c.named(user, f.User)
	c.between(alias+".start_us", f.Since, f.Until)
	if f.Text != "" {
		c.add(session+` LIKE ? ESCAPE '\'`, like(f.Text))
	}
	return c
}

// Times are from 2001-09-09, so that seconds or milliseconds in place of nanoseconds are
// none, up to the year 2100. What has no time is no part of when a session was, unless it
// has no other.
const (
	earliestTimeUS = 1_000_000_000_000_000
	latestTimeUS   = 4_102_444_800_000_000
)

func isTime(column string) string {
	return fmt.Sprintf("%[1]s >= %[2]d AND %[1]s < %[3]d", column, int64(earliestTimeUS), int64(latestTimeUS))
}

// goesBefore is whether a time is taken for another: the one that is a time, or else as is said.
func goesBefore(a, b time.Time, otherwise bool) bool {
	is := func(t time.Time) bool { return t.UnixMicro() >= earliestTimeUS && t.UnixMicro() < latestTimeUS }
	if is(a) != is(b) {
		return is(a)
	}
	return otherwise
}

func lastTime(column string) string {
	return "coalesce(max(" + column + ") FILTER (WHERE " + isTime(column) + "), max(" + column + "))"
}

func firstTime(column string) string {
	return "coalesce(min(" + column + ") FILTER (WHERE " + isTime(column) + "), min(" + column + "))"
}

// sessions reads the summaries of sessions, in the order of their names in ids.
func (s *Store) sessions(ctx context.Context, ids []string) ([]SessionSummary, error) {
	list := make([]SessionSummary, len(ids))
	byID := make(map[string]*SessionSummary, len(ids))
	for i, id := range ids {
		list[i].ID = id
		byID[id] = &list[i]
	}
	text, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	for _, part := range sessionUsage {
		q := new(sqlText).add(part, string(text))
		if err := s.rows(ctx, q, func(r *row) error { return byID[r.text()].add(r) }); err != nil {
			return nil, err
		}
	}
	return list, s.beginnings(ctx, byID, string(text))
}

// sessionUsage are statements for a JSON list of sessions: what each adds up, as the view
// otel_usage does, from traces as a whole, from single calls of those that vary, and from
// log records.
var sessionUsage = func() []string {
	const j = "FROM json_each(?) j CROSS JOIN "
	sums := func(alias, end, counts, calls string) string {
		tokens := make([]string, len(tokenColumns))
		for i, c := range tokenColumns {
			tokens[i] = "total(" + calls + alias + "." + c + ")"
		}
		return "SELECT j.value, max(" + alias + ".user_id), " + firstTime(alias+".start_us") + ", " + lastTime(end) + ", " + counts + ", " + strings.Join(tokens, ", ")
	}
	whole := "NOT t.varies & 7"
	return []string{
		sums("t", "t.end_us", "count(*), total(t.span_count), total(t.error_count)", "("+whole+") * ") +
			", sum(CASE WHEN " + whole + " THEN t.cost_usd END), total((" + whole + ") * t.model_calls), total((" + whole + ") * t.unpriced_calls), " +
			"total(CASE WHEN " + whole + " THEN (SELECT count(*) FROM otel_spans l INDEXED BY otel_spans_local WHERE l.trace_id = t.trace_id AND l.counted = 1 AND l.cost_status = 'local') END) " +
			j + "otel_traces t ON " + sessionOf("t") + " = j.value GROUP BY j.value",
		"WITH v AS MATERIALIZED (SELECT o.* FROM otel_traces t INDEXED BY otel_traces_varies CROSS JOIN otel_span_owners o ON o.trace_id = t.trace_id WHERE t.varies & 7 AND o.counted = 1) " +
			sums("v", "(v.start_us + v.duration_us)", "count(DISTINCT CASE WHEN "+sessionOf("t")+" IS NOT j.value THEN v.trace_id END), 0, 0", "") +
			", sum(v.cost_usd), count(*), total(v.cost_usd IS NULL OR v.cost_status IS 'partial'), total(v.cost_status IS 'local') " +
			j + "v ON " + sessionOf("v") + " = j.value CROSS JOIN otel_traces t ON t.trace_id = v.trace_id GROUP BY j.value",
		"WITH v AS MATERIALIZED (SELECT * FROM otel_log_calls) " +
			sums("v", "(v.start_us + coalesce(v.duration_us, 0))", "0, 0, 0", "") +
			", sum(v.cost_usd), total(1 - v.completes), total((v.cost_usd IS NULL OR v.cost_status IS 'partial') - v.completes), total(v.cost_status IS 'local') " +
			j + "v ON " + sessionOf("v") + " = j.value GROUP BY j.value",
	}
}()

// add adds a row of sessionUsage.
func (s *SessionSummary) add(r *row) error {
	if user := r.text(); user > s.User {
		s.User = user
	}
	first, last := r.time(), r.time()
	if s.First.IsZero() || goesBefore(first, s.First, first.Before(s.First)) {
		s.First = first
	}
	if s.Last.IsZero() || goesBefore(last, s.Last, last.After(s.Last)) {
		s.Last = last
	}
	s.Traces += r.int()
	s.Spans += r.int()
	s.Errors += r.int()
	s.Tokens.add(r.tokens())
	s.Cost.add(r.cost())
	return nil
}

// beginnings adds what the first trace of each session was asked, by which service, and
// whether one is running.
func (s *Store) beginnings(ctx context.Context, byID map[string]*SessionSummary, ids string) error {
	// The bare columns are those of the trace with the smallest start.
	q := new(sqlText).add(`SELECT j.value, min(t.start_us), t.service_name, t.input, total(`+statuses(s.now())["running"]+`)
FROM json_each(?) j CROSS JOIN otel_traces t ON `+sessionOf("t")+` = j.value GROUP BY j.value`, ids)
	return s.rows(ctx, q, func(r *row) error {
		of := byID[r.text()]
		r.next()
		of.Service, of.Input, of.Running = r.text(), r.text(), r.bool()
		return nil
	})
}

// sessionOf is the session of a row, or else its conversation.
func sessionOf(alias string) string {
	return "coalesce(" + alias + ".session_id, " + alias + ".conversation_id)"
}
