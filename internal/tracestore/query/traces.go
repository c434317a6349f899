package query

import (
	"context"
	"fmt"
)

// traceList is a list of traces under a filter: its conditions, its order, and the name
// that a cursor of it has.
type traceList struct {
	conditions *conditions
	order      string
	name       string
}

func (s *Store) traceList(ctx context.Context, f *TraceFilter) (*traceList, error) {
	c, err := s.conditions(ctx, f)
	if err != nil {
		return nil, err
	}
	order, err := f.order()
	if err != nil {
		return nil, err
	}
	same := *f
	same.Cursor, same.Limit, same.Columns = "", 0, nil
	if same.Order == "" {
		same.Order = "latest"
	}
	return &traceList{conditions: c, order: order, name: listOf("traces", same)}, nil
}

// ids is the statement of which traces a page has, with the value of the order.
func (l *traceList) ids(after *place, limit int) *sqlText {
	c := l.conditions
	if after != nil {
		c.add("("+l.order+", t.id) < (?, ?)", after.Key, after.ID)
	}
	q := new(sqlText).add("SELECT t.id, " + l.order + " AS by FROM otel_traces t")
	return c.to(q, "WHERE").add(fmt.Sprintf(" ORDER BY %s DESC, t.id DESC LIMIT %d", l.order, limit))
}

// page is the statement of a page: first which traces are on it, then what is shown
// of them, so that nothing else is read of others.
func (l *traceList) page(after *place, limit int, columns string) *sqlText {
	ids := l.ids(after, limit)
	return new(sqlText).add("SELECT p.by, p.id, "+columns+" FROM ("+ids.String()+") AS p CROSS JOIN otel_traces t ON t.id = p.id ORDER BY p.by DESC, p.id DESC", ids.args...)
}

// Traces lists traces, a page at a time.
func (s *Store) Traces(ctx context.Context, f TraceFilter) (Page[TraceSummary], error) {
	page := Page[TraceSummary]{Items: []TraceSummary{}}
	list, err := s.traceList(ctx, &f)
	if err != nil {
		return page, err
	}
	after, err := placeOf(f.Cursor, list.name)
	if err != nil {
		return page, err
	}
	limit := pageLimit(f.Limit)
	var last place
	err = s.rows(ctx, list.page(after, limit+1, summaryColumns(s.now())), func(r *row) error {
		if len(page.Items) == limit {
			page.Next = last.String()
			return nil
		}
		last = place{Key: r.next(), ID: r.next(), List: list.name}
		page.Items = append(page.Items, r.summary())
		return nil
	})
	if err != nil {
		return page, err
	}
	return page, s.columns(ctx, page.Items, f.Columns)
}
