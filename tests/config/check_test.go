package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/check"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestShippedFilesHaveNoMistakes runs the check command on every file.
func TestShippedFilesHaveNoMistakes(t *testing.T) {
	dir := startFiles(t)
	env := append([]string{
		"OTELCOL_TLS_CERT_FILE=" + filepath.Join(dir, "cert.pem"), "OTELCOL_TLS_KEY_FILE=" + filepath.Join(dir, "key.pem"), "OTELCOL_TOKEN_FILE=" + filepath.Join(dir, "token"),
	}, required...)
	for _, file := range files(t) {
		t.Run(file, func(t *testing.T) {
			output, err := e2e.RunBinary(t, t.TempDir(), env, append([]string{"check"}, arguments(t, file)...)...)
			require.NoError(t, err, output)
			switch file {
			case "sidecar.yaml": // which has no disk, and says so
				assert.Equal(t, "note: exporters::otlp_grpc::sending_queue: is in memory, a restart empties it; set storage: file_storage [queue-in-memory]\n"+
					"ok, with 0 warnings and 1 note\n", output)
			case "otelcol.yaml", "gateway.yaml": // which need a destination
				assert.Contains(t, output, "warning: service::pipelines: no destination")
				assert.Contains(t, output, "\nok, with 1 warning and 0 notes\n")
			default:
				assert.Equal(t, "ok\n", output)
			}
		})
	}
	output, err := e2e.RunBinary(t, t.TempDir(), nil, "check")
	require.NoError(t, err, output)
}

// TestCheckSaysFirstWhatCannotStart: a file without its base has no route to look
// at, and is no sound configuration for that.
func TestCheckSaysFirstWhatCannotStart(t *testing.T) {
	path, err := filepath.Abs(filepath.Join(folder, "destinations", "otlp.yaml"))
	require.NoError(t, err)
	for _, command := range []string{"validate", "check"} {
		output, err := e2e.RunBinary(t, t.TempDir(), required, command, "--config", path)
		require.Error(t, err)
		assert.Equal(t, "Error: no receiver configuration specified in config\n", output)
	}
}

// TestTheMistakesPageShowsWhatOperatorsSee runs every example of the page:
// YAML, the command, and a line that is in what the command prints.
func TestTheMistakesPageShowsWhatOperatorsSee(t *testing.T) {
	raw, err := os.ReadFile("../../docs/mistakes.md")
	require.NoError(t, err)
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```\n+`otelcol-llm (\\w+)` says\n+```text\n(.*?)\n```").FindAllStringSubmatch(string(raw), -1)
	require.Len(t, examples, strings.Count(string(raw), "```yaml\n"), "each example has its message")
	for _, id := range check.IDs() {
		assert.Regexp(t, `[\[`+"`]"+id+"[`\\]]", string(raw), "each rule has its example")
	}
	for _, example := range examples {
		t.Run(example[3], func(t *testing.T) {
			dir := t.TempDir()
			changes := filepath.Join(dir, "mine.yaml")
			require.NoError(t, os.WriteFile(changes, []byte(example[1]), 0o600))
			args := []string{example[2]}
			args = append(args, arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml")...)
			env := append([]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "DD_API_KEY="}, "OTELCOL_LISTEN_HOST=127.0.0.1")
			output, err := e2e.RunBinary(t, dir, env, append(args, "--config", changes)...)
			harmless := strings.HasPrefix(example[3], "warning:") || strings.HasPrefix(example[3], "note:")
			assert.Equal(t, harmless, err == nil, output)
			assert.Contains(t, output, example[3])
		})
	}
}

// TestCheckIsForPrograms: findings in JSON, a rule that is accepted, an exit code of 1
// where there is an error alone.
func TestCheckIsForPrograms(t *testing.T) {
	dir := t.TempDir()
	changes := filepath.Join(dir, "mine.yaml")
	run := func(yaml string, args ...string) (string, error) {
		require.NoError(t, os.WriteFile(changes, []byte(yaml), 0o600))
		args = append(append([]string{"check"}, args...), arguments(t, "destinations/libsql.yaml")...)
		return e2e.RunBinary(t, dir, []string{"OTELCOL_LISTEN_HOST=127.0.0.1"}, append(args, "--config", changes)...)
	}
	const audit = "processors: {sensitive_filter: {mode: audit}}"
	const everything = "processors: {sensitive_filter: {mode: audit, allow: {regex: ['.*']}}}"

	output, err := run(everything, "--format", "json")
	require.Error(t, err)
	document, _, _ := strings.Cut(output, "\nError:")
	var report struct {
		OK       bool
		Findings []check.Finding
	}
	require.NoError(t, json.Unmarshal([]byte(document), &report), output)
	assert.False(t, report.OK)
	require.Len(t, report.Findings, 2)
	assert.Equal(t, "allow-everything", report.Findings[0].ID, "the worst first")
	assert.Equal(t, check.Error, report.Findings[0].Severity)
	assert.Equal(t, "processors::sensitive_filter::mode", report.Findings[1].Key)

	output, err = run(audit, "--format", "json")
	require.NoError(t, err, output)
	require.NoError(t, json.Unmarshal([]byte(output), &report), output)
	assert.True(t, report.OK)

	output, err = run(everything, "--accept", "audit-mode", "--accept", "allow-everything")
	require.NoError(t, err, output)
	assert.Equal(t, "ok\n", output)

	output, err = run(audit, "--accept", "audit")
	require.Error(t, err)
	assert.Contains(t, output, `there is no rule "audit"; there are allow-everything, audit-mode,`)

	output, err = run("", "--format", "json")
	require.NoError(t, err)
	assert.JSONEq(t, `{"ok": true, "findings": []}`, output)
}

// TestThePageOfWhatLeavesIsWhatTheCommandPrints holds each block of the page to the
// command above it.
func TestThePageOfWhatLeavesIsWhatTheCommandPrints(t *testing.T) {
	raw, err := os.ReadFile("../../docs/what-leaves.md")
	require.NoError(t, err)
	examples := regexp.MustCompile("(?s)```sh\n(.*?)otelcol-llm check --flow(.*?)\n```\n+```text\n(.*?)```").FindAllStringSubmatch(string(raw), -1)
	require.Len(t, examples, strings.Count(string(raw), "```sh\n"), "each command has its output")
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	for _, example := range examples {
		t.Run(strings.TrimSpace(example[2]), func(t *testing.T) {
			env := append([]string{"OTELCOL_LISTEN_HOST="}, strings.Fields(strings.ReplaceAll(example[1], "\\\n", " "))...)
			args := []string{"check", "--flow"}
			for argument := range strings.FieldsSeq(strings.ReplaceAll(example[2], "\\\n", " ")) {
				if strings.HasPrefix(argument, "config/") {
					argument = filepath.Join(root, argument)
				}
				args = append(args, argument)
			}
			output, err := e2e.RunBinary(t, t.TempDir(), env, args...)
			require.NoError(t, err, output)
			assert.Equal(t, example[3], output)
		})
	}
}
