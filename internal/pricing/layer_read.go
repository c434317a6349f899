package pricing

import (
	"encoding/json"
	"fmt"
)

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
		"name": &p.name, "aliases": &p.aliases, "routes": &p.routes, "flavours": &where, "hosts": &p.hosts, "api": &p.api, "infer": &infer,
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

func readGeo(path string, raw json.RawMessage) (geoDef, error) {
	var (
		g                  geoDef
		models             []string
		source, date, note string
	)
	o, err := readObject(path, raw)
	if err != nil {
		return g, err
	}
	factor, _, err := o.number("factor")
	if err != nil {
		return g, err
	}
	err = takeAll(o, fields{
		"provider": &g.provider, "models": &models, "geo": &g.geo, "source": &source, "date": &date, "note": &note,
	})
	if err != nil {
		return g, err
	}
	if g.factor, err = parseFactor(factor); err != nil {
		return g, fmt.Errorf("%s.factor: %w", path, err)
	}
	if g.provider == "" || g.geo == "" {
		return g, fmt.Errorf("%s: provider and geo are needed", path)
	}
	g.models, err = parsePatterns(path+".models", models)
	return g, err
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
