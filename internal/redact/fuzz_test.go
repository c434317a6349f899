package redact

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// seeds gives the fuzzer texts of every notation to start from.
func seeds(f *testing.F) {
	f.Helper()
	for _, s := range []string{
		"", "a", `{"password":"x y"}`, `{\"token\":\"abc\"}`, `password=hunter2&x=1`, "-----BEGIN PRIVATE KEY-----\nMIIE\n", "Bearer abcdefgh12345678", "https://u:p@h/x", "a@b.co", "+1 415 555 0132", "4111 1111 1111 1111",
		`{"a":{"credentials":{"b":[1,2,{"c":"d"}]}}}`, `[4111111111111111]`, `"\\\"password\\\":\\\"x\\\""`, "密码：hunter2。", "data:image/png;base64,AAAA", "[REDACTED:secret.password]", `Cookie: a=b; c=d`, "password: |\n  x\n", `<password>x</password>`, "DE89370400440532013000", "password is \x00\xff",
		"\x1b[1mpassword\x1b[0m=\x1b[32mhun\x1b[1mter2\x1b[0m", `\u001b]8;;https://h/\u0007a@b.co\u001b]8;;\u0007`, "password=[REDACTED:secret.password]x7y8z9", `Authorization: Bearer "abcdefgh12345678"`, "password=a&b\"c\\4{d9", "邮a@b.co发",
		`Authorization:B00000 "00000100`, "0://:/@@", "password\ufffd=hunter2Xy9", "{\"pin\u00a0\":493021}", "a\u200bpass\u200bword\u00a0: x1y2z3w4\u3000b", "https://hooks.slack.com%2Fservices%2F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",
	} {
		f.Add(s)
	}
	if raw, err := os.ReadFile("../testutil/fixtures/captured-otlp-logs.json"); err == nil {
		f.Add(redacttest.Fill(string(raw), redacttest.Planted(0)))
	}
	f.Add(redacttest.Corpus(2000, 1))
}

// FuzzString checks what must hold for any text: no panic, a second pass changes nothing, what lies outside of the findings is
// unchanged, and a JSON text stays one.
func FuzzString(f *testing.F) {
	seeds(f)
	r := newRedactor(f)
	f.Fuzz(func(t *testing.T, in string) {
		out, found := r.String("", in)
		if strings.Contains(out, "[REDACTED:redact.error]") && !strings.Contains(in, "redact.error") && len(found) == 1 && found[0].End == 0 {
			t.Fatal("a panic")
		}
		if utf8.ValidString(in) && !utf8.ValidString(out) {
			t.Fatalf("valid text became %q", out)
		}
		pos, rest := 0, out
		for _, v := range found {
			if v.Start < pos || v.End > len(in) || v.End <= v.Start {
				t.Fatalf("finding %v of %d bytes, after %d", v, len(in), pos)
			}
			piece := in[pos:v.Start]
			if !strings.HasPrefix(rest, piece) {
				t.Fatalf("text before %v has changed: %q", v, out)
			}
			n := labelLen(rest[len(piece):], "[REDACTED:"+v.Rule+"]")
			if n == 0 {
				t.Fatalf("no label for %v in %q", v, rest)
			}
			rest = rest[len(piece)+n:]
			_, sequences := uncolour(in[v.Start:v.End])
			if !strings.HasPrefix(rest, sequences) {
				t.Fatalf("sequences within %v are gone: %q", v, out)
			}
			rest = rest[len(sequences):]
			pos = v.End
		}
		if rest != in[pos:] {
			t.Fatalf("the end has changed: %q, was %q", rest, in[pos:])
		}
		if again, more := r.String("", out); again != out {
			t.Fatalf("second pass: %v\n%q\n%q\n%q", more, in, out, again)
		}
		// A number alone is JSON too; its label has no quotes.
		if strings.ContainsAny(in, `{["`) && json.Valid([]byte(in)) && !json.Valid([]byte(out)) {
			t.Fatalf("no JSON: %q", out)
		}
	})
}

// labelLen returns the length of the label at the start of s: bare, without brackets in a URL, or in the quotes that it needs in place of a
// number. It returns 0 when there is none.
func labelLen(s, label string) int {
	for n := 40; n >= 0; n-- {
		q := strings.Repeat(`\`, n) + `"`
		if strings.HasPrefix(s, q+label+q) && n > 0 {
			return 2*len(q) + len(label)
		}
	}
	for _, form := range []string{label, strings.Trim(label, "[]")} {
		if strings.HasPrefix(s, form) {
			return len(form)
		}
	}
	if strings.HasPrefix(s, `"`+label+`"`) {
		return len(label) + 2
	}
	return 0
}

// FuzzPlanted puts a secret into a text at a place where a word may begin, and looks for it in the result.
func FuzzPlanted(f *testing.F) {
	for i := range uint64(8) {
		f.Add("some text ", " more text", i)
		f.Add(`{"a":"`, `"}`, i)
		f.Add("x\n", "\n", i)
	}
	r := newRedactor(f)
	f.Fuzz(func(t *testing.T, before, after string, seed uint64) {
		token := redacttest.Sample("ghp_[0-9A-Za-z]{36}", seed%1000)
		if n := len(before); n > 0 && (runSet.has(before[n-1]) || before[n-1] == '%') || len(before) > 2 && strings.Contains(before[max(0, len(before)-7):], `\`) {
			t.Skip("no word begins here")
		}
		if after != "" && (isAlnum(after[0]) || after[0] == '_' || after[0] == '-') {
			t.Skip("the word goes on")
		}
		out, _ := r.String("", before+token+after)
		if strings.Contains(out, token) {
			t.Fatalf("%q", out)
		}
	})
}
