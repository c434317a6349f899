package mcpserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Content is how much of what a user, a model or a tool wrote an answer has.
type Content string

// Levels of content.
const (
	None    Content = "none"    // ids, names, times, figures
	Preview Content = "preview" // the first words of each text
	Full    Content = "full"    // all of it, within the bytes of an answer
)

var ranks = map[Content]int{None: 0, Preview: 1, Full: 2}

// Validate refuses what is none of them.
func (c Content) Validate() error {
	if _, ok := ranks[c]; !ok {
		return fmt.Errorf("%q is not none, preview or full", string(c))
	}
	return nil
}

// contentKeys are the members of the query room's types that hold what a user, a model,
// a tool or an application wrote.
var contentKeys = map[string]bool{
	"input": true, "output": true, "error": true, "error_detail": true, "status_message": true, "preview": true, "excerpt": true, "top_error": true,
	"messages": true, "answers": true, "parts": true, "arguments": true, "attributes": true, "events": true, "links": true, "resource": true, "tools": true,
	"settings": true, "body": true, "logs": true,
}

// isHash reports whether a text can only be a hash or an id: the arguments of a span in a
// list are a hash, which is not content.
func isHash(text string) bool {
	return len(text) <= 64 && strings.Trim(text, "0123456789abcdef") == ""
}

// minBytes is the least budget of an answer.
const minBytes = 512

// shown is a value as JSON with as much content as is allowed, redacted, within a
// budget of bytes.
func (d *door) shown(got any, content Content, budget int) ([]byte, error) {
	raw, err := json.Marshal(got)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	s := shaper{content: content}
	if d.Redactor != nil {
		s.session = d.Redactor.Session()
		defer s.session.Close()
	}
	value = s.shape(value, "", false)
	return fit(value, budget)
}

// shaper applies a level of content to a JSON value.
type shaper struct {
	content Content
	session *redact.Session
}

// shape returns a value with what may be seen of it. within says that it stands below a
// member that holds content.
func (s *shaper) shape(value any, key string, within bool) any {
	switch v := value.(type) {
	case map[string]any:
		return s.object(v, within)
	case []any:
		for i := range v {
			v[i] = s.shape(v[i], key, within)
		}
		return v
	case string:
		return s.text(v, key, within)
	}
	return value
}

func (s *shaper) object(v map[string]any, within bool) map[string]any {
	attribute, isAttribute := v["key"].(string) // whose value is under its name, and not under "value"
	for _, name := range slices.Collect(maps.Keys(v)) {
		member := v[name]
		inside := within || contentKeys[name]
		text, isText := member.(string)
		if contentKeys[name] && !within && s.content == None && (!isText || name != "arguments" || !isHash(text)) {
			delete(v, name)
			continue
		}
		under := name
		if isAttribute && inside && name == "value" {
			under = attribute
		}
		member = s.shape(member, under, inside)
		if inside && !contentKeys[name] {
			if shown := s.redacted(name, "key"); shown != name { // a name may be a secret too
				delete(v, name)
				name = shown
			}
		}
		v[name] = member
	}
	return v
}

// plainKeys are members that hold ids of our own form, and cursors.
var plainKeys = map[string]bool{
	"trace_id": true, "span_id": true, "parent_id": true, "next": true, "cursor": true, "earlier": true, "earlier_trace": true,
}

func (s *shaper) text(text, key string, within bool) string {
	switch {
	case within:
		text = s.redacted(text, key)
	case !plainKeys[key] && !isHash(text):
		text = s.redacted(text, "name") // its member is named by us, which says nothing
	}
	if within && s.content == Preview {
		return firstWords(text, query.PreviewChars)
	}
	return text
}

func (s *shaper) redacted(text, key string) string {
	if s.session == nil {
		return text
	}
	text, _ = s.session.String(s.session.Key("", key), text)
	return text
}

// firstWords is at most n characters of a text.
func firstWords(text string, n int) string {
	if len(text) <= n || utf8.RuneCountInString(text) <= n {
		return text
	}
	i := 0
	for at := range text {
		if i == n {
			return text[:at] + "…"
		}
		i++
	}
	return text
}

// fit encodes a value in at most a number of bytes: first texts are cut shorter and
// shorter, then lists lose their ends, the longest first.
func fit(value any, budget int) ([]byte, error) {
	encoded, err := encode(value)
	for limit := 8192; err == nil && len(encoded) > budget && limit >= 64; limit /= 2 {
		value = cutTexts(value, limit)
		encoded, err = encode(value)
	}
	for err == nil && len(encoded) > budget {
		holder, key := longest(value)
		if holder == nil {
			break
		}
		list := holder[key].([]any)
		kept := len(list) * 2 / 3
		omitted, _ := holder["omitted"].(map[string]any)
		if omitted == nil {
			omitted = map[string]any{}
			holder["omitted"] = omitted
		}
		before, _ := omitted[key].(int)
		omitted[key] = before + len(list) - kept
		holder[key] = list[:kept]
		encoded, err = encode(value)
	}
	return encoded, err
}

func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

func cutTexts(value any, limit int) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = cutTexts(member, limit)
		}
	case []any:
		for i := range v {
			v[i] = cutTexts(v[i], limit)
		}
	case string:
		return firstWords(v, limit)
	}
	return value
}

// longest finds the list with the longest encoding, by the object that has it.
func longest(value any) (holder map[string]any, key string) {
	size := 0
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				if list, ok := v[name].([]any); ok && len(list) > 0 {
					if encoded, err := encode(list); err == nil && len(encoded) > size {
						size, holder, key = len(encoded), v, name
					}
				}
				walk(v[name])
			}
		case []any:
			for i := range v {
				walk(v[i])
			}
		}
	}
	walk(value)
	return holder, key
}

// named lists the names of arguments, and the ids among their values.
func named(raw json.RawMessage) (names []string, traceID, spanID string) {
	var given map[string]json.RawMessage
	if json.Unmarshal(raw, &given) != nil {
		return nil, "", ""
	}
	id := func(name string) string {
		var text string
		_ = json.Unmarshal(given[name], &text)
		if text == "last" || isHash(text) {
			return text
		}
		return ""
	}
	return slices.Sorted(maps.Keys(given)), id("trace_id"), id("span_id")
}
