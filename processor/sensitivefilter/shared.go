package sensitivefilter

import (
	"sync"

	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// sharedRedactors lends the filters of all signals and pipelines of one configuration the same engine: what is known of a trace by its spans
// is looked for in its log records.
type sharedRedactors struct {
	mu        sync.Mutex
	redactors map[*Config]*sharedRedactor
}

// sharedRedactor is an engine and the number of its users.
type sharedRedactor struct {
	*redact.Redactor
	users int
}

// warn logs what few operators want, once for all pipelines of a configuration.
func warn(logger *zap.Logger, cfg *Config) {
	if cfg.Mode == modeAudit {
		logger.Warn("mode is audit: findings are counted, and sensitive text passes unchanged")
	}
	for i := range cfg.CustomRules {
		if c := &cfg.CustomRules[i]; c.AllowSlow {
			logger.Warn("a custom rule runs over every value", zap.String("rule", c.ID))
		}
	}
}

// filter returns a filter with the engine of its configuration.
func (s *sharedRedactors) filter(set processor.Settings, cfg *Config, signal string) (*filter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.redactors[cfg]
	if !ok {
		engine, err := redact.New(cfg.Options())
		if err != nil {
			return nil, err
		}
		r = &sharedRedactor{Redactor: engine}
		warn(set.Logger, cfg)
	}
	f, err := newProcessor(set, cfg, signal, r.Redactor)
	if err != nil {
		return nil, err
	}
	if s.redactors == nil {
		s.redactors = map[*Config]*sharedRedactor{}
	}
	s.redactors[cfg] = r
	r.users++
	f.release = sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.users--; r.users == 0 {
			delete(s.redactors, cfg)
		}
	})
	return f, nil
}
