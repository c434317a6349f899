// Package jsonraw reads JSON text without decoding it: messages are large, and
// most of what is done with them is to put their parts, as they stand, into
// another frame. A text is gone through once, for the places of all its values.
package jsonraw

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// MaxDepth is how deep JSON may nest to be read as JSON. encoding/json has the
// same limit far higher; nobody writes messages so deep.
const MaxDepth = 512

// Arena keeps the memory of texts that are read, for the next ones. It is not
// safe for concurrent use.
type Arena struct {
	texts []*text
	used  int
}

// text is a JSON text and where its values are.
type text struct {
	raw   string
	nodes []jsontext.Node
	arena *Arena
}

// Value is one value of a text. The zero Value is none.
type Value struct {
	in *text
	at int32 // index of its node
}

// Parse reads a JSON text. The second result is false where it is none. Values
// are good until the arena is reset.
func (a *Arena) Parse(raw string) (Value, bool) {
	if a.used == len(a.texts) {
		a.texts = append(a.texts, &text{arena: a})
	}
	t := a.texts[a.used]
	nodes, ok := jsontext.Index(t.nodes[:0], raw, MaxDepth)
	t.nodes = nodes
	if !ok {
		return Value{}, false
	}
	t.raw = raw
	a.used++
	return Value{in: t}, true
}

// maxKept is how many nodes an arena keeps memory for in one text.
const maxKept = 1 << 14

// Reset gives the memory free for other texts.
func (a *Arena) Reset() {
	for _, t := range a.texts[:a.used] {
		t.raw = ""
		if cap(t.nodes) > maxKept {
			t.nodes = nil
		}
	}
	a.used = 0
}

// Parse reads a JSON text with an arena of its own.
func Parse(raw string) (Value, bool) { return new(Arena).Parse(raw) }

// Raw is the value as it stands, without space around it; "" for none.
func (v Value) Raw() string {
	if v.in == nil {
		return ""
	}
	node := &v.in.nodes[v.at]
	return v.in.raw[node.Start:node.End]
}

// first is the byte that a value begins with, 0 for none.
func (v Value) first() byte {
	if v.in == nil {
		return 0
	}
	return v.in.raw[v.in.nodes[v.at].Start]
}

// IsNone reports whether there is no value.
func (v Value) IsNone() bool { return v.in == nil }

// IsObject reports whether the value is an object.
func (v Value) IsObject() bool { return v.first() == '{' }

// IsArray reports whether the value is an array.
func (v Value) IsArray() bool { return v.first() == '[' }

// IsString reports whether the value is a string.
func (v Value) IsString() bool { return v.first() == '"' }

// IsNull reports whether the value is null, or none.
func (v Value) IsNull() bool { return v.in == nil || v.first() == 'n' }

// SaysNothing reports whether the value is null, none, or an empty string, array
// or object.
func (v Value) SaysNothing() bool {
	switch v.first() {
	case 0, 'n':
		return true
	case '"':
		return len(v.Raw()) == 2
	case '[', '{':
		return v.in.nodes[v.at].Next == v.at+1
	}
	return false
}

// Elements are the values of an array; none where it is no array.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if !v.IsArray() {
			return
		}
		end := v.in.nodes[v.at].Next
		for at := v.at + 1; at < end; at = v.in.nodes[at].Next {
			if !yield(Value{v.in, at}) {
				return
			}
		}
	}
}

// Members are the keys and values of an object; none where it is no object.
// Keys come decoded.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if !v.IsObject() {
			return
		}
		end := v.in.nodes[v.at].Next
		for at := v.at + 1; at < end; at = v.in.nodes[at+1].Next { // a key is one node
			if !yield(Value{v.in, at}.Text(), Value{v.in, at + 1}) {
				return
			}
		}
	}
}

// Get returns the first of an object's members that has one of the keys, in
// the order of the keys, and is not null; none where there is none.
func (v Value) Get(keys ...string) Value {
	_, value := v.Find(keys...)
	return value
}

// Find is Get, and tells the key.
func (v Value) Find(keys ...string) (string, Value) {
	for _, key := range keys {
		for name, value := range v.Members() {
			if name == key && !value.IsNull() {
				return name, value
			}
		}
	}
	return "", Value{}
}

// Len counts the values of an array or the members of an object.
func (v Value) Len() int {
	n := 0
	if v.IsObject() {
		for range v.Members() {
			n++
		}
		return n
	}
	for range v.Elements() {
		n++
	}
	return n
}

// maxUnique is up to how many members RepeatsKey compares.
const maxUnique = 64

// RepeatsKey reports whether an object has two members of one name, of which most
// readers see the last only. An object of more than 64 members is not looked
// through: it counts as one that does.
func (v Value) RepeatsKey() bool {
	var seen [maxUnique]string
	n := 0
	for key := range v.Members() {
		if n == maxUnique || slices.Contains(seen[:n], key) {
			return true
		}
		seen[n] = key
		n++
	}
	return false
}

// Text returns a string decoded, and any other value as it stands. It
// allocates only where the string has escapes.
func (v Value) Text() string {
	raw := v.Raw()
	if !v.IsString() {
		return raw
	}
	inner := raw[1 : len(raw)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var out string
	if json.Unmarshal([]byte(raw), &out) != nil {
		return inner
	}
	return out
}

// Unquoted returns the object or array that was put into a string as JSON, and
// any other value as it is.
func (v Value) Unquoted() Value {
	if !v.IsString() || len(v.Raw()) < len(`"[]"`) {
		return v
	}
	switch v.Raw()[1] {
	case '[', '{', ' ', '\\':
	default:
		return v
	}
	inner := strings.TrimSpace(v.Text())
	if inner == "" || inner[0] != '[' && inner[0] != '{' {
		return v
	}
	if value, ok := v.in.arena.Parse(inner); ok {
		return value
	}
	return v
}
