package mastra

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// BenchmarkOverhead runs the ticket workflow (12 steps, 4 model calls, 33 spans) of
// a real Mastra application: not observed, sending to the built collector on the
// same machine, and observed by Mastra itself (its SensitiveDataFilter, its storage
// exporter, a libSQL file). The models answer after 250 ms, as quick ones do, or at
// once. ms and cpu-ms are the time of a run and the application's processor time
// for it, the collector's not included; the percentages are what observing adds to
// the same without. An operation is a round of all three.
func BenchmarkOverhead(b *testing.B) {
	for _, models := range []struct {
		name          string
		latency, runs int // milliseconds; runs in a round
	}{
		{"models answer after 250 ms", 250, 20},
		{"models answer at once", 0, 200},
	} {
		b.Run(models.name, func(b *testing.B) {
			c := e2e.StartCollector(b)
			secrets, err := json.Marshal(testutil.NewSecrets(42))
			require.NoError(b, err)
			env := []string{"OTLP_ENDPOINT=" + c.HTTP, "SECRETS=" + string(secrets)}
			type took struct{ Milliseconds, CPU float64 }
			sum := map[string]took{}
			runs := 0
			for b.Loop() {
				for _, how := range []string{"none", "collector", "mastra"} {
					var one took
					e2e.Node(b, env, &one, "overhead.mjs", how, strconv.Itoa(models.runs), strconv.Itoa(models.latency), b.TempDir())
					sum[how] = took{sum[how].Milliseconds + one.Milliseconds, sum[how].CPU + one.CPU}
				}
				runs += models.runs
			}
			none := sum["none"]
			for how, all := range sum {
				b.ReportMetric(all.Milliseconds/float64(runs), how+"-ms")
				b.ReportMetric(all.CPU/float64(runs), how+"-cpu-ms")
				if how != "none" {
					b.ReportMetric((all.Milliseconds/none.Milliseconds-1)*100, how+"-%")
					b.ReportMetric((all.CPU/none.CPU-1)*100, how+"-cpu-%")
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
