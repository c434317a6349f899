package genai

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// detailsEvent may carry a call's content and usage in place of its span
// (semantic-conventions-genai).
const detailsEvent = "gen_ai.client.inference.operation.details"

// readDetailsEvent takes from the span's details event what the span's own
// attributes do not state.
func (v *View) readDetailsEvent() {
	for _, event := range v.span.Events().All() {
		if event.Name() != detailsEvent {
			continue
		}
		for key, value := range event.Attributes().All() {
			if at, ok := index[key]; ok && v.ranks[at.field] == 0 && !statesNothing(value) {
				v.ranks[at.field], v.values[at.field], v.keys[at.field] = at.rank, value, key
			}
		}
	}
}

// messageEvents are the events by which conventions up to 1.36 tell the
// messages of a call, one event a message, with the role that each stands for.
var messageEvents = map[string]struct {
	role   string
	output bool
}{
	"gen_ai.system.message":     {role: "system"},
	"gen_ai.user.message":       {role: "user"},
	"gen_ai.assistant.message":  {role: "assistant"},
	"gen_ai.tool.message":       {role: "tool"},
	"gen_ai.choice":             {role: "assistant", output: true},
	"gen_ai.content.prompt":     {role: "user"},
	"gen_ai.content.completion": {role: "assistant", output: true},
}

// eventMessages puts the messages that the span's events tell into a list, one
// object a message. The second result is false where there is none.
func (v *View) eventMessages(output bool) (pcommon.Value, bool) {
	list := pcommon.NewValueEmpty()
	if !v.hasSpan {
		return list, false
	}
	messages := list.SetEmptySlice()
	for _, event := range v.span.Events().All() {
		kind, ok := messageEvents[event.Name()]
		if !ok || kind.output != output || event.Attributes().Len() == 0 {
			continue
		}
		message := messages.AppendEmpty().SetEmptyMap()
		message.PutStr("role", kind.role)
		for key, value := range event.Attributes().All() {
			switch key {
			case "gen_ai.system":
			case "gen_ai.prompt", "gen_ai.completion":
				value.CopyTo(message.PutEmpty("content"))
			default:
				value.CopyTo(message.PutEmpty(key))
			}
		}
	}
	return list, messages.Len() > 0
}

// IsMessageEvent reports whether an event of a span tells messages of a call,
// which Input and Output read.
func IsMessageEvent(name string) bool {
	_, ok := messageEvents[name]
	return ok || name == detailsEvent
}
