package redact

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestWhatIsNotSeenMakesNoOtherWord: a character that no reader sees as a letter, or that stands for broken bytes, hides no name and no value.
func TestWhatIsNotSeenMakesNoOtherWord(t *testing.T) {
	r := newRedactor(t)
	const card, ssn = "4111111111111111", "219-09-9999"
	for _, c := range []string{"\ufffd", "\ufffd\ufffd", "\u00a0", "\u00ad", "\u2009", "\u200b", "\u200d", "\u200e", "\u2028", "\u202f", "\u2060", "\u3000", "\ufeff"} {
		for text, secret := range map[string]string{
			"password@=hunter2Xy9": "hunter2Xy9", "@password=hunter2Xy9": "hunter2Xy9", "password=@hunter2Xy9": "hunter2Xy9", "password=hunter2Xy9@": "hunter2Xy9",
			"password @: hunter2Xy9": "hunter2Xy9", "Mot de passe@: hunter2Xy9": "hunter2Xy9", `{"password@":"hunter2Xy9"}`: "hunter2Xy9", `{"@password":"hunter2Xy9"}`: "hunter2Xy9",
			"@api_key@=hunter2Xy9Xy9abc": "hunter2Xy9Xy9abc", "the password@ is hunter2Xy9": "hunter2Xy9", "Authorization@: Bearer abcdefgh12345678": "abcdefgh12345678",
			"Authorization:@Bearer@abcdefgh12345678": "abcdefgh12345678", "--password@ hunter2Xy9": "hunter2Xy9", "x @" + card + "@ y": card, "x @" + ssn + "@ y": ssn,
		} {
			in := strings.ReplaceAll(text, "@", c)
			if c == "\u00ad" && strings.Contains(in, "Bearer") || !blankAt(c) && strings.Contains(in, "Bearer"+c) {
				continue // nothing parts the scheme from what follows
			}
			out, _ := r.String("", in)
			assert.NotContains(t, out, secret, "%q", in)
			again, found := r.String("", out)
			assert.Equal(t, out, again, "%q %v", in, found)
		}
		for _, key := range []string{"password" + c, c + "password", "db." + c + "password", "pass" + c + "word"} {
			if blankAt(c) && strings.HasPrefix(key, "pass"+c) {
				continue
			}
			out, _ := r.String(key, "hunter2Xy9")
			assert.Equal(t, "[REDACTED:secret.password]", out, "%q", key)
		}
		for _, in := range []string{"a@b", "@", "price@: 12", "max_tokens@=128000", "password@ is required", "the@password@reset@page", "token@limit is 128000", "v1.2@(beta)", "4111@1111", "2024-11-22@10:11:12"} {
			in = strings.ReplaceAll(in, "@", c)
			out, found := r.String("", in)
			assert.Equal(t, in, out, "%v", found)
		}
	}
}

func blankAt(c string) bool {
	_, blank := unseenAt(c, 0)
	return blank
}

// TestWhatIsFoundWithoutTheUnseenKeepsItsPlace: what stands around a finding stays as it came.
func TestWhatIsFoundWithoutTheUnseenKeepsItsPlace(t *testing.T) {
	r := newRedactor(t)
	for in, want := range map[string]string{
		"a\u00a0password\ufffd=hunter2Xy9\u00a0b":              "a\u00a0password\ufffd=[REDACTED:secret.password]\u00a0b",
		`{"password\u00a0":"hunter2Xy9","n":1}`:                `{"password\u00a0":"hunter2Xy9","n":1}`, // an escape sequence of JSON is text here
		"{\"pin\u00a0\":493021}":                               "{\"pin\u00a0\":\"[REDACTED:secret.pin]\"}",
		`{"pin ":493021,"a":[1]}`:                              `{"pin ":"[REDACTED:secret.pin]","a":[1]}`,
		`{\"pin \":493021}`:                                    `{\"pin \":\"[REDACTED:secret.pin]\"}`,
		"\ufffdghp_q7Zt2LxPw9sVn4KcR1yTq7Zt2LxPw9sVn4Kc\ufffd": "\ufffd[REDACTED:secret.github-pat]\ufffd",
	} {
		out, _ := r.String("", in)
		assert.Equal(t, want, out, in)
	}
}

func BenchmarkUnseen(b *testing.B) {
	for _, c := range []string{"", "\u00a0"} {
		text := strings.Repeat("the Größe of 模型 and so on, ", 400) + c
		r := newRedactor(b)
		b.Run(fmt.Sprintf("%q", c), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r.String("", text)
			}
		})
	}
}
