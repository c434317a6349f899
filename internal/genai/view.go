package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// entry is the index's answer for a key: which fact it states and how early in
// the table it stands (1 is first).
type entry struct {
	field Field
	rank  uint8
}

// index finds a table row by attribute key. It is built once from the table
// and never written again.
var index, leads = buildIndex()

// buildIndex also returns the set of first bytes of all keys, a test that
// spares most foreign attributes the map.
func buildIndex() (map[string]entry, [256]bool) {
	index := make(map[string]entry, 256)
	var leads [256]bool
	var rank [fieldCount]uint8
	for _, name := range Vocabulary() {
		rank[name.Field]++
		index[name.Key] = entry{field: name.Field, rank: rank[name.Field]}
		leads[name.Key[0]] = true
	}
	for _, prefix := range []string{MastraPrefix, promptPrefix, completionPrefix, inputMessagesPrefix, outputMessagesPrefix} {
		leads[prefix[0]] = true
	}
	return index, leads
}

// View is one span seen through the vocabulary. The zero View is an empty
// span; Read fills it, and it may be read into again and again. A View borrows
// the span's memory: it is valid as long as the span's attributes are not
// changed.
type View struct {
	span     ptrace.Span
	scope    string
	resource pcommon.Map
	hasSpan  bool

	ranks  [fieldCount]uint8 // 0 is absent
	values [fieldCount]pcommon.Value
	keys   [fieldCount]string

	mastraInput, mastraOutput string // keys of mastra.<type>.input and .output
	families                  family // indexed message families that were seen
	known                     bool   // any name of the vocabulary was seen
}

// Read makes v the view of span. The resource is asked only for facts that
// belong to the whole process (environment).
func (v *View) Read(resource pcommon.Resource, scope pcommon.InstrumentationScope, span ptrace.Span) {
	*v = View{span: span, scope: scope.Name(), resource: resource.Attributes(), hasSpan: true}
	for key, value := range span.Attributes().All() {
		v.take(key, value)
	}
	v.readBareUsage()
}

// ReadAttributes makes v the view of attributes that belong to no span, for
// instance of a log record that reports a model call.
func (v *View) ReadAttributes(resource pcommon.Resource, scope pcommon.InstrumentationScope, attributes pcommon.Map) {
	*v = View{scope: scope.Name(), resource: resource.Attributes()}
	for key, value := range attributes.All() {
		v.take(key, value)
	}
}

func (v *View) take(key string, value pcommon.Value) {
	if key == "" || !leads[key[0]] {
		return
	}
	at, ok := index[key]
	if !ok {
		v.takePrefixed(key)
		return
	}
	// An empty attribute states nothing; a later spelling may.
	if value.Type() == pcommon.ValueTypeEmpty || value.Type() == pcommon.ValueTypeStr && value.Str() == "" {
		return
	}
	v.known = true
	if old := v.ranks[at.field]; old == 0 || at.rank < old {
		v.ranks[at.field] = at.rank
		v.values[at.field] = value
		v.keys[at.field] = key
	}
}

func (v *View) takePrefixed(key string) {
	if strings.HasPrefix(key, MastraPrefix) {
		v.known = true
		switch {
		case strings.HasPrefix(key, MastraMetadataPrefix):
		case strings.HasSuffix(key, ".input"):
			v.mastraInput = key
		case strings.HasSuffix(key, ".output"):
			v.mastraOutput = key
		}
		return
	}
	if f := familyOf(key); f != 0 {
		v.known = true
		v.families |= f
	}
}

// Known reports whether the span carries any attribute of the vocabulary. A
// span that does not is no business of GenAI components.
func (v *View) Known() bool { return v.known }

// Scope returns the name of the instrumentation scope.
func (v *View) Scope() string { return v.scope }

// Has reports whether the span states the fact.
func (v *View) Has(f Field) bool { return v.ranks[f] != 0 }

// Value returns the attribute that states the fact. The second result is false
// where the span does not state it.
func (v *View) Value(f Field) (pcommon.Value, bool) {
	return v.values[f], v.ranks[f] != 0
}

// Key returns the attribute key under which the fact was found, or "".
func (v *View) Key(f Field) string { return v.keys[f] }

// Str returns the fact as text: strings as they are, other values in their
// usual notation, "" where the span does not state it.
func (v *View) Str(f Field) string {
	if v.ranks[f] == 0 {
		return ""
	}
	if value := v.values[f]; value.Type() != pcommon.ValueTypeStr {
		return value.AsString()
	} else {
		return value.Str()
	}
}

// Provider returns the provider as the span names it, or else its system. The
// suffix that the Vercel AI SDK adds for its API flavour is cut ("openai.chat"
// is "openai", "anthropic.messages" is "anthropic"); names that contain a dot
// of their own are kept ("aws.bedrock", "gcp.vertex_ai").
func (v *View) Provider() string {
	if name := v.Str(Provider); name != "" {
		return cutFlavour(name)
	}
	return v.System()
}

// System returns the system as the span names it, cut like Provider; "" where
// it names none.
func (v *View) System() string { return cutFlavour(v.Str(System)) }

func cutFlavour(name string) string {
	head, _, dotted := strings.Cut(name, ".")
	if !dotted || namespacedProviders[strings.ToLower(head)] {
		return name
	}
	return head
}

// namespacedProviders are the first words of provider names that contain a dot
// by themselves (registry of gen_ai.provider.name), and of hosts.
var namespacedProviders = map[string]bool{
	"aws": true, "azure": true, "az": true, "gcp": true, "ibm": true, "api": true, "us": true, "eu": true,
}

// Model returns the model that answered, or else the one that was asked for.
func (v *View) Model() string {
	if m := v.Str(ResponseModel); m != "" {
		return m
	}
	return v.Str(RequestModel)
}

// ServiceTier returns the tier that was served, or else the one that was asked
// for; "" where the span names none. "auto" names none: it leaves the choice
// to the provider.
func (v *View) ServiceTier() string {
	if tier := v.Str(ResponseTier); tier != "" {
		return tier
	}
	if tier := v.Str(RequestTier); tier != "auto" {
		return tier
	}
	return ""
}

// Environment returns the deployment environment that the span names, or else
// its resource.
func (v *View) Environment() string {
	if v.Has(Environment) {
		return v.Str(Environment)
	}
	for _, name := range identityNames {
		if name.Field != Environment {
			continue
		}
		if value, ok := v.resource.Get(name.Key); ok && value.Type() == pcommon.ValueTypeStr {
			return value.Str()
		}
	}
	return ""
}
