package main

import (
	"context"
	"net/netip"
	"os"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
)

// shellEnv is upstream's provider of environment variables, with three things as
// people expect them.
//
// The default of ${env:NAME:-default} is taken of an empty variable too. Compose
// files and systemd's EnvironmentFile leave variables empty, and OpenTelemetry says
// that such a one is unset:
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#parsing-empty-value
// Upstream listens on all addresses where an address is empty, and samples nothing
// where a percentage is.
//
// A $ in a variable is a $. Upstream takes ${x} in it for another variable and $$
// for $, so that a password becomes another one. OpenTelemetry says that what a
// variable holds is not substituted again:
// https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution
// A variable that holds a whole configuration is one, with variables of its own.
//
// An address of IPv6 in OTELCOL_LISTEN_HOST is given brackets, as it stands before
// a port.
type shellEnv struct{ confmap.Provider }

func newShellEnvFactory() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
		return shellEnv{envprovider.NewFactory().Create(set)}
	})
}

// listenVariable names the address that the shipped configurations listen on.
const listenVariable = "OTELCOL_LISTEN_HOST"

// Retrieve reads the variable of env:NAME or env:NAME:-default.
func (e shellEnv) Retrieve(ctx context.Context, uri string, watch confmap.WatcherFunc) (*confmap.Retrieved, error) {
	name, otherwise, ok := strings.Cut(strings.TrimPrefix(uri, e.Scheme()+":"), ":-")
	value, set := os.LookupEnv(name)
	if ok && set && value == "" {
		return confmap.NewRetrievedFromYAML([]byte(otherwise))
	}
	if address, err := netip.ParseAddr(value); name == listenVariable && err == nil && address.Is6() {
		return confmap.NewRetrieved("[" + value + "]")
	}
	retrieved, err := e.Provider.Retrieve(ctx, uri, watch)
	if err != nil || !strings.Contains(value, "$") {
		return retrieved, err
	}
	if raw, err := retrieved.AsRaw(); err != nil || isMap(raw) {
		return retrieved, err
	}
	return confmap.NewRetrievedFromYAML([]byte(strings.ReplaceAll(value, "$", "$$")))
}

func isMap(raw any) bool {
	_, ok := raw.(map[string]any)
	return ok
}
