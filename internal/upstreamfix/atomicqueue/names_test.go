package atomicqueue

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// TestFileOf holds the names of files to what file_storage makes.
func TestFileOf(t *testing.T) {
	for _, kind := range []component.Kind{
		component.KindExporter, component.KindReceiver, component.KindProcessor, component.KindExtension, component.KindConnector,
	} {
		for id, name := range map[component.ID]string{
			component.MustNewID("otlp_http"):                                          "traces",
			component.MustNewIDWithName("otlp_http", "a/b c~ü"):                       "logs",
			component.MustNewIDWithName("otlp_http", "x.y-z"):                         "",
			component.MustNewIDWithName("otlp_http", strings.Repeat("long name", 40)): "metrics",
			component.MustNewIDWithName("otlp_http", strings.Repeat("n", 254-26)):     "traces",
		} {
			dir := t.TempDir()
			factory := filestorage.NewFactory()
			config := factory.CreateDefaultConfig().(*filestorage.Config)
			config.Directory = dir
			made, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), config)
			require.NoError(t, err)
			client, err := made.(storage.Extension).GetClient(t.Context(), kind, id, name)
			require.NoError(t, err)
			require.NoError(t, client.Close(t.Context()))
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, entries, 1)
			assert.Equal(t, filepath.Join(dir, entries[0].Name()), fileOf(dir, kind, id, name))
		}
	}
}
