package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// redactText runs the command and returns what it writes.
func redactText(t *testing.T, text string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := NewRedactCommand()
	var out, errs bytes.Buffer
	cmd.SetIn(strings.NewReader(text))
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SilenceErrors = true
	cmd.SetArgs(args)
	cmd.SetContext(t.Context())
	err = cmd.Execute()
	return out.String(), errs.String(), err
}

func TestRedactReplacesCountsAndFails(t *testing.T) {
	out, findings, err := redactText(t, "jane@example.com and bob@example.com: password=hunter2x\n")
	assert.Equal(t, "[REDACTED:pii.email] and [REDACTED:pii.email]: password=[REDACTED:secret.password]\n", out)
	assert.Equal(t, "     2  pii.email\n     1  secret.password\n", findings)
	assert.EqualError(t, err, "3 sensitive texts found")
}

func TestRedactReplacesOtherOccurrences(t *testing.T) {
	const text = "I used hunter2xy! to log in\n{\"password\":\"hunter2xy!\"}\n"
	for _, args := range [][]string{{}, {"--lines"}} {
		out, findings, err := redactText(t, text, args...)
		assert.Equal(t, "I used [REDACTED:secret.password] to log in\n{\"password\":\"[REDACTED:secret.password]\"}\n", out)
		assert.Equal(t, "     2  secret.password\n", findings)
		assert.EqualError(t, err, "2 sensitive texts found")
	}
	out, _, _ := redactText(t, text, "--options", "yaml:mode: audit")
	assert.Equal(t, text, out)
	out, _, _ = redactText(t, text, "--options", "yaml:repeats: {enabled: false}")
	assert.Contains(t, out, "I used hunter2xy! to log in")
}

func TestRedactOfHarmlessTextSucceeds(t *testing.T) {
	out, findings, err := redactText(t, "max_tokens: 128000\n")
	require.NoError(t, err)
	assert.Equal(t, "max_tokens: 128000\n", out)
	assert.Empty(t, findings)
}

func TestRedactCanExitWithZero(t *testing.T) {
	_, _, err := redactText(t, "jane@example.com", "--exit-zero")
	assert.NoError(t, err)
}

func TestRedactTakesOptionsInThreeForms(t *testing.T) {
	t.Setenv("REDACT_TEST_KEY", strings.Repeat("k", 32))
	dir := t.TempDir()
	block := "presets: [pii]\nstyle: {type: fixed, text: '***'}\n"
	config := "processors:\n  sensitive_filter:\n    presets: [secrets]\n  sensitive_filter/mine:\n    presets: [pii]\n    style: {type: hash, hash: {key: '${env:REDACT_TEST_KEY}'}}\nservice: {}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "block.yaml"), []byte(block), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600))
	text := "jane@example.com password=hunter2x"

	out, _, _ := redactText(t, text, "--options", filepath.Join(dir, "block.yaml"))
	assert.Equal(t, "*** password=hunter2x", out)
	out, _, _ = redactText(t, text, "--options", filepath.Join(dir, "config.yaml"))
	assert.Equal(t, "jane@example.com password=[REDACTED:secret.password]", out)
	out, _, _ = redactText(t, text, "--options", filepath.Join(dir, "config.yaml"), "--name", "sensitive_filter/mine")
	assert.Regexp(t, `^\[email:[0-9a-f]{16}\] password=hunter2x$`, out)
	out, _, _ = redactText(t, text, "--options", "yaml:mode: audit")
	assert.Equal(t, text, out)

	_, _, err := redactText(t, text, "--options", filepath.Join(dir, "config.yaml"), "--name", "sensitive_filter/other")
	assert.ErrorContains(t, err, "no processor sensitive_filter/other")
	_, _, err = redactText(t, text, "--options", "yaml:stile: {}")
	assert.ErrorContains(t, err, "stile")
	_, _, err = redactText(t, text, "--options", "yaml:presets: [secret]")
	assert.ErrorContains(t, err, `presets: unknown preset "secret"`)
	_, _, err = redactText(t, text, "--options", filepath.Join(dir, "none.yaml"))
	assert.Error(t, err)
}

func TestRedactReadsAFileAndKnowsKeysAndLines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "values")
	require.NoError(t, os.WriteFile(file, []byte("swordfish\nsunflower\n"), 0o600))
	out, findings, _ := redactText(t, "", "--key", "db.password", "--lines", file)
	assert.Equal(t, "[REDACTED:secret.password]\n[REDACTED:secret.password]\n", out)
	assert.Equal(t, "     2  secret.password\n", findings)
	out, _, err := redactText(t, "", file)
	require.NoError(t, err)
	assert.Equal(t, "swordfish\nsunflower\n", out)
}
