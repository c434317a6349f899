package redact

import "strings"

// Accessibility snapshots list the elements of a page by role and name: those of Playwright's aria snapshots, - textbox "Password" [ref=e2]: x, of
// chrome-devtools-mcp, uid=1_5 textbox "Password" value="x", and of BrowserGym, [a51] textbox 'Password' value='x'. What is typed into a field
// stands as its value, or as a text below it.

const (
	// maxAttributes bounds the attributes between the name of an element and its value.
	maxAttributes = 16
	// maxAttribute bounds the text of one in brackets.
	maxAttribute = 120
	// maxChildren bounds the lines below an element that are read.
	maxChildren = 4
)

// field handles an element with a role into which text is typed, when its name is a sensitive one: the role ends at i.
func (sc *scanner) field(role, i int) {
	s := sc.text
	p := i
	if at(s, p) == ':' { // textbox: Password
		end, _ := lineEnd(s, p)
		if info := sc.fieldInfo(s[p+1 : textEnd(s, p+1, end)]); info.class != keyPlain {
			sc.typedBelow(role, end, info)
		}
		return
	}
	var info keyInfo
	open, end, slashes := quotedArgument(s, p)
	switch {
	case open > 0 && open <= p+maxIntroducer && end > open && end-open <= maxAttribute:
		info = sc.fieldInfo(s[open:end])
		p = min(len(s), end+slashes+1)
	case open == 0 && at(s, p) == ' ':
		info = sc.fieldInfo(labelAbove(s, role))
	}
	if info.class == keyPlain {
		return
	}
	sc.advance(p)
	sc.attributes(role, p, info)
}

// attributes reads the attributes of an element from p, and its value after or among them.
func (sc *scanner) attributes(role, p int, info keyInfo) {
	s := sc.text
	for range maxAttributes {
		for p < len(s) && (s[p] == ' ' || s[p] == ',' || s[p] == '\'') {
			p++
		}
		if p >= len(s) || lineBreak(s, p) > 0 {
			break
		}
		if s[p] == '[' {
			n := strings.IndexByte(s[p:min(len(s), p+maxAttribute)], ']')
			if n < 0 {
				return
			}
			p += n + 1
			continue
		}
		if s[p] == ':' {
			v := skipBlanks(s, p+1)
			if v < len(s) && lineBreak(s, v) == 0 {
				sc.typed(v, info)
				return
			}
			p = v
			break
		}
		from := p
		for p < len(s) && (isAlnum(s[p]) || s[p] == '-' || s[p] == '_') {
			p++
		}
		if p == from {
			return
		}
		if c := at(s, p); c != '=' && c != ':' {
			continue // focused, required
		}
		v := skipBlanks(s, p+1)
		if foldEqual(s[from:p], "value") || foldEqual(s[from:p], "valuetext") {
			sc.typed(v, info)
			return
		}
		if _, to, n := quotedArgument(s, v); to > 0 {
			p = min(len(s), to+n+1)
			continue
		}
		for p = v; p < len(s) && (isAlnum(s[p]) || s[p] == '-' || s[p] == '_' || s[p] == '.'); {
			p++
		}
	}
	sc.typedBelow(role, p, info)
}

// typed judges the value of a field at i, in quotes or to the end of its line.
func (sc *scanner) typed(i int, info keyInfo) {
	s := sc.text
	if open, end, _ := quotedArgument(s, i); open > 0 {
		sc.judge(open, end, info, settingField)
		return
	}
	end, _ := lineEnd(s, i)
	sc.judge(i, textEnd(s, i, end), info, settingField)
}

// textEnd returns where the text at i ends that goes to the end of its line, or of the string around it.
func textEnd(s string, i, end int) int {
	if n := strings.IndexByte(s[i:end], '"'); n >= 0 {
		end = i + n
	}
	for end > i && (isSpace(s[end-1]) || s[end-1] == '\\') {
		end--
	}
	return end
}

// typedBelow handles the text that stands below the element with the role at i, on a line that is indented further: end is in its last line, or at
// its end.
func (sc *scanner) typedBelow(i, end int, info keyInfo) {
	s := sc.text
	own := indentation(s, i)
	for range maxChildren {
		n := lineBreak(s, end)
		if n == 0 {
			return
		}
		p := end + n
		from := p
		for p < len(s) && (s[p] == ' ' || s[p] == '\t') {
			p++
		}
		if escapedTab(s, p) > 0 {
			p += escapedTab(s, p)
		}
		if p-from <= own {
			return
		}
		if strings.HasPrefix(s[p:], "- ") {
			p += 2
		}
		if at(s, p) == '/' { // a property of the element
			end, _ = lineEnd(s, p)
			continue
		}
		if c := at(s, p); c == '[' || c == 'u' { // [1235] or uid=1_6
			if n := strings.IndexByte(s[p:min(len(s), p+maxLabel)], ' '); n > 0 {
				p += n + 1
			}
		}
		v := textElement(s, p)
		if v == 0 {
			return
		}
		if v < len(s) && lineBreak(s, v) == 0 {
			sc.typed(v, info)
			return
		}
		end = v
	}
}

// textElement returns where the text of the element at i begins, or where its line ends when it has none, or 0 for an element of another kind.
func textElement(s string, i int) int {
	for _, role := range [...]string{"text", "StaticText", "generic", "paragraph"} {
		rest, ok := strings.CutPrefix(s[i:], role)
		if !ok || rest == "" || rest[0] != ':' && rest[0] != ' ' {
			continue
		}
		p := i + len(role)
		for at(s, p) == ' ' && at(s, p+1) == '[' {
			n := strings.IndexByte(s[p:min(len(s), p+maxAttribute)], ']')
			if n < 0 {
				return 0
			}
			p += n + 1
		}
		return skipBlanks(s, p+boolInt(at(s, p) == ':'))
	}
	return 0
}

// labelAbove returns the text of the element on the line before the one that holds i: the label of a field without a name.
func labelAbove(s string, i int) string {
	lo := max(0, i-2*maxAttribute)
	end := max(strings.LastIndexByte(s[lo:i], '\n'), strings.LastIndex(s[lo:i], `\n`))
	if end < 0 {
		return ""
	}
	line := s[lo : lo+end]
	line = strings.TrimRight(line[max(strings.LastIndexByte(line, '\n'), strings.LastIndex(line, `\n`))+1:], " \"'\\")
	return line[strings.LastIndexAny(line, "\"':")+1:]
}

// indentation returns the number of blanks at the beginning of the line that holds i, at most its distance.
func indentation(s string, i int) int {
	lo := max(0, i-maxAttribute)
	p := i
	for p > lo && s[p-1] != '\n' && (s[p-1] != 'n' || at(s, p-2) != '\\') {
		p--
	}
	n := 0
	for p+n < i && (s[p+n] == ' ' || s[p+n] == '\t') {
		n++
	}
	return n
}

// fieldInfo returns what the name of a field says: "Password *", "Enter your password", "Password (8 characters or more)".
func (sc *scanner) fieldInfo(name string) keyInfo {
	name = strings.Trim(name, " *:.\\")
	info := sc.keys.classify(fieldName(name))
	if info.class == keyPlain {
		if n := strings.IndexAny(name, "(:*,[-"); n > 0 {
			info = sc.keys.classify(strings.TrimRight(name[:n], " "))
		}
	}
	switch info.class {
	case keyQuery, keyJWK, keyRandom, keyConnection, keyIdentifier:
		return keyInfo{}
	}
	return info
}

// annotation reports that the bracket at i begins attributes or a reference rather than a value: [ref=e15], [level=1], [PROJ-123], [#12].
func annotation(s string, i int) bool {
	n := strings.IndexByte(s[i:min(len(s), i+maxAttribute)], ']')
	if n < 2 {
		return false
	}
	v := s[i+1 : i+n]
	if name, value, ok := strings.Cut(v, "="); ok {
		name = name[strings.LastIndexAny(name, ", ")+1:]
		return name != "" && value != "" && plainName(strings.ReplaceAll(name, "-", "")) && featuresOf(name).digit == 0
	}
	if digits.all(strings.TrimPrefix(v, "#")) {
		return true
	}
	project, number, ok := strings.Cut(v, "-")
	return ok && project != "" && number != "" && isLetter(project[0]) && (upperNum.all(project) || lowerNum.all(project)) && digits.all(number)
}

// nodeName returns what the name of a node says about a value, where both are objects with a type, as in Chrome's accessibility trees:
// "name":{"type":…,"value":"Password"},"value":{"type":…,"value":"x"}. The last of brackets before the value from lo on is at open.
func (sc *scanner) nodeName(lo, open int) keyInfo {
	s := sc.text
	if open > lo && s[open] != '{' {
		open = lo + strings.LastIndexByte(s[lo:open], '{')
	}
	if open <= lo || !strings.HasSuffix(strings.TrimRight(s[lo:open], `": \`), "value") {
		return keyInfo{}
	}
	before := s[lo:open]
	n := strings.LastIndex(before, "name")
	if n < 0 {
		return keyInfo{}
	}
	node := before[n+len("name"):]
	v := strings.Index(node, "value")
	if v < 0 || !strings.HasPrefix(strings.TrimLeft(node, `": \`), "{") {
		return keyInfo{}
	}
	node = strings.TrimLeft(node[v+len("value"):], `": \`)
	if end := strings.IndexAny(node, `"\`); end > 0 {
		return sc.fieldInfo(node[:end])
	}
	return keyInfo{}
}
