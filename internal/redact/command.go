package redact

import "strings"

// maxCommand bounds how far a command line is read for its credentials.
const maxCommand = 600

// commandFlags lists, by command, the short flags that take credentials: a user and a password joined by a colon or a percent sign, or a
// password. Long flags are found by their names. Source: the manual pages of the commands.
var commandFlags = map[string]struct{ pair, password string }{
	"vault":      {},
	"wandb":      {},
	"sqlplus":    {},
	"twine":      {password: "-p"},
	"curl":       {pair: "-u --user -U --proxy-user"},
	"http":       {pair: "-a --auth"},
	"https":      {pair: "-a --auth"},
	"smbclient":  {pair: "-U --user"},
	"mysql":      {password: "-p"},
	"mysqldump":  {password: "-p"},
	"mysqladmin": {password: "-p"},
	"mariadb":    {password: "-p"},
	"sshpass":    {password: "-p"},
	"redis":      {password: "-a"},
	"mongo":      {password: "-p"},
	"mongosh":    {password: "-p"},
	"mongodump":  {password: "-p"},
	"sqlcmd":     {password: "-P"},
	"ldapsearch": {password: "-w"},
	"snowsql":    {password: "-p"},
	"bcp":        {password: "-P"},
	"unzip":      {password: "-P"},
	"zip":        {password: "-P"},
	"keytool":    {password: "-storepass -keypass -srcstorepass -deststorepass"},
	"lftp":       {pair: "-u"},
	"keygen":     {password: "-N -P"},
	"openssl":    {password: "-k"},
	"htpasswd":   {},
	"net":        {},
	"docker":     {password: "-p"},
	"podman":     {password: "-p"},
}

// command handles the credentials in the line of a command whose name is s[i:end].
func (sc *scanner) command(i, end int) {
	s := sc.text
	var buf [16]byte
	name := buf[:0]
	for _, b := range []byte(s[i:end]) {
		name = append(name, lower(b))
	}
	flags, ok := commandFlags[string(name)]
	if !ok || end >= len(s) || s[end] != ' ' && s[end] != '-' || i > 0 && (isAlnum(s[i-1]) || s[i-1] == '.') {
		return
	}
	if (string(name) == "docker" || string(name) == "podman") && !strings.HasPrefix(s[end:], " login ") {
		return
	}
	switch string(name) {
	case "net":
		if strings.HasPrefix(s[end:], " user ") {
			sc.positional(end+len(" user "), 2)
		}
		return
	case "htpasswd":
		if rest := s[end:min(len(s), end+8)]; strings.HasPrefix(rest, " -") && strings.IndexByte(strings.TrimSuffix(rest, " "), 'b') > 0 {
			sc.positional(end+1, 4)
		}
		return
	case "vault", "wandb":
		if strings.HasPrefix(s[end:], " login ") {
			sc.flagValue(end+len(" login "), keyInfo{keyToken, ruleToken})
		}
		return
	case "sqlplus":
		if to := strings.IndexAny(s[end+1:min(len(s), end+200)], " \n\"'"); to > 0 {
			sc.connection(end+1, end+1+to, keyInfo{keyConnection, ruleURLPassword})
		} else if to < 0 {
			sc.connection(end+1, min(len(s), end+200), keyInfo{keyConnection, ruleURLPassword})
		}
		return
	}
	if i < sc.noCommand {
		return
	}
	sc.flags(end, flags.pair, flags.password)
}

// positional handles word number n of those at i, when it looks like a password.
func (sc *scanner) positional(i, n int) {
	s := sc.text
	for ; n > 1; n-- {
		for i < len(s) && s[i] > ' ' {
			i++
		}
		if at(s, i) != ' ' || i >= len(s) {
			return
		}
		i++
	}
	end := bareEnd(s, i)
	if v := s[i:end]; len(v) >= 5 && s[i] != '/' && s[i] != '-' {
		sc.judgeBare(i, end, keyInfo{keyPassword, rulePassword}, settingProse, 0)
	}
}

// loginFlags handles the flags after the word "login", which ends at end, of commands such as az login and oc login.
func (sc *scanner) loginFlags(i, end int) bool {
	s := sc.text
	if !strings.HasPrefix(s[end:], " -") || end < sc.noCommand || i < 3 || s[i-1] != ' ' || !isLetter(s[i-2]) {
		return false
	}
	sc.flags(end, "", "-p --password")
	return true
}

// flags handles the arguments of the flags given, in the command line from end.
func (sc *scanner) flags(end int, pair, password string) {
	s := sc.text
	limit := min(len(s), end+maxCommand)
	sc.noCommand = limit
	for p := end; p < limit; p++ {
		switch b := s[p]; {
		case b == '\n' && (p == 0 || s[p-1] != '\\' && s[p-1] != '^' && s[p-1] != '`'), b == '|' && at(s, p+1) != '|', b == ';', b == '&' && at(s, p+1) == '&':
			sc.noCommand = p
			return
		case b == '-' && (isSpace(s[p-1]) || s[p-1] == 'n' && p > 1 && s[p-2] == '\\'):
			if v := flagArgument(s, p, pair); v > 0 {
				sc.pairArgument(v)
			} else if v := flagArgument(s, p, password); v > 0 {
				sc.flagValue(v, keyInfo{keyPassword, rulePassword})
			}
		}
	}
}

// variable reports a text with the notation of a variable: $1, $USER, ${x}, $(x), {{ x }}.
func variable(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '$' && (i == 0 || s[i-1] == ':' || s[i-1] == '"') && (isLetter(s[i+1]) || isDigit(s[i+1]) || s[i+1] == '{' || s[i+1] == '(' || s[i+1] == '_') || s[i] == '{' && s[i+1] == '{' {
			return true
		}
	}
	return false
}

// piped handles a password that a command reads from its input: echo 'x' | sudo -S, echo "bob:x" | chpasswd.
func (sc *scanner) piped(i int) {
	s := sc.text
	for strings.HasPrefix(s[i:], " -") { // flags of echo
		n := strings.IndexByte(s[i+1:min(len(s), i+6)], ' ')
		if n < 0 {
			return
		}
		i += n + 1
	}
	if at(s, i) != ' ' || i >= len(s) {
		return
	}
	open, end, slashes := quotedArgument(s, i)
	next := end + slashes + 1
	if open == 0 {
		open, end = i+1, bareEnd(s, i+1)
		next = end
	}
	rest := s[min(next, len(s)):min(len(s), next+80)]
	rest, ok := strings.CutPrefix(rest, " | ")
	if !ok || end <= open || hasSpace(s[open:end]) || s[open] == '$' {
		return
	}
	switch {
	case strings.HasPrefix(rest, "sudo chpasswd"), strings.HasPrefix(rest, "chpasswd"):
		if colon := strings.IndexByte(s[open:end], ':'); colon > 0 {
			sc.judgeBare(open+colon+1, end, keyInfo{keyPassword, rulePassword}, settingProse, 0)
		}
	case strings.HasPrefix(rest, "sudo -S"), strings.Contains(rest, "-stdin"), strings.HasPrefix(rest, "passwd"), strings.Contains(rest, "--with-token"), strings.HasPrefix(rest, "kinit"):
		sc.judgeBare(open, end, keyInfo{keyPassword, rulePassword}, settingProse, 0)
	}
}

// protocolLogin handles what text protocols send: AUTH x (Redis), LOGIN user x (IMAP), ACL SETUSER user >x (Redis). The word, in
// capitals at the beginning of a line or of a command, is s[i:end].
func (sc *scanner) protocolLogin(i, end int) bool {
	s := sc.text
	if !isUpper(s[i]) || !isUpper(s[i+1]) || at(s, end) != ' ' || end >= len(s) {
		return false
	}
	if s[i] == 'S' { // SETUSER
		if n := strings.Index(s[end:min(len(s), end+200)], " >"); n > 0 {
			sc.judgeBare(end+n+2, bareEnd(s, end+n+2), keyInfo{keyPassword, rulePassword}, settingProse, 0)
		}
		return true
	}
	if i > 0 && s[i-1] != '\n' && s[i-1] != ' ' && s[i-1] != '"' && s[i-1] != '>' {
		return false
	}
	to, _ := lineEnd(s, end)
	from := end + 1
	line := strings.TrimRight(s[from:to], " ;\"'")
	words := strings.Count(line, " ") + 1
	if line == "" || words > 2 {
		return false
	}
	if words == 2 {
		from += strings.IndexByte(line, ' ') + 1
	} else if s[i] == 'L' {
		return false
	}
	stop := end + 1 + len(line)
	for from < stop && (s[from] == '"' || s[from] == '\\') {
		from++
	}
	v := s[from:stop]
	f := featuresOf(v)
	user := ""
	if words == 2 {
		user = line[:strings.IndexByte(line, ' ')]
	}
	if len(v) >= 3 && strings.IndexByte(v, '"') < 0 && doubtless(s, i, user, v) {
		return sc.certain(from, stop, rulePassword)
	}
	if len(v) < 6 || f.digit == 0 || f.lower+f.upper == 0 || strings.IndexByte(v, '"') >= 0 {
		return false
	}
	sc.judgeBare(from, stop, keyInfo{keyPassword, rulePassword}, settingProse, 0)
	return true
}

// flagArgument returns where the argument of the flag at s[p:] begins when it is one of flags, or 0. A short flag may be joined to it.
func flagArgument(s string, p int, flags string) int {
	for f := range strings.FieldsSeq(flags) {
		if !strings.HasPrefix(s[p:], f) {
			continue
		}
		q := p + len(f)
		c := at(s, q)
		switch {
		case q >= len(s):
		case c == ' ' || c == '=':
			q++
			for at(s, q) == ' ' && q < len(s) {
				q++
			}
			if q < len(s) && s[q] != '-' {
				return q
			}
		case len(f) == 2 && f != "-k" && f != "-N" && (f != "-p" || !isLetter(c) || !strings.HasPrefix(s[q:], "ort") && !strings.HasPrefix(s[q:], "rotocol")) && c != '-':
			return q
		}
	}
	return 0
}

// pairArgument handles user:password as the argument of a flag.
func (sc *scanner) pairArgument(i int) {
	s := sc.text
	var end int
	slashes := 0
	for at(s, i+slashes) == '\\' && i+slashes < len(s) {
		slashes++
	}
	if q := at(s, i+slashes); q == '"' || q == '\'' {
		end = closingQuote(s, i+slashes, slashes)
		i += slashes + 1
	} else {
		end = i
		for end < len(s) && !isSpace(s[end]) && s[end] != '"' && s[end] != '\\' && s[end] != '`' {
			end++
		}
	}
	if end <= i {
		return
	}
	sep := strings.IndexAny(s[i:end], ":%,")
	if sep < 0 || s[i] == '<' || variable(s[i:end]) {
		return
	}
	from := i + sep + 1
	for from < end && (s[from] == '\'' || s[from] == '{') {
		from++
	}
	for end > from && (s[end-1] == '\'' || s[end-1] == '}') {
		end--
	}
	pass := s[from:end]
	if len(pass) < 2 || placeholder(pass) {
		if user := s[i : i+sep]; len(user) >= 8 && passwordLike(user) {
			sc.add(i, i+sep, rulePassword) // a key in the place of the user, as with Stripe
		}
		return
	}
	sc.add(from, end, rulePassword)
}
