package libsql

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// silentServer takes connections and never answers, as a server behind a firewall
// or one that hangs.
func silentServer(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
	return listener.Addr().String()
}

// TestACollectorEndsWithItsQueueFullAndItsServerAway sends SIGTERM to the built
// collector.
func TestACollectorEndsWithItsQueueFullAndItsServerAway(t *testing.T) {
	e2e.Binary(t)
	config, err := filepath.Abs("../../config")
	require.NoError(t, err)
	for name, address := range map[string]string{"nobody listens": freeAddress(t), "nobody answers": silentServer(t)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			queue := filepath.Join(dir, "queue.yaml")
			require.NoError(t, os.WriteFile(queue, []byte("exporters:\n  libsql:\n    sending_queue: {wait_for_result: false, queue_size: 100000}\n"), 0o600))
			t.Setenv("OTELCOL_TRACES_DB", "http://"+address)
			t.Setenv("OTELCOL_STOP_TIMEOUT", "1m") // the exporter ends by itself, on a busy machine too
			c := e2e.StartCollectorIn(t, dir, "--config", filepath.Join(config, "otelcol.yaml"), "--config", filepath.Join(config, "destinations", "libsql.yaml"), "--config", queue)
			sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
			require.NoError(t, err)
			defer sender.Close()
			n := uint64(0)
			require.Eventually(t, func() bool {
				n++
				return sender.Send(t.Context(), smallTrace(n)) != nil
			}, time.Minute, time.Millisecond, "the queue is full")
			ended := make(chan error, 1)
			go func() { ended <- c.Stop() }()
			select {
			case err := <-ended:
				require.NoError(t, err)
			case <-time.After(25 * time.Second): // seven, and what a busy machine adds
				t.Fatal("it has not ended")
			}
			assert.Contains(t, c.Log(), "Shutdown complete")
			assert.Regexp(t, `Exporting failed|Shut down before everything was stored`, c.Log(), "what is lost is told")
		})
	}
}
