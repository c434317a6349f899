//go:build unix

package langfuseexporter

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// benchSize is how many spans a batch of the benchmarks has.
const benchSize = 100

// benchBatch is a hundred model calls with 4 KB of messages each.
func benchBatch() ptrace.Traces {
	batch := newBatch("test")
	text := strings.Repeat(`Where is my order \"1234\"?\n `, 60)
	for i := range byte(benchSize) {
		batch.spanOf(1+i%10, 1+i, 0, fmt.Sprintf("call %d", i), chat(map[string]any{
			"gen_ai.provider.name": "openai", "gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.response.id": fmt.Sprintf("r%d", i), "session.id": "s", "user.id": "u",
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 300, "gen_ai.usage.cost": 0.01, "gen_ai.request.temperature": 0.2,
			"gen_ai.input.messages":  `[{"role":"user","parts":[{"type":"text","content":"` + text + `"}]}]`,
			"gen_ai.output.messages": `[{"role":"assistant","parts":[{"type":"text","content":"` + text + `"}]}]`,
		}))
	}
	return batch.traces
}

// BenchmarkSpan prepares a batch; the results are divided by its spans. cpu-ns/span
// is the processor time of the process, which another one on the machine does not
// change as it does ns/op.
func BenchmarkSpan(b *testing.B) {
	batch := benchBatch()
	config := createDefaultConfig().(*Config)
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
	require.NoError(b, err)
	b.ReportAllocs()
	user, system := testutil.CPU()
	for b.Loop() {
		e.prepare(b.Context(), batch)
	}
	u, s := testutil.CPU()
	b.ReportMetric(float64((u-user)+(s-system))/float64(b.N)/benchSize, "cpu-ns/span")
}

// BenchmarkBesideOTLP sends batches with this exporter and, unmapped, with the
// Collector's otlp_http, in turn and to one server in a process of its own. ratio is
// the user time of the first by that of the second.
func BenchmarkBesideOTLP(b *testing.B) {
	for _, compression := range []configcompression.Type{configcompression.TypeGzip, "none"} {
		b.Run(string(compression), func(b *testing.B) {
			url := sink(b)
			ours, theirs := benchLangfuse(b, url, compression), benchOTLP(b, url, compression)
			batch := benchBatch()
			var cpu [2]time.Duration
			for b.Loop() {
				for i, e := range []exporter.Traces{ours, theirs} {
					before, _ := testutil.CPU()
					for range 10 {
						require.NoError(b, e.ConsumeTraces(b.Context(), batch))
					}
					after, _ := testutil.CPU()
					cpu[i] += after - before
				}
			}
			b.ReportMetric(float64(cpu[0])/float64(b.N)/10/benchSize, "langfuse-ns/span")
			b.ReportMetric(float64(cpu[1])/float64(b.N)/10/benchSize, "otlp-ns/span")
			b.ReportMetric(float64(cpu[0])/float64(cpu[1]), "ratio")
		})
	}
}

func benchLangfuse(b *testing.B, url string, compression configcompression.Type) exporter.Traces {
	b.Helper()
	config := createDefaultConfig().(*Config)
	config.ClientConfig.Endpoint, config.ClientConfig.Compression, config.CheckOnStart = url, compression, checkOff
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	config.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	return started(b, config)
}

func benchOTLP(b *testing.B, url string, compression configcompression.Type) exporter.Traces {
	b.Helper()
	factory := otlphttpexporter.NewFactory()
	config := factory.CreateDefaultConfig().(*otlphttpexporter.Config)
	config.TracesEndpoint, config.ClientConfig.Compression = url+tracesPath, compression
	config.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	e, err := factory.CreateTraces(b.Context(), exportertest.NewNopSettings(factory.Type()), config)
	require.NoError(b, err)
	require.NoError(b, e.Start(b.Context(), componenttest.NewNopHost()))
	b.Cleanup(func() { require.NoError(b, e.Shutdown(context.Background())) })
	return e
}

// sinkVariable makes a server of the test's binary.
const sinkVariable = "LANGFUSE_BENCHMARK_SINK"

// sink starts a server that reads what it is sent, in a process of its own.
func sink(b *testing.B) string {
	b.Helper()
	command := exec.CommandContext(b.Context(), os.Args[0], "-test.run", "^TestBenchmarkSink$")
	command.Env = append(os.Environ(), sinkVariable+"=1")
	out, err := command.StdoutPipe()
	require.NoError(b, err)
	end, err := command.StdinPipe()
	require.NoError(b, err)
	require.NoError(b, command.Start())
	b.Cleanup(func() {
		require.NoError(b, end.Close())
		_ = command.Wait() // its context ends with the benchmark
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(b, err)
	return strings.TrimSpace(url)
}

// TestBenchmarkSink is the server of BenchmarkBesideOTLP, until its input ends;
// elsewhere it does nothing.
func TestBenchmarkSink(*testing.T) {
	if os.Getenv(sinkVariable) == "" {
		return
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	defer server.Close()
	fmt.Println(server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// BenchmarkManyKeys prepares a root with very much metadata of its own. What
// is left that grows faster than their number is pdata's map, which looks through all
// keys for each that is put.
func BenchmarkManyKeys(b *testing.B) {
	for _, keys := range []int{1000, 4000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			attributes := map[string]any{}
			for i := range keys {
				attributes[fmt.Sprintf("mastra.metadata.key_%d", i)] = "value"
			}
			batch := newBatch("test")
			batch.span(1, 0, "call", chat(attributes))
			config := createDefaultConfig().(*Config)
			config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
			e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				e.prepare(b.Context(), batch.traces)
			}
		})
	}
}
