package cli

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
)

// secretKey matches the names of options and headers whose values are credentials.
var secretKey = regexp.MustCompile(`(?i)^(proxy-)?authorization$|^cookie$|(^|[-_])(token|password|secret|(api|secret|access|private)[-_]?key)$`)

// secretPaths are ends of paths to credentials whose last name says nothing.
var secretPaths = []string{"::api::key"}

// elsewhere stands for what a configuration refers to, an environment variable or a
// file, in a configuration that literally returns.
const elsewhere = "(elsewhere)"

// literally resolves a configuration without what it refers to: what is left stands
// in the files themselves.
func literally(ctx context.Context, set otelcol.CollectorSettings) (*confmap.Conf, error) {
	resolving := set.ConfigProviderSettings.ResolverSettings
	given := map[string]bool{}
	for _, uri := range resolving.URIs {
		given[strings.TrimPrefix(uri, "file:")] = true
	}
	factories := slices.Clone(resolving.ProviderFactories)
	for i, factory := range factories {
		factories[i] = confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
			return literalProvider{factory.Create(set), given}
		})
	}
	resolving.ProviderFactories = factories
	return resolve(ctx, resolving)
}

// literalProvider returns the given configurations alone.
type literalProvider struct {
	confmap.Provider
	given map[string]bool
}

func (p literalProvider) Retrieve(ctx context.Context, uri string, watch confmap.WatcherFunc) (*confmap.Retrieved, error) {
	if p.given[strings.TrimPrefix(uri, "file:")] {
		return p.Provider.Retrieve(ctx, uri, watch)
	}
	return confmap.NewRetrieved(elsewhere)
}

// literalSecrets finds credentials that stand in a file, which is copied, kept in
// a repository and shown to others.
func literalSecrets(literal *confmap.Conf) []string {
	var found []string
	walkStrings(literal, func(path, name, value string) {
		secret := secretKey.MatchString(name) || slices.ContainsFunc(secretPaths, func(end string) bool { return strings.HasSuffix(path, end) })
		if secret && value != "" && !strings.Contains(value, elsewhere) {
			found = append(found, path+": has its value in the file, which others read; put it into an environment variable and write ${env:NAME}")
		}
	})
	return found
}

// secretsInURLs finds credentials in addresses, which logs and errors show, wherever
// they come from.
func secretsInURLs(conf *confmap.Conf) []string {
	var found []string
	walkStrings(conf, func(path, _, value string) {
		if !strings.Contains(value, "://") {
			return
		}
		address, err := url.Parse(value)
		if err != nil {
			return // the collector says what is wrong
		}
		if address.User != nil {
			found = append(found, path+": has a user or password in it, which logs show; use headers, or auth::authenticator with an extension such as basicauth")
		}
		for key := range address.Query() {
			if secretKey.MatchString(key) {
				found = append(found, fmt.Sprintf("%s: has %s in it, which logs show; use headers, or auth::authenticator with an extension such as bearertokenauth", path, key))
			}
		}
	})
	return found
}

// walkStrings visits every text in the components' options. Of lists of names and
// values, the other form of headers, the name is the element's.
func walkStrings(conf *confmap.Conf, visit func(path, name, value string)) {
	var walk func(path, name string, value any)
	walk = func(path, name string, value any) {
		switch v := value.(type) {
		case string:
			visit(path, name, v)
		case map[string]any:
			if header, ok := v["name"].(string); ok {
				if text, ok := v["value"].(string); ok {
					visit(path+"::"+header, header, text)
				}
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(path+"::"+key, key, v[key])
			}
		case []any:
			for i, element := range v {
				walk(fmt.Sprintf("%s::%d", path, i), "", element)
			}
		}
	}
	for _, kind := range []string{"extensions", "receivers", "exporters"} {
		walk(kind, "", conf.Get(kind))
	}
}
