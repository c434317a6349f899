package query

import (
	"context"
	"encoding/base64"
	"encoding/json"
)

// Every span that is stored has an id above those before it, so that what has changed
// since a span is what is above its id. Where the span of a cursor is gone, ids from
// there on may have been given out again, and times say what has changed instead:
// rather too much than too little.

// mark is a cursor of Changes: the newest span, and when it was stored.
type mark struct {
	ID   int64  `json:"i"`
	US   int64  `json:"t"` // inserted_us
	Span string `json:"s"` // its id
}

func (m mark) String() string {
	text, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func markOf(cursor string) (m mark, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(text, &m) != nil {
		return m, invalid("the cursor is not one of changes: begin without one")
	}
	return m, nil
}

// maxChanged bounds the spans that one answer is about.
const maxChanged = 5000

// Changes lists traces that have changed since a cursor, "" for now. It does not wait.
func (s *Store) Changes(ctx context.Context, cursor string, f TraceFilter) (Changes, error) {
	changes := Changes{Traces: []TraceSummary{}, Cursor: cursor}
	var err error
	if cursor == "" {
		changes.Cursor, err = s.newest(ctx)
		return changes, err
	}
	since, err := markOf(cursor)
	if err != nil {
		return changes, err
	}
	c, err := s.conditions(ctx, &f)
	if err != nil {
		return changes, err
	}
	ids, next, err := s.changed(ctx, since)
	if err != nil || len(ids) == 0 {
		return changes, err
	}
	changes.Cursor = next.String()
	list, err := json.Marshal(ids)
	if err != nil {
		return changes, err
	}
	q := new(sqlText)
	q.add("SELECT "+summaryColumns(s.now())+" FROM json_each(?) j CROSS JOIN otel_traces t ON t.trace_id = j.value", string(list))
	c.to(q, "WHERE").add(" ORDER BY t.start_us, t.id")
	err = s.rows(ctx, q, func(r *row) error {
		changes.Traces = append(changes.Traces, r.summary())
		return nil
	})
	if err != nil {
		return changes, err
	}
	return changes, s.columns(ctx, changes.Traces, f.Columns)
}

// newest is the cursor of now. An empty store has one too.
func (s *Store) newest(ctx context.Context) (string, error) {
	var m mark
	err := s.rows(ctx, new(sqlText).add("SELECT id, inserted_us, span_id FROM otel_spans ORDER BY id DESC LIMIT 1"), func(r *row) error {
		m = mark{ID: r.int(), US: r.int(), Span: r.text()}
		return nil
	})
	return m.String(), err
}

// changed are the traces of up to maxChanged spans after a mark, and the mark of the last.
func (s *Store) changed(ctx context.Context, since mark) (traces []string, next mark, err error) {
	seen := map[string]bool{}
	next = since
	// The span of the mark is the first row, where it is still there.
	there := since == mark{}
	q := new(sqlText).add("SELECT id, inserted_us, span_id, trace_id FROM otel_spans NOT INDEXED WHERE id >= ? ORDER BY id LIMIT ?", since.ID, int64(maxChanged+1))
	err = s.rows(ctx, q, func(r *row) error {
		found := mark{ID: r.int(), US: r.int(), Span: r.text()}
		if found == since {
			there = true
			return nil
		}
		next = found
		if id := r.text(); !seen[id] {
			seen[id] = true
			traces = append(traces, id)
		}
		return nil
	})
	if err != nil || there {
		return traces, next, err
	}
	return s.changedByTime(ctx, since)
}

// changedByTime is changed where the span of the mark is gone. It goes on at the newest
// span, so that it is asked once.
func (s *Store) changedByTime(ctx context.Context, since mark) (traces []string, next mark, err error) {
	q := new(sqlText).add(`SELECT n.id, n.inserted_us, n.span_id, t.trace_id
FROM (SELECT id, inserted_us, span_id FROM otel_spans ORDER BY id DESC LIMIT 1) n
LEFT JOIN otel_traces t INDEXED BY otel_traces_last_seen ON t.last_seen_us >= ? ORDER BY t.last_seen_us DESC LIMIT ?`, since.US, int64(maxChanged))
	err = s.rows(ctx, q, func(r *row) error {
		next = mark{ID: r.int(), US: r.int(), Span: r.text()}
		if id := r.text(); id != "" {
			traces = append(traces, id)
		}
		return nil
	})
	return traces, next, err
}
