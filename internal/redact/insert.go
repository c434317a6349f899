package redact

import "strings"

// maxColumnList bounds the list of columns of an INSERT statement.
const maxColumnList = 2000

// insert handles INSERT INTO table (columns) VALUES (values), ...: the word INTO ends at i.
func (sc *scanner) insert(i int) {
	s := sc.text
	if i < sc.noTable {
		return
	}
	open := strings.IndexByte(s[i:min(len(s), i+160)], '(')
	if open < 0 {
		return
	}
	open += i
	last := strings.IndexByte(s[open:min(len(s), open+maxColumnList)], ')')
	if last < 0 {
		return
	}
	last += open
	t := table{sep: ","}
	if !t.header(sc.keys, s[open+1:last]) && !t.any {
		return
	}
	p := last + 1
	for p < len(s) && (isSpace(s[p]) || lineBreak(s, p) > 0) {
		p += max(1, lineBreak(s, p))
	}
	if p+6 > len(s) || !foldEqual(s[p:p+6], "values") {
		return
	}
	p += 6
	limit := min(len(s), p+maxTable)
	for p < limit {
		for p < limit && (isSpace(s[p]) || s[p] == ',' || lineBreak(s, p) > 0) {
			p += max(1, lineBreak(s, p))
		}
		if at(s, p) != '(' || p >= limit {
			break
		}
		p = sc.tuple(&t, p+1, limit)
	}
	sc.noTable = p
}

// tuple replaces the values from i that stand in columns of interest, and returns where the tuple ends.
func (sc *scanner) tuple(t *table, i, limit int) int {
	s := sc.text
	n, depth, done := 0, 0, -1
	for i < limit {
		switch b := s[i]; b {
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return i + 1
			}
			depth--
		case ',':
			if depth == 0 {
				n++
			}
		case '\'', '"':
			slashes := 0
			for i-slashes > 0 && s[i-slashes-1] == '\\' {
				slashes++
			}
			if b == '"' && slashes == 0 && depth == 0 && n == 0 && strings.IndexByte(s[i:min(limit, i+2)], '}') > 0 {
				return i
			}
			end := closingQuote(s[:limit], i, slashes)
			if n < t.n && t.columns[n].class != keyPlain && done != n && end > i+1 {
				sc.judge(i+1, end, t.columns[n], settingField)
				done = n // the other arguments of a call are no values
			}
			i = max(end+slashes, i)
		}
		i++
	}
	return i
}
