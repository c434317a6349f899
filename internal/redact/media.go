package redact

// minMedia is the length from which a run of base64 is taken for a payload.
const minMedia = 256

// dataURI handles the payload after ";base64," whose word "base" ends at i.
func (sc *scanner) dataURI(i int) {
	s := sc.text
	if sc.media == MediaScan || i+3 >= len(s) || s[i] != '6' || s[i+1] != '4' || s[i+2] != ',' {
		return
	}
	if end := base64End(s, i+3); end > 0 {
		sc.pass(i+3, end)
	}
}

// payload handles a block of 64 token characters at i: a part of a payload without a header, when it is base64 and long.
func (sc *scanner) payload(i int) {
	s := sc.text
	for i > sc.skip && base64Set.has(s[i-1]) {
		i--
	}
	if i > 0 && s[i-1] == '\\' {
		i += escapeLen(s, i)
	}
	if end := base64End(s, i); end > 0 {
		sc.pass(i, end)
	}
}

// pass declares a payload as dealt with, or records it where payloads are dropped.
func (sc *scanner) pass(i, end int) {
	if sc.media == MediaDrop {
		sc.add(i, end, ruleMedia)
	}
	sc.advance(end)
}

// payloads returns how many bytes of a text are payloads that are dealt with without a look into them. They do not count against the
// limit: a prompt with a photograph in it would be cut off in the middle, and what follows the photograph be lost.
func (s *Session) payloads(value string) int {
	if s.scan.media == MediaScan {
		return 0
	}
	n := 0
	for i := 0; i < len(value); {
		if end := base64End(value, i); end > 0 {
			n += end - i
			i = end
		}
		for i < len(value) && base64Set.has(value[i]) { // the rest of a run
			i++
		}
		for i < len(value) && !base64Set.has(value[i]) {
			i++
		}
	}
	return n
}

// base64End returns where the long run of base64 at i ends, or 0 when it is short. What could begin a token that the run only
// touches is left out of it.
func base64End(s string, i int) int {
	end := i
	for end < len(s) && (base64Set.has(s[end]) || s[end] == '\\' && at(s, end+1) == '/') {
		end++
	}
	if end-i < minMedia {
		return 0
	}
	if end < len(s) && runSet.has(s[end]) {
		for end > i && isAlnum(s[end-1]) {
			end--
		}
	}
	if end-i < minMedia {
		return 0
	}
	return end
}
