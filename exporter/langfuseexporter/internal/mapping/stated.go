package mapping

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Resource is what a resource says about all of its spans. It is read once.
type Resource struct {
	attributes  pcommon.Map
	environment string // of the resource's attributes, in the order of environmentFrom
	rank        uint8
	trace       Trace // its other fields
}

// Resource reads a resource.
func (m *Mapper) Resource(resource pcommon.Resource) *Resource {
	r := &Resource{attributes: resource.Attributes()}
	release, version := uint8(0), uint8(0)
	for key, value := range r.attributes.All() {
		c := m.class(key)
		if best(&r.rank, c.environment) {
			r.environment = scalarText(value)
		}
		if best(&release, c.release) {
			r.trace.Release = scalarText(value)
		}
		if best(&version, c.version) {
			r.trace.Version = scalarText(value)
		}
		if c.trace != "" {
			r.trace.addMetadata(c.trace, value)
		}
		if strings.HasPrefix(key, "langfuse.") {
			m.resourceField(&r.trace, key, value)
		}
		if c.globbedTrace != "" {
			r.trace.addMetadata(c.globbedTrace, value)
		}
	}
	for _, key := range m.defaults.ReleaseFrom {
		if r.trace.Release != "" {
			break
		}
		if value, ok := r.attributes.Get(key); ok {
			r.trace.Release = scalarText(value)
		}
	}
	if r.trace.Version == "" {
		if value, ok := r.attributes.Get("service.version"); ok {
			r.trace.Version = scalarText(value)
		}
	}
	m.fit(&r.trace)
	return r
}

// resourceField reads Langfuse's own attributes where they stand on a resource,
// which the server does not look at.
func (m *Mapper) resourceField(t *Trace, key string, value pcommon.Value) {
	switch key {
	case keyTraceName:
		t.Name = scalarText(value)
	case keyUser:
		t.User = scalarText(value)
	case keySession:
		t.Session = scalarText(value)
	case keyTags:
		t.Tags = tagsOf(value)
	case keyPublic:
		t.Public = stanceOf(value)
	default:
		if rest, ok := strings.CutPrefix(key, traceMetadataPrefix); ok && rest != "" {
			t.addMetadata(rest, value)
		}
	}
}

// best reports whether a rank is better than what was there, and keeps it.
func best(have *uint8, rank uint8) bool {
	if rank == 0 || *have != 0 && *have <= rank {
		return false
	}
	*have = rank
	return true
}

// Stated reads what a span states of its trace, its resource included. Metadata
// that the application chose describes the trace on its root, and elsewhere the
// observation.
func (m *Mapper) Stated(r *Resource, attributes pcommon.Map, isRoot bool) Trace {
	t := Trace{}
	var user, session, name, tags, environment, release, version uint8
	environmentText := ""
	for key, value := range attributes.All() {
		c := m.class(key)
		if c.listed {
			if isText(value) {
				if best(&user, c.user) {
					t.User = scalarText(value)
				}
				if best(&session, c.session) {
					t.Session = scalarText(value)
				}
				if best(&name, c.name) {
					t.Name = scalarText(value)
				}
				if best(&environment, c.environment) {
					environmentText = scalarText(value)
				}
				if best(&release, c.release) {
					t.Release = scalarText(value)
				}
				if best(&version, c.version) {
					t.Version = scalarText(value)
				}
			}
			if c.tags != 0 && best(&tags, c.tags) {
				t.Tags = tagsOf(value)
			}
			if c.trace != "" {
				m.addMetadata(&t, c.trace, value)
			}
		}
		m.statedMetadata(&t, c, key, value, isRoot)
	}
	// The server looks at each key on the span and then on the resource.
	if environment == 0 || r.rank != 0 && r.rank < environment {
		environmentText = r.environment
	}
	t.Environment = environmentText
	m.fit(&t)
	t.Inherit(&r.trace)
	return t
}

// isText reports whether a value says something as a word.
func isText(value pcommon.Value) bool {
	switch value.Type() {
	case pcommon.ValueTypeEmpty, pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		return false
	case pcommon.ValueTypeStr:
		return value.Str() != ""
	}
	return true
}

func (m *Mapper) statedMetadata(t *Trace, c *class, key string, value pcommon.Value, isRoot bool) {
	if key == keyPublic || key == "langfuse.public" && t.Public == unstated {
		t.Public = stanceOf(value)
		return
	}
	if rest, ok := strings.CutPrefix(key, traceMetadataPrefix); ok && rest != "" {
		m.addMetadata(t, rest, value)
		return
	}
	switch key {
	case forLangfuse:
		if m.options.Enabled {
			m.addMembers(t, value, promptMember)
		}
		return
	case keyTraceMetadata, "langfuse.metadata":
		m.addMembers(t, value, "")
		return
	}
	if own := c.application; m.options.Enabled && isRoot && own != "" && c.applicationTrace {
		m.addMetadata(t, own, value)
	}
	if c.globbedTrace != "" {
		m.addMetadata(t, c.globbedTrace, value)
	}
}

// addMembers adds the members of a JSON object, but for one.
func (m *Mapper) addMembers(t *Trace, value pcommon.Value, but string) {
	var object map[string]any
	if decode(scalarText(value), &object) != nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		member := pcommon.NewValueEmpty()
		if key != but && member.FromRaw(exact(object[key])) == nil {
			m.addMetadata(t, key, member)
		}
	}
}

// decode reads JSON text whose numbers stay as they are.
func decode(text string, into any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

// exact brings what decode has read into the form of attributes: a number that has
// more digits than a double as text.
func exact(value any) any {
	switch value := value.(type) {
	case json.Number:
		if n, err := value.Int64(); err == nil {
			return n
		}
		if f, err := value.Float64(); err == nil && math.Abs(f) <= maxSafeInteger {
			return f
		}
		return value.String()
	case []any:
		for i := range value {
			value[i] = exact(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = exact(value[key])
		}
	}
	return value
}

// fewKeys is up to how many keys of metadata are compared one by one.
const fewKeys = 16

// addMetadata is that of a trace whose metadata is added to in one go, from none
// on: it does not look through all keys for each.
func (m *Mapper) addMetadata(t *Trace, key string, value pcommon.Value) {
	if len(t.Metadata) < fewKeys {
		t.addMetadata(key, value)
		return
	}
	if len(t.Metadata) == fewKeys {
		m.keys = map[string]struct{}{}
		for _, entry := range t.Metadata {
			m.keys[entry.Key] = struct{}{}
		}
	}
	if _, ok := m.keys[key]; !ok {
		m.keys[key] = struct{}{}
		t.Metadata = append(t.Metadata, Entry{key, value})
	}
}

// tagsOf reads tags: a list, a JSON list in text, or words with commas between.
func tagsOf(value pcommon.Value) []string {
	switch value.Type() {
	case pcommon.ValueTypeSlice:
		out := make([]string, 0, value.Slice().Len())
		for _, element := range value.Slice().All() {
			if tag := scalarText(element); tag != "" {
				out = append(out, tag)
			}
		}
		return out
	case pcommon.ValueTypeStr:
	default:
		return nil
	}
	text := strings.TrimSpace(value.Str())
	if strings.HasPrefix(text, "[") {
		var list []any
		if decode(text, &list) == nil {
			out := make([]string, 0, len(list))
			for _, element := range list {
				tag, isText := element.(string)
				if raw, err := json.Marshal(element); !isText && err == nil && element != nil {
					tag = string(raw)
				}
				if tag != "" {
					out = append(out, tag)
				}
			}
			return out
		}
	}
	var out []string
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			out = append(out, tag)
		}
	}
	return out
}

func isTrue(value pcommon.Value) bool {
	switch value.Type() {
	case pcommon.ValueTypeBool:
		return value.Bool()
	case pcommon.ValueTypeStr:
		return value.Str() == "true"
	}
	return false
}
