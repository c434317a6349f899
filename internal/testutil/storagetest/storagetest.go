// Package storagetest gives queues a place on disk.
package storagetest

import (
	"context"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
)

type host map[component.ID]component.Component

// GetExtensions returns the storage.
func (h host) GetExtensions() map[component.ID]component.Component { return h }

// Start starts the extension file_storage, called so, in a folder. It returns a host
// that has it, and what stops it.
func Start(t testing.TB, dir string) (component.Host, func()) {
	t.Helper()
	factory := filestorage.NewFactory()
	config := factory.CreateDefaultConfig().(*filestorage.Config)
	config.Directory = dir
	storage, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), config)
	require.NoError(t, err)
	require.NoError(t, storage.Start(t.Context(), componenttest.NewNopHost()))
	return host{component.NewID(factory.Type()): storage}, func() { require.NoError(t, storage.Shutdown(context.Background())) }
}
