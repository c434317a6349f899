package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
)

// TestEveryComponentHasASoundConfiguration loads all factories, which fails when
// two components have one name, and checks that each default configuration can
// be read from YAML.
func TestEveryComponentHasASoundConfiguration(t *testing.T) {
	factories, err := components()
	require.NoError(t, err)
	check := func(kind component.Type, factory component.Factory) {
		t.Run(kind.String(), func(t *testing.T) {
			assert.NoError(t, componenttest.CheckConfigStruct(factory.CreateDefaultConfig()))
		})
	}
	for kind, factory := range factories.Receivers {
		check(kind, factory)
	}
	for kind, factory := range factories.Processors {
		check(kind, factory)
	}
	for kind, factory := range factories.Exporters {
		check(kind, factory)
	}
	for kind, factory := range factories.Connectors {
		check(kind, factory)
	}
	for kind, factory := range factories.Extensions {
		check(kind, factory)
	}
}

// switches are the variables that switch destinations on. What becomes of all
// combinations with the other variables is tested in confmap/mastraprovider.
var switches = []map[string]string{
	{"MASTRA_OBSERVABILITY_STORAGE": "file:x.db"},
	{"LANGFUSE_API_KEY": "pk-lf-1:sk-lf-1"},
	{"DD_API_KEY": "k"},
	{"DD_API_KEY": "k", "DD_LLMOBS_ENABLED": "true"},
	{"MASTRA_CLOUD_ACCESS_TOKEN": "t", "MASTRA_OTLP_ENDPOINT": "https://x"},
	{"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x"},
	{"OTELCOL_PROMETHEUS_PORT": "9464"},
}

// TestEverySetOfDestinationsIsValid unmarshals and validates, with each set of
// destinations, what the collector runs without --config.
func TestEverySetOfDestinationsIsValid(t *testing.T) {
	factories, err := components()
	require.NoError(t, err)
	for chosen := range 1 << len(switches) {
		env := map[string]string{}
		for i, s := range switches {
			for name, value := range s {
				if chosen&(1<<i) != 0 {
					env[name] = value
				} else if _, ok := env[name]; !ok {
					env[name] = ""
				}
			}
		}
		if env["MASTRA_OBSERVABILITY_STORAGE"] == "" {
			env["MASTRA_OBSERVABILITY_STORAGE"] = "none"
		}
		for name, value := range env {
			t.Setenv(name, value)
		}
		provider, err := otelcol.NewConfigProvider(settings().ConfigProviderSettings)
		require.NoError(t, err)
		config, err := provider.Get(t.Context(), factories)
		require.NoError(t, err, "%v", env)
		require.NoError(t, confmap.Validate(config), "%v", env)
		require.NoError(t, provider.Shutdown(t.Context()))
	}
}

// TestRedactExitsWithOneWhenItFindsSomething runs the sub-command as a script in CI does.
func TestRedactExitsWithOneWhenItFindsSomething(t *testing.T) {
	redact := func(text string, args ...string) (code int, stdout, stderr string) {
		cmd := newCommand()
		var out, errs bytes.Buffer
		cmd.SetIn(strings.NewReader(text))
		cmd.SetOut(&out)
		cmd.SetErr(&errs)
		cmd.SetArgs(append([]string{"redact"}, args...))
		code = run(cmd)
		return code, out.String(), errs.String()
	}
	code, out, findings := redact("mail jane@example.com\n")
	assert.Equal(t, 1, code)
	assert.Equal(t, "mail [REDACTED:pii.email]\n", out)
	assert.Contains(t, findings, "1  pii.email")
	assert.NotContains(t, findings, "jane")

	code, out, findings = redact("max_tokens: 128000\n")
	assert.Zero(t, code)
	assert.Equal(t, "max_tokens: 128000\n", out)
	assert.Empty(t, findings)

	code, _, _ = redact("x", "--options", "yaml:presets: [nonsense]")
	assert.Equal(t, 1, code)
}

// TestAnEmptyVariableIsUnset: compose files and systemd's EnvironmentFile leave
// variables empty. An empty listening host would be every address, an empty
// percentage no trace at all.
func TestAnEmptyVariableIsUnset(t *testing.T) {
	for _, name := range []string{
		"OTELCOL_LISTEN_HOST", "OTELCOL_HTTP_PORT", "OTELCOL_LIBSQL_SAMPLING_PERCENTAGE", "OTELCOL_QUEUE_DIR", "OTELCOL_MEMORY_LIMIT_MIB", "DD_SITE",
		"LANGFUSE_BASE_URL", "OTELCOL_PROMETHEUS_PORT",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("DD_API_KEY", "k")
	t.Setenv("LANGFUSE_API_KEY", "pk-lf-1:sk-lf-1")
	t.Setenv("LANGFUSE_HOST", "https://langfuse.example.com")
	resolver, err := confmap.NewResolver(settings().ConfigProviderSettings.ResolverSettings)
	require.NoError(t, err)
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, err)
	for key, want := range map[string]any{
		"receivers::otlp::protocols::http::endpoint":                      "127.0.0.1:4318",
		"processors::probabilistic_sampler/libsql::sampling_percentage":   100,
		"processors::memory_limiter::limit_mib":                           1024,
		"extensions::file_storage::directory":                             "data/queue",
		"exporters::datadog::api::site":                                   "datadoghq.com",
		"exporters::langfuse::endpoint":                                   "https://langfuse.example.com",
		"exporters::prometheus":                                           nil,
		"extensions::health_check::endpoint":                              "127.0.0.1:13133",
		"processors::probabilistic_sampler/langfuse::sampling_percentage": 100,
	} {
		assert.Equal(t, want, conf.Get(key), key)
	}
	require.NoError(t, resolver.Shutdown(t.Context()))
}
