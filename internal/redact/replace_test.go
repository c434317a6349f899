package redact

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestAFindingTakesWholeCharacters(t *testing.T) {
	for _, c := range []struct {
		text                   string
		start, end, from, upTo int
	}{
		{"abc", 1, 2, 1, 2},
		{"abc", 0, 3, 0, 3},
		{"a漢b", 1, 4, 1, 4},
		{"a漢b", 0, 2, 0, 4},
		{"a漢b", 0, 3, 0, 4},
		{"a漢b", 2, 5, 1, 5},
		{"a漢b", 3, 5, 1, 5},
		{"漢漢", 1, 4, 0, 6},
		{"😀x😀", 3, 6, 0, 9},
		{"\x80\x80a", 1, 3, 1, 3},    // bytes of no character
		{"a\xff\xbfb", 0, 2, 0, 2},   // no character begins there
		{"a\xe6\xbc", 0, 2, 0, 2},    // a character that is cut off
		{"é\x80\x80", 0, 3, 0, 3},    // one byte too many
		{"a漢", 0, 4, 0, 4},           // up to the end
		{"a\u0301b", 0, 1, 0, 1},     // a mark is a character of its own
		{"\u2028ab", 1, 4, 0, 4},     // a separator
		{"x\U0010FFFFy", 2, 3, 1, 5}, // the last character
		{"\uFFFD\uFFFD", 2, 5, 0, 6}, // what broken bytes become
		{"aaaaaaaa漢a", 8, 10, 8, 11}, // far from the beginning
	} {
		from, upTo := characters(c.text, c.start, c.end)
		assert.Equal(t, [2]int{c.from, c.upTo}, [2]int{from, upTo}, "%q from %d to %d", c.text, c.start, c.end)
	}
}

// TestTheCommandLineBeforeALetterOfSeveralBytes has the first of the reports: the value ended within the letter behind it.
func TestTheCommandLineBeforeALetterOfSeveralBytes(t *testing.T) {
	r, err := New(Options{Presets: []string{PresetSecrets}})
	assert.NoError(t, err)
	for _, text := range []string{"llm keys set openai --value LlmKeptKey431!漢字", "llm keys set openai --value Llm漢KeptKey431!漢", "password=hunter2xy!漢", "漢password: hunter2xy!ü"} {
		out, found := r.String("", text)
		assert.NotEmpty(t, found)
		assert.True(t, utf8.ValidString(out), "%q", out)
	}
}
