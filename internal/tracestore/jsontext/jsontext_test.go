package jsontext

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestValid(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, ` {"a" : [1, -2.5e+3, "x\u00e9\n", true, false, null] } `, `"s"`, `0`, `-0`, `0.5`, `1E9`, `"\ud800"`, `{"a":1,"a":2}`, `[[[]]]`,
	} {
		assert.True(t, Valid(text, 4), text)
	}
	for _, text := range []string{
		``, ` `, `{`, `}`, `[1,]`, `{"a":}`, `{"a" 1}`, `{a:1}`, `'a'`, `"a`, "\"\x01\"", `"\x"`, `"\u12g4"`, `01`, `1.`, `.5`, `+1`, `1e`, `-`, `tru`,
		`nul`, `NaN`, `1 2`, `[1] x`, "\"\xff\"", `[[[[[]]]]]`, `{"a":{"b":{"c":{"d":{}}}}}`, "\u00a01", `/*c*/1`,
	} {
		assert.False(t, Valid(text, 4), text)
	}
}

func FuzzValidAgreesWithTheStandardLibrary(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,"x\u00e9",true,null]}`, `[`, `"\ud834"`, `-0.0`, "\"\xff\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// The library takes invalid UTF-8 in strings, we do not.
		want := json.Valid([]byte(text)) && strings.ToValidUTF8(text, "") == text
		if got := Valid(text, 1<<30); got != want {
			t.Errorf("Valid(%q) = %v", text, got)
		}
	})
}

func FuzzAppendStringMakesOneValidString(f *testing.F) {
	f.Add("a\"b\\\n\x00\xffü")
	f.Fuzz(func(t *testing.T, text string) {
		raw := AppendString(nil, text)
		var back string
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if want := strings.ToValidUTF8(text, "\uFFFD"); len(strings.ToValidUTF8(text, "")) == len(text) && back != want {
			t.Errorf("%q came back as %q", text, back)
		}
	})
}
