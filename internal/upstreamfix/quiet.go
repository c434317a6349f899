package upstreamfix

import (
	"slices"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// quietLines are messages that upstream's components log where nothing is wrong and
// there is nothing to do, in words that make an operator look for what is. They are
// logged at level debug instead.
var quietLines = []struct {
	level   zapcore.Level
	message string
}{
	// Logged at each start and stop unless the collector traces itself, which is off by
	// default. The pages that need no traces work. Delete when zpagesextension logs it
	// at level info:
	// https://github.com/open-telemetry/opentelemetry-collector/blob/v0.155.0/extension/zpagesextension/zpagesextension.go
	{zapcore.WarnLevel, "zPages span processor registration is not available"},
	// Logged for each queue on disk that is new, though nothing is missing, and nothing of
	// an older form is there to be migrated. "Initializing new persistent queue", which is
	// what happens, stays. Delete when exporterhelper logs them only where there is an older
	// queue:
	// https://github.com/open-telemetry/opentelemetry-collector/blob/exporter/exporterhelper/v0.155.0/exporter/exporterhelper/internal/queue/persistent_queue.go
	{zapcore.InfoLevel, "New queue metadata key not found, attempting to load legacy format."},
	{zapcore.InfoLevel, "Successfully migrated to consolidated metadata format"},
}

// QuietLogs is an option of the collector's logger: what upstream says at a healthy
// start as if something were wrong is logged at level debug.
func QuietLogs() zap.Option {
	return zap.WrapCore(func(core zapcore.Core) zapcore.Core { return quietCore{core} })
}

type quietCore struct{ zapcore.Core }

// Check lowers the level of a quiet line and passes on all others.
func (c quietCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	for _, line := range quietLines {
		if entry.Level == line.level && entry.Message == line.message {
			entry.Level = zapcore.DebugLevel
			break
		}
	}
	return c.Core.Check(entry, checked)
}

// With keeps what it adds quiet too.
func (c quietCore) With(fields []zapcore.Field) zapcore.Core {
	return quietCore{c.Core.With(slices.Clip(fields))}
}
