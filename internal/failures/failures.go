// Package failures remembers the last failure of each exporter by its class, as
// exporterhelper logs it: no metric says why a destination does not take what it is sent.
// It keeps no text of a destination.
package failures

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Failure is what an exporter last failed with.
type Failure struct {
	Class string // in words: "connection refused", "HTTP 401"
	At    time.Time
	// Since is when the first of a row of failures was, none of which is more than a pause
	// between two attempts after the one before.
	Since time.Time
	// Next is when it is tried again at the latest; zero where it is not.
	Next time.Time
}

// slack is how long an attempt may take beside the pause before it.
const slack = time.Minute

// Messages of exporterhelper.
// https://github.com/open-telemetry/opentelemetry-collector/blob/exporter/exporterhelper/v0.155.0/exporter/exporterhelper/internal/retry_sender.go
// https://github.com/open-telemetry/opentelemetry-collector/blob/exporter/exporterhelper/v0.155.0/exporter/exporterhelper/internal/queue_sender.go
const (
	failing = "Exporting failed."
	idKey   = "otelcol.component.id"
)

// maxRemembered bounds the exporters that are remembered; a configuration has fewer.
const maxRemembered = 1000

// Registry remembers failures by the id of the exporter.
type Registry struct {
	mu   sync.Mutex
	last map[string]Failure
	now  func() time.Time
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry { return &Registry{last: map[string]Failure{}, now: time.Now} }

// Default is the registry of this process.
var Default = NewRegistry()

// Of returns the last failure of an exporter.
func (r *Registry) Of(id string) (Failure, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.last[id]
	return f, ok
}

func (r *Registry) add(id string, err error, pause time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	f := Failure{Class: Classify(err), At: now, Since: now}
	before, ok := r.last[id]
	if ok && !before.Next.IsZero() && !now.After(before.Next.Add(slack)) {
		f.Since = before.Since
	}
	if pause > 0 {
		f.Next = now.Add(pause)
	}
	if ok || len(r.last) < maxRemembered {
		r.last[id] = f
	}
}

// Option is an option of the collector's logger that has a registry note failures.
func Option(r *Registry) zap.Option {
	return zap.WrapCore(func(inner zapcore.Core) zapcore.Core { return core{Core: inner, registry: r} })
}

type core struct {
	zapcore.Core
	registry *Registry
	id       string
}

// Enabled has the lines of components come to Check that say of a failure, whatever is
// logged.
func (c core) Enabled(level zapcore.Level) bool {
	return c.id != "" && level >= zapcore.InfoLevel || c.Core.Enabled(level)
}

// With notes whose logger it becomes.
func (c core) With(fields []zapcore.Field) zapcore.Core {
	for _, f := range fields {
		if f.Type == zapcore.StringType && f.Key == idKey {
			c.id = f.String
		} else if f.Type == zapcore.InlineMarshalerType { // as the service adds it
			values := zapcore.NewMapObjectEncoder()
			f.AddTo(values)
			if id, ok := values.Fields[idKey].(string); ok {
				c.id = id
			}
		}
	}
	c.Core = c.Core.With(slices.Clip(fields))
	return c
}

// Check notes what is a failure, whether it is logged or not, when it is written.
func (c core) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.id != "" && strings.HasPrefix(entry.Message, failing) {
		return checked.AddCore(entry, c)
	}
	return c.Core.Check(entry, checked)
}

// Write notes a failure, and writes the line where it is to be logged.
func (c core) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	if c.id == "" || !strings.HasPrefix(entry.Message, failing) {
		return c.Core.Write(entry, fields)
	}
	var failure error
	var pause time.Duration
	for _, f := range fields {
		if err, ok := f.Interface.(error); ok && f.Type == zapcore.ErrorType {
			failure = err
		}
		if f.Key == "interval" {
			pause, _ = time.ParseDuration(f.String)
		}
	}
	if failure == nil {
		failure = errors.New("")
	}
	c.registry.add(c.id, failure, pause)
	if logged := c.Core.Check(entry, nil); logged != nil {
		logged.Write(fields...)
	}
	return nil
}
