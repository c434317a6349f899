// Package upgrade runs the built collector on what older versions have left: their
// queues, their trace store and their configuration.
//
// testdata/COMMIT.tar.gz is from the binary of that commit, run with its base, libsql
// and otlp files, while nothing listened at the OTLP destination. It was sent five
// traces by `otelcol-llm generate --traces 5 --text-size 300` and killed. data/ is its
// folder and config/ are its files.
package upgrade

import (
	"archive/tar"
	"compress/gzip"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// left is what the older version had been sent.
const leftTraces, leftSpans = 5, 5 * 27

// versions are those that upgrades are tested from.
var versions = []string{"3d5883b"}

// unpack is a folder with what a version has left.
func unpack(t *testing.T, version string) string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", version+".tar.gz"))
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	dir := t.TempDir()
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		require.NoError(t, err)
		require.True(t, filepath.IsLocal(header.Name), header.Name)
		path := filepath.Join(dir, header.Name)
		if header.Typeflag == tar.TypeDir {
			require.NoError(t, os.MkdirAll(path, 0o750))
			continue
		}
		content, err := io.ReadAll(archive)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, content, 0o600))
	}
}

func arguments(dir string, files ...string) []string {
	var args []string
	for _, file := range files {
		args = append(args, "--config", filepath.Join(dir, "config", file))
	}
	return args
}

// TestWhatAnOlderVersionHasLeft: with the older version's own files, the queued spans are
// delivered and the stored traces can be read, beside a new one.
func TestWhatAnOlderVersionHasLeft(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			dir := unpack(t, version)
			server := otlptest.Start(t)
			args := append(arguments(dir, "otelcol.yaml", "destinations/libsql.yaml", "destinations/otlp.yaml"),
				"--config", "yaml:exporters::libsql::retention::max_age: 0s") // the traces are of the day when they were made
			c := e2e.StartCollectorWith(t, dir, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + server.URL}, args...)
			delivered := spans(t, server, leftSpans)
			stored := storedSpans(t, c.TracesDB())
			require.Len(t, stored, leftSpans)
			assert.Equal(t, stored, delivered, "the queue has the spans of the store")

			output, err := c.Run(t, "generate", "--endpoint", c.HTTP, "--traces", "1", "--seed", "77")
			require.NoError(t, err, output)
			assert.Len(t, spans(t, server, leftSpans+27), leftSpans+27)
			assert.Len(t, storedSpans(t, c.TracesDB()), leftSpans+27)
			require.NoError(t, c.Stop())
			assert.NotContains(t, c.Log(), "damaged")
		})
	}
}

// spans waits until a destination has some, and returns their ids.
func spans(t *testing.T, server *otlptest.Server, n int) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for end := time.Now().Add(otlptest.Patience); len(ids) < n; <-time.After(10 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "%d of %d spans are delivered", len(ids), n)
		for _, span := range server.Spans() {
			trace, id := span.TraceID(), span.SpanID()
			ids[hex.EncodeToString(trace[:])+hex.EncodeToString(id[:])] = true
		}
	}
	return ids
}

// storedSpans reads all traces of a store, as the page and the API do.
func storedSpans(t *testing.T, path string) map[string]bool {
	t.Helper()
	reader, err := tracestore.OpenReader(t.Context(), path)
	require.NoError(t, err)
	defer reader.Close()
	traces := e2e.StoredTraces(t, path)
	assert.GreaterOrEqual(t, len(traces), leftTraces)
	ids := map[string]bool{}
	for _, trace := range traces {
		all, err := reader.Spans(t.Context(), trace.TraceID)
		require.NoError(t, err)
		for _, span := range all {
			ids[trace.TraceID+span.SpanID] = true
		}
	}
	return ids
}

// required are the variables that the files call required, with a value that is no secret.
var required = []string{
	"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "OTELCOL_GATEWAY_ENDPOINT=127.0.0.1:9", "OTELCOL_GATEWAY_TOKEN=none",
	"DD_API_KEY=0123456789abcdef0123456789abcdef", "MASTRA_OTLP_ENDPOINT=http://127.0.0.1:9", "MASTRA_PLATFORM_ACCESS_TOKEN=none",
	"LANGFUSE_PUBLIC_KEY=pk-lf-none", "LANGFUSE_SECRET_KEY=none", "OTELCOL_TRACES_DB=http://127.0.0.1:9",
	"AWS_EC2_METADATA_DISABLED=true",
}

// TestConfigurationsOfAnOlderVersion are valid, and those that need no more than a
// folder start.
func TestConfigurationsOfAnOlderVersion(t *testing.T) {
	for _, version := range versions {
		dir := unpack(t, version)
		base := filepath.Join(dir, "config")
		destinations, err := filepath.Glob(filepath.Join(base, "destinations", "*.yaml"))
		require.NoError(t, err)
		require.NotEmpty(t, destinations)
		sets := [][]string{{"local.yaml"}, {"sidecar.yaml"}, {"otelcol.yaml", "gateway.yaml"}, {"otelcol.yaml", "gateway.yaml", "gateway-kafka.yaml"}}
		for _, destination := range destinations {
			sets = append(sets, []string{"otelcol.yaml", "destinations/" + filepath.Base(destination)})
		}
		for _, files := range sets {
			t.Run(version+" "+files[len(files)-1], func(t *testing.T) {
				output, err := e2e.RunBinary(t, t.TempDir(), required, append([]string{"validate"}, arguments(dir, files...)...)...)
				require.NoError(t, err, output)
			})
		}
		for _, files := range [][]string{
			{"local.yaml"},
			{"sidecar.yaml"},
			{"otelcol.yaml", "destinations/otlp.yaml", "destinations/langfuse.yaml", "destinations/mastra.yaml", "destinations/libsql.yaml"},
		} {
			env := append([]string{}, required...)
			c := e2e.StartCollectorWith(t, t.TempDir(), append(env, "OTELCOL_TRACES_DB=file:traces.db", "OTELCOL_PROMETHEUS_PORT=0"), arguments(dir, files...)...)
			require.NoError(t, c.Stop(), files)
		}
	}
}
