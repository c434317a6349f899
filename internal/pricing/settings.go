package pricing

import (
	"fmt"
	"slices"
)

// Settings is what an operator writes into the configuration of the collector itself, as opposed to a price file.
type Settings struct {
	// Aliases give names of the operator's own a model. The first that matches wins.
	Aliases []Alias
	// Overrides are prices of the operator's own.
	Overrides []Override
	// ProviderAliases says what a provider's name on a span means: "my-gateway" to "openai".
	ProviderAliases map[string]string
	// LocalProviders are providers that run on the operator's own machines and cost nothing.
	LocalProviders []string
}

// Layer checks the settings and makes a layer of them. Errors name the entry as it stands in the configuration.
func (s *Settings) Layer() (*Layer, error) {
	l := &Layer{Source: SourceOverride}
	for i, a := range s.Aliases {
		def, err := newAlias(fmt.Sprintf("aliases[%d]", i), a)
		if err != nil {
			return nil, err
		}
		l.aliases = append(l.aliases, def)
	}
	for i := range s.Overrides {
		path := fmt.Sprintf("overrides[%d]", i)
		rates, err := ratesOf(path, s.Overrides[i].Prices)
		if err != nil {
			return nil, err
		}
		def, err := newOverride(path, &s.Overrides[i], rates)
		if err != nil {
			return nil, err
		}
		l.overrides = append(l.overrides, def)
	}
	if err := checkOverrides("overrides", l.overrides); err != nil {
		return nil, err
	}
	for _, id := range s.LocalProviders {
		if normalizeProvider(id) == "" {
			return nil, fmt.Errorf("local_providers: a name is empty")
		}
		l.providers = append(l.providers, providerDef{id: normalizeProvider(id), local: true})
	}
	l.providerAliases = s.ProviderAliases
	return l, nil
}

func ratesOf(path string, prices map[string]string) (RateSet, error) {
	var rates RateSet
	keys := make([]string, 0, len(prices))
	for key := range prices {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	known := make([]string, 0, NumBuckets)
	for b := range NumBuckets {
		known = append(known, b.String())
	}
	for _, key := range keys {
		b, ok := bucketByKey(key)
		if !ok {
			if near := nearest(key, known); near != "" {
				return rates, fmt.Errorf("%s: unknown price %q, did you mean %q?", path, key, near)
			}
			return rates, fmt.Errorf("%s: unknown price %q", path, key)
		}
		var err error
		if rates[b], err = parseRate(prices[key]); err != nil {
			return rates, fmt.Errorf("%s.%s: %w", path, key, err)
		}
	}
	return rates, nil
}
