package mapping

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/chatml"
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// Mapper maps spans. It keeps memory between them and is not safe for
// concurrent use.
type Mapper struct {
	options  *Options
	defaults *Defaults
	classes  *classes

	view    genai.View
	reader  chatml.Reader // of content
	scratch []byte
	keys    map[string]struct{} // see addMetadata
	names   []string            // of the parameters of one call
	found   map[string]*class   // of keys that are in no list

	// Media, where it is set, gets the text of each content on its way, with the
	// name of its field, and returns what is to be sent.
	Media func(field, text string) string

	// Sanitized counts what was changed or left out since New.
	Sanitized Sanitized
}

// Compiled is what all mappers of a configuration share.
type Compiled struct {
	options  Options
	defaults Defaults
	classes  *classes
}

// Compile prepares a configuration.
func Compile(options Options, defaults Defaults) *Compiled {
	fallback := Trace{Environment: defaults.Environment, Release: defaults.Release, Version: defaults.Version}
	new(Mapper).fit(&fallback)
	defaults.Environment, defaults.Release, defaults.Version = fallback.Environment, fallback.Release, fallback.Version
	return &Compiled{options: options, defaults: defaults, classes: newClasses(&options)}
}

// New returns a mapper.
func (c *Compiled) New() *Mapper {
	return &Mapper{options: &c.options, defaults: &c.defaults, classes: c.classes}
}

func (m *Mapper) count(r Reason) { m.Sanitized[r]++ }

// Span is a span with what its neighbours say about it.
type Span struct {
	Resource pcommon.Resource
	Scope    pcommon.InstrumentationScope
	Span     ptrace.Span

	// Trace are the fields of its trace, its own first.
	Trace Trace
	// Parent is the parent that the span is to have; empty for a root.
	Parent pcommon.SpanID
	// AppRoot marks the span as the root of an application, which Langfuse lists
	// as it lists spans without a parent.
	AppRoot bool
	// IsRoot is set where the span is at the top of what is sent of its trace.
	IsRoot bool
	// Repeats is set where another span states the tokens that this one states.
	Repeats bool
	// SumsUp is set where spans below state tokens too, whatever llm_cost has said.
	SumsUp bool
	// Covered is set where another span states the tokens that this one lacks.
	Covered bool
}

// Map writes the span to dst, which is empty. Synthetic observations for span
// events go to more, which returns an empty span each time.
func (m *Mapper) Map(dst ptrace.Span, in *Span, more func() ptrace.Span) {
	m.view.Read(in.Resource, in.Scope, in.Span)
	m.reader.Reset()
	m.header(dst, in)
	src, attributes := in.Span.Attributes(), dst.Attributes()
	attributes.EnsureCapacity(src.Len() + 24)
	if !m.options.Enabled {
		m.copyPlain(attributes, src)
		m.putTrace(attributes, &in.Trace)
		m.putPlace(attributes, in)
		return
	}
	w := writer{m: m, in: in, dst: attributes, src: src}
	w.copy()
	for i := range rules {
		rules[i].set(&w)
	}
	m.putTrace(attributes, &in.Trace)
	m.putPlace(attributes, in)
	m.events(dst, in, more)
	m.mediaOfOthers(attributes)
}

// header copies what is no attribute.
func (m *Mapper) header(dst ptrace.Span, in *Span) {
	src := in.Span
	dst.SetTraceID(src.TraceID())
	dst.SetSpanID(src.SpanID())
	dst.SetParentSpanID(in.Parent)
	dst.SetName(m.name(src))
	dst.SetKind(src.Kind())
	dst.SetFlags(src.Flags())
	dst.SetStartTimestamp(src.StartTimestamp())
	dst.SetEndTimestamp(src.EndTimestamp())
	switch start, end := src.StartTimestamp(), src.EndTimestamp(); {
	case start == 0 && end == 0:
	case start == 0:
		dst.SetStartTimestamp(end)
		m.count(ReasonTime)
	case end < start:
		dst.SetEndTimestamp(start)
		m.count(ReasonTime)
	}
	dst.Status().SetCode(src.Status().Code())
	dst.Status().SetMessage(m.Text(src.Status().Message()))
	// Trace state stays behind: Langfuse stores it nowhere, and sensitive_filter
	// leaves it as it is.
}

// maxName is the longest name that v3 takes for a trace, in characters.
const maxName = 1000

// name is the name of a span, or the one that two integrations give a span in
// an attribute that the server does not read.
func (m *Mapper) name(span ptrace.Span) string {
	name := span.Name()
	if m.options.Enabled {
		name = textAt(span.Attributes(), "langfuse.generation.name", textAt(span.Attributes(), "langfuse.span.name", name))
	}
	return m.Name(name)
}

// copyPlain copies attributes as they are, cleaned.
func (m *Mapper) copyPlain(dst, src pcommon.Map) {
	for key, value := range src.All() {
		if s := m.class(key).shape; !s.fits(value) {
			m.reshape(dst, s, key, value)
			continue
		}
		m.putValue(dst, key, value)
	}
}

// putPlace marks the root, and keeps the parent that the span had.
func (m *Mapper) putPlace(dst pcommon.Map, in *Span) {
	if in.AppRoot {
		dst.PutBool(keyAppRoot, true)
		dst.PutBool(keyAsRoot, true)
	}
	if parent := in.Span.ParentSpanID(); parent != in.Parent {
		dst.PutStr(metadataPrefix+"original_parent_span_id", parent.String())
	}
}

// writer is one span on its way.
type writer struct {
	m        *Mapper
	in       *Span
	dst, src pcommon.Map
	own      own // Langfuse's attributes that the span has already

	kind    string // the type of the observation
	usage   bool   // the tokens of the span count
	repeats bool   // other spans state those that it has in Langfuse's own attributes
}

func (w *writer) has(o own) bool { return w.own&o != 0 }

// copy copies the attributes that stay, and notes Langfuse's own.
func (w *writer) copy() {
	m := w.m
	repeats, ownRepeats := repeatsOthers(w.in)
	w.repeats = ownRepeats
	w.usage = !repeats && m.statesUsage()
	for key, value := range w.src.All() {
		c := m.class(key)
		w.own |= c.own
		if c.own != 0 {
			w.copyOwn(key, value, c.own)
			continue
		}
		if w.drops(key, c.source) {
			if c.left != "" && !c.isSaid(&w.in.Trace, value) {
				w.metadata(c.left, value)
			}
			continue
		}
		if !c.shape.fits(value) {
			m.reshape(w.dst, c.shape, key, value)
			continue
		}
		if c.metadata != "" && !w.promote(c.metadata, key, value) {
			continue
		}
		if own := c.application; own != "" {
			if !c.applicationTrace || !w.isTraceMetadata(own, value) {
				w.metadata(own, value)
			}
			continue
		}
		m.putValue(w.dst, key, value)
		if c.globbed != "" {
			w.metadata(c.globbed, value)
		}
	}
}

// isTraceMetadata reports whether an entry is written as metadata of the trace.
func (w *writer) isTraceMetadata(key string, value pcommon.Value) bool {
	if w.in.Span.ParentSpanID().IsEmpty() {
		return true
	}
	return w.in.Trace.replaceMetadata(key, value)
}

// drops reports whether an attribute is not sent, since what it says is sent in
// Langfuse's own.
func (w *writer) drops(key string, from source) bool {
	o := w.m.options
	switch from {
	case sourceContent:
		return o.DropSource && o.Messages != MessagesOff || vectors[key]
	case sourceUsage:
		// The server would read them beside ours, and on spans that state none.
		return o.Usage
	case sourceCost:
		return o.Cost != CostNever || serverCosts[key]
	case sourceMoved:
		return true
	}
	return false
}

// promote puts an attribute into the metadata of the observation. It reports
// whether the attribute itself stays.
func (w *writer) promote(short, key string, value pcommon.Value) bool {
	w.metadata(short, value)
	return key == "gen_ai.operation.name" || key == "error.type"
}

// metadata puts an entry, unless the span has it already.
func (w *writer) metadata(key string, value pcommon.Value) {
	if value.Type() == pcommon.ValueTypeStr && value.Str() == "" {
		return
	}
	key = metadataPrefix + key
	if _, ok := w.src.Get(key); !ok {
		w.m.putValue(w.dst, key, value)
	}
}

// text puts a text of one of the fields, valid.
func (w *writer) text(key, text string) { w.dst.PutStr(key, w.m.Text(text)) }
