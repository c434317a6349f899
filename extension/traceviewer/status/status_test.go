package status

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/internal/failures"
)

func confOf(t *testing.T, yaml string) *confmap.Conf {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(yaml))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	return conf
}

func TestAddressesHaveNoSecretAndSayWhetherTheyAreElsewhere(t *testing.T) {
	for exporter, want := range map[string]struct {
		address string
		remote  bool
	}{
		"libsql: {url: 'file:data/traces.db'}":                                     {"data/traces.db", false},
		"libsql: {url: 'libsql://db.example.com', auth_token: secret}":             {"libsql://db.example.com", true},
		"otlp_http: {endpoint: 'https://user:secret@otlp.example.com/x?k=secret'}": {"https://otlp.example.com", true},
		"otlp_http: {endpoint: 'http://localhost:4318'}":                           {"http://localhost:4318", false},
		"otlp_http: {endpoint: 'http://[::1]:4318'}":                               {"http://[::1]:4318", false},
		"otlp_grpc: {endpoint: 'gateway.example.com:4317'}":                        {"gateway.example.com:4317", true},
		"otlp_grpc: {endpoint: '127.0.0.1:4317'}":                                  {"127.0.0.1:4317", false},
		"otlp_http: {traces_endpoint: 'https://a.example/v1/traces?token=secret'}": {"https://a.example", true},
		"datadog: {api: {key: secret, site: datadoghq.eu}}":                        {"https://datadoghq.eu", true},
		"kafka: {brokers: ['kafka-1:9092', 'kafka-2:9092']}":                       {"kafka-1:9092, kafka-2:9092", true},
		"file: {path: out.json}":                                                   {"out.json", false},
		"prometheus: {endpoint: '0.0.0.0:9464'}":                                   {"0.0.0.0:9464", false},
		"debug: {verbosity: basic}":                                                {"", false},
	} {
		id, _, _ := strings.Cut(exporter, ":")
		l := newLayout(confOf(t, "exporters: {"+exporter+"}\nservice: {pipelines: {traces: {exporters: ["+id+"]}}}"), nil)
		address, remote := l.address(id)
		assert.Equal(t, want.address, address, exporter)
		assert.Equal(t, want.remote, remote, exporter)
		assert.NotContains(t, address, "secret")
		assert.Equal(t, []string{"traces"}, l.signals[id])
	}
}

func TestMetricsAreFoundAndRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`# TYPE otelcol_receiver_accepted_spans_total counter
otelcol_receiver_accepted_spans_total{receiver="otlp",transport="http"} 3
otelcol_receiver_accepted_spans_total{receiver="otlp",transport="grpc"} 4
# TYPE otelcol_exporter_queue_size gauge
otelcol_exporter_queue_size{exporter="libsql",data_type="traces"} 5
# TYPE took histogram
took_bucket{le="+Inf"} 1
took_sum 2
took_count 1
`))
	}))
	defer server.Close()
	at, err := url.Parse(server.URL)
	require.NoError(t, err)
	reader := "service: {telemetry: {metrics: {readers: [{periodic: {}}, {pull: {exporter: {prometheus: {host: '" + at.Hostname() + "', port: " + at.Port() + "}}}}]}}}"
	m, err := newScraper(confOf(t, reader)).read(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Items{Spans: 7}, *items(m, "otelcol_receiver_accepted_", "receiver", "otlp"))
	assert.Equal(t, map[string]float64{"http": 3, "grpc": 4}, m.by("otelcol_receiver_accepted_spans", "transport"))
	_, ok := m.sum("otelcol_exporter_queue_size", "exporter", "other")
	assert.False(t, ok)
	assert.Nil(t, items(nil, "x"), "not known is not zero")

	for _, none := range []string{"service: {}", "service: {telemetry: {metrics: {readers: []}}}", "service: {telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {port: 0}}}}]}}}"} {
		_, err := newScraper(confOf(t, none)).read(t.Context())
		require.ErrorIs(t, err, errNoMetrics)
	}
	assert.Equal(t, "http://localhost:8888/metrics", newScraper(confOf(t, "service: {telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: '0.0.0.0', port: 8888}}}}]}}}")).url)
}

func TestTheWorstHealthCounts(t *testing.T) {
	o := NewObserver(component.BuildInfo{Command: "x", Version: "1"}, nil)
	o.failures = failures.NewRegistry()
	o.Configure(confOf(t, `
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:4318"}}}}
exporters: {otlp_http: {endpoint: "https://x.example", sending_queue: {storage: file_storage, queue_size: 7}}, nop: {}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_http, nop]}}}`), confOf(t, "exporters: {otlp_http: {sending_queue: {sizer: items}}}"))
	defer o.Close()
	state := func() *Collector {
		c, err := o.Collector(t.Context())
		require.NoError(t, err)
		return c
	}
	c := state()
	assert.Equal(t, OK, c.Health, "nobody has said anything bad")
	assert.False(t, c.Metered)
	assert.NotEmpty(t, c.Note)
	require.Len(t, c.Destinations, 1, "nop is none")
	assert.Equal(t, Queue{Capacity: 7, Unit: "items", OnDisk: true}, *c.Destinations[0].Queue)
	note := func(kind component.Kind, id component.ID, event *componentstatus.Event) {
		o.Note(componentstatus.NewInstanceID(id, kind), event)
	}
	note(component.KindReceiver, component.MustNewID("otlp"), componentstatus.NewEvent(componentstatus.StatusOK))
	note(component.KindExporter, component.MustNewID("otlp_http"), componentstatus.NewRecoverableErrorEvent(errors.New("secret: HTTP Status Code 500")))
	c = state()
	assert.Equal(t, Degraded, c.Health)
	assert.Equal(t, "HTTP 500 Internal Server Error", c.Destinations[0].Error)
	note(component.KindExporter, component.MustNewID("otlp_http"), componentstatus.NewPermanentErrorEvent(errors.New("secret")))
	assert.Equal(t, Failed, state().Health)
	assert.NotContains(t, state().Destinations[0].Error, "secret")
	note(component.KindExporter, component.MustNewID("otlp_http"), componentstatus.NewEvent(componentstatus.StatusOK))
	assert.Equal(t, OK, state().Health)
}

func TestWhatIsLostLooksBadForAWhile(t *testing.T) {
	o := NewObserver(component.BuildInfo{}, nil)
	lost := func(n float64, at time.Time) {
		o.losses.look(metrics{"otelcol_exporter_send_failed_spans": {{map[string]string{"exporter": "x"}, n}}}, at)
	}
	now := time.Now()
	lost(5, now)
	assert.False(t, o.lostRecently("x"), "nobody knows when")
	lost(5, now)
	assert.False(t, o.lostRecently("x"))
	lost(6, now)
	assert.True(t, o.lostRecently("x"))
	lost(7, now.Add(-recent-time.Second))
	assert.False(t, o.lostRecently("x"))
}

// TestEveryReasonOfTheReceiverIsInWords holds the table to those that the receiver counts.
func TestEveryReasonOfTheReceiverIsInWords(t *testing.T) {
	raw, err := os.ReadFile("../../../receiver/otlpreceiver/metadata.yaml")
	require.NoError(t, err)
	var metadata struct {
		Attributes struct {
			Reason struct{ Enum []string }
		}
	}
	require.NoError(t, yaml.Unmarshal(raw, &metadata))
	require.NotEmpty(t, metadata.Attributes.Reason.Enum)
	assert.Len(t, refusals, len(metadata.Attributes.Reason.Enum))
	for _, reason := range metadata.Attributes.Reason.Enum {
		assert.NotEmpty(t, refusals[reason].sentence, reason)
		assert.NotEmpty(t, refusals[reason].remedy, reason)
	}
}
