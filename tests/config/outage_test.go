package config

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/datadogtest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// destination is a shipped file and a receiver for it.
type destination struct {
	file     string // in destinations/
	exporter string // whose attempts the tests make follow each other quickly
	path     string // end of the path that traces are sent to
	// start starts the receiver, and returns its address and what it has.
	start func(*testing.T) (address string, received received)
	// point sets the variables that make the collector send to an address.
	point func(t *testing.T, address string)
}

// received is how many spans a receiver has: different ones, and all that have come.
type received func() (different, all int)

// TestQueuesHoldFiveMinutes: what a destination that is away for five minutes does
// not take has room in its queue, at 300 spans a second, and no attempt ends.
func TestQueuesHoldFiveMinutes(t *testing.T) {
	const spansPerSecond, outage = 300, 5 * 60
	for _, sink := range sinks {
		raw, err := os.ReadFile(filepath.Join(folder, "destinations", sink.file))
		require.NoError(t, err)
		var file struct {
			Exporters map[string]struct {
				Queue struct {
					Storage, Sizer string
					Size           int `yaml:"queue_size"`
				} `yaml:"sending_queue"`
				Retry struct {
					MaxElapsed string `yaml:"max_elapsed_time"`
				} `yaml:"retry_on_failure"`
			}
		}
		require.NoError(t, yaml.Unmarshal(raw, &file))
		exporter := file.Exporters[sink.exporter]
		assert.Equal(t, "file_storage", exporter.Queue.Storage, sink.file)
		assert.Equal(t, "items", exporter.Queue.Sizer, sink.file)
		assert.GreaterOrEqual(t, exporter.Queue.Size, spansPerSecond*outage, sink.file)
		if sink.exporter != "libsql" { // whose attempts have no end unless one is given
			assert.Equal(t, "0s", exporter.Retry.MaxElapsed, sink.file)
		}
	}
}

// sinks are all destinations that traces are sent to over a network.
var sinks = []destination{
	{"libsql-server.yaml", "libsql", "/pipeline", startSQLD, variables("OTELCOL_TRACES_DB", "")},
	{"langfuse.yaml", "langfuse", "/v1/traces", startLangfuse, variables("LANGFUSE_BASE_URL", "")},
	{"datadog-llmobs.yaml", "otlp_http/datadog_llmobs", "/v1/traces", startOTLP, variables("DD_OTLP_TRACES_ENDPOINT", "/v1/traces")},
	{"mastra.yaml", "otlp_http/mastra", "/v1/traces", startOTLP, variables("MASTRA_OTLP_ENDPOINT", "")},
	{"otlp.yaml", "otlp_http", "/v1/traces", startOTLP, variables("OTEL_EXPORTER_OTLP_ENDPOINT", "")},
	{"datadog.yaml", "datadog", "/traces", startDatadogIntake, func(t *testing.T, address string) {
		t.Helper()
		for _, name := range []string{"DD_APM_URL", "DD_URL", "DD_LOGS_URL"} {
			t.Setenv(name, address)
		}
	}},
}

func variables(name, path string) func(*testing.T, string) {
	return func(t *testing.T, address string) {
		t.Helper()
		t.Setenv(name, address+path)
	}
}

func startSQLD(t *testing.T) (string, received) {
	t.Helper()
	address := e2e.StartSQLD(t, "../libsql")
	u, err := url.Parse(address)
	require.NoError(t, err)
	client := hrana.New(hrana.Options{URL: u, HTTP: &http.Client{Timeout: otlptest.Patience}})
	return address, func() (int, int) {
		var r hrana.Request
		r.Reset()
		r.Execute("SELECT count(*) FROM otel_spans", nil)
		answer, err := client.Do(t.Context(), &r)
		if err != nil {
			return 0, 0 // the tables are not there yet
		}
		rows, err := answer.Rows(0)
		if err != nil {
			return 0, 0
		}
		stored := int(rows[0][0].(int64))
		return stored, stored
	}
}

func startLangfuse(t *testing.T) (string, received) {
	t.Helper()
	const public, secret = "pk-lf-1234", "sk-lf-5678"
	s := langfusetest.New(t, langfusetest.Options{Keys: []langfusetest.Key{{Public: public, Secret: secret, Project: "p"}}})
	t.Setenv("LANGFUSE_PUBLIC_KEY", public)
	t.Setenv("LANGFUSE_SECRET_KEY", secret)
	return s.URL, func() (int, int) {
		different := map[string]bool{}
		all := s.Observations()
		for _, o := range all {
			different[o.TraceID+o.ID] = true
		}
		return len(different), len(all)
	}
}

func startOTLP(t *testing.T) (string, received) {
	t.Helper()
	s := otlptest.Start(t)
	return s.URL, func() (int, int) {
		different := map[string]bool{}
		all := s.Spans()
		for _, span := range all {
			id := span.TraceID()
			different[hex.EncodeToString(id[:])+span.SpanID().String()] = true
		}
		return len(different), len(all)
	}
}

func startDatadogIntake(t *testing.T) (string, received) {
	t.Helper()
	s := datadogtest.Start(t)
	return s.URL, func() (int, int) {
		different := map[string]bool{}
		all := s.Spans()
		for _, span := range all {
			different[fmt.Sprint(span.TraceID, span.SpanID)] = true
		}
		return len(different), len(all)
	}
}

// delivery is a collector's arguments for all sinks, and what they have.
type delivery struct {
	args     []string
	gates    map[string]*e2e.Gate
	received map[string]func() int // different spans
	all      map[string]func() int // spans as often as they have come
}

// deliverToAll starts all receivers, each behind a gate.
func deliverToAll(t *testing.T) *delivery {
	t.Helper()
	t.Setenv("DD_API_KEY", "0123456789abcdef0123456789abcdef")
	t.Setenv("MASTRA_PLATFORM_ACCESS_TOKEN", "token")
	d := &delivery{gates: map[string]*e2e.Gate{}, received: map[string]func() int{}, all: map[string]func() int{}}
	var files []string
	for _, sink := range sinks {
		address, received := sink.start(t)
		gate := e2e.StartGate(t, address)
		sink.point(t, gate.URL)
		d.gates[sink.file] = gate
		d.received[sink.file] = func() int { different, _ := received(); return different }
		d.all[sink.file] = func() int { _, all := received(); return all }
		files = append(files, "destinations/"+sink.file)
	}
	d.args = arguments(t, files...)
	return d
}

// impatient makes attempts follow each other quickly.
func (d *delivery) impatient() *delivery {
	for _, sink := range sinks {
		d.args = append(d.args, "--config", "yaml:exporters::"+sink.exporter+"::retry_on_failure: {initial_interval: 50ms, max_interval: 200ms}")
	}
	return d
}

// hang sends a batch of calls to a collector and has all sinks take its requests and
// answer none. The first call before it has been delivered: at it the store's tables
// are made, which no request may hang in.
func (d *delivery) hang(t *testing.T, c *e2e.Collector) {
	t.Helper()
	send(t, c, call(0))
	d.assertAll(t, 1)
	for _, gate := range d.gates {
		gate.Set(e2e.Hanging)
	}
	for n := range batch {
		send(t, c, call(1+n))
	}
	for _, sink := range sinks {
		gate := d.gates[sink.file]
		eventually(t, func() bool { return gate.Held(sink.path) > 0 }, "nothing is under way to %s", sink.file)
	}
}

// open has all sinks answer again.
func (d *delivery) open() {
	for _, gate := range d.gates {
		gate.Set(e2e.Open)
	}
}

// spansOf is how many spans call makes.
const spansOf = 3

// call makes the n-th trace, of an agent with two model calls.
func call(n int) ptrace.Traces {
	all := ptrace.NewTraces()
	for _, part := range traceOf(kinds[0], n) {
		part.ResourceSpans().MoveAndAppendTo(all.ResourceSpans())
	}
	return all
}

// refusals are attempts that a destination which is down sees before it is back.
// Where attempts end after some, as those of Datadog's trace agent after four,
// spans are lost by then.
const refusals = 40

// TestADestinationThatIsDown takes each destination away in turn, while requests go
// on coming in. The others have everything meanwhile; it has everything when it is
// back.
func TestADestinationThatIsDown(t *testing.T) {
	d := deliverToAll(t).impatient()
	c := e2e.StartCollector(t, d.args...)
	sent := 0
	for _, down := range sinks {
		t.Run(strings.TrimSuffix(down.file, ".yaml"), func(t *testing.T) {
			gate := d.gates[down.file]
			gate.Set(e2e.Down)
			before := sent
			eventually(t, func() bool {
				send(t, c, call(sent))
				sent++
				return gate.Refused(down.path) > refusals
			}, "%d attempts", gate.Refused(down.path))
			for file, received := range d.received {
				if file != down.file {
					eventually(t, func() bool { return received() == sent*spansOf }, "%s has %d of %d spans", file, received(), sent*spansOf)
				}
			}
			assert.LessOrEqual(t, d.received[down.file](), before*spansOf, "it was down")
			gate.Set(e2e.Open)
			eventually(t, func() bool { return d.received[down.file]() == sent*spansOf }, "spans are lost: %d of %d", d.received[down.file](), sent*spansOf)
		})
	}
	require.NoError(t, c.Stop())
}
