package config

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// heldUp is a collector in a state that lasts until it is let go.
type heldUp struct {
	*e2e.Collector
	letGo func()
}

// atReading has a collector wait while it reads its configuration: at its start, in a
// trial, or at the start of the new configuration.
func atReading(t *testing.T, reload, passed bool) heldUp {
	t.Helper()
	source := serveConfiguration(t)
	source.set("{}")
	asked, open := make(chan struct{}, 100), make(chan struct{})
	letGo := sync.OnceFunc(func() { close(open) })
	t.Cleanup(letGo)
	temporary := t.TempDir()
	t.Cleanup(func() { assertEmpty(t, temporary) })
	c := e2e.Launch(t, t.TempDir(), []string{"TMPDIR=" + temporary, "OTELCOL_STOP_TIMEOUT=1500ms"}, append(arguments(t, "destinations/libsql.yaml"), "--config", source.URL)...)
	hold := func() {
		// A start reads it once more, for what check finds, when it is already running.
		if reload && !strings.Contains(c.Log(), askedReload) || passed && !strings.Contains(c.Log(), hasPassed) {
			return
		}
		asked <- struct{}{}
		<-open
	}
	if !reload {
		source.onAsked(hold)
	} else {
		require.NoError(t, c.WaitHealthy())
		eventually(t, func() bool { return strings.Contains(c.Log(), "Everything is ready") }, "it does not run")
		source.onAsked(hold)
		require.NoError(t, c.Reload())
	}
	<-asked
	return heldUp{c, letGo}
}

// atStopping has a collector wait for a destination that hangs: at a stop, or of the
// old configuration.
func atStopping(t *testing.T, signal syscall.Signal) heldUp {
	t.Helper()
	backend := otlptest.Start(t)
	gate := e2e.StartGate(t, backend.URL)
	gate.Set(e2e.Hanging)
	env := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + gate.URL, "OTELCOL_STOP_TIMEOUT=3s"}
	c := e2e.StartCollectorWith(t, t.TempDir(), env, arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml")...)
	send(t, c, call(0))
	eventually(t, func() bool { return gate.Held("/v1/traces") > 0 }, "nothing is under way")
	require.NoError(t, c.Signal(signal))
	eventually(t, func() bool { return strings.Contains(c.Log(), "Starting shutdown") }, "it does not stop")
	return heldUp{c, func() { gate.Set(e2e.Open) }}
}

const (
	startsAnew  = "starting anew"
	stoppedLate = "): ended."
	askedReload = "A reload is asked for"
	inForce     = "Everything is ready"
)

// TestAStopInEveryState: the process ends in time, whatever holds it up, and does not
// come back.
func TestAStopInEveryState(t *testing.T) {
	for _, state := range []struct {
		name  string
		begin func(*testing.T) heldUp
		late  bool // ended by the limit
	}{
		{"that starts", func(t *testing.T) heldUp { t.Helper(); return atReading(t, false, false) }, true},
		{"whose next configuration is tried", func(t *testing.T) heldUp { t.Helper(); return atReading(t, true, false) }, false},
		{"that starts the next configuration", func(t *testing.T) heldUp { t.Helper(); return atReading(t, true, true) }, true},
		{"whose old configuration is held up", func(t *testing.T) heldUp { t.Helper(); return atStopping(t, syscall.SIGHUP) }, true},
		{"whose stop is held up", func(t *testing.T) heldUp { t.Helper(); return atStopping(t, syscall.SIGTERM) }, true},
	} {
		for name, signals := range map[string][]syscall.Signal{
			"SIGTERM": {syscall.SIGTERM}, "Ctrl-C": {syscall.SIGINT}, "twice": {syscall.SIGTERM, syscall.SIGTERM}, "with reloads": {syscall.SIGHUP, syscall.SIGTERM, syscall.SIGHUP},
		} {
			t.Run(name+" to one "+state.name, func(t *testing.T) {
				t.Parallel()
				c := state.begin(t)
				for _, signal := range signals {
					require.NoError(t, c.Signal(signal))
				}
				err := c.Wait()
				assert.NotContains(t, c.Log(), startsAnew)
				if state.late {
					require.Error(t, err)
					assert.Contains(t, c.Log(), stoppedLate)
				} else {
					require.NoError(t, err)
					assert.NotContains(t, c.Log(), stoppedLate)
				}
			})
		}
	}
}

// TestAReloadInEveryState: it is done when what goes on is over, once, however often
// it is asked for.
func TestAReloadInEveryState(t *testing.T) {
	for _, state := range []struct {
		name           string
		reload, passed bool
		inside         int
	}{
		{name: "that starts", inside: 1},
		{name: "whose next configuration is tried", reload: true, inside: 2},
		{name: "that starts the next configuration", reload: true, passed: true, inside: 2},
	} {
		t.Run("SIGHUP to one "+state.name, func(t *testing.T) {
			t.Parallel()
			c := atReading(t, state.reload, state.passed)
			for range 5 {
				require.NoError(t, c.Signal(syscall.SIGHUP))
			}
			c.letGo()
			eventually(t, func() bool {
				return strings.Count(c.Log(), askedReload) >= state.inside && strings.Count(c.Log(), inForce) == state.inside+1
			}, "it is not done")
			require.NoError(t, c.Stop())
			assert.Equal(t, state.inside, strings.Count(c.Log(), askedReload))
			assert.NotContains(t, c.Log(), "Config updated, restart service", "upstream has heard the signal")
		})
	}
}

// TestAReloadThatIsHeldUpStartsAnew in the same process, sends what was acknowledged,
// and hears signals again.
func TestAReloadThatIsHeldUpStartsAnew(t *testing.T) {
	t.Parallel()
	backend := otlptest.Start(t)
	gate := e2e.StartGate(t, backend.URL)
	gate.Set(e2e.Hanging)
	env := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + gate.URL, "OTELCOL_STOP_TIMEOUT=1s"}
	c := e2e.StartCollectorWith(t, t.TempDir(), env, arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml")...)
	send(t, c, call(0))
	eventually(t, func() bool { return gate.Held("/v1/traces") > 0 }, "nothing is under way")
	require.NoError(t, c.Signal(syscall.SIGHUP))
	eventually(t, func() bool { return strings.Contains(c.Log(), startsAnew) }, "it waits")
	gate.Set(e2e.Open)
	eventually(t, func() bool { return strings.Count(c.Log(), inForce) == 2 }, "it does not come back")
	eventually(t, func() bool { return len(backend.Spans()) >= spansOf }, "what was acknowledged is lost")
	require.NoError(t, c.Signal(syscall.SIGHUP))
	eventually(t, func() bool { return strings.Count(c.Log(), inForce) == 3 }, "it does not hear a signal")
	send(t, c, call(1))
	require.NoError(t, c.Stop())
}

// TestEachStartLogsWhatCheckFinds once, a start after a reload too, and not one that is
// refused.
func TestEachStartLogsWhatCheckFinds(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mine.yaml")
	write := func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o600)) }
	const audit = "processors: {sensitive_filter: {mode: audit}}"
	write(audit)
	c := e2e.StartCollector(t, append(arguments(t, "destinations/libsql.yaml"), "--config", file)...)
	const line = "A mistake in the configuration"
	found := func(n int) func() bool { return func() bool { return strings.Count(c.Log(), line) == n } }
	eventually(t, found(1), "it is not logged")
	assert.Contains(t, c.Log(), `"key": "processors::sensitive_filter`)
	write("processors: [")
	require.NoError(t, c.Reload())
	eventually(t, func() bool { return strings.Contains(c.Log(), "is refused") }, "it is taken over")
	write(audit)
	require.NoError(t, c.Reload())
	eventually(t, func() bool { return strings.Count(c.Log(), inForce) == 2 }, "it is not taken over")
	eventually(t, found(2), "it is not logged again")
	require.NoError(t, c.Stop())
	assert.True(t, found(2)())
}
