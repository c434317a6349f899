package genai

import (
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// IsMessagePart reports whether an attribute is one of a family that spreads
// messages over many attributes, which Input and Output put together.
func IsMessagePart(key string) bool { return familyOf(key)&messageFamilies != 0 }

// Content is what went into a span or came out of it.
type Content struct {
	// Key is the attribute that holds the whole content, or "" where it was put
	// together from an indexed family.
	Key string
	// Value is that attribute, or a list of messages put together.
	Value pcommon.Value
}

// AppendJSON appends the content to dst as one valid JSON value: text that is
// JSON already as it stands, other text as a JSON string, lists and maps as
// JSON.
func (c Content) AppendJSON(dst []byte) []byte { return AppendJSON(dst, c.Value) }

// Input returns what went into the span: Mastra's own attribute first, then
// whole attributes in the order of the table, then indexed messages, then the
// messages that events of the span tell. The second result is false where there
// is none.
func (v *View) Input() (Content, bool) {
	return v.content(v.mastraInput, InputContent,
		familyInput, familyPrompt, familyPrompts, familyEmbedded, familyRerankInput)
}

// Output returns what came out of the span, in the order of Input.
func (v *View) Output() (Content, bool) {
	return v.content(v.mastraOutput, OutputContent,
		familyOutput, familyCompletion, familyChoices, familyDocuments, familyRerankOutput)
}

func (v *View) content(mastraKey string, whole Field, families ...family) (Content, bool) {
	if !v.hasAttributes {
		return Content{}, false
	}
	if mastraKey != "" {
		if value, ok := v.attributes.Get(mastraKey); ok {
			return Content{Key: mastraKey, Value: value}, true
		}
	}
	// OpenInference and OpenLLMetry repeat the messages as one text in
	// input.value or traceloop.entity.input, which is the whole request with its
	// parameters; the messages themselves are the better reading.
	if f := families[0]; v.families&f != 0 && v.openInferenceWhole(whole) {
		return Content{Value: v.assemble(f)}, true
	}
	if value, ok := v.Value(whole); ok {
		key := v.Key(whole)
		if key == toolArguments && v.argumentsAreSchema(value) {
			return v.argumentsBesideSchema()
		}
		if key == toolDefinition[0] && isSchema(value) {
			return Content{}, false
		}
		// Of a call that has arguments of a tool beside its messages these are no input.
		if messages, has := messagesBeside[key]; has && v.Kind() != KindTool {
			if list, ok := v.attributes.Get(messages); ok && list.AsString() != "" {
				return Content{Key: messages, Value: list}, true
			}
		}
		return Content{Key: key, Value: value}, true
	}
	for _, f := range families {
		if v.families&f != 0 {
			return Content{Value: v.assemble(f)}, true
		}
	}
	if whole == OutputContent && v.Has(ADKResponse) {
		return Content{Key: v.Key(ADKResponse), Value: v.values[ADKResponse]}, true
	}
	if c, ok := v.agentMessages(whole == OutputContent); ok {
		return c, true
	}
	if value, ok := v.eventMessages(whole == OutputContent); ok {
		return Content{Value: value}, true
	}
	return Content{}, false
}

// agentMessages are the conversation of a run of Pydantic AI, and its result.
func (v *View) agentMessages(output bool) (Content, bool) {
	key := "pydantic_ai.all_messages"
	if output {
		key = "final_result" // has no namespace: read beside the messages only
	}
	if !v.Has(AgentMessages) {
		return Content{}, false
	}
	value, ok := v.attribute(key)
	if !ok || statesNothing(value) {
		return Content{}, false
	}
	return Content{Key: key, Value: value}, true
}

// messagesBeside are the attributes with the messages of a call, by those with the
// arguments and the result of a tool, which come before them on a tool's own span.
var messagesBeside = map[string]string{
	toolArguments:             "gen_ai.input.messages",
	"gen_ai.tool.call.result": "gen_ai.output.messages",
}

func (v *View) openInferenceWhole(whole Field) bool {
	key := v.Key(whole)
	return key == "input.value" || key == "output.value"
}

// branch is a level of a dotted key, on the way from flat attributes to a tree.
type branch struct {
	value    pcommon.Value
	isLeaf   bool
	children map[string]*branch
}

func newBranch() *branch { return &branch{children: map[string]*branch{}} }

// maxAssembleDepth bounds the nesting that a hostile key can ask for; the
// deepest real key (a tool call's function arguments) has eight parts.
const maxAssembleDepth = 16

func (n *branch) put(path string, value pcommon.Value) {
	for depth := 1; path != ""; depth++ {
		head, rest, _ := strings.Cut(path, ".")
		if depth == maxAssembleDepth {
			head, rest = path, ""
		}
		child := n.children[head]
		if child == nil {
			child = newBranch()
			n.children[head] = child
		}
		n, path = child, rest
	}
	n.value, n.isLeaf = value, true
}

// wrappers are levels that only say what kind of thing the number before them
// counts (OpenInference: llm.input_messages.0.message.role).
var wrappers = map[string]bool{
	"message": true, "tool_call": true, "message_content": true, "document": true, "embedding": true, "tool": true,
	"prompt": true, "completion": true,
}

func (n *branch) write(out pcommon.Value) {
	if n.isLeaf {
		n.value.CopyTo(out)
		return
	}
	if len(n.children) == 1 {
		for name, child := range n.children {
			if wrappers[name] && !child.isLeaf {
				child.write(out)
				return
			}
		}
	}
	names := make([]string, 0, len(n.children))
	numbered := true
	for name := range n.children {
		names = append(names, name)
		if _, err := strconv.ParseUint(name, 10, 31); err != nil {
			numbered = false
		}
	}
	if numbered {
		slices.SortFunc(names, func(a, b string) int {
			x, _ := strconv.ParseUint(a, 10, 31)
			y, _ := strconv.ParseUint(b, 10, 31)
			return int(x) - int(y)
		})
		list := out.SetEmptySlice()
		for _, name := range names {
			n.children[name].write(list.AppendEmpty())
		}
		return
	}
	slices.Sort(names)
	object := out.SetEmptyMap()
	for _, name := range names {
		n.children[name].write(object.PutEmpty(name))
	}
}
