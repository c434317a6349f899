// Package reword says of a request that its client sends again that it does, where
// upstream logs that it is lost.
package reword

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Messages of exporterhelper that say of a request that it is lost. They are logged
// where the error goes back to the client, too, which sends again when the error is not
// a permanent one.
// https://github.com/open-telemetry/opentelemetry-collector/blob/exporter/exporterhelper/v0.155.0/exporter/exporterhelper/internal/base_exporter.go
// https://github.com/open-telemetry/opentelemetry-collector/blob/exporter/exporterhelper/v0.155.0/exporter/exporterhelper/internal/queue_sender.go
const (
	rejecting = "Exporting failed. Rejecting data."
	dropping  = "Exporting failed. Dropping data."
	// sendAgain is what is logged in their place, as a warning.
	sendAgain = "Exporting failed. The client is told to send it again."
)

// Rejections is an option of the collector's logger: what exporterhelper calls
// rejected though its client is told to send it again is said so. Delete when upstream
// tells the two apart.
func Rejections() zap.Option { return option(rejecting) }

// Drops is an option of the logger of an exporter whose queue waits for the
// result, so that the client has the error of the queue as well.
func Drops() zap.Option { return option(rejecting, dropping) }

func option(messages ...string) zap.Option {
	return zap.WrapCore(func(inner zapcore.Core) zapcore.Core { return core{inner, messages} })
}

type core struct {
	zapcore.Core
	messages []string
}

// Check takes over the lines that may have to be said otherwise, if they are to be
// logged at all.
func (c core) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.concerns(entry) {
		return c.Core.Check(entry, checked)
	}
	if c.Core.Check(entry, nil) == nil {
		return checked
	}
	return checked.AddCore(entry, c)
}

func (c core) concerns(entry zapcore.Entry) bool {
	return slices.ContainsFunc(c.messages, func(m string) bool { return strings.HasPrefix(entry.Message, m) })
}

// Write says what becomes of the request. A permanent error is left as it is. So are
// other lines: the logger of configuration providers and converters writes without
// asking Check.
// https://github.com/open-telemetry/opentelemetry-collector/blob/v0.155.0/otelcol/collector_core.go
func (c core) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	if !c.concerns(entry) {
		return c.Core.Write(entry, fields)
	}
	for _, f := range fields {
		if err, ok := f.Interface.(error); ok && f.Type == zapcore.ErrorType && consumererror.IsPermanent(err) {
			return c.Core.Write(entry, fields)
		}
	}
	fields = slices.Clone(fields)
	for i, f := range fields {
		if f.Key == "rejected_items" || f.Key == "dropped_items" {
			fields[i].Key = "items"
		}
	}
	entry.Level, entry.Message = zapcore.WarnLevel, sendAgain
	return c.Core.Write(entry, fields)
}

// With keeps what it adds.
func (c core) With(fields []zapcore.Field) zapcore.Core {
	return core{c.Core.With(slices.Clip(fields)), c.messages}
}
