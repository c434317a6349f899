package e2e

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Promtool returns the path of Prometheus' promtool. Where there is none the test
// is skipped with a sentence that says how to get it; in CI it fails.
func Promtool(t testing.TB) string {
	t.Helper()
	return ofPrometheus(t, "promtool")
}

func ofPrometheus(t testing.TB, command string) string {
	t.Helper()
	path, err := exec.LookPath(command)
	if err != nil {
		Lacking(t, "Prometheus is missing: install the package prometheus of your system (Debian: apt-get install prometheus)")
	}
	return path
}

// StartPrometheus runs a Prometheus with a configuration file until the test
// ends, and returns its URL when it is ready. Where there is none the test is
// skipped, as Promtool does.
func StartPrometheus(t testing.TB, config string) string {
	t.Helper()
	address := "127.0.0.1:" + FreePorts(t, 1)[0]
	log := &Output{}
	process := exec.Command(ofPrometheus(t, "prometheus"), "--config.file="+config, "--storage.tsdb.path="+t.TempDir(), "--web.listen-address="+address)
	process.Stdout, process.Stderr = log, log
	require.NoError(t, process.Start())
	t.Cleanup(func() {
		_ = process.Process.Signal(syscall.SIGKILL)
		_, _ = process.Process.Wait()
		if t.Failed() {
			t.Logf("Prometheus' log:\n%s", log)
		}
	})
	url := "http://" + address
	for deadline := time.Now().Add(readyTimeout); ; <-time.After(20 * time.Millisecond) {
		if Answers(url + "/-/ready") {
			return url
		}
		if process.Process.Signal(os.Signal(syscall.Signal(0))) != nil || time.Now().After(deadline) {
			t.Fatalf("Prometheus is not ready in time:\n%s", log)
		}
	}
}
