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
