package tracestore

import (
	"context"
	"strings"
	"time"
)

// Spend is what the calls of one model have cost on one day.
type Spend struct {
	Totals

	Day      string // 2026-11-27, UTC
	Provider string
	Model    string
}

// SpendFilter narrows Spend. Zero values do not narrow. A call is in the session and
// of the user that it names itself, or else its trace.
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
FROM `

// callsOfSession are the calls of the session ?1. Spans have an index by session, which
// finds the traces where one names it.
var callsOfSession = strings.NewReplacer("{columns}", `start_us, provider, model, service_name, user_id, cost_usd, cost_status,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens`).Replace(`(
  SELECT {columns} FROM otel_calls WHERE source = 'span' AND session_id = ?1 AND trace_id IN (SELECT trace_id FROM otel_spans WHERE session_id = ?1)
  UNION ALL
  SELECT {columns} FROM otel_log_calls WHERE session_id = ?1)`)

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
	calls := "otel_calls"
	if f.SessionID != "" {
		calls, w.args = callsOfSession, []any{f.SessionID}
	}
	w.equal("service_name", f.ServiceName)
	w.equal("model", f.Model)
	w.equal("user_id", f.UserID)
	w.between("start_us", f.Since, f.Until)
	return w.statement(spendQuery+calls, "GROUP BY 1, 2, 3 ORDER BY 1 DESC, sum(cost_usd) DESC, 2, 3", f.Limit)
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
	Since, Until time.Time // by the start of a trace or a call
	Limit        int       // 100 where it is 0
}

var sessionsQuery = `SELECT session_id, coalesce(max(user_id), ''), count(DISTINCT trace_id), sum(span_count), sum(error_count),
  coalesce(min(start_us) FILTER (WHERE ` + aTime("start_us") + `), min(start_us)), coalesce(max(end_us) FILTER (WHERE ` + aTime("end_us") + `), max(end_us)),
  sum(model_calls), sum(unpriced_calls),
  ` + tokenTotals(``) + `, sum(cost_usd)
FROM otel_usage`

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
	w.add("session_id IS NOT NULL")
	w.equal("user_id", f.UserID)
	w.between("start_us", f.Since, f.Until)
	return w.statement(sessionsQuery, "GROUP BY 1 ORDER BY max(end_us) DESC, 1", f.Limit)
}
