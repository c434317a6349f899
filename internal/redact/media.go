package redact

// minMedia is the length from which a run of base64 is taken for a payload.
const minMedia = 256

// media passes over the payload after ";base64," whose word "base" ends at i.
func (sc *scanner) media(i int) {
	s := sc.text
	if sc.keepMedia || i+3 >= len(s) || s[i] != '6' || s[i+1] != '4' || s[i+2] != ',' {
		return
	}
	if end := sc.base64Blob(i + 3); end > 0 {
		sc.advance(end)
	}
}

// base64Blob returns where the long run of base64 at i ends, or 0 when it is short. What could begin a token that the run only touches is
// left out of it.
func (sc *scanner) base64Blob(i int) int {
	s := sc.text
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
