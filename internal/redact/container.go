package redact

import (
	"slices"
	"strings"
)

const (
	// maxContainer bounds the text of an object or list under a sensitive key. What exceeds it is replaced up to the bound, and
	// scanned as ordinary text after it.
	maxContainer = 256 << 10
	// maxNesting bounds the depth of an object or list in text.
	maxNesting = 64
)

// container replaces the leaves of the object or list that begins at i under a sensitive key: keys, shape, booleans and null stay.
// It reports false, and leaves the text to the other matchers, for schemas, templates and keys whose children need not be
// sensitive.
func (sc *scanner) container(i int, info keyInfo, keyLevel int) bool {
	s := sc.text
	if n := strings.IndexAny(s[i+1:min(len(s), i+80)], "}]\"'{[:,\n"); n >= 0 && s[i+1+n] == '}' && plainName(s[i+1:i+1+n]) {
		return false // {name}: a template
	}
	if !hard(info.class) || strings.HasPrefix(s[i:], "{{") || strings.HasPrefix(s[i:], "{%") || schemaNode(s[i:]) {
		return false
	}
	level, depth := keyLevel, 0
	limit := min(len(s), i+maxContainer)
	j := i
	for j < limit {
		switch b := s[j]; {
		case b == '{' || b == '[':
			depth++
			j++
			if depth > maxNesting {
				sc.add(j, limit, ruleError)
				sc.advance(limit)
				return true
			}
		case b == '}' || b == ']':
			depth--
			j++
			if depth <= 0 {
				sc.advance(j)
				return true
			}
		case b == '"' || b == '\'':
			slashes := 0
			for j-slashes > i && s[j-slashes-1] == '\\' {
				slashes++
			}
			if b == '"' {
				if level >= 0 && slashes < level {
					sc.advance(j)
					return true // the text around the container ends here
				}
				level = slashes
			}
			end := closingQuote(s, j, slashes)
			next := end
			for next < limit && s[next] == '\\' {
				next++
			}
			next++
			colon := next
			for colon < limit && isSpace(s[colon]) {
				colon++
			}
			if at(s, colon) != ':' || colon >= limit {
				sc.leaf(j+1, end, info, 0)
			}
			j = max(next, j+1)
		case b == '\\':
			j++
			if n := escapeLen(s, j); n > 0 {
				j += n
			}
		case isAlnum(b) || b == '-' && isDigit(at(s, j+1)) || b >= 0x80:
			end := j + 1
			for end < limit && (isAlnum(s[end]) || s[end] >= 0x80 || strings.IndexByte("+-._!@#$%^&*~/", s[end]) >= 0) {
				end++
			}
			word := s[j:end]
			switch {
			case isNumber(word):
				sc.leaf(j, end, info, level+1)
			case at(s, end) != ':' && passwordLike(word) && featuresOf(word).digit > 0:
				sc.leaf(j, end, info, 0)
			}
			j = end
		default:
			j++
		}
	}
	sc.advance(limit)
	return true
}

// leaf records one value of a container.
func (sc *scanner) leaf(i, end int, info keyInfo, wrap int) {
	v := sc.text[i:end]
	if strings.TrimSpace(v) == "" || sc.placeholder(v) || sentence(v) {
		return
	}
	if info.class == keyAuthorization {
		before := len(sc.found)
		sc.authorization(i, end)
		if len(sc.found) > before || schemeWord(strings.TrimSpace(v)) {
			return
		}
	}
	if (info.class == keyCookie || info.class == keySetCookie) && strings.IndexByte(v, '=') > 0 {
		sc.cookies(i, end, info)
		return
	}
	sc.addWrapped(i, end, info.rule, wrap)
}

// schemaNode reports an object that describes a value instead of holding one: a JSON Schema or OpenAPI node has a "type" that
// names a type.
func schemaNode(s string) bool {
	s = s[:min(len(s), 400)]
	i := strings.Index(s, "type")
	for i >= 0 {
		if i > 0 && (s[i-1] == '"' || s[i-1] == '\'' || s[i-1] == ' ' || s[i-1] == '{') {
			rest := strings.TrimLeft(s[i+4:], "\\\"': [")
			for _, t := range schemaTypes {
				if len(rest) > len(t) && rest[:len(t)] == t && !isAlnum(rest[len(t)]) && rest[len(t)] != '_' {
					return true
				}
			}
		}
		n := strings.Index(s[i+4:], "type")
		if n < 0 {
			return false
		}
		i += 4 + n
	}
	return false
}

// SchemaType reports whether v names a type of JSON Schema: a map with it as "type" describes a value instead of holding one.
func SchemaType(v string) bool { return slices.Contains(schemaTypes, v) }

var schemaTypes = []string{"string", "number", "integer", "boolean", "object", "array", "null", "text", "password", "keyword", "varchar"}
