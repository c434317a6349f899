package cumulative

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// points are the data points of a batch.
func points(m pmetric.Metrics) (pmetric.NumberDataPoint, pmetric.HistogramDataPoint) {
	list := m.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	return list.At(0).Sum().DataPoints().At(0), list.At(1).Histogram().DataPoints().At(0)
}

// TestValuesOfAttributesAreBounded: a series is kept for as long as the collector
// runs, and with it what a client has written into a name. Names that are one when
// they are cut are one series.
func TestValuesOfAttributesAreBounded(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, func(c *Config) { c.MaxValueBytes = 7 }, &sink)
	long := "prompt" + strings.Repeat("é", 100_000)
	for _, change := range []func(resource, point pcommon.Map){
		func(_, point pcommon.Map) { point.PutStr("model", long+"1") },
		func(_, point pcommon.Map) { point.PutStr("model", long+"2") },
		func(_, point pcommon.Map) { point.PutEmptyMap("model").PutStr("a", long) },
		func(_, point pcommon.Map) { point.PutEmptySlice("model").AppendEmpty().SetStr(long) },
		func(_, point pcommon.Map) { point.PutEmptyBytes("model").FromRaw([]byte(long)) },
		func(resource, _ pcommon.Map) { resource.PutStr("service.name", "application") },
	} {
		b := batch("app", "m", 1, 2, time.Now())
		number, histogram := points(b)
		for _, attributes := range []pcommon.Map{number.Attributes(), histogram.Attributes()} {
			change(b.ResourceMetrics().At(0).Resource().Attributes(), attributes)
		}
		require.NoError(t, p.ConsumeMetrics(t.Context(), b))
	}
	require.NoError(t, p.Shutdown(t.Context()))
	got := last(t, &sink)
	names := map[string]int64{}
	for _, point := range got["app/tokens"].Sum().DataPoints().All() {
		model, _ := point.Attributes().Get("model")
		require.Equal(t, pcommon.ValueTypeStr, model.Type())
		names[model.Str()] = point.IntValue()
	}
	assert.Equal(t, map[string]int64{"prompt": 2, `{"a":"p`: 1, `["promp`: 1, "cHJvbXB": 1}, names)
	assert.Equal(t, 4, got["app/duration"].Histogram().DataPoints().Len())
	assert.Contains(t, got, "applica/tokens")
}

// TestATotalDoesNotOverflow: what would take a total beyond what its type holds is
// left out. A total that wrapped, or became infinite, would be none for good.
func TestATotalDoesNotOverflow(t *testing.T) {
	for name, large := range map[string]func(pmetric.NumberDataPoint, pmetric.HistogramDataPoint){
		"integers": func(n pmetric.NumberDataPoint, h pmetric.HistogramDataPoint) {
			n.SetIntValue(math.MaxInt64)
			h.SetCount(math.MaxUint64)
		},
		"fractions": func(n pmetric.NumberDataPoint, h pmetric.HistogramDataPoint) {
			n.SetDoubleValue(math.MaxFloat64)
			h.SetSum(math.MaxFloat64)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var sink consumertest.MetricsSink
			p := start(t, nil, &sink)
			for range 2 {
				b := batch("app", "m", 1, 2, time.Now())
				large(points(b))
				require.NoError(t, p.ConsumeMetrics(t.Context(), b))
			}
			require.NoError(t, p.Shutdown(t.Context()))
			want, wantHistogram := points(batch("app", "m", 1, 2, time.Now()))
			large(want, wantHistogram)
			got := last(t, &sink)
			number := got["app/tokens"].Sum().DataPoints().At(0)
			assert.Equal(t, want.ValueType(), number.ValueType())
			assert.Equal(t, numberOf(want), numberOf(number))
			histogram := got["app/duration"].Histogram().DataPoints().At(0)
			assert.Equal(t, wantHistogram.Sum(), histogram.Sum())
			assert.Equal(t, wantHistogram.Count(), histogram.Count())
			assert.Equal(t, []uint64{0, 1, 0}, histogram.BucketCounts().AsRaw())
		})
	}
	var sink consumertest.MetricsSink
	p := start(t, nil, &sink)
	for _, n := range []int64{math.MinInt64, -1, 1} {
		b := batch("app", "m", n, 2, time.Now())
		b.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().SetIsMonotonic(false)
		require.NoError(t, p.ConsumeMetrics(t.Context(), b))
	}
	require.NoError(t, p.Shutdown(t.Context()))
	assert.Equal(t, int64(math.MinInt64+1), last(t, &sink)["app/tokens"].Sum().DataPoints().At(0).IntValue(), "what may fall neither")
}
