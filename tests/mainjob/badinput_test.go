package mainjob

import (
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// TestMalformedRequestsAnswer400AndChangeNothing sends bodies that are no OTLP.
func TestMalformedRequestsAnswer400AndChangeNothing(t *testing.T) {
	c := e2e.StartCollector(t)
	send(t, c, "http/protobuf", testutil.TicketRun(testutil.NewSecrets(1)))
	for name, request := range map[string]struct{ contentType, body string }{
		"JSON cut short":     {"application/json", `{"resourceSpans":[`},
		"JSON of other kind": {"application/json", `{"resourceSpans":"none"}`},
		"no JSON":            {"application/json", "hello"},
		"no protobuf":        {"application/x-protobuf", "hello"},
		"protobuf cut short": {"application/x-protobuf", "\x0a\xff\xff\xff\xff\x0f"},
	} {
		t.Run(name, func(t *testing.T) {
			status, _ := post(t, c.HTTP+"/v1/traces", request.contentType, []byte(request.body))
			assert.Equal(t, http.StatusBadRequest, status)
		})
	}
	require.Len(t, readTraces(t, c.TracesDB(), 33), 1)
}

// hostile returns attributes and ids that no instrumentation should send, by
// what is wrong with them.
func hostile(t *testing.T) map[string]func(ptrace.Span) {
	t.Helper()
	put := func(key string, value any) func(ptrace.Span) {
		return func(span ptrace.Span) {
			require.NoError(t, span.Attributes().PutEmpty(key).FromRaw(value))
		}
	}
	return map[string]func(ptrace.Span){
		"NaN tokens":            put("gen_ai.usage.input_tokens", math.NaN()),
		"negative tokens":       put("gen_ai.usage.input_tokens", -7),
		"text for tokens":       put("gen_ai.usage.output_tokens", "many"),
		"NaN elsewhere":         put("score", math.NaN()),
		"infinite elsewhere":    put("score", math.Inf(-1)),
		"a 5 MB attribute":      put("mastra.tool_call.input", strings.Repeat("All work and no play. ", 5<<20/22)),
		"invalid UTF-8":         put("gen_ai.tool.call.arguments", "caf\xe9 \xff\xfe"),
		"invalid UTF-8, JSON":   put("gen_ai.input.messages", "[{\"role\":\"user\xff\"}]"),
		"JSON that is none":     put("gen_ai.input.messages", `[{"role":`),
		"an empty string":       put("gen_ai.input.messages", ""),
		"NUL bytes":             put("gen_ai.input.messages", "a\x00b"),
		"nested 100 levels":     put("deep", nested(100)),
		"JSON of 5,000 levels":  put("gen_ai.input.messages", strings.Repeat("[", 5000)+strings.Repeat("]", 5000)),
		"an integer above 2^53": put("big", int64(1)<<60),
		"times backwards": func(span ptrace.Span) {
			span.SetStartTimestamp(200)
			span.SetEndTimestamp(100)
		},
		"times at the end of time": func(span ptrace.Span) {
			span.SetStartTimestamp(math.MaxUint64)
			span.SetEndTimestamp(math.MaxUint64)
		},
		"ids of zeroes": func(span ptrace.Span) {
			span.SetTraceID(pcommon.TraceID{})
			span.SetSpanID(pcommon.SpanID{})
		},
		"its own parent":  func(span ptrace.Span) { span.SetParentSpanID(span.SpanID()) },
		"a name of 1 MB":  func(span ptrace.Span) { span.SetName(strings.Repeat("n", 1<<20)) },
		"no name":         func(span ptrace.Span) { span.SetName("") },
		"an unknown kind": func(span ptrace.Span) { span.SetKind(77) },
	}
}

func nested(levels int) any {
	var value any = "bottom"
	for range levels {
		value = map[string]any{"deeper": value}
	}
	return value
}

// TestABadSpanNeverStopsItsBatch sends each bad span between two good ones. All
// three are stored, over protobuf and, where JSON can say it, over JSON.
func TestABadSpanNeverStopsItsBatch(t *testing.T) {
	c := e2e.StartCollector(t)
	want, n := 0, byte(0)
	for name, spoil := range hostile(t) {
		traces := ptrace.NewTraces()
		spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		n++
		for i := range 3 {
			span := spans.AppendEmpty()
			span.SetTraceID(pcommon.TraceID{1, n})
			span.SetSpanID(pcommon.SpanID{n, byte(i + 1)})
			span.SetName(name)
			span.SetStartTimestamp(1_795_000_000_000_000_000)
			span.SetEndTimestamp(1_795_000_001_000_000_000)
			span.Attributes().PutStr("gen_ai.operation.name", "chat")
			if i == 1 {
				spoil(span)
			}
		}
		want += 3
		t.Run(name, func(t *testing.T) {
			send(t, c, "http/protobuf", traces)
			readTraces(t, c.TracesDB(), want)
		})
	}
	// And all of it can be listed and opened afterwards.
	for _, trace := range readTraces(t, c.TracesDB(), want) {
		assert.NotEmpty(t, trace.Roots)
	}
	reader, err := query.Open(t.Context(), c.TracesDB())
	require.NoError(t, err)
	defer reader.Close()
	spend, err := reader.Spend(t.Context(), query.SpendFilter{})
	require.NoError(t, err)
	if usd := spend.Total.Cost.USD; usd != nil {
		assert.False(t, math.IsNaN(*usd))
	}
	require.NoError(t, c.Stop())
}

// TestStartErrorsAreOneClearSentence runs the collector with configurations and
// in places that cannot work.
func TestStartErrorsAreOneClearSentence(t *testing.T) {
	local, err := filepath.Abs("../../config/local.yaml")
	require.NoError(t, err)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	env := e2e.PortEnvironment(t)

	for name, test := range map[string]struct {
		prepare func(dir string)
		env     []string
		args    []string
		want    []string
	}{
		"an unknown key": {
			args: []string{"--config", local, "--config", "yaml:processors::llm_cost::exsting_cost: keep"},
			want: []string{"processors::llm_cost does not have the key exsting_cost"},
		},
		"an unknown component": {
			args: []string{"--config", local, "--config", "yaml:processors::lm_cost: {}"},
			want: []string{"lm_cost"},
		},
		"a value that is not allowed": {
			args: []string{"--config", local, "--config", "yaml:processors::llm_cost::existing_cost: ours"},
			want: []string{"existing_cost", "prefer_reported"},
		},
		"a configuration file that is not there": {
			args: []string{"--config", "nowhere.yaml"},
			want: []string{"nowhere.yaml"},
		},
		"a port in use": {
			env:  []string{"OTELCOL_HTTP_PORT=" + port},
			want: []string{"127.0.0.1:" + port, "address already in use"},
		},
		"the metrics' port in use": {
			env:  []string{"OTELCOL_METRICS_PORT=" + port},
			want: []string{"127.0.0.1:" + port, "address already in use", "OTELCOL_METRICS_PORT"},
		},
		"the profiles' port in use": {
			env:  []string{"OTELCOL_PPROF_PORT=" + port},
			want: []string{"127.0.0.1:" + port, "address already in use", "OTELCOL_PPROF_PORT"},
		},
		"the zpages' port in use": {
			env:  []string{"OTELCOL_ZPAGES_PORT=" + port},
			want: []string{"127.0.0.1:" + port, "address already in use", "OTELCOL_ZPAGES_PORT"},
		},
		"a file where the store's folder should be": {
			prepare: func(dir string) { require.NoError(t, os.WriteFile(filepath.Join(dir, "data"), nil, 0o600)) },
			args:    []string{"--config", local},
			want:    []string{"libsql", "url", "data"},
		},
		"a file where the queues' folder should be": {
			prepare: func(dir string) { require.NoError(t, os.WriteFile(filepath.Join(dir, "data"), nil, 0o600)) },
			want:    []string{"file_storage", "data/queue", "not a directory"},
		},
		"a file that is no database": {
			prepare: func(dir string) {
				require.NoError(t, os.Mkdir(filepath.Join(dir, "data"), 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "traces.db"), []byte(strings.Repeat("not a database. ", 300)), 0o600))
			},
			want: []string{"libsql", "traces.db", "not a SQLite database"},
		},
		"a folder where the file should be": {
			prepare: func(dir string) { require.NoError(t, os.MkdirAll(filepath.Join(dir, "data", "traces.db"), 0o700)) },
			want:    []string{"libsql", "url", "traces.db"},
		},
		"a folder that is not there and must not be made": {
			args: []string{"--config", local, "--config", "yaml:exporters::libsql::file::create_directory: false"},
			want: []string{"libsql", "create_directory"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if test.prepare != nil {
				test.prepare(dir)
			}
			output, err := e2e.RunBinary(t, dir, append(env, test.env...), test.args...)
			require.Error(t, err, "it must not start\n%s", output)
			message := lastError(output)
			for _, want := range test.want {
				assert.Contains(t, message, want)
			}
			sentence, _, _ := strings.Cut(strings.TrimSpace(message), "\nAnother program listens there.")
			assert.NotContains(t, sentence, "\n", "one sentence")
			assert.NotContains(t, output, "\nmain.main", "no stack trace")
			assert.NotContains(t, output, "goroutine ", "no stack trace")
			assert.NotContains(t, output, "panic")
		})
	}
}

// lastError returns what the command prints last: "Error: …" and what follows.
func lastError(output string) string {
	if i := strings.LastIndex(output, "Error: "); i >= 0 {
		return output[i:]
	}
	return output
}
