package queue

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestAQueueThatNobodySends: an exporter with another name has another file. What waits in
// the old one is named, and sent under the old name.
func TestAQueueThatNobodySends(t *testing.T) {
	const line = "A queue on disk belongs to no exporter of this configuration"
	s := newSystem(t)
	s.start()
	for range 3 {
		require.True(t, s.send(100))
	}
	require.NoError(t, s.collector.Stop())
	assert.NotContains(t, s.collector.Log(), line)

	renamed := make([]string, 0, len(s.args))
	for _, arg := range s.args {
		renamed = append(renamed, strings.ReplaceAll(arg, "otlp_http/0", "otlp_http/other"))
	}
	// What is not a queue, or no queue with anything in it.
	require.NoError(t, os.WriteFile(filepath.Join(s.queue, "exporter_noise__traces"), make([]byte, 9000), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(s.queue, "notes_traces"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(s.queue, "exporter_folder__traces"), 0o700))
	c := e2e.StartCollectorWith(t, s.dir, s.env(), renamed...)
	s.eventually(func() bool { return strings.Contains(c.Log(), line) }, "the queue is not named")
	require.NoError(t, c.Stop())
	assert.Equal(t, 1, strings.Count(c.Log(), line))
	assert.Contains(t, c.Log(), `exporter_otlp_http_0_traces", "requests": 3}`)

	s.up()
	s.start()
	s.assertAll()
	require.NoError(t, s.collector.Stop())
}
