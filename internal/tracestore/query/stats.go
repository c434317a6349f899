package query

import (
	"context"
	"time"
)

// statsBuckets is how many parts the time is divided into.
const statsBuckets = 48

// filtered are the traces that a filter lets through, as a common table.
func filtered(c *conditions) *sqlText {
	q := new(sqlText)
	q.add(`WITH f (trace, start_us, duration, failed, usd, calls, unpriced, redactions) AS MATERIALIZED (
  SELECT t.trace_id, t.start_us, t.end_us - t.start_us, t.error_count > 0, t.cost_usd, t.model_calls, t.unpriced_calls, t.redactions FROM otel_traces t`)
	return c.to(q, "WHERE").add(")")
}

// local counts the calls that ran on a machine of the user's own, of traces f.
const local = `(SELECT count(*) FROM otel_spans s WHERE s.counted = 1 AND s.cost_status = 'local' AND s.trace_id IN (SELECT trace FROM f))`

// Stats adds up all traces that the filter lets through. zone is an IANA name.
func (s *Store) Stats(ctx context.Context, f TraceFilter, zone string) (TraceStats, error) {
	stats := TraceStats{Buckets: []StatsBucket{}, Days: []DaySum{}}
	at, err := zoneNamed(zone)
	if err != nil {
		return stats, err
	}
	c, err := s.conditions(ctx, &f)
	if err != nil {
		return stats, err
	}
	var first, last int64
	q := filtered(c).add(`, r (duration, place, n) AS (SELECT duration, row_number() OVER (ORDER BY duration), count(*) OVER () FROM f)
SELECT count(*), total(failed), sum(usd), total(calls), total(unpriced), ` + local + `, total(redactions), min(start_us), max(start_us),
  (SELECT duration FROM r WHERE place = (n + 1) / 2), (SELECT duration FROM r WHERE place = max(1, (n * 95 + 99) / 100)) FROM f`)
	err = s.rows(ctx, q, func(r *row) error {
		stats.Traces, stats.Failed, stats.Cost, stats.Redactions = r.int(), r.int(), r.cost(), r.int()
		first, last = r.int(), r.int()
		stats.P50US, stats.P95US = r.int(), r.int()
		return nil
	})
	if err != nil || stats.Traces == 0 {
		return stats, err
	}
	if stats.Buckets, err = s.buckets(ctx, c, first, last); err != nil {
		return stats, err
	}
	stats.Days, err = s.days(ctx, c, at, first, last)
	return stats, err
}

// buckets divide the time from the first to the last start evenly.
func (s *Store) buckets(ctx context.Context, c *conditions, first, last int64) ([]StatsBucket, error) {
	n := int64(statsBuckets)
	width := max((last-first)/n+1, 1)
	n = (last-first)/width + 1
	buckets := make([]StatsBucket, n)
	for i := range buckets {
		buckets[i].Start = time.UnixMicro(first + int64(i)*width).UTC()
	}
	q := filtered(c).add(` SELECT (start_us - ?) / ?, count(*), total(failed) FROM f WHERE start_us BETWEEN ? AND ? GROUP BY 1`, first, width, first, last)
	err := s.rows(ctx, q, func(r *row) error {
		if i := r.int(); i >= 0 && i < n {
			buckets[i].Traces, buckets[i].Failed = r.int(), r.int()
		}
		return nil
	})
	return buckets, err
}

// days are the sums a day of a zone, the latest first.
func (s *Store) days(ctx context.Context, c *conditions, at *time.Location, first, last int64) ([]DaySum, error) {
	days := []DaySum{}
	q := filtered(c).add(`, z (since, until, offset) AS (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)),
  l (trace, n) AS (SELECT s.trace_id, count(*) FROM otel_spans s WHERE s.counted = 1 AND s.cost_status = 'local' AND s.trace_id IN (SELECT trace FROM f) GROUP BY 1)
SELECT (start_us + offset) / 86400000000 - (start_us + offset < 0) AS day, count(*), sum(usd), total(calls), total(unpriced), total(l.n)
FROM f JOIN z ON start_us >= since AND start_us < until LEFT JOIN l ON l.trace = f.trace GROUP BY day ORDER BY day DESC`, offsets(at, first, last))
	err := s.rows(ctx, q, func(r *row) error {
		days = append(days, DaySum{Day: dayOf(r.int()), Traces: r.int(), Cost: r.cost()})
		return nil
	})
	return days, err
}
