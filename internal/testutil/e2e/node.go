package e2e

import (
	"bytes"
	"context"
	"encoding/json"
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
	node, err := exec.LookPath("node")
	if err != nil {
		Lacking(t, "Node.js is missing: install Node.js 20 or newer")
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		Lacking(t, "npm packages are missing: run make node-packages")
	}
	ctx, cancel := context.WithTimeout(context.Background(), nodeTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s\n%s", args, stderr.String())
	lines := bytes.Split(bytes.TrimSpace(stdout.Bytes()), []byte("\n"))
	require.NoError(t, json.Unmarshal(lines[len(lines)-1], result), "%s printed\n%s", args, stdout.String())
}

// Lacking skips a test for want of what a sentence names; in CI it fails.
func Lacking(t testing.TB, sentence string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(sentence + " (in CI nothing is skipped)")
	}
	t.Skip(sentence)
}
