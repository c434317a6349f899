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

// index finds a table row by attribute key, and leads spares most foreign
// attributes the look-up: by the first byte of a key it has a bit for each
// length (modulo 64) of a name that begins so. Both are built once from the
// table and never written again.
var index, leads = buildIndex()

func buildIndex() (map[string]entry, [256]uint64) {
	index := make(map[string]entry, 512)
	var leads [256]uint64
	var rank [fieldCount]uint8
	for _, name := range Vocabulary() {
		rank[name.Field]++
		index[name.Key] = entry{field: name.Field, rank: rank[name.Field]}
		leads[name.Key[0]] |= 1 << (len(name.Key) % 64)
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

	attributes    pcommon.Map // of the span or the record
	hasAttributes bool
	event         string // name of the event that a log record is

	ranks  [fieldCount]uint8 // 0 is absent; values and keys mean something only where it is not
	values [fieldCount]pcommon.Value
	keys   [fieldCount]string

	mastraInput, mastraOutput string // keys of mastra.<type>.input and .output
	families                  family // indexed message families that were seen
	dialect                   dialect
	known                     bool // any name of the vocabulary was seen
	aiNames                   bool // one of the Vercel AI SDK's own was
}

// Read makes v the view of span. The resource is asked only for facts that
// belong to the whole process (environment, SDK). Where the span itself states
// no usage, its event gen_ai.client.inference.operation.details is read too.
func (v *View) Read(resource pcommon.Resource, scope pcommon.InstrumentationScope, span ptrace.Span) {
	v.reset(resource, scope)
	v.span, v.hasSpan = span, true
	v.attributes, v.hasAttributes = span.Attributes(), true
	for key, value := range v.attributes.All() {
		v.take(key, value)
	}
	if span.Name() == claudeCodeSpan {
		v.takeBare(dialectClaudeCode)
	}
	if v.known && span.Events().Len() > 0 {
		v.readDetailsEvent()
	}
	v.takeScoped()
	v.nameEntity()
	v.nameWorkflow()
}

// ReadAttributes makes v the view of attributes that belong to no span, for
// instance of a log record that reports a model call. ReadRecord also knows a
// record's event name.
func (v *View) ReadAttributes(resource pcommon.Resource, scope pcommon.InstrumentationScope, attributes pcommon.Map) {
	v.reset(resource, scope)
	v.readAttributes(attributes, "")
}

// reset forgets what was read. Values and keys stay as they are: clearing them
// would cost more than reading a span does.
func (v *View) reset(resource pcommon.Resource, scope pcommon.InstrumentationScope) {
	clear(v.ranks[:])
	v.scope, v.resource = scope.Name(), resource.Attributes()
	v.span, v.hasSpan = ptrace.Span{}, false
	v.event, v.mastraInput, v.mastraOutput = "", "", ""
	v.families, v.dialect, v.known, v.aiNames = 0, dialectNone, false, false
}

func (v *View) take(key string, value pcommon.Value) {
	if key == "" {
		return
	}
	if leads[key[0]]&(1<<(len(key)%64)) == 0 {
		v.takePrefixed(key)
		return
	}
	at, ok := index[key]
	if !ok {
		v.takePrefixed(key)
		return
	}
	if statesNothing(value) {
		return
	}
	v.known = true
	v.aiNames = v.aiNames || strings.HasPrefix(key, aiPrefix)
	if old := v.ranks[at.field]; old == 0 || at.rank < old {
		v.ranks[at.field] = at.rank
		v.values[at.field] = value
		v.keys[at.field] = key
	}
}

// statesNothing reports whether an attribute is empty; a later spelling of the
// same fact may not be.
func statesNothing(value pcommon.Value) bool {
	return value.Type() == pcommon.ValueTypeEmpty || value.Type() == pcommon.ValueTypeStr && value.Str() == ""
}

// takePrefixed notes the names that begin with a known prefix and end in
// anything.
func (v *View) takePrefixed(key string) {
	switch key[0] {
	case 'm':
		if !strings.HasPrefix(key, MastraPrefix) {
			return
		}
		v.known = true
		switch {
		case strings.HasPrefix(key, MastraMetadataPrefix):
		case strings.HasSuffix(key, ".input"):
			v.mastraInput = key
		case strings.HasSuffix(key, ".output"):
			v.mastraOutput = key
		}
	case 'g', 'l', 'e', 'r':
		if f := familyOf(key); f != 0 {
			v.known = true
			v.families |= f
		}
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
	if v.ranks[f] == 0 {
		return pcommon.Value{}, false
	}
	return v.values[f], true
}

// Key returns the attribute key under which the fact was found, or "".
func (v *View) Key(f Field) string {
	if v.ranks[f] == 0 {
		return ""
	}
	return v.keys[f]
}

// Str returns the fact as text: strings as they are, other values in their
// usual notation, "" where the span does not state it.
func (v *View) Str(f Field) string {
	if v.ranks[f] == 0 {
		return ""
	}
	value := v.values[f]
	if value.Type() != pcommon.ValueTypeStr {
		return value.AsString()
	}
	text := value.Str()
	// MLflow writes words as JSON: "CHAT_MODEL", with the quotes.
	if n := len(text); n > 2 && text[0] == '"' && text[n-1] == '"' && strings.HasPrefix(v.keys[f], mlflowPrefix) {
		return text[1 : n-1]
	}
	return text
}

const mlflowPrefix = "mlflow."

// text returns the fact where it is a string.
func (v *View) text(f Field) (string, bool) {
	if v.ranks[f] == 0 || v.values[f].Type() != pcommon.ValueTypeStr {
		return "", false
	}
	return v.values[f].Str(), true
}

// Provider returns the provider as the span names it, or else its system. The
// suffix that the Vercel AI SDK adds for its API flavour is cut ("openai.chat"
// is "openai", "anthropic.messages" is "anthropic"); names that contain a dot
// of their own are kept ("aws.bedrock", "gcp.vertex_ai"). Where the span names
// neither, a program that asks one provider only stands for it.
func (v *View) Provider() string {
	if name := v.Str(Provider); name != "" {
		return cutFlavour(name)
	}
	if system := v.System(); system != "" {
		return system
	}
	return v.impliedProvider()
}

// impliedProvider is the provider of telemetry that names none: the events of
// coding agents, and the spans of the model server vLLM itself.
func (v *View) impliedProvider() string {
	switch {
	case v.dialect == dialectClaudeCode:
		return "anthropic"
	case v.dialect == dialectCodex:
		return "openai"
	case v.dialect == dialectGeminiCLI, v.dialect == dialectGeminiFork:
		return v.googleService()
	case strings.HasPrefix(v.scope, vllmScope):
		return "vllm"
	}
	return ""
}

// vllmScope is the beginning of the scope name of vLLM's own spans.
const vllmScope = "vllm"

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

// Environment returns the deployment environment that the span names, or else
// its resource.
func (v *View) Environment() string { return v.spanOrResource(Environment, environmentNames) }

// Tenant returns the customer whose traffic the span is, where the span names one, or
// else its resource. An organization is one.
func (v *View) Tenant() string {
	if tenant := v.spanOrResource(Tenant, tenantNames); tenant != "" {
		return tenant
	}
	return v.Str(OrganizationID)
}

func (v *View) spanOrResource(f Field, names []string) string {
	if v.Has(f) {
		return v.Str(f)
	}
	for _, name := range names {
		if value, ok := v.resource.Get(name); ok && value.Type() == pcommon.ValueTypeStr {
			return value.Str()
		}
	}
	return ""
}

var environmentNames, tenantNames = keysOf(Environment), keysOf(Tenant)

// keysOf are the attributes that hold a field of identity, the best first.
func keysOf(f Field) (keys []string) {
	for _, name := range identityNames {
		if name.Field == f {
			keys = append(keys, name.Key)
		}
	}
	return keys
}
