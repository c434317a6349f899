package redact

import "strings"

// hook handles the addresses of incoming web hooks, whose path is the credential.
func (sc *scanner) hook(i int) {
	s := sc.text
	rest := s[i:min(len(s), i+300)]
	for _, h := range webhooks {
		if strings.HasPrefix(rest, h.after) {
			from := i + len(h.after)
			to := from
			for to < len(s) && (urlDotted.has(s[to]) || s[to] == '/' || s[to] == '@' || s[to] == '\\' && at(s, to+1) == '/') {
				if s[to] == '\\' {
					to++
				}
				to++
			}
			for to > from && (s[to-1] == '.' || s[to-1] == '/' || s[to-1] == '-') {
				to--
			}
			if to-from >= h.min && randomPath(s[from:to]) && !dummy(s[from:to]) {
				sc.add(from, to, ruleWebhook)
				sc.advance(to)
			}
			return
		}
	}
}

// randomPath reports a path that a vendor has made up: with digits, as nearly all are, or with a last part that no language has.
// Three ids of Slack have fewer than three digits together once in forty times.
func randomPath(path string) bool {
	return featuresOf(path).digit > 2 || credentialLike(path[strings.LastIndexByte(path, '/')+1:])
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
	{"hooks.slack.com\\/services\\/", 20},
	{"hooks.zapier.com/hooks/catch/", 8},
	{"webhooks/", 40}, // Discord: discord.com/api/webhooks/<id>/<token>
	{"webhook.office.com/webhookb2/", 40},
	{"webhook/send?key=", 30}, // WeCom: cgi-bin/webhook/send?key=<uuid>
	{"webhook/", 70},          // Microsoft Teams: outlook.office.com/webhook/<uuid>@<uuid>/IncomingWebhook/<hex>/<uuid>
	{"hook/", 30},             // Feishu and Lark: open-apis/bot/v2/hook/<uuid>
}
