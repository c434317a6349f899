// Package demo tests the sub-commands that a newcomer runs first.
package demo

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// list prices in November 2026, US dollars a million tokens.
var prices = map[string]struct{ input, cacheRead, cacheWrite, output float64 }{
	"gpt-5-mini-2025-08-07":     {input: 0.25, cacheRead: 0.025, output: 2},
	"claude-haiku-4-5-20251001": {input: 1, cacheRead: 0.1, cacheWrite: 1.25, output: 5},
}

// TestDemoShowsWhatIsStored holds what the demo prints against what is in the
// file, and the costs in the file against published prices.
func TestDemoShowsWhatIsStored(t *testing.T) {
	dir := t.TempDir()
	output, err := e2e.RunBinary(t, dir, e2e.PortEnvironment(t), "demo", "--once")
	require.NoError(t, err, output)

	reader, err := tracestore.OpenReader(t.Context(), filepath.Join(dir, "data", "traces.db"))
	require.NoError(t, err)
	defer reader.Close()
	list := e2e.StoredTraces(t, filepath.Join(dir, "data", "traces.db"))
	require.Len(t, list, 1)
	trace, err := reader.Trace(t.Context(), list[0].TraceID)
	require.NoError(t, err)

	assert.Contains(t, output, "Sent one trace of 27 spans")
	assert.NotContains(t, output, "\twarn\t", "a line of the collector's log between those of the demo")
	assert.EqualValues(t, 27, list[0].Spans)
	total := 0.0
	e2e.Visit(trace.Roots, func(node *tracestore.SpanNode) {
		assert.Contains(t, output, node.Name)
		if !node.Counted {
			return
		}
		price, ok := prices[node.Model]
		require.True(t, ok, node.Model)
		fresh := node.InputTokens.N - node.CacheReadTokens.N - node.CacheWriteTokens.N
		want := (float64(fresh)*price.input + float64(node.CacheReadTokens.N)*price.cacheRead +
			float64(node.CacheWriteTokens.N)*price.cacheWrite + float64(node.OutputTokens.N)*price.output) / 1e6
		assert.InEpsilon(t, want, node.Cost.V, 0.001)
		total += want
	})
	require.NotNil(t, list[0].Cost.USD)
	assert.InEpsilon(t, total, *list[0].Cost.USD, 0.001)
	assert.EqualValues(t, 4, list[0].Cost.Calls)

	redacted := regexp.MustCompile(`(?m)^Redacted: (.*)$`).FindStringSubmatch(output)
	require.NotNil(t, redacted, output)
	assert.Contains(t, redacted[1], "email")
	assert.Contains(t, redacted[1], "openai")
	assert.Contains(t, output, filepath.Join(dir, "data", "traces.db"))

	files, err := filepath.Glob(filepath.Join(dir, "data", "*"))
	require.NoError(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NotContains(t, string(raw), "@example.org", filepath.Base(file))
		assert.NotContains(t, string(raw), "sk-"+"proj-", filepath.Base(file))
	}
}

// TestDemoGoesOnListeningUntilInterrupted is the demo as a person runs it.
func TestDemoGoesOnListeningUntilInterrupted(t *testing.T) {
	dir := t.TempDir()
	env := e2e.PortEnvironment(t)
	cmd := exec.Command(e2e.Binary(t), "demo")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := os.Create(filepath.Join(dir, "output"))
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = out, out
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // where the test fails before it has ended
	printed := func() string {
		raw, err := os.ReadFile(out.Name())
		require.NoError(t, err)
		return string(raw)
	}
	require.Eventually(t, func() bool { return strings.Contains(printed(), "Ctrl-C stops") }, time.Minute, 20*time.Millisecond)
	_, port, _ := strings.Cut(env[0], "=")
	for _, line := range []string{
		"export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:" + port, "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "export OTEL_SERVICE_NAME=",
	} {
		assert.Contains(t, printed(), line)
	}
	link := regexp.MustCompile(`(?m)^Look at it: +(http://127\.0\.0\.1:\d+)/traces/([0-9a-f]{32})$`).FindStringSubmatch(printed())
	require.NotNil(t, link, printed())
	response, err := http.Get(link[1] + "/api/v1/traces/" + link[2])
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusOK, response.StatusCode, "the link leads to the trace")
	output, err := e2e.RunBinary(t, dir, nil, "generate", "--endpoint", "http://127.0.0.1:"+port, "--traces", "2")
	require.NoError(t, err, "the printed endpoint takes traces\n%s", output)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.NoError(t, cmd.Wait(), printed())
}

// TestGenerateCountsWhatIsStored sends over both protocols and counts in the
// store.
func TestGenerateCountsWhatIsStored(t *testing.T) {
	c := e2e.StartCollector(t)
	for protocol, endpoint := range map[string]string{"http": c.HTTP, "grpc": c.GRPC} {
		output, err := e2e.RunBinary(t, t.TempDir(), nil, "generate",
			"--protocol", protocol, "--endpoint", endpoint, "--traces", "20", "--workers", "4", "--seed", map[string]string{"http": "1", "grpc": "2"}[protocol])
		require.NoError(t, err, output)
		assert.Regexp(t, `^sent 540 spans in 20 traces in .*, acknowledged 540, failed 0 \(seed [12]\)\n$`, output)
	}
	list := e2e.StoredTraces(t, c.TracesDB())
	require.Len(t, list, 40)
	for _, trace := range list {
		assert.EqualValues(t, 27, trace.Spans)
	}
	require.NoError(t, c.Stop())
}

// TestGenerateTwiceIsTwoLoads: each run sends traces of its own and prints the seed
// that sends them again, which the store knows.
func TestGenerateTwiceIsTwoLoads(t *testing.T) {
	c := e2e.StartCollector(t)
	generate := func(args ...string) (seed string) {
		output, err := e2e.RunBinary(t, t.TempDir(), nil, append([]string{"generate", "--endpoint", c.HTTP, "--traces", "2"}, args...)...)
		require.NoError(t, err, output)
		printed := regexp.MustCompile(`^sent 54 spans in 2 traces in .*, acknowledged 54, failed 0 \(seed (\d+)\)\n$`).FindStringSubmatch(output)
		require.NotNil(t, printed, output)
		return printed[1]
	}
	first, second := generate(), generate()
	assert.NotEqual(t, first, second)
	assert.Equal(t, first, generate("--seed", first))
	list := e2e.StoredTraces(t, c.TracesDB())
	assert.Len(t, list, 4)
}

func TestGenerateSaysWhatWasNotAcknowledged(t *testing.T) {
	port := e2e.FreePorts(t, 1)[0]
	output, err := e2e.RunBinary(t, t.TempDir(), nil, "generate", "--endpoint", "http://127.0.0.1:"+port)
	require.Error(t, err)
	assert.Contains(t, output, "sent 27 spans in 1 traces")
	assert.Contains(t, output, "acknowledged 0, failed 27")
	assert.Contains(t, output, "connection refused")
}
