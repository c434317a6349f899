package langfuseexporter

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// project is where spans go: a server and the keys of a project on it.
type project struct {
	name          string // "" for the exporter's own keys
	base          string // address of the server
	public        string
	authorization string // "" where headers or an extension have it
	secrets       []string
	store         storeHealth // of the media store, as this project reaches it
	lane          *lane       // nil where nothing is put aside
	refused       *refusal.Ledger
}

// set puts the keys into a project.
func (p *project) set(keys keyPair) {
	p.public, p.authorization = keys.public, keys.authorization()
	p.secrets = []string{keys.public, keys.secret, strings.TrimPrefix(p.authorization, "Basic ")}
}

// defaultLabel is how logs name the exporter's own keys.
const defaultLabel = "default"

// label is how logs name the project.
func (p *project) label() string {
	if p.name == "" {
		return defaultLabel
	}
	return p.name
}

// router decides on the project of a trace.
type router struct {
	config   RoutingConfig
	projects []*project          // all, the exporter's own first
	byName   map[string]*project // by name and by public key; nil where two servers have the key
	fallback *project            // nil drops
}

func newRouter(c *Config) (*router, error) {
	r := &router{config: c.Routing, byName: map[string]*project{}}
	defer func() {
		for _, p := range r.projects {
			p.refused = refusal.NewLedger(c.Refused)
		}
	}()
	base, err := baseURL(c.ClientConfig.Endpoint, c.Region, "")
	if err != nil {
		return nil, err
	}
	if c.hasOwnProject() {
		own := &project{base: base}
		if !c.Keys.isEmpty() {
			pair, err := c.Keys.pair("")
			if err != nil {
				return nil, err
			}
			own.set(pair)
			r.byName[pair.public] = own
		}
		r.projects = append(r.projects, own)
		r.fallback = own
	}
	defer r.keepSecret(c)
	for _, name := range slices.Sorted(maps.Keys(c.Projects)) {
		p, where := c.Projects[name], "projects::"+name+"::"
		at := base
		if p.Endpoint != "" || p.Region != "" {
			if at, err = baseURL(p.Endpoint, p.Region, where); err != nil {
				return nil, err
			}
		}
		pair, err := p.Keys.pair(where)
		if err != nil {
			return nil, err
		}
		to := &project{name: name, base: at}
		to.set(pair)
		r.projects = append(r.projects, to)
		r.byName[name] = to
		if other, ok := r.byName[pair.public]; ok && (other == nil || other.base != at) {
			to = nil // one key on two servers says nothing
		}
		r.byName[pair.public] = to
	}
	switch d := c.Routing.Default; d {
	case "":
	case routingDrop:
		r.fallback = nil
	default:
		r.fallback = r.byName[d]
	}
	return r, nil
}

// each does something for all projects, beside each other.
func (r *router) each(f func(*project) error) error {
	errs := make([]error, len(r.projects))
	var wait sync.WaitGroup
	for i, p := range r.projects {
		wait.Go(func() { errs[i] = f(p) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// keepSecret adds the values of headers to the secrets of all projects.
func (r *router) keepSecret(c *Config) {
	for _, value := range c.ClientConfig.Headers.Iter {
		for _, p := range r.projects {
			p.secrets = append(p.secrets, string(value))
		}
	}
}

// byMetadata is the project that the client's request names, nil where it names
// none.
func (r *router) byMetadata(ctx context.Context) *project {
	for _, source := range r.config.From {
		if source.Metadata == "" {
			continue
		}
		for _, value := range client.FromContext(ctx).Metadata.Get(source.Metadata) {
			if p := r.byName[value]; p != nil {
				return p
			}
		}
	}
	return nil
}

// named is the project that the span names by itself, by its scope or by its
// resource; nil where none of them does.
func (r *router) named(resource, scope, span pcommon.Map) *project {
	for _, source := range r.config.From {
		for _, at := range [...]struct {
			key        string
			attributes pcommon.Map
		}{{source.Resource, resource}, {source.Scope, scope}, {source.Span, span}} {
			if at.key == "" {
				continue
			}
			if value, ok := at.attributes.Get(at.key); ok {
				if p := r.byName[value.AsString()]; p != nil {
					return p
				}
			}
		}
	}
	return nil
}

// choose decides on the project of each span that is sent: the one that it
// names itself, or else that of its trace. It returns how many spans name
// another one than their trace.
func (r *router) choose(f *family, byRequest *project) (conflicts int) {
	root, first := f.named()
	f.chosen = cmp.Or(root, f.known.project, first, byRequest)
	to := f.chosen
	if to == nil {
		to = r.fallback
	}
	f.to = to
	for _, n := range f.nodes {
		n.to = to
		if n.named != nil && n.named != to {
			n.to = n.named
			if n.keep {
				conflicts++
			}
		}
	}
	return conflicts
}

// named are the projects that a trace names: at its root, and at the first span
// that names one.
func (f *family) named() (root, first *project) {
	for _, n := range f.nodes {
		if n.named == nil {
			continue
		}
		if n.span.ParentSpanID().IsEmpty() {
			root = n.named
		}
		if first == nil {
			first = n.named
		}
	}
	return root, first
}

// remove takes the attributes away that name a project. Others stay: they say
// something of spans that go where all others go.
func (r *router) remove(attributes pcommon.Map, key func(RoutingSource) string) {
	if !r.config.RemoveAttribute {
		return
	}
	for _, source := range r.config.From {
		k := key(source)
		if k == "" {
			continue
		}
		if value, ok := attributes.Get(k); ok && r.byName[value.AsString()] != nil {
			attributes.Remove(k)
		}
	}
}
