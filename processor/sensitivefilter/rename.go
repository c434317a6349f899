package sensitivefilter

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// rename gives the entries of a map the names that to returns, where that reports a change. No value is lost where two names become one: the
// second gets a number. The time is linear in the number of entries.
func rename(m pcommon.Map, to func(string) (string, bool)) {
	names := make([]string, 0, m.Len())
	renamed := make([]bool, 0, m.Len())
	taken := make(map[string]bool, m.Len())
	some := false
	for name := range m.All() {
		out, changed := to(name)
		if !changed {
			out = name
			taken[name] = true
		}
		some = some || changed
		names, renamed = append(names, out), append(renamed, changed)
	}
	if !some {
		return
	}
	var b xpdata.MapBuilder
	b.EnsureCapacity(len(names))
	last := map[string]int{}
	i := 0
	for _, v := range m.All() {
		name := names[i]
		if renamed[i] {
			name = untaken(name, taken, last)
			taken[name] = true
		}
		v.MoveTo(b.AppendEmpty(name))
		i++
	}
	b.UnsafeIntoMap(m)
}

// untaken returns a name, with a number behind it where it is taken. last has the number that each name was given last.
func untaken(name string, taken map[string]bool, last map[string]int) string {
	if !taken[name] {
		return name
	}
	for n := max(last[name]+1, 2); ; n++ {
		if to := name + "_" + strconv.Itoa(n); !taken[to] {
			last[name] = n
			return to
		}
	}
}
