package main

import (
	"context"
	"os"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
)

// shellEnv is upstream's provider of environment variables, with one thing as
// shells have it: the default of ${env:NAME:-default} is taken of an empty
// variable too. Compose files and systemd's EnvironmentFile leave variables empty,
// and OpenTelemetry says that such a one is unset:
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#parsing-empty-value
// Upstream listens on all addresses where an address is empty, and samples nothing
// where a percentage is.
type shellEnv struct{ confmap.Provider }

func newShellEnvFactory() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
		return shellEnv{envprovider.NewFactory().Create(set)}
	})
}

// Retrieve reads the variable of env:NAME or env:NAME:-default.
func (e shellEnv) Retrieve(ctx context.Context, uri string, watch confmap.WatcherFunc) (*confmap.Retrieved, error) {
	name, otherwise, ok := strings.Cut(strings.TrimPrefix(uri, e.Scheme()+":"), ":-")
	if value, set := os.LookupEnv(name); ok && set && value == "" {
		return confmap.NewRetrievedFromYAML([]byte(otherwise))
	}
	return e.Provider.Retrieve(ctx, uri, watch)
}
