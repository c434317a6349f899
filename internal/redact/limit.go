package redact

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxCutBack bounds how far before the limit a text is cut off so that no token is cut in two.
const maxCutBack = 8192

// long handles a text beyond the limit: what follows the limit is cut off, or the whole is dropped. Nothing passes unread.
func (s *Session) long(k Key, value string) (string, bool) {
	if s.r.dropLong {
		return s.fail(ruleOversize, value)
	}
	cut := cutAt(value, s.r.maxBytes)
	out, _ := s.search(k, value[:cut], false)
	s.count(ruleOversize)
	if s.audit {
		return value, true
	}
	return out + "[TRUNCATED " + strconv.Itoa(len(value)-cut) + " bytes]", true
}

// cutAt returns the place at or before limit where a text is cut off: at a blank or quote, so that no token is split, or else between two
// characters.
func cutAt(value string, limit int) int {
	if i := strings.LastIndexAny(value[max(0, limit-maxCutBack):limit], " \n\t\","); i >= 0 {
		return max(0, limit-maxCutBack) + i
	}
	for limit > 0 && !utf8.RuneStart(value[limit]) {
		limit--
	}
	return limit
}
