package sensitivefilter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// TestPipelinesOfOneConfigurationWarnOnce: the filter stands in a pipeline for each
// signal.
func TestPipelinesOfOneConfigurationWarnOnce(t *testing.T) {
	factory := NewFactory()
	config := factory.CreateDefaultConfig().(*Config)
	config.Mode = modeAudit
	config.CustomRules = []CustomRuleConfig{{ID: "mine", Regex: `[a-z]+`, AllowSlow: true}}
	core, logs := observer.New(zapcore.WarnLevel)
	set := processortest.NewNopSettings(factory.Type())
	set.Logger = zap.New(core)
	traces, err := factory.CreateTraces(t.Context(), set, config, consumertest.NewNop())
	require.NoError(t, err)
	records, err := factory.CreateLogs(t.Context(), set, config, consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, traces.Shutdown(t.Context()))
	require.NoError(t, records.Shutdown(t.Context()))
	var said []string
	for _, entry := range logs.All() {
		said = append(said, entry.Message)
	}
	assert.Equal(t, []string{"mode is audit: findings are counted, and sensitive text passes unchanged", "a custom rule runs over every value"}, said)
}
