// Package jsonraw walks over JSON text without decoding it: messages are large,
// and most of what is done with them is to put their parts, as they stand, into
// another frame.
package jsonraw

import (
	"encoding/json"
	"iter"
	"strings"
)

// Value is the text of one JSON value, without space around it. All methods
// take for granted that it is valid; see tracestore/jsontext.Valid.
type Value string

// Of returns the value that a valid JSON text is.
func Of(text string) Value { return Value(strings.TrimSpace(text)) }

// IsObject reports whether the value is an object.
func (v Value) IsObject() bool { return v != "" && v[0] == '{' }

// IsArray reports whether the value is an array.
func (v Value) IsArray() bool { return v != "" && v[0] == '[' }

// IsString reports whether the value is a string.
func (v Value) IsString() bool { return v != "" && v[0] == '"' }

// IsNull reports whether the value is null, or none.
func (v Value) IsNull() bool { return v == "" || v == "null" }

// Elements are the values of an array; none where it is no array.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if !v.IsArray() {
			return
		}
		text := string(v)
		at := space(text, 1)
		for at < len(text) && text[at] != ']' {
			end := skip(text, at)
			if !yield(Value(text[at:end])) {
				return
			}
			at = space(text, end)
			if at < len(text) && text[at] == ',' {
				at = space(text, at+1)
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
		text := string(v)
		at := space(text, 1)
		for at < len(text) && text[at] != '}' {
			end := skip(text, at)
			key := Value(text[at:end]).Text()
			at = space(text, end)
			at = space(text, at+1) // the colon
			end = skip(text, at)
			if !yield(key, Value(text[at:end])) {
				return
			}
			at = space(text, end)
			if at < len(text) && text[at] == ',' {
				at = space(text, at+1)
			}
		}
	}
}

// Get returns the first of an object's members that has one of the keys, in
// the order of the keys, and is not null; "" where there is none.
func (v Value) Get(keys ...string) Value {
	for _, key := range keys {
		for name, value := range v.Members() {
			if name == key && !value.IsNull() {
				return value
			}
		}
	}
	return ""
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

// Text returns a string decoded, and any other value as it stands. It
// allocates only where the string has escapes.
func (v Value) Text() string {
	if !v.IsString() {
		return string(v)
	}
	inner := string(v[1 : len(v)-1])
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var out string
	if json.Unmarshal([]byte(v), &out) != nil {
		return inner
	}
	return out
}

// skip returns the index behind the value that begins at i.
func skip(text string, i int) int {
	if i >= len(text) {
		return len(text)
	}
	switch text[i] {
	case '"':
		return skipString(text, i)
	case '{', '[':
		return skipNested(text, i)
	}
	for i < len(text) && !endsWord[text[i]] {
		i++
	}
	return i
}

// skipNested goes from an opening bracket to behind the one that closes it.
func skipNested(text string, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			i = skipString(text, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return i
}

// skipString goes from a quote to behind the one that ends the string.
func skipString(text string, i int) int {
	i++
	for i < len(text) {
		n := strings.IndexByte(text[i:], '"')
		if n < 0 {
			return len(text)
		}
		end := i + n
		escapes := 0
		for end-escapes > i && text[end-escapes-1] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return end + 1
		}
		i = end + 1
	}
	return i
}

// endsWord are the bytes that end a number, true, false or null.
var endsWord = [256]bool{',': true, '}': true, ']': true, ' ': true, '\t': true, '\n': true, '\r': true}

func space(text string, i int) int {
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	return i
}
