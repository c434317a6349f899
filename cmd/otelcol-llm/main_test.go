package main

import (
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
