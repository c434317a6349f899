package upstreamfix

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// TestNoLineHoldsAPayload: the line stays with its other fields, also behind loggers
// with fields and beside the other options.
func TestNoLineHoldsAPayload(t *testing.T) {
	for _, level := range []zapcore.Level{zapcore.InfoLevel, zapcore.DebugLevel} {
		core, logs := observer.New(level)
		logger := zap.New(core, QuietLogs(), HidePayloads()).With(zap.String("otelcol.component.id", "spend"), zap.String("TransformContext", "a prompt"))
		logger.Debug("condition evaluation result", zap.String("condition", "true"), zap.Any("TransformContext", map[string]any{"body": "a prompt"}))
		logger.Info("started", zap.String("port", "4317"))
		logger.Warn("zPages span processor registration is not available")
		var messages []string
		for _, entry := range logs.All() {
			messages = append(messages, entry.Level.String()+" "+entry.Message)
			fields := entry.ContextMap()
			assert.NotContains(t, fields, "TransformContext")
			assert.Equal(t, "spend", fields["otelcol.component.id"])
			if entry.Level == zapcore.DebugLevel && entry.Message[0] == 'c' {
				assert.Equal(t, "true", fields["condition"])
			}
		}
		want := []string{"info started"}
		if level == zapcore.DebugLevel {
			want = []string{"debug condition evaluation result", "info started", "debug zPages span processor registration is not available"}
		}
		assert.Equal(t, want, messages)
	}
}
