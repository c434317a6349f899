package genai

import "strings"

// WritesForUnstatedTime reports whether Claude wrote tokens to a cache and nothing
// says how long they live. The price depends on it: an hour costs 1.6 times five
// minutes. Claude Code asks for an hour with a subscription and for five minutes with
// a key, unless its settings say otherwise
// (https://code.claude.com/docs/en/prompt-caching).
func (v *View) WritesForUnstatedTime(u *Usage) bool {
	if u.CacheWrite == 0 || u.CacheWrite1h > 0 || !strings.Contains(strings.ToLower(v.Model()), "claude") {
		return false
	}
	c, ok := v.readCounts()
	return ok && !c.write5m.ok && !c.wr1h.ok
}
