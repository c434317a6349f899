package cli

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoCellIsAFormula, whatever a spreadsheet separates cells by.
func TestNoCellIsAFormula(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"chat gpt-4o":                 "chat gpt-4o",
		"-12.5":                       "-12.5",
		"+1":                          "+1",
		"=1+1":                        "'=1+1",
		"@SUM(A1)":                    "'@SUM(A1)",
		"+1+cmd":                      "'+1+cmd",
		"-1+1":                        "'-1+1",
		"\t=1":                        "'\t'=1",
		"\r=1":                        "'=1",
		"\n=1":                        "\n'=1",
		"\x00=1":                      "'=1",
		"\u202e=1":                    "'=1",
		"＝1+1":                        "'＝1+1",
		"a;=1+1":                      "a;'=1+1",
		"a,=1+1":                      "a,'=1+1",
		`a",=HYPERLINK("http://x")`:   `a",'=HYPERLINK("http://x")`,
		"a\n=1":                       "a\n'=1",
		"a\tb":                        "a\tb",
		"x\x1b]52;c;aGk=\x07\u009b2J": "x]52;c;aGk=2J",
	} {
		assert.Equal(t, want, harmless(text), "%q", text)
	}
}

// TestJSONMovesNoTerminal, and says the same.
func TestJSONMovesNoTerminal(t *testing.T) {
	value := map[string]string{"a\u009b": "<b>\u202e\x1b\x7f"}
	var b bytes.Buffer
	require.NoError(t, writeJSON(&b, value))
	assert.Contains(t, b.String(), `"a\u009b": "<b>\u202e\u001b\u007f"`)
	var again map[string]string
	require.NoError(t, json.Unmarshal(b.Bytes(), &again))
	assert.Equal(t, value, again)
}
