package cumulative

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

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

// numberFits says whether the sum of total and point can be told: a total that wraps,
// or becomes infinite, would be none for good.
func numberFits(total, point pmetric.NumberDataPoint) bool {
	if total.ValueType() == pmetric.NumberDataPointValueTypeDouble || point.ValueType() == pmetric.NumberDataPointValueTypeDouble {
		return finite(numberOf(total) + numberOf(point))
	}
	sum := total.IntValue() + point.IntValue()
	return (sum < total.IntValue()) == (point.IntValue() < 0)
}

// histogramFits is numberFits for a histogram.
func histogramFits(total, point pmetric.HistogramDataPoint) bool {
	return finite(total.Sum()+point.Sum()) && total.Count()+point.Count() >= total.Count()
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
