package pricing

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Rate is a price as somebody published it: the decimal text, and its value for the arithmetic. The zero Rate means
// that no price is listed.
type Rate struct {
	text  string
	value float64
}

// Text returns the price as it was written.
func (r Rate) Text() string { return r.text }

// Value returns the price in US dollars for the units that the bucket is priced in.
func (r Rate) Value() float64 { return r.value }

// Listed reports whether there is a price. A listed price may be zero.
func (r Rate) Listed() bool { return r.text != "" }

// maxRate is far above any published price (600 dollars per million tokens in 2026); a larger one is a unit mistake.
const maxRate = 1e6

func parseRate(text string) (Rate, error) {
	text = strings.TrimSpace(text)
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(text, "xX_"):
		return Rate{}, fmt.Errorf("%q is not a decimal number", text)
	case v < 0 || math.Signbit(v):
		return Rate{}, fmt.Errorf("price %s is negative", text)
	case v > maxRate:
		return Rate{}, fmt.Errorf("price %s is above %g: prices are US dollars per million tokens", text, float64(maxRate))
	}
	return Rate{text: text, value: v}, nil
}

// parseFactor reads a factor such as 0.5 or 5/3. A fraction keeps the ratio of two published prices exact.
func parseFactor(text string) (float64, error) {
	num, den, isFraction := strings.Cut(strings.TrimSpace(text), "/")
	v, err := strconv.ParseFloat(num, 64)
	if err == nil && isFraction {
		var d float64
		if d, err = strconv.ParseFloat(den, 64); err == nil {
			v /= d
		}
	}
	if err != nil || math.IsNaN(v) || v <= 0 || v > 100 {
		return 0, fmt.Errorf("factor %q is not a number above 0 and at most 100, such as 0.5 or 5/3", text)
	}
	return v, nil
}

// RateSet holds a price for every bucket that has one.
type RateSet [NumBuckets]Rate

func (r *RateSet) empty() bool {
	for i := range r {
		if r[i].Listed() {
			return false
		}
	}
	return true
}
