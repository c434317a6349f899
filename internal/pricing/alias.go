package pricing

import (
	"encoding/json"
	"fmt"
)

// Alias gives a name of the operator's own a model of the catalogue: a deployment on Azure, an application inference
// profile on Amazon Bedrock, a name that a gateway made up.
type Alias struct {
	// Provider limits the alias to spans of a provider, in any spelling that the catalogue knows or as it is written on
	// the span. Empty is any provider.
	Provider string
	// Match is the name on the span: an exact text, a glob with * and ?, or a regular expression after "re:". Case
	// does not matter, and the whole name must match.
	Match string
	// Model is the model to price, in any spelling that the catalogue knows.
	Model string
	// TargetProvider is the provider whose price applies. Empty is the span's provider.
	TargetProvider string
}

type aliasDef struct {
	provider, model, target string
	match                   pattern
	text                    string
	path                    string
}

func newAlias(path string, a Alias) (aliasDef, error) {
	match, err := parsePattern(a.Match)
	if err != nil {
		return aliasDef{}, fmt.Errorf("%s.match: %w", path, err)
	}
	if a.Model == "" {
		return aliasDef{}, fmt.Errorf("%s: model is missing: name the model to price", path)
	}
	return aliasDef{provider: a.Provider, model: a.Model, target: a.TargetProvider, match: match, text: a.Match, path: path}, nil
}

func readAlias(path string, raw json.RawMessage) (aliasDef, error) {
	var (
		a    Alias
		note string
	)
	o, err := readObject(path, raw)
	if err != nil {
		return aliasDef{}, err
	}
	err = takeAll(o, fields{
		"provider": &a.Provider, "match": &a.Match, "model": &a.Model, "target_provider": &a.TargetProvider, "note": &note,
	})
	if err != nil {
		return aliasDef{}, err
	}
	return newAlias(path, a)
}

// alias is an alias with its target found.
type alias struct {
	provider string    // as configured
	owner    *provider // what that means; nil for any provider, or for one that the catalogue does not have
	match    pattern
	text     string
	model    string
	target   *provider // nil: the span's own
}

// linkAlias finds the target, so that an alias that leads nowhere is an error at start and not a silent gap later.
func (c *Catalog) linkAlias(def *aliasDef) error {
	a := alias{provider: def.provider, match: def.match, text: def.text, model: def.model}
	if found, ok := c.providerByName(def.provider); ok {
		a.owner = found.provider
	}
	if def.target != "" {
		found, ok := c.providerByName(def.target)
		if !ok {
			return fmt.Errorf("%s.target_provider: provider %q is not in the price list", def.path, def.target)
		}
		a.target = found.provider
	}
	where := a.target
	if where == nil {
		where = a.owner
	}
	if where == nil {
		if _, _, ok := c.inferProvider(def.model); !ok && !c.overridden(nil, def.model) {
			return fmt.Errorf("%s.model: %q is not in the price list: name its provider in target_provider", def.path, def.model)
		}
	} else if _, ok := c.findWithFallback(where, def.model); !ok && !where.local && !c.overridden(where, def.model) {
		return fmt.Errorf("%s.model: %q is not in the price list of %s", def.path, def.model, where.id)
	}
	c.aliases = append(c.aliases, a)
	return nil
}

// findAlias returns the alias for a model name on a span.
func (c *Catalog) findAlias(q *Query, p *provider, name string) *alias {
	if !present(name) {
		return nil
	}
	for i := range c.aliases {
		a := &c.aliases[i]
		if a.provider != "" && (a.owner == nil || a.owner != p) && !sameProvider(a.provider, q) {
			continue
		}
		if a.match.match(normalizeModel(name)) {
			return a
		}
	}
	return nil
}

// aliasTarget returns the provider that an alias names for a span whose own provider is not in the lists.
func (c *Catalog) aliasTarget(q *Query) *provider {
	for _, name := range [...]string{q.ResponseModel, q.RequestModel} {
		if a := c.findAlias(q, nil, name); a != nil && a.target != nil {
			return a.target
		}
	}
	return nil
}

// sameProvider reports whether the span writes the provider's name as it is configured, known or not.
func sameProvider(configured string, q *Query) bool {
	key := normalizeProvider(configured)
	return key == normalizeProvider(q.Provider) || key == normalizeProvider(q.System)
}
