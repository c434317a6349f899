package libsqlexporter

import (
	"sync"
	"time"

	"go.opentelemetry.io/collector/component/componentstatus"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// awayInterval is how often the log says that a server cannot be used.
const awayInterval = time.Minute

// away is what is known of a server that cannot be used.
type away struct {
	mu    sync.Mutex
	since time.Time // zero: it can be used
	told  time.Time
}

// reached is called with what each attempt to use a server has come to.
func (e *libsqlExporter) reached(err error) {
	e.away.mu.Lock()
	defer e.away.mu.Unlock()
	now := time.Now()
	if err == nil {
		if !e.away.since.IsZero() {
			e.logger.Info("The server can be used", zap.Duration("after", now.Sub(e.away.since).Round(time.Second)))
		}
		e.away.since, e.away.told = time.Time{}, time.Time{}
		e.report(componentstatus.NewEvent(componentstatus.StatusOK))
		return
	}
	e.report(componentstatus.NewRecoverableErrorEvent(err))
	if e.away.since.IsZero() {
		e.away.since = now
	}
	if now.Sub(e.away.told) >= awayInterval {
		e.away.told = now
		message := "The server cannot be used; what comes waits and is sent again"
		if tracestore.IsUnauthorized(err) && !e.config.AuthRetry {
			message = "The server cannot be used; what comes is dropped (auth_retry: false)"
		}
		e.logger.Warn(message, zap.Error(err), zap.String("server", e.target.Server.Host))
	}
}
