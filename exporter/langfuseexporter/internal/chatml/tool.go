package chatml

import (
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// Members of calls and results, by what they say. OpenAI's Responses have both
// call_id, by which call and result find each other, and an id of the item.
var (
	idKeys        = []string{"call_id", "id", "toolCallId", "tool_use_id", "tool_call_id", "toolUseId"}
	nameKeys      = []string{"name", "toolName"}
	argumentsKeys = []string{"arguments", "args", "input"}
	answerKeys    = []string{"response", "result", "output", "content"}
)

// foreignCalls reports whether tool calls are in another form than that of
// chat messages.
func foreignCalls(calls jsonraw.Value) bool {
	if !calls.IsArray() {
		return !calls.IsNull()
	}
	for c := range calls.Elements() {
		if !c.Get("function").Get("arguments").IsString() || c.Get("type").IsNone() {
			return true
		}
	}
	return false
}

// call writes one tool call, its arguments as text. One without a name is in no
// known form.
func (w *writer) call(c jsonraw.Value) {
	bodyKey, body := bodyOf(c)
	nameKey, name := body.Find(nameKeys...)
	kind := c.Get("type").Text()
	if name.IsNone() || c.RepeatsKey() || body.RepeatsKey() || kind != "" && kind != "function" && partKinds[kind] != call {
		w.unknown = true
		return
	}
	w.comma()
	o := w.open()
	id := idOf(c, body)
	if !id.value.IsNone() {
		o.stringified("id", id.value)
	}
	o.word("type", "function")
	o.key("function")
	function := w.open()
	function.stringified("name", name)
	argumentsKey, arguments := body.Find(argumentsKeys...)
	if arguments.IsNone() {
		function.word("arguments", "{}")
	} else {
		function.stringified("arguments", arguments)
	}
	if bodyKey == "" {
		function.close()
		o.rest(c, "type", id.key, id.itemKey, nameKey, argumentsKey)
	} else {
		function.rest(body, id.bodyKey, nameKey, argumentsKey)
		function.close()
		o.rest(c, "type", id.key, id.itemKey, bodyKey)
	}
	id.writeItem(&o)
	o.close()
}

// callID is the id of a call, and where it stands.
type callID struct {
	value        jsonraw.Value
	key, bodyKey string // in the part, or else in its body

	item    jsonraw.Value // the second id of OpenAI's Responses
	itemKey string
}

func idOf(part, body jsonraw.Value) callID {
	var id callID
	if id.key, id.value = part.Find(idKeys...); id.value.IsNone() {
		id.bodyKey, id.value = body.Find(idKeys...)
	}
	if id.key == "call_id" {
		id.itemKey, id.item = part.Find("id")
	}
	return id
}

func (id *callID) writeItem(o *object) {
	if !id.item.IsNone() {
		o.value("item_id", id.item)
	}
}

// result begins the message in which a tool answers.
func (w *writer) result(part jsonraw.Value) object {
	bodyKey, body := bodyOf(part)
	if body.RepeatsKey() {
		w.unknown = true
	}
	w.comma()
	o := w.open()
	o.word("role", "tool")
	id := idOf(part, body)
	if !id.value.IsNone() {
		o.stringified("tool_call_id", id.value)
	}
	nameKey, name := body.Find(nameKeys...)
	if !name.IsNone() {
		o.stringified("name", name)
	}
	o.key("content")
	answerKey, answer := body.Find(answerKeys...)
	w.answerOfTool(answer)
	if bodyKey == "" {
		o.rest(part, "type", id.key, id.itemKey, nameKey, answerKey)
	} else {
		o.rest(body, id.bodyKey, nameKey, answerKey)
		o.rest(part, "type", id.key, id.itemKey, bodyKey)
	}
	id.writeItem(&o)
	return o
}

// answerOfTool writes what a tool returned as text. The Vercel AI SDK says of
// what kind it is; Anthropic and Bedrock have a list of parts.
func (w *writer) answerOfTool(answer jsonraw.Value) {
	switch {
	case answer.IsNone():
		w.raw(`""`)
		return
	case answer.IsObject() && answer.Get("type").IsString() && !answer.Get("value").IsNone() && hasOnly(answer, "type", "value"):
		w.stringified(answer.Get("value"))
		return
	case answer.IsArray() && answer.Len() == 1:
		for part := range answer.Elements() {
			key, said := wordsOf(part)
			if kindOf(part) == text && isSound(part) && part.IsObject() && !said.IsNone() && !hasRest(part, "type", key) {
				w.stringified(said)
				return
			}
		}
	}
	w.stringified(answer)
}

// tools writes the list of definitions: objects as they are, JSON text decoded,
// and a bare name as a definition that has no more. What is no list is the only
// one, or text that nobody can read.
func (w *writer) tools(tools Text) {
	list := tools.value.Unquoted()
	switch {
	case list.IsObject():
		w.raw("[" + list.Raw() + "]")
		return
	case !list.IsArray():
		w.textOrJSON(tools)
		return
	}
	w.raw("[")
	for tool := range list.Elements() {
		w.comma()
		if inner := tool.Unquoted(); inner.IsObject() {
			w.raw(inner.Raw())
			continue
		}
		w.raw(`{"name":`)
		w.dst = jsontext.AppendString(w.dst, tool.Text())
		w.raw("}")
	}
	w.raw("]")
}

// offers reports whether a list of definitions has the names of all of tools.
func offers(list jsonraw.Value, tools Text) bool {
	names := map[string]bool{}
	for tool := range list.Unquoted().Elements() {
		names[toolName(tool)] = true
	}
	offered := tools.value.Unquoted()
	if !offered.IsArray() {
		return false
	}
	for tool := range offered.Elements() {
		if name := toolName(tool); name == "" || !names[name] {
			return false
		}
	}
	return true
}

func toolName(tool jsonraw.Value) string {
	tool = tool.Unquoted()
	if tool.IsString() {
		return tool.Text()
	}
	if function := tool.Get("function"); function.IsObject() {
		tool = function
	}
	return tool.Get("name").Text()
}
