package genai

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxCount is the largest token count that is believed: the largest integer
// that a double holds exactly, and with it every JavaScript reader.
const maxCount = 1 << 53

// count is a token count as read from an attribute.
type count struct {
	n     int64
	ok    bool // stated and believable
	wrong bool // stated, but negative, not finite, fractional, too large, or no number
}

// readCount reads a token count from an integer, a double without a fraction
// or a string with one of them (Micrometer writes every value as a string).
func readCount(value pcommon.Value) count {
	switch value.Type() {
	case pcommon.ValueTypeInt:
		return countOfInt(value.Int())
	case pcommon.ValueTypeDouble:
		return countOfDouble(value.Double())
	case pcommon.ValueTypeStr:
		text := strings.TrimSpace(value.Str())
		if text == "None" || text == "null" {
			return count{}
		}
		return countOfText(text)
	}
	return count{wrong: true}
}

// Count reads a token count, or reports false for what is none or cannot be
// believed: see maxCount.
func Count(value pcommon.Value) (int64, bool) {
	c := readCount(value)
	return c.n, c.ok
}

func countOfText(text string) count {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return countOfInt(n)
	}
	d, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return count{wrong: true}
	}
	return countOfDouble(d)
}

func countOfInt(n int64) count {
	if n < 0 || n > maxCount {
		return count{wrong: true}
	}
	return count{n: n, ok: true}
}

func countOfDouble(d float64) count {
	if d < 0 || d > maxCount || d != math.Trunc(d) || math.IsNaN(d) {
		return count{wrong: true}
	}
	return count{n: int64(d), ok: true}
}

// Amount reads a finite number that is not negative, or reports false.
func Amount(value pcommon.Value) (float64, bool) {
	var d float64
	switch value.Type() {
	case pcommon.ValueTypeInt:
		d = float64(value.Int())
	case pcommon.ValueTypeDouble:
		d = value.Double()
	case pcommon.ValueTypeStr:
		return numberOfText(value.Str())
	default:
		return 0, false
	}
	return d, isAmount(d)
}

func numberOfText(text string) (float64, bool) {
	d, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return d, err == nil && isAmount(d)
}

func isAmount(d float64) bool { return d >= 0 && !math.IsInf(d, 1) }

// maxDollars is the largest cost of one call that is believed. No call costs a
// thousandth of it; above stand numbers in another unit and overflows.
const maxDollars = 1e6

// Dollars reads what a call cost, in US dollars, or reports false for what is no
// amount or cannot be believed.
func Dollars(value pcommon.Value) (float64, bool) {
	d, ok := Amount(value)
	return d, ok && isCost(d)
}

// IsCost reports whether an amount in US dollars is one that a call can cost.
func IsCost(d float64) bool { return isCost(d) }

func isCost(d float64) bool { return isAmount(d) && d <= maxDollars }

// dollars returns the fact as a cost that can be believed.
func (v *View) dollars(f Field) (float64, bool) {
	d, ok := v.Number(f)
	return d, ok && isCost(d)
}

// Number returns the fact as a finite number that is not negative. The second
// result is false where the span does not state one.
func (v *View) Number(f Field) (float64, bool) {
	if !v.Has(f) {
		return 0, false
	}
	d, ok := Amount(v.values[f])
	if !ok {
		return 0, false
	}
	return d, true
}

func stringsOf(slice pcommon.Slice) []string {
	words := make([]string, 0, slice.Len())
	for _, element := range slice.All() {
		words = append(words, element.AsString())
	}
	return words
}

// unescaped reads a JSON string that stands alone.
func unescaped(text string) (string, bool) {
	var inner string
	if json.Unmarshal([]byte(text), &inner) != nil {
		return "", false
	}
	return inner, true
}

func parseStrings(text string) ([]string, bool) {
	var words []string
	if json.Unmarshal([]byte(text), &words) != nil {
		return nil, false
	}
	return words, true
}
