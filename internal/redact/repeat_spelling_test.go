package redact

import (
	"encoding/json"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inJSON is text as a JSON text, escaped as often as levels says.
func inJSON(t *testing.T, levels int, text string) string {
	t.Helper()
	for range levels {
		raw, err := json.Marshal(text)
		require.NoError(t, err)
		text = string(raw)
	}
	return text
}

// assertRepeated passes text through the batch that tells the value and through a later one: the value goes, JSON stays JSON, and a second
// pass changes nothing.
func assertRepeated(t *testing.T, value, text, want string) {
	t.Helper()
	r := newRedactor(t)
	out, _, repeated := batchOf(t, r, 1, `{"password":`+inJSON(t, 1, value)+`}`, text)
	assert.Equal(t, want, out[1])
	assert.Positive(t, repeated)
	assert.Equal(t, json.Valid([]byte(text)), json.Valid([]byte(out[1])), out[1])
	later, _, _ := batchOf(t, r, 1, text)
	assert.Equal(t, want, later[0], "in a later batch")
	again, _, _ := batchOf(t, r, 1, want)
	assert.Equal(t, want, again[0], "a second pass")
}

func TestAKnownValueIsFoundBesideBackslashes(t *testing.T) {
	const label = "[REDACTED:secret.password]"
	for _, value := range []string{"hunter2xy", "z00-bar-77x", "u2-Zoo-Station", "_under77xy_", "ß-haus-1234"} {
		t.Run(value, func(t *testing.T) {
			assertRepeated(t, value, `CORP\`+value, `CORP\`+label)
			assertRepeated(t, value, `C:\dir\`+value+`\x`, `C:\dir\`+label+`\x`)
			assertRepeated(t, value, inJSON(t, 1, `CORP\`+value), inJSON(t, 1, `CORP\`+label))
			assertRepeated(t, value, inJSON(t, 2, `CORP\`+value), inJSON(t, 2, `CORP\`+label))
			assertRepeated(t, value, inJSON(t, 2, "a\t"+value+"\r\nb"), inJSON(t, 2, "a\t"+label+"\r\nb"))
			assertRepeated(t, value, "CORP%5C"+value, "CORP%5C"+label)
		})
	}
	// With the backslash, these look like an escape sequence: a single one goes too, since JSON allows no other letters behind it.
	for _, value := range []string{"name1234x", "tr0ub4dor&3x", "r4ther-l0ng", "b1g_sEcret", "f00-bar-77x", "u00e9abc1234"} {
		t.Run(value, func(t *testing.T) {
			assertRepeated(t, value, `CORP\`+value, `CORP`+label)
			assertRepeated(t, value, `C:\dir\`+value+`\x`, `C:\dir`+label+`\x`)
			quoted := strings.Trim(inJSON(t, 1, value), `"`)
			assertRepeated(t, value, `"CORP\\`+quoted+`"`, `"CORP\\`+label+`"`)
			assertRepeated(t, value, inJSON(t, 1, `"CORP\\`+quoted+`"`), inJSON(t, 1, `"CORP\\`+label+`"`))
			assertRepeated(t, value, inJSON(t, 2, "a\t"+value+"\r\nb"), inJSON(t, 2, "a\t"+label+"\r\nb"))
			assertRepeated(t, value, "CORP%5C"+value, "CORP"+label)
		})
	}
}

func TestAValueThatLooksLikeAnEscapeSequenceStaysJSON(t *testing.T) {
	// Decoded, it is a line break and then another text, but nothing in the text says so.
	const text = `{"a":"x\name1234x","b":"\\name1234x"}`
	out, _, _ := batchOf(t, newRedactor(t), 1, `{"password":"name1234x"}`, text)
	assert.True(t, json.Valid([]byte(out[1])), out[1])
	assert.NotContains(t, out[1], "ame1234x")
	out, _, repeated := batchOf(t, newRedactor(t), 1, `{"password":"name1234x"}`, "x\name1234x")
	assert.Equal(t, "x\name1234x", out[1], "a line break")
	assert.Zero(t, repeated)
}

func TestAKnownValueIsFoundInCharacterReferences(t *testing.T) {
	const label = "[REDACTED:secret.password]"
	for name, c := range map[string]struct{ value, text string }{
		"decimal":                       {"p@ss/77xyz", "p&#64;ss&#47;77xyz"},
		"decimal with zeros":            {"it's-77xyz", "it&#039;s-77xyz"},
		"hexadecimal":                   {"fo=o/b77xy", "fo&#x3D;o&#x2f;b77xy"},
		"capital X":                     {"fo=o`b77xy", "fo&#X3D;o&#X60;b77xy"},
		"a letter of another script":    {"grün!Haus77", "gr&#252;n!Haus77"},
		"a smiling face":                {"haus\U0001f600!Haus77", "haus&#128512;!Haus77"},
		"encoded twice":                 {"a<b&c77xyz", "a&amp;lt;b&amp;amp;c77xyz"},
		"encoded three times":           {"a<b&c77xyz", html.EscapeString(html.EscapeString(html.EscapeString("a<b&c77xyz")))},
		"numbers encoded twice":         {"it's-77xyz", "it&amp;#39;s-77xyz"},
		"in JSON of Go":                 {"a<b&c77xyz", `a\u0026lt;b\u0026amp;c77xyz`},
		"in JSON of Go, in JSON":        {"a<b&c77xyz", `a\\u0026lt;b\\u0026amp;c77xyz`},
		"a plus in JSON of .NET":        {"fo+o/b77xy", `fo\u002Bo/b77xy`},
		"a plus in JSON of .NET, twice": {"fo+o/b77xy", `fo\\u002Bo\\u002Fb77xy`},
		"base64 in JSON of .NET":        {"??>>~~77xy", `Pz8\u002BPn5\u002BNzd4eQ`},
		"in one's own value":            {"&#64;&lt;haus77xyz", "&amp;#64;&amp;lt;haus77xyz"},
		"a blank":                       {"two words-77", "two&#32;words-77"},
	} {
		t.Run(name, func(t *testing.T) { assertRepeated(t, c.value, c.text, label) })
	}
	for _, text := range []string{"p&#;ss/77xyz", "p&#x;ss/77xyz", "p&#64ss/77xyz", "p&#0;ss/77xyz", "p&#99999999;ss/77xyz", "p&#x110000;ss/77xyz", "p&#-64;ss/77xyz", "p&at;ss/77xyz", "p&#", "p&", "&amp;amp;amp;"} {
		out, _, repeated := batchOf(t, newRedactor(t), 1, `{"password":"p@ss/77xyz"}`, text)
		assert.Equal(t, text, out[1])
		assert.Zero(t, repeated)
	}
}

func TestCommasAndUsersEndAKnownWord(t *testing.T) {
	const pin, word = "[REDACTED:secret.pin]", "[REDACTED:secret.password]"
	out, _, _ := batchOf(t, newRedactor(t), 1, `{"pin":49302137,"password":"staging-db-1"}`,
		"1,49302137,2 and user1:49302137", `[7,49302137,8]`, "1,staging-db-1,2 root1:staging-db-1", "staging-db-1:5432 49302137.5")
	assert.Equal(t, []string{"1," + pin + ",2 and user1:" + pin, `[7,"` + pin + `",8]`, "1," + word + ",2 root1:" + word, "staging-db-1:5432 49302137.5"}, out[1:])
}
