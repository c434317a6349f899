package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxObjectDepth bounds how deep a hostile object may nest.
const maxObjectDepth = 32

// maxPath bounds the length of a path inside an object. No path of the table
// is longer; what lies deeper is of no interest.
const maxPath = 96

// leaf is a value inside an object that is neither object nor list.
type leaf struct {
	text   string        // as it stands, without quotes; in escaped strings escapes stay
	quoted bool          // it was a string
	value  pcommon.Value // where the object is a map
	isMap  bool
}

// count reads the leaf as a token count. None and null state nothing.
func (l *leaf) count() count {
	if l.isMap {
		if l.value.Type() == pcommon.ValueTypeEmpty {
			return count{}
		}
		return readCount(l.value)
	}
	if !l.quoted {
		switch l.text {
		case "null", "None", "undefined":
			return count{}
		}
	}
	return countOfText(l.text)
}

// word reads the leaf as text; "" where it is none.
func (l *leaf) word() string {
	switch {
	case l.isMap && l.value.Type() == pcommon.ValueTypeStr:
		return l.value.Str()
	case l.quoted:
		return l.text
	}
	return ""
}

// plain reads the leaf as text, whatever it is.
func (l *leaf) plain() string {
	if l.isMap {
		return l.value.AsString()
	}
	return l.text
}

// money reads the leaf as an amount.
func (l *leaf) money() (float64, bool) {
	if l.isMap {
		return Amount(l.value)
	}
	return numberOfText(l.text)
}

// walkObject gives the leaves of an object to a reader: those of a map, or of
// text that is JSON or a Python dictionary as str() prints it. Each comes with
// the path that leads to it, its parts joined with dots. Of lists only the counts are
// given which say what they count: see listItem. Text that breaks off yields the leaves before the break;
// what is no object yields none. The reader is a type and no interface so that
// nothing has to be allocated.
func walkObject(value pcommon.Value, v *leafReader) {
	var path [maxPath]byte
	switch value.Type() {
	case pcommon.ValueTypeMap:
		walkMap(value.Map(), path[:0], v, 0)
	case pcommon.ValueTypeStr:
		w := objectWalker{text: value.Str()}
		w.space()
		// MLflow and Langfuse put JSON into JSON: "{\"input\":1}".
		if w.peek() == '"' {
			inner, ok := unescaped(w.text[w.at:])
			if !ok {
				return
			}
			w = objectWalker{text: inner}
			w.space()
		}
		if w.peek() == '{' {
			w.object(path[:0], v, 0)
		}
	}
}

func walkMap(m pcommon.Map, path []byte, v *leafReader, depth int) {
	if depth == maxObjectDepth {
		return
	}
	for key, value := range m.All() {
		at, ok := extend(path, key)
		if !ok {
			continue
		}
		switch value.Type() {
		case pcommon.ValueTypeMap:
			walkMap(value.Map(), at, v, depth+1)
		case pcommon.ValueTypeSlice:
			walkList(value.Slice(), at, v)
		default:
			v.leaf(at, &leaf{value: value, isMap: true})
		}
	}
}

// extend appends a key to a path, in the room that the path has.
func extend(path []byte, key string) ([]byte, bool) {
	if len(path)+1+len(key) > cap(path) {
		return path, false
	}
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, key...), true
}

type objectWalker struct {
	text string
	at   int
}

func (w *objectWalker) peek() byte {
	if w.at < len(w.text) {
		return w.text[w.at]
	}
	return 0
}

func (w *objectWalker) space() {
	for w.at < len(w.text) {
		switch w.text[w.at] {
		case ' ', '\t', '\r', '\n':
			w.at++
		default:
			return
		}
	}
}

// object walks from a brace to behind the brace that closes it. A nil path
// means that nobody wants to know.
func (w *objectWalker) object(path []byte, v *leafReader, depth int) bool {
	if depth == maxObjectDepth {
		return false
	}
	w.at++
	for {
		w.space()
		switch w.peek() {
		case '}':
			w.at++
			return true
		case ',':
			w.at++
			continue
		case '"', '\'':
		default:
			return false
		}
		key, ok := w.string()
		if !ok {
			return false
		}
		w.space()
		if w.peek() != ':' {
			return false
		}
		w.at++
		at := path
		if path != nil {
			if at, ok = extend(path, key); !ok {
				at = nil
			}
		}
		if !w.value(at, v, depth) {
			return false
		}
	}
}

func (w *objectWalker) value(path []byte, v *leafReader, depth int) bool {
	w.space()
	switch c := w.peek(); c {
	case '{':
		return w.object(path, v, depth+1)
	case '[':
		return w.list(path, v, depth+1)
	case '"', '\'':
		text, ok := w.string()
		if ok && path != nil {
			v.leaf(path, &leaf{text: text, quoted: true})
		}
		return ok
	default:
		start := w.at
		for w.at < len(w.text) && !strings.ContainsRune(",}] \t\r\n", rune(w.text[w.at])) {
			w.at++
		}
		if w.at == start || w.at == len(w.text) {
			return false // broken off: "12" may have been "1240"
		}
		if path != nil {
			v.leaf(path, &leaf{text: w.text[start:w.at]})
		}
		return true
	}
}

// list walks over a list and gives the labelled counts in it to the reader.
func (w *objectWalker) list(path []byte, v *leafReader, depth int) bool {
	if depth == maxObjectDepth {
		return false
	}
	wanted := path != nil && v.takesLists()
	var sums listSums
	w.at++
	for {
		w.space()
		switch c := w.peek(); {
		case c == ']':
			w.at++
			sums.give(path, v)
			return true
		case c == ',':
			w.at++
		case c == 0:
			return false
		case c == '{' && wanted:
			var (
				item listItem
				at   [maxPath]byte
			)
			if !w.object(at[:0], &leafReader{item: &item}, depth+1) {
				return false
			}
			sums.add(&item)
		default:
			if !w.value(nil, v, depth) {
				return false
			}
		}
	}
}

// string reads a string in either kind of quotes and returns what is between
// them as it stands.
func (w *objectWalker) string() (string, bool) {
	quote := w.text[w.at]
	w.at++
	start := w.at
	for w.at < len(w.text) {
		switch w.text[w.at] {
		case '\\':
			w.at++
		case quote:
			text := w.text[start:w.at]
			w.at++
			return text, true
		}
		w.at++
	}
	return "", false
}

// isObject reports whether a value can hold facts: a map with something in it,
// or text.
func isObject(value pcommon.Value) bool {
	switch value.Type() {
	case pcommon.ValueTypeMap:
		return value.Map().Len() > 0
	case pcommon.ValueTypeStr:
		return value.Str() != ""
	}
	return false
}
