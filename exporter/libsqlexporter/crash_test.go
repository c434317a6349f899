package libsqlexporter

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
)

// crashFile is set for the child process of the crash test.
const crashFile = "LIBSQL_EXPORTER_CRASH_FILE"

// TestCrashChild is the child: eight clients send spans to an exporter and
// print the number of each that is acknowledged, until somebody kills it.
func TestCrashChild(t *testing.T) {
	path := os.Getenv(crashFile)
	if path == "" {
		t.Skip("is run by TestWhatIsAcknowledgedSurvivesAKill")
	}
	cfg := createDefaultConfig().(*Config)
	cfg.URL = "file:" + path
	e, err := NewFactory().CreateTraces(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	first := int(time.Now().UnixNano() % 1e6)
	for client := range 8 {
		go func() {
			for n := first + client; ; n += 8 {
				if e.ConsumeTraces(context.Background(), numbered(n%65536)) == nil {
					fmt.Println("ack", n%65536)
				}
			}
		}()
	}
	select {}
}

func TestWhatIsAcknowledgedSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	acknowledged := map[int]bool{}
	for round := range 5 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$", "-test.v")
		child.Env = append(os.Environ(), crashFile+"="+path)
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		lines := bufio.NewScanner(out)
		// Each round dies at another moment.
		for want := 50 + 37*round; want > 0 && lines.Scan(); {
			var n int
			if _, err := fmt.Sscanf(lines.Text(), "ack %d", &n); err == nil {
				acknowledged[n] = true
				want--
			}
		}
		require.NoError(t, child.Process.Kill())
		for lines.Scan() { // what it had still acknowledged
			var n int
			if _, err := fmt.Sscanf(lines.Text(), "ack %d", &n); err == nil {
				acknowledged[n] = true
			}
		}
		_ = child.Wait()
	}
	require.GreaterOrEqual(t, len(acknowledged), 250)
	stored := map[string]bool{}
	for _, row := range queryFile(t, path, `SELECT s.span_id FROM otel_spans s JOIN mastra_ai_spans m ON m.spanId = s.span_id JOIN otel_traces t ON t.trace_id = s.trace_id`) {
		stored[row[0].(string)] = true
	}
	for n := range acknowledged {
		assert.True(t, stored[fmt.Sprintf("01%04x0000000000", n)], "span "+strconv.Itoa(n)+" was acknowledged and is lost")
	}
	assert.Equal(t, "ok", queryFile(t, path, `PRAGMA integrity_check`)[0][0])
	assert.EqualValues(t, len(stored), queryFile(t, path, `SELECT sum(span_count) FROM otel_traces`)[0][0])
	assert.EqualValues(t, len(stored), queryFile(t, path, `SELECT count(*) FROM mastra_ai_spans`)[0][0])
}
