package redact

import "strings"

// hook handles the addresses of incoming web hooks, whose path is the credential. i is where a word of the host or the path begins: behind a
// slash that is escaped, that is not the first.
func (sc *scanner) hook(i int) {
	s := sc.text
	for _, host := range [...]string{"hooks.", "webhook."} {
		if strings.HasSuffix(s[sc.floor:i], host) {
			i -= len(host)
		}
	}
	for _, h := range webhooks {
		from := behindPath(s, i, h.after)
		if from < 0 {
			continue
		}
		to := from
		for to < len(s) {
			n := slashLen(s, to)
			if n == 0 && (urlDotted.has(s[to]) || s[to] == '@') {
				n = 1
			}
			if n == 0 {
				break
			}
			to += n
		}
		for to > from && (s[to-1] == '.' || s[to-1] == '/' || s[to-1] == '-') {
			to--
		}
		if path := s[from:to]; to-from >= h.min && randomPath(path) && !dummy(path) {
			sc.add(from, to, ruleWebhook)
			sc.advance(to)
		}
		return
	}
}

// randomPath reports a path that a vendor has made up: with digits, as nearly all are, in the form of Slack's, or with a last part that no
// language has.
func randomPath(path string) bool {
	return featuresOf(path).digit > 2 || slackPath(path) || credentialLike(path[strings.LastIndexByte(path, '/')+1:])
}

// behindPath returns where the address after, whose slashes may be escaped, ends when it begins at i, or -1.
func behindPath(s string, i int, after string) int {
	for j := range len(after) {
		n := boolInt(at(s, i) == after[j])
		if after[j] == '/' {
			n = slashLen(s, i)
		}
		if n == 0 {
			return -1
		}
		i += n
	}
	return i
}

// slashLen returns the length of the slash at i, which JSON and percent-encoding may escape, or 0.
func slashLen(s string, i int) int {
	rest := s[min(i, len(s)):]
	for _, form := range [...]string{"/", `\/`, `\\/`, "%2F", "%2f", "%252F", "%252f", `\u002f`, `\u002F`} {
		if strings.HasPrefix(rest, form) {
			return len(form)
		}
	}
	return 0
}

// slackPath reports T and the number of a team, B and that of an app, and 24 letters and digits: enough without a digit in it.
func slackPath(path string) bool {
	var parts [3]string
	n := 0
	for from, i := 0, 0; i <= len(path); {
		if size := slashLen(path, i); size > 0 || i == len(path) {
			if n == len(parts) {
				return false
			}
			parts[n] = path[from:i]
			n, i = n+1, i+max(size, 1)
			from = i
			continue
		}
		i++
	}
	team, app, token := parts[0], parts[1], parts[2]
	return len(team) >= 9 && team[0] == 'T' && upperNum.all(team) && len(app) >= 9 && app[0] == 'B' && upperNum.all(app) && len(token) >= 20 && alnum.all(token)
}

// webhooks lists what follows the word "hooks" or "webhook" in the addresses of incoming web hooks, and the length of the path from
// which it is taken for a credential. Sources: the vendors' documentation of incoming web hooks.
var webhooks = []struct {
	after string
	min   int
}{
	{"hooks.slack.com/services/", 20},
	{"hooks.slack.com/workflows/", 20},
	{"hooks.slack.com/triggers/", 20},
	{"hooks.zapier.com/hooks/catch/", 8},
	{"discord.com/api/webhooks/", 40},
	{"webhooks/", 40}, // Discord: discord.com/api/webhooks/<id>/<token>
	{"webhook.office.com/webhookb2/", 40},
	{"webhook/send?key=", 30}, // WeCom: cgi-bin/webhook/send?key=<uuid>
	{"webhook/", 70},          // Microsoft Teams: outlook.office.com/webhook/<uuid>@<uuid>/IncomingWebhook/<hex>/<uuid>
	{"hook/", 30},             // Feishu and Lark: open-apis/bot/v2/hook/<uuid>
}
