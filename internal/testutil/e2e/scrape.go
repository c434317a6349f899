package e2e

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Scrape reads metrics in Prometheus' text format: the sum over all series of
// each name whose labels contain all of some texts.
func Scrape(t testing.TB, url string) func(name string, labels ...string) float64 {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return func(name string, labels ...string) float64 {
		var sum float64
	lines:
		for line := range strings.SplitSeq(string(raw), "\n") {
			series, value, ok := strings.Cut(line, "} ")
			if !ok || !strings.HasPrefix(series, name+"{") {
				continue
			}
			for _, label := range labels {
				if !strings.Contains(series, label) {
					continue lines
				}
			}
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			require.NoError(t, err, line)
			sum += n
		}
		return sum
	}
}
