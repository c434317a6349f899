package tracestore

import (
	"strconv"
	"time"
)

// moment is the time of a transaction in the forms that columns want.
type moment struct {
	us  int64  // microseconds since 1970
	iso string // as isoMillis
}

func momentOf(t time.Time) moment {
	return moment{us: t.UnixMicro(), iso: isoMillis(uint64(max(t.UnixNano(), 0)))}
}

// micros splits nanoseconds since 1970 into microseconds and the rest. Times
// after the year 2255 do not fit under MaxInteger and are cut to it; whole is
// false then.
func micros(nanos uint64) (us, rem int64, whole bool) {
	if nanos/1000 > MaxInteger {
		return MaxInteger, 0, false
	}
	return int64(nanos / 1000), int64(nanos % 1000), true
}

// longestSpan is how long a span can last: what claims more has one end that is
// not a time.
const longestSpan = 366 * 24 * uint64(time.Hour)

// What is taken for a time where that is in doubt, in microseconds since 1970: from
// 2001-09-09, so that seconds or milliseconds in place of nanoseconds are none, up to
// the year 2100.
const (
	earliestTimeUS = 1_000_000_000_000_000
	latestTimeUS   = 4_102_444_800_000_000
)

func isTime(nanos uint64) bool { return nanos >= earliestTimeUS*1000 && nanos < latestTimeUS*1000 }

// times returns when a span began and ended, in nanoseconds since 1970, as all rows,
// sums and views have it. A span that states only one of the two has no length, and
// neither has one that ends before it begins or lasts longer than a span can. What
// was sent is kept in otel_span_data.
func times(s *Span) (start, end uint64) {
	start, end = s.StartNanos, s.EndNanos
	switch {
	case start != 0 && start <= end && end-start <= longestSpan:
		return start, end
	case !isTime(start) && isTime(end):
		return end, end
	}
	return start, start
}

func startOf(s *Span) uint64 { start, _ := times(s); return start }
func endOf(s *Span) uint64   { _, end := times(s); return end }

// isoMillis writes nanoseconds since 1970 as Mastra writes times: ISO 8601 in
// UTC with exactly three fraction digits, so that they sort as text. Digits
// are cut, not rounded.
func isoMillis(nanos uint64) string {
	var buf [len("2006-01-02T15:04:05.000Z")]byte
	t := time.Unix(int64(nanos/1e9), 0).UTC()
	out := t.AppendFormat(buf[:0], "2006-01-02T15:04:05.")
	ms := nanos % 1e9 / 1e6
	if ms < 100 {
		out = append(out, '0')
	}
	if ms < 10 {
		out = append(out, '0')
	}
	out = strconv.AppendUint(out, ms, 10)
	return string(append(out, 'Z'))
}
