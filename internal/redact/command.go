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
	"xh":         {pair: "-a --auth"},
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
	if !ok || end >= len(s) || s[end] != ' ' && s[end] != '-' {
		return
	}
	if (string(name) == "docker" || string(name) == "podman") && !strings.HasPrefix(s[end:], " login ") {
		return
	}
	switch string(name) {
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
	limit := min(len(s), end+maxCommand)
	sc.noCommand = limit
	for p := end; p < limit; p++ {
		switch b := s[p]; {
		case b == '\n' && !(p > 0 && (s[p-1] == '\\' || s[p-1] == '^' || s[p-1] == '`')), b == '|' && at(s, p+1) != '|', b == ';', b == '&' && at(s, p+1) == '&':
			sc.noCommand = p
			return
		case b == '-' && (isSpace(s[p-1]) || s[p-1] == 'n' && p > 1 && s[p-2] == '\\'):
			if v := flagArgument(s, p, flags.pair); v > 0 {
				sc.pairArgument(v)
			} else if v := flagArgument(s, p, flags.password); v > 0 {
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
		case len(f) == 2 && (f != "-p" || !isLetter(c) || !strings.HasPrefix(s[q:], "ort") && !strings.HasPrefix(s[q:], "rotocol")) && c != '-':
			return q
		}
	}
	return 0
}

// pairArgument handles user:password as the argument of a flag.
func (sc *scanner) pairArgument(i int) {
	s := sc.text
	end := 0
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
	sep := strings.IndexAny(s[i:end], ":%")
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
