package upstreamfix

import (
	"slices"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// quietLines are messages that upstream's components log at a level that asks an
// operator to act, where nothing is wrong and there is nothing to do. They are logged
// at level debug instead.
var quietLines = []struct {
	level   zapcore.Level
	message string
}{
	// Logged at each start and stop unless the collector traces itself, which is off by
	// default. The pages that need no traces work. Delete when zpagesextension logs it
	// at level info:
	// https://github.com/open-telemetry/opentelemetry-collector/blob/v0.155.0/extension/zpagesextension/zpagesextension.go
	{zapcore.WarnLevel, "zPages span processor registration is not available"},
}

// QuietLogs is an option of the collector's logger: what upstream logs as a warning
// at each healthy start is logged at level debug.
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
