package chatml

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMessagesOfEveryInstrumentationBecomeChatMessages(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"chat messages stay as they are": {
			`[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]`,
			`[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]`,
		},
		"text parts of the conventions": {
			`[{"role":"user","parts":[{"type":"text","content":"hi\n\"you\""}],"name":"ann"}]`,
			`[{"role":"user","content":"hi\n\"you\"","name":"ann"}]`,
		},
		"several texts are a list": {
			`[{"role":"user","parts":[{"type":"text","content":"a"},{"type":"text","content":"b"}]}]`,
			`[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`,
		},
		"tool calls of the conventions, with a thought before": {
			`[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"tool_call","id":"c1","name":"find","arguments":{"q":"x"}}],"finish_reason":"tool_call"}]`,
			`[{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":\"x\"}"}}],"finish_reason":"tool_call"}]`,
		},
		"results of tools are messages of their own": {
			`[{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":{"n":1}},{"type":"tool_call_response","id":"c2","result":"two"}]}]`,
			`[{"role":"tool","tool_call_id":"c1","content":"{\"n\":1}"},{"role":"tool","tool_call_id":"c2","content":"two"}]`,
		},
		"what else stands beside a result follows it": {
			`[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"42"}]},{"type":"text","text":"and?"}]}]`,
			`[{"role":"tool","tool_call_id":"t1","content":"42"},{"role":"user","content":"and?"}]`,
		},
		"Anthropic": {
			`[{"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"tool_use","id":"t1","name":"find","input":{"q":1}}]}]`,
			`[{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[{"id":"t1","type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}]}]`,
		},
		"Vercel AI SDK": {
			`[{"role":"assistant","content":[{"type":"text","text":"ok"},{"type":"tool-call","toolCallId":"c1","toolName":"find","input":{"q":1}}]},{"role":"tool","content":[{"type":"tool-result","toolCallId":"c1","toolName":"find","output":{"type":"json","value":{"n":1}}}]}]`,
			`[{"role":"assistant","content":"ok","tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}]},{"role":"tool","tool_call_id":"c1","name":"find","content":"{\"n\":1}"}]`,
		},
		"Google": {
			`[{"role":"model","parts":[{"text":"ok"},{"functionCall":{"name":"find","args":{"q":1}}}]},{"role":"user","parts":[{"functionResponse":{"name":"find","response":{"n":1}}}]}]`,
			`[{"role":"assistant","content":"ok","tool_calls":[{"type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}]},{"role":"tool","name":"find","content":"{\"n\":1}"}]`,
		},
		"Bedrock, as text": {
			`[{"role":"assistant","content":"[{\"text\":\"ok\"},{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"find\",\"input\":{\"q\":1}}}]"}]`,
			`[{"role":"assistant","content":"ok","tool_calls":[{"id":"t1","type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}]}]`,
		},
		"OpenInference": {
			`[{"role":"user","contents":[{"type":"text","text":"what is it?"},{"type":"image","image":{"image":{"url":"https://example.com/a.png"}}}]},{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"find","arguments":"{}"}}]}]`,
			`[{"role":"user","content":[{"type":"text","text":"what is it?"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{}"}}]}]`,
		},
		"OpenLLMetry": {
			`[{"content":"ok","finish_reason":"stop","role":"assistant","tool_calls":[{"arguments":"{\"q\":1}","id":"c1","name":"find"}]}]`,
			`[{"role":"assistant","content":"ok","tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}],"finish_reason":"stop"}]`,
		},
		"choices of events": {
			`[{"role":"assistant","index":0,"finish_reason":"stop","message":{"role":"assistant","content":"ok"}}]`,
			`[{"role":"assistant","content":"ok","index":0,"finish_reason":"stop"}]`,
		},
		"a choice that has its content as text of parts (Strands)": {
			`[{"role":"assistant","finish_reason":"end_turn","message":"[{\"text\":\"ok\"},{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"find\",\"input\":{}}}]"},{"role":"assistant","message":"plain"}]`,
			`[{"role":"assistant","content":"ok","tool_calls":[{"id":"t1","type":"function","function":{"name":"find","arguments":"{}"}}],"finish_reason":"end_turn"},{"role":"assistant","content":"plain"}]`,
		},
		"a prompt of the Vercel AI SDK": {
			`{"system":"be kind","prompt":"hi"}`,
			`[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]`,
		},
		"a request of Google ADK": {
			`{"model":"m","contents":[{"role":"model","parts":[{"text":"hi"}]}],"config":{"system_instruction":"be kind"}}`,
			`{"model":"m","messages":[{"role":"system","content":"be kind"},{"role":"assistant","content":"hi"}],"config":{"system_instruction":"be kind"}}`,
		},
		"media": {
			`[{"role":"user","parts":[{"type":"blob","modality":"image","mime_type":"image/png","content":"AAAA"},{"type":"blob","modality":"audio","mime_type":"audio/wav","content":"BBBB"},{"type":"blob","mime_type":"application/pdf","content":"CCCC"},{"type":"uri","modality":"image","uri":"https://example.com/b.png"},{"type":"file","file_id":"f1"}]}]`,
			`[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"input_audio","input_audio":{"format":"wav","data":"data:audio/wav;base64,BBBB"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,CCCC"}},{"type":"image_url","image_url":{"url":"https://example.com/b.png"}},{"type":"file","file":{"file_id":"f1"}}]}]`,
		},
		"files of Anthropic, OpenAI and the Vercel AI SDK": {
			`[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"input_audio","input_audio":{"data":"BBBB","format":"wav"}},{"type":"file","data":"CCCC","mediaType":"application/pdf"},{"type":"image","image":"https://example.com/a.png"}]}]`,
			`[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"input_audio","input_audio":{"format":"wav","data":"data:audio/wav;base64,BBBB"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,CCCC"}},{"type":"image","image":"https://example.com/a.png"}]}]`,
		},
		"parts that nobody knows stay": {
			`[{"role":"user","parts":[{"type":"hologram","x":1},{"type":"text","content":"see"}]}]`,
			`[{"role":"user","content":[{"type":"hologram","x":1},{"type":"text","text":"see"}]}]`,
		},
		"documents are no messages": {`[{"id":"1","content":"text","score":0.5}]`, `[{"id":"1","content":"text","score":0.5}]`},
		"objects stay":              {`{"city":"Bern"}`, `{"city":"Bern"}`},
		"text stays":                {`What is [{"a"`, `What is [{"a"`},
		"numbers stay":              {`42`, `42`},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(AppendInput(nil, Input{Content: TextOf(c.in)}))
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.want, string(AppendInput(nil, Input{Content: TextOf(got)})), "once more changes nothing")
		})
	}
}

func TestInstructionsAndToolsStandBesideTheMessages(t *testing.T) {
	for name, c := range map[string]struct {
		in   [3]string // content, system, tools
		want string
	}{
		"instructions in parts":       {[3]string{`[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`, `[{"type":"text","content":"be kind"}]`}, `[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]`},
		"instructions as text":        {[3]string{`[{"role":"user","content":"hi"}]`, `be kind`}, `[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]`},
		"instructions as messages":    {[3]string{`[{"role":"user","content":"hi"}]`, `[{"role":"system","parts":[{"type":"text","content":"be kind"}]}]`}, `[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]`},
		"instructions alone":          {[3]string{``, `be kind`}, `[{"role":"system","content":"be kind"}]`},
		"instructions that are there": {[3]string{`[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]`, `be kind`}, `[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]`},
		"text and instructions":       {[3]string{`hi "you"`, `be kind`}, `[{"role":"system","content":"be kind"},{"role":"user","content":"hi \"you\""}]`},
		"tools":                       {[3]string{`[{"role":"user","content":"hi"}]`, ``, `[{"type":"function","name":"find","parameters":{}}]`}, `{"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","name":"find","parameters":{}}]}`},
		"tools as JSON text":          {[3]string{`[{"role":"user","content":"hi"}]`, ``, `["{\"name\":\"find\"}"]`}, `{"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"find"}]}`},
		"tools as names":              {[3]string{`hi`, ``, `["find"]`}, `{"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"find"}]}`},
		"tools and nothing else":      {[3]string{``, ``, `["find"]`}, `{"messages":[],"tools":[{"name":"find"}]}`},
		"a request with messages":     {[3]string{`{"model":"m","messages":[{"role":"model","parts":[{"text":"hi"}]}]}`, `be kind`, `["find"]`}, `{"model":"m","messages":[{"role":"system","content":"be kind"},{"role":"assistant","content":"hi"}],"tools":[{"name":"find"}]}`},
		"tools that are no list":      {[3]string{`hi`, ``, `none`}, `{"messages":[{"role":"user","content":"hi"}],"tools":"none"}`},
	} {
		t.Run(name, func(t *testing.T) {
			in := Input{Content: TextOf(c.in[0]), System: TextOf(c.in[1]), Tools: TextOf(c.in[2])}
			assert.Equal(t, c.want, string(AppendInput(nil, in)))
		})
	}
}

func TestOutputs(t *testing.T) {
	for name, c := range map[string]struct{ content, calls, want string }{
		"one message stands alone":  {`[{"role":"assistant","parts":[{"type":"text","content":"ok"}],"finish_reason":"stop"}]`, "", `{"role":"assistant","content":"ok","finish_reason":"stop"}`},
		"one message by itself":     {`{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"find","input":{}}]}`, "", `{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"find","arguments":"{}"}}]}`},
		"an answer of Google":       {`{"content":{"role":"model","parts":[{"text":"ok"},{"function_call":{"name":"find","args":{}}}]},"finish_reason":"STOP"}`, "", `{"role":"assistant","content":"ok","tool_calls":[{"type":"function","function":{"name":"find","arguments":"{}"}}],"finish_reason":"STOP"}`},
		"several are a list":        {`[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]`, "", `[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]`},
		"text":                      {"plain", "", "plain"},
		"an object":                 {`{"n":1}`, "", `{"n":1}`},
		"text with calls beside it": {"plain", `[{"toolCallId":"c1","toolName":"find","args":"{\"q\":1}"}]`, `{"role":"assistant","content":"plain","tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}]}`},
		"calls alone":               {"", `[{"toolCallId":"c1","toolName":"find","input":{"q":1}}]`, `{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}]}`},
		"no calls":                  {"plain", `[]`, "plain"},
		"nothing":                   {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, string(AppendOutput(nil, TextOf(c.content), TextOf(c.calls))))
		})
	}
}

func TestDeepNestingIsText(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	assert.False(t, TextOf(deep).JSON)
}

// FuzzMessages holds that JSON stays JSON whatever the messages look like, and
// that no marker in them is lost.
func FuzzMessages(f *testing.F) {
	f.Add(`[{"role":"user","parts":[{"type":"tool_call","name":"m0001m","arguments":["m0002m"]},{"type":"text"}]}]`, `[{"type":"text","content":"m0003m"}]`, `["a",{"name":"m0004m"}]`)
	f.Add(`[{"role":"user","content":"[{\"text\":1}]"},{"role":"x","message":{"tool_calls":"[{}]","m0001m":"m0002m"}}]`, `"m0003m"`, `[]`)
	f.Add(`{"messages":[{"role":"user","parts":["m0001m",{"inlineData":{}}]}]}`, `{}`, `[null]`)
	f.Fuzz(checkNothingLost)
}

func BenchmarkInput(b *testing.B) {
	in := Input{
		Content: TextOf(`[{"role":"user","parts":[{"type":"text","content":"` + strings.Repeat(`Where is my order number \"1234\"?\nThanks. `, 60) + `"}]},` +
			`{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"find","arguments":{"q":"` + strings.Repeat("abc def ", 60) + `"}}]}]`),
		System: TextOf(`[{"type":"text","content":"You are a helpful assistant."}]`),
	}
	dst := AppendInput(nil, in)
	b.SetBytes(int64(len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendInput(dst[:0], in)
	}
}
