package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// resolved is what some configurations come to, as the collector reads them.
func resolved(t *testing.T, uris ...string) *confmap.Conf {
	t.Helper()
	set := settings().ConfigProviderSettings.ResolverSettings
	if len(uris) > 0 {
		set.URIs = uris
	}
	resolver, err := confmap.NewResolver(set)
	require.NoError(t, err)
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, err)
	require.NoError(t, resolver.Shutdown(t.Context()))
	return conf
}

// shipped are a base and overlays, by their files' names.
func shipped(files ...string) (uris []string) {
	for _, file := range files {
		uris = append(uris, filepath.Join("..", "..", "config", file))
	}
	return uris
}

// secrets are the variables whose values are credentials, what else is set with
// them, where mastra:env and an overlay put them, and the overlay.
var secrets = []struct {
	variable string
	with     map[string]string
	file     string
	key      string
	before   string // what stands before the value
}{
	{"LANGFUSE_PUBLIC_KEY", map[string]string{"LANGFUSE_SECRET_KEY": "s"}, "destinations/langfuse.yaml", "exporters::langfuse::public_key", ""},
	{"LANGFUSE_SECRET_KEY", map[string]string{"LANGFUSE_PUBLIC_KEY": "p"}, "destinations/langfuse.yaml", "exporters::langfuse::secret_key", ""},
	{"LANGFUSE_API_KEY", nil, "destinations/langfuse.yaml", "exporters::langfuse::api_key", ""},
	{"DD_API_KEY", nil, "destinations/datadog.yaml", "exporters::datadog::api::key", ""},
	{"DD_API_KEY", map[string]string{"DD_LLMOBS_ENABLED": "true"}, "destinations/datadog-llmobs.yaml", "exporters::otlp_http/datadog_llmobs::headers::dd-api-key", ""},
	{"DATADOG_API_KEY", nil, "", "exporters::datadog::api::key", ""},
	{"MASTRA_PLATFORM_ACCESS_TOKEN", map[string]string{"MASTRA_OTLP_ENDPOINT": "https://m.example.com", "MASTRA_PROJECT_ID": "p"}, "destinations/mastra.yaml", "exporters::otlp_http/mastra::headers::authorization", "Bearer "},
	{"MASTRA_CLOUD_ACCESS_TOKEN", map[string]string{"MASTRA_OTLP_ENDPOINT": "https://m.example.com"}, "", "exporters::otlp_http/mastra::headers::authorization", "Bearer "},
	{"OTELCOL_TRACES_DB_TOKEN", map[string]string{"OTELCOL_TRACES_DB": "https://db.example.com"}, "destinations/libsql-server.yaml", "exporters::libsql::auth_token", ""},
	{"OTEL_EXPORTER_OTLP_HEADERS", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.example.com"}, "destinations/otlp.yaml", "exporters::otlp_http::headers::x-api-key", ""},
}

// TestADollarInASecretIsADollar: no $ begins anything, wherever it stands.
func TestADollarInASecretIsADollar(t *testing.T) {
	for _, value := range []string{"$a$", "a$$b", "${env:HOME}", "a$${x}$"} {
		for _, s := range secrets {
			t.Run(s.variable+" "+value, func(t *testing.T) {
				for name, other := range s.with {
					t.Setenv(name, other)
				}
				text := value
				if s.variable == "OTEL_EXPORTER_OTLP_HEADERS" {
					text = "x-api-key=" + value
				}
				t.Setenv(s.variable, text)
				want := s.before + value
				assert.Equal(t, want, resolved(t, "mastra:env").Get(s.key), "mastra:env")
				if s.file != "" {
					assert.Equal(t, want, resolved(t, shipped("otelcol.yaml", s.file)...).Get(s.key), s.file)
				}
			})
		}
	}
}

// TestAVariableWithAConfigurationHasReferences: what it refers to is looked up.
func TestAVariableWithAConfigurationHasReferences(t *testing.T) {
	t.Setenv("OTELCOL_TEST_ENDPOINT", "127.0.0.1:1")
	t.Setenv("OTELCOL_TEST_CONFIG", "extensions: {health_check: {endpoint: '${env:OTELCOL_TEST_ENDPOINT}', path: a$$b}}")
	conf := resolved(t, "env:OTELCOL_TEST_CONFIG")
	assert.Equal(t, "127.0.0.1:1", conf.Get("extensions::health_check::endpoint"))
	assert.Equal(t, "a$b", conf.Get("extensions::health_check::path"))
}

// TestAListeningAddressOfIPv6 may have brackets and need not.
func TestAListeningAddressOfIPv6(t *testing.T) {
	for host, want := range map[string]string{
		"::1": "[::1]", "[::1]": "[::1]", "::": "[::]", "2001:db8::7": "[2001:db8::7]", "fe80::1%eth0": "[fe80::1%eth0]", "127.0.0.1": "127.0.0.1", "localhost": "localhost", "": "127.0.0.1",
	} {
		t.Setenv("OTELCOL_LISTEN_HOST", host)
		conf := resolved(t)
		assert.Equal(t, want+":4317", conf.Get("receivers::otlp::protocols::grpc::endpoint"))
		assert.Equal(t, want+":13133", conf.Get("extensions::health_check::endpoint"))
	}
}
