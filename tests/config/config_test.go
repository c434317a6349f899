// Package config tests the shipped configurations on the built binary, each
// against a receiver.
package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

const folder = "../../config"

// files returns the paths of all shipped configurations, relative to their
// folder.
func files(t *testing.T) []string {
	t.Helper()
	var found []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".yaml" {
			relative, _ := filepath.Rel(folder, path)
			found = append(found, relative)
		}
		return err
	}))
	require.Contains(t, found, "otelcol.yaml")
	return found
}

// with is what has to be given before a file, where that is not the base alone.
var with = map[string][]string{
	"local.yaml":         {},
	"otelcol.yaml":       {},
	"sidecar.yaml":       {},
	"gateway-kafka.yaml": {"otelcol.yaml", "gateway.yaml"},
	"viewer.yaml":        {"otelcol.yaml", "destinations/libsql.yaml"},
}

// arguments are those that run a configuration: the files, each after those that
// it needs.
func arguments(t *testing.T, names ...string) []string {
	t.Helper()
	var list []string
	for _, name := range names {
		before, ok := with[name]
		if !ok {
			before = []string{"otelcol.yaml"}
		}
		for _, file := range append(slices.Clone(before), name) {
			if !slices.Contains(list, file) {
				list = append(list, file)
			}
		}
	}
	var args []string
	for _, file := range list {
		path, err := filepath.Abs(filepath.Join(folder, file))
		require.NoError(t, err)
		args = append(args, "--config", path)
	}
	return args
}

// soon makes spend metrics leave at once; tests need not wait ten seconds.
var soon = []string{"--config", "yaml:processors::cumulative::interval: 200ms"}

// run starts the collector with shipped files.
func run(t *testing.T, names ...string) *e2e.Collector {
	t.Helper()
	return e2e.StartCollector(t, append(arguments(t, names...), soon...)...)
}

// required are the variables that the files call required, with a value that is
// no secret.
var required = []string{
	"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "OTELCOL_GATEWAY_ENDPOINT=127.0.0.1:9", "OTELCOL_GATEWAY_TOKEN=none",
	"DD_API_KEY=0123456789abcdef0123456789abcdef", "MASTRA_OTLP_ENDPOINT=http://127.0.0.1:9", "MASTRA_PLATFORM_ACCESS_TOKEN=none",
	"LANGFUSE_PUBLIC_KEY=pk-lf-none", "LANGFUSE_SECRET_KEY=none", "OTELCOL_TRACES_DB=http://127.0.0.1:9",
}

func TestEveryFileIsValid(t *testing.T) {
	for _, file := range files(t) {
		t.Run(file, func(t *testing.T) {
			output, err := e2e.RunBinary(t, t.TempDir(), required, append([]string{"validate"}, arguments(t, file)...)...)
			require.NoError(t, err, output)
		})
	}
}

// TestAllDestinationsTogetherAreValid: no overlay disturbs another.
func TestAllDestinationsTogetherAreValid(t *testing.T) {
	list := slices.DeleteFunc(files(t), func(file string) bool { return filepath.Dir(file) != "destinations" })
	require.NotEmpty(t, list)
	for _, tier := range []string{"otelcol.yaml", "gateway.yaml", "gateway-kafka.yaml"} {
		output, err := e2e.RunBinary(t, t.TempDir(), required, append([]string{"validate"}, arguments(t, append([]string{tier}, list...)...)...)...)
		require.NoError(t, err, output)
	}
}

var (
	variable  = regexp.MustCompile(`\$\{(?:env|mastra):([A-Z0-9_]+)`)
	described = regexp.MustCompile(`\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b`)
)

// TestEveryFileSaysWhatItDoesAndNeeds holds the comment at a file's head, and
// the table of variables in README.md, to what the file reads.
func TestEveryFileSaysWhatItDoesAndNeeds(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(folder, "README.md"))
	require.NoError(t, err)
	readme := string(raw)
	for _, file := range files(t) {
		t.Run(file, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(folder, file))
			require.NoError(t, err)
			head, body, ok := strings.Cut(string(raw), "\n\n")
			require.True(t, ok)
			assert.True(t, strings.HasPrefix(head, "# "))
			assert.Contains(t, head, "\n# Needs:")
			assert.Contains(t, head, "\n# Run:")
			assert.Contains(t, head, "config/"+file, "the command that runs it")
			assert.Contains(t, readme, "("+file+")")
			for _, found := range variable.FindAllStringSubmatch(body, -1) {
				assert.Contains(t, described.FindAllString(head, -1), found[1], "a variable that the file reads is in its head")
				assert.Contains(t, readme, "`"+found[1]+"`")
			}
		})
	}
}
