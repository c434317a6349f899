package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// nodeTimeout bounds one run of a Node program.
const nodeTimeout = 5 * time.Minute

// Node runs a script with the npm packages of the folder that it lies in, and
// decodes the last line of what it prints, JSON, into result. Where Node or the
// packages are missing the test is skipped with a sentence that says how to get
// them; in CI it fails.
func Node(t testing.TB, env []string, result any, script string, args ...string) {
	t.Helper()
	runNode(t, filepath.Dir(script), env, result, append([]string{filepath.Base(script)}, args...)...)
}

// NodeModule is Node with a module given as text, which is run as if it lay in
// the folder dir.
func NodeModule(t testing.TB, result any, dir, module string) {
	t.Helper()
	runNode(t, dir, nil, result, "--input-type=module", "--eval", module)
}

func runNode(t testing.TB, dir string, env []string, result any, args ...string) {
	t.Helper()
	RequireNode(t, dir)
	require.NoError(t, RunNode(dir, env, result, args...))
}

// RequireNode skips the test where Node or the npm packages of folders are
// missing; in CI it fails.
func RequireNode(t testing.TB, folders ...string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		lacking(t, "Node.js is missing: install Node.js 20 or newer")
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
			lacking(t, "npm packages are missing: run make node-packages")
		}
	}
}

// RunNode is Node without a test, for several at the same time. args begin with
// the script, which lies in the folder dir.
func RunNode(dir string, env []string, result any, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), nodeTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %s: %w\n%s", dir, args, err, stderr.String())
	}
	lines := bytes.Split(bytes.TrimSpace(stdout.Bytes()), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], result); err != nil {
		return fmt.Errorf("%s: %s: %w: it printed\n%s", dir, args, err, stdout.String())
	}
	return nil
}

func lacking(t testing.TB, sentence string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(sentence + " (in CI nothing is skipped)")
	}
	t.Skip(sentence)
}
