package pricing

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Source is the layer that a price comes from. A later layer beats an earlier one.
type Source uint8

const (
	// SourceEmbedded is the list generated from genai-prices.
	SourceEmbedded Source = iota + 1
	// SourceOverlay is the embedded file of corrections.
	SourceOverlay
	// SourceURL is a list fetched at run time.
	SourceURL
	// SourceFile is the operator's price file.
	SourceFile
	// SourceOverride is a single price in the operator's configuration.
	SourceOverride
)

// String returns the value of llmcost.price.source.
func (s Source) String() string {
	switch s {
	case SourceEmbedded:
		return "embedded"
	case SourceOverlay:
		return "overlay"
	case SourceURL:
		return "url"
	case SourceFile:
		return "file"
	case SourceOverride:
		return "override"
	default:
		return "unknown"
	}
}

// schemaVersion is the only version of the price file format.
const schemaVersion = 1

// Layer is one price list, read and checked.
type Layer struct {
	// Source says where in the order the layer stands.
	Source Source
	// Version names the list, for example "genai-prices-0.1.8".
	Version string
	// Published is the day the list was published, for the age alarm. Zero when the list does not say.
	Published time.Time

	providers []providerDef
	tiers     []tierDef
	geos      []geoDef
	patches   []patchDef
	aliases   []aliasDef
	overrides []overrideDef
	// providerAliases names providers that stand in any layer, see [Settings].
	providerAliases map[string]string
	warnings        []string
	upstream        bool // converted from genai-prices at run time, see upstream.go
	frameworks      []string
	gateways        []string
	unpriced        []string
}

type providerDef struct {
	id       string
	name     string
	aliases  []string
	routes   []string
	flavours map[string][]string
	hosts    []string
	api      string
	infer    inferDef
	fallback []string
	local    bool
	gateway  bool
	unpriced []string
	models   []modelDef
}

// inferDef says which bare model names belong to a provider.
type inferDef struct {
	prefixes, equals, contains []string
	noSlash                    bool
}

func (d inferDef) empty() bool {
	return len(d.prefixes)+len(d.equals)+len(d.contains) == 0
}

type modelDef struct {
	id      string
	names   []string
	stems   []string
	tiers   map[string]string // name to service tier, for names that mean a tier of the model
	free    bool
	onlyFor string
	source  string
	date    string
	records []Record
}

// tierDef scales the prices of models at a service tier.
type tierDef struct {
	provider string
	models   patterns
	tier     Tier
	factor   tierFactor
}

// geoDef scales the prices of models for calls that are bound to a place.
type geoDef struct {
	provider string
	models   patterns
	geoFactor
}

// patchDef adds what a model's records lack.
type patchDef struct {
	provider    string
	models      patterns
	rates       RateSet
	audioAsText bool
	source      string
	date        string
}

// ParseLayer reads a price list in the format of this package, JSON or YAML. Every mistake is an error that names the
// entry: an unknown key, a negative price, overlapping dates, a name that two models claim.
func ParseLayer(data []byte, source Source) (*Layer, error) {
	raw, err := jsonFromYAML(data)
	if err != nil {
		return nil, fmt.Errorf("prices: %w", err)
	}
	o, err := readObject("prices", raw)
	if err != nil {
		return nil, err
	}
	var (
		l                          = &Layer{Source: source}
		schema                     int64
		published                  string
		providers, tiers, patches  []json.RawMessage
		aliases, overrides, geos   []json.RawMessage
		origin, licence, sum, note string
		generator                  int64
	)
	err = takeAll(o, fields{
		"schema": &schema, "version": &l.Version, "published": &published,
		"source": &origin, "licence": &licence, "sha256": &sum, "generator": &generator, "note": &note,
		"providers": &providers, "tiers": &tiers, "geos": &geos, "patches": &patches, "aliases": &aliases, "overrides": &overrides,
		"frameworks": &l.frameworks, "gateway_hosts": &l.gateways, "unpriced_hosts": &l.unpriced,
	})
	if err != nil {
		return nil, err
	}
	if schema != schemaVersion {
		return nil, fmt.Errorf("prices.schema: %d is not supported, write %d", schema, schemaVersion)
	}
	if l.Published, err = parseInstant(published); err != nil {
		return nil, fmt.Errorf("prices.published: %w", err)
	}
	if l.providers, err = readList(providers, "prices.providers", readProvider); err != nil {
		return nil, err
	}
	if l.tiers, err = readList(tiers, "prices.tiers", readTier); err != nil {
		return nil, err
	}
	if l.geos, err = readList(geos, "prices.geos", readGeo); err != nil {
		return nil, err
	}
	if l.patches, err = readList(patches, "prices.patches", readPatch); err != nil {
		return nil, err
	}
	if l.aliases, err = readList(aliases, "prices.aliases", readAlias); err != nil {
		return nil, err
	}
	if l.overrides, err = readList(overrides, "prices.overrides", readOverride); err != nil {
		return nil, err
	}
	if err := checkOverrides("prices.overrides", l.overrides); err != nil {
		return nil, err
	}
	return l, l.checkNames()
}

// checkNames fails when two models of one provider claim the same spelling.
func (l *Layer) checkNames() error {
	seenProvider := map[string]bool{}
	for _, p := range l.providers {
		if seenProvider[p.id] {
			return fmt.Errorf("providers.%s: given twice", p.id)
		}
		seenProvider[p.id] = true
		owner := map[string]string{}
		ids := map[string]bool{}
		for _, m := range p.models {
			if ids[m.id] {
				return fmt.Errorf("providers.%s.models.%s: given twice", p.id, m.id)
			}
			ids[m.id] = true
			for _, name := range append(append([]string{}, m.names...), m.stems...) {
				key := strings.ToLower(strings.TrimSpace(name))
				if key == "" {
					return fmt.Errorf("providers.%s.models.%s: a name is empty", p.id, m.id)
				}
				if other, taken := owner[key]; taken && other != m.id {
					return fmt.Errorf("providers.%s.models.%s: name %q is also a name of %s", p.id, m.id, name, other)
				}
				owner[key] = m.id
			}
		}
	}
	return nil
}
