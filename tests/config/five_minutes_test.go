//go:build outage

package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestFiveMinutes takes all destinations away for OUTAGE (5m), with the shipped
// settings, at 300 spans a second. `make outage` runs it; CI does not, for its time.
func TestFiveMinutes(t *testing.T) {
	outage := 5 * time.Minute
	if text := os.Getenv("OUTAGE"); text != "" {
		var err error
		outage, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	d := deliverToAll(t)
	c := e2e.StartCollector(t, d.args...)
	send(t, c, call(0))
	d.assertAll(t, 1)
	for _, gate := range d.gates {
		gate.Set(e2e.Down)
	}
	sent, slowest := 1, time.Duration(0)
	tick := time.NewTicker(time.Second / (300 / spansOf))
	defer tick.Stop()
	for start := time.Now(); time.Since(start) < outage; <-tick.C {
		begun := time.Now()
		send(t, c, call(sent))
		slowest = max(slowest, time.Since(begun))
		sent++
	}
	var disk int64
	require.NoError(t, filepath.WalkDir(filepath.Join(c.Dir, "data", "queue"), func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		disk += info.Size()
		return err
	}))
	t.Logf("down for %v: %d spans acknowledged, the slowest answer after %v; %d MB of queues", outage, sent*spansOf, slowest.Round(time.Millisecond), disk>>20)
	for _, gate := range d.gates {
		gate.Set(e2e.Open)
	}
	back := time.Now()
	for _, sink := range sinks {
		for deadline := time.Now().Add(10 * time.Minute); d.received[sink.file]() < sent*spansOf; <-time.After(time.Second) {
			if time.Now().After(deadline) {
				t.Errorf("%s has %d of %d spans", sink.file, d.received[sink.file](), sent*spansOf)
				break
			}
		}
		t.Logf("%s has %d of %d spans %v after it was back", sink.file, d.received[sink.file](), sent*spansOf, time.Since(back).Round(time.Second))
	}
	require.NoError(t, c.Stop())
}
