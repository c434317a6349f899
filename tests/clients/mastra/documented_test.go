package mastra

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// TestDocumentedStorage runs the application that docs/storage.md shows, with its
// two files elsewhere, and lets it list its traces.
func TestDocumentedStorage(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/storage.md")
	require.NoError(t, err)
	shown := regexp.MustCompile("(?s)```js\n(.*?)```").FindStringSubmatch(string(raw))
	require.NotNil(t, shown)
	c := e2e.StartCollector(t)
	sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	require.NoError(t, sender.Send(t.Context(), testutil.TicketRun(testutil.NewSecrets(50))))

	own := filepath.Join(t.TempDir(), "mastra.db")
	replaced := strings.NewReplacer("/srv/app/mastra.db", own, "/srv/otelcol/data/traces.db", c.TracesDB()).Replace(shown[1])
	var names []string
	e2e.NodeModule(t, &names, ".", replaced+`
const storage = mastra.getStorage();
await storage.init();
const { spans } = await (await storage.getStore('observability')).listTraces({});
process.stdout.write(JSON.stringify(spans.map((span) => span.name)), () => process.exit(0));`)
	assert.Equal(t, []string{"workflow run: 'ticket-generation'"}, names)
	assert.FileExists(t, own)
	require.NoError(t, c.Stop())
}
