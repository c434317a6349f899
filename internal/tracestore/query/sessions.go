package query

import (
	"context"
	"encoding/json"
	"fmt"
)

// Sessions lists sessions, the one that was last used first.
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
	err = s.rows(ctx, f.page(after, limit+1), func(r *row) error {
		if len(page.Items) == limit {
			page.Next = last.String()
			return nil
		}
		item := r.session()
		last = place{Key: item.Last.UnixMicro(), ID: item.ID, List: name}
		page.Items = append(page.Items, item)
		return nil
	})
	if err != nil {
		return page, err
	}
	return page, s.beginnings(ctx, page.Items)
}

// conditions are those of the filter on rows of otel_usage u.
func (f *SessionFilter) conditions() *conditions {
	c := new(conditions)
	c.add("u.session_id IS NOT NULL")
	c.named("u.user_id", f.User)
	c.between("u.start_us", f.Since, f.Until)
	if f.Text != "" {
		c.add(`u.session_id LIKE ? ESCAPE '\'`, like(f.Text))
	}
	of := new(conditions)
	of.in("t.service_name", f.Service)
	of.in("t.environment", f.Environment)
	of.in("t.tenant", f.Tenant)
	if len(of.all) > 0 {
		q := of.to(new(sqlText).add("u.trace_id IN (SELECT t.trace_id FROM otel_traces t"), "WHERE").add(")")
		c.add(q.String(), q.args...)
	}
	return c
}

// page is the statement of a page. A trace or call without a time is no part of when a session was, unless it
// has no other.
func (f *SessionFilter) page(after *place, limit int) *sqlText {
	q := new(sqlText).add(`SELECT * FROM (
SELECT coalesce(max(u.end_us) FILTER (WHERE ` + aTime + `), max(u.end_us)) AS last, u.session_id AS id, max(u.user_id),
  coalesce(min(u.start_us) FILTER (WHERE ` + aTime + `), min(u.start_us)), count(DISTINCT u.trace_id), sum(u.span_count), sum(u.error_count), ` + tokenSums() + `,
  sum(u.cost_usd), sum(u.model_calls), sum(u.unpriced_calls), 0
FROM otel_usage u`)
	f.conditions().to(q, "WHERE").add(" GROUP BY u.session_id)")
	if after != nil {
		q.add(" WHERE (last, id) < (?, ?)", after.Key, after.ID)
	}
	return q.add(fmt.Sprintf(" ORDER BY last DESC, id DESC LIMIT %d", limit))
}

// aTime says of a row u that its start is a time: from 2001-09-09, so that seconds or
// milliseconds in place of nanoseconds are none, up to the year 2100.
const aTime = "u.start_us >= 1000000000000000 AND u.start_us < 4102444800000000"

// session reads the columns of a page.
func (r *row) session() SessionSummary {
	last := r.time()
	s := SessionSummary{ID: r.text(), User: r.text(), First: r.time(), Last: last}
	s.Traces, s.Spans, s.Errors = r.int(), r.int(), r.int()
	s.Tokens, s.Cost = r.tokens(), r.cost()
	return s
}

// beginnings adds what the first trace of each session was asked, by which service, and
// whether one is running.
func (s *Store) beginnings(ctx context.Context, sessions []SessionSummary) error {
	byID := make(map[string]*SessionSummary, len(sessions))
	ids := make([]string, len(sessions))
	for i := range sessions {
		ids[i] = sessions[i].ID
		byID[ids[i]] = &sessions[i]
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	// The bare columns are those of the trace with the smallest start.
	q := new(sqlText).add(`SELECT j.value, min(t.start_us), t.service_name, t.input, total(`+statuses(s.now())["running"]+`),
  total((SELECT count(*) FROM otel_spans s WHERE s.trace_id = t.trace_id AND s.counted = 1 AND s.cost_status = 'local'))
FROM json_each(?) j CROSS JOIN otel_traces t ON `+sessionOf("t")+` = j.value GROUP BY j.value`, string(list))
	return s.rows(ctx, q, func(r *row) error {
		of := byID[r.text()]
		if of == nil {
			return nil
		}
		r.next()
		of.Service, of.Input, of.Running, of.Cost.Local = r.text(), r.text(), r.bool(), r.int()
		return nil
	})
}

// sessionOf is the session of a row, or else its conversation.
func sessionOf(alias string) string {
	return "coalesce(" + alias + ".session_id, " + alias + ".conversation_id)"
}
