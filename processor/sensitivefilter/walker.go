package sensitivefilter

import (
	"unicode/utf8"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// location is a place in a signal by which findings are counted.
type location int

const (
	inResource location = iota
	inScope
	inName
	inStatus
	inAttributes
	inEvents
	inLinks
	inBody
	inExemplars
	inMetadata
	numLocations
)

var locationNames = [numLocations]string{"resource", "scope", "name", "status", "attributes", "events", "links", "body", "exemplars", "metadata"}

// maxDepth is the nesting of maps and lists that is followed. What lies deeper is replaced.
const maxDepth = 64

// walker goes through the values of a batch. It serves one goroutine at a time.
type walker struct {
	redactor *redact.Redactor
	session  *redact.Session
	counts   [numLocations][]int
	// scratch holds a byte value while it is looked at as text.
	scratch []byte

	values, bytes, changed, tooDeep int64
}

func newWalker(r *redact.Redactor) *walker {
	w := &walker{redactor: r}
	for i := range w.counts {
		w.counts[i] = make([]int, r.NumRules())
	}
	return w
}

func (w *walker) begin() {
	w.session = w.redactor.Session()
	w.values, w.bytes, w.changed, w.tooDeep = 0, 0, 0, 0
}

func (w *walker) end() {
	w.session.Close()
	w.session = nil
	for i := range w.counts {
		clear(w.counts[i])
	}
}

// in says where the values that follow stand.
func (w *walker) in(l location) { w.session.CountInto(w.counts[l]) }

// failures returns the number of values that could not be scanned, other than for their depth.
func (w *walker) failures() (n int64) {
	for i := range w.counts {
		n += int64(w.counts[i][w.redactor.ErrorRule()])
	}
	return n - w.tooDeep
}

// text looks at a text that has no key.
func (w *walker) text(s string) (string, bool) { return w.keyed(redact.Key{}, s) }

func (w *walker) keyed(k redact.Key, s string) (string, bool) {
	w.values++
	w.bytes += int64(len(s))
	out, changed := w.session.String(k, s)
	if changed {
		w.changed++
	}
	return out, changed
}

// attributes looks at all values of a map. parent is the name that the map stands under, or empty.
func (w *walker) attributes(m pcommon.Map, parent string, depth int) {
	for name, v := range m.All() {
		k := w.session.Key(parent, name)
		if k.Plain() && depth > 0 && isValueName(name) {
			k = w.pairKey(m)
		}
		w.value(v, name, k, depth)
	}
}

// value looks at one value under the key k.
func (w *walker) value(v pcommon.Value, name string, k redact.Key, depth int) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if out, changed := w.keyed(k, v.Str()); changed {
			v.SetStr(out)
		}
	case pcommon.ValueTypeInt:
		w.values++
		if out, changed := w.session.Int(k, v.Int()); changed {
			w.changed++
			v.SetStr(out)
		}
	case pcommon.ValueTypeDouble:
		w.values++
		if out, changed := w.session.Double(k, v.Double()); changed {
			w.changed++
			v.SetStr(out)
		}
	case pcommon.ValueTypeBytes:
		w.blob(v, k)
	case pcommon.ValueTypeMap:
		if w.deep(v, depth) {
			return
		}
		if k.Covers() && !describes(v.Map()) {
			w.cover(v, k, depth)
			return
		}
		w.attributes(v.Map(), name, depth+1)
	case pcommon.ValueTypeSlice:
		if w.deep(v, depth) {
			return
		}
		if k.Covers() {
			w.cover(v, k, depth)
			return
		}
		for i := range v.Slice().Len() {
			w.value(v.Slice().At(i), name, k, depth+1)
		}
	case pcommon.ValueTypeBool, pcommon.ValueTypeEmpty:
	}
}

// deep replaces a map or list that lies too deep.
func (w *walker) deep(v pcommon.Value, depth int) bool {
	if depth < maxDepth {
		return false
	}
	w.tooDeep++
	w.changed++
	v.SetStr(w.session.Unscanned())
	return true
}

// cover empties a value under a sensitive key leaf by leaf: shape, keys, booleans and what is empty stay.
func (w *walker) cover(v pcommon.Value, k redact.Key, depth int) {
	if depth >= maxDepth {
		w.deep(v, depth)
		return
	}
	switch v.Type() {
	case pcommon.ValueTypeMap:
		for _, child := range v.Map().All() {
			w.cover(child, k, depth+1)
		}
	case pcommon.ValueTypeSlice:
		for i := range v.Slice().Len() {
			w.cover(v.Slice().At(i), k, depth+1)
		}
	case pcommon.ValueTypeStr, pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBytes:
		w.values++
		s := v.AsString()
		w.bytes += int64(len(s))
		if out, changed := w.session.Leaf(k, s); changed {
			w.changed++
			v.SetStr(out)
		}
	case pcommon.ValueTypeBool, pcommon.ValueTypeEmpty:
	}
}

// blob looks at a byte value as text, when it is text.
func (w *walker) blob(v pcommon.Value, k redact.Key) {
	b := v.Bytes()
	w.scratch = w.scratch[:0]
	for i := range b.Len() {
		w.scratch = append(w.scratch, b.At(i))
	}
	if len(w.scratch) == 0 {
		return
	}
	if !utf8.Valid(w.scratch) {
		w.values++
		if k.Covers() {
			w.changed++
			v.SetStr(w.session.Unscanned())
		}
		return
	}
	// The text is a view of scratch: nothing keeps it beyond this call, and a changed text is a new string.
	if out, changed := w.keyed(k, unsafe.String(unsafe.SliceData(w.scratch), len(w.scratch))); changed {
		b.FromRaw([]byte(out))
	}
}

// isValueName reports the name of the value in a pair such as {"name":"password","value":"x"}.
func isValueName(name string) bool { return name == "value" || name == "Value" }

// pairKey returns the key of the value in a pair: what the map's name or key says.
func (w *walker) pairKey(m pcommon.Map) redact.Key {
	for _, field := range [...]string{"name", "key", "Name", "Key", "header", "field"} {
		if v, ok := m.Get(field); ok && v.Type() == pcommon.ValueTypeStr {
			return w.session.Key("", v.Str())
		}
	}
	return redact.Key{}
}

// describes reports a map that describes a value instead of holding one: a node of a JSON schema.
func describes(m pcommon.Map) bool {
	v, ok := m.Get("type")
	return ok && v.Type() == pcommon.ValueTypeStr && redact.SchemaType(v.Str())
}
