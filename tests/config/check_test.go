package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestShippedFilesHaveNoMistakes runs the check command on every file.
func TestShippedFilesHaveNoMistakes(t *testing.T) {
	for _, file := range files(t) {
		t.Run(file, func(t *testing.T) {
			output, err := e2e.RunBinary(t, t.TempDir(), required, append([]string{"check"}, arguments(t, file)...)...)
			if file == "sidecar.yaml" { // which has no disk, and says so
				require.Error(t, err)
				assert.Contains(t, output, "exporters::otlp_grpc::sending_queue: is in memory")
				assert.Contains(t, output, "mistakes in the configuration: 1")
				return
			}
			require.NoError(t, err, output)
			assert.Empty(t, strings.TrimSpace(output))
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
	for _, example := range examples {
		t.Run(strings.Fields(example[3])[0], func(t *testing.T) {
			dir := t.TempDir()
			changes := filepath.Join(dir, "mine.yaml")
			require.NoError(t, os.WriteFile(changes, []byte(example[1]), 0o600))
			args := []string{example[2]}
			args = append(args, arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml")...)
			env := append([]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "DD_API_KEY="}, "OTELCOL_LISTEN_HOST=127.0.0.1")
			output, err := e2e.RunBinary(t, dir, env, append(args, "--config", changes)...)
			require.Error(t, err, output)
			assert.Contains(t, output, example[3])
		})
	}
}
