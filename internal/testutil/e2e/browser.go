package e2e

import (
	"os/exec"
	"testing"
)

// browsers are the commands under which Chromium is installed.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Chromium returns the path of a Chromium. Where there is none the test is
// skipped with a sentence that says how to get one; in CI it fails.
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Lacking(t, "Chromium is missing: install the package chromium of your system (Debian: apt-get install chromium)")
	return ""
}
