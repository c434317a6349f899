package params

import (
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// filled gives every field of a filter a value that is not zero.
func filled(t *testing.T, filter any) {
	t.Helper()
	n := int64(0)
	each(reflect.ValueOf(filter).Elem(), func(name string, v reflect.Value) {
		n++
		switch v.Interface().(type) {
		case []string:
			v.Set(reflect.ValueOf([]string{name, "a&b=c d", "", "ключ"}))
		case string:
			v.SetString(name + " /?&=%")
		case time.Time:
			v.Set(reflect.ValueOf(time.Date(2026, 11, 30, 9, 0, int(n), 123456789, time.UTC)))
		case float64:
			v.SetFloat(0.1 * float64(n))
		default:
			v.SetInt(n * 1_000_001)
		}
		assert.False(t, v.IsZero(), name)
	})
	require.NotZero(t, n)
}

func TestEveryFilterGoesThroughAURL(t *testing.T) {
	type stats struct {
		query.TraceFilter
		Zone string `query:"zone"`
	}
	for _, filter := range []any{&query.TraceFilter{}, &query.SessionFilter{}, &query.SpendFilter{}, &query.RunFilter{}, &query.SearchFilter{}, &stats{}} {
		empty := reflect.New(reflect.TypeOf(filter).Elem()).Interface()
		assert.Empty(t, Encode(empty))
		filled(t, filter)
		values, err := url.ParseQuery(Encode(filter).Encode())
		require.NoError(t, err)
		assert.Len(t, values, len(Of(filter)))
		require.NoError(t, Decode(values, empty))
		assert.Equal(t, filter, empty)
	}
}

func TestWhatIsNotUnderstoodIsAnErrorThatNamesIt(t *testing.T) {
	for raw, want := range map[string]string{
		"servce=x":                  `"servce": is not a parameter here; there are agent, `,
		"limit=-1":                  "limit: is not a whole number",
		"limit=9999999999999999999": "limit: is not a whole number",
		"limit=ten":                 "limit: is not a whole number",
		"limit=1&limit=2":           "limit: stands more than once",
		"min_duration=5":            "min_duration: is not a duration",
		"min_duration=-5s":          "min_duration: is not a duration",
		"min_cost=NaN":              "min_cost: is not a number",
		"min_cost=Inf":              "min_cost: is not a number",
		"since=yesterday":           "since: is not a time",
	} {
		values, err := url.ParseQuery(raw)
		require.NoError(t, err)
		var f query.TraceFilter
		assert.ErrorContains(t, Decode(values, &f), want, raw)
	}
	var f query.TraceFilter
	require.NoError(t, Decode(url.Values{"limit": {""}, "since": {""}, "text": {""}}, &f))
	assert.Equal(t, query.TraceFilter{}, f)
}
