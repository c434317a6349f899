package mastraprovider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
)

const scheme = "mastra"

// headersVariable holds headers as OpenTelemetry SDKs read them:
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
const headersVariable = "OTEL_EXPORTER_OTLP_HEADERS"

type provider struct {
	logger *zap.Logger
	lookup func(string) string // of an environment variable; "" is unset
}

// NewFactory returns the factory of the provider.
func NewFactory() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
		logger := set.Logger
		if logger == nil {
			logger = zap.NewNop()
		}
		return &provider{logger: logger, lookup: os.Getenv}
	})
}

func (*provider) Scheme() string { return scheme }

func (*provider) Shutdown(context.Context) error { return nil }

// endpoints are the variables that hold the base URL of an OTLP destination, and
// where a password goes that stands in one.
var endpoints = map[string]string{
	"OTEL_EXPORTER_OTLP_ENDPOINT": headersVariable,
	"MASTRA_OTLP_ENDPOINT":        "MASTRA_PLATFORM_ACCESS_TOKEN",
}

// Retrieve returns what the address names: mastra:env, or one of the variables
// whose value has a form, such as mastra:OTEL_EXPORTER_OTLP_ENDPOINT. A file that
// names a destination and the environment alone so read an address the same way.
// The environment of a process does not change, so nothing is watched.
func (p *provider) Retrieve(_ context.Context, uri string, _ confmap.WatcherFunc) (*confmap.Retrieved, error) {
	switch name := strings.TrimPrefix(uri, scheme+":"); name {
	case "env":
		conf, warnings, err := assemble(p.lookup)
		if err != nil {
			return nil, err
		}
		for _, warning := range warnings {
			p.logger.Warn(warning)
		}
		return confmap.NewRetrieved(conf.ToStringMap())
	case headersVariable:
		headers, err := parseHeaders(p.lookup(headersVariable))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", headersVariable, err)
		}
		return confmap.NewRetrieved(headers)
	default:
		if userTo, ok := endpoints[name]; ok {
			return p.endpoint(name, userTo)
		}
		return nil, fmt.Errorf("%q: there are mastra:env and mastra:%s", uri,
			strings.Join(append(slices.Sorted(maps.Keys(endpoints)), headersVariable), ", mastra:"))
	}
}

// endpoint returns the base URL in a variable, without a slash at its end.
func (p *provider) endpoint(name, userTo string) (*confmap.Retrieved, error) {
	e := &environment{lookup: p.lookup}
	if !e.set(name) {
		return nil, fmt.Errorf("%s: is not set; this destination needs a base URL such as https://otlp.example.com", name)
	}
	if e.baseURL(name, userTo) == nil {
		return nil, errors.Join(e.errs...)
	}
	// $ would begin another address of a provider.
	return confmap.NewRetrieved(strings.ReplaceAll(strings.TrimRight(e.lookup(name), "/"), "$", "$$"))
}

// These do not repeat what they complain of: it may be a secret.
var (
	errHeaders    = errors.New("is not key=value,key=value")
	errHeaderText = errors.New("has a key or value that is not of characters that an HTTP header may have")
)
