package query

import (
	"encoding/json"
	"time"
	_ "time/tzdata" // an image without a distribution has no zones
)

// zoneNamed is a zone by its IANA name, UTC where that is "".
func zoneNamed(name string) (*time.Location, error) {
	at, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, invalidf("zone: %q is not the IANA name of a time zone, such as Europe/Berlin", name)
	}
	return at, nil
}

// StartOfDay is the first moment of a day in a zone. Where clocks change at midnight, as
// in Havana, Santiago and on the Azores, that is 01:00, or the first of two midnights. The
// day may be out of its month, as that of time.Date, which may return 23:00 of the day before.
func StartOfDay(year int, month time.Month, day int, at *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, at)
	start, end := t.ZoneBounds()
	switch wanted := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly); {
	case t.Format(time.DateOnly) < wanted:
		return end
	case t.Hour() > 0 || t.Minute() > 0:
		return start
	case start.Equal(t):
		_, after := t.Zone()
		_, before := t.Add(-1).Zone()
		if earlier := t.Add(time.Duration(after-before) * time.Second); earlier.Before(t) && earlier.Format(time.DateOnly) == wanted {
			return earlier
		}
	}
	return t
}

// offsets are how far a zone is from UTC from a time to another, in microseconds: a JSON
// list of [since, until, offset], as many as the zone has changes in between.
func offsets(at *time.Location, first, last int64) string {
	var list [][3]int64
	for since := first; ; {
		t := time.UnixMicro(since).In(at)
		_, seconds := t.Zone()
		_, end := t.ZoneBounds()
		until := last + 1
		if !end.IsZero() && end.UnixMicro() < until {
			until = end.UnixMicro()
		}
		list = append(list, [3]int64{since, until, int64(seconds) * 1e6})
		if until > last || until <= since {
			break
		}
		since = until
	}
	text, err := json.Marshal(list)
	if err != nil { // integers
		return "[]"
	}
	return string(text)
}

// dayOf writes a day since 1970.
func dayOf(n int64) string { return time.Unix(n*86400, 0).UTC().Format(time.DateOnly) }
