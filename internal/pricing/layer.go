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
		aliases, overrides         []json.RawMessage
		origin, licence, sum, note string
		generator                  int64
	)
	err = takeAll(o, fields{
		"schema": &schema, "version": &l.Version, "published": &published,
		"source": &origin, "licence": &licence, "sha256": &sum, "generator": &generator, "note": &note,
		"providers": &providers, "tiers": &tiers, "patches": &patches, "aliases": &aliases, "overrides": &overrides,
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

type fields map[string]any

// takeAll decodes every listed field and fails on any other key.
func takeAll(o *object, f fields) error {
	for key, v := range f {
		if err := o.take(key, v); err != nil {
			return err
		}
	}
	return o.done()
}

func readList[T any](raw []json.RawMessage, path string, read func(string, json.RawMessage) (T, error)) ([]T, error) {
	out := make([]T, 0, len(raw))
	for i, item := range raw {
		v, err := read(fmt.Sprintf("%s[%d]", path, i), item)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func readProvider(path string, raw json.RawMessage) (providerDef, error) {
	var (
		p            providerDef
		infer, where json.RawMessage
		models       []json.RawMessage
		note         string
	)
	o, err := readObject(path, raw)
	if err != nil {
		return p, err
	}
	if err = o.take("id", &p.id); err != nil {
		return p, err
	}
	if p.id == "" {
		return p, fmt.Errorf("%s: id is missing", path)
	}
	o.path = "providers." + p.id
	err = takeAll(o, fields{
		"name": &p.name, "aliases": &p.aliases, "flavours": &where, "hosts": &p.hosts, "api": &p.api, "infer": &infer,
		"fallback": &p.fallback, "local": &p.local, "gateway": &p.gateway, "unpriced": &p.unpriced, "models": &models, "note": &note,
	})
	if err != nil {
		return p, err
	}
	if where != nil {
		if err := json.Unmarshal(where, &p.flavours); err != nil {
			return p, fmt.Errorf("%s.flavours: expected lists of provider names by flavour", o.path)
		}
	}
	if infer != nil {
		if p.infer, err = readInfer(o.path+".infer", infer); err != nil {
			return p, err
		}
	}
	for _, m := range models {
		model, err := readModel(o.path, m)
		if err != nil {
			return p, err
		}
		p.models = append(p.models, model)
	}
	return p, nil
}

func readInfer(path string, raw json.RawMessage) (inferDef, error) {
	var d inferDef
	o, err := readObject(path, raw)
	if err != nil {
		return d, err
	}
	return d, takeAll(o, fields{
		"prefixes": &d.prefixes, "equals": &d.equals, "contains": &d.contains, "no_slash": &d.noSlash,
	})
}

func readModel(path string, raw json.RawMessage) (modelDef, error) {
	var (
		m         modelDef
		records   []json.RawMessage
		tierNames json.RawMessage
		note      string
	)
	o, err := readObject(path+".models", raw)
	if err != nil {
		return m, err
	}
	if err = o.take("id", &m.id); err != nil {
		return m, err
	}
	if m.id == "" {
		return m, fmt.Errorf("%s.models: id is missing", path)
	}
	o.path = path + ".models." + m.id
	hasNames := o.fields["names"] != nil || o.fields["stems"] != nil
	err = takeAll(o, fields{
		"names": &m.names, "stems": &m.stems, "tier_names": &tierNames, "free": &m.free, "only_for": &m.onlyFor,
		"source": &m.source, "date": &m.date, "note": &note, "prices": &records,
	})
	if err != nil {
		return m, err
	}
	if !hasNames {
		m.names = []string{m.id}
	}
	if tierNames != nil {
		if err := json.Unmarshal(tierNames, &m.tiers); err != nil {
			return m, fmt.Errorf("%s.tier_names: expected service tiers by model name", o.path)
		}
	}
	for i, r := range records {
		record, err := readRecord(fmt.Sprintf("%s.prices[%d]", o.path, i), r)
		if err != nil {
			return m, err
		}
		m.records = append(m.records, record)
	}
	if m.free && len(m.records) > 0 {
		return m, fmt.Errorf("%s: free and prices exclude each other", o.path)
	}
	return m, checkOverlap(o.path, m.records)
}

func readTier(path string, raw json.RawMessage) (tierDef, error) {
	var (
		t                        tierDef
		models                   []string
		tier, source, date, note string
	)
	o, err := readObject(path, raw)
	if err != nil {
		return t, err
	}
	factor, _, err := o.number("factor")
	if err != nil {
		return t, err
	}
	cacheRead, hasCacheRead, err := o.number("cache_read")
	if err != nil {
		return t, err
	}
	err = takeAll(o, fields{
		"provider": &t.provider, "models": &models, "tier": &tier, "source": &source, "date": &date, "note": &note,
	})
	if err != nil {
		return t, err
	}
	var known bool
	if t.tier, known = ParseTier(tier); !known || t.tier == TierStandard {
		return t, fmt.Errorf("%s.tier: %q is not one of flex, batch, priority, fast", path, tier)
	}
	if t.factor.tokens, err = parseFactor(factor); err != nil {
		return t, fmt.Errorf("%s.factor: %w", path, err)
	}
	t.factor.cacheRead = t.factor.tokens
	if hasCacheRead {
		if t.factor.cacheRead, err = parseFactor(cacheRead); err != nil {
			return t, fmt.Errorf("%s.cache_read: %w", path, err)
		}
	}
	if t.provider == "" {
		return t, fmt.Errorf("%s: provider is missing", path)
	}
	t.models, err = parsePatterns(path+".models", models)
	return t, err
}

func readPatch(path string, raw json.RawMessage) (patchDef, error) {
	var (
		p      patchDef
		models []string
		note   string
	)
	o, err := readObject(path, raw)
	if err != nil {
		return p, err
	}
	if p.rates, err = takeRates(o); err != nil {
		return p, err
	}
	err = takeAll(o, fields{
		"provider": &p.provider, "models": &models, "audio_as_text": &p.audioAsText,
		"source": &p.source, "date": &p.date, "note": &note,
	})
	if err != nil {
		return p, err
	}
	if p.provider == "" || (p.rates.empty() && !p.audioAsText) {
		return p, fmt.Errorf("%s: provider and at least one price are needed", path)
	}
	p.models, err = parsePatterns(path+".models", models)
	return p, err
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
