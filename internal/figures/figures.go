// Package figures writes dollars, tokens, durations and times as people read them, the
// same way in the terminal and for agents. The page does it the same way in TypeScript
// (extension/traceviewer/ui/src/format.ts).
package figures

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Dollars writes an amount in US dollars: from $1 on with two decimals, from a cent on
// with four, below with six. What is less than a millionth but not zero is <$0.000001.
func Dollars(usd float64) string {
	sign := ""
	if usd < 0 {
		sign, usd = "-", -usd
	}
	switch {
	case usd == 0:
		return "$0.00"
	case usd < 0.000001:
		return sign + "<$0.000001"
	case usd < 0.01:
		return sign + "$" + strconv.FormatFloat(usd, 'f', 6, 64)
	case usd < 0.99995: // what would round to 1.0000 has two decimals
		return sign + "$" + strconv.FormatFloat(usd, 'f', 4, 64)
	}
	whole, cents, _ := strings.Cut(strconv.FormatFloat(usd, 'f', 2, 64), ".")
	return sign + "$" + group(whole) + "." + cents
}

// Cost writes what calls have cost: "≥ $0.2916" where some have no price, "unpriced"
// where none has, "local" where all ran on a machine of the user's own, and "" where
// there are no calls. Unknown is never $0.
func Cost(c query.Cost) string {
	priced := c.Calls - c.Unpriced - c.Local
	switch {
	case c.USD == nil && c.Calls == 0:
		return ""
	case c.USD != nil && c.Unpriced > 0:
		return "≥ " + Dollars(*c.USD)
	case c.USD != nil && (priced > 0 || *c.USD > 0 || c.Local == 0):
		return Dollars(*c.USD)
	case c.Unpriced == 0 && c.Local > 0:
		return "local"
	}
	return "unpriced"
}

// Tokens writes a count exactly up to 9,999, then as 14.9 k and 30.5 M.
func Tokens(n int64) string {
	abs := math.Abs(float64(n))
	for _, unit := range []struct {
		from, by float64
		name     string
	}{{999_500_000, 1e9, " G"}, {999_500, 1e6, " M"}, {10_000, 1e3, " k"}} {
		if abs >= unit.from {
			scaled := float64(n) / unit.by
			if math.Abs(scaled) >= 99.95 {
				return strconv.FormatFloat(scaled, 'f', 0, 64) + unit.name
			}
			return strconv.FormatFloat(scaled, 'f', 1, 64) + unit.name
		}
	}
	return Count(n)
}

// Count writes a number with commas.
func Count(n int64) string {
	text := strconv.FormatInt(n, 10)
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		return "-" + group(rest)
	}
	return group(text)
}

func group(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Duration writes <1 ms, 37 ms, 3.54 s, 6 m 12 s, 1 h 12 m, 2 d 3 h.
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Duration(-d)
	case d == 0:
		return "0 ms"
	case d < time.Millisecond:
		return "<1 ms"
	case d < 999_500*time.Microsecond:
		return strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10) + " ms"
	case d < 59_995*time.Millisecond:
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	case d < time.Hour-time.Second/2:
		return parts(d.Round(time.Second), time.Minute, " m ", time.Second, " s")
	case d < 24*time.Hour-time.Minute/2:
		return parts(d.Round(time.Minute), time.Hour, " h ", time.Minute, " m")
	}
	return parts(d.Round(time.Hour), 24*time.Hour, " d ", time.Hour, " h")
}

func parts(d, large time.Duration, between string, small time.Duration, after string) string {
	return strconv.FormatInt(int64(d/large), 10) + between + strconv.FormatInt(int64(d%large/small), 10) + after
}

// Microseconds writes a number of microseconds as a Duration.
func Microseconds(us int64) string { return Duration(time.Duration(us) * time.Microsecond) }

// Percent writes a share: whole, below 10 % with one decimal.
func Percent(share float64) string {
	percent := share * 100
	if percent > 0 && percent < 9.95 {
		return strconv.FormatFloat(percent, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(percent, 'f', 0, 64) + " %"
}

// Bytes writes a size: 512 B, 646 KB, 1.2 GB.
func Bytes(n int64) string {
	for _, unit := range []struct {
		by   float64
		name string
	}{{1e9, " GB"}, {1e6, " MB"}, {1e3, " KB"}} {
		if scaled := float64(n) / unit.by; scaled >= 0.9995 {
			if scaled >= 9.95 {
				return strconv.FormatFloat(scaled, 'f', 0, 64) + unit.name
			}
			return strconv.FormatFloat(scaled, 'f', 1, 64) + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}
