package cumulative

import (
	"encoding/binary"
	"math"
	"strings"

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
	bytes  int               // of the value of an attribute
	zeros  int               // of a new series
	start  pcommon.Timestamp // since when is added up
	byKey  map[seriesKey]*series
	series []*series
}

func newTotals(config *Config, start pcommon.Timestamp) *totals {
	return &totals{limit: config.MaxSeries, bytes: config.MaxValueBytes, zeros: config.Zeros, start: start, byKey: map[seriesKey]*series{}}
}

// bounded returns the attributes, or a copy of them where bound has something to do:
// what is not added up passes as it came.
func (t *totals) bounded(attributes pcommon.Map) pcommon.Map {
	for _, value := range attributes.All() {
		if !isScalar(value) || len(value.Str()) > t.bytes {
			bounded := pcommon.NewMap()
			attributes.CopyTo(bounded)
			t.bound(bounded)
			return bounded
		}
	}
	return attributes
}

func isScalar(value pcommon.Value) bool {
	switch value.Type() {
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice, pcommon.ValueTypeBytes:
		return false
	}
	return true
}

// bound makes the values of attributes short texts or numbers, as what is kept for
// each series has to be.
func (t *totals) bound(attributes pcommon.Map) {
	for _, value := range attributes.All() {
		if !isScalar(value) {
			value.SetStr(value.AsString())
		}
		if text := value.Str(); len(text) > t.bytes {
			// A copy: a part would keep the whole.
			value.SetStr(strings.Clone(strings.ToValidUTF8(text[:t.bytes], "")))
		}
	}
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
			t.bound(point.Attributes())
			into, over := t.find(from, seriesKey{identity: id}, point.Attributes())
			total := into.metric.Sum().DataPoints().At(0)
			if !numberFits(total, point) {
				count.invalid++
				continue
			}
			addNumber(total, point)
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
			t.bound(point.Attributes())
			into, over := t.find(from, key, point.Attributes())
			total := into.metric.Histogram().DataPoints().At(0)
			if !histogramFits(total, point) {
				count.invalid++
				continue
			}
			addHistogram(total, point)
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

func boundsKey(bounds pcommon.Float64Slice) string {
	raw := make([]byte, 0, 8*bounds.Len())
	for _, bound := range bounds.All() {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(bound))
	}
	return string(raw)
}
