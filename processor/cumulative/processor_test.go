package cumulative

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-llm/otelcol-llm/processor/cumulative/internal/metadata"
)

func start(t *testing.T, change func(*Config), next consumer.Metrics) *cumulative {
	t.Helper()
	config := createDefaultConfig().(*Config)
	config.Interval = time.Hour // tests flush by shutting down
	if change != nil {
		change(config)
	}
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), config, next)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { assert.NoError(t, p.Shutdown(context.Background())) })
	return p
}

// batch is what signal_to_metrics makes of a batch: delta points with a time,
// without a start.
func batch(service, model string, tokens int64, seconds float64, at time.Time) pmetric.Metrics {
	out := pmetric.NewMetrics()
	resource := out.ResourceMetrics().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", service)
	scope := resource.ScopeMetrics().AppendEmpty()
	scope.Scope().SetName("signal_to_metrics")
	sum := scope.Metrics().AppendEmpty()
	sum.SetName("tokens")
	sum.SetUnit("{token}")
	sum.SetEmptySum().SetIsMonotonic(true)
	sum.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	point := sum.Sum().DataPoints().AppendEmpty()
	point.SetIntValue(tokens)
	point.SetTimestamp(pcommon.NewTimestampFromTime(at))
	point.Attributes().PutStr("model", model)
	histogram := scope.Metrics().AppendEmpty()
	histogram.SetName("duration")
	histogram.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	bar := histogram.Histogram().DataPoints().AppendEmpty()
	bar.ExplicitBounds().FromRaw([]float64{1, 10})
	bar.BucketCounts().FromRaw([]uint64{0, 1, 0})
	bar.SetCount(1)
	bar.SetSum(seconds)
	bar.SetMin(seconds)
	bar.SetMax(seconds)
	bar.SetTimestamp(pcommon.NewTimestampFromTime(at))
	bar.Attributes().PutStr("model", model)
	return out
}

// last returns the metrics of the last flush by name.
func last(t *testing.T, sink *consumertest.MetricsSink) map[string]pmetric.Metric {
	t.Helper()
	all := sink.AllMetrics()
	require.NotEmpty(t, all)
	found := map[string]pmetric.Metric{}
	for _, resource := range all[len(all)-1].ResourceMetrics().All() {
		name := ""
		if service, ok := resource.Resource().Attributes().Get("service.name"); ok {
			name = service.Str()
		}
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				found[name+"/"+metric.Name()] = metric
			}
		}
	}
	return found
}

// TestConcurrentBatchesAddUpExactly sends points at the same time, with equal
// and with falling timestamps: deltatocumulative drops those, and spend with
// them.
func TestConcurrentBatchesAddUpExactly(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, nil, &sink)
	at := time.Now()
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 100 {
				assert.NoError(t, p.ConsumeMetrics(t.Context(), batch("app", "m", 3, 2, at.Add(time.Duration(-i*worker)*time.Millisecond))))
			}
		})
	}
	wait.Wait()
	require.NoError(t, p.Shutdown(t.Context()))
	got := last(t, &sink)
	sum := got["app/tokens"].Sum()
	assert.Equal(t, pmetric.AggregationTemporalityCumulative, sum.AggregationTemporality())
	assert.True(t, sum.IsMonotonic())
	assert.Equal(t, "{token}", got["app/tokens"].Unit())
	require.Equal(t, 1, sum.DataPoints().Len())
	assert.Equal(t, int64(8*100*3), sum.DataPoints().At(0).IntValue())
	assert.Less(t, sum.DataPoints().At(0).StartTimestamp(), sum.DataPoints().At(0).Timestamp())

	histogram := got["app/duration"].Histogram()
	assert.Equal(t, pmetric.AggregationTemporalityCumulative, histogram.AggregationTemporality())
	require.Equal(t, 1, histogram.DataPoints().Len())
	point := histogram.DataPoints().At(0)
	assert.Equal(t, []uint64{0, 800, 0}, point.BucketCounts().AsRaw())
	assert.Equal(t, uint64(800), point.Count())
	assert.Equal(t, 1600.0, point.Sum())
	assert.Equal(t, 2.0, point.Min())
	assert.Equal(t, 2.0, point.Max())
}

func TestSeriesAreToldApart(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, nil, &sink)
	for _, b := range []pmetric.Metrics{
		batch("a", "m", 1, 2, time.Now()), batch("a", "n", 2, 3, time.Now()), batch("b", "m", 4, 5, time.Now()), batch("a", "n", 8, 9, time.Now()),
	} {
		require.NoError(t, p.ConsumeMetrics(t.Context(), b))
	}
	require.NoError(t, p.Shutdown(t.Context()))
	got := last(t, &sink)
	require.Equal(t, 2, got["a/tokens"].Sum().DataPoints().Len())
	assert.Equal(t, int64(1), got["a/tokens"].Sum().DataPoints().At(0).IntValue())
	assert.Equal(t, int64(10), got["a/tokens"].Sum().DataPoints().At(1).IntValue())
	assert.Equal(t, int64(4), got["b/tokens"].Sum().DataPoints().At(0).IntValue())
	n := got["a/duration"].Histogram().DataPoints().At(1)
	assert.Equal(t, 3.0, n.Min())
	assert.Equal(t, 9.0, n.Max())
}

func TestHistogramsOfOtherBoundsAreNotMixed(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, nil, &sink)
	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "m", 1, 2, time.Now())))
	other := batch("a", "m", 1, 2, time.Now())
	point := other.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(1).Histogram().DataPoints().At(0)
	point.ExplicitBounds().FromRaw([]float64{5})
	point.BucketCounts().FromRaw([]uint64{1, 0})
	require.NoError(t, p.ConsumeMetrics(t.Context(), other))
	require.NoError(t, p.Shutdown(t.Context()))
	points := last(t, &sink)["a/duration"].Histogram().DataPoints()
	require.Equal(t, 2, points.Len())
	assert.Equal(t, []uint64{0, 1, 0}, points.At(0).BucketCounts().AsRaw())
	assert.Equal(t, []uint64{1, 0}, points.At(1).BucketCounts().AsRaw())
}

func TestASumOfIntegersTakesFractions(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, nil, &sink)
	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "m", 1, 2, time.Now())))
	fraction := batch("a", "m", 1, 2, time.Now())
	fraction.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints().At(0).SetDoubleValue(0.5)
	require.NoError(t, p.ConsumeMetrics(t.Context(), fraction))
	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "m", 1, 2, time.Now())))
	require.NoError(t, p.Shutdown(t.Context()))
	assert.Equal(t, 2.5, last(t, &sink)["a/tokens"].Sum().DataPoints().At(0).DoubleValue())
}

// TestNothingIsLostBeyondMaxSeries checks that the total over all series is
// exact however many there are.
func TestNothingIsLostBeyondMaxSeries(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, func(c *Config) { c.MaxSeries = 10 }, &sink)
	for i := range 100 {
		require.NoError(t, p.ConsumeMetrics(t.Context(), batch("app", fmt.Sprint("m", i), 1, 2, time.Now())))
	}
	require.NoError(t, p.Shutdown(t.Context()))
	var tokens int64
	var calls uint64
	var series int
	for _, metric := range last(t, &sink) {
		if metric.Type() == pmetric.MetricTypeSum {
			for _, point := range metric.Sum().DataPoints().All() {
				tokens += point.IntValue()
				series++
			}
			continue
		}
		for _, point := range metric.Histogram().DataPoints().All() {
			calls += point.Count()
			series++
		}
	}
	assert.Equal(t, int64(100), tokens)
	assert.Equal(t, uint64(100), calls)
	assert.Equal(t, 12, series, "ten and an overflow series for each metric")
	over := last(t, &sink)["/tokens"].Sum().DataPoints().At(0)
	marked, _ := over.Attributes().Get(overflowAttribute)
	assert.True(t, marked.Bool())
	assert.Equal(t, int64(95), over.IntValue())
}

func TestOtherMetricsPassAsTheyCame(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, nil, &sink)
	metrics := pmetric.NewMetrics()
	metrics.ResourceMetrics().AppendEmpty().Resource().Attributes().PutStr("long", strings.Repeat("x", 1000))
	list := metrics.ResourceMetrics().At(0).ScopeMetrics().AppendEmpty().Metrics()
	list.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(7)
	list.AppendEmpty().SetEmptySummary().DataPoints().AppendEmpty()
	cumulated := list.AppendEmpty().SetEmptySum()
	cumulated.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	cumulated.DataPoints().AppendEmpty().SetIntValue(7)
	list.AppendEmpty().SetEmptyExponentialHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	want := pmetric.NewMetrics()
	metrics.CopyTo(want)
	require.NoError(t, p.ConsumeMetrics(t.Context(), metrics))
	require.Len(t, sink.AllMetrics(), 1)
	assert.Equal(t, want, sink.AllMetrics()[0])
}

// refusing fails until it is told not to.
type refusing struct {
	consumertest.MetricsSink
	refuse bool
}

func (r *refusing) ConsumeMetrics(ctx context.Context, metrics pmetric.Metrics) error {
	if r.refuse {
		return errors.New("no")
	}
	return r.MetricsSink.ConsumeMetrics(ctx, metrics)
}

func TestTotalsThatWereRefusedComeAgain(t *testing.T) {
	next := &refusing{refuse: true}
	p := start(t, nil, next)
	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "m", 1, 2, time.Now())))
	p.flush(t.Context(), false)
	next.refuse = false
	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "m", 1, 2, time.Now())))
	p.flush(t.Context(), false)
	assert.Equal(t, int64(2), last(t, &next.MetricsSink)["a/tokens"].Sum().DataPoints().At(0).IntValue())
}

func TestTotalsArePassedOnAtTheInterval(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, func(c *Config) { c.Interval = time.Millisecond }, &sink)
	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "m", 1, 2, time.Now())))
	require.Eventually(t, func() bool { return len(sink.AllMetrics()) > 1 }, 10*time.Second, time.Millisecond)
}

// TestANewSeriesBeginsWithZeros: increase() in Prometheus sees a first total only
// after a zero. The last flush has what there is.
func TestANewSeriesBeginsWithZeros(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, func(c *Config) { c.Zeros = 2 }, &sink)
	tokens := func() (all []int64) {
		for _, point := range last(t, &sink)["a/tokens"].Sum().DataPoints().All() {
			all = append(all, point.IntValue())
		}
		return all
	}
	calls := func() pmetric.HistogramDataPoint { return last(t, &sink)["a/duration"].Histogram().DataPoints().At(0) }

	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "m", 1, 2, time.Now())))
	p.flush(t.Context(), false)
	assert.Equal(t, []int64{0}, tokens())
	assert.Zero(t, calls().Count())
	assert.Zero(t, calls().Sum())
	assert.False(t, calls().HasMin())
	assert.Equal(t, []uint64{0, 0, 0}, calls().BucketCounts().AsRaw())

	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "n", 5, 2, time.Now())))
	p.flush(t.Context(), false)
	assert.Equal(t, []int64{0, 0}, tokens())
	p.flush(t.Context(), false)
	assert.Equal(t, []int64{1, 0}, tokens(), "each series has zeros of its own")
	assert.Equal(t, uint64(1), calls().Count())
	assert.Equal(t, []uint64{0, 1, 0}, calls().BucketCounts().AsRaw())

	require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "o", 7, 2, time.Now())))
	require.NoError(t, p.Shutdown(t.Context()))
	assert.Equal(t, []int64{1, 5, 7}, tokens(), "nothing is held back at the end")
}

func TestConfigurationErrorsNameTheKey(t *testing.T) {
	assert.NoError(t, createDefaultConfig().(*Config).Validate())
	err := (&Config{Zeros: -1}).Validate()
	assert.ErrorContains(t, err, "interval: is 0s")
	assert.ErrorContains(t, err, "max_series: is 0")
	assert.ErrorContains(t, err, "max_value_bytes: is 0")
	assert.ErrorContains(t, err, "zeros: is -1")
}

// TestABadPointHarmsNoTotal: totals live as long as the collector. One point that
// is no number would make its total none for good, one that falls would look like
// a restart to Prometheus, and one whose buckets do not fit its bounds must not end
// the process.
func TestABadPointHarmsNoTotal(t *testing.T) {
	sum := func(m pmetric.Metrics) pmetric.NumberDataPoint {
		return m.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints().At(0)
	}
	histogram := func(m pmetric.Metrics) pmetric.HistogramDataPoint {
		return m.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(1).Histogram().DataPoints().At(0)
	}
	unrecorded := pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)
	for name, spoil := range map[string]func(pmetric.Metrics){
		"no number":          func(m pmetric.Metrics) { sum(m).SetDoubleValue(math.NaN()); histogram(m).SetSum(math.NaN()) },
		"without end":        func(m pmetric.Metrics) { sum(m).SetDoubleValue(math.Inf(1)); histogram(m).SetSum(math.Inf(-1)) },
		"a counter falls":    func(m pmetric.Metrics) { sum(m).SetIntValue(-5); histogram(m).BucketCounts().FromRaw([]uint64{1}) },
		"falls by fractions": func(m pmetric.Metrics) { sum(m).SetDoubleValue(-0.5); histogram(m).BucketCounts().FromRaw(nil) },
		"too many buckets": func(m pmetric.Metrics) {
			sum(m).SetIntValue(math.MinInt64)
			histogram(m).BucketCounts().FromRaw([]uint64{1, 2, 3, 4})
		},
		"nothing recorded": func(m pmetric.Metrics) { sum(m).SetFlags(unrecorded); histogram(m).SetFlags(unrecorded) },
	} {
		for _, first := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", first: ", first), func(t *testing.T) {
				var sink consumertest.MetricsSink
				p := start(t, nil, &sink)
				bad := batch("a", "m", 1, 2, time.Now())
				spoil(bad)
				if first {
					require.NoError(t, p.ConsumeMetrics(t.Context(), bad))
				}
				require.NoError(t, p.ConsumeMetrics(t.Context(), batch("a", "m", 3, 2, time.Now())))
				if !first {
					require.NoError(t, p.ConsumeMetrics(t.Context(), bad))
				}
				require.NoError(t, p.Shutdown(t.Context()))
				got := last(t, &sink)
				assert.Equal(t, int64(3), got["a/tokens"].Sum().DataPoints().At(0).IntValue())
				require.Equal(t, 1, got["a/duration"].Histogram().DataPoints().Len())
				total := got["a/duration"].Histogram().DataPoints().At(0)
				assert.Equal(t, uint64(1), total.Count())
				assert.Equal(t, 2.0, total.Sum())
				assert.Equal(t, []uint64{0, 1, 0}, total.BucketCounts().AsRaw())
			})
		}
	}
}

// TestASumThatIsNoCounterMayFall: only what is monotonic may not.
func TestASumThatIsNoCounterMayFall(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, nil, &sink)
	for _, value := range []int64{5, -2} {
		metrics := batch("a", "m", value, 2, time.Now())
		metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().SetIsMonotonic(false)
		require.NoError(t, p.ConsumeMetrics(t.Context(), metrics))
	}
	require.NoError(t, p.Shutdown(t.Context()))
	assert.Equal(t, int64(3), last(t, &sink)["a/tokens"].Sum().DataPoints().At(0).IntValue())
}

// TestAHistogramWithoutBucketsIsOne: bounds and buckets are optional.
func TestAHistogramWithoutBucketsIsOne(t *testing.T) {
	var sink consumertest.MetricsSink
	p := start(t, nil, &sink)
	for range 2 {
		metrics := batch("a", "m", 1, 2, time.Now())
		point := metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(1).Histogram().DataPoints().At(0)
		point.ExplicitBounds().FromRaw(nil)
		point.BucketCounts().FromRaw(nil)
		require.NoError(t, p.ConsumeMetrics(t.Context(), metrics))
	}
	require.NoError(t, p.Shutdown(t.Context()))
	total := last(t, &sink)["a/duration"].Histogram().DataPoints().At(0)
	assert.Equal(t, uint64(2), total.Count())
	assert.Equal(t, 4.0, total.Sum())
}
