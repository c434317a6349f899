package cli

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

func TestMoments(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	now := time.Date(2026, 10, 26, 0, 30, 0, 0, berlin) // the day after the clocks went back
	for text, want := range map[string]string{
		"now":                       "2026-10-26T00:30:00+01:00",
		"today":                     "2026-10-26T00:00:00+01:00",
		"yesterday":                 "2026-10-25T00:00:00+02:00",
		"24h":                       "2026-10-25T01:30:00+02:00",
		"1h30m":                     "2026-10-25T23:00:00+01:00",
		"1d":                        "2026-10-25T00:30:00+02:00",
		"7d":                        "2026-10-19T00:30:00+02:00",
		"2026-10-01":                "2026-10-01T00:00:00+02:00",
		"2026-10-01T14:05":          "2026-10-01T14:05:00+02:00",
		"2026-10-01 14:05:06":       "2026-10-01T14:05:06+02:00",
		"2026-10-01T14:05:06Z":      "2026-10-01T14:05:06Z",
		"2026-10-01T14:05:06-07:00": "2026-10-01T14:05:06-07:00",
	} {
		at, err := moment(text, now)
		require.NoError(t, err, text)
		assert.Equal(t, want, at.Format(time.RFC3339), text)
	}
	for _, text := range []string{"", "tomorrow", "-24h", "-1d", "1.5d", "d", "2026-13-01", "24"} {
		_, err := moment(text, now)
		assert.Error(t, err, text)
	}
}

// TestDaysWithoutAMidnight: in Havana clocks go from 00:00 to 01:00.
func TestDaysWithoutAMidnight(t *testing.T) {
	havana, err := time.LoadLocation("America/Havana")
	require.NoError(t, err)
	now := time.Date(2026, 3, 8, 12, 0, 0, 0, havana)
	for _, text := range []string{"today", "2026-03-08"} {
		at, err := moment(text, now)
		require.NoError(t, err)
		assert.Equal(t, "2026-03-08T01:00:00-04:00", at.Format(time.RFC3339), text)
	}
}

// TestMomentsOfSpendAreOfItsZone, as its days are, wherever --zone stands.
func TestMomentsOfSpendAreOfItsZone(t *testing.T) {
	var filter query.SpendFilter
	cmd := &cobra.Command{}
	addFilterFlags(cmd, &filter)
	require.NoError(t, cmd.ParseFlags([]string{"--since", "2026-11-01", "--until", "2026-11-02T00:00:00Z", "--zone", "Asia/Kathmandu"}))
	require.NoError(t, spendPeriod(cmd, nil, &filter))
	assert.Equal(t, "2026-10-31T18:15:00Z", filter.Since.UTC().Format(time.RFC3339))
	assert.Equal(t, "2026-11-02T00:00:00Z", filter.Until.UTC().Format(time.RFC3339))
}

// TestFiltersHaveAFlagEach, and a flag says what it is for.
func TestFiltersHaveAFlagEach(t *testing.T) {
	for _, filter := range []any{&query.TraceFilter{}, &query.SessionFilter{}, &query.SpendFilter{}, &query.RunFilter{}, &query.SearchFilter{}} {
		cmd := &cobra.Command{}
		addFilterFlags(cmd, filter)
		assert.True(t, cmd.Flags().HasFlags())
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			assert.NotRegexp(t, "^(;|$)", f.Usage, f.Name)
		})
	}
	var filter query.TraceFilter
	cmd := &cobra.Command{}
	addFilterFlags(cmd, &filter, "cursor")
	assert.Nil(t, cmd.Flags().Lookup("cursor"))
	require.NoError(t, cmd.ParseFlags([]string{"--service", "a,b", "--service", "c", "--min-cost", "0.5", "--min-duration", "2s", "--since", "2026-11-30T00:00:00Z", "--min-tokens", "5", "--text", "x"}))
	assert.Equal(t, query.TraceFilter{
		Service: []string{"a,b", "c"}, MinCost: 0.5, MinDuration: 2 * time.Second, Since: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), MinTokens: 5, Text: "x",
	}, filter)
}

func TestPeriods(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC) // a Sunday
	for name, want := range map[string][2]string{
		"today": {"2026-03-01", ""}, "yesterday": {"2026-02-28", "2026-03-01"}, "this-week": {"2026-02-23", ""}, "last-week": {"2026-02-16", "2026-02-23"},
		"this-month": {"2026-03-01", ""}, "last-month": {"2026-02-01", "2026-03-01"}, "all": {"", ""},
	} {
		var found bool
		for _, p := range periods {
			if p.name == name {
				found = true
				since, until := p.of(now)
				assert.Equal(t, want, [2]string{date(since), date(until)}, name)
			}
		}
		assert.True(t, found, name)
	}
	assert.Len(t, periods, 7)
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func TestAPathIsAStore(t *testing.T) {
	for at, want := range map[string]string{
		"data/traces.db": "file:data/traces.db", "/srv/a b.db": "file:/srv/a b.db", "100%.db": "file:100%25.db", "file:x.db": "file:x.db",
		"libsql://db.example.com": "libsql://db.example.com", "http://localhost:8080": "http://localhost:8080", `C:\data\traces.db`: `file:C:\data\traces.db`, "./a:b.db": "file:./a:b.db",
	} {
		assert.Equal(t, want, withScheme(at))
	}
}
