package query

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// statsBuckets is how many parts the time is divided into.
const statsBuckets = 48

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
	first, last, err := s.bounds(ctx, c)
	if err != nil || first == nil {
		return stats, err
	}
	times := divide(*first, *last, at)
	stats.Buckets = times.buckets
	if err := s.addUp(ctx, c, times, &stats); err != nil {
		return stats, err
	}
	if err := s.addLocal(ctx, c, times, &stats); err != nil {
		return stats, err
	}
	slices.Reverse(stats.Days)
	return stats, s.percentiles(ctx, c, &stats)
}

// bounds are the first and the last start, nil where there is none.
func (s *Store) bounds(ctx context.Context, c *conditions) (first, last *int64, err error) {
	for _, end := range []struct {
		order string
		to    **int64
	}{{"t.start_us", &first}, {"t.start_us DESC", &last}} {
		q := new(sqlText).add("SELECT t.start_us FROM otel_traces t")
		c.to(q, "WHERE").add(" ORDER BY " + end.order + " LIMIT 1")
		err := s.rows(ctx, q, func(r *row) error {
			us := r.int()
			*end.to = &us
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return first, last, nil
}

// division is a time in parts that are each in one bucket and on one day.
type division struct {
	at      *time.Location
	first   int64
	width   int64 // of a bucket, in microseconds
	buckets []StatsBucket
	parts   [][2]int64 // since, until
}

func divide(first, last int64, at *time.Location) *division {
	d := &division{at: at, first: first, width: max((last-first)/statsBuckets+1, 1)}
	edges := []int64{last + 1}
	for since := first; since <= last; since += d.width {
		d.buckets = append(d.buckets, StatsBucket{Start: time.UnixMicro(since).UTC()})
		edges = append(edges, since)
	}
	for day := time.UnixMicro(first).In(at); ; {
		day = StartOfDay(day.Year(), day.Month(), day.Day()+1, at)
		if day.UnixMicro() > last {
			break
		}
		edges = append(edges, day.UnixMicro())
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	for i := range len(edges) - 1 {
		d.parts = append(d.parts, [2]int64{edges[i], edges[i+1]})
	}
	return d
}

func (d *division) bucket(us int64) int { return int((us - d.first) / d.width) }

func (d *division) day(us int64) string { return time.UnixMicro(us).In(d.at).Format(time.DateOnly) }

// addUp adds up each part, which walks along the index of starts once and sorts nothing.
func (s *Store) addUp(ctx context.Context, c *conditions, d *division, stats *TraceStats) error {
	parts, err := json.Marshal(d.parts)
	if err != nil {
		return err
	}
	q := new(sqlText).add(`SELECT p.value ->> 0, (SELECT json_array(count(*), total(t.error_count > 0), total(t.redactions), sum(t.cost_usd), total(t.model_calls), total(t.unpriced_calls))
  FROM otel_traces t INDEXED BY otel_traces_list WHERE t.start_us >= p.value ->> 0 AND t.start_us < p.value ->> 1`)
	c.to(q, "AND").add(") FROM json_each(?) p", string(parts))
	return s.rows(ctx, q, func(r *row) error {
		since, text := r.int(), r.text()
		var sums [6]*float64
		if err := json.Unmarshal([]byte(text), &sums); err != nil {
			return err
		}
		n := func(i int) int64 { return int64(*sums[i]) }
		if n(0) == 0 {
			return nil
		}
		cost := Cost{USD: sums[3], Calls: n(4), Unpriced: n(5)}
		stats.Traces += n(0)
		stats.Failed += n(1)
		stats.Redactions += n(2)
		stats.Cost.add(cost)
		b := &stats.Buckets[d.bucket(since)]
		b.Traces += n(0)
		b.Failed += n(1)
		day := stats.day(d.day(since))
		day.Traces += n(0)
		day.Cost.add(cost)
		return nil
	})
}

// day is the sum of a day. Days come one after the other.
func (s *TraceStats) day(day string) *DaySum {
	if n := len(s.Days); n == 0 || s.Days[n-1].Day != day {
		s.Days = append(s.Days, DaySum{Day: day})
	}
	return &s.Days[len(s.Days)-1]
}

func (c *Cost) add(other Cost) {
	c.Calls += other.Calls
	c.Unpriced += other.Unpriced
	c.Local += other.Local
	if other.USD != nil {
		sum := *other.USD
		if c.USD != nil {
			sum += *c.USD
		}
		c.USD = &sum
	}
}

// addLocal counts the calls that ran on a machine of the user's own. An index has those only.
func (s *Store) addLocal(ctx context.Context, c *conditions, d *division, stats *TraceStats) error {
	q := new(sqlText).add("SELECT t.start_us, count(*) FROM otel_spans l INDEXED BY otel_spans_local CROSS JOIN otel_traces t ON t.trace_id = l.trace_id WHERE l.counted = 1 AND l.cost_status = 'local'")
	c.to(q, "AND").add(" GROUP BY l.trace_id")
	days := map[string]*DaySum{}
	for i := range stats.Days {
		days[stats.Days[i].Day] = &stats.Days[i]
	}
	return s.rows(ctx, q, func(r *row) error {
		start, n := r.int(), r.int()
		stats.Cost.Local += n
		if day := days[d.day(start)]; day != nil {
			day.Cost.Local += n
		}
		return nil
	})
}

// percentiles are those of durations: the smallest that so many are not above.
func (s *Store) percentiles(ctx context.Context, c *conditions, stats *TraceStats) error {
	q := new(sqlText).add("WITH d (duration) AS MATERIALIZED (SELECT t.end_us - t.start_us FROM otel_traces t")
	at := func(percent int64) string {
		return fmt.Sprintf("(SELECT duration FROM d LIMIT 1 OFFSET %d)", max((stats.Traces*percent+99)/100-1, 0))
	}
	c.to(q, "WHERE").add(" ORDER BY 1) SELECT " + at(50) + ", " + at(95))
	return s.rows(ctx, q, func(r *row) error {
		stats.P50US, stats.P95US = r.int(), r.int()
		return nil
	})
}
