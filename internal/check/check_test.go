package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// sound is a configuration without a mistake; each case changes it.
const sound = `
receivers:
  otlp: {protocols: {grpc: {endpoint: "127.0.0.1:4317"}}}
exporters:
  nop:
  otlp_http: {sending_queue: {storage: file_storage}, middlewares: [{id: retry_refused}]}
  libsql: {}
connectors:
  forward/llm:
  forward/spend:
  signal_to_metrics/spend: {spans: [{name: usd, sum: {value: 'Double(span.attributes["gen_ai.usage.cost"])'}}]}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, sensitive_filter, llm_cost], exporters: [forward/llm, forward/spend]}
    logs: {receivers: [otlp], processors: [memory_limiter, sensitive_filter], exporters: [forward/llm]}
    traces/otlp: {receivers: [forward/llm], processors: [probabilistic_sampler], exporters: [otlp_http]}
    traces/libsql: {receivers: [forward/llm], exporters: [libsql]}
    logs/otlp: {receivers: [forward/llm], exporters: [otlp_http]}
    traces/spend: {receivers: [forward/spend], processors: [span_dedup], exporters: [signal_to_metrics/spend]}
    metrics/spend: {receivers: [signal_to_metrics/spend], exporters: [otlp_http]}
`

// some is a machine with 4 GiB and no variable.
var some = Machine{MemoryBytes: 4 << 30, Unset: func(string) bool { return true }}

func mistakesOf(t *testing.T, documents ...string) []string {
	t.Helper()
	conf := confmap.New()
	for _, document := range documents {
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(document))
		require.NoError(t, err)
		part, err := retrieved.AsConf()
		require.NoError(t, err)
		require.NoError(t, conf.Merge(part))
	}
	findings, err := Find(conf, conf, some)
	require.NoError(t, err)
	var found []string
	for _, f := range findings {
		found = append(found, f.String())
	}
	return found
}

func TestASoundConfigurationHasNoMistakes(t *testing.T) {
	assert.Empty(t, mistakesOf(t, sound))
}

func TestMistakesNameTheKeyAndTheRemedy(t *testing.T) {
	for name, test := range map[string]struct{ change, want string }{
		"redaction in one destination's branch": {
			"service: {pipelines: {traces: {processors: [memory_limiter, llm_cost]}, traces/otlp: {processors: [sensitive_filter]}}}",
			"service::pipelines::traces/libsql: what otlp receives reaches libsql without sensitive_filter on its way; put it into the pipeline that receives, before the fork",
		},
		"a receiver of its own for a destination": {
			"{receivers: {zipkin: {}}, service: {pipelines: {traces/libsql: {receivers: [zipkin], processors: [memory_limiter]}}}}",
			"service::pipelines::traces/libsql: what zipkin receives reaches libsql without sensitive_filter",
		},
		"logs unredacted, traces not": {
			"service: {pipelines: {logs: {processors: [memory_limiter]}}}",
			"service::pipelines::logs/otlp: what otlp receives reaches otlp_http without sensitive_filter",
		},
		"a sampler before spend": {
			"service: {pipelines: {traces: {processors: [memory_limiter, sensitive_filter, probabilistic_sampler, llm_cost]}}}",
			"service::pipelines::traces/spend: signal_to_metrics/spend counts spend behind a sampler or filter",
		},
		"a filter beside spend": {
			"service: {pipelines: {traces/spend: {processors: [span_dedup, filter/errors]}}}",
			"service::pipelines::traces/spend: signal_to_metrics/spend counts spend behind a sampler or filter",
		},
		"a queue in memory": {
			"exporters: {otlp_http: {sending_queue: {storage: null}}}",
			"exporters::otlp_http::sending_queue: is in memory, a restart empties it; set storage: file_storage",
		},
		"dropped while a token is renewed": {
			"exporters: {otlp_http: {middlewares: [{id: other}]}}",
			"exporters::otlp_http: drops what the destination answers with 401, 403 or 500, though its queue is on disk; set middlewares: [{id: retry_refused}]",
		},
		"a token in the file": {
			"exporters: {otlp_http: {headers: {Authorization: Bearer abcdef}}}",
			"exporters::otlp_http::headers::Authorization: has its value in the file, which others read; put it into an environment variable and write ${env:NAME}",
		},
		"a header in the form of a list": {
			"exporters: {otlp_http: {headers: [{name: x-api-key, value: abcdef}]}}",
			"exporters::otlp_http::headers::0::x-api-key: has its value in the file",
		},
		"an option that is a key": {
			"exporters: {datadog: {api: {key: abcdef}}}",
			"exporters::datadog::api::key: has its value in the file",
		},
		"a password of an extension": {
			"extensions: {basicauth: {client_auth: {username: me, password: abcdef}}}",
			"extensions::basicauth::client_auth::password: has its value in the file",
		},
		"a password in an address": {
			"exporters: {otlp_http: {endpoint: 'https://me:abcdef@otlp.example.com'}}",
			"exporters::otlp_http::endpoint: has a user or password in it, which logs show; use headers",
		},
		"a key in an address": {
			"exporters: {otlp_http: {traces_endpoint: 'https://otlp.example.com/v1/traces?api_key=abcdef'}}",
			"exporters::otlp_http::traces_endpoint: has api_key in it, which logs show; use headers",
		},
		"open to everyone": {
			"receivers: {otlp: {protocols: {grpc: {endpoint: '0.0.0.0:4317'}}}}",
			"receivers::otlp::protocols::grpc: listens on 0.0.0.0:4317 without auth",
		},
		"open to everyone, without a host": {
			"receivers: {otlp: {protocols: {http: {endpoint: ':4318'}}}}",
			"receivers::otlp::protocols::http: listens on :4318 without auth",
		},
		"open to everyone, another protocol": {
			"{receivers: {zipkin: {endpoint: '0.0.0.0:9411'}}, service: {pipelines: {traces: {receivers: [otlp, zipkin]}}}}",
			"receivers::zipkin: listens on 0.0.0.0:9411 without auth",
		},
		"open to everyone, Jaeger": {
			"{receivers: {jaeger/old: {protocols: {thrift_http: {endpoint: '[::]:14268'}}}}, service: {pipelines: {traces: {receivers: [otlp, jaeger/old]}}}}",
			"receivers::jaeger/old::protocols::thrift_http: listens on [::]:14268 without auth",
		},
		"spend without prices": {
			"service: {pipelines: {traces: {processors: [memory_limiter, sensitive_filter]}}}",
			"service::pipelines::traces/spend: signal_to_metrics/spend counts spend without llm_cost on its way, so that it counts none; put llm_cost before the fork",
		},
		"spend at each attempt": {
			"service: {pipelines: {traces/spend: {processors: []}}}",
			"service::pipelines::traces/spend: signal_to_metrics/spend counts spend without span_dedup on its way",
		},
		"audit left on": {
			"processors: {sensitive_filter: {mode: audit}}",
			"warning: processors::sensitive_filter::mode: is audit: findings are counted, and secrets pass unchanged; set it to redact once the counts are looked at [audit-mode]",
		},
		"an allow list of everything": {
			"processors: {sensitive_filter: {allow: {regex: ['abc', '.*']}}}",
			"error: processors::sensitive_filter::allow::regex: expression 2 matches every finding, so that nothing is redacted",
		},
		"another spelling of everything": {
			`processors: {sensitive_filter: {allow: {regex: ['(?s)[\s\S]+']}}}`,
			"processors::sensitive_filter::allow::regex: expression 1 matches every finding",
		},
		"a place off": {
			"processors: {sensitive_filter: {scope: {log_body: false, events: true}}}",
			"warning: processors::sensitive_filter::scope::log_body: is false: secrets in this place pass",
		},
		"all attributes ignored": {
			"processors: {sensitive_filter: {keys: {ignore: ['*']}}}",
			"processors::sensitive_filter::keys::ignore: * takes in every attribute",
		},
		"personal data only": {
			"processors: {sensitive_filter: {presets: [pii]}}",
			"processors::sensitive_filter::presets: has no secrets",
		},
		"no rule for secrets": {
			"processors: {sensitive_filter: {disable_rules: ['secret.*']}}",
			"processors::sensitive_filter::disable_rules: secret.* switches off all rules",
		},
		"no destination": {
			"service: {pipelines: {traces/otlp: {exporters: [nop]}, traces/libsql: {exporters: [nop]}, logs/otlp: {exporters: [nop]}, metrics/spend: {exporters: [nop]}}}",
			"warning: service::pipelines: no destination: what is received is acknowledged and discarded",
		},
		"batched before the store": {
			"service: {pipelines: {traces: {processors: [memory_limiter, sensitive_filter, llm_cost, batch]}}}",
			"service::pipelines::traces: batch answers the client before an exporter has the telemetry, so that a crash loses it; take it out",
		},
		"batched in a destination's branch": {
			"service: {pipelines: {traces/otlp: {processors: [probabilistic_sampler, batch/2]}}}",
			"service::pipelines::traces/otlp: batch/2 answers the client before an exporter has",
		},
		"held in memory": {
			"service: {pipelines: {traces/otlp: {processors: [groupbytrace]}}}",
			"service::pipelines::traces/otlp: groupbytrace acknowledges telemetry, keeps it in memory and loses it when the collector ends",
		},
		"one file twice": {
			"{exporters: {libsql: {url: 'file:data/traces.db'}, libsql/2: {url: 'file:./data/traces.db?x=1'}}, service: {pipelines: {logs/otlp: {exporters: [otlp_http, libsql/2]}}}}",
			"error: exporters::libsql/2::url: is the file of exporters::libsql too; two writers of one file block each other",
		},
		"a signal's path": {
			"exporters: {otlp_http: {endpoint: 'https://otlp.example.com/v1/traces/'}}",
			"error: exporters::otlp_http::endpoint: ends in /v1/traces, to which the exporter adds",
		},
		"no scheme": {
			"exporters: {otlp_http: {endpoint: 'otlp.example.com:4318'}}",
			"error: exporters::otlp_http::endpoint: does not begin with https:// or http://",
		},
		"gRPC's port": {
			"exporters: {otlp_http: {endpoint: 'http://10.0.0.1:4317'}}",
			"exporters::otlp_http::endpoint: is at port 4317, where OTLP receivers speak gRPC by convention; use 4318, or the exporter otlp_grpc",
		},
		"HTTP's port": {
			"{exporters: {otlp_grpc: {endpoint: '10.0.0.1:4318', sending_queue: {enabled: false}}}, service: {pipelines: {traces/otlp: {exporters: [otlp_grpc]}}}}",
			"exporters::otlp_grpc::endpoint: is at port 4318, where OTLP receivers speak HTTP",
		},
		"its own address": {
			"{receivers: {otlp: {protocols: {http: {endpoint: '127.0.0.1:14318'}}}}, exporters: {otlp_http: {endpoint: 'http://localhost:14318'}}}",
			"error: exporters::otlp_http::endpoint: is the address of receivers::otlp of this collector",
		},
		"any certificate": {
			"exporters: {otlp_http: {tls: {insecure_skip_verify: true}}}",
			"exporters::otlp_http::tls::insecure_skip_verify: is true: anyone on the way can read",
		},
		"any certificate, of the collector's own telemetry": {
			"service: {telemetry: {metrics: {readers: [{periodic: {exporter: {otlp: {tls: {insecure_skip_verify: true}}}}}]}}}",
			"service::telemetry::metrics::readers::0::periodic::exporter::otlp::tls::insecure_skip_verify: is true",
		},
		"a key in clear text": {
			"exporters: {otlp_http: {endpoint: 'http://otlp.example.com', headers: {x-api-key: '(elsewhere)'}}}",
			"exporters::otlp_http::endpoint: is reached without TLS and gets x-api-key",
		},
		"a token in clear text, gRPC": {
			"{exporters: {otlp_grpc: {endpoint: 'gw.example.com:4317', tls: {insecure: true}, headers: {authorization: 'Bearer (elsewhere)'}}}, service: {pipelines: {traces/otlp: {exporters: [otlp_grpc]}}}}",
			"exporters::otlp_grpc::endpoint: is reached without TLS and gets authorization",
		},
		"pprof for everyone": {
			"{extensions: {pprof: {endpoint: '0.0.0.0:1777'}}, service: {extensions: [pprof]}}",
			"extensions::pprof::endpoint: is 0.0.0.0:1777, where other machines read",
		},
		"zpages by a name": {
			"{extensions: {zpages: {endpoint: 'collector.internal:55679'}}, service: {extensions: [zpages]}}",
			"extensions::zpages::endpoint: is collector.internal:55679, where other machines read",
		},
		"a page and no store": {
			"{extensions: {trace_viewer: {endpoint: '127.0.0.1:4319'}}, service: {extensions: [trace_viewer], pipelines: {traces/libsql: {receivers: [forward/llm], exporters: [nop]}}}}",
			"extensions::trace_viewer: shows the store of a libsql exporter, and no pipeline has one",
		},
		"a page and another store": {
			"{extensions: {trace_viewer: {exporter: libsql/other}}, service: {extensions: [trace_viewer]}}",
			"extensions::trace_viewer::exporter: names libsql/other",
		},
		"a page and two stores": {
			"{exporters: {libsql/2: {url: 'file:two.db'}}, extensions: {trace_viewer: {}}, service: {extensions: [trace_viewer], pipelines: {traces/2: {receivers: [forward/llm], exporters: [libsql, libsql/2]}}}}",
			"extensions::trace_viewer: shows the store of one libsql exporter, and there are libsql and libsql/2",
		},
		"traces for other machines in clear text": {
			"{extensions: {trace_viewer: {endpoint: '0.0.0.0:4319', auth: {authenticator: basicauth}}}, service: {extensions: [trace_viewer]}}",
			"extensions::trace_viewer::endpoint: is 0.0.0.0:4319 without tls",
		},
		"a private key in the file": {
			"receivers: {otlp: {protocols: {grpc: {tls: {key_pem: \"-----BEGIN EC PRIVATE KEY-----\\nabcdef\"}}}}}",
			"receivers::otlp::protocols::grpc::tls::key_pem: has its value in the file",
		},
		"a key by its looks": {
			"exporters: {otlp_http: {headers: {x-team: 'sk-lf-0abcdef0-1111-4222-8333-444455556666'}}}",
			"exporters::otlp_http::headers::x-team: has its value in the file",
		},
		"a key of hashes": {
			"processors: {sensitive_filter: {style: {hash: {key: abcdefabcdefabcdefabcdefabcdefab}}}}",
			"processors::sensitive_filter::style::hash::key: has its value in the file",
		},
		"a header of nothing": {
			"exporters: {otlp_http: {headers: {authorization: 'Bearer (unset MY_TOKEN)'}}}",
			"warning: exporters::otlp_http::headers::authorization: refers to MY_TOKEN, which is not set",
		},
		"more memory than there is": {
			"processors: {memory_limiter: {limit_mib: 8192}}",
			"warning: processors::memory_limiter::limit_mib: is 8192, and there are 4096 MiB here",
		},
		"metrics for nobody": {
			"service: {pipelines: {metrics/spend: {exporters: [nop]}}}",
			"warning: service::pipelines::metrics/spend: no destination gets metrics, which are discarded; add a pipeline: metrics/mine: {receivers: [forward/llm], exporters: [otlp_http]}",
		},
		"no memory limit": {
			"service: {pipelines: {logs: {processors: [sensitive_filter, memory_limiter]}}}",
			"service::pipelines::logs: does not begin with memory_limiter",
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := strings.Join(mistakesOf(t, sound, test.change), "\n")
			assert.Contains(t, found, test.want)
			assert.NotContains(t, found, "abcdef")
		})
	}
}

func TestWhatIsNoMistake(t *testing.T) {
	for name, change := range map[string]string{
		"open, with authentication": "receivers: {otlp: {protocols: {grpc: {endpoint: '0.0.0.0:4317', auth: {authenticator: basicauth}}}}}",
		"no queue at all":           "exporters: {otlp_http: {sending_queue: {storage: null, enabled: false}}}",
		"an exporter nobody uses":   "exporters: {otlp_http/2: {}}",
		"other metrics of a share": `
connectors: {signal_to_metrics/http: {spans: [{name: requests, conditions: ['span.attributes["http.route"] != nil'], sum: {value: "1"}}]}}
service: {pipelines: {traces/otlp: {exporters: [otlp_http, signal_to_metrics/http]}, metrics/http: {receivers: [signal_to_metrics/http], exporters: [otlp_http]}}}`,
		"a token from elsewhere":        "exporters: {otlp_http: {headers: {authorization: 'Bearer (elsewhere)', x-api-key: ''}}}",
		"names like a secret's":         "{exporters: {otlp_http: {tls: {key_file: a.pem}, headers: {x-token-kind: a}}}, extensions: {bearertokenauth: {filename: tokens}}}",
		"an address":                    "exporters: {otlp_http: {endpoint: 'https://otlp.example.com/@me?project=a'}}",
		"a receiver nobody uses":        "receivers: {otlp/2: {protocols: {grpc: {endpoint: '0.0.0.0:4317'}}}}",
		"names of before":               "service: {pipelines: {traces: {processors: [memory_limiter/a, sensitivefilter, llmcost/x]}}}",
		"a server that is asked":        "{receivers: {kafka: {brokers: ['10.0.0.1:9092']}}, service: {pipelines: {traces: {receivers: [otlp]}}}}",
		"audit in a filter nobody uses": "processors: {sensitive_filter/2: {mode: audit}}",
		"an allow list of some":         "processors: {sensitive_filter: {allow: {regex: ['[^@]+@example\\.com', 'sk-.*'], exact: ['a']}}}",
		"places on":                     "processors: {sensitive_filter: {scope: {log_body: true, trace_state: false}, keys: {ignore: [attributes.gen_ai.response.id, '*.http.route']}}}",
		"presets with secrets":          "processors: {sensitive_filter: {presets: [secrets, pii_network], disable_rules: [pii.phone]}}",
		"Kafka alone":                   "{exporters: {kafka: {sending_queue: {storage: file_storage}}}, service: {pipelines: {traces/otlp: {exporters: [kafka]}, logs/otlp: {exporters: [nop]}, metrics/spend: {exporters: [nop]}}}}",
		"two files":                     "{exporters: {libsql: {url: 'file:data/traces.db'}, libsql/2: {url: 'file:data/logs.db'}}, service: {pipelines: {logs/otlp: {exporters: [otlp_http, libsql/2]}}}}",
		"two servers":                   "{exporters: {libsql: {url: 'libsql://a'}, libsql/2: {url: 'libsql://a'}}, service: {pipelines: {logs/otlp: {exporters: [otlp_http, libsql/2]}}}}",
		"one exporter in two pipelines": "service: {pipelines: {logs/otlp: {exporters: [otlp_http, libsql]}}}",
		"a path of its own":             "exporters: {otlp_http: {endpoint: 'https://otlp.example.com/otlp', traces_endpoint: 'https://otlp.example.com/v1/traces'}}",
		"another collector here":        "exporters: {otlp_http: {endpoint: 'http://127.0.0.1:24318'}}",
		"another machine's port":        "exporters: {otlp_http: {endpoint: 'https://10.0.0.7:4318'}}",
		"clear text on this machine":    "exporters: {otlp_http: {endpoint: 'http://127.0.0.1:9', headers: {x-api-key: '(elsewhere)'}}}",
		"clear text without a key":      "exporters: {otlp_http: {endpoint: 'http://otlp.example.com', headers: {x-team: a}}}",
		"pprof on loopback":             "{extensions: {pprof: {endpoint: 'localhost:1777'}, zpages: {endpoint: '[::1]:55679'}}, service: {extensions: [pprof, zpages]}}",
		"pprof that is not started":     "extensions: {pprof: {endpoint: '0.0.0.0:1777'}}",
		"traces over TLS":               "{extensions: {trace_viewer: {endpoint: '0.0.0.0:4319', tls: {cert_file: c.pem}, auth: {authenticator: basicauth}}}, service: {extensions: [trace_viewer]}}",
		"traces on loopback":            "{extensions: {trace_viewer: {endpoint: '127.0.0.1:4319'}}, service: {extensions: [trace_viewer]}}",
		"a certificate":                 "receivers: {otlp: {protocols: {grpc: {tls: {cert_pem: \"-----BEGIN CERTIFICATE-----\\nabcdef\"}}}}}",
		"a variable that may be unset":  "exporters: {otlp_http: {tls: {ca_file: '(unset CA)'}}}",
		"as much memory as there is":    "processors: {memory_limiter: {limit_mib: 3000}}",
		"a share instead of a limit":    "processors: {memory_limiter: {limit_percentage: 80}}",
		"a queue that clients wait for": "exporters: {otlp_http: {sending_queue: {storage: null, wait_for_result: true}}}",
		"traces alone":                  "{exporters: {otlp_http: {traces_endpoint: 'https://otlp.example.com/v1/traces'}}, service: {pipelines: {metrics/spend: {exporters: [nop]}, logs/otlp: {exporters: [nop]}}}}",
		"expressions about secrets":     "processors: {sensitive_filter: {custom_rules: [{id: mine, regex: 'sk-[a-z]{20}'}], keys: {sensitive: [password]}}}",
		"a pipeline into nothing":       "service: {pipelines: {metrics: {receivers: [otlp], exporters: [nop]}}}",
		"Kafka between redaction and delivery": `
exporters: {kafka: {sending_queue: {storage: file_storage}}}
receivers: {kafka: {}}
service:
  pipelines:
    traces: {exporters: [kafka]}
    traces/kafka: {receivers: [kafka], processors: [memory_limiter, llm_cost], exporters: [forward/llm, forward/spend]}`,
	} {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, mistakesOf(t, sound, change))
		})
	}
}

func TestWhatOthersWroteToKafkaIsNotRedacted(t *testing.T) {
	found := mistakesOf(t, sound, "{receivers: {kafka: {}}, service: {pipelines: {traces/libsql: {receivers: [kafka], processors: [memory_limiter]}}}}")
	require.Len(t, found, 1)
	assert.Contains(t, found[0], "what kafka receives reaches libsql without sensitive_filter")
}
