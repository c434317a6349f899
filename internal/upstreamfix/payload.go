package upstreamfix

import (
	"slices"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// payloadField is the field with which OTTL, in connectors and processors that have
// conditions, logs the whole span, data point or record at level debug. Delete when it
// logs none of it:
// https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/v0.155.0/pkg/ottl/parser.go
const payloadField = "TransformContext"

// HidePayloads is an option of the collector's logger: at no level does a line hold
// what applications send.
func HidePayloads() zap.Option {
	return zap.WrapCore(func(core zapcore.Core) zapcore.Core { return payloadCore{core} })
}

type payloadCore struct{ zapcore.Core }

// Check writes what the core below takes.
func (c payloadCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if entry.Level != zapcore.DebugLevel {
		return c.Core.Check(entry, checked)
	}
	if !c.Enabled(entry.Level) {
		return checked
	}
	return checked.AddCore(entry, c)
}

// Write leaves the payload out, at level debug, which is where it is written.
func (c payloadCore) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	below := c.Core.Check(entry, nil)
	if below == nil {
		return nil // sampled out
	}
	if slices.ContainsFunc(fields, isPayload) {
		fields = slices.DeleteFunc(slices.Clone(fields), isPayload)
	}
	below.Write(fields...)
	return nil
}

func isPayload(field zapcore.Field) bool { return field.Key == payloadField }

// With hides the payload in what it adds too.
func (c payloadCore) With(fields []zapcore.Field) zapcore.Core {
	return payloadCore{c.Core.With(slices.DeleteFunc(slices.Clone(fields), isPayload))}
}
