package pricing

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Catalog answers what a call costs. It is built once, never changes, and is safe for concurrent use.
type Catalog struct {
	version   string
	published time.Time
	layers    []LayerInfo

	providers  []*provider
	byID       map[string]*provider
	names      map[string]providerName
	routes     map[string]*provider // by what stands before the first slash of a model's name
	frameworks map[string]bool
	gateways   []hostRule
	unpriced   []hostRule
	aliases    []alias
	overrides  []*override
	cache      cache
}

// LayerInfo describes a layer of a catalogue.
type LayerInfo struct {
	Source    Source
	Version   string
	Published time.Time
}

type provider struct {
	id       string
	name     string
	local    bool
	gateway  bool
	fallback []*provider
	hosts    []hostRule
	infer    inferDef
	models   map[string]*model
	index    map[string]nameEntry
	dashed   map[string]nameEntry
	unpriced map[string]bool // names that no rule may match
}

// providerName is what a spelling of a provider means. The flavour tells services of one provider apart, such as the
// Gemini API and Vertex AI.
type providerName struct {
	provider *provider
	flavour  string
}

type model struct {
	provider *provider
	id       string
	free     bool
	onlyFor  string
	claude   bool
	records  []Record
	tiers    [numTiers]tierFactor
	geos     []geoFactor
	layer    Source
	version  string
}

// nameEntry is one spelling of a model. A stem may be followed by a version as well as by a date; see suffix.go.
type nameEntry struct {
	model *model
	stem  bool
	tier  Tier
	clash bool // two models in the dashed index
}

// Build makes a catalogue of layers, the first the weakest. A model that a later layer prices is priced by that layer
// alone; names, aliases and hosts add up, and a spelling belongs to the last model that claims it.
func Build(layers ...*Layer) (*Catalog, error) {
	if len(layers) == 0 {
		return nil, errors.New("prices: no layer")
	}
	c := &Catalog{
		byID:       map[string]*provider{},
		names:      map[string]providerName{},
		routes:     map[string]*provider{},
		frameworks: map[string]bool{},
	}
	base := map[*model][]Record{} // what the embedded list says, before anything corrects it
	for _, l := range layers {
		if err := c.add(l, base); err != nil {
			return nil, fmt.Errorf("%s price list: %w", l.Source, err)
		}
	}
	if err := c.link(layers); err != nil {
		return nil, err
	}
	c.compile()
	if err := c.linkSettings(layers); err != nil {
		return nil, err
	}
	return c, nil
}

// linkSettings resolves what an operator wrote against the finished lists. Entries of a later layer come first.
func (c *Catalog) linkSettings(layers []*Layer) error {
	for _, l := range slices.Backward(layers) {
		for alias, target := range l.providerAliases {
			found, ok := c.providerByName(target)
			if !ok {
				return fmt.Errorf("provider_aliases.%s: provider %q is not in the price list", alias, target)
			}
			c.names[normalizeProvider(alias)] = found
			delete(c.frameworks, normalizeProvider(alias))
		}
		for i := range l.overrides {
			c.linkOverride(l, l.overrides[i])
		}
	}
	for _, l := range slices.Backward(layers) {
		for i := range l.aliases {
			if err := c.linkAlias(&l.aliases[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Version names the lists that the catalogue was built from, for example "genai-prices-0.1.8+overlay-3".
func (c *Catalog) Version() string { return c.version }

// Published is the day of the newest list, for the age alarm.
func (c *Catalog) Published() time.Time { return c.published }

// Layers lists what the catalogue was built from, the weakest first.
func (c *Catalog) Layers() []LayerInfo { return slices.Clone(c.layers) }

// Models returns the number of models with a price, free ones included.
func (c *Catalog) Models() int {
	n := 0
	for _, p := range c.providers {
		n += len(p.models)
	}
	return n
}

func (c *Catalog) add(l *Layer, base map[*model][]Record) error {
	c.layers = append(c.layers, LayerInfo{Source: l.Source, Version: l.Version, Published: l.Published})
	if l.Version != "" {
		if c.version != "" {
			c.version += "+"
		}
		c.version += l.Version
	}
	if l.Published.After(c.published) {
		c.published = l.Published
	}
	for _, name := range l.frameworks {
		c.frameworks[normalizeProvider(name)] = true
	}
	var err error
	if c.gateways, err = appendHosts(c.gateways, l.gateways); err != nil {
		return fmt.Errorf("gateway_hosts: %w", err)
	}
	if c.unpriced, err = appendHosts(c.unpriced, l.unpriced); err != nil {
		return fmt.Errorf("unpriced_hosts: %w", err)
	}
	if l.upstream {
		return c.addUpstream(l, base)
	}
	for i := range l.providers {
		if err := c.addProvider(l, &l.providers[i]); err != nil {
			return err
		}
	}
	if l.Source == SourceEmbedded {
		for _, p := range c.providers {
			for _, m := range p.models {
				base[m] = slices.Clone(m.records)
			}
		}
	}
	return nil
}

func (c *Catalog) addProvider(l *Layer, def *providerDef) error {
	p := c.byID[def.id]
	if p == nil {
		p = &provider{id: def.id, models: map[string]*model{}, index: map[string]nameEntry{}}
		c.byID[def.id] = p
		c.providers = append(c.providers, p)
	}
	if def.name != "" {
		p.name = def.name
	}
	p.local = p.local || def.local
	p.gateway = p.gateway || def.gateway
	for _, name := range def.unpriced {
		if p.unpriced == nil {
			p.unpriced = map[string]bool{}
		}
		p.unpriced[dashVersion(normalizeModel(name))] = true
	}
	if !def.infer.empty() {
		p.infer.prefixes = append(p.infer.prefixes, def.infer.prefixes...)
		p.infer.equals = append(p.infer.equals, def.infer.equals...)
		p.infer.contains = append(p.infer.contains, def.infer.contains...)
		p.infer.noSlash = p.infer.noSlash || def.infer.noSlash
	}
	if err := c.nameProvider(p, def); err != nil {
		return err
	}
	for i := range def.models {
		if err := p.addModel(l, &def.models[i]); err != nil {
			return fmt.Errorf("providers.%s.models.%s: %w", p.id, def.models[i].id, err)
		}
	}
	return nil
}

func (c *Catalog) nameProvider(p *provider, def *providerDef) error {
	c.names[normalizeProvider(def.id)] = providerName{provider: p}
	for _, alias := range def.aliases {
		c.names[normalizeProvider(alias)] = providerName{provider: p}
	}
	for _, route := range def.routes {
		c.routes[normalizeProvider(route)] = p
	}
	for flavour, aliases := range def.flavours {
		for _, alias := range append([]string{flavour}, aliases...) {
			c.names[normalizeProvider(alias)] = providerName{provider: p, flavour: flavour}
		}
	}
	var err error
	if p.hosts, err = appendHosts(p.hosts, def.hosts); err != nil {
		return fmt.Errorf("providers.%s.hosts: %w", p.id, err)
	}
	if def.api != "" {
		re, err := regexp.Compile(`^(?:` + def.api + `)`)
		if err != nil {
			return fmt.Errorf("providers.%s.api: %w", p.id, err)
		}
		p.hosts = append(p.hosts, hostRule{api: re})
	}
	return nil
}

func (p *provider) addModel(l *Layer, def *modelDef) error {
	m := p.models[def.id]
	if m == nil {
		m = &model{provider: p, id: def.id}
		p.models[def.id] = m
	}
	if def.free || len(def.records) > 0 {
		m.free, m.onlyFor, m.layer, m.version = def.free, def.onlyFor, l.Source, l.Version
		m.records = slices.Clone(def.records)
		for i := range m.records {
			r := &m.records[i]
			r.Layer, r.Version = l.Source, l.Version
			if r.Origin == "" {
				r.Origin, r.Date = def.source, def.date
			}
		}
	}
	if !m.free && len(m.records) == 0 {
		return errors.New("neither a price nor free: an entry without a price only adds names to a model that has one")
	}
	for _, name := range def.names {
		p.index[normalizeModel(name)] = nameEntry{model: m}
		delete(p.unpriced, dashVersion(normalizeModel(name)))
	}
	for _, stem := range def.stems {
		p.index[normalizeModel(stem)] = nameEntry{model: m, stem: true}
	}
	for name, text := range def.tiers {
		tier, known := ParseTier(text)
		if !known {
			return fmt.Errorf("tier_names.%s: unknown tier %q", name, text)
		}
		p.index[normalizeModel(name)] = nameEntry{model: m, tier: tier}
	}
	return nil
}

func (c *Catalog) patch(l *Layer, def *patchDef) error {
	p := c.byID[def.provider]
	if p == nil {
		return fmt.Errorf("patches: provider %q is not in the list", def.provider)
	}
	matched := false
	for _, m := range p.models {
		if !def.models.match(m.id) {
			continue
		}
		matched = true
		for i := range m.records {
			r := &m.records[i]
			if r.Layer > l.Source && r.Layer != SourceURL {
				continue // an operator's price is as the operator wrote it
			}
			r.AudioAsText = r.AudioAsText || def.audioAsText
			for b := range r.Rates {
				if !r.Rates[b].Listed() {
					r.Rates[b] = def.rates[b]
				}
			}
		}
	}
	if !matched {
		return fmt.Errorf("patches: no model of %s matches %v", def.provider, def.models)
	}
	return nil
}

// link resolves what entries say about each other, once every layer is in.
func (c *Catalog) link(layers []*Layer) error {
	for _, l := range layers {
		for i := range l.providers {
			def := &l.providers[i]
			for _, id := range def.fallback {
				other := c.byID[id]
				if other == nil {
					return fmt.Errorf("providers.%s.fallback: provider %q is not in the list", def.id, id)
				}
				p := c.byID[def.id]
				if !slices.Contains(p.fallback, other) {
					p.fallback = append(p.fallback, other)
				}
			}
		}
		for i := range l.patches {
			if err := c.patch(l, &l.patches[i]); err != nil {
				return err
			}
		}
		for i := range l.tiers {
			t := &l.tiers[i]
			p := c.byID[t.provider]
			if p == nil {
				return fmt.Errorf("tiers: provider %q is not in the list", t.provider)
			}
			matched := false
			for _, m := range p.models {
				if t.models.match(m.id) {
					m.tiers[t.tier] = t.factor
					matched = true
				}
			}
			if !matched {
				return fmt.Errorf("tiers: no model of %s matches %v", t.provider, t.models)
			}
		}
		for i := range l.geos {
			if err := c.bind(&l.geos[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// compile prepares what the hot path reads.
func (c *Catalog) compile() {
	for _, p := range c.providers {
		for _, m := range p.models {
			m.claude = strings.Contains(strings.ToLower(m.id), "claude")
			for i := range m.records {
				m.records[i].compile(m.claude)
			}
		}
		p.dashed = make(map[string]nameEntry, len(p.index))
		for name, e := range p.index {
			key := dashVersion(name)
			if other, taken := p.dashed[key]; taken && other.model != e.model {
				e.clash = true
			}
			if other, taken := p.dashed[key]; taken && (other.clash || other.stem) {
				e.clash, e.stem = e.clash || other.clash, e.stem || other.stem
			}
			p.dashed[key] = e
		}
	}
	slices.SortFunc(c.providers, func(a, b *provider) int { return strings.Compare(a.id, b.id) })
}
