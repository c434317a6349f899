package libsqlexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
)

// sharedExporters lends the exporters of all signals of one configuration the
// same store: a file has one writer.
type sharedExporters struct {
	mu        sync.Mutex
	exporters map[*Config]*libsqlExporter
}

// of returns the exporter of a configuration.
func (s *sharedExporters) of(config *Config, set exporter.Settings) (*libsqlExporter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.exporters[config]; ok {
		return e, nil
	}
	e, err := newExporter(config, set)
	if err != nil {
		return nil, err
	}
	e.release = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.exporters, config)
	}
	if s.exporters == nil {
		s.exporters = map[*Config]*libsqlExporter{}
	}
	s.exporters[config] = e
	return e, nil
}

// start opens the store for the first signal that starts.
func (e *libsqlExporter) start(ctx context.Context, host component.Host) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.users == 0 {
		if err := e.open(ctx, host); err != nil {
			return err
		}
	}
	e.users++
	return nil
}

// shutdown closes the store after the last signal that stops.
func (e *libsqlExporter) shutdown(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.users == 0 {
		return nil
	}
	if e.users--; e.users > 0 {
		return nil
	}
	e.release()
	return e.closeStore()
}
