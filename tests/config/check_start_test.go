package config

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// start is a change of a configuration. DIR in it is a folder with the files that
// startFiles writes, FREE is a free port.
type start struct{ name, change, want string }

// doNotStart are configurations that are valid and end the collector at its start,
// and the key that check has to name.
var doNotStart = []start{
	{"a sampling policy with ERR", `
processors: {tail_sampling: {policies: [{name: errors, type: status_code, status_code: {status_codes: [ERR]}}]}}
service: {pipelines: {traces/otlp: {processors: [tail_sampling]}}}`, "processors::tail_sampling::policies::0::status_code::status_codes::0: "},
	{"a sampling policy of an extension that is not started", `
processors: {tail_sampling: {policies: [{name: expensive, type: trace_total, trace_total: {cost_usd: 1}}]}}
service: {pipelines: {traces/otlp: {processors: [tail_sampling]}}}`, "processors::tail_sampling"},
	{"a sampling policy with a condition that is none", `
processors: {tail_sampling: {policies: [{name: mine, type: ottl_condition, ottl_condition: {span: ['attributes["x" ==']}}]}}
service: {pipelines: {traces/otlp: {processors: [tail_sampling]}}}`, "processors::tail_sampling"},
	{"a list of extensions without a middleware", `
service: {extensions: [health_check, file_storage]}`, "exporters::otlp_http::middlewares::0::id: retry_refused is not started; add retry_refused to service::extensions"},
	{"a list of extensions without the storage", `
service: {extensions: [health_check, retry_refused]}`, "exporters::otlp_http::sending_queue::storage: file_storage is not started"},
	{"an authenticator that is not started", `
extensions: {bearertokenauth: {token: abc}}
receivers: {otlp: {protocols: {http: {auth: {authenticator: bearertokenauth}}}}}`, "receivers::otlp::protocols::http::auth::authenticator: bearertokenauth is not started"},
	{"an authenticator that is not there", `
exporters: {otlp_http: {auth: {authenticator: oauth2client}}}`, "exporters::otlp_http::auth::authenticator: there is no extension oauth2client"},
	{"an authenticator that is none", `
exporters: {otlp_http: {auth: {authenticator: health_check}}}`, "exporters::otlp_http"},
	{"a middleware that is none", `
exporters: {otlp_http: {middlewares: [{id: health_check}]}}`, "exporters::otlp_http"},
	{"a storage that is none", `
exporters: {otlp_http: {sending_queue: {storage: health_check}}}`, "exporters::otlp_http"},
	{"an authenticator of clients for a server", `
extensions: {basicauth: {client_auth: {username: me, password: "1"}}}
receivers: {otlp: {protocols: {grpc: {auth: {authenticator: basicauth}}}}}
service: {extensions: [health_check, file_storage, retry_refused, basicauth]}`, "receivers::otlp"},
	{"a port that is no number", `
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:web-port"}}}}`, `receivers::otlp::protocols::http::endpoint: the port "web-port" is not a number; write one from 1 to 65535`},
	{"a port out of range", `
receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:70000"}}}}`, "receivers::otlp::protocols::grpc::endpoint: the port 70000 is out of range"},
	{"a port out of range, of an extension", `
extensions: {pprof: {endpoint: "127.0.0.1:70000"}}`, "extensions::pprof::endpoint: the port 70000 is out of range"},
	{"an address without a port", `
extensions: {health_check: {endpoint: 127.0.0.1}}`, `extensions::health_check::endpoint: "127.0.0.1" is not HOST:PORT`},
	{"an address of IPv6 without brackets", `
extensions: {zpages: {endpoint: "::1:FREE"}}`, `extensions::zpages::endpoint: "::1:FREE" is not HOST:PORT`},
	{"a host that is not found", `
receivers: {otlp: {protocols: {http: {endpoint: "gateway.invalid:FREE"}}}}`, "receivers::otlp::protocols::http::endpoint: "},
	{"an address of another machine", `
receivers: {otlp: {protocols: {http: {endpoint: "192.0.2.1:FREE"}}}}`, "receivers::otlp::protocols::http::endpoint: 192.0.2.1:FREE is not an address of this machine"},
	{"one port twice", `
receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:FREE"}, http: {endpoint: "127.0.0.1:FREE"}}}}`, "127.0.0.1:FREE is the address of receivers::otlp::protocols::"},
	{"one port twice, once for all addresses", `
extensions: {health_check: {endpoint: "0.0.0.0:FREE"}, zpages: {endpoint: "127.0.0.1:FREE"}}`, "is the address of extensions::"},
	{"metrics on a port of a receiver", `
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:FREE"}}}}
service: {telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: FREE}}}}]}}}`, "service::telemetry::metrics::readers::0::pull::exporter::prometheus: 127.0.0.1:FREE is the address of"},
	{"metrics on a port out of range", `
service: {telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: 70000}}}}]}}}`, "service::telemetry::metrics::readers::0::pull::exporter::prometheus: the port 70000 is out of range"},
	{"Prometheus twice on one port", `
exporters: {prometheus/a: {endpoint: "127.0.0.1:FREE"}, prometheus/b: {endpoint: "127.0.0.1:FREE"}}
service: {pipelines: {metrics/none: {exporters: [prometheus/a, prometheus/b]}}}`, "127.0.0.1:FREE is the address of exporters::prometheus/"},
	{"a socket in a folder that is not there", `
receivers: {otlp: {protocols: {grpc: {transport: unix, endpoint: DIR/none/otlp.sock}}}}`, "receivers::otlp::protocols::grpc::endpoint: the folder DIR/none does not exist"},
	{"a certificate that is not there", `
receivers: {otlp: {protocols: {grpc: {tls: {cert_file: DIR/none.pem, key_file: DIR/key.pem}}}}}`, "receivers::otlp::protocols::grpc::tls::cert_file: "},
	{"a key of another certificate", `
receivers: {otlp: {protocols: {http: {tls: {cert_file: DIR/cert.pem, key_file: DIR/other.pem}}}}}`, "receivers::otlp::protocols::http::tls: "},
	{"an authority that is not there", `
exporters: {otlp_http: {tls: {ca_file: DIR/none.pem}}}`, "exporters::otlp_http::tls::ca_file: "},
	{"an authority that is no certificate", `
exporters: {otlp_http: {tls: {ca_file: DIR/junk}}}`, "exporters::otlp_http::tls"},
	{"an authority of a server of libSQL's that is not there", `
exporters: {libsql: {url: "https://127.0.0.1:FREE", tls: {ca_file: DIR/none.pem}}}`, "exporters::libsql::tls::ca_file: "},
	{"a file of tokens that is not there", `
extensions: {bearertokenauth: {filename: DIR/none}}
service: {extensions: [health_check, file_storage, retry_refused, bearertokenauth]}`, "extensions::bearertokenauth::filename: "},
	{"a file of passwords that is not there", `
extensions: {basicauth: {htpasswd: {file: DIR/none}}}
service: {extensions: [health_check, file_storage, retry_refused, basicauth]}`, "extensions::basicauth::htpasswd::file: "},
	{"a folder of queues that cannot be made", `
extensions: {file_storage: {directory: /proc/none/queue, compaction: {directory: /proc/none/queue}}}`, "extensions::file_storage::directory: the folder /proc/none/queue does not exist, and cannot be made in /proc"},
	{"a database in a folder that cannot be made", `
exporters: {libsql: {url: "file:/proc/none/traces.db"}}`, "exporters::libsql::url: "},
	{"a database that is none", `
exporters: {libsql: {url: "file:DIR/junk"}}`, "exporters::libsql::url: DIR/junk is not a SQLite database"},
	{"a database that is a folder", `
exporters: {libsql: {url: "file:DIR"}}`, "exporters::libsql::url: DIR is a folder"},
	{"a file in a folder that is not there", `
exporters: {file: {path: DIR/none/spans.jsonl}}
service: {pipelines: {traces/none: {exporters: [file]}}}`, "exporters::file::path: the folder DIR/none does not exist"},
	{"a profile in a folder that is not there", `
extensions: {pprof: {save_to_file: DIR/none/cpu}}`, "extensions::pprof::save_to_file: the folder DIR/none does not exist"},
	{"an encoding that is not there", `
exporters: {file: {path: DIR/spans, encoding: otlp_encoding}}
service: {pipelines: {traces/none: {exporters: [file]}}}`, "exporters::file::encoding: there is no extension otlp_encoding"},
	{"one path for two signals", `
receivers: {otlp: {protocols: {http: {traces_url_path: /v1/all, logs_url_path: /v1/all}}}}`, "receivers::otlp"},
	{"a policy that does not exist", `
processors: {tail_sampling: {policies: [{name: mine, type: sometimes}]}}
service: {pipelines: {traces/otlp: {processors: [tail_sampling]}}}`, "processors::tail_sampling::policies::0"},
	{"a cipher that does not exist", `
exporters: {otlp_http: {tls: {cipher_suites: [ROT13]}}}`, "exporters::otlp_http::tls::cipher_suites::0"},
	{"a folder of a write-ahead log that cannot be made", `
exporters: {prometheus_remote_write: {endpoint: "http://127.0.0.1:9", wal: {directory: /proc/none}}}
service: {pipelines: {metrics/none: {exporters: [prometheus_remote_write]}}}`, "exporters::prometheus_remote_write::wal::directory"},
	{"a log in a folder that is not there", `
service: {telemetry: {logs: {output_paths: [DIR/none/log]}}}`, "service::telemetry::logs::output_paths::0: the folder DIR/none does not exist"},
	{"a log in an encoding that is not there", `
service: {telemetry: {logs: {encoding: xml}}}`, "service::telemetry::logs"},
	{"an authority of telemetry's that is not there", `
service: {telemetry: {metrics: {readers: [{periodic: {exporter: {otlp: {protocol: http/protobuf, endpoint: "https://127.0.0.1:FREE", certificate: DIR/none.pem}}}}]}}}`, "service::telemetry::metrics"},
	{"a proxy that is none", `
exporters: {otlp_http: {proxy_url: "http://a b:1"}}`, "exporters::otlp_http"},
}

// doStart are the same, right: they start.
var doStart = []start{
	{name: "a sampling policy", change: `
extensions: {trace_total: {}}
processors: {tail_sampling: {policies: [{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}, {name: expensive, type: trace_total, trace_total: {cost_usd: 1}}]}}
service: {extensions: [health_check, file_storage, retry_refused, trace_total], pipelines: {traces/otlp: {processors: [tail_sampling]}}}`},
	{name: "files that are there", change: `
extensions: {bearertokenauth: {filename: DIR/token}, basicauth: {htpasswd: {file: DIR/htpasswd}}}
receivers: {otlp: {protocols: {grpc: {auth: {authenticator: bearertokenauth}, tls: {cert_file: DIR/cert.pem, key_file: DIR/key.pem}}, http: {auth: {authenticator: basicauth}}}}}
exporters: {otlp_http: {tls: {ca_file: DIR/cert.pem}}}
service: {extensions: [health_check, file_storage, retry_refused, bearertokenauth, basicauth]}`},
	{name: "extensions that are not started, wrong as they are", change: `
extensions: {bearertokenauth: {filename: DIR/none}, health_check/b: {endpoint: "127.0.0.1:port"}}
exporters: {file/unused: {path: DIR/none/x}}`},
	{name: "one port of two addresses, and free ports", change: `
receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:FREE"}, http: {endpoint: "127.0.0.2:FREE"}}}}
extensions: {zpages: {endpoint: "localhost:0"}, pprof: {endpoint: "127.0.0.1:0"}}`},
	{name: "one port of TCP and UDP", change: `
receivers: {jaeger: {protocols: {grpc: {endpoint: "127.0.0.1:FREE"}, thrift_compact: {endpoint: "127.0.0.1:FREE"}}}}
service: {pipelines: {traces: {receivers: [otlp, jaeger]}}}`},
	{name: "places that a start does without", change: `
processors: {llm_cost: {prices_url: "https://127.0.0.1:9/prices", cache_file: /proc/none/prices}}
exporters: {file: {path: "DIR/*/spans.jsonl", group_by: {enabled: true, resource_attribute: tenant.id}}}
service: {pipelines: {traces/none: {exporters: [file]}}}`},
	{name: "a socket", change: `
receivers: {otlp: {protocols: {grpc: {transport: unix, endpoint: DIR/otlp.sock}}}}`},
	{name: "files that are made", change: `
exporters: {file: {path: DIR/spans.jsonl}, libsql: {url: "file:DIR/deeper/traces.db"}}
service: {telemetry: {logs: {output_paths: [stderr, DIR/log]}}, pipelines: {traces/none: {exporters: [file]}}}`},
}

// nowhere is a destination that is away.
const nowhere = "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9"

func startFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	certificate, key := e2e.Certificate(t, "127.0.0.1")
	_, other := e2e.Certificate(t, "127.0.0.1")
	for name, content := range map[string]string{
		"cert.pem": string(certificate), "key.pem": string(key), "other.pem": string(other), "junk": "this is neither\na database: nor [a price list\n",
		"token": "token", "htpasswd": "team:{SHA}T1cYHcqt6YBVXyzmdVykJfAGWL4=\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return dir
}

// prepare returns the arguments that run a change, and what check has to say of it.
func (s start) prepare(t *testing.T) (dir string, args []string, want string) {
	t.Helper()
	dir = startFiles(t)
	ports := e2e.FreePorts(t, 1)
	filled := strings.NewReplacer("DIR", dir, "FREE", ports[0])
	file := filepath.Join(dir, "mine.yaml")
	require.NoError(t, os.WriteFile(file, []byte(filled.Replace(s.change)), 0o600))
	return dir, append(arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml"), "--config", file), filled.Replace(s.want)
}

// TestWhatDoesNotStartFailsTheCheck runs each with validate, which passes, with
// check, which names the key, and as the collector, which ends.
func TestWhatDoesNotStartFailsTheCheck(t *testing.T) {
	for _, s := range doNotStart {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			_, args, want := s.prepare(t)
			temporary := t.TempDir()
			env := append(e2e.PortEnvironment(t), "TMPDIR="+temporary, nowhere)
			output, err := e2e.RunBinary(t, t.TempDir(), env, append([]string{"validate"}, args...)...)
			require.NoError(t, err, output)
			checked := t.TempDir()
			output, err = e2e.RunBinary(t, checked, env, append([]string{"check"}, args...)...)
			require.Error(t, err, output)
			assert.Contains(t, output, want)
			assert.Contains(t, output, "[does-not-start]\n")
			assertEmpty(t, checked)
			assertEmpty(t, temporary)
			output, err = e2e.RunBinary(t, t.TempDir(), env, args...)
			require.Error(t, err, output)
			assert.NotContains(t, output, "Everything is ready", "it has started")
		})
	}
}

// TestWhatStartsPassesTheStartOfTheCheck: check may have other things to say of it.
func TestWhatStartsPassesTheStartOfTheCheck(t *testing.T) {
	for _, s := range doStart {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			dir, args, _ := s.prepare(t)
			before := names(t, dir)
			temporary, checked := t.TempDir(), t.TempDir()
			env := append(e2e.PortEnvironment(t), "TMPDIR="+temporary, nowhere)
			output, _ := e2e.RunBinary(t, checked, env, append([]string{"check"}, args...)...)
			assert.NotContains(t, output, "does-not-start")
			assert.NotContains(t, output, "Error: failed")
			assertEmpty(t, checked)
			assertEmpty(t, temporary)
			assert.Equal(t, before, names(t, dir), "it writes where the collector would")
			require.NoError(t, e2e.StartCollectorWith(t, t.TempDir(), []string{nowhere}, args...).Stop())
		})
	}
}

// TestACheckAsksNoDestination: what a configuration sends by itself, at the start or
// at a stop, stays where it is.
func TestACheckAsksNoDestination(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "mine.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(`
exporters: {libsql: {url: SERVER}, otlp_http: {endpoint: SERVER}}
service:
  telemetry:
    metrics: {readers: [{periodic: {interval: 10, exporter: {otlp: {protocol: http/protobuf, endpoint: SERVER}}}}]}
    logs: {processors: [{simple: {exporter: {otlp: {protocol: http/protobuf, endpoint: SERVER}}}}]}
    traces: {processors: [{simple: {exporter: {otlp: {protocol: http/protobuf, endpoint: SERVER}}}}]}
`, "SERVER", server.URL)), 0o600))
	args := append(arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml"), "--config", file)
	output, err := e2e.RunBinary(t, t.TempDir(), append(e2e.PortEnvironment(t), nowhere), append([]string{"check"}, args...)...)
	require.NoError(t, err, output)
	assert.Zero(t, asked.Load())
}

// TestACheckOfAStoreThatIsThere: its tables are there, though those of a trial are
// not.
func TestACheckOfAStoreThatIsThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := append(arguments(t, "destinations/libsql.yaml"), "--config", "yaml:exporters::libsql::create_schema: false")
	c := e2e.StartCollectorIn(t, dir, arguments(t, "destinations/libsql.yaml")...)
	output, err := c.Run(t, append([]string{"check"}, args...)...)
	require.NoError(t, err, output)
	require.NoError(t, c.Stop())
	require.NoError(t, e2e.StartCollectorIn(t, dir, args...).Stop())
}

// TestACheckLeavesTheCollectorAlone checks the configuration of one that runs.
func TestACheckLeavesTheCollectorAlone(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
	args := arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml")
	c := e2e.StartCollector(t, args...)
	send(t, c, call(0))
	output, err := c.Run(t, append([]string{"check"}, args...)...)
	require.NoError(t, err, output)
	send(t, c, call(1))
	assert.EqualValues(t, 2*spansOf, storedSpans(t, c.TracesDB()))
	require.NoError(t, c.Stop())
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := make([]string, len(entries))
	for i, entry := range entries {
		found[i] = entry.Name()
	}
	return found
}

func assertEmpty(t *testing.T, dir string) {
	t.Helper()
	assert.Empty(t, names(t, dir), "left behind in %s", dir)
}
