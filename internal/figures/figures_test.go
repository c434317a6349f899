package figures

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

func TestDollars(t *testing.T) {
	for usd, want := range map[float64]string{
		0: "$0.00", 1e-9: "<$0.000001", 0.000001: "$0.000001", 0.003203: "$0.003203", 0.0099999: "$0.010000", 0.01: "$0.0100",
		0.2916: "$0.2916", 0.99994: "$0.9999", 0.99996: "$1.00", 1: "$1.00", 12.4: "$12.40", 1234567.891: "$1,234,567.89", -0.25: "-$0.2500",
	} {
		assert.Equal(t, want, Dollars(usd), usd)
	}
}

func TestCost(t *testing.T) {
	usd := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		cost query.Cost
		want string
	}{
		{query.Cost{}, ""},
		{query.Cost{USD: usd(0.003203), Calls: 4}, "$0.003203"},
		{query.Cost{USD: usd(0.2916), Calls: 4, Unpriced: 1}, "≥ $0.2916"},
		{query.Cost{Calls: 2, Unpriced: 2}, "unpriced"},
		{query.Cost{Calls: 2, Local: 2}, "local"},
		{query.Cost{USD: usd(0), Calls: 2, Local: 2}, "local"},
		{query.Cost{Calls: 2, Local: 1, Unpriced: 1}, "unpriced"},
		{query.Cost{USD: usd(0.5), Calls: 2, Local: 1}, "$0.5000"},
		{query.Cost{USD: usd(0), Calls: 2}, "$0.00"}, // a free model
		{query.Cost{USD: usd(0.5)}, "$0.5000"},       // a log record's
	} {
		assert.Equal(t, c.want, Cost(c.cost), c.cost)
	}
}

func TestTokens(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 9999: "9,999", 10_000: "10.0 k", 14_912: "14.9 k", 118_000: "118 k", 999_950: "1.0 M", 30_500_000: "30.5 M", 2_000_000_000: "2.0 G",
	} {
		assert.Equal(t, want, Tokens(n), n)
	}
	assert.Equal(t, "-1,234", Count(-1234))
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 400 * time.Microsecond: "<1 ms", 37 * time.Millisecond: "37 ms", 999_400 * time.Microsecond: "999 ms", 999_600 * time.Microsecond: "1.00 s",
		3540 * time.Millisecond: "3.54 s", 59_999 * time.Millisecond: "1 m 0 s", 372 * time.Second: "6 m 12 s", 72 * time.Minute: "1 h 12 m",
		time.Hour - time.Millisecond: "1 h 0 m", 51 * time.Hour: "2 d 3 h", -37 * time.Millisecond: "-37 ms",
	} {
		assert.Equal(t, want, Duration(d), d.String())
	}
}

func TestPercentAndBytes(t *testing.T) {
	for share, want := range map[float64]string{0: "0 %", 0.004: "0.4 %", 0.0996: "10 %", 0.62: "62 %", 1: "100 %"} {
		assert.Equal(t, want, Percent(share))
	}
	for n, want := range map[int64]string{0: "0 B", 512: "512 B", 646_000: "646 KB", 1_200_000_000: "1.2 GB", 999_999: "1.0 MB"} {
		assert.Equal(t, want, Bytes(n))
	}
}
