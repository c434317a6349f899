package cumulative

import (
	"encoding/binary"
	"math"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatautil"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// overflowAttribute marks the series that has what max_series leaves no room
// for. https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits
const overflowAttribute = "otel.metric.overflow"

// origin is a metric with where it came from.
type origin struct {
	resource pcommon.Map
	scope    pcommon.InstrumentationScope
	metric   pmetric.Metric
}

// identity tells metrics apart; their series differ in attributes.
type identity struct {
	resource          [16]byte
	scope, name, unit string
	kind              pmetric.MetricType
	monotonic         bool
}

type seriesKey struct {
	identity
	attributes [16]byte
	bounds     string // of a histogram: others cannot be added up
}

// series is a running total: a metric with one data point.
type series struct {
	origin
	identity identity
	zeros    int // how often it is yet to be passed on as zero
}

// totals are the running totals of all series, in the order in which they were
// first seen.
type totals struct {
	limit  int
	zeros  int               // of a new series
	start  pcommon.Timestamp // since when is added up
	byKey  map[seriesKey]*series
	series []*series
}

func newTotals(limit, zeros int, start pcommon.Timestamp) *totals {
	return &totals{limit: limit, zeros: zeros, start: start, byKey: map[seriesKey]*series{}}
}

// tally counts what became of data points.
type tally struct {
	overflows int64 // went to the overflow series
	invalid   int64 // cannot be added up, and were left out
}

// add adds the data points of a metric to their totals. It takes delta sums and
// delta histograms only.
func (t *totals) add(from origin, count *tally) (taken bool) {
	id := identity{
		scope: from.scope.Name(), name: from.metric.Name(), unit: from.metric.Unit(), kind: from.metric.Type(),
	}
	switch id.kind {
	case pmetric.MetricTypeSum:
		sum := from.metric.Sum()
		if sum.AggregationTemporality() != pmetric.AggregationTemporalityDelta {
			return false
		}
		id.monotonic = sum.IsMonotonic()
		id.resource = pdatautil.MapHash(from.resource)
		for _, point := range sum.DataPoints().All() {
			if !addableNumber(point, id.monotonic) {
				count.invalid++
				continue
			}
			into, over := t.find(from, seriesKey{identity: id}, point.Attributes())
			addNumber(into.metric.Sum().DataPoints().At(0), point)
			count.overflows += over
		}
		return true
	case pmetric.MetricTypeHistogram:
		histogram := from.metric.Histogram()
		if histogram.AggregationTemporality() != pmetric.AggregationTemporalityDelta {
			return false
		}
		id.resource = pdatautil.MapHash(from.resource)
		for _, point := range histogram.DataPoints().All() {
			if !addableHistogram(point) {
				count.invalid++
				continue
			}
			key := seriesKey{identity: id, bounds: boundsKey(point.ExplicitBounds())}
			into, over := t.find(from, key, point.Attributes())
			addHistogram(into.metric.Histogram().DataPoints().At(0), point)
			count.overflows += over
		}
		return true
	default:
		return false
	}
}

// find returns the total that a data point belongs to: its own, or, where there
// is no room for another, the overflow series of its metric.
func (t *totals) find(from origin, key seriesKey, attributes pcommon.Map) (*series, int64) {
	key.attributes = pdatautil.MapHash(attributes)
	if found := t.byKey[key]; found != nil {
		return found, 0
	}
	var over int64
	if len(t.byKey) >= t.limit {
		// Its resource goes too: a resource of its own would again be a series
		// of its own.
		over = 1
		from.resource = pcommon.NewMap()
		attributes = pcommon.NewMap()
		attributes.PutBool(overflowAttribute, true)
		key.resource, key.attributes = pdatautil.MapHash(from.resource), pdatautil.MapHash(attributes)
		if found := t.byKey[key]; found != nil {
			return found, over
		}
	}
	made := t.newSeries(from, key.identity, attributes)
	t.byKey[key] = made
	t.series = append(t.series, made)
	return made, over
}

// newSeries makes a total of nothing.
func (t *totals) newSeries(from origin, id identity, attributes pcommon.Map) *series {
	made := &series{
		origin:   origin{resource: pcommon.NewMap(), scope: pcommon.NewInstrumentationScope(), metric: pmetric.NewMetric()},
		identity: id,
		zeros:    t.zeros,
	}
	from.resource.CopyTo(made.resource)
	from.scope.CopyTo(made.scope)
	describe(from.metric, made.metric)
	if id.kind == pmetric.MetricTypeSum {
		point := made.metric.Sum().DataPoints().AppendEmpty()
		point.SetStartTimestamp(t.start)
		attributes.CopyTo(point.Attributes())
		return made
	}
	point := made.metric.Histogram().DataPoints().AppendEmpty()
	point.SetStartTimestamp(t.start)
	attributes.CopyTo(point.Attributes())
	return made
}

// describe copies a metric without its data points, as a cumulative one.
func describe(from, to pmetric.Metric) {
	to.SetName(from.Name())
	to.SetDescription(from.Description())
	to.SetUnit(from.Unit())
	from.Metadata().CopyTo(to.Metadata())
	if from.Type() == pmetric.MetricTypeSum {
		to.SetEmptySum().SetIsMonotonic(from.Sum().IsMonotonic())
		to.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		return
	}
	to.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
}

// metrics returns all totals as they are now, those of new series as zero unless
// final. Series of one metric come as data points of one metric.
func (t *totals) metrics(now pcommon.Timestamp, final bool) pmetric.Metrics {
	out := pmetric.NewMetrics()
	resources := map[[16]byte]pmetric.ResourceMetrics{}
	metrics := map[identity]pmetric.Metric{}
	for _, s := range t.series {
		metric, ok := metrics[s.identity]
		if !ok {
			resource, ok := resources[s.identity.resource]
			if !ok {
				resource = out.ResourceMetrics().AppendEmpty()
				s.resource.CopyTo(resource.Resource().Attributes())
				resources[s.identity.resource] = resource
			}
			metric = scopeMetrics(resource, s.scope).Metrics().AppendEmpty()
			describe(s.metric, metric)
			metrics[s.identity] = metric
		}
		zero := s.zeros > 0 && !final
		s.zeros = max(0, s.zeros-1)
		if s.identity.kind == pmetric.MetricTypeSum {
			point := metric.Sum().DataPoints().AppendEmpty()
			s.metric.Sum().DataPoints().At(0).CopyTo(point)
			point.SetTimestamp(now)
			if zero {
				zeroNumber(point)
			}
			continue
		}
		point := metric.Histogram().DataPoints().AppendEmpty()
		s.metric.Histogram().DataPoints().At(0).CopyTo(point)
		point.SetTimestamp(now)
		if zero {
			zeroHistogram(point)
		}
	}
	return out
}

func zeroNumber(point pmetric.NumberDataPoint) {
	if point.ValueType() == pmetric.NumberDataPointValueTypeInt {
		point.SetIntValue(0)
		return
	}
	point.SetDoubleValue(0)
}

func zeroHistogram(point pmetric.HistogramDataPoint) {
	point.BucketCounts().FromRaw(make([]uint64, point.BucketCounts().Len()))
	point.SetCount(0)
	point.SetSum(0)
	point.RemoveMin()
	point.RemoveMax()
}

// scopeMetrics finds or makes the scope in a resource.
func scopeMetrics(resource pmetric.ResourceMetrics, scope pcommon.InstrumentationScope) pmetric.ScopeMetrics {
	for _, found := range resource.ScopeMetrics().All() {
		if found.Scope().Name() == scope.Name() {
			return found
		}
	}
	made := resource.ScopeMetrics().AppendEmpty()
	scope.CopyTo(made.Scope())
	return made
}

// addableNumber says whether a point may be added to a total, which lives as long
// as the collector: what is no number would make it none for good, and a counter
// that falls looks like one that began again.
func addableNumber(point pmetric.NumberDataPoint, monotonic bool) bool {
	value := numberOf(point)
	return !point.Flags().NoRecordedValue() && finite(value) && (!monotonic || value >= 0)
}

// addableHistogram is addableNumber for a histogram, whose buckets have to fit its
// bounds.
func addableHistogram(point pmetric.HistogramDataPoint) bool {
	buckets, bounds := point.BucketCounts().Len(), point.ExplicitBounds().Len()
	fits := buckets == bounds+1 || buckets == 0 && bounds == 0
	return !point.Flags().NoRecordedValue() && finite(point.Sum()) && fits
}

func finite(value float64) bool { return !math.IsNaN(value) && !math.IsInf(value, 0) }

func numberOf(point pmetric.NumberDataPoint) float64 {
	if point.ValueType() == pmetric.NumberDataPointValueTypeDouble {
		return point.DoubleValue()
	}
	return float64(point.IntValue())
}

// addNumber adds point to total. A sum of integers stays one until a fraction
// comes.
func addNumber(total, point pmetric.NumberDataPoint) {
	if total.ValueType() != pmetric.NumberDataPointValueTypeDouble && point.ValueType() == pmetric.NumberDataPointValueTypeInt {
		total.SetIntValue(total.IntValue() + point.IntValue())
		return
	}
	total.SetDoubleValue(numberOf(total) + numberOf(point))
}

// addHistogram adds point to total, which has the same bounds or is empty.
func addHistogram(total, point pmetric.HistogramDataPoint) {
	if total.BucketCounts().Len() == 0 {
		point.ExplicitBounds().CopyTo(total.ExplicitBounds())
		total.BucketCounts().FromRaw(make([]uint64, point.BucketCounts().Len()))
	}
	counts := total.BucketCounts()
	for i, n := range point.BucketCounts().All() {
		counts.SetAt(i, counts.At(i)+n)
	}
	if point.HasMin() && (!total.HasMin() || point.Min() < total.Min()) {
		total.SetMin(point.Min())
	}
	if point.HasMax() && (!total.HasMax() || point.Max() > total.Max()) {
		total.SetMax(point.Max())
	}
	total.SetSum(total.Sum() + point.Sum())
	total.SetCount(total.Count() + point.Count())
}

func boundsKey(bounds pcommon.Float64Slice) string {
	raw := make([]byte, 0, 8*bounds.Len())
	for _, bound := range bounds.All() {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(bound))
	}
	return string(raw)
}
