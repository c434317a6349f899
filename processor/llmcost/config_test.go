package llmcost

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

func TestLoadConfig(t *testing.T) {
	for id, want := range map[component.ID]*Config{
		component.NewID(metadata.Type): createDefaultConfig().(*Config),
		component.NewIDWithName(metadata.Type, "all"): {
			ExistingCost: existingKeep,
			Normalize:    normalizeFill,
			Write:        WriteConfig{Cost: true, Metadata: true},
			Unknown:      UnknownConfig{LogInterval: time.Minute, MaxModels: 10},
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

func TestTheOldTypeNameStillWorks(t *testing.T) {
	assert.Equal(t, "llm_cost", NewFactory().Type().String())
	assert.Equal(t, "llmcost", metadata.DeprecatedType.String())
}
