package chatml

import (
	"bytes"
	"slices"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// writer appends JSON to dst. Where it finds that something is in a form that it
// does not know it sets unknown, goes on, and who has begun takes back what was
// written: see rewind.
type writer struct {
	dst      []byte
	messages int // that were written
	unknown  bool
}

// rewind takes back what was written from start on.
func (w *writer) rewind(start int) { w.dst, w.unknown = w.dst[:start], false }

func (w *writer) raw(text string) { w.dst = append(w.dst, text...) }

// comma separates what comes from what is there.
func (w *writer) comma() {
	switch w.dst[len(w.dst)-1] {
	case '[', '{', ':':
		return
	}
	w.dst = append(w.dst, ',')
}

// asString writes content as a JSON string: a text as it is, and JSON of another
// kind as text.
func (w *writer) asString(t Text) {
	if t.value.IsString() {
		w.raw(t.Text)
		return
	}
	w.dst = jsontext.AppendString(w.dst, t.Text)
}

// textOrJSON writes JSON as it is and text as a JSON string.
func (w *writer) textOrJSON(t Text) {
	if t.JSON {
		w.raw(t.Text)
		return
	}
	w.dst = jsontext.AppendString(w.dst, t.Text)
}

// stringified writes a value as a JSON string.
func (w *writer) stringified(value jsonraw.Value) {
	if value.IsString() {
		w.raw(value.Raw())
		return
	}
	w.dst = jsontext.AppendString(w.dst, value.Raw())
}

// maxMembers is how many members an object may have that is written member by
// member.
const maxMembers = 32

// object is an object that is being written. A key that comes again is none but
// where it says the same again.
type object struct {
	w    *writer
	keys [maxMembers]string
	from [maxMembers]int // where members begin in the writer's text
	n    int
}

func (w *writer) open() object {
	w.raw("{")
	return object{w: w}
}

func (o *object) close() { o.w.raw("}") }

// key begins a member.
func (o *object) key(key string) {
	if o.n == maxMembers || slices.Contains(o.keys[:o.n], key) {
		o.w.unknown = true
		return
	}
	if o.n > 0 {
		o.w.raw(",")
	}
	o.keys[o.n], o.from[o.n] = key, len(o.w.dst)
	o.n++
	o.w.dst = jsontext.AppendString(o.w.dst, key)
	o.w.raw(":")
}

func (o *object) word(key, word string) {
	o.key(key)
	o.w.dst = jsontext.AppendString(o.w.dst, word)
}

func (o *object) value(key string, value jsonraw.Value) {
	if i := slices.Index(o.keys[:o.n], key); i >= 0 {
		end := len(o.w.dst)
		if i+1 < o.n {
			end = o.from[i+1] - len(",")
		}
		if bytes.HasSuffix(o.w.dst[o.from[i]:end], []byte(":"+value.Raw())) {
			return
		}
	}
	o.key(key)
	o.w.raw(value.Raw())
}

func (o *object) stringified(key string, value jsonraw.Value) {
	o.key(key)
	o.w.stringified(value)
}

// rest writes the members of v that say something and are not among those that
// have been read.
func (o *object) rest(v jsonraw.Value, read ...string) {
	for key, value := range v.Members() {
		if !value.IsNull() && !isRead(key, read) {
			o.value(key, value)
		}
	}
}

// hasRest reports whether rest would write anything.
func hasRest(v jsonraw.Value, read ...string) bool {
	for key, value := range v.Members() {
		if !value.IsNull() && !isRead(key, read) {
			return true
		}
	}
	return false
}

// isRead reports whether a member is among those that have been read. "" there
// stands for none, and is not the member whose name is empty.
func isRead(key string, read []string) bool { return key != "" && slices.Contains(read, key) }

// hasOnly reports whether an object has no other members than those, each once.
func hasOnly(v jsonraw.Value, keys ...string) bool { return !hasRest(v, keys...) && !v.RepeatsKey() }
