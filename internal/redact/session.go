package redact

import (
	"hash/maphash"
	"strconv"
	"strings"
)

// Session is the working memory of one goroutine.
type Session struct {
	r      *Redactor
	scan   scanner
	scope  *Scope
	counts []int
	record []int
	audit  bool
	failed bool
	// known remembers what names say, by a hash of the name.
	known [knownKeys]Key
	// clean remembers names without findings, by a hash of the name.
	clean [knownKeys]string
	// repeats is what is known of the batch at hand.
	repeats repeats
	// shown and joined are the text at hand without its escape sequences.
	shown, joined plainText
}

const (
	// knownKeys is the number of names that a session remembers. Telemetry repeats some tens.
	knownKeys = 256
	// maxKnown is the length of the names that are remembered.
	maxKnown = 64
)

// Session returns a session. Close gives it back.
func (r *Redactor) Session() *Session {
	s := r.pool.Get().(*Session)
	s.scan.settings = r.settings
	return s
}

// Close gives the session back. It must not be used afterwards.
func (s *Session) Close() {
	s.Forget()
	s.shown.text, s.joined.text = "", ""
	s.scan.text, s.scan.name, s.counts, s.record, s.scope, s.audit, s.failed = "", "", nil, nil, nil, false, false
	s.r.pool.Put(s)
}

// CountInto has the findings counted in counts by rule number; it must have Redactor.NumRules elements. With nil they are not counted.
func (s *Session) CountInto(counts []int) { s.counts = counts }

// AlsoCountInto has the findings counted in a second list too, or not with nil.
func (s *Session) AlsoCountInto(record []int) { s.record = record }

// Failed reports whether the last value that was changed could not be scanned.
func (s *Session) Failed() bool { return s.failed }

// In sets the scope within which equal values have the same number under style indexed.
func (s *Session) In(scope *Scope) { s.scope = scope }

// Audit has the session find and count, and replace nothing.
func (s *Session) Audit() { s.audit = true }

func (s *Session) count(r ruleID) {
	if s.counts != nil {
		s.counts[r]++
	}
	if s.record != nil {
		s.record[r]++
	}
}

// Key is what the name of a value says about it.
type Key struct {
	info keyInfo
	name string
	// at is the part of an argument of a command that is sensitive by its place.
	at span
}

// Key classifies the name of a value: a dotted path, of which the last words count. parent is the name of the map that holds it, or
// empty; its last words count too, so that {"card":{"number":...}} is a card number.
func (s *Session) Key(parent, name string) Key {
	if parent == "" && len(name) <= maxKnown && len(name) > 0 {
		switch slot := &s.known[maphash.String(s.r.seed, name)%knownKeys]; slot.name {
		case name:
			return *slot
		case "":
			name = strings.Clone(name) // the batch that it came with may be gone by the next time
			*slot = Key{info: s.r.settings.keys.classifyIn("", seen(name)), name: name}
			return *slot
		}
	}
	return Key{info: s.r.settings.keys.classifyIn(seen(parent), seen(name)), name: name}
}

// minName is the length of the shortest name in which something is looked for.
const minName = 6

// Clean reports whether nothing is found in the name of a value.
func (s *Session) Clean(name string) bool {
	if len(name) < minName {
		return true
	}
	slot := &s.clean[maphash.String(s.r.seed, name)%knownKeys]
	if *slot == name {
		return true
	}
	counts, record := s.counts, s.record
	s.counts, s.record = nil, nil
	_, found := s.String(Key{}, name)
	s.counts, s.record = counts, record
	if !found && len(name) <= maxKnown && *slot == "" {
		*slot = strings.Clone(name)
	}
	return !found
}

// Path is Key for a name whose whole path is known, which the patterns of the options are tried on.
func (s *Session) Path(path, parent, name string) Key {
	for _, re := range s.r.patterns {
		if re.MatchString(path) {
			return Key{info: keyInfo{keyListed, ruleCustomKey}, name: name}
		}
	}
	return s.Key(parent, name)
}

// HasPatterns reports whether the path of a value matters.
func (r *Redactor) HasPatterns() bool { return len(r.patterns) > 0 }

// Plain reports a key that says nothing about its value.
func (k Key) Plain() bool { return k.info.class == keyPlain && k.at.end == 0 }

// Covers reports whether everything below a map or list under the key is sensitive.
func (k Key) Covers() bool { return hard(k.info.class) }

// String returns value with everything sensitive replaced, and whether it differs.
func (s *Session) String(k Key, value string) (out string, changed bool) {
	s.failed = false
	if value == "" {
		return value, false
	}
	defer func() {
		if recover() != nil {
			out, changed = s.fail(ruleError, value)
		}
	}()
	if len(value) > s.r.maxBytes && len(value)-s.payloads(value) > s.r.maxBytes {
		return s.long(k, value)
	}
	return s.search(k, value, false)
}

// search finds and replaces. leaf takes the value as sensitive as a whole.
func (s *Session) search(k Key, value string, leaf bool) (string, bool) {
	s.scan.reset(k.name, value)
	s.passes(k.info, leaf)
	if s.scan.coloured || !s.r.builtin && strings.IndexByte(value, 0x1B) >= 0 {
		s.uncoloured(k, value, leaf)
	}
	if unseenIn(value) {
		s.unseen(k, value, leaf)
	}
	if k.at.end > 0 && k.at.end <= len(value) {
		s.scan.add(k.at.start, k.at.end, rulePassword)
	}
	return s.finish(value)
}

// passes runs all matchers on the text that has been set.
func (s *Session) passes(info keyInfo, leaf bool) {
	sc := &s.scan
	if leaf {
		sc.leaf(0, len(sc.text), info, 0)
	} else if info.class != keyPlain {
		sc.judge(0, len(sc.text), info, settingField)
	}
	if s.r.builtin {
		sc.scan()
		sc.marked()
	}
	if s.r.custom != nil {
		s.r.custom.scan(sc)
	}
	for _, pass := range s.r.extras {
		pass(sc)
	}
}

// finish drops the findings of rules that are off and those that are allowed, unites the others and builds the result.
func (s *Session) finish(value string) (string, bool) {
	sc := &s.scan
	kept := sc.found[:0]
	for _, f := range sc.found {
		f.start, f.end = characters(value, f.start, f.end)
		if s.r.rules[f.rule].on && !s.r.allowed(value[f.start:f.end]) && !sc.labels.covers(value, f.start, f.end) {
			kept = append(kept, f)
		}
	}
	sc.found = s.r.merge(kept)
	if len(sc.found) == 0 {
		return value, false
	}
	if len(sc.found) > s.r.maxFindings {
		return s.fail(ruleError, value)
	}
	for i := range sc.found {
		s.count(sc.found[i].rule)
	}
	if s.repeats.on && s.repeats.batch == nil {
		for _, f := range sc.found {
			text, _ := uncolour(value[f.start:f.end])
			s.remember(f.rule, text)
		}
	}
	if s.audit {
		return value, true
	}
	return s.r.build(value, sc.found, s.scope), true
}

// allowed reports whether the options leave a finding alone.
func (r *Redactor) allowed(text string) bool {
	if r.allowExact[text] {
		return true
	}
	for _, re := range r.allowRegex {
		if re.MatchString(text) {
			return true
		}
	}
	return false
}

// Unscanned returns the label that takes the place of a value that cannot be looked at, and counts it. In an audit the value stays.
func (s *Session) Unscanned(value string) (string, bool) { return s.fail(ruleError, value) }

// fail returns what takes the place of a value that could not be scanned.
func (s *Session) fail(r ruleID, value string) (string, bool) {
	s.scan.found = append(s.scan.found[:0], finding{rule: r})
	s.failed = r == ruleError
	s.count(r)
	if s.audit {
		return value, true
	}
	return "[REDACTED:" + s.r.rules[r].id + "]", true
}

// Int returns the label that takes the place of an integer, and whether it is sensitive.
func (s *Session) Int(k Key, v int64) (string, bool) {
	switch k.info.class {
	case keyPlain:
		if v < 1e12 {
			return "", false
		}
	case keyToken, keyMaybe, keySession, keyRandom, keyMaybePassword, keyEmail, keyConnection:
		return "", false
	}
	if v < 0 {
		return "", false
	}
	return s.digits(k, strconv.FormatInt(v, 10))
}

func (s *Session) digits(k Key, text string) (string, bool) {
	out, changed := s.String(k, text)
	if !changed {
		return "", false
	}
	return out, true
}

// Double is Int for floating-point numbers: whole numbers are looked at as integers, others only under a sensitive key.
func (s *Session) Double(k Key, v float64) (string, bool) {
	if v == float64(int64(v)) && v >= 0 && v < 1e18 {
		return s.Int(k, int64(v))
	}
	if k.Covers() {
		return s.Leaf(k, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return "", false
}

// Leaf replaces a value below a sensitive key whatever it looks like; only the empty ones and those that stand for a secret stay.
func (s *Session) Leaf(k Key, value string) (out string, changed bool) {
	s.failed = false
	if strings.TrimSpace(value) == "" || placeholder(value) || sentence(value) {
		return s.String(Key{}, value)
	}
	defer func() {
		if recover() != nil {
			out, changed = s.fail(ruleError, value)
		}
	}()
	if len(value) > s.r.maxBytes {
		return s.fail(ruleOversize, value)
	}
	return s.search(k, value, true)
}
