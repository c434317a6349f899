package pricing

import "strings"

// maxNameLength bounds a model name. The longest real ones are ARNs of about 150 bytes.
const maxNameLength = 512

// normalizeModel is the form in which names are indexed.
func normalizeModel(name string) string {
	return strings.ToLower(strings.TrimSpace(name))
}

// findModel looks a model name up in one provider's list. It tries the name as it is and then, one step after the
// other, without what clouds, gateways and clients put around it; after each step the whole name must match. The steps
// are those of section 6 of the llm_cost reference.
func (c *Catalog) findModel(p *provider, raw string) (nameEntry, bool) {
	name := normalizeModel(raw)
	if name == "" || len(name) > maxNameLength {
		return nameEntry{}, false
	}
	if e, ok := p.lookup(name); ok {
		return e, true
	}
	if e, ok := p.freeVariant(name); ok {
		return e, true
	}
	for _, step := range [...]func(string) string{stripContextMark, stripResourcePath, p.stripBedrock, stripVertexDate} {
		next := step(name)
		if next == name {
			continue
		}
		name = next
		if e, ok := p.lookup(name); ok {
			return e, true
		}
	}
	if e, ok := c.findPrefixed(p, name); ok {
		return e, true
	}
	if plain := dashed(name); plain != name {
		return p.lookup(plain)
	}
	return nameEntry{}, false
}

// findPrefixed takes a provider off the front of the name ("openai/gpt-5", "anthropic:claude-haiku-4-5"): the
// provider's own, one that it resells, or any when it is a gateway.
func (c *Catalog) findPrefixed(p *provider, name string) (nameEntry, bool) {
	head, rest, ok := cutProvider(name)
	if !ok || rest == "" {
		return nameEntry{}, false
	}
	if c.frameworks[normalizeProvider(head)] {
		return c.findModel(p, rest)
	}
	found, ok := c.names[normalizeProvider(head)]
	if !ok {
		return nameEntry{}, false
	}
	if found.provider == p {
		return c.findWithFallback(p, rest)
	}
	if p.gateway && !found.provider.local {
		return c.findModel(found.provider, rest)
	}
	for _, other := range p.fallback {
		if other != found.provider {
			continue
		}
		if e, ok := c.findModel(p, rest); ok {
			return e, true
		}
		return c.findModel(other, rest)
	}
	return nameEntry{}, false
}

// findWithFallback looks in the provider's list, then in those of the providers whose models it sells at their price.
func (c *Catalog) findWithFallback(p *provider, name string) (nameEntry, bool) {
	name = p.stripDeploymentType(name)
	if e, ok := c.findModel(p, name); ok {
		return e, true
	}
	for _, other := range p.fallback {
		if e, ok := c.findModel(other, name); ok {
			return e, true
		}
	}
	return nameEntry{}, false
}

// cutProvider splits a name at its first slash or colon, Portkey's "@openai/gpt-4o" included. A fine-tuned model's
// "ft:" is no provider.
func cutProvider(name string) (head, rest string, ok bool) {
	name = strings.TrimPrefix(name, "@")
	i := strings.IndexAny(name, "/:")
	if i <= 0 || strings.HasPrefix(name, "ft:") || strings.HasPrefix(name, "arn:") {
		return "", "", false
	}
	return name[:i], name[i+1:], true
}

// lookup finds a name in lower case: as it is, with dots and dashes of a version exchanged, and as a known name
// followed by a date or a version.
func (p *provider) lookup(name string) (nameEntry, bool) {
	if p.id == bedrockID {
		return p.lookupBedrock(name)
	}
	if base, ok := fineTuned(name); ok {
		return p.lookupForm(base)
	}
	return p.lookupForm(name)
}

func (p *provider) lookupForm(name string) (nameEntry, bool) {
	if p.unpriced[dashVersion(name)] {
		return nameEntry{}, false
	}
	if e, ok := p.exact(name); ok {
		return e, true
	}
	for i := len(name) - 1; i > 0 && len(name)-i <= maxSuffixLength; i-- {
		switch name[i] {
		case '-', ':', '@':
		default:
			continue
		}
		e, ok := p.exact(name[:i])
		if !ok {
			continue
		}
		s := suffixes{stem: e.stem, claude: e.model.claude, google: p.id == googleID, bedrock: p.id == bedrockID}
		if s.allow(strings.ReplaceAll(name[i:], "@", "-")) {
			return e, true
		}
	}
	return nameEntry{}, false
}

// maxSuffixLength is enough for "-preview-2026-01-01-v1:0:200k".
const maxSuffixLength = 40

const (
	azureID   = "azure"
	bedrockID = "aws"
	googleID  = "google"
)

func (p *provider) exact(name string) (nameEntry, bool) {
	if e, ok := p.index[name]; ok {
		return e, true
	}
	if e, ok := p.dashed[dashVersion(name)]; ok && !e.clash {
		return e, true
	}
	return nameEntry{}, false
}

// dashVersion writes the dots between two digits as dashes: claude-sonnet-4.5 and claude-sonnet-4-5 are one name.
func dashVersion(name string) string {
	if !strings.Contains(name, ".") {
		return name
	}
	b := []byte(name)
	for i := 1; i+1 < len(b); i++ {
		if b[i] == '.' && isDigit(b[i-1]) && isDigit(b[i+1]) {
			b[i] = '-'
		}
	}
	return string(b)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// fineTuned reports whether a name is that of a fine-tuned model, and returns the name its price is listed under:
// ft:gpt-4o-2024-08-06:org::id and gpt-4o-2024-08-06.ft-0123 (Azure) are both listed as ft:gpt-4o.
func fineTuned(name string) (string, bool) {
	if rest, ok := strings.CutPrefix(name, "ft:"); ok {
		base, _, _ := strings.Cut(rest, ":")
		return "ft:" + base, true
	}
	if base, _, ok := strings.Cut(name, ".ft-"); ok {
		return "ft:" + base, true
	}
	return "", false
}

// stripContextMark takes off the mark with which Claude Code asks for the long context; the price follows the tokens.
func stripContextMark(name string) string {
	return strings.TrimSuffix(name, "[1m]")
}

// stripResourcePath takes the resource path off: models/x, publishers/google/models/x, accounts/fireworks/models/x and
// projects/p/locations/l/publishers/google/models/x are all x.
func stripResourcePath(name string) string {
	if i := strings.LastIndex(name, "models/"); i >= 0 && (i == 0 || name[i-1] == '/') {
		return name[i+len("models/"):]
	}
	return name
}

// stripVertexDate turns Vertex AI's model@date into model-date.
func stripVertexDate(name string) string {
	i := strings.LastIndexByte(name, '@')
	if i <= 0 || strings.Contains(name[i:], "/") { // Cloudflare's @cf/… behind a provider's name
		return name
	}
	return name[:i] + "-" + name[i+1:]
}

// freeVariant knows OpenRouter's rule that every model with the suffix :free costs nothing, listed or not.
func (p *provider) freeVariant(name string) (nameEntry, bool) {
	base, ok := strings.CutSuffix(name, ":free")
	if !ok || !p.gateway || !strings.Contains(base, "/") {
		return nameEntry{}, false
	}
	return nameEntry{model: &model{provider: p, id: name, free: true, layer: SourceOverlay}}, true
}
