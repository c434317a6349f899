// Package cut shortens content and keeps it readable: JSON stays JSON, since
// only the longest of its strings are shortened, each with a mark of how much is
// missing.
package cut

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// markRoom is the longest mark.
const markRoom = 48

// Text returns text in at most limit bytes, or as few as its mark needs. JSON of
// at least 2*markRoom bytes stays JSON.
func Text(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	if value, ok := jsonraw.Parse(text); ok {
		if out, ok := cutJSON(value, len(text), limit); ok {
			return out
		}
		// Too many small things: it becomes a JSON string of its beginning. Its quotes
		// are longer there, by as much as only a try can tell.
		for keep := limit - markRoom; keep > 0; keep /= 2 {
			if out := string(jsontext.AppendString(nil, cutPlain(text, keep))); len(out) <= limit {
				return out
			}
		}
	}
	return cutPlain(text, limit)
}

// mark says how much is missing, in characters that need no escape.
func mark(bytes int) string { return "... [truncated " + strconv.Itoa(bytes) + " bytes]" }

func cutPlain(text string, limit int) string {
	keep := max(limit-markRoom, 0)
	for keep > 0 && !utf8.RuneStart(text[keep]) {
		keep--
	}
	return text[:keep] + mark(len(text)-keep)
}

// cutJSON finds the length to which strings have to be shortened, and shortens
// them. It gives up where that is not enough.
func cutJSON(value jsonraw.Value, size, limit int) (string, bool) {
	var lengths []int
	each(value, func(v jsonraw.Value) { lengths = append(lengths, len(v.Raw())) })
	slices.SortFunc(lengths, func(a, b int) int { return b - a })
	// The longest n strings are cut to one length, for the smallest n that will do.
	total := size
	for n := 1; n <= len(lengths); n++ {
		total -= lengths[n-1]
		next := 0
		if n < len(lengths) {
			next = lengths[n]
		}
		room := (limit - total) / n
		if room < markRoom+2 {
			continue
		}
		if room >= next {
			out := appendCut(nil, value, room)
			return string(out), len(out) <= limit
		}
	}
	return "", false
}

// each calls f for every string that is a value.
func each(v jsonraw.Value, f func(jsonraw.Value)) {
	switch {
	case v.IsString():
		f(v)
	case v.IsArray():
		for element := range v.Elements() {
			each(element, f)
		}
	case v.IsObject():
		for _, member := range v.Members() {
			each(member, f)
		}
	}
}

func appendCut(dst []byte, v jsonraw.Value, room int) []byte {
	switch {
	case v.IsString():
		return appendString(dst, v.Raw(), room)
	case v.IsArray():
		dst = append(dst, '[')
		first := true
		for element := range v.Elements() {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendCut(dst, element, room)
		}
		return append(dst, ']')
	case v.IsObject():
		dst = append(dst, '{')
		first := true
		for key, member := range v.Members() {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = jsontext.AppendString(dst, key)
			dst = append(dst, ':')
			dst = appendCut(dst, member, room)
		}
		return append(dst, '}')
	}
	return append(dst, v.Raw()...)
}

// appendString appends a JSON string in at most room bytes.
func appendString(dst []byte, v string, room int) []byte {
	if len(v) <= room {
		return append(dst, v...)
	}
	// Behind the last character, or escape, that is whole.
	end, keep := max(room-markRoom-2, 0)+1, 1
	for at := 1; at < end; keep = at {
		switch {
		case v[at] != '\\':
			_, size := utf8.DecodeRuneInString(v[at:min(at+utf8.UTFMax, len(v))])
			at += size
		case v[at+1] == 'u':
			at += 6
		default:
			at += 2
		}
		if at > end {
			break
		}
	}
	dst = append(dst, v[:keep]...)
	dst = append(dst, mark(len(v)-1-keep)...)
	return append(dst, '"')
}
