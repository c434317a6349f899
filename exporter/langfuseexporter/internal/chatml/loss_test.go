package chatml

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUnknownFormsStayAsTheyAre(t *testing.T) {
	for name, text := range map[string]string{
		"tool calls as text":                 `[{"role":"assistant","parts":[{"type":"text","content":"a"}],"tool_calls":"find(x)"}]`,
		"a tool call without a name":         `[{"role":"assistant","parts":[{"type":"text","content":"a"},{"type":"tool_call","id":"1","arguments":{"q":1}}]}]`,
		"a call of OpenAI's custom tools":    `[{"role":"assistant","tool_calls":[{"id":"1","type":"custom","custom":{"name":"sql","input":"select 1"}}]}]`,
		"content and parts":                  `[{"role":"user","content":"a","parts":[{"type":"text","content":"b"}]}]`,
		"content and contents":               `[{"role":"user","content":"a","contents":[{"type":"text","text":"b"}]}]`,
		"a message beside content":           `[{"role":"user","content":{"x":1},"message":"b"}]`,
		"content that is any object":         `[{"role":"tool","content":{"celsius":20}}]`,
		"two words for the role":             `[{"role":"user","message":{"role":"assistant","content":"a"}}]`,
		"a key twice":                        `[{"role":"user","parts":[{"type":"text","content":"a"}],"parts":[{"type":"text","content":"b"}]}]`,
		"two texts in a part":                `[{"role":"user","parts":[{"type":"text","content":"a","text":"b"}]}]`,
		"an answer with content and results": `[{"role":"tool","parts":[{"type":"tool_call_response","response":"a","content":"b"}]}]`,
		"two lists of messages":              `{"messages":[{"role":"user","content":"a"}],"contents":[{"role":"user","parts":[{"text":"b"}]}]}`,
		"messages that are none":             `{"messages":"a","contents":[{"role":"user","parts":[{"text":"b"}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, text, string(AppendInput(nil, Input{Content: TextOf(text)})))
			// The only message of an output stands without the brackets.
			assert.Equal(t, strings.Trim(text, "[]"), strings.Trim(string(AppendOutput(nil, TextOf(text), Text{})), "[]"))
		})
	}
}

func TestWhatHasNoPlaceInAChatMessageIsKeptBesideIt(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"signatures": {
			`[{"role":"model","parts":[{"functionCall":{"name":"find","args":{}},"thoughtSignature":"AAA"}]},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"BBB"},{"type":"text","text":"ok"}]}]`,
			`[{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"find","arguments":"{}"},"thoughtSignature":"AAA"}]},{"role":"assistant","content":"ok","reasoning_content":"hm","reasoning_details":[{"signature":"BBB"}]}]`,
		},
		"Bedrock's thought with a signature": {
			`[{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"BBB"}}}]}]`,
			`[{"role":"assistant","content":null,"reasoning_content":"hm","reasoning_details":[{"signature":"BBB"}]}]`,
		},
		"a result that is an error": {
			`[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"no","is_error":true}]}]`,
			`[{"role":"tool","tool_call_id":"t1","content":"no","is_error":true}]`,
		},
		"members of a message that is results only": {
			`[{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"a"},{"type":"tool_call_response","id":"c2","response":"b"}],"name":"find","turn":3}]`,
			`[{"role":"tool","tool_call_id":"c1","content":"a"},{"role":"tool","tool_call_id":"c2","content":"b","name":"find","turn":3}]`,
		},
		"a result inside content": {
			`[{"content":{"role":"user","parts":[{"functionResponse":{"name":"find","response":{"n":1}}}]}}]`,
			`[{"role":"tool","name":"find","content":"{\"n\":1}"}]`,
		},
		"both ids of OpenAI's Responses": {
			`[{"role":"assistant","content":[{"type":"function_call","id":"fc_1","call_id":"call_1","name":"find","arguments":"{}"}]},{"role":"tool","content":[{"type":"function_call_output","id":"fo_1","call_id":"call_1","output":"a"}]}]`,
			`[{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":"{}"},"item_id":"fc_1"}]},{"role":"tool","tool_call_id":"call_1","content":"a","item_id":"fo_1"}]`,
		},
		"what stands beside a text": {
			`[{"role":"user","parts":[{"type":"text","content":"a","cache":{"ttl":1}}]}]`,
			`[{"role":"user","content":[{"type":"text","text":"a","cache":{"ttl":1}}]}]`,
		},
		"a key without a name": {
			`[{"role":"user","parts":[{"type":"text","":"a"}]}]`,
			`[{"role":"user","content":[{"type":"text","text":"","":"a"}]}]`,
		},
		"what stands beside a picture": {
			`[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"},"title":"Terms"}]}]`,
			`[{"role":"user","content":[{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"},"title":"Terms"}]}]`,
		},
		"instructions without messages":           {`{"messages":[],"system":"be kind"}`, `[{"role":"system","content":"be kind"}]`},
		"a prompt beside messages":                {`{"messages":[{"role":"user","content":"a"}],"prompt":"b"}`, `{"messages":[{"role":"user","content":"a"}],"prompt":"b"}`},
		"a list of messages beside an empty one":  {`{"messages":[],"contents":[{"role":"user","parts":[{"text":"b"}]}]}`, `[{"role":"user","content":"b"}]`},
		"a null beside what is there":             {`[{"role":"user","content":null,"parts":[{"type":"text","content":"b"}]}]`, `[{"role":"user","content":"b"}]`},
		"an empty text beside calls":              {`[{"role":"assistant","content":"","toolCalls":[{"name":"find","args":{}}]}]`, `[{"role":"assistant","content":"","tool_calls":[{"type":"function","function":{"name":"find","arguments":"{}"}}]}]`},
		"another language model's tool for calls": {`[{"role":"assistant","tool_calls":"[{\"name\":\"find\",\"args\":{}}]"}]`, `[{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"find","arguments":"{}"}}]}]`},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(AppendInput(nil, Input{Content: TextOf(c.in)}))
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.want, string(AppendInput(nil, Input{Content: TextOf(got)})), "once more changes nothing")
		})
	}
}

func TestInstructionsAndToolsAreNotLost(t *testing.T) {
	for name, c := range map[string]struct {
		in   [3]string // content, system, tools
		want string
	}{
		"other instructions than the messages have": {
			[3]string{`[{"role":"system","content":"be kind"}]`, `be brief`},
			`[{"role":"system","content":"be brief"},{"role":"system","content":"be kind"}]`,
		},
		"the same in another form": {
			[3]string{`[{"role":"system","content":"be kind\nand brief"}]`, `[{"type":"text","content":"be kind"},{"type":"text","content":"and brief"}]`},
			`[{"role":"system","content":"be kind\nand brief"}]`,
		},
		"instructions beside those of a request": {
			[3]string{`{"messages":[{"role":"user","content":"a"}],"system":"be kind"}`, `be brief`},
			`{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"a"}],"system":"be kind"}`,
		},
		"instructions that hold a call": {
			[3]string{``, `[{"type":"tool_call","name":"find"}]`},
			`[{"role":"system","content":"[{\"type\":\"tool_call\",\"name\":\"find\"}]"}]`,
		},
		"tools as text":                   {[3]string{`hi`, ``, `[{'name': 'find'}]`}, `{"messages":[{"role":"user","content":"hi"}],"tools":"[{'name': 'find'}]"}`},
		"one tool":                        {[3]string{`hi`, ``, `{"name":"find"}`}, `{"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"find"}]}`},
		"tools in place of none":          {[3]string{`{"model":"m","messages":[],"tools":null}`, ``, `["find"]`}, `{"model":"m","messages":[],"tools":[{"name":"find"}]}`},
		"tools that the request has too":  {[3]string{`{"messages":[],"tools":[{"function":{"name":"find"}}]}`, ``, `[{"name":"find"}]`}, `{"messages":[],"tools":[{"function":{"name":"find"}}]}`},
		"tools that the request does not": {[3]string{`{"messages":[],"tools":[{"name":"a"}]}`, ``, `[{"name":"find"}]`}, `{"messages":[],"tools":[{"name":"a"}],"tool_definitions":[{"name":"find"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			in := Input{Content: TextOf(c.in[0]), System: TextOf(c.in[1]), Tools: TextOf(c.in[2])}
			assert.Equal(t, c.want, string(AppendInput(nil, in)))
		})
	}
	assert.JSONEq(t, `{"role":"assistant","content":"a","tool_calls":"find(x)"}`, string(AppendOutput(nil, TextOf("a"), TextOf("find(x)"))))
	assert.JSONEq(t, `{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}`, string(AppendOutput(nil, Text{}, TextOf(`[{"id":"1"}]`))))
}

// TestNoWordIsLost makes messages of the words of all instrumentations, in forms
// that some of them have and forms that none has. Every marker that stands in them
// must stand in what they become.
func TestNoWordIsLost(t *testing.T) {
	const n = 5_000
	g := generator{rand: rand.New(rand.NewPCG(1, 2))}
	for range n {
		content, system, tools := g.content(), g.sometimes(g.system), g.sometimes(g.tools)
		checkNothingLost(t, content, system, tools)
		if t.Failed() {
			return
		}
	}
}

// checkNothingLost holds what messages become to what they were made of.
func checkNothingLost(t *testing.T, content, system, tools string) {
	t.Helper()
	in := Input{Content: TextOf(content), System: TextOf(system), Tools: TextOf(tools)}
	out := AppendInput(nil, in)
	if in.Content.JSON || !in.System.IsEmpty() || string(out) != in.Content.Text {
		require.True(t, json.Valid(out), "%s\nbecomes %s", content, out)
	}
	requireMarkers(t, content+"\n"+system+"\n"+tools, string(out))
	out = AppendOutput(nil, in.Content, in.Tools)
	if in.Content.JSON {
		require.True(t, json.Valid(out), "%s\nbecomes %s", content, out)
	}
	requireMarkers(t, content+"\n"+tools, string(out))
}

var (
	marker = regexp.MustCompile(`m\d{4,}m`)
	isNull = regexp.MustCompile(`"[^"]*"\s*:\s*null`) // says nothing, and may be left out
)

func requireMarkers(t *testing.T, from, to string) {
	t.Helper()
	have := map[string]bool{}
	for _, m := range marker.FindAllString(to, -1) {
		have[m] = true
	}
	for _, m := range marker.FindAllString(isNull.ReplaceAllString(from, ""), -1) {
		require.True(t, have[m], "%s is lost:\n%s\nbecomes\n%s", m, from, to)
	}
}

// generator makes messages.
type generator struct {
	rand *rand.Rand
	n    int
}

func (g *generator) marker() string { g.n++; return fmt.Sprintf("m%04dm", g.n) }

func (g *generator) pick(from ...string) string { return from[g.rand.IntN(len(from))] }

func (g *generator) sometimes(f func() string) string {
	if g.rand.IntN(3) > 0 {
		return ""
	}
	return f()
}

func (g *generator) quoted() string { return strconv.Quote(g.marker()) }

// value is any value.
func (g *generator) value() string {
	switch g.rand.IntN(8) {
	case 0:
		return g.pick("null", "[]", "{}", `""`, "0", "true")
	case 1:
		return "{" + g.quoted() + ":" + g.quoted() + "}"
	case 2:
		return "[" + g.quoted() + "," + g.quoted() + "]"
	case 3:
		return `{"text":` + g.quoted() + "}"
	case 4:
		return strconv.Quote(g.list(g.part))
	}
	return g.quoted()
}

func (g *generator) list(f func() string) string {
	var all []string
	for range g.rand.IntN(3) {
		all = append(all, f())
	}
	return "[" + strings.Join(all, ",") + "]"
}

// object has some of the keys, and now and then one that nobody knows.
func (g *generator) object(of func(key string) string, keys ...string) string {
	var all []string
	for range 1 + g.rand.IntN(4) {
		if g.rand.IntN(10) == 0 {
			all = append(all, g.pick(g.quoted(), `""`)+":"+g.quoted()) // a null there says nothing
			continue
		}
		key := g.pick(keys...)
		all = append(all, strconv.Quote(key)+":"+of(key))
	}
	return "{" + strings.Join(all, ",") + "}"
}

func (g *generator) content() string {
	switch g.rand.IntN(6) {
	case 0:
		return g.object(g.member, "messages", "contents", "prompt", "system", "config", "tools", "model")
	case 1:
		return g.message()
	case 2:
		return g.value()
	}
	return g.list(g.message)
}

func (g *generator) system() string {
	switch g.rand.IntN(4) {
	case 0:
		return g.marker()
	case 1:
		return g.list(g.message)
	case 2:
		return g.message()
	}
	return g.list(g.part)
}

func (g *generator) tools() string {
	switch g.rand.IntN(4) {
	case 0:
		return g.marker()
	case 1:
		return g.call()
	}
	return g.list(g.call)
}

func (g *generator) message() string {
	return g.object(g.member, "role", "role", "parts", "content", "content", "contents", "message", "tool_calls", "toolCalls", "name",
		"finish_reason", "tool_call_id", "reasoning_content", "id", "index")
}

func (g *generator) member(key string) string {
	if g.rand.IntN(8) == 0 {
		return g.value()
	}
	switch key {
	case "role":
		return strconv.Quote(g.pick("user", "assistant", "tool", "system", "model", "human", ""))
	case "parts", "contents":
		return g.list(g.part)
	case "messages":
		return g.list(g.message)
	case "tool_calls", "toolCalls", "tools":
		return g.list(g.call)
	case "content", "message":
		switch g.rand.IntN(4) {
		case 0:
			return g.list(g.part)
		case 1:
			return g.message()
		case 2:
			return strconv.Quote(g.list(g.part))
		}
	case "config":
		return `{"system_instruction":` + g.pick(g.quoted(), `{"parts":`+g.list(g.part)+`}`) + "}"
	case "functionCall", "function", "toolUse", "functionResponse", "toolResult":
		return g.object(g.member, "name", "args", "input", "arguments", "id", "toolUseId", "response", "content", "status")
	case "type":
		return strconv.Quote(g.pick("text", "reasoning", "thinking", "tool_call", "tool-call", "tool_use", "function_call", "function", "custom",
			"tool_call_response", "tool-result", "tool_result", "function_call_output", "blob", "uri", "file", "input_audio", "document", "image"))
	case "source":
		return g.object(g.member, "type", "media_type", "data")
	case "image", "inlineData", "input_audio":
		return g.object(g.member, "mimeType", "data", "image", "url", "format")
	case "modality":
		return strconv.Quote(g.pick("image", "audio", "video"))
	}
	return g.quoted()
}

func (g *generator) part() string {
	if g.rand.IntN(8) == 0 {
		return g.value()
	}
	return g.object(g.member, "type", "type", "type", "text", "content", "thinking", "id", "call_id", "toolCallId", "name", "toolName", "args", "input", "arguments",
		"response", "result", "output", "signature", "functionCall", "toolUse", "functionResponse", "toolResult", "reasoningContent", "inlineData",
		"mime_type", "mediaType", "modality", "data", "uri", "url", "file_id", "image", "input_audio", "source", "cache_control")
}

func (g *generator) call() string {
	if g.rand.IntN(8) == 0 {
		return g.value()
	}
	return g.object(g.member, "id", "id", "call_id", "type", "name", "name", "arguments", "args", "function", "custom", "index")
}
