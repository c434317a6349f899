package libsql

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/clocktest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestAClockThatIsSetDeletesNothing moves the wall clock of the built collector by a
// month, while it runs and between two starts of it, and corrects it.
func TestAClockThatIsSetDeletesNothing(t *testing.T) {
	e2e.Binary(t)
	const month = 30 * 24 * time.Hour
	for name, shifts := range map[string][]time.Duration{
		"it was behind":         {-month, 0},
		"it jumps ahead":        {0, month},
		"ahead, and back again": {0, month, 0},
	} {
		for _, restarts := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", with starts"}[restarts], func(t *testing.T) {
				dir, sent := t.TempDir(), uint64(0)
				var c *e2e.Collector
				var clock *clocktest.Clock
				for _, by := range shifts {
					if c == nil || restarts {
						if c != nil {
							c.Kill()
						}
						c = e2e.Launch(t, dir, nil)
						var err error
						for range 100 { // it may not have begun
							if clock, err = clocktest.Attach(c.Pid()); err == nil {
								break
							}
							<-time.After(time.Millisecond)
						}
						if err != nil {
							t.Skipf("the clock of a process cannot be moved here, TestAClockThatIsSetMakesNothingOld has to do: %v", err)
						}
					}
					require.NoError(t, clock.Shift(by))
					require.NoError(t, c.WaitHealthy())
					sent++
					send(t, c, smallTrace(sent))
					if sent > 1 {
						require.Eventually(t, func() bool { return strings.Contains(c.Log(), "The clock went ") }, 20*time.Second, 10*time.Millisecond)
					}
				}
				require.Len(t, storedTraces(t, c.TracesDB()), int(sent))
			})
		}
	}
}
