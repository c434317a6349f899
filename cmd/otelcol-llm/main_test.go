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

// TestTheEmbeddedConfigurationIsValid resolves what the collector runs without
// --config.
func TestTheEmbeddedConfigurationIsValid(t *testing.T) {
	set := settings()
	provider, err := otelcol.NewConfigProvider(set.ConfigProviderSettings)
	require.NoError(t, err)
	factories, err := components()
	require.NoError(t, err)
	config, err := provider.Get(t.Context(), factories)
	require.NoError(t, err)
	require.NoError(t, confmap.Validate(config))
	assert.Len(t, config.Service.Pipelines, 4)
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
