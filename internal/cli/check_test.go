package cli

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
	found, err := findMistakes(conf, conf)
	require.NoError(t, err)
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
			"exporters::otlp_http: drops what the destination refuses because of credentials (401, 403), though its queue is on disk; set middlewares: [{id: retry_refused}]",
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
		"a token from elsewhere":  "exporters: {otlp_http: {headers: {authorization: 'Bearer (elsewhere)', x-api-key: ''}}}",
		"names like a secret's":   "{exporters: {otlp_http: {tls: {key_file: a.pem}, headers: {x-token-kind: a}}}, extensions: {bearertokenauth: {filename: tokens}}}",
		"an address":              "exporters: {otlp_http: {endpoint: 'https://otlp.example.com/@me?project=a'}}",
		"a receiver nobody uses":  "receivers: {otlp/2: {protocols: {grpc: {endpoint: '0.0.0.0:4317'}}}}",
		"names of before":         "service: {pipelines: {traces: {processors: [memory_limiter/a, sensitivefilter, llmcost/x]}}}",
		"a server that is asked":  "{receivers: {kafka: {brokers: ['10.0.0.1:9092']}}, service: {pipelines: {traces: {receivers: [otlp]}}}}",
		"a pipeline into nothing": "service: {pipelines: {metrics: {receivers: [otlp], exporters: [nop]}}}",
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
