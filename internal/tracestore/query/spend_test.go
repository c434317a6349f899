package query

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// begin moves the start of a span of a second.
func begin(at time.Time) func(*tracestore.Span) {
	return func(s *tracestore.Span) {
		s.StartNanos = uint64(at.UnixNano())
		s.EndNanos = s.StartNanos + 1e9
	}
}

func TestSpend(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		empty, err := s.Spend(t.Context(), SpendFilter{By: []string{"day", "model"}})
		require.NoError(t, err)
		assert.Equal(t, &Spend{Rows: []SpendRow{}, Zone: "UTC"}, empty)
		// Clocks in Berlin go back at 01:00 UTC on 2026-10-25: its day has 25 hours.
		change := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC)
		s.write(
			span(1, 1, 0, 0, begin(change.Add(-2*time.Hour-time.Second)), call("a", 10, 1, 1), of("", "ada")),
			span(2, 2, 0, 0, begin(change.Add(-2*time.Hour)), call("a", 10, 1, 2), of("", "ada"), failed("x")),
			span(3, 3, 0, 0, begin(change.Add(22*time.Hour+59*time.Minute)), call("b", 10, 1, 4), service("desk")),
			span(4, 4, 0, 0, begin(change.Add(23*time.Hour)), call("b", 10, 1, 0), unpriced("unknown_model")),
			span(5, 5, 0, 0, begin(change.Add(23*time.Hour)), call("llama", 10, 1, 0), func(s *tracestore.Span) { s.Facts.CostStatus = "local" }))
		usd := func(v float64) *float64 { return &v }
		tokens := func(calls int64) Tokens { return Tokens{Input: 10 * calls, Output: calls} }
		days, err := s.Spend(t.Context(), SpendFilter{By: []string{"day"}, Zone: "Europe/Berlin"})
		require.NoError(t, err)
		assert.Equal(t, SpendRow{Cost: Cost{USD: usd(7), Calls: 5, Unpriced: 1, Local: 1}, Tokens: tokens(5), Errors: 1}, days.Total)
		assert.Equal(t, "Europe/Berlin", days.Zone)
		assert.Equal(t, []SpendRow{
			{Keys: map[string]string{"day": "2026-10-26"}, Cost: Cost{USD: usd(0), Calls: 2, Unpriced: 1, Local: 1}, Tokens: tokens(2)},
			{Keys: map[string]string{"day": "2026-10-25"}, Cost: Cost{USD: usd(6), Calls: 2}, Tokens: tokens(2), Errors: 1},
			{Keys: map[string]string{"day": "2026-10-24"}, Cost: Cost{USD: usd(1), Calls: 1}, Tokens: tokens(1)},
		}, days.Rows)
		keys := func(f SpendFilter) (all []map[string]string) {
			spend, err := s.Spend(t.Context(), f)
			require.NoError(t, err)
			for _, r := range spend.Rows {
				all = append(all, r.Keys)
			}
			return all
		}
		assert.Equal(t, []map[string]string{{"model": "b"}, {"model": "a"}, {"model": "llama"}}, keys(SpendFilter{By: []string{"model"}}))
		assert.Equal(t, []map[string]string{{"user": "", "model": "b"}, {"user": "ada", "model": "a"}, {"user": "", "model": "llama"}}, keys(SpendFilter{By: []string{"user", "model"}}))
		assert.Equal(t, []map[string]string{{"model": "b"}}, keys(SpendFilter{By: []string{"model"}, Service: []string{"desk"}}))
		assert.Equal(t, []map[string]string{{"model": "b"}}, keys(SpendFilter{By: []string{"model"}, Limit: 1}))
		assert.Equal(t, []map[string]string{{"provider": "openai"}}, keys(SpendFilter{By: []string{"provider"}, User: []string{"ada"}}))
		// A day in UTC, in a zone of half hours, and by times.
		assert.Equal(t, []map[string]string{{"day": "2026-10-25"}, {"day": "2026-10-24"}}, keys(SpendFilter{By: []string{"day"}}))
		assert.Equal(t, []map[string]string{{"day": "2026-10-26"}, {"day": "2026-10-25"}}, keys(SpendFilter{By: []string{"day"}, Zone: "Asia/Kolkata"}))
		assert.Equal(t, []map[string]string{{"model": "b"}, {"model": "a"}}, keys(SpendFilter{By: []string{"model"}, Since: change.Add(-2 * time.Hour), Until: change.Add(23 * time.Hour)}))
		for _, wrong := range []SpendFilter{{By: []string{"colour"}}, {By: []string{"day", "day"}}, {By: []string{"day", "model", "user"}}, {Zone: "Mars/Olympus"}, {Zone: "Local"}} {
			_, err := s.Spend(t.Context(), wrong)
			require.ErrorIs(t, err, ErrInvalid)
		}
	})
}

// TestSumsOfTokensStopAtTheLargestInteger adds up more than 64 bits hold.
func TestSumsOfTokensStopAtTheLargestInteger(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		spans := make([]tracestore.Span, 1031)
		for n := range spans {
			spans[n] = span(n, n+1, 0, n, call("m", tracestore.MaxInteger, 1, 0.5), of("a", ""))
		}
		spans[7].Facts.Model = "n"
		s.write(spans...)
		most, usd := Tokens{Input: tracestore.MaxInteger, Output: 1031}, 515.5
		spend, err := s.Spend(t.Context(), SpendFilter{By: []string{"day", "model"}})
		require.NoError(t, err)
		require.Len(t, spend.Rows, 2)
		assert.Equal(t, Tokens{Input: tracestore.MaxInteger, Output: 1030}, spend.Rows[0].Tokens)
		assert.Equal(t, most, spend.Total.Tokens)
		sessions, err := s.Sessions(t.Context(), SessionFilter{})
		require.NoError(t, err)
		require.Len(t, sessions.Items, 1)
		assert.Equal(t, most, sessions.Items[0].Tokens)
		assert.Equal(t, Cost{USD: &usd, Calls: 1031}, sessions.Items[0].Cost)
	})
}

// TestOffsetsCoverATime: as many as a zone has changes, one after the other.
func TestOffsetsCoverATime(t *testing.T) {
	berlin, err := zoneNamed("Europe/Berlin")
	require.NoError(t, err)
	day := func(month time.Month) int64 { return time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC).UnixMicro() }
	assert.JSONEq(t, `[[1767225600000000,1774746000000000,3600000000],[1774746000000000,1792890000000000,7200000000],[1792890000000000,1796083200000001,3600000000]]`,
		offsets(berlin, day(1), day(12)))
	assert.JSONEq(t, `[[5,6,0]]`, offsets(time.UTC, 5, 5))
}

// TestADayOfSpendIsOneDay: where a zone is a quarter of an hour off, the half hour at
// midnight is of one day, by what is added up and by when.
func TestADayOfSpendIsOneDay(t *testing.T) {
	s := newFilled(t, "file")
	midnight := StartOfDay(2026, 11, 20, mustZone(t, "Asia/Kathmandu"))
	s.write(span(1, 1, 0, 0, begin(midnight.Add(-10*time.Minute)), call("a", 1, 1, 1)), span(2, 2, 0, 0, begin(midnight.Add(20*time.Minute)), call("a", 1, 1, 2)))
	zone := "Asia/Kathmandu"
	days, err := s.Spend(t.Context(), SpendFilter{By: []string{"day"}, Zone: zone})
	require.NoError(t, err)
	require.Len(t, days.Rows, 2)
	for i, f := range []SpendFilter{{Since: midnight, Until: midnight.AddDate(0, 0, 1)}, {Since: midnight.AddDate(0, 0, -1), Until: midnight}} {
		f.Zone = zone
		day, err := s.Spend(t.Context(), f)
		require.NoError(t, err)
		assert.Equal(t, days.Rows[i].Cost, day.Total.Cost)
		f.By = []string{"day"}
		day, err = s.Spend(t.Context(), f)
		require.NoError(t, err)
		assert.Equal(t, days.Rows[i:i+1], day.Rows)
	}
}
