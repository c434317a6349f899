package sensitivefilter

import (
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
	inTraceState
	numLocations
)

var locationNames = [numLocations]string{"resource", "scope", "name", "status", "attributes", "events", "links", "body", "exemplars", "metadata", "trace_state"}

// maxNested is the room for maps and lists that a walker keeps between batches.
const maxNested = 1024

// walker goes through the values of a batch. It serves one goroutine at a time.
type walker struct {
	*plan
	session *redact.Session
	at      location
	counts  [numLocations][]int
	// again is set while known values are looked for, which repeats counts.
	again   bool
	repeats [numLocations][]int
	// record counts the findings of one record, where they are summed up.
	record []int
	// scratch holds a byte value while it is looked at as text.
	scratch []byte

	values, bytes, changed, tooDeep, deleted, deletedMetrics, dropped, mended int64
	// nested are the maps and lists that are still to be mended.
	nested []pcommon.Value
	// args holds the arguments of a command while they are looked at.
	args []string
	// command is the command whose arguments are the next list.
	command string
	// failed is set when a value of the record at hand could not be scanned.
	failed bool
}

func newWalker(p *plan) *walker {
	w := &walker{plan: p}
	for i := range w.counts {
		w.counts[i] = make([]int, p.redactor.NumRules())
		w.repeats[i] = make([]int, p.redactor.NumRules())
	}
	if p.summary != summaryNone && p.summary != "" {
		w.record = make([]int, p.redactor.NumRules())
	}
	return w
}

func (w *walker) begin() {
	w.session = w.redactor.Session()
	if w.audit {
		w.session.Audit()
	}
	w.session.AlsoCountInto(w.record)
	w.session.Remember()
	w.again, w.command = false, ""
	w.values, w.bytes, w.changed, w.tooDeep, w.deleted, w.deletedMetrics, w.dropped, w.mended, w.failed = 0, 0, 0, 0, 0, 0, 0, 0, false
}

func (w *walker) end() {
	w.session.Close()
	w.session = nil
	if clear(w.nested[:cap(w.nested)]); cap(w.nested) > maxNested {
		w.nested = nil
	}
	for i := range w.counts {
		clear(w.counts[i])
		clear(w.repeats[i])
	}
}

// in says where the values that follow stand.
func (w *walker) in(l location) {
	w.at = l
	if w.again {
		w.session.CountInto(w.repeats[l])
		return
	}
	w.session.CountInto(w.counts[l])
}

// failures returns the number of values that could not be scanned, other than for their depth.
func (w *walker) failures() (n int64) {
	for i := range w.counts {
		n += int64(w.counts[i][w.redactor.ErrorRule()] + w.repeats[i][w.redactor.ErrorRule()])
	}
	return n - w.tooDeep
}

// oversize returns the number of values that were too long.
func (w *walker) oversize() (n int64) {
	for i := range w.counts {
		n += int64(w.counts[i][w.redactor.OversizeRule()])
	}
	return n
}

// text looks at a text that has no key. name is the place for keys.ignore.
func (w *walker) text(s string) (string, bool) {
	if s == "" || w.paths && w.ignore.match(locationNames[w.at]) {
		return s, false
	}
	return w.keyed(redact.Key{}, s)
}

// keyed looks at a text under a key. It reports whether the result differs from s.
func (w *walker) keyed(k redact.Key, s string) (string, bool) {
	if w.again {
		out, found := w.session.Repeated(k, s)
		return out, w.note(found)
	}
	w.values++
	w.bytes += int64(len(s))
	out, found := w.session.String(k, s)
	return out, w.note(found)
}

// note counts a value with a finding and reports whether it is to be replaced.
func (w *walker) note(found bool) bool {
	if !found {
		return false
	}
	w.changed++
	w.failed = w.failed || w.session.Failed()
	return !w.audit
}

// attributes looks at all attributes of something.
func (w *walker) attributes(m pcommon.Map) {
	if !w.allowedOnly.empty() && !w.again {
		m.RemoveIf(func(name string, v pcommon.Value) bool {
			if w.allowedOnly.match(name) || w.isSummary(name, v) {
				return false
			}
			w.deleted++
			return !w.audit
		})
	}
	w.members(m, "", "", 0)
}

// members looks at all values of a map. parent is the name of the map, path its path with a dot after it; both are empty for attributes.
func (w *walker) members(m pcommon.Map, parent, path string, depth int) {
	var dirty []string
	for name, v := range m.All() {
		summary := depth == 0 && namesSummary(name)
		if summary && w.isSummary(name, v) {
			continue
		}
		var k redact.Key
		full := name
		if w.paths {
			full = path + name
			if w.ignore.match(locationNames[w.at] + "." + full) {
				continue
			}
			k = w.session.Path(full, parent, name)
		} else {
			k = w.session.Key(parent, name)
		}
		if summary {
			k = redact.Key{} // no filter has written it: its name says nothing about it
		}
		if k.Plain() && depth > 0 && isValueName(name) {
			k = w.pairKey(m)
		}
		if w.scope.Keys && w.dirty(name) {
			dirty = append(dirty, name)
		}
		if v.Type() == pcommon.ValueTypeSlice && redact.NamesArguments(name) {
			w.command = commandOf(m)
		}
		w.value(v, name, full, k, depth)
	}
	w.clean(m, dirty)
}

// value looks at one value under the key k.
func (w *walker) value(v pcommon.Value, name, path string, k redact.Key, depth int) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if out, changed := w.keyed(k, v.Str()); changed {
			v.SetStr(out)
		}
	case pcommon.ValueTypeInt, pcommon.ValueTypeDouble:
		if out, found := w.number(k, v); w.note(found) {
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
		if w.paths {
			path += "."
		}
		w.members(v.Map(), name, path, depth+1)
	case pcommon.ValueTypeSlice:
		if w.deep(v, depth) {
			return
		}
		if k.Covers() {
			w.cover(v, k, depth)
			return
		}
		w.items(v.Slice(), name, path, k, depth+1)
	case pcommon.ValueTypeBool, pcommon.ValueTypeEmpty:
	}
}

// number looks at a number.
func (w *walker) number(k redact.Key, v pcommon.Value) (string, bool) {
	whole := v.Type() == pcommon.ValueTypeInt
	switch {
	case w.again && whole:
		return w.session.RepeatedInt(k, v.Int())
	case w.again:
		return w.session.RepeatedDouble(k, v.Double())
	}
	w.values++
	if whole {
		return w.session.Int(k, v.Int())
	}
	return w.session.Double(k, v.Double())
}

// leaf looks at a value below a sensitive key.
func (w *walker) leaf(k redact.Key, s string) (string, bool) {
	if w.again {
		return w.session.RepeatedLeaf(k, s)
	}
	w.values++
	w.bytes += int64(len(s))
	return w.session.Leaf(k, s)
}

// dirty reports a name in which something is found.
func (w *walker) dirty(name string) bool {
	if w.again {
		return w.session.HasRepeat(name)
	}
	return !w.session.Clean(name)
}

// deep replaces a map or list that lies too deep.
func (w *walker) deep(v pcommon.Value, depth int) bool {
	if depth < w.maxDepth {
		return false
	}
	if w.again {
		return true
	}
	w.tooDeep++
	if out, found := w.session.Unscanned(""); w.note(found) {
		v.SetStr(out)
	}
	return true
}

// cover empties a value under a sensitive key leaf by leaf: shape, keys, booleans and what is empty stay.
func (w *walker) cover(v pcommon.Value, k redact.Key, depth int) {
	switch v.Type() {
	case pcommon.ValueTypeMap:
		if w.deep(v, depth) {
			return
		}
		var dirty []string
		for name, child := range v.Map().All() {
			if w.scope.Keys && w.dirty(name) {
				dirty = append(dirty, name)
			}
			w.cover(child, k, depth+1)
		}
		w.clean(v.Map(), dirty)
	case pcommon.ValueTypeSlice:
		if w.deep(v, depth) {
			return
		}
		for i := range v.Slice().Len() {
			w.cover(v.Slice().At(i), k, depth+1)
		}
	case pcommon.ValueTypeStr, pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBytes:
		if out, found := w.leaf(k, v.AsString()); w.note(found) {
			v.SetStr(out)
		}
	case pcommon.ValueTypeBool, pcommon.ValueTypeEmpty:
	}
}

// clean replaces what it finds in the names of a map, of those that are listed.
func (w *walker) clean(m pcommon.Map, dirty []string) {
	if len(dirty) == 0 {
		return
	}
	listed := make(map[string]bool, len(dirty))
	for _, name := range dirty {
		listed[name] = true
	}
	rename(m, func(name string) (string, bool) {
		if !listed[name] {
			return name, false
		}
		return w.text(name)
	})
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
