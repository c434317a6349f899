package query

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Mastra is a store that is asked as the server of a Mastra application is.
type Mastra interface {
	// MastraRoots lists the roots of traces, and says where the next page begins.
	MastraRoots(ctx context.Context, f MastraFilter) (roots []MastraSpan, next string, err error)
	// MastraCount counts what MastraRoots lists.
	MastraCount(ctx context.Context, f MastraFilter) (int64, error)
	// MastraTrace reads the spans of a trace in the order of their start. Payloads are
	// left out (null) from where on there are more than limit bytes of them.
	MastraTrace(ctx context.Context, traceID string, limit int) ([]MastraSpan, error)
	// MastraSpan reads a span.
	MastraSpan(ctx context.Context, traceID, spanID string) (MastraSpan, error)
}

// MastraSpan is a row of mastra_ai_spans with its columns as JSON, as Mastra's server
// gives it.
type MastraSpan map[string]json.RawMessage

// MastraFilter narrows a list of roots.
type MastraFilter struct {
	Since, Until time.Time
	Where        *MastraPredicate
	// By is startedAt (default) or endedAt; Ascending has the earliest first.
	By        string
	Ascending bool
	Cursor    string
	Offset    int
	Limit     int // 25 where 0, at most 100
}

// MastraPredicate is a condition on the root of a trace, or on its spans, in the JSON of
// Mastra's trace queries.
type MastraPredicate struct {
	Op    string            `json:"op"`
	Args  []MastraPredicate `json:"args"`  // of and, or
	Arg   *MastraPredicate  `json:"arg"`   // of not
	Left  MastraOperand     `json:"left"`  // of eq, ne, lt, lte, gt, gte
	Right MastraOperand     `json:"right"` // likewise
	Value json.RawMessage   `json:"value"` // of in and notIn an operand, of includes a text
	Set   []any             `json:"set"`   // of in, notIn
	Path  string            `json:"path"`  // of exists, notExists, includes, notIncludes
	Spans *struct {
		Some *MastraPredicate `json:"some"`
		None *MastraPredicate `json:"none"`
	} `json:"spans"`
	Scores   json.RawMessage `json:"scores"`   // which a trace store has none of
	Feedback json.RawMessage `json:"feedback"` // likewise
}

// MastraOperand is a field or a value.
type MastraOperand struct {
	Path    string `json:"path"`
	Literal any    `json:"literal"`
}

// mastraColumns are the columns of mastra_ai_spans, and which of them hold JSON.
var mastraColumns = []struct {
	name string
	json bool
}{
	{"traceId", false},
	{"spanId", false},
	{"parentSpanId", false},
	{"name", false},
	{"spanType", false},
	{"isEvent", false},
	{"entityType", false},
	{"entityId", false},
	{"entityName", false},
	{"userId", false},
	{"organizationId", false},
	{"resourceId", false},
	{"runId", false},
	{"sessionId", false},
	{"threadId", false},
	{"requestId", false},
	{"environment", false},
	{"serviceName", false},
	{"scope", true},
	{"entityVersionId", false},
	{"experimentId", false},
	{"source", false},
	{"metadata", true},
	{"tags", true},
	{"attributes", true},
	{"links", true},
	{"input", true},
	{"output", true},
	{"error", true},
	{"startedAt", false},
	{"endedAt", false},
	{"createdAt", false},
	{"updatedAt", false},
}

// mastraSelect lists the columns of m, but for some.
func mastraSelect(without ...string) string {
	names := make([]string, len(mastraColumns))
	for i, c := range mastraColumns {
		if names[i] = "m." + c.name; slices.Contains(without, c.name) {
			names[i] = "NULL"
		}
	}
	return strings.Join(names, ", ")
}

func (r *row) mastra() MastraSpan {
	span := make(MastraSpan, len(mastraColumns)+1)
	for _, c := range mastraColumns {
		span[c.name] = mastraValue(r.next(), c.name, c.json)
	}
	status := `"success"`
	switch {
	case string(span["error"]) != "null":
		status = `"error"`
	case string(span["endedAt"]) == "null" && string(span["isEvent"]) != "true":
		status = `"running"`
	}
	span["status"] = json.RawMessage(status)
	return span
}

func mastraValue(v any, name string, isJSON bool) json.RawMessage {
	switch v := v.(type) {
	case nil:
	case int64:
		if name == "isEvent" {
			return fmt.Append(nil, v != 0)
		}
		return fmt.Append(nil, v)
	default:
		text := fmt.Sprint(v)
		if b, ok := v.([]byte); ok {
			text = string(b)
		}
		if isJSON && json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
		quoted, _ := json.Marshal(text)
		return quoted
	}
	return json.RawMessage("null")
}

// isoMillis is a time as the columns have it.
func isoMillis(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// mastraRoots is FROM and WHERE of a filter.
func mastraRoots(f *MastraFilter) (*sqlText, error) {
	q := new(sqlText).add(" FROM mastra_ai_spans m WHERE m.parentSpanId IS NULL AND m.isEvent = 0 AND m.endedAt IS NOT NULL")
	if !f.Since.IsZero() {
		q.add(" AND m.startedAt >= ?", isoMillis(f.Since))
	}
	if !f.Until.IsZero() {
		q.add(" AND m.startedAt < ?", isoMillis(f.Until))
	}
	if f.Where != nil {
		q.add(" AND ")
		nodes := 0
		if err := f.Where.add(q, "m", 0, &nodes); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (f *MastraFilter) column() (string, error) {
	switch f.By {
	case "", "startedAt":
		return "startedAt", nil
	case "endedAt":
		return "endedAt", nil
	}
	return "", invalidf("orderBy: %q is neither startedAt nor endedAt", f.By)
}

// MastraRoots lists the roots of traces.
func (s *Store) MastraRoots(ctx context.Context, f MastraFilter) ([]MastraSpan, string, error) {
	by, err := f.column()
	if err != nil {
		return nil, "", err
	}
	where, err := mastraRoots(&f)
	if err != nil {
		return nil, "", err
	}
	compare, direction := "<", "DESC"
	if f.Ascending {
		compare, direction = ">", "ASC"
	}
	// The payload of a root may be long, and a list shows its first words.
	q := new(sqlText).add("SELECT "+mastraSelect("input", "output", "attributes", "links")+", substr(m.input, 1, 1000)"+where.String(), where.args...)
	if f.Cursor != "" {
		at, id, err := mastraCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		q.add(fmt.Sprintf(" AND (m.%s %s ? OR m.%s = ? AND m.traceId > ?)", by, compare, by), at, at, id)
	}
	limit := min(max(f.Limit, 0), 100)
	if limit == 0 {
		limit = 25
	}
	q.add(fmt.Sprintf(" ORDER BY m.%s %s, m.traceId LIMIT ? OFFSET ?", by, direction), int64(limit+1), int64(max(f.Offset, 0)))
	roots := []MastraSpan{}
	if err := s.rows(ctx, q, func(r *row) error {
		root := r.mastra()
		preview, _ := json.Marshal(shorten(r.text(), PreviewChars))
		root["inputPreview"] = preview
		roots = append(roots, root)
		return nil
	}); err != nil {
		return nil, "", err
	}
	if len(roots) <= limit {
		return roots, "", nil
	}
	last := roots[limit-1]
	return roots[:limit], base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "[%s,%s]", last[by], last["traceId"])), nil
}

func mastraCursor(cursor string) (at, id string, err error) {
	var both []string
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(raw, &both)
	}
	if err != nil || len(both) != 2 {
		return "", "", invalidf("cursor: it is none of this list")
	}
	return both[0], both[1], nil
}

// MastraCount counts roots.
func (s *Store) MastraCount(ctx context.Context, f MastraFilter) (int64, error) {
	where, err := mastraRoots(&f)
	if err != nil {
		return 0, err
	}
	n := int64(0)
	err = s.rows(ctx, new(sqlText).add("SELECT count(*)"+where.String(), where.args...), func(r *row) error {
		n = r.int()
		return nil
	})
	return n, err
}

// mastraPage bounds the answer to one statement.
const mastraPage = 200

// MastraTrace reads the spans of a trace.
func (s *Store) MastraTrace(ctx context.Context, traceID string, limit int) ([]MastraSpan, error) {
	traceID, err := s.traceID(ctx, traceID)
	if err != nil {
		return nil, err
	}
	spans := []MastraSpan{}
	bytes := 0
	for n := mastraPage; n == mastraPage; {
		columns := mastraSelect()
		if bytes > limit {
			columns = mastraSelect("input", "output")
		}
		n = 0
		q := new(sqlText).add("SELECT "+columns+" FROM mastra_ai_spans m WHERE m.traceId = ? ORDER BY m.startedAt, m.rowid LIMIT ? OFFSET ?", traceID, int64(mastraPage), int64(len(spans)))
		if err := s.rows(ctx, q, func(r *row) error {
			n++
			span := r.mastra()
			if bytes += len(span["input"]) + len(span["output"]); bytes > limit {
				span["input"], span["output"] = json.RawMessage("null"), json.RawMessage("null")
			}
			spans = append(spans, span)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	if len(spans) == 0 {
		return nil, missing("no span of this trace")
	}
	return spans, nil
}

// MastraSpan reads a span.
func (s *Store) MastraSpan(ctx context.Context, traceID, spanID string) (MastraSpan, error) {
	var span MastraSpan
	err := s.rows(ctx, new(sqlText).add("SELECT "+mastraSelect()+" FROM mastra_ai_spans m WHERE m.traceId = ? AND m.spanId = ?", traceID, spanID), func(r *row) error {
		span = r.mastra()
		return nil
	})
	if err == nil && span == nil {
		err = noSuch("span in this trace", spanID)
	}
	return span, err
}

var _ Mastra = (*Store)(nil)
