package langfuseexporter

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
)

func load(t *testing.T, id component.ID) *Config {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := conf.Sub(id.String())
	require.NoError(t, err)
	config := createDefaultConfig()
	require.NoError(t, sub.Unmarshal(config))
	return config.(*Config)
}

func TestDefaults(t *testing.T) {
	config := load(t, component.NewID(metadata.Type))
	require.NoError(t, confmap.Validate(config))
	want := createDefaultConfig().(*Config)
	want.Keys = KeysConfig{PublicKey: "pk-lf-1", SecretKey: "sk-lf-1"}
	assert.Equal(t, want, config)
	require.NoError(t, componenttest.CheckConfigStruct(config))
	base, err := baseURL(config.ClientConfig.Endpoint, config.Region, "")
	require.NoError(t, err)
	assert.Equal(t, "https://cloud.langfuse.com", base)
}

func TestEveryOption(t *testing.T) {
	config := load(t, component.NewIDWithName(metadata.Type, "everything"))
	require.NoError(t, confmap.Validate(config))
	queue := config.QueueConfig.Get()
	assert.Equal(t, []string{"x-project"}, queue.Batch.Get().Partition.MetadataKeys, "set, since routing needs it")
	assert.Equal(t, FilterConfig{
		Mode: "llm_traces", IncludeScopes: []string{"a"}, ExcludeScopes: []string{"b"}, IncludeAttributes: []string{"c"}, KeepRoot: true, Orphans: "flag",
	}, config.Filter)
	assert.Equal(t, PropagateConfig{Enabled: false, Cache: CacheConfig{MaxTraces: 5, TTL: time.Minute}}, config.Propagate)
	assert.Equal(t, MappingConfig{
		Enabled: true, Messages: "json", Cost: "never", AgentUsage: "keep", SpanEvents: "observations", ModelName: "strip_prefix", TraceIO: true,
		MetadataAttributes: []string{"x.*"}, TraceMetadataAttributes: []string{"y"}, UserIDFrom: []string{"u"}, SessionIDFrom: []string{"s"},
		TraceNameFrom: []string{"n"}, TagsFrom: []string{"t"},
	}, config.Mapping)
	assert.Equal(t, MediaConfig{Mode: "strip", MinSize: 100, MaxSize: 200, Concurrency: 1}, config.Media)
	assert.Equal(t, []int{429}, config.RetryStatusCodes)
	assert.Equal(t, RoutingConfig{From: []RoutingSource{{Span: "tenant"}, {Metadata: "x-project"}}, Default: "drop"}, config.Routing)
	assert.Len(t, config.Projects, 2)
	assert.Equal(t, []any{"json", 0, "mine", "prod", "r1", "v1", 50_000, 40_000, "fail"}, []any{
		config.Encoding, config.IngestionVersion, config.SDKName, config.Environment, config.Release, config.Version, config.MaxRequestBytes,
		config.MaxSpanBytes, config.CheckOnStart,
	})
}

// TestAMetadataKeyThatDecidesTwice is one key of the queue.
func TestAMetadataKeyThatDecidesTwice(t *testing.T) {
	conf := confmap.NewFromStringMap(map[string]any{
		"projects": map[string]any{"a": map[string]any{"api_key": "pk-lf-a:sk-lf-a"}}, "api_key": "pk-lf-1:sk-lf-1",
		"routing": map[string]any{"from": []any{map[string]any{"metadata": "x-project"}, map[string]any{"metadata": "X-Project"}, map[string]any{"metadata": "x-tenant"}}},
	})
	config := createDefaultConfig().(*Config)
	require.NoError(t, conf.Unmarshal(config))
	require.NoError(t, confmap.Validate(config))
	assert.Equal(t, []string{"x-project", "x-tenant"}, config.QueueConfig.Get().Batch.Get().Partition.MetadataKeys)
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	config := load(t, component.NewIDWithName(metadata.Type, "wrong"))
	err := config.Validate()
	require.Error(t, err)
	for _, want := range []string{
		`encoding: "xml" is not one of ["proto" "json"]`, `check_on_start: "maybe"`, `filter::mode: "some"`, `filter::orphans: "adopt"`, `mapping::messages: "text"`,
		`mapping::cost: "always"`, `mapping::agent_usage: "sum"`, `mapping::span_events: "rows"`, `mapping::model_name: "alias"`, `media::mode: "mail"`,
		"ingestion_version: 5 is not between 0 (no header) and 4", "max_span_bytes: 20000 is more than max_request_bytes (17000)",
		"propagate::cache::ttl: -1s is negative", "media::min_size: 1 is less than 64", "media::concurrency: 0 is less than 1", "retry_status_codes: 200",
		`compression: Langfuse reads gzip only; "zstd"`, "region: stands beside endpoint", "secret_key: is missing beside public_key",
		"projects::a::public_key, projects::a::secret_key: are missing", "projects::a::region: \"mars\"", "routing::default: \"c\" is neither drop",
		"routing::from: entry 1 names 2 places",
	} {
		assert.Contains(t, err.Error(), want)
	}
	assert.NotContains(t, err.Error(), "pk-lf-1")
}

func TestEndpoints(t *testing.T) {
	for endpoint, want := range map[string]string{
		"":                             "https://cloud.langfuse.com",
		"langfuse.example.com":         "https://langfuse.example.com",
		"http://localhost:3000/":       "http://localhost:3000",
		"http://us.cloud.langfuse.com": "https://us.cloud.langfuse.com",
		`"http://localhost:3000"`:      "http://localhost:3000",
		"https://cloud.langfuse.com/api/public/otel":            "https://cloud.langfuse.com",
		"https://cloud.langfuse.com/api/public/otel/v1/traces/": "https://cloud.langfuse.com",
		"https://example.com/langfuse/api/public":               "https://example.com/langfuse",
	} {
		base, err := baseURL(endpoint, "", "")
		require.NoError(t, err, endpoint)
		assert.Equal(t, want, base, endpoint)
	}
	for region, want := range regions {
		base, err := baseURL("", region, "")
		require.NoError(t, err)
		assert.Equal(t, want, base)
	}
	for _, endpoint := range []string{"ftp://x", "https://", "https://a:b@example.com", "https://example.com?key=1", "http://bad host"} {
		_, err := baseURL(endpoint, "", "")
		require.Error(t, err, endpoint)
		assert.True(t, strings.HasPrefix(err.Error(), "endpoint: "))
		assert.NotContains(t, err.Error(), "a:b")
	}
}

func TestKeys(t *testing.T) {
	for _, keys := range []KeysConfig{
		{APIKey: " pk:sk\n"},
		{APIKey: `"pk : sk"`},
		{PublicKey: `"pk"`, SecretKey: "'sk'\n"}, // docker run --env-file keeps the quotes
	} {
		pair, err := keys.pair("")
		require.NoError(t, err)
		assert.Equal(t, keyPair{"pk", "sk"}, pair)
	}
	pair, err := (&KeysConfig{APIKey: "x:y", PublicKey: "pk", SecretKey: "sk"}).pair("")
	require.NoError(t, err)
	assert.Equal(t, keyPair{"pk", "sk"}, pair, "the longer names come first")
	for _, keys := range []KeysConfig{{}, {APIKey: "pk"}, {APIKey: ":sk"}, {APIKey: `"`}, {PublicKey: `""`, SecretKey: "sk"}, {SecretKey: "sk"}, {PublicKey: "sk-lf-1", SecretKey: "pk-lf-1"}, {PublicKey: "a:b", SecretKey: "c"}} {
		_, err := keys.pair("")
		assert.Error(t, err)
	}
}

// TestNothingReplacesTheKeysOfProjects: what would is said with its key.
func TestNothingReplacesTheKeysOfProjects(t *testing.T) {
	projects := func() *Config {
		_, config := projectsConfig(t, nil)
		require.NoError(t, config.Validate())
		return config
	}
	config := projects()
	config.ClientConfig.Headers = configopaque.MapList{{Name: "authorization", Value: "Basic secret"}}
	err := config.Validate()
	require.ErrorContains(t, err, "headers: Authorization would replace the keys of projects")
	require.ErrorContains(t, err, "set public_key and secret_key")
	assert.NotContains(t, err.Error(), "Basic")
	config = projects()
	config.ClientConfig.Auth = configoptional.Some(configauth.Config{})
	require.ErrorContains(t, config.Validate(), "auth: would replace the keys of projects")
	config.Projects, config.Routing, config.Keys = nil, RoutingConfig{}, KeysConfig{}
	require.NoError(t, config.Validate(), "of one project they are its keys")
}
