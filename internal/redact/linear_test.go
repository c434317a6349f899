package redact

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// hostile are pieces of text that make matchers begin again and again.
var hostile = map[string]string{
	"letters":               "a",
	"equals signs":          "=",
	"digits":                "1234567 ",
	"digit groups":          "1-",
	"quotes and escapes":    `"\\\"`,
	"token beginnings":      "eyJhbGciOi",
	"dots of tokens":        "eyJhbGciOiJIUz.",
	"dashes":                "-----BEGIN PRIVATE KEY",
	"key blocks":            "-----BEGIN PRIVATE KEY-----\n",
	"keys without values":   "password=",
	"keys with calls":       "token=f(",
	"quoted keys":           `"password":"`,
	"escaped quoted keys":   `\"password\":\"`,
	"containers":            `"credentials":{`,
	"lists":                 `"cookie":[`,
	"schemas":               `"password":{"type":"object","properties":{`,
	"sentences":             `"password":"the is a `,
	"addresses":             "a@",
	"long addresses":        "aaaaaaaaaa.aaaaaaaaaa@aaaaaaaa.",
	"schemes":               "a://b:c",
	"authorities":           "postgres://u:p/",
	"tags":                  "<password>",
	"angle brackets":        "<",
	"closing brackets":      ">",
	"percents":              "%40",
	"percent keys":          "password%3D",
	"prose":                 "the password for ",
	"bearers":               "Bearer ",
	"commands":              "curl -u ",
	"flags":                 "--password ",
	"pairs":                 `"name":"password","value":`,
	"values":                `"value":`,
	"web keys":              `"d":"kty`,
	"prefixes":              "sk-proj-",
	"AWS ids":               "AKIAIOSFODNN7EXAMPL2 ",
	"payloads":              "data:image/png;base64,",
	"base64":                "QUJDREVGR0g",
	"account numbers":       "DE89 ",
	"full-width colons":     "密码：",
	"continuation bytes":    "\x80\x81",
	"cookies":               "Cookie: a=b; ",
	"authorization headers": "Authorization: Digest ",
	"labels":                "[REDACTED:secret.password]",
	"open labels":           "[REDACTED:",
	"mnemonics":             "seed phrase: word ",
	"hashes":                "[a:0123456789abcdef",
	"tildes":                "abc8Q~",
	"documents":             "<<<<>>>>====::::",
	"open containers":       `{"password":{`,
	"labels without values": "password:\n",
	"calls":                 "setPassword(",
	"logins":                `login("a", "b", `,
	"headers of tables":     "| user | password |\n",
	"headers of CSV":        "user,password,x\nfoo,bar",
	"statements":            "insert into t (a, password) values ('x', ",
	"tag names":             `<a name="password" `,
	"ends of elements":      "<td>password</td>",
	"pairs in objects":      `{"a":"b","text":"`,
	"colours":               "password\x1b[0m",
	"brackets":              "user[password]",
	"encoded brackets":      "password%5D",
	"prose values":          "x1y2z3 is the password ",
	"link words":            "password is was has been set to ",
	"driver addresses":      "a:b@tcp(",
	"marks":                 "JQQJ9-us1FFFFNRAL",
	"manifests":             "kind: Secret\ndata:\n",
	"encoded addresses":     "a%3A%2F%2Fb%3Ac",
	"escaped keys":          `"pass\u0077or`,
	"backslashes":           `"password\\\\`,
	"echoes":                "echo x | sudo -S ",
	"links":                 "https://h/reset/",
	"CJK keys":              "密码是",
	"snapshots":             "- textbox \"Password\" [ref=e2]: x\n",
	"open snapshots":        `- textbox "Password" [a] `,
	"nodes of trees":        `"name":{"value":"Password"},"value":{"value":`,
	"fields without names":  "textbox [a] ",
	"sequences":             "\x1b[1m",
	"coloured keys":         "pass\x1b[1mword=x",
	"escape characters":     "\x1b",
	"links of terminals":    `\u001b]8;;`,
	"open links":            "\x1b]0;a\\\\\\\\",
	"orphans":               "[1",
	"label tails":           "password=[REDACTED:secret.password]x",
	"CJK addresses":         "邮a@例",
	"quoted schemes":        `Bearer "`,
	"scheme parameters":     `Authorization: OAuth a="`,
	"lists of parameters":   `Authorization: Hawk mac="aaaaaaaa", `,
	"quotes in values":      `password=a"a`,
	"backslashes in values": `password=a\\3`,
	"escaped quotes inside": `password=a\"b`,
	"ampersands in values":  "password=a&b",
	"encoded ampersands":    `password=a\u0026b`,
	"mixed domains":         "a@b.é例c.",
	"announcements":         "cpf ",
	"announced documents":   "driver's license AB-",
	"announced codes":       "code de vérification 12 ",
	"announced cards":       "card 4111 ",
	"phones in close words": "office 12-34-56 ",
	"extensions":            "415-555-0132 ext",
	"words after phones":    "12-34-56-78-Office",
	"foreign announcements": "код подтверждения 12",
	"numbers in scripts":    "号1234",
	"hexadecimal rows":      "0011 ",
	"code points":           "0031 2044 ",
	"words between":         "password of the ",
	"languages":             "wachtwoord van de ",
	"scripts between":       "пароль от ",
	"values below":          "api_key =\n  '",
	"abbreviations":         "DL ",
	"own codes":             "your code is ",
}

// cpuOf returns the least CPU time of the thread, in nanoseconds, that a scan of the text takes in a few tries.
func cpuOf(r *Redactor, text string) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := r.Session()
	defer s.Close()
	k := s.Key("", "")
	best := math.Inf(1)
	for range 4 {
		start := threadTime()
		s.String(k, text)
		best = min(best, float64((threadTime() - start).Nanoseconds()))
	}
	return best
}

// TestTimeIsLinearInTheLength doubles the length of hostile texts: the time must double, too. It takes the CPU time of the thread,
// which other programs on the machine hardly disturb, and tries again before it fails.
func TestTimeIsLinearInTheLength(t *testing.T) {
	if threadTime() == 0 {
		t.Skip("no clock for the time of a thread on this system")
	}
	r := newRedactor(t)
	const size = 256 << 10
	ordinary := cpuOf(r, redacttest.Corpus(size, 3)[:size])
	for name, piece := range hostile {
		t.Run(name, func(t *testing.T) {
			text := strings.Repeat(piece, 2*size/len(piece)+1)[:2*size]
			ratio := math.Inf(1)
			var once float64
			for try := 0; try < 8 && ratio > 2.3; try++ {
				once = cpuOf(r, text[:size])
				ratio = min(ratio, cpuOf(r, text)/once)
			}
			t.Logf("%.1f times ordinary text; %.2f times for double the length", once/ordinary, ratio)
			assert.LessOrEqual(t, ratio, 2.3)
		})
	}
}
