package mastra

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// TestMastrasStorageSetting gives the exporter the value that an application has
// in MASTRA_OBSERVABILITY_STORAGE. The form of a server is in tests/libsql.
func TestMastrasStorageSetting(t *testing.T) {
	local, err := filepath.Abs("../../../config/local.yaml")
	require.NoError(t, err)
	for value, said := range map[string]bool{"libsql://mastra.db": true, "file:mastra.db": false, "file:./mastra.db": false} {
		t.Run(value, func(t *testing.T) {
			t.Setenv("MASTRA_OBSERVABILITY_STORAGE", value)
			c := e2e.StartCollector(t, "--config", local, "--config", "yaml:exporters::libsql::url: ${env:MASTRA_OBSERVABILITY_STORAGE}")
			sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
			require.NoError(t, err)
			defer sender.Close()
			require.NoError(t, sender.Send(t.Context(), testutil.TicketRun(testutil.NewSecrets(47))))
			list := e2e.StoredTraces(t, filepath.Join(c.Dir, "mastra.db"))
			assert.Len(t, list, 1)
			assert.Equal(t, said, strings.Contains(c.Log(), "libsql://mastra.db names a file, not a server"))
			require.NoError(t, c.Stop())
		})
	}
}
