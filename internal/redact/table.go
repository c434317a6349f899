package redact

import "strings"

const (
	// maxHeader bounds the line with the names of the columns, and each row.
	maxHeader = 1000
	// maxColumns bounds the columns of a table.
	maxColumns = 32
	// maxName bounds the name of a column.
	maxName = 40
	// maxTable bounds how far the rows of a table are read.
	maxTable = 64 << 10
)

// table is what is known of a table: the byte between its cells, and what each column holds.
type table struct {
	sep     string
	columns [maxColumns]keyInfo
	n       int
	any     bool
}

// delimiters hold what ends a cell, a line or a string; the last begins the lines of box drawing.
var delimiters = set(",;|\t\n\r\\\"\xe2")

// column handles a key at s[i:] that stands in the header of a table: CSV, tabs, Markdown, box drawing. The rows below it follow in lines.
func (sc *scanner) column(i int) {
	s := sc.text
	if i < sc.noTable || len(s)-i > maxName && !delimiters.anyIn(s[i:i+maxName]) || i > maxName && !delimiters.anyIn(s[i-maxName:i]) {
		return
	}
	from := i
	lo := max(i-maxHeader, sc.floor)
	for from > lo && s[from-1] != '\n' && s[from-1] != '\r' && (s[from-1] != 'n' || at(s, from-2) != '\\') {
		from--
	}
	if s[from] == '"' && from > 0 && s[from-1] != '\n' && strings.IndexByte(s[from+1:i], '"') < 0 {
		from++ // the text begins in a string
	}
	to, next := lineEnd(s, i)
	if next == 0 {
		return
	}
	t := table{}
	t.sep = separatorOf(s[from:to])
	if t.sep == "" {
		return
	}
	// In a JSON string the text may begin after other members.
	if q := strings.LastIndexByte(s[from:i], '"'); q >= 0 && t.sep == "|" {
		from += q + 1
	}
	if !t.header(sc.keys, s[from:to]) {
		return
	}
	limit := min(len(s), next+maxTable)
	sc.noTable = next
	for row := next; row < limit; {
		end, after := lineEnd(s, row)
		if end == row || end-row > maxHeader || !sc.row(&t, row, end) {
			return
		}
		if after == 0 {
			return
		}
		row = after
		sc.noTable = row
	}
}

// lineEnd returns where the line at i ends, at most maxHeader bytes on, and where the next one begins, or 0 when there is none.
func lineEnd(s string, i int) (end, next int) {
	limit := min(len(s), i+maxHeader)
	for j := i; j < limit; j++ {
		switch s[j] {
		case '\n', '\r', '\\':
			if n := lineBreak(s, j); n > 0 {
				return j, j + n
			}
		}
	}
	return limit, 0
}

// separatorOf returns what stands between the cells of a header.
func separatorOf(line string) string {
	for _, sep := range [...]string{"│", "┃", "|", "\t", `\t`, ";", ","} {
		if strings.Contains(line, sep) {
			return sep
		}
	}
	return ""
}

// header reads the names of the columns. It reports false when they are no names, or none is of interest.
func (t *table) header(keys *keyWords, line string) bool {
	ok := true
	t.cells(line, func(n, from, to int) bool {
		name := ""
		if to-from < maxName {
			name = strings.Trim(line[from:to], " *`\"'\\[]")
		}
		if name == "" || n >= maxColumns {
			ok = ok && to-from < maxName && n < maxColumns && t.sep != "," && t.sep != ";"
			return ok
		}
		for i := 0; i < len(name); i++ {
			if b := name[i]; !isAlnum(b) && !identSet.has(b) && b != ' ' && b != '/' && b < 0x80 && b != '(' && b != ')' && b != '#' {
				ok = false
			}
		}
		if strings.Count(name, " ") > 2 {
			ok = false
		}
		switch info := keys.classify(name); info.class {
		case keyPassword, keySecret, keyToken, keyMaybe, keyListed, keyMaybePassword, keyPIN, keySSN, keyCard, keyWhole, keyNational, keyCVV, keyBirth:
			t.columns[n] = info
			t.any = true
		}
		t.n = max(t.n, n+1)
		return ok
	})
	return ok && t.any && t.n >= 2
}

// cells calls f with the number and the bounds of each cell of a line until it returns false. The empty ones at the edges of | a | b | count, which are the same
// in every row.
func (t *table) cells(line string, f func(n, from, to int) bool) {
	n, from := 0, 0
	quoted := false
	for i := 0; i <= len(line); i++ {
		if i < len(line) {
			if line[i] == '"' && (t.sep == "," || t.sep == ";" || t.sep == "\t") {
				quoted = !quoted
			}
			if quoted || !strings.HasPrefix(line[i:], t.sep) {
				continue
			}
		}
		if !f(n, from, i) {
			return
		}
		n++
		i += len(t.sep) - 1
		from = i + 1
	}
}

// row replaces the cells of s[from:end] that stand in columns of interest. It reports false when the line is no row of the table.
func (sc *scanner) row(t *table, from, end int) bool {
	s := sc.text
	line := s[from:end]
	if strings.Trim(line, "-:|+=─━═╪┼├┤╞╡│┃╟╢╠╣┠┨ ") == "" {
		return true // a rule between header and rows
	}
	count := 0
	t.cells(line, func(n, _, _ int) bool { count = n + 1; return true })
	if count < t.n || count > t.n+2 {
		return false
	}
	t.cells(line, func(n, a, b int) bool {
		if n >= t.n || t.columns[n].class == keyPlain {
			return n < t.n
		}
		a, b = from+a, from+b
		for a < b && strings.IndexByte(" \"'`*\\", s[a]) >= 0 {
			a++
		}
		for b > a && strings.IndexByte(" \"'`*\\", s[b-1]) >= 0 {
			b--
		}
		if a >= b || sc.labelled(a, b, t.columns[n], settingProse) || hasSpace(s[a:b]) || strings.IndexByte(s[a:b], '"') >= 0 {
			return true
		}
		if sensitive(t.columns[n].class, s[a:b], settingProse) && !codeExpression(s[a:b]) {
			sc.add(a, b, t.columns[n].rule)
		}
		return true
	})
	return true
}
