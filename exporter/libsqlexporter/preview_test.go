package libsqlexporter

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

func TestPreviewsAreWhatAPersonReads(t *testing.T) {
	for name, test := range map[string]struct{ column, want string }{
		"text":                    {`"What is  the\n weather?"`, "What is the weather?"},
		"a chat":                  {`[{"role":"system","content":"You are kind"},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Book a flight"}]`, "Book a flight"},
		"a tool answers last":     {`[{"role":"user","content":"Book a flight"},{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"OK"}]`, "Book a flight"},
		"Anthropic's tool result": {`[{"role":"user","content":[{"type":"text","text":"Book"}]},{"role":"user","content":[{"type":"tool_result","content":"OK"}]}]`, "Book"},
		"semantic conventions":    {`[{"role":"user","parts":[{"type":"text","content":"Book a"},{"type":"text","content":"flight"}]}]`, "Book a flight"},
		"Google":                  {`{"contents":[{"role":"user","parts":[{"text":"Book a flight"}]}]}`, "Book a flight"},
		"messages in an object":   {`{"system":"be kind","messages":[{"role":"user","content":"Book"}]}`, "Book"},
		"JSON in a string":        {`"[{\"role\":\"user\",\"content\":\"Book \\\"it\\\"\"}]"`, `Book "it"`},
		"LangChain":               {`{"messages":[[{"id":["x"],"kwargs":{"content":"Book","type":"human"}}]]}`, "Book"},
		"an answer":               {`{"text":"Done","toolCalls":[]}`, "Done"},
		"an answer in parts":      {`[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"text","content":"Done"}]}]`, "Done"},
		"a call of a tool":        {`[{"role":"assistant","parts":[{"type":"tool_call","name":"search","arguments":{"q":"x"}}]}]`, "search(q: x)"},
		"OpenAI's call of a tool": {`{"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"search","arguments":"{\"q\":\"x\"}"}}]}}]}`, "search(q: x)"},
		"arguments":               {`{"city":"Paris","days":3,"metric":true,"note":null}`, "city: Paris, days: 3, metric: true"},
		"a number":                {`12.5`, "12.5"},
		"nothing":                 {`null`, ""},
		"an empty object":         {`{}`, ""},
		"only a system":           {`[{"role":"system","content":"You are kind"}]`, "You are kind"},
		"escapes":                 {`"a\u00e9\ud83d\ude00b"`, "aé😀b"},
		"a list of texts":         {`["a","b"]`, "a b"},
	} {
		assert.True(t, jsontext.Valid(test.column, embeddedDepth), name)
		assert.Equal(t, test.want, previewOf(tracestore.JSON(test.column)), name)
	}
}

func TestPreviewsAreShort(t *testing.T) {
	long := previewOf(tracestore.JSON(`"` + strings.Repeat("é", 1000) + `"`))
	assert.Equal(t, strings.Repeat("é", 200), long)
	for n := range 12 {
		for _, piece := range []string{`\u00e9`, `\\`, `\"`, `\ud83d\ude00`, "😀"} {
			p := previewOf(tracestore.JSON(`"` + strings.Repeat("x", n) + strings.Repeat(piece, 5000) + `"`))
			assert.Equal(t, 200, utf8.RuneCountInString(p), piece)
			assert.True(t, utf8.ValidString(p) && !strings.ContainsRune(p, utf8.RuneError), piece)
		}
	}
}

func TestAMarkOfRedactionIsWholeOrLeftOut(t *testing.T) {
	const mark = "[REDACTED:openai-api-key]"
	for n := 150; n < 210; n++ {
		p := shorten(strings.Repeat("x", n) + mark + " and more " + strings.Repeat("y", 100))
		assert.LessOrEqual(t, len(p), 200)
		if n <= 200-len(mark) {
			assert.Contains(t, p, mark)
		} else {
			assert.NotContains(t, p, "[", n)
		}
	}
}

func TestArgumentsThatAreTheSameHaveOneHash(t *testing.T) {
	a := argumentsHash(`{"city":"Paris","days":3}`)
	assert.Len(t, a, 16)
	assert.Equal(t, a, argumentsHash(`{ "days": 3, "city":"Paris" }`))
	assert.Equal(t, a, argumentsHash(`"{\"days\":3,\"city\":\"Paris\"}"`), "as text")
	assert.NotEqual(t, a, argumentsHash(`{"city":"Paris","days":4}`))
	assert.NotEqual(t, argumentsHash(`{"n":9007199254740993}`), argumentsHash(`{"n":9007199254740992}`), "numbers are not rounded")
	assert.Empty(t, argumentsHash(""))
}
