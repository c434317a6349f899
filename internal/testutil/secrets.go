package testutil

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
)

// Secrets are the values of the placeholders in the captures, by name.
type Secrets map[string]string

const (
	digits    = "0123456789"
	upper     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower     = "abcdefghijklmnopqrstuvwxyz"
	alphanum  = digits + upper + lower
	urlSafe   = alphanum + "-_"
	awsIDs    = upper + "234567"
	awsBase64 = alphanum + "/+"
)

// NewSecrets makes up one value for each of the twelve placeholders, of the
// form that the real thing has, none of them in use anywhere. They are put
// together at run time so that no scanner flags this file.
func NewSecrets(seed uint64) Secrets {
	r := rand.New(rand.NewPCG(seed, 0x0fface))
	pick := func(alphabet string, n int) string {
		out := make([]byte, n)
		for i := range out {
			out[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(out)
	}
	word := func() string { return strings.ToUpper(pick(lower, 1)) + pick(lower, 5) }
	password := word() + pick("!#$%", 1) + pick(digits, 3) + word()
	segment := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	person := pick(lower, 6)
	return Secrets{
		"openaiKey":    "sk-" + "proj-" + pick(urlSafe, 74) + "T3" + "BlbkFJ" + pick(urlSafe, 74),
		"githubToken":  "gh" + "p_" + pick(alphanum, 36),
		"awsKeyId":     "AK" + "IA" + pick(awsIDs, 16),
		"awsSecret":    pick(awsBase64, 40),
		"password":     password,
		"dbUrl":        "postgres" + "://app:" + pick(alphanum, 16) + "@db." + pick(lower, 7) + ".internal:5432/tickets",
		"jwt":          segment(`{"alg":"HS256","typ":"JWT"}`) + "." + segment(`{"sub":"`+person+`","exp":1893456000}`) + "." + pick(urlSafe, 43),
		"email":        person + "." + pick(lower, 7) + "@" + pick(lower, 8) + ".com",
		"phone":        fmt.Sprintf("+1 415 555 %04d", r.IntN(10000)),
		"ssn":          fmt.Sprintf("%03d-%02d-%04d", 100+r.IntN(500), 1+r.IntN(98), 1+r.IntN(9998)),
		"card":         card("4" + pick(digits, 14)),
		"slackWebhook": "https://hooks." + "slack.com/services/T" + pick(awsIDs, 8) + "/B" + pick(awsIDs, 8) + "/" + pick(alphanum, 24),
	}
}

// card completes 15 digits with their check digit (Luhn).
func card(first15 string) string {
	sum := 0
	for i, c := range first15 {
		d := int(c - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return first15 + string(rune('0'+(10-sum%10)%10))
}

// Needles returns what must be found nowhere after redaction: each secret
// whole, and of those with an inner secret part also that part alone (the
// password in a database URL, the path of a web-hook URL, the signature of a
// JWT).
func (s Secrets) Needles() map[string]string {
	needles := make(map[string]string, len(s)+3)
	maps.Copy(needles, s)
	if _, rest, ok := strings.Cut(s["dbUrl"], "://app:"); ok {
		needles["dbUrl password"], _, _ = strings.Cut(rest, "@")
	}
	if _, path, ok := strings.Cut(s["slackWebhook"], "/services/"); ok {
		needles["slackWebhook path"] = path[strings.LastIndex(path, "/")+1:]
	}
	if i := strings.LastIndex(s["jwt"], "."); i > 0 {
		needles["jwt signature"] = s["jwt"][i+1:]
	}
	return needles
}
