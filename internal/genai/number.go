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
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return countOfInt(n)
		}
		d, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return count{wrong: true}
		}
		return countOfDouble(d)
	}
	return count{wrong: true}
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

// number reads a finite number that is not negative, or reports false.
func number(value pcommon.Value) (float64, bool) {
	var d float64
	switch value.Type() {
	case pcommon.ValueTypeInt:
		d = float64(value.Int())
	case pcommon.ValueTypeDouble:
		d = value.Double()
	case pcommon.ValueTypeStr:
		var err error
		if d, err = strconv.ParseFloat(strings.TrimSpace(value.Str()), 64); err != nil {
			return 0, false
		}
	default:
		return 0, false
	}
	if d < 0 || math.IsNaN(d) || math.IsInf(d, 0) {
		return 0, false
	}
	return d, true
}

// Number returns the fact as a finite number that is not negative. The second
// result is false where the span does not state one.
func (v *View) Number(f Field) (float64, bool) {
	if !v.Has(f) {
		return 0, false
	}
	return number(v.values[f])
}

func stringsOf(slice pcommon.Slice) []string {
	words := make([]string, 0, slice.Len())
	for _, element := range slice.All() {
		words = append(words, element.AsString())
	}
	return words
}

func parseStrings(text string) ([]string, bool) {
	var words []string
	if json.Unmarshal([]byte(text), &words) != nil {
		return nil, false
	}
	return words, true
}
