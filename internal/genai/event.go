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
// object a message, whatever form they have there. The second result is false
// where there is none.
func (v *View) eventMessages(output bool) (pcommon.Value, bool) {
	list := pcommon.NewValueEmpty()
	messages := list.SetEmptySlice()
	if v.hasSpan {
		for _, event := range v.span.Events().All() {
			if kind, ok := messageEvents[event.Name()]; ok && kind.output == output {
				appendEvent(messages, kind.role, event.Attributes())
			}
		}
	}
	if messages.Len() == 0 && v.hasAttributes {
		v.listedEvents(messages, output)
	}
	return list, messages.Len() > 0
}

// listedEventsKeys are attributes that hold all events of a call, or of the run of
// an agent, in one JSON list: Pydantic AI, version 1 of its instrumentation. The
// first has no namespace; the names of the events in it say what it is.
var listedEventsKeys = [...]string{"events", "all_messages_events"}

// listedEvents adds the messages of such an attribute.
func (v *View) listedEvents(messages pcommon.Slice, output bool) {
	for _, key := range listedEventsKeys {
		value, ok := v.attribute(key)
		if !ok {
			continue
		}
		events := structured(value)
		if !isObjectList(events) {
			continue
		}
		for _, event := range events.Slice().All() {
			name, ok := event.Map().Get(eventNameKey)
			if !ok {
				continue
			}
			if kind, ok := messageEvents[name.AsString()]; ok && kind.output == output {
				appendEvent(messages, kind.role, event.Map())
			}
		}
	}
}

// eventPayload are the attributes of an event that hold its messages as a whole:
// as JSON, or as the text of one message.
var eventPayload = map[string]bool{
	"gen_ai.event.content": true, // azure-ai-inference, Semantic Kernel
	"gen_ai.prompt":        true, // conventions up to 1.27
	"gen_ai.completion":    true,
	"message":              true, // gen_ai.choice
}

// notOfMessage are attributes of message events that are not part of the message.
var notOfMessage = map[string]bool{
	"gen_ai.system": true, "gen_ai.provider.name": true, eventNameKey: true, "gen_ai.message.index": true,
}

// appendEvent adds what an event tells: one message, or as many as the list in its
// attribute has. A role that the message states counts, and else that of the event.
func appendEvent(messages pcommon.Slice, role string, attributes pcommon.Map) {
	if attributes.Len() == 0 {
		return
	}
	for key, value := range attributes.All() {
		if !eventPayload[key] {
			continue
		}
		if list, ok := messageList(value); ok {
			for _, element := range list.All() {
				element.CopyTo(messages.AppendEmpty())
			}
			return
		}
	}
	message := messages.AppendEmpty().SetEmptyMap()
	message.PutStr("role", role)
	for key, value := range attributes.All() {
		switch {
		case notOfMessage[key]:
		case eventPayload[key]:
			putPayload(message, value)
		default:
			putMember(message, key, value)
		}
	}
}

// putPayload adds the members of an object that is a message, or a choice with a
// message in it; anything else is the content of the message.
func putPayload(message pcommon.Map, value pcommon.Value) {
	object := structured(value)
	if object.Type() != pcommon.ValueTypeMap || !hasAny(object.Map(), messageMembers) {
		putMember(message, "content", value)
		return
	}
	for key, member := range object.Map().All() {
		if inner := structured(member); key == "message" && inner.Type() == pcommon.ValueTypeMap {
			for name, value := range inner.Map().All() {
				putMember(message, name, value)
			}
			continue
		}
		putMember(message, key, member)
	}
}

// messageMembers are the names by which an object is known as a message or a choice.
var messageMembers = []string{"role", "content", "parts", "tool_calls", "message", "finish_reason"}

func hasAny(object pcommon.Map, names []string) bool {
	for _, name := range names {
		if _, ok := object.Get(name); ok {
			return true
		}
	}
	return false
}

// listMembers are the members of a message that are lists of objects. As attributes
// of an event they are JSON text; all other text of a message is what it says, be it
// JSON or not.
var listMembers = map[string]bool{"content": true, "parts": true, "tool_calls": true}

func putMember(message pcommon.Map, key string, value pcommon.Value) {
	if listMembers[key] {
		if list := structured(value); isObjectList(list) {
			value = list
		}
	}
	value.CopyTo(message.PutEmpty(key))
}

// structured returns text that is JSON for an object or a list decoded, and any
// other value as it is.
func structured(value pcommon.Value) pcommon.Value {
	if value.Type() == pcommon.ValueTypeStr {
		decoded := pcommon.NewValueEmpty()
		if decodeJSON(value.Str(), decoded) {
			return decoded
		}
	}
	return value
}

func isObjectList(list pcommon.Value) bool {
	if list.Type() != pcommon.ValueTypeSlice || list.Slice().Len() == 0 {
		return false
	}
	for _, element := range list.Slice().All() {
		if element.Type() != pcommon.ValueTypeMap {
			return false
		}
	}
	return true
}

// messageList returns the messages that a value lists, by itself or as the messages
// of a request: objects that each have a role. Parts of one message have none.
func messageList(value pcommon.Value) (pcommon.Slice, bool) {
	list := structured(value)
	if list.Type() == pcommon.ValueTypeMap {
		inner, ok := list.Map().Get("messages")
		if !ok {
			return pcommon.Slice{}, false
		}
		list = inner
	}
	if !isObjectList(list) {
		return pcommon.Slice{}, false
	}
	for _, element := range list.Slice().All() {
		if _, ok := element.Map().Get("role"); !ok {
			return pcommon.Slice{}, false
		}
	}
	return list.Slice(), true
}

// IsMessageEvent reports whether an event of a span tells messages of a call,
// which Input and Output read.
func IsMessageEvent(name string) bool {
	_, ok := messageEvents[name]
	return ok || name == detailsEvent
}
