package mapping

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// Trace are the fields of a trace. Langfuse reads them on every span, each span
// for itself (langfuse reference 2.2).
type Trace struct {
	Name, User, Session           string
	Environment, Release, Version string
	Tags                          []string
	Public                        Stance
	Metadata                      []Entry
}

// Stance is what a span says about whether its trace is public.
type Stance uint8

// The zero Stance says nothing.
const (
	unstated Stance = iota
	private
	public
)

func stanceOf(value pcommon.Value) Stance {
	if isTrue(value) {
		return public
	}
	return private
}

// isSaid reports whether a field of the trace that an attribute is for has its value.
func (c *class) isSaid(t *Trace, value pcommon.Value) bool {
	if c.tags != 0 {
		return hasAll(t.Tags, tagsOf(value))
	}
	text := scalarText(value)
	for _, field := range [...]struct {
		rank uint8
		text string
	}{
		{c.user, t.User}, {c.session, t.Session}, {c.name, t.Name}, {c.environment, t.Environment}, {c.release, t.Release}, {c.version, t.Version},
	} {
		if field.rank != 0 && field.text == text {
			return true
		}
	}
	return text == ""
}

func hasAll(have, want []string) bool {
	if slices.Equal(have, want) {
		return true
	}
	known := make(map[string]bool, len(have))
	for _, text := range have {
		known[text] = true
	}
	return !slices.ContainsFunc(want, func(text string) bool { return !known[text] })
}

// Entry is one key of metadata. The value belongs to the span that stated it,
// unless Own has copied it.
type Entry struct {
	Key   string
	Value pcommon.Value
}

// Inherit takes from above what t does not state itself. Metadata is inherited
// key by key.
func (t *Trace) Inherit(above *Trace) {
	for _, f := range [...]struct{ to, from *string }{
		{&t.Name, &above.Name},
		{&t.User, &above.User},
		{&t.Session, &above.Session},
		{&t.Environment, &above.Environment},
		{&t.Release, &above.Release},
		{&t.Version, &above.Version},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if len(t.Tags) == 0 {
		t.Tags = above.Tags[:min(len(above.Tags), maxInherited)]
	}
	if t.Public == unstated {
		t.Public = above.Public
	}
	t.inheritMetadata(above.Metadata)
}

// maxInherited is to how many keys of metadata others are inherited, and how many
// tags. A span keeps all that it states itself; but those of one span must not make
// all spans of its trace, or what is remembered of traces, grow without bound.
const maxInherited = 128

func (t *Trace) inheritMetadata(above []Entry) {
	// The keys of above differ from each other: only those from before can be equal.
	own := t.Metadata
	t.Metadata = slices.Clip(own)
	for _, entry := range above {
		if len(t.Metadata) >= maxInherited {
			return
		}
		if len(entry.Key) <= maxField && isShort(entry.Value) && !slices.ContainsFunc(own, func(e Entry) bool { return e.Key == entry.Key }) {
			t.Metadata = append(t.Metadata, entry)
		}
	}
}

// isShort reports whether metadata may be repeated on other spans.
func isShort(value pcommon.Value) bool {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return len(value.Str()) <= maxField
	case pcommon.ValueTypeInt, pcommon.ValueTypeBool, pcommon.ValueTypeDouble:
		return true
	}
	return false
}

func (t *Trace) hasMetadata(key string) bool {
	return slices.ContainsFunc(t.Metadata, func(e Entry) bool { return e.Key == key })
}

func (t *Trace) addMetadata(key string, value pcommon.Value) {
	if !t.hasMetadata(key) {
		t.Metadata = append(t.Metadata, Entry{key, value})
	}
}

// Own returns a copy that holds nothing of the span's memory.
func (t *Trace) Own() Trace {
	out := *t
	// A short text may be a piece of a very long one, which would be kept with it.
	for _, field := range [...]*string{&out.Name, &out.User, &out.Session, &out.Environment, &out.Release, &out.Version} {
		*field = strings.Clone(*field)
	}
	out.Tags = slices.Clone(t.Tags)
	for i, tag := range out.Tags {
		out.Tags[i] = strings.Clone(tag)
	}
	out.Metadata = slices.Clone(t.Metadata)
	for i, entry := range out.Metadata {
		out.Metadata[i].Key = strings.Clone(entry.Key)
		value := pcommon.NewValueEmpty()
		entry.Value.CopyTo(value)
		out.Metadata[i].Value = value
	}
	return out
}

// fit brings the fields into the form that Langfuse takes.
func (m *Mapper) fit(t *Trace) {
	t.Name, t.User, t.Session = m.Field(t.Name), m.Field(t.User), m.Field(t.Session)
	t.Release, t.Version = m.Field(t.Release), m.Field(t.Version)
	if t.Environment != "" {
		t.Environment = m.environmentOf(t.Environment)
	}
	for i, tag := range t.Tags {
		t.Tags[i] = m.Field(tag)
	}
}

// Fallback fills what neither the span nor its trace states.
func (m *Mapper) Fallback(t *Trace) {
	if t.Environment == "" {
		t.Environment = m.defaults.Environment
	}
	if t.Release == "" {
		t.Release = m.defaults.Release
	}
	if t.Version == "" {
		t.Version = m.defaults.Version
	}
}

// RootName is the name that a trace has by the span at its root: the agent or
// the workflow that it runs, or else the name of the span.
func RootName(v *genai.View, spanName string) string {
	var name string
	switch v.Kind() {
	case genai.KindAgent:
		name = v.Str(genai.AgentName)
		if name == "" {
			name = v.Str(genai.AgentID)
		}
	case genai.KindWorkflow:
		name = v.Str(genai.WorkflowName)
		if id, ok := strings.CutPrefix(spanName, "invoke_workflow "); ok && name == "" {
			name = id
		}
	}
	if name == "" {
		return spanName
	}
	return name
}

// putTrace writes the fields of the trace on a span.
func (m *Mapper) putTrace(dst pcommon.Map, t *Trace) {
	for _, f := range [...]struct{ key, value string }{
		{keyTraceName, t.Name},
		{keyUser, t.User},
		{keySession, t.Session},
		{keyEnvironment, t.Environment},
		{keyRelease, t.Release},
		{keyVersion, t.Version},
	} {
		if f.value != "" {
			dst.PutStr(f.key, f.value)
		}
	}
	if len(t.Tags) > 0 {
		list := dst.PutEmptySlice(keyTags)
		list.EnsureCapacity(len(t.Tags))
		for _, tag := range t.Tags {
			list.AppendEmpty().SetStr(tag)
		}
	}
	if t.Public == public {
		dst.PutBool(keyPublic, true)
	}
	for _, entry := range t.Metadata {
		m.putValue(dst, traceMetadataPrefix+entry.Key, entry.Value)
	}
}

// InheritIdentity takes user, session, name and tags only: what one span of a
// trace says about the trace, and not about its own process.
func (t *Trace) InheritIdentity(from *Trace) {
	t.Inherit(&Trace{Name: from.Name, User: from.User, Session: from.Session, Tags: from.Tags, Public: from.Public})
}

// replaceMetadata puts a span's own value where it has inherited another. It
// reports whether there is an entry.
func (t *Trace) replaceMetadata(key string, value pcommon.Value) bool {
	at := slices.IndexFunc(t.Metadata, func(e Entry) bool { return e.Key == key })
	if at < 0 {
		return false
	}
	if !t.Metadata[at].Value.Equal(value) {
		t.Metadata = slices.Clone(t.Metadata)
		t.Metadata[at].Value = value
	}
	return true
}
