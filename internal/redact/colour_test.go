package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// escapeSpellings are the ways in which logs and source code write the escape character.
var escapeSpellings = []string{
	"\x1b", `\u001b`, `\u001B`, `\x1b`, `\x1B`, `\033`, `\e`, "^[", "%1B", "%1b", `\\u001b`, `\\\\u001b`, `\\x1b`, `\\033`, `\\e`, `\u{1b}`, `\x{1b}`, `\U0000001b`, "&#27;", "&#x1b;", "#033", "␛",
}

// colourTexts are texts with E in place of the escape character, and what becomes of them.
func colourTexts() []notation {
	pat := "gh" + "p_Ab3dE5fGh7Jk9Lm2Np4Qr6St8Uv1Wx3Yz5Bc"
	return []notation{
		{"E[32m" + pat + "E[0m", "E[32m§E[0m"},
		{"E[1;33m" + pat + "E[0m done", "E[1;33m§E[0m done"},
		{"E[38;5;208m" + pat + "E[39m", "E[38;5;208m§E[39m"},
		{"E[38;2;255;100;0m" + pat + "E[m", "E[38;2;255;100;0m§E[m"},
		{"INFOE[0m" + pat, "INFOE[0m§"},
		{"E[36mBearer q7Zt2LxPw9sVn4KcR1yTE[0m", "E[36mBearer §E[0m"},
		{"E[36mBearerE[0m E[32mq7Zt2LxPw9sVn4KcR1yTE[0m", "E[36mBearerE[0m E[32m§E[0m"},
		{"E[32m4111111111111111E[0m", "E[32m§E[0m"},
		{"E[32m4111 1111 1111 1111E[0m ok", "E[32m§E[0m ok"},
		{"E[1mDE89370400440532013000E[0m", "E[1m§E[0m"},
		{"E[33m412-48-3901E[0m", "E[33m§E[0m"},
		{"E[33m+1 415 555 0132E[0m", "E[33m§E[0m"},
		{"E[34mrosa.lindt@example.netE[0m", "E[34m§E[0m"},
		{"E[4mE[34mrosa.lindt@example.netE[0mE[24m", "E[4mE[34m§E[0mE[24m"},
		{"E[1mpasswordE[0m: E[32mhunter2xy!E[0m", "E[1mpasswordE[0m: E[32m§E[0m"},
		{"E[1mpasswordE[0mE[90m=E[0mE[32mhunter2xy!E[0m", "E[1mpasswordE[0mE[90m=E[0mE[32m§E[0m"},
		{"DB_E[31mPASSWORDE[0m=hunter2xy!", "DB_E[31mPASSWORDE[0m=§"},
		{"E[32mAPI_KEYE[0m=E[33mq7Zt2LxPw9sVn4KcR1yTE[0m E[32mMODEE[0m=E[33mfastE[0m", "E[32mAPI_KEYE[0m=E[33m§E[0m E[32mMODEE[0m=E[33mfastE[0m"},
		{"the password is E[1mhunter2xy!E[0m, ok", "the password is E[1m§E[0m, ok"},
		{"E[35mpostgresE[0m://app:E[31mTr0ub4dorE[0m@db.example/x", "E[35mpostgresE[0m://app:E[31mREDACTED:secret.url-passwordE[0m@db.example/x"},
		{"E[01;31mE[Kpassword=E[mE[Khunter2xy!", "E[01;31mE[Kpassword=E[mE[K§"},
		{"gh" + "p_E[01;31mE[KAb3dE5fGE[mE[Kh7Jk9Lm2Np4Qr6St8Uv1Wx3Yz5Bc", "§E[01;31mE[KE[mE[K"},
		{"E[2KE[1G" + pat, "E[2KE[1G§"},
		{"E[?25lE[10;20HE[32m" + pat + "E[?25h", "E[?25lE[10;20HE[32m§E[?25h"},
		{"E[32mhunter2E[0m is the password", "E[32m§E[0m is the password"},
		// What is coloured and no secret stays as it is, and so does what only looks like a sequence.
		{"E[32mPASSE[0m src/login.test.ts (5 tests)", ""},
		{"E[1mtokenE[0m: E[33mexpiredE[0m", ""},
		{"E[31merrorE[39m: invalid password", ""},
		{"E[90m12:00:01E[0m E[36mINFOE[0m password reset", ""},
	}
}

func TestAnEscapeSequenceIsNeitherLetterNorValue(t *testing.T) {
	r := newRedactor(t)
	for _, esc := range escapeSpellings {
		t.Run(esc, func(t *testing.T) {
			var cases []notation
			for _, c := range colourTexts() {
				cases = append(cases, notation{spell(c.in, esc), spell(c.want, esc)})
			}
			checkNotations(t, r, cases)
		})
	}
}

// spell writes the escape characters of a text.
func spell(text, esc string) string {
	return strings.NewReplacer("E[", esc+"[").Replace(text)
}

func TestOtherSequencesOfTerminals(t *testing.T) {
	pat := "gh" + "p_Ab3dE5fGh7Jk9Lm2Np4Qr6St8Uv1Wx3Yz5Bc"
	checkNotations(t, newRedactor(t), []notation{
		{"\x1b]8;;https://h.example/x\x07" + pat + "\x1b]8;;\x07", "\x1b]8;;https://h.example/x\x07§\x1b]8;;\x07"},
		{"\x1b]8;;https://h.example/x\x1b\\rosa@example.net\x1b]8;;\x1b\\", "\x1b]8;;https://h.example/x\x1b\\§\x1b]8;;\x1b\\"},
		{"\x1b]8;id=1;mailto:rosa@example.net\x07rosa@example.net\x1b]8;;\x07", "\x1b]8;id=1;mailto:§\x07§\x1b]8;;\x07"},
		{"\x1b]8;;https://h.example/?password=Tr0ub4dor\x07link\x1b]8;;\x07", "\x1b]8;;https://h.example/?password=§\x07link\x1b]8;;\x07"},
		{`\u001b]8;;https://h.example/x\u0007` + pat + `\u001b]8;;\u0007`, `\u001b]8;;https://h.example/x\u0007§\u001b]8;;\u0007`},
		{`\u001b]8;;https://h.example/x\u001b\\` + pat + `\u001b]8;;\u001b\\`, `\u001b]8;;https://h.example/x\u001b\\§\u001b]8;;\u001b\\`},
		{`\x1b]8;;https://h.example/x\x07` + pat + `\x1b]8;;\x07`, `\x1b]8;;https://h.example/x\x07§\x1b]8;;\x07`},
		{`\033]8;;https://h.example/x\033\\` + pat + `\033]8;;\033\\`, `\033]8;;https://h.example/x\033\\§\033]8;;\033\\`},
		{`\e]8;;https://h.example/x\a` + pat + `\e]8;;\a`, `\e]8;;https://h.example/x\a§\e]8;;\a`},
		{"\x1b]0;login\x07" + pat, "\x1b]0;login\x07§"},
		{"\x1b(B\x1b[m" + pat + "\x1b(B", "\x1b(B\x1b[m§\x1b(B"},
		{"\x1b(B" + pat, "\x1b(B§"},
		{"\x1b7" + pat + "\x1b8", "\x1b7§\x1b8"},
		{"\u009b32m" + pat + "\u009b0m", "\u009b32m§\u009b0m"},
		{`\u009b32m` + pat + `\u009b0m`, `\u009b32m§\u009b0m`},
		{`\x9b32m` + pat + `\x9b0m`, `\x9b32m§\x9b0m`},
		{"%1B%5B32m" + pat + "%1B%5B0m", "%1B%5B32m§%1B%5B0m"},
		{"\uFFFD[32m" + pat + "\uFFFD[0m", "\uFFFD[32m§\uFFFD[0m"},
		{"[32m" + pat + "[0m", "[32m§[0m"},
		{"\x1b[32m4111111111111111\x1b[0m\x1b[31m5500000000000004\x1b[0m", "\x1b[32m§\x1b[0m\x1b[31m§\x1b[0m"},
		{"\x1b[1;39m{\n  \x1b[0m\x1b[34;1m\"password\"\x1b[0m\x1b[1;39m:\x1b[0m\x1b[0;32m\"hunter2\"\x1b[0m\x1b[1;39m}\x1b[0m", "\x1b[1;39m{\n  \x1b[0m\x1b[34;1m\"password\"\x1b[0m\x1b[1;39m:\x1b[0m\x1b[0;32m\"§\"\x1b[0m\x1b[1;39m}\x1b[0m"},
		// Not sequences.
		{"rate(http_requests_total[5m]) > 3", ""},
		{`^[[:alnum:]_]+@[[:alnum:]]+$`, ""},
		{`grep '^[[0-9]' x`, ""},
		{"a[1]b[2m]", ""},
		{`C:\e[1]`, ""},
	})
}

// linkTexts are texts with ‹address› in place of the beginning of a link, and ‹› in place of its end.
var linkTexts = []string{
	"Bearer ‹https://a.example›«q7Zt2LxPw9sVn4KcR1yT»‹›",
	"Authorization: Bearer ‹https://a.example/x›«q7Zt2LxPw9sVn4KcR1yT»‹› ok",
	"‹https://a.example›Bearer‹› ‹https://b.example/x›«q7Zt2LxPw9sVn4KcR1yT»‹›",
	"password: ‹https://a.example›«hunter2xy!»‹›",
	"password=‹https://a.example›«hunter2xy!»‹›",
	"‹https://a.example/docs›password‹›: «hunter2xy!»",
	"‹https://a.example/docs›password‹›=‹https://b.example›«hunter2xy!»‹›, then more",
	"the password is ‹https://a.example›«hunter2xy!»‹›, ok",
	"API_KEY=‹file:///etc/app.env›«q7Zt2LxPw9sVn4KcR1yT»‹› MODE=fast",
	"my PIN: ‹tel:«5550132»›«493021»‹›",
	"password: ‹https://a.example/?token=«q7Zt2LxPw9sVn4KcR1yT»›«hunter2xy!»‹›",
	"see ‹https://a.example/?access_token=«q7Zt2LxPw9sVn4KcR1yT»›the page‹› now",
	"‹mailto:«rosa@example.net»›write to us‹›",
	"‹https://app:«Tr0ub4dor»@db.example/x›database‹›",
	"passw‹https://a.example›ord: «hunter2xy!»‹›",
	// No secrets.
	"password: ‹https://a.example/reset›required‹›",
	"Bearer ‹https://a.example›authentication‹› is supported",
	"token ‹https://a.example/t/493021›expired‹› yesterday",
	"‹https://a.example/password›docs‹›: see there",
	"‹https://a.example/docs›reset password‹› ‹https://b.example›sign-in‹›",
	"key ‹https://a.example›src/login.test.ts‹›",
}

func TestTheAddressOfALinkStandsApart(t *testing.T) {
	for name, c := range map[string]struct{ esc, end string }{
		"raw":              {"\x1b", "\x1b\\"},
		"bell":             {"\x1b", "\x07"},
		"JSON":             {`\u001b`, `\u001b\\`},
		"JSON bell":        {`\u001b`, `\u0007`},
		"JSON in JSON":     {`\\u001b`, `\\u001b\\\\`},
		"hexadecimal":      {`\x1b`, `\x1b\\`},
		"hexadecimal bell": {`\x1b`, `\x07`},
		"octal":            {`\033`, `\033\\`},
		"octal bell":       {`\033`, `\007`},
		"letters":          {`\e`, `\a`},
	} {
		t.Run(name, func(t *testing.T) {
			var texts []string
			for _, text := range linkTexts {
				texts = append(texts, strings.NewReplacer("‹", c.esc+"]8;;", "›", c.end).Replace(text))
			}
			redactsOnly(t, texts)
		})
	}
}

func TestTheAddressOfALinkWithinAValueGoesWithIt(t *testing.T) {
	in := "password=\"hun \x1b]8;;https://a.example/Tr0ub4dor\x07ter2xyz!\x1b]8;;\x07 abc\""
	out, _ := newRedactor(t).String("", in)
	assert.Equal(t, "password=\"[REDACTED:secret.password]\x1b]8;;\x07\x1b]8;;\x07\"", out)
}

func TestASequenceStaysInEveryStyle(t *testing.T) {
	in := "password=\x1b[32mhun\x1b[1mter2xyzabcd\x1b[0m"
	for name, c := range map[string]struct {
		style StyleOptions
		want  string
	}{
		"remove":  {StyleOptions{Type: StyleRemove}, "password=\x1b[32m\x1b[1m\x1b[0m"},
		"partial": {StyleOptions{Type: StylePartial}, "password=\x1b[32m****bcd\x1b[1m\x1b[0m"},
		"fixed":   {StyleOptions{Type: StyleFixed}, "password=\x1b[32m[REDACTED]\x1b[1m\x1b[0m"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := New(Options{Style: c.style})
			assert.NoError(t, err)
			out, _ := r.String("", in)
			assert.Equal(t, c.want, out)
		})
	}
}
