package queue

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestFSync: a variable has queues forced to the disk; they work as before.
func TestFSync(t *testing.T) {
	s := newSystem(t)
	for value, want := range map[string]bool{"": false, "false": false, "true": true} {
		env := append(s.env(), "OTELCOL_QUEUE_FSYNC="+value)
		output, err := e2e.RunBinary(t, s.dir, env, append([]string{"print-config", "--mode", "unredacted"}, s.args...)...)
		require.NoError(t, err, output)
		assert.Equal(t, want, strings.Contains(output, "fsync: true"), "%q", value)
	}
	t.Setenv("OTELCOL_QUEUE_FSYNC", "true")
	s.start()
	for range 10 {
		require.True(t, s.send(1000))
	}
	s.collector.Kill()
	s.start()
	s.up()
	s.assertAll()
	require.NoError(t, s.collector.Stop())
}
