package tracestore

import (
	"context"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// Spend is what the calls of one model have cost on one day.
type Spend struct {
	Totals

	Day      string // 2026-11-27, UTC
	Provider string
	Model    string
}

// SpendFilter narrows Spend. Zero values do not narrow.
type SpendFilter struct {
	ServiceName  string
	Model        string
	SessionID    string
	UserID       string
	Since, Until time.Time // by the start of a call
	Limit        int       // 100 where it is 0
}

var spendQuery = `SELECT date(start_us / 1000000, 'unixepoch'), coalesce(provider, ''), coalesce(model, ''),
  count(*), sum(cost_usd IS NULL OR cost_status IS 'partial'),
  ` + tokenTotals(``) + `, sum(cost_usd)
FROM otel_spans`

// Spend sums up model calls by day and model, the latest day first and within it
// the most expensive model.
func (r *Reader) Spend(ctx context.Context, f SpendFilter) ([]Spend, error) {
	var list []Spend
	err := r.db.query(ctx, f.statement(), func(row []any) error {
		list = append(list, Spend{Day: asText(row[0]), Provider: asText(row[1]), Model: asText(row[2]), Totals: totals(row[3:11])})
		return nil
	})
	return list, err
}

func (f SpendFilter) statement() statement {
	var w where
	w.add("counted = 1")
	w.equal("service_name", f.ServiceName)
	w.equal("model", f.Model)
	w.equal("session_id", f.SessionID)
	w.equal("user_id", f.UserID)
	w.between("start_us", f.Since, f.Until)
	return w.statement(spendQuery, "GROUP BY 1, 2, 3 ORDER BY 1 DESC, sum(cost_usd) DESC, 2, 3", f.Limit)
}

// Session is the traces of one session or, where they name none, of one
// conversation.
type Session struct {
	Totals

	ID     string
	UserID string
	Traces int64
	Spans  int64
	Errors int64
	// First is the earliest start, Last the latest end.
	First, Last time.Time
}

// SessionFilter narrows Sessions. Zero values do not narrow.
type SessionFilter struct {
	UserID       string
	Since, Until time.Time // by the start of a trace
	Limit        int       // 100 where it is 0
}

var sessionsQuery = `SELECT coalesce(session_id, conversation_id), coalesce(max(user_id), ''), count(*), sum(span_count), sum(error_count), min(start_us), max(end_us),
  sum(model_calls), sum(unpriced_calls),
  ` + tokenTotals(``) + `, sum(cost_usd)
FROM otel_traces`

// Sessions lists sessions, the one that was last used first.
func (r *Reader) Sessions(ctx context.Context, f SessionFilter) ([]Session, error) {
	var list []Session
	err := r.db.query(ctx, f.statement(), func(row []any) error {
		list = append(list, Session{
			ID: asText(row[0]), UserID: asText(row[1]), Traces: asInt(row[2]), Spans: asInt(row[3]), Errors: asInt(row[4]),
			First: time.UnixMicro(asInt(row[5])).UTC(), Last: time.UnixMicro(asInt(row[6])).UTC(), Totals: totals(row[7:15]),
		})
		return nil
	})
	return list, err
}

func (f SessionFilter) statement() statement {
	var w where
	w.add("(session_id IS NOT NULL OR conversation_id IS NOT NULL)")
	w.equal("user_id", f.UserID)
	w.between("start_us", f.Since, f.Until)
	return w.statement(sessionsQuery, "GROUP BY 1 ORDER BY max(end_us) DESC, 1", f.Limit)
}

// Hit is a span in whose payload a text was found.
type Hit struct {
	TraceID string
	SpanID  string
	Name    string
	Type    string
	Start   time.Time
	// Column is input, output or error, Excerpt what stands around the text there:
	// JSON that may be cut anywhere.
	Column  string
	Excerpt string
}

// SearchFilter narrows Search. Zero values do not narrow.
type SearchFilter struct {
	ServiceName  string
	Since, Until time.Time // by start
	Limit        int       // 100 where it is 0
}

// searchQuery reads spans from the last stored on, so that it can end at the
// limit. ?1 is a pattern and ?2 the text in it.
const searchQuery = `SELECT trace_id, span_id, name, span_type, start_us, place,
  substr(payload, max(1, instr(lower(payload), lower(?2)) - 80), 240)
FROM (
  SELECT s.id, s.trace_id, s.span_id, s.name, s.span_type, s.start_us, s.service_name,
    CASE WHEN m.input LIKE ?1 ESCAPE '\' THEN 'input' WHEN m.output LIKE ?1 ESCAPE '\' THEN 'output' WHEN m.error LIKE ?1 ESCAPE '\' THEN 'error' END AS place,
    CASE WHEN m.input LIKE ?1 ESCAPE '\' THEN m.input WHEN m.output LIKE ?1 ESCAPE '\' THEN m.output ELSE m.error END AS payload
  FROM otel_spans s NOT INDEXED CROSS JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id)`

// Search finds spans whose input, output or error contains a text, the last
// stored first. Letters of ASCII match in either case. It reads payloads until
// the limit is reached; for regular use of a large store, an index of one's own
// is better. JSON is searched as it was sent: a letter that stands there as \u and
// four digits is not found.
func (r *Reader) Search(ctx context.Context, text string, f SearchFilter) ([]Hit, error) {
	var list []Hit
	err := r.db.query(ctx, f.statement(text), func(row []any) error {
		list = append(list, Hit{
			TraceID: asText(row[0]), SpanID: asText(row[1]), Name: asText(row[2]), Type: asText(row[3]),
			Start: time.UnixMicro(asInt(row[4])).UTC(), Column: asText(row[5]), Excerpt: asText(row[6]),
		})
		return nil
	})
	return list, err
}

func (f SearchFilter) statement(text string) statement {
	// Payloads are JSON: a quote or a line break in the text has a backslash there.
	escaped := string(jsontext.AppendString(nil, text))
	escaped = escaped[1 : len(escaped)-1]
	w := where{args: []any{"%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(escaped) + "%", escaped}}
	w.add("place IS NOT NULL")
	w.equal("service_name", f.ServiceName)
	w.between("start_us", f.Since, f.Until)
	return w.statement(searchQuery, "ORDER BY id DESC", f.Limit)
}
