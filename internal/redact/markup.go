package redact

import "strings"

// maxTag bounds how far back the beginning of a tag is looked for.
const maxTag = 200

// angle handles '>': the end of a tag of XML or HTML, or an arrow.
func (sc *scanner) angle(i int) {
	s := sc.text
	if i == 0 {
		return
	}
	switch s[i-1] {
	case '=':
		return // dealt with at the '='
	case '-':
		sc.keyValue(i-1, i+1)
		return
	}
	// <password> or <ns:password attr="x">: the name follows the '<'.
	lo := max(i-maxTag, sc.floor)
	lt := strings.LastIndexByte(s[lo:i], '<')
	if lt < 0 {
		return
	}
	lt += lo
	sc.tag(lt, s[lt+1:i], i+1)
}

// escapedAngle handles the end of a tag as writers of JSON escape it, \u003e. Its letter u is at i.
func (sc *scanner) escapedAngle(i int) {
	s := sc.text
	to := i
	for to > 0 && s[to-1] == '\\' {
		to--
	}
	lo := max(to-maxTag, sc.floor)
	lt := max(strings.LastIndex(s[lo:to], "u003c"), strings.LastIndex(s[lo:to], "u003C"))
	if lt <= 0 || to == i || s[lo+lt-1] != '\\' {
		return
	}
	lt += lo
	from := lt + len("u003c")
	for lt > lo && s[lt-1] == '\\' {
		lt--
	}
	sc.tag(lt, s[from:to], i+len("u003e"))
}

// tag handles the tag of XML or HTML that begins at lt and ends before i; name is the text between its brackets.
func (sc *scanner) tag(lt int, name string, i int) {
	if name == "" || name[0] == '!' || name[0] == '?' || strings.HasSuffix(name, "/") {
		return
	}
	if name[0] == '/' {
		sc.afterElement(lt, i, name[1:])
		return
	}
	attrs := ""
	if sp := strings.IndexAny(name, " \t\n\\"); sp >= 0 {
		name, attrs = name[:sp], name[sp:]
	}
	if info := sc.keys.classify(name); info.class != keyPlain {
		if !sc.inPlace(lt, i) {
			sc.element(i, info, settingField)
		}
	} else if attrs != "" && !inlineTags[name] {
		if info := sc.tagKey(attrs); info.class != keyPlain {
			how := settingField
			if inSet(textTags, name) {
				how = settingProse
			}
			sc.element(i, info, how)
		}
	}
}

// inPlace reports that the tag which begins at lt and ends before i stands in place of a value, password=<secret>: nothing closes it.
func (sc *scanner) inPlace(lt, i int) bool {
	s := sc.text
	before := strings.TrimRight(s[max(0, lt-2):lt], " ")
	if before == "" || before[len(before)-1] != '=' && before[len(before)-1] != ':' {
		return false
	}
	rest := s[i:min(len(s), i+8*maxBare)]
	return !strings.Contains(rest, "</") && !strings.Contains(rest, `u003c/`)
}

// textTags are elements whose text is written for people, whatever their name or id says.
var textTags = wordSetOf("div p label a h1 h2 h3 h4 h5 h6 li td th button option string item text title summary section form ul ol table tr input select textarea")

// tagKey returns what the attributes of a tag say about its text or its value: <entry key="password">, <input name="password" value=.
func (sc *scanner) tagKey(attrs string) (first keyInfo) {
	for p := 0; p < len(attrs); p++ {
		n := strings.IndexByte(attrs[p:], '=')
		if n < 0 {
			break
		}
		p += n
		from := p
		for from > 0 && isLetter(attrs[from-1]) {
			from--
		}
		if !inSet(tagNameWords, attrs[from:p]) {
			continue
		}
		v := p + 1
		for v < len(attrs) && (attrs[v] == '"' || attrs[v] == '\'' || attrs[v] == '\\') {
			v++
		}
		end, quoted := v, v > p+1
		for end < len(attrs) && (isAlnum(attrs[end]) || identSet.has(attrs[end]) || attrs[end] == ':' || attrs[end] == ' ' && quoted) {
			end++
		}
		if info := sc.keys.classify(attrs[v:end]); info.class != keyPlain && info.class != keyJWK && info.class != keyQuery {
			if info.class == keyPassword { // <input name="pw" type="password">
				return info
			}
			if first.class == keyPlain {
				first = info
			}
		}
		p = max(p, end-1)
	}
	return first
}

var tagNameWords = wordSetOf("name key id field property param type autocomplete")

// element handles the text of an XML element under a sensitive name. It may stand in a child named value or the like.
func (sc *scanner) element(i int, info keyInfo, how setting) {
	s := sc.text
	begin := i
	for range 2 {
		i = gap(s, i)
		n := valueTag(s, i)
		if n == 0 {
			break
		}
		i += n
	}
	if n := strings.Index(s[i:min(len(s), i+len(`\\u003c![CDATA[`))], "![CDATA["); n > 0 && (s[i] == '<' || s[i] == '\\') {
		i += n + len("![CDATA[")
		if end := strings.Index(s[i:min(len(s), i+maxBare)], "]]"); end > 0 {
			sc.judge(i, i+end, info, how)
		}
		return
	}
	rest := s[i:min(len(s), i+8*maxBare)]
	end := len(rest)
	for _, open := range [...]string{"<", "&lt;", `\u003c`, `\u003C`} {
		if n := strings.Index(rest[:end], open); n >= 0 {
			end = n
			// The end of the element, not another tag or a placeholder: [ secret: <secret> ] [ file: <name> ].
			if after := strings.TrimLeft(rest[n+len(open):], `\`); after != "" && after[0] != '/' {
				return
			}
		}
	}
	if end == len(rest) && i > begin && lineBreak(s, begin) > 0 {
		return // no element: the text goes on in the next line
	}
	if end == 0 || end == 8*maxBare || end == len(rest) && hasSpace(rest) {
		return
	}
	end += i
	if q := strings.IndexByte(s[i:end], '"'); q >= 0 {
		end = i + q
		for end > i && s[end-1] == '\\' {
			end--
		}
	}
	for end > i && isSpace(s[end-1]) {
		end--
	}
	if how == settingProse && hasSpace(s[i:end]) {
		return
	}
	if how == settingField && hard(info.class) && i < end && wholeContent(s[i:end]) {
		if rest, ok := sc.labels.after(s[i:end]); !ok || rest != "" {
			sc.add(i, end, info.rule)
		}
		sc.advance(end)
		return
	}
	sc.judge(i, end, info, how)
}

// wholeContent reports the text of an element that holds a secret among words, or in the braces in which Jenkins and Maven put what they have
// encrypted.
func wholeContent(v string) bool {
	if v[0] == '{' && v[len(v)-1] == '}' && len(v) > 2 && v[1] != '{' {
		inner := v[1 : len(v)-1]
		return !speaks(inner) && !sentence(inner) && (hasSpace(inner) || len(inner) >= 16 && passwordLike(inner) && featuresOf(inner).digit > 0)
	}
	if !hasSpace(v) {
		return false
	}
	for w := range strings.FieldsSeq(v) {
		w = strings.Trim(w, ".,;:!?()'")
		if eq := strings.LastIndexAny(w, "=:"); eq > 0 && eq < len(w)-1 {
			w = w[eq+1:]
		}
		mixed := len(w) >= 8 && alnum.all(w) && classSwitches(w) >= 4 && passwordLike(w) && featuresOf(w).digit > 0
		if (mixed || len(w) >= 12 && credentialLike(w)) && !codeExpression(w) && !placeholder(w) {
			return true
		}
	}
	return false
}

// escapedElement handles an element that is escaped for HTML and has attributes, whose name is s[start:end].
func (sc *scanner) escapedElement(start, end int, info keyInfo) bool {
	s := sc.text
	if at(s, end) != ' ' || !strings.HasSuffix(s[:start], "&lt;") || info.class == keyPlain {
		return false
	}
	n := strings.Index(s[end:min(len(s), end+maxTag)], "&gt;")
	if n < 0 {
		return false
	}
	sc.element(end+n+len("&gt;"), info, settingField)
	return true
}

// valueTags are elements that hold the value of the one around them or of the name before them.
var valueTags = wordSetOf("value string param-value val data text v stringvalue td dd")

// valueTag returns the length of the tag at s[i:] when it opens one of valueTags, or 0. Its brackets may be escaped as in JSON.
func valueTag(s string, i int) int {
	j, closing := i, ">"
	for at(s, j) == '\\' {
		j++
	}
	switch {
	case at(s, i) == '<':
		j = i + 1
	case j > i && j+len("u003c") < len(s) && foldEqual(s[j:j+len("u003c")], "u003c"):
		j += len("u003c")
		closing = "u003e"
	default:
		return 0
	}
	from := j
	for j < len(s) && j-from < 24 && (isLetter(s[j]) || s[j] == '-' || s[j] == ':') {
		j++
	}
	name := s[from:j]
	if colon := strings.IndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	if !inSet(valueTags, name) {
		return 0
	}
	n := strings.Index(s[j:min(len(s), j+80)], closing)
	if n < 0 {
		return 0
	}
	return j + n + len(closing) - i
}

// keyTags are elements whose text is the name of what the next element holds; in the others it is a label for people.
var keyTags = wordSetOf("key name param-name")

// afterElement handles the end of an element whose text, which ends at lt, is a sensitive name: <key>Password</key><string>x</string>,
// <td>Password</td><td>x</td>, <b>Password:</b> x. The tag ends at i.
func (sc *scanner) afterElement(lt, i int, tag string) {
	s := sc.text
	end := lt
	for end > 0 && (s[end-1] == ' ' || s[end-1] == ':') {
		end--
	}
	if end < 3 || !sc.keys.mayEnd(s, end) {
		return
	}
	lo := max(end-maxKey, sc.floor)
	gt := strings.LastIndexByte(s[lo:end], '>')
	if s[lt] == '\\' {
		if gt = strings.LastIndex(s[lo:end], "u003e"); gt >= 0 {
			gt += len("u003")
		}
	}
	if gt < 0 {
		return
	}
	info := sc.keys.classify(s[lo+gt+1 : end])
	if info.class == keyPlain || info.class == keyJWK || info.class == keyQuery {
		return
	}
	p := i
	for range 4 {
		for p < len(s) && (isSpace(s[p]) || s[p] == ':' || lineBreak(s, p) > 0) {
			p += max(lineBreak(s, p), 1)
		}
		if at(s, p) != '<' {
			break
		}
		if n := valueTag(s, p); n > 0 {
			p += n
			continue
		}
		if n := inlineTag(s, p); n > 0 {
			p += n
			continue
		}
		if n := strings.IndexByte(s[p:min(len(s), p+20)], '>'); n > 0 && s[p+1] == '/' {
			p += n + 1
			continue
		}
		break
	}
	how := settingProse
	if inSet(keyTags, tag) {
		how = settingField
	}
	if how == settingProse {
		sc.proseValue(p, info, false)
		return
	}
	sc.element(p, info, how)
}
