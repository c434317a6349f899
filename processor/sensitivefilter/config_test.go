package sensitivefilter

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter/internal/metadata"
)

func TestLoadConfig(t *testing.T) {
	for id, want := range map[component.ID]*Config{
		component.NewID(metadata.Type): defaults(),
		component.NewIDWithName(metadata.Type, "secrets"): {
			Presets: []string{"secrets"}, DisableRules: []string{"secret.langfuse-public-key", "secret.stripe-publishable-*"},
		},
	} {
		t.Run(id.String(), func(t *testing.T) {
			conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
			require.NoError(t, err)
			sub, err := conf.Sub(id.String())
			require.NoError(t, err)
			cfg := createDefaultConfig()
			require.NoError(t, sub.Unmarshal(cfg))
			require.NoError(t, confmap.Validate(cfg))
			assert.Equal(t, want, cfg)
		})
	}
}

func TestConfigErrorsNameTheOptionAndTheRemedy(t *testing.T) {
	for text, cfg := range map[string]*Config{
		`presets: unknown preset "secret"`:               {Presets: []string{"secret"}},
		`disable_rules: no rule matches "pii.telephone"`: {DisableRules: []string{"pii.telephone"}},
	} {
		assert.ErrorContains(t, confmap.Validate(cfg), text)
	}
}
