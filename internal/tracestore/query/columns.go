package query

import (
	"context"
	"encoding/json"
)

// columns reads attributes of the roots of traces, by name.
func (s *Store) columns(ctx context.Context, traces []TraceSummary, names []string) error {
	if len(names) == 0 || len(traces) == 0 {
		return nil
	}
	byID := make(map[string]*TraceSummary, len(traces))
	ids := make([]string, len(traces))
	for i := range traces {
		ids[i] = traces[i].TraceID
		byID[ids[i]] = &traces[i]
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.column(ctx, byID, string(list), name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) column(ctx context.Context, traces map[string]*TraceSummary, ids, name string) error {
	q := new(sqlText)
	q.add(`SELECT t.trace_id, `+attributeJSON(name)+` FROM json_each(?) j
CROSS JOIN otel_traces t ON t.trace_id = j.value
CROSS JOIN otel_spans s ON s.trace_id = t.trace_id AND s.span_id = t.root_span_id `+attributeRows, append(attributeArgs(name), ids)...)
	return s.rows(ctx, q, func(r *row) error {
		id, value := r.text(), r.text()
		t := traces[id]
		if t == nil || value == "" || !json.Valid([]byte(value)) {
			return nil
		}
		if t.Attributes == nil {
			t.Attributes = map[string]json.RawMessage{}
		}
		t.Attributes[name] = json.RawMessage(value)
		return nil
	})
}
