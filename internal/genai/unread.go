package genai

import (
	"slices"
	"strings"
	"unicode"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Unread is a count or a cost among the attributes of a call, or inside of one, that
// entered nothing.
type Unread struct {
	Key, Value string // the key of a count inside is followed by its path
	// Why says that the name is not known, or which other name counts.
	Why string
}

// Unread lists the attributes that look like usage and are not read, by key: names
// that the vocabulary lacks, and further spellings of what another name states. A
// zero is no loss and is left out.
func (v *View) Unread() []Unread {
	var all []Unread
	if !v.hasAttributes {
		return nil
	}
	var c counts
	if v.known {
		c, _ = v.readCounts()
	}
	for key, value := range v.attributes.All() {
		field, known := v.fieldOf(key)
		isObject := known && (field == LangfuseUsage || slices.Contains(usageObjects[:], field))
		if !isObject && !looksLikeUsage(key) || !holdsUsage(value) {
			continue
		}
		switch {
		case !known:
			all = append(all, Unread{key, shorten(value.AsString()), unknownName})
		case v.Key(field) == key:
			if isObject {
				walkObject(value, &leafReader{in: field, paths: detailIndex[field], unread: &all, key: key, counts: &c})
			}
		case v.Str(field) == value.AsString():
			all = append(all, Unread{key, shorten(value.AsString()), "repeats " + v.Key(field)})
		default:
			all = append(all, Unread{key, shorten(value.AsString()), v.Key(field) + " is read instead"})
		}
	}
	slices.SortFunc(all, func(a, b Unread) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// keepUnread keeps a leaf if it is a count or an amount that has no name.
func (r *leafReader) keepUnread(path string, l *leaf) {
	n, ok := l.money()
	if !ok || n == 0 {
		return
	}
	if r.in == LangfuseUsage {
		if new(langfuseBuckets).take(strings.ToLower(path), l.count()) {
			return
		}
	} else if _, known := r.paths[path]; known || !looksLikeUsage(path) || r.counts.has(n) {
		return
	}
	*r.unread = append(*r.unread, Unread{r.key + " " + path, shorten(l.plain()), unknownName})
}

// has reports whether one of the counts is n: a provider's own usage repeats under
// its own names what the attributes state.
func (c *counts) has(n float64) bool {
	for _, field := range countFields {
		if to := c.of(field); to.ok && float64(to.n) == n {
			return true
		}
	}
	return false
}

const unknownName = "not a name that is known"

// fieldOf returns what a key states on this span.
func (v *View) fieldOf(key string) (Field, bool) {
	if at, ok := index[key]; ok {
		return at.field, true
	}
	for _, name := range bareNames[v.dialect] {
		if name.Key == key {
			return name.Field, true
		}
	}
	return 0, false
}

// StatedTotal returns the number of all tokens that the span states.
func (v *View) StatedTotal() (int64, bool) {
	if !v.known {
		return 0, false
	}
	c, ok := v.readCounts()
	return c.total.n, ok && c.total.ok
}

// usageWords are words of the names of counts and costs, otherWords those of names
// that only mention them: limits, rates, ids.
var (
	usageWords = wordSet("token tokens usage cost costs")
	otherWords = wordSet("max maximum min limit limits budget per remaining rate id ids price prices cpu memory disk source currency type second seconds")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// looksLikeUsage reports whether a name is that of a count of tokens or of a cost.
// What llm_cost itself writes is none.
func looksLikeUsage(key string) bool {
	found := false
	for _, word := range wordsOf(key) {
		if otherWords[word] || word == "llmcost" {
			return false
		}
		found = found || usageWords[word]
	}
	return found
}

// wordsOf cuts a name at everything that is no letter or digit, and before the
// capitals of camel case.
func wordsOf(key string) []string {
	var spaced strings.Builder
	lower := false
	for _, r := range key {
		switch {
		case unicode.IsUpper(r):
			if lower {
				spaced.WriteByte(' ')
			}
			spaced.WriteRune(unicode.ToLower(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			spaced.WriteRune(r)
		default:
			spaced.WriteByte(' ')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
	}
	return strings.Fields(spaced.String())
}

// holdsUsage reports whether a value can be a count, an amount or an object of such.
func holdsUsage(value pcommon.Value) bool {
	switch value.Type() {
	case pcommon.ValueTypeMap:
		return value.Map().Len() > 0
	case pcommon.ValueTypeStr:
		if strings.HasPrefix(strings.TrimSpace(value.Str()), "{") {
			return true
		}
	}
	n, ok := Amount(value)
	return ok && n > 0
}

// maxShown is how much of a value is shown, in bytes.
const maxShown = 80

func shorten(text string) string {
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}
