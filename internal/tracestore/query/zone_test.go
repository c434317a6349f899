package query

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDaysBegin: where clocks change at midnight, a day has no midnight, or two.
func TestDaysBegin(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"UTC", "2026-03-08", "2026-03-08T00:00:00Z"},
		{"Asia/Kathmandu", "2026-03-08", "2026-03-08T00:00:00+05:45"},
		{"America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00"},
		{"America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"},
		{"America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00"},
		{"Atlantic/Azores", "2026-03-29", "2026-03-29T01:00:00Z"},
		{"Atlantic/Azores", "2026-10-25", "2026-10-25T00:00:00Z"},
		{"Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00"},
		{"Asia/Amman", "2021-10-29", "2021-10-29T00:00:00+03:00"},
		{"America/Toronto", "2006-10-29", "2006-10-29T00:00:00-04:00"},
		{"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},
	} {
		at, err := zoneNamed(c.zone)
		require.NoError(t, err)
		day, err := time.Parse(time.DateOnly, c.day)
		require.NoError(t, err)
		assert.Equal(t, c.want, StartOfDay(day.Year(), day.Month(), day.Day(), at).Format(time.RFC3339), "%s %s", c.zone, c.day)
	}
}

// TestDaysOfAListWithoutAMidnight: the sums of days end, and each trace is on its own.
func TestDaysOfAListWithoutAMidnight(t *testing.T) {
	change := time.Date(2026, 3, 8, 5, 0, 0, 0, time.UTC) // in Havana, 00:00 is 01:00
	d := divide(change.Add(-time.Hour).UnixMicro(), change.Add(26*time.Hour).UnixMicro(), mustZone(t, "America/Havana"))
	for _, part := range d.parts {
		assert.Equal(t, d.day(part[0]), d.day(part[1]-1))
	}
	s := newFilled(t, "file")
	s.write(span(1, 1, 0, 0, begin(change.Add(-time.Second))), span(2, 2, 0, 0, begin(change)), span(3, 3, 0, 0, begin(change.Add(23*time.Hour))))
	stats, err := s.Stats(t.Context(), TraceFilter{}, "America/Havana")
	require.NoError(t, err)
	assert.Equal(t, []DaySum{{Day: "2026-03-09", Traces: 1}, {Day: "2026-03-08", Traces: 1}, {Day: "2026-03-07", Traces: 1}}, stats.Days)
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	at, err := zoneNamed(name)
	require.NoError(t, err)
	return at
}

// TestTheFirstDayOfAllIsOfItsZone: what has no time is on the last day of 1969 in the west.
func TestTheFirstDayOfAllIsOfItsZone(t *testing.T) {
	s := newFilled(t, "file")
	s.write(span(1, 1, 0, 0, begin(time.Unix(1, 0)), call("a", 1, 1, 1)))
	for zone, want := range map[string]string{"UTC": "1970-01-01", "Asia/Kolkata": "1970-01-01", "America/St_Johns": "1969-12-31"} {
		spend, err := s.Spend(t.Context(), SpendFilter{By: []string{"day"}, Zone: zone})
		require.NoError(t, err)
		require.Len(t, spend.Rows, 1)
		assert.Equal(t, want, spend.Rows[0].Keys["day"], zone)
		stats, err := s.Stats(t.Context(), TraceFilter{}, zone)
		require.NoError(t, err)
		require.Len(t, stats.Days, 1)
		assert.Equal(t, want, stats.Days[0].Day, zone)
	}
}
