package upstreamfix

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// TestOnlyWhatIsHarmlessIsQuiet: other warnings, and the same words at another level,
// stay as they are, also behind a logger with fields.
func TestOnlyWhatIsHarmlessIsQuiet(t *testing.T) {
	const harmless = "zPages span processor registration is not available"
	for _, level := range []zapcore.Level{zapcore.InfoLevel, zapcore.DebugLevel} {
		core, logs := observer.New(level)
		logger := zap.New(core, QuietLogs()).With(zap.String("otelcol.component.id", "zpages"))
		logger.Warn(harmless)
		logger.Error(harmless)
		logger.Warn("Host's zPages not available")
		logger.Info("started")
		levels := map[string]int{}
		for _, entry := range logs.All() {
			levels[entry.Level.String()+" "+entry.Message]++
			assert.Equal(t, "zpages", entry.ContextMap()["otelcol.component.id"])
		}
		want := map[string]int{"error " + harmless: 1, "warn Host's zPages not available": 1, "info started": 1}
		if level == zapcore.DebugLevel {
			want["debug "+harmless] = 1
		}
		assert.Equal(t, want, levels)
	}
}

// TestANewQueueIsNotSaidToBeAnOldOne: of the three lines that upstream logs for each
// queue that is new, the true one stays.
func TestANewQueueIsNotSaidToBeAnOldOne(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	logger := zap.New(core, QuietLogs())
	logger.Info("New queue metadata key not found, attempting to load legacy format.")
	logger.Info("Initializing new persistent queue")
	logger.Info("Successfully migrated to consolidated metadata format")
	assert.Equal(t, 1, logs.Len())
	assert.Equal(t, 1, logs.FilterMessage("Initializing new persistent queue").Len())
}
