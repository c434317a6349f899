package check

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

var secretRules = []rule{
	{"secret-in-file", Warning, literalSecrets},
	{"secret-in-url", Warning, secretsInURLs},
	{"unset-variable", Warning, unsetHeaders},
}

// secretKey matches the names of options and headers whose values are credentials.
var secretKey = regexp.MustCompile(`(?i)^(proxy-)?authorization$|^cookie$|(^|[-_])(token|password|secret|(api|secret|access|private)[-_]?key)$`)

// secretPaths are ends of paths to credentials whose last name says nothing.
var secretPaths = []string{"::api::key", "::hash::key"}

// elsewhere stands for what a configuration refers to, an environment variable or a
// file, in a configuration that Literally returns; unset stands before the name of
// an environment variable that has no value and no default.
const (
	elsewhere = "(elsewhere)"
	unset     = "(unset "
)

// Resolve reads a configuration as the collector does.
func Resolve(ctx context.Context, set confmap.ResolverSettings) (*confmap.Conf, error) {
	resolver, err := confmap.NewResolver(set)
	if err != nil {
		return nil, err
	}
	conf, err := resolver.Resolve(ctx)
	return conf, errors.Join(err, resolver.Shutdown(ctx))
}

// Literally resolves a configuration without what it refers to: what is left stands
// in the files themselves.
func Literally(ctx context.Context, resolving confmap.ResolverSettings, machine Machine) (*confmap.Conf, error) {
	given := map[string]bool{}
	for _, uri := range resolving.URIs {
		given[strings.TrimPrefix(uri, "file:")] = true
	}
	factories := slices.Clone(resolving.ProviderFactories)
	for i, factory := range factories {
		factories[i] = confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
			return literalProvider{factory.Create(set), given, machine}
		})
	}
	resolving.ProviderFactories = factories
	resolving.ConverterFactories = nil
	return Resolve(ctx, resolving)
}

// literalProvider returns the given configurations alone.
type literalProvider struct {
	confmap.Provider
	given   map[string]bool
	machine Machine
}

func (p literalProvider) Retrieve(ctx context.Context, uri string, watch confmap.WatcherFunc) (*confmap.Retrieved, error) {
	if p.given[strings.TrimPrefix(uri, "file:")] {
		return p.Provider.Retrieve(ctx, uri, watch)
	}
	if name, ok := strings.CutPrefix(uri, "env:"); ok && !strings.Contains(name, ":-") && p.machine.Unset != nil && p.machine.Unset(name) {
		return confmap.NewRetrieved(unset + name + ")")
	}
	return confmap.NewRetrieved(elsewhere)
}

// privateKey begins a private key in PEM form.
var privateKey = regexp.MustCompile(`-----BEGIN ([A-Z]+ )*PRIVATE KEY-----`)

// literalSecrets finds credentials that stand in a file, which is copied, kept in
// a repository and shown to others: by their names, and by their looks.
func literalSecrets(s *subject) []problem {
	tokens, err := redact.New(redact.Options{Presets: []string{redact.PresetSecrets}, Keys: redact.KeyOptions{OnlyListed: true}})
	if err != nil {
		return nil // the default options, which a test holds valid
	}
	var found []problem
	walkStrings(s.literal, func(path, name, value string) {
		named := secretKey.MatchString(name) || slices.ContainsFunc(secretPaths, func(end string) bool { return strings.HasSuffix(path, end) })
		named = named && value != "" && !strings.Contains(value, elsewhere) && !strings.Contains(value, unset)
		if named || privateKey.MatchString(value) || isToken(tokens, value) {
			found = append(found, at(path, "has its value in the file, which others read; put it into an environment variable and write ${env:NAME}"))
		}
	})
	return found
}

// unsetHeaders finds headers and tokens that refer to an environment variable without
// a value: they are sent empty, and refused.
func unsetHeaders(s *subject) []problem {
	var found []problem
	walkStrings(s.literal, func(path, name, value string) {
		_, after, ok := strings.Cut(value, unset)
		if ok && (strings.Contains(path, "::headers::") || strings.HasPrefix(path, "extensions::") && secretKey.MatchString(name)) {
			variable, _, _ := strings.Cut(after, ")")
			found = append(found, at(path, "refers to %s, which is not set, so that it is sent without a value; set the variable", variable))
		}
	})
	return found
}

// secretsInURLs finds credentials in addresses, which logs and errors show, wherever
// they come from.
func secretsInURLs(s *subject) []problem {
	var found []problem
	walkStrings(s.conf, func(path, _, value string) {
		if !strings.Contains(value, "://") {
			return
		}
		address, err := url.Parse(value)
		if err != nil {
			return // the collector says what is wrong
		}
		if address.User != nil {
			found = append(found, at(path, "has a user or password in it, which logs show; use headers, or auth::authenticator with an extension such as basicauth"))
		}
		for _, key := range slices.Sorted(maps.Keys(address.Query())) {
			if secretKey.MatchString(key) {
				found = append(found, at(path, "has %s in it, which logs show; use headers, or auth::authenticator with an extension such as bearertokenauth", key))
			}
		}
	})
	return found
}

// walkStrings visits every text in the components' options. Of lists of names and
// values, the other form of headers, the name is the element's.
func walkStrings(conf *confmap.Conf, visit func(path, name, value string)) {
	for _, section := range []string{"extensions", "receivers", "exporters", "processors"} {
		walk(section, "", conf.Get(section), func(path, name string, value any) {
			switch v := value.(type) {
			case string:
				visit(path, name, v)
			case map[string]any:
				header, named := v["name"].(string)
				if text, ok := v["value"].(string); ok && named {
					visit(path+"::"+header, header, text)
				}
			}
		})
	}
	walk("service", "", conf.Get("service::telemetry"), func(path, name string, value any) {
		if text, ok := value.(string); ok {
			visit("service::telemetry"+strings.TrimPrefix(path, "service"), name, text)
		}
	})
}

// byContext are rules of redaction that go by the words around a value, which an option
// has in its name.
var byContext = []string{
	"secret.password", "secret.secret", "secret.token", "secret.api-key", "secret.authorization", "secret.cookie", "secret.credentials",
	"secret.pin", "secret.signature", "secret.high-entropy", "secret.url-password",
}

// isToken says whether a text holds a credential that its form gives away, such as
// a key of a provider.
func isToken(tokens *redact.Redactor, value string) bool {
	_, found := tokens.String("", value)
	return slices.ContainsFunc(found, func(f redact.Finding) bool {
		return strings.HasPrefix(f.Rule, "secret.") && !slices.Contains(byContext, f.Rule)
	})
}
