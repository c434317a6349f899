package tracestore

import (
	"context"
	"encoding/json"
	"time"
)

// oldest is when the oldest trace and the oldest log record were stored, in
// microseconds; 0 where there is none.
type oldest struct{ traceUS, logUS int64 }

func (o oldest) trace() time.Time {
	if o.traceUS <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(o.traceUS)
}

func (o oldest) empty() bool { return o.traceUS == 0 && o.logUS == 0 }

// first is the older of the two that there are.
func (o oldest) first() int64 {
	if o.traceUS == 0 || o.logUS != 0 && o.logUS < o.traceUS {
		return o.logUS
	}
	return o.traceUS
}

// isLog reports whether the older of the two is a log record.
func (o oldest) isLog() bool { return o.logUS != 0 && o.logUS == o.first() }

// before reports whether either is older than a time.
func (o oldest) before(us int64) bool { return !o.empty() && o.first() < us }

// oldestQuery reads the ends of two indexes. Log records are taken by the time of
// their storage: their own times may be anything.
const oldestQuery = `SELECT
  (SELECT min(last_seen_us) FROM otel_traces),
  (SELECT min(inserted_us) FROM otel_logs)`

func (r *retainer) oldest(ctx context.Context) (o oldest, err error) {
	err = r.db.query(ctx, statement{sql: oldestQuery}, func(row []any) error {
		o = oldest{asInt(row[0]), asInt(row[1])}
		return nil
	})
	return o, err
}

// delete deletes a batch of the older of the two.
func (r *retainer) delete(ctx context.Context, b bounds, o oldest, done *Tended) error {
	if o.isLog() {
		return r.deleteLogs(ctx, b, done)
	}
	return r.deleteTraces(ctx, b, done)
}

// doomedLogs are up to ?1 log records from before ?2.
const (
	doomedLogs = `FROM otel_logs WHERE inserted_us < ?2 ORDER BY inserted_us LIMIT ?1`
	logOrigins = `SELECT resource_id, scope_id, count(*) FROM (SELECT resource_id, scope_id ` + doomedLogs + `) GROUP BY 1, 2`
	deleteLogs = `DELETE FROM otel_logs WHERE id IN (SELECT id ` + doomedLogs + `)`
	forgetLogs = `DELETE FROM otel_counted WHERE owner IN (SELECT 'log ' || key ` + doomedLogs + `)`
	// A record that repeats one of them is never the first to report its call.
	settleRepeats = `UPDATE otel_logs SET counted = 0 WHERE counted = 1
  AND request_id IN (SELECT request_id FROM (SELECT request_id, counted ` + doomedLogs + `) WHERE counted = 1 AND request_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM otel_counted WHERE owner = 'log ' || key)`
)

// settleLogs says of log records that report the calls of spans which go that they
// report none: no span would say so any more.
func settleLogs(spans string) string {
	return `UPDATE otel_logs SET counted = 0 WHERE id IN (
  SELECT l.id FROM (SELECT trace_id AS trace, span_id AS span FROM ` + spans + `) s CROSS JOIN otel_logs l ON l.counted = 1 AND l.trace_id = s.trace
  UNION
  SELECT l.id FROM (SELECT request_id AS request FROM ` + spans + ` AND request_id IS NOT NULL) s CROSS JOIN otel_logs l ON l.counted = 1 AND l.request_id = s.request)
  AND NOT EXISTS (SELECT 1 FROM otel_counted WHERE owner = 'log ' || key)`
}

func (r *retainer) deleteLogs(ctx context.Context, b bounds, done *Tended) error {
	args := []any{int64(min(b.rows, r.batch)), b.before}
	var n int64
	var from originIDs
	err := r.db.query(ctx, statement{sql: logOrigins, args: args}, func(row []any) error {
		from.add(row)
		n += asInt(row[2])
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.apply(ctx, []string{settleRepeats, forgetLogs, deleteLogs}, from, args...); err != nil {
		return err
	}
	done.DeletedLogs = n
	return nil
}

// expired are the traces that may go, the oldest first.
const expired = `SELECT trace_id, span_count + (
  SELECT count(*) FROM otel_spans s INDEXED BY otel_spans_pending WHERE s.trace_id = otel_traces.trace_id AND s.pending > 0) FROM otel_traces WHERE last_seen_us < ?1 ORDER BY last_seen_us LIMIT ?2`

// doomed are those of ?1, a JSON list, that have still not been seen since ?2.
const doomed = `(SELECT t.trace_id FROM json_each(?1) j CROSS JOIN otel_traces t ON t.trace_id = j.value WHERE t.last_seen_us < ?2)`

// deleteWhole deletes whole traces, of mastra_ai_spans only what is ours. The spans,
// and then the summary, go last: the others ask for them.
var deleteWhole = []string{
	`DELETE FROM otel_span_data WHERE id IN (SELECT id FROM otel_spans WHERE trace_id IN ` + doomed + `)`,
	`DELETE FROM mastra_ai_spans WHERE (spanId, traceId) IN (SELECT span_id, trace_id FROM otel_spans WHERE trace_id IN ` + doomed + `)`,
	settleLogs(`otel_spans WHERE trace_id IN ` + doomed),
	`DELETE FROM otel_counted WHERE owner IN ` + doomed,
	`DELETE FROM otel_spans WHERE trace_id IN ` + doomed,
	`DELETE FROM otel_traces WHERE trace_id IN ` + doomed,
}

// part are up to ?3 spans of one trace, ?1, the last stored first: the root of a
// trace that comes in many requests goes last.
const part = `(SELECT s.id FROM otel_traces t CROSS JOIN otel_spans s ON s.trace_id = t.trace_id
  WHERE t.trace_id = ?1 AND t.last_seen_us < ?2 ORDER BY s.id DESC LIMIT ?3)`

// parting stands in last_seen_us of a trace of which a part is deleted: half a trace
// has wrong totals, so that it goes to its end, before all others, whatever becomes of
// age and size, and with what comes of it meanwhile.
const (
	parting   = "-1"
	partingUS = -1
)

// deletePart deletes a part of a trace that is too large to go at once.
var deletePart = []string{
	`DELETE FROM otel_span_data WHERE id IN ` + part,
	`DELETE FROM mastra_ai_spans WHERE (spanId, traceId) IN (SELECT span_id, trace_id FROM otel_spans WHERE id IN ` + part + `)`,
	settleLogs(`otel_spans WHERE id IN ` + part),
	`DELETE FROM otel_counted WHERE owner IN (SELECT trace_id FROM otel_traces WHERE trace_id = ?1 AND last_seen_us < ?2)`,
	`DELETE FROM otel_spans WHERE id IN ` + part,
	`UPDATE otel_traces SET span_count = span_count - ?3, last_seen_us = ` + parting + ` WHERE trace_id = ?1 AND last_seen_us < ?2`,
}

// Where spans that are deleted come from.
const (
	originsOfTraces = `SELECT DISTINCT resource_id, scope_id FROM otel_spans WHERE trace_id IN (SELECT value FROM json_each(?1))`
	originsOfPart   = `SELECT DISTINCT resource_id, scope_id FROM otel_spans WHERE id IN ` + part
)

func (r *retainer) deleteTraces(ctx context.Context, b bounds, done *Tended) error {
	var ids []string
	var spans int64
	full := false
	err := r.db.query(ctx, statement{sql: expired, args: []any{b.before, int64(min(b.rows, r.batch))}}, func(row []any) error {
		n := asInt(row[1])
		if full = full || len(ids) > 0 && spans+n > int64(r.batch); !full {
			ids = append(ids, asText(row[0]))
			spans += n
		}
		return nil
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	whole := spans <= int64(r.batch)
	texts, words, origins, args := deletePart, deletePartial, originsOfPart, []any{ids[0], b.before, int64(r.batch)}
	if whole {
		list, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		texts, words, origins, args = deleteWhole, deleteIndexed, originsOfTraces, []any{string(list), b.before}
	}
	indexed, err := exists(ctx, r.db, hasIndex)
	if err != nil {
		return err
	}
	if indexed {
		texts = append(append([]string{words}, texts...), resetIndexed)
	}
	var from originIDs
	err = r.db.query(ctx, statement{sql: origins, args: args[:parameters(origins)]}, func(row []any) error {
		from.add(row)
		return nil
	})
	if err == nil {
		err = r.apply(ctx, texts, from, args...)
	}
	if err != nil {
		return err
	}
	if whole {
		done.DeletedTraces = len(ids)
	}
	done.DeletedSpans = min(spans, int64(r.batch))
	return nil
}

// apply runs statements, and removes what then no row comes from any more, in one
// transaction.
func (r *retainer) apply(ctx context.Context, texts []string, from originIDs, args ...any) error {
	statements := make([]statement, len(texts), len(texts)+2)
	for i, sql := range texts {
		statements[i] = statement{sql: sql, args: args[:parameters(sql)]}
	}
	return r.db.apply(ctx, append(statements, from.remove()...))
}
