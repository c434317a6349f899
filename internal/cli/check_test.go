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
  otlp_http: {sending_queue: {storage: file_storage}}
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
	found, err := findMistakes(conf)
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
			assert.Contains(t, strings.Join(mistakesOf(t, sound, test.change), "\n"), test.want)
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
