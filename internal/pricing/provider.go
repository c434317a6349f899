package pricing

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// normalizeProvider brings the spellings of a provider's name together: case, and the separators that differ between
// instrumentations.
func normalizeProvider(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	return strings.NewReplacer("_", "-", " ", "-").Replace(name)
}

// providerByName looks a provider's name up: as a whole, then its part before the first dot, slash or colon, which is
// how the Vercel AI SDK writes it ("openai.chat").
func (c *Catalog) providerByName(name string) (providerName, bool) {
	key := normalizeProvider(name)
	if found, ok := c.names[key]; ok {
		return found, true
	}
	if c.frameworks[key] {
		return providerName{}, false
	}
	if i := strings.IndexAny(key, "./:"); i > 0 {
		found, ok := c.names[key[:i]]
		return found, ok
	}
	return providerName{}, false
}

// isFramework reports whether a name is that of a framework or a gateway, which says nothing about who serves the
// model.
func (c *Catalog) isFramework(name string) bool {
	key := normalizeProvider(name)
	if key == "" || c.frameworks[key] {
		return true
	}
	if _, known := c.names[key]; known {
		return false
	}
	i := strings.IndexAny(key, "./:")
	return i > 0 && c.frameworks[key[:i]]
}

// hostRule matches the address of a server: a host name, "*.example.com" for every host below it, either with a port,
// "*:11434" for a port of any host, or the source's own expression for a URL.
type hostRule struct {
	host, port string
	below, any bool
	api        *regexp.Regexp
}

func hostPattern(text string) (hostRule, error) {
	host, port := splitServer(text)
	rule := hostRule{host: host, port: port}
	if rest, ok := strings.CutPrefix(host, "*."); ok {
		rule.host, rule.below = rest, true
	}
	if rule.host == "*" && port != "" {
		rule.any = true
		return rule, nil
	}
	if rule.host == "" || strings.ContainsAny(rule.host, "*/ ") {
		return hostRule{}, fmt.Errorf("%q is not a host name such as api.example.com or *.example.com", text)
	}
	return rule, nil
}

func appendHosts(rules []hostRule, texts []string) ([]hostRule, error) {
	for _, text := range texts {
		rule, err := hostPattern(text)
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func (r *hostRule) match(host, port string) bool {
	if r.api != nil {
		at := r.api.FindStringIndex("https://" + host)
		if at == nil {
			return false
		}
		// The source's expressions are prefixes. What they leave must not go on the host's own label, or
		// api.openai.com.example.org would be OpenAI.
		rest := ("https://" + host)[at[1]:]
		matched := ("https://" + host)[:at[1]]
		return rest == "" || strings.HasSuffix(matched, ".") && !strings.Contains(rest, ".")
	}
	if r.port != "" && r.port != port {
		return false
	}
	if r.any {
		return true
	}
	return host == r.host && !r.below || r.below && strings.HasSuffix(host, "."+r.host)
}

// splitServer reads server.address: a host, a host with a port, or a URL.
func splitServer(server string) (host, port string) {
	server = strings.ToLower(strings.TrimSpace(server))
	if strings.Contains(server, "://") {
		u, err := url.Parse(server)
		if err != nil {
			return "", ""
		}
		return u.Hostname(), u.Port()
	}
	if i := strings.IndexByte(server, '/'); i >= 0 {
		server = server[:i]
	}
	if h, p, err := net.SplitHostPort(server); err == nil {
		return h, p
	}
	return server, ""
}

// hostFinding is what an address says about who answers there.
type hostFinding uint8

const (
	hostUnknown  hostFinding = iota // no rule names it, such as a proxy inside a company
	hostProvider                    // a provider of the catalogue
	hostGateway                     // a gateway: the model's name decides
	hostUnpriced                    // a provider whose prices are not in the catalogue
)

func (c *Catalog) providerByHost(server string) (providerName, hostFinding) {
	host, port := splitServer(server)
	if host == "" {
		return providerName{}, hostUnknown
	}
	if anyHost(c.unpriced, host, port) {
		return providerName{}, hostUnpriced
	}
	if anyHost(c.gateways, host, port) {
		return providerName{}, hostGateway
	}
	for _, p := range c.providers {
		if anyHost(p.hosts, host, port) {
			return providerName{provider: p}, hostProvider
		}
	}
	return providerName{}, hostUnknown
}

func anyHost(rules []hostRule, host, port string) bool {
	for i := range rules {
		if rules[i].match(host, port) {
			return true
		}
	}
	return false
}

// hostDecides reports whether the server's address may overrule a provider's name. Client libraries of OpenAI and
// Anthropic are used against every compatible server and always write their own name.
func (c *Catalog) hostDecides(found providerName) bool {
	return found.provider == nil || found.provider.id == "openai" || found.provider.id == "anthropic"
}

// resolveProvider follows the order of section 6 of the llm_cost reference. how says what decided. reason is
// [UnknownProvider] when the span names a provider that the catalogue does not have; no provider and no reason means
// that the model's name decides.
func (c *Catalog) resolveProvider(q *Query) (found providerName, how string, reason Reason) {
	named := false
	for i, name := range [...]string{q.Provider, q.System} {
		if c.isFramework(name) {
			continue
		}
		named = true
		if f, ok := c.providerByName(name); ok {
			found, how = f, [...]string{"the provider's name", "the system's name"}[i]
			break
		}
	}
	unknown := found.provider == nil && named
	if q.Server != "" && !unknown && c.hostDecides(found) {
		switch byHost, finding := c.providerByHost(q.Server); finding {
		case hostUnpriced:
			return providerName{}, "the server's address", UnknownProvider
		case hostProvider, hostGateway:
			return byHost, "the server's address", Priced
		}
	}
	if unknown {
		return providerName{}, "the provider's name", UnknownProvider
	}
	return found, how, Priced
}

// inferProvider guesses the provider of a bare model name; the guess counts only if that provider has the model. It
// returns the first provider that the name points to when none has it.
func (c *Catalog) inferProvider(name string) (*provider, nameEntry, bool) {
	var first *provider
	try := func(p *provider) (nameEntry, bool) {
		if first == nil {
			first = p
		}
		return c.findWithFallback(p, name)
	}
	if head, rest, ok := cutProvider(name); ok && rest != "" {
		if c.frameworks[normalizeProvider(head)] {
			return c.inferProvider(rest)
		}
		if f, ok := c.names[normalizeProvider(head)]; ok {
			e, ok := try(f.provider)
			return f.provider, e, ok
		}
	}
	lower := normalizeModel(name)
	for _, p := range c.providers {
		if !p.infer.match(lower) {
			continue
		}
		if e, ok := try(p); ok {
			return p, e, true
		}
	}
	return first, nameEntry{}, false
}

func (d *inferDef) match(name string) bool {
	if d.noSlash && strings.Contains(name, "/") {
		return false
	}
	for _, s := range d.prefixes {
		if strings.HasPrefix(name, s) {
			return true
		}
	}
	if slices.Contains(d.equals, name) {
		return true
	}
	for _, s := range d.contains {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}
