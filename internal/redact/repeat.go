package redact

import (
	"encoding/hex"
	"slices"
	"strings"
)

const (
	// maxBatchValues is the number of values that are looked for in one batch.
	maxBatchValues = 4096
	// maxOfferedTraces bounds the traces whose memories are searched for what stands beside them, such as the attributes of a resource.
	maxOfferedTraces = 16
)

// repeats is what a session remembers of the batch at hand, in clear: it is dropped with the batch.
type repeats struct {
	on bool
	// trace is where the session is.
	trace [16]byte
	// set is what it knows of the trace from earlier batches.
	set *knownSet
	// recalled is set when something is known of a trace of the batch.
	recalled bool

	values []knownValue
	index  map[string]int
	// byTrace lists the values by the trace that they were found in.
	byTrace map[[16]byte][]int
	// batch finds the values; it is built when all are known.
	batch *knownSet
	// besides are sets of traces that apply where no trace is.
	besides []*knownSet

	folder folder
	buf    []byte
	hits   []knownHit
	// joined is set when a value stands in the text only as a part of a word.
	joined bool
}

// knownHit is a place where a known value stands.
type knownHit struct {
	start, end int
	value      *knownValue
	encoded    bool
}

// Remember has the session remember what it finds, until Forget.
func (s *Session) Remember() { s.repeats.on = s.r.memory != nil }

// Forget drops what the session remembers. Hashes of it stay with the traces that it was found in.
func (s *Session) Forget() {
	p := &s.repeats
	if p.batch != nil {
		for trace, list := range p.byTrace {
			s.hand(trace, list)
		}
	}
	clear(p.values)
	clear(p.index)
	clear(p.byTrace)
	clear(p.hits[:cap(p.hits)])
	s.NotBeside()
	p.values, p.batch, p.set, p.trace, p.recalled, p.on = p.values[:0], nil, nil, [16]byte{}, false, false
}

// hand gives values of the batch over to the memory of a trace.
func (s *Session) hand(trace [16]byte, list []int) {
	scope := s.r.Scope(trace)
	values := make([]knownValue, 0, len(list))
	for _, i := range list {
		v := s.repeats.values[i]
		v.label = s.r.rules[v.rule].replacer.remembered(v.clear, scope)
		values = append(values, v)
	}
	s.r.memory.remember(trace, values)
}

// InTrace says which trace the values that follow belong to; zero is none.
func (s *Session) InTrace(id [16]byte) {
	p := &s.repeats
	if !p.on || p.trace == id {
		return
	}
	p.trace, p.set = id, s.r.memory.recall(id)
	p.recalled = p.recalled || p.set != nil
}

// Beside has what earlier batches of a trace have told looked for outside of all traces too, until NotBeside.
func (s *Session) Beside(id [16]byte) {
	p := &s.repeats
	if set := s.r.memory.recall(id); set != nil && len(p.besides) < maxOfferedTraces && !slices.Contains(p.besides, set) {
		p.besides = append(p.besides, set)
	}
}

// NotBeside takes back Beside.
func (s *Session) NotBeside() {
	clear(s.repeats.besides)
	s.repeats.besides = s.repeats.besides[:0]
}

// Repeats ends the search for new values and reports whether any are known that Repeated can look for.
func (s *Session) Repeats() bool {
	p := &s.repeats
	if !p.on || p.batch != nil || len(p.values) == 0 && !p.recalled {
		return false
	}
	p.batch = new(knownSet).with(p.values, maxBatchValues, true)
	return true
}

// RepeatsOfTraces has Repeated look for what is known of traces from before alone, and reports whether that is possible.
func (s *Session) RepeatsOfTraces() bool {
	p := &s.repeats
	if !p.on {
		return false
	}
	p.batch = new(knownSet).with(nil, 0, false)
	return true
}

// remember takes the text of a finding into the memory of the batch, when it is worth it.
func (s *Session) remember(r ruleID, text string) {
	p := &s.repeats
	i, ok := p.index[text]
	if !ok {
		w := worthOf(r, text)
		if w == worthNothing || len(p.values) >= maxBatchValues || s.r.inLabel(text) || len(text) == 2*len(p.trace) && foldEqual(text, hex.EncodeToString(p.trace[:])) {
			return
		}
		if p.index == nil {
			p.index, p.byTrace = map[string]int{}, map[[16]byte][]int{}
		}
		i = len(p.values)
		text = strings.Clone(text)
		p.index[text] = i
		p.values = append(p.values, knownValue{clear: text, bytes: uint16(len(text)), rule: r, worth: w})
		if r == ruleBasic {
			s.rememberBasic(text)
		}
	}
	if p.trace != [16]byte{} && !slices.Contains(p.byTrace[p.trace], i) && len(p.byTrace[p.trace]) < s.r.memory.options.MaxValues {
		p.byTrace[p.trace] = append(p.byTrace[p.trace], i)
	}
}

// rememberBasic takes the password out of Basic credentials (RFC 7617).
func (s *Session) rememberBasic(text string) {
	if plain, ok := decodeText(text); ok {
		if _, password, ok := strings.Cut(plain, ":"); ok {
			r := rulePassword
			if !s.r.rules[r].on {
				r = ruleBasic
			}
			s.remember(r, password)
		}
	}
}
