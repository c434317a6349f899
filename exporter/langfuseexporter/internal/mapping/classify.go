package mapping

import (
	"cmp"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// source is what of an observation an attribute is the source of. Attributes
// that have been read into Langfuse's own need not be sent twice.
type source uint8

const (
	sourceNone    source = iota
	sourceContent        // input, output, instructions, tools
	sourceUsage
	sourceCost
	sourceMoved // into a field or into metadata
)

// own are Langfuse's attributes that a span may have already.
type own uint32

const (
	ownType own = 1 << iota
	ownInput
	ownOutput
	ownLevel
	ownStatusMessage
	ownModel
	ownParameters
	ownUsage
	ownCost
	ownPromptName
	ownPromptVersion
	ownCompletionStart
	ownAppRoot
	ownTraceInput
	ownTraceOutput
)

var ownKeys = map[string]own{
	TypeKey: ownType, keyInput: ownInput, keyOutput: ownOutput, keyLevel: ownLevel, keyStatusMessage: ownStatusMessage,
	keyModel: ownModel, keyParameters: ownParameters, UsageKey: ownUsage, CostKey: ownCost,
	keyPromptName: ownPromptName, keyPromptVersion: ownPromptVersion, keyCompletionStart: ownCompletionStart, keyAppRoot: ownAppRoot,
	keyTraceInput: ownTraceInput, keyTraceOutput: ownTraceOutput,
}

// class is what is known about an attribute by its key. Ranks count from 1, the
// first name of a list; 0 is none.
type class struct {
	user, session, name, tags, environment, release, version uint8

	listed   bool // a name of a list, above
	own      own
	source   source
	shape    shape
	metadata string // the key that it has in the metadata of the observation
	trace    string // … of the trace
	left     string // … of the observation, where a field of the trace has been taken from another

	parameter     string // the name of the parameter of a call that it states
	parameterRank int    // of the beginning that says so

	application      string // the key that an application chose for its own metadata
	applicationTrace bool   // which describes the trace
	globbed          string // the key in metadata by an asterisk
	globbedTrace     string // … of the trace
}

// isField reports whether the attribute is a field of the trace, by one of the lists.
func (c *class) isField() bool {
	return c.user|c.session|c.name|c.tags|c.environment|c.release|c.version != 0
}

// classes is the index of all names, made once for a configuration.
type classes struct {
	byKey map[string]*class
	globs []glob // of metadata_attributes with an asterisk
}

type glob struct {
	pattern string
	trace   bool
}

func newClasses(o *Options) *classes {
	c := &classes{byKey: map[string]*class{}}
	rank := func(keys []string, of func(*class) *uint8) {
		for i, key := range keys {
			if at := of(c.at(key)); *at == 0 {
				*at = uint8(min(i+1, 255))
			}
		}
	}
	rank(o.UserIDFrom, func(c *class) *uint8 { return &c.user })
	rank(o.SessionIDFrom, func(c *class) *uint8 { return &c.session })
	rank(o.TraceNameFrom, func(c *class) *uint8 { return &c.name })
	rank(o.TagsFrom, func(c *class) *uint8 { return &c.tags })
	rank(environmentFrom, func(c *class) *uint8 { return &c.environment })
	rank(releaseFrom, func(c *class) *uint8 { return &c.release })
	rank(versionFrom, func(c *class) *uint8 { return &c.version })
	for key, bit := range ownKeys {
		c.at(key).own = bit
	}
	for _, name := range genai.Vocabulary() {
		if s := sourceOf(name.Field); s != sourceNone && c.at(name.Key).own == 0 {
			c.at(name.Key).source = s
		}
	}
	c.at("ai.response.toolCalls").source = sourceContent
	for key := range vectors {
		c.at(key).source = sourceContent
	}
	for _, key := range [...]string{
		"langfuse.trace.version", "langfuse.tags", "langfuse.prompt.name", "langfuse.prompt.version", "mastra.tags", forLangfuse,
		"langsmith.metadata.usage_metadata", // langsmith.usage_metadata once more
	} {
		c.at(key).source = sourceMoved
	}
	for key, s := range shapes {
		c.at(key).shape = s
	}
	c.promote(o.MetadataAttributes, false)
	c.promote(o.TraceMetadataAttributes, true)
	for key, known := range c.byKey {
		known.listed = true
		if own, _ := applicationKey(key); known.isField() && (own != "" || known.source == sourceMoved) {
			known.source, known.left = sourceMoved, cmp.Or(own, key)
		}
		c.complete(key, known)
	}
	return c
}

// complete adds what is known by the beginning of a key, or its end.
func (c *classes) complete(key string, to *class) {
	if to.source == sourceNone {
		to.source = sourceByPrefix(key)
	}
	if to.source == sourceNone && to.metadata == "" && hasAnyPrefix(key, promptPrefixes) {
		to.metadata = shortKey(key)
	}
	if !noParameters[key] && to.source != sourceContent {
		to.parameter, to.parameterRank = cutAnyPrefix(key, parameterPrefixes)
	}
	if to.source != sourceMoved {
		to.application, to.applicationTrace = applicationKey(key)
	}
	for i := range c.globs {
		switch g := &c.globs[i]; {
		case !g.matches(key):
		case g.trace:
			to.globbedTrace = key
		default:
			to.globbed = shortKey(key)
		}
	}
}

func (c *classes) at(key string) *class {
	known := c.byKey[key]
	if known == nil {
		known = &class{}
		c.byKey[key] = known
	}
	return known
}

func (c *classes) promote(keys []string, trace bool) {
	for _, key := range keys {
		switch {
		case strings.Contains(key, "*"):
			c.globs = append(c.globs, glob{key, trace})
		case trace:
			c.at(key).trace = key
		default:
			c.at(key).metadata = shortKey(key)
		}
	}
}

// shortKey is the key of an attribute in metadata.
func shortKey(key string) string {
	if rest, ok := strings.CutPrefix(key, "gen_ai."); ok {
		return strings.ReplaceAll(rest, ".", "_")
	}
	return key
}

func sourceOf(field genai.Field) source {
	switch {
	case field == genai.InputContent, field == genai.OutputContent, field == genai.SystemInstructions, field == genai.ToolDefinitions,
		field == genai.ADKResponse:
		return sourceContent
	case genai.InputTokens <= field && field <= genai.AggregatedUsage, genai.InputTokenDetails <= field && field <= genai.MLflowUsage:
		return sourceUsage
	case field == genai.ReportedCost, field == genai.MLflowCosts:
		return sourceCost
	}
	return sourceNone
}

// maxClasses is how many keys a mapper keeps the classes of that are in no list. A
// batch has few.
const maxClasses = 1000

// class returns the class of a key.
func (m *Mapper) class(key string) *class {
	if known, ok := m.classes.byKey[key]; ok {
		return known
	}
	if known, ok := m.found[key]; ok {
		return known
	}
	found := &class{}
	m.classes.complete(key, found)
	if len(m.found) < maxClasses {
		if m.found == nil {
			m.found = map[string]*class{}
		}
		m.found[key] = found
	}
	return found
}

func sourceByPrefix(key string) source {
	if key == "" {
		return sourceNone
	}
	switch key[0] {
	case 'g', 'l', 'a', 'm', 'r', 'e':
	default:
		return sourceNone
	}
	if genai.IsMessagePart(key) || isMastraContent(key) || hasAnyPrefix(key, contentPrefixes) {
		return sourceContent
	}
	// Costs first: gen_ai.usage.cost begins as a count does.
	if hasAnyPrefix(key, costPrefixes) {
		return sourceCost
	}
	if hasAnyPrefix(key, usagePrefixes) {
		return sourceUsage
	}
	return sourceNone
}

// isMastraContent tells mastra.<type>.input and .output.
func isMastraContent(key string) bool {
	return strings.HasPrefix(key, genai.MastraPrefix) && !strings.HasPrefix(key, genai.MastraMetadataPrefix) &&
		(strings.HasSuffix(key, ".input") || strings.HasSuffix(key, ".output"))
}

func hasAnyPrefix(key string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// cutAnyPrefix returns what follows one of the prefixes, "" where none is there,
// and which of them it is.
func cutAnyPrefix(key string, prefixes []string) (string, int) {
	for i, prefix := range prefixes {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			return rest, i
		}
	}
	return "", 0
}

// applicationKey returns the key that an application chose for its own
// metadata, "" where there is none, and whether it describes the trace.
func applicationKey(key string) (rest string, trace bool) {
	for _, p := range metadataPrefixes {
		if rest, ok := strings.CutPrefix(key, p.prefix); ok && rest != "" {
			return rest, p.trace
		}
	}
	return "", false
}

// matches reports whether a key is matched by a glob, in which an asterisk is
// any text.
func (g *glob) matches(key string) bool {
	parts := strings.Split(g.pattern, "*")
	if !strings.HasPrefix(key, parts[0]) {
		return false
	}
	key = key[len(parts[0]):]
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		at := strings.Index(key, part)
		if at < 0 {
			return false
		}
		key = key[at+len(part):]
	}
	return strings.HasSuffix(key, parts[last])
}
