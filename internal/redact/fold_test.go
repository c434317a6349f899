package redact

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFoldUndoesEncodings(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                "plain",
		`a\nb`:                                 "a\nb",
		`a\\\"b`:                               `a"b`,
		`\u00e4\u00FC`:                         "äü",
		`\ud83d\ude00!`:                        "😀!",
		`\ud83d!`:                              "\uFFFD!",
		`\\ud83d\\ude00!`:                      "😀!",
		`a\u004`:                               "au004",
		`C:\data`:                              "C:data",
		`end\`:                                 "end",
		"%41%4a%4Az%":                          "AJJz%",
		"%2541 %252541":                        "A A",
		"100%25 of 5%":                         "100% of 5%",
		"a+b%2Bc":                              "a b c",
		"a&amp;b&lt;&#39;&#x27;&x":             "a&b<''&x",
		"%7B%22a%22%3A%22x%5C%22y%22":          `{"a":"x"y"`,
		"\x1b[1;32mx\x1b[0m":                   "\x1bx\x1b",
		`\u001b[32mx\x1b[0m\033[0m\e[0m%1B[0m`: "\x1bx\x1b\x1b\x1b\x1b",
		"\x1bx":                                "\x1bx",
		"^[[32mx, [ERROR] a[0]":                "\x1bx, [ERROR] a[0]",
	} {
		var f folder
		assert.Equal(t, want, f.fold(in), in)
	}
}

// TestFoldedPlacesAreThoseOfTheText looks for a letter in a folded text and for its escape sequence in the text.
func TestFoldedPlacesAreThoseOfTheText(t *testing.T) {
	for in, want := range map[string]string{
		`ab\u0058cd`: `\u0058`, `a\\\u0058`: `\\\u0058`, `%41%58%42`: `%58`, `\"X\"`: `X`, `a\d\X\e`: `X`, `aaX`: `X`, `X`: `X`, `%5C%22X%22`: `X`, `&amp;X&lt;`: `X`, "\x1b[0mX\x1b[0m": "X", `%5Cu0058`: `%5Cu0058`, `\\X\\`: `X`,
	} {
		var f folder
		i := strings.IndexByte(f.fold(in), 'X')
		assert.Equal(t, want, in[f.raw(i):f.rawEnd(i+1)], in)
	}
}

// FuzzFold checks that places in a folded text are places in the text, in order, and that a value folds as its encodings do.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "plain", `a\nb\"c\\\u00e4`, "%41%2541+b&amp;", "\x1b[32mx", `\ud83d\ude00`, `\\\\"`, "%5C%5C%22", "&lt", "%", `\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var fold folder
		folded := strings.Clone(fold.fold(in))
		last := 0
		for i := range len(folded) + 1 {
			at := fold.raw(i)
			if at < last || at > len(in) {
				t.Fatalf("byte %d of %q comes from %d, after %d", i, folded, at, last)
			}
			last = at
			if i > 0 && (fold.rawEnd(i) < 0 || fold.rawEnd(i) > len(in)) {
				t.Fatalf("byte %d of %q ends at %d", i, folded, fold.rawEnd(i))
			}
		}
		if strings.ContainsAny(in, "%&+\x1b\\^[#\ufffd\u009b\u241b") || strings.ToValidUTF8(in, "") != in {
			return // encodings of encodings
		}
		quoted, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := fold.fold(string(quoted)); got != `"`+folded+`"` {
			t.Fatalf("%q in JSON folds to %q", folded, got)
		}
		if got := fold.fold(url.QueryEscape(in)); got != folded {
			t.Fatalf("%q in a URL folds to %q", folded, got)
		}
	})
}
