package genai

import (
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// family is a set of attribute families that spread messages over many
// attributes with an index in the key.
type family uint8

const (
	familyPrompt     family = 1 << iota // gen_ai.prompt.N.*           (OpenLLMetry)
	familyCompletion                    // gen_ai.completion.N.*       (OpenLLMetry)
	familyInput                         // llm.input_messages.N.message.*  (OpenInference)
	familyOutput                        // llm.output_messages.N.message.* (OpenInference)

	promptPrefix         = "gen_ai.prompt."
	completionPrefix     = "gen_ai.completion."
	inputMessagesPrefix  = "llm.input_messages."
	outputMessagesPrefix = "llm.output_messages."
)

func familyOf(key string) family {
	switch {
	case strings.HasPrefix(key, promptPrefix):
		return familyPrompt
	case strings.HasPrefix(key, completionPrefix):
		return familyCompletion
	case strings.HasPrefix(key, inputMessagesPrefix):
		return familyInput
	case strings.HasPrefix(key, outputMessagesPrefix):
		return familyOutput
	}
	return 0
}

// IsMessagePart reports whether an attribute is one of a family that spreads
// messages over many attributes, which Input and Output put together.
func IsMessagePart(key string) bool { return familyOf(key) != 0 }

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
		indexed{familyInput, inputMessagesPrefix}, indexed{familyPrompt, promptPrefix})
}

// Output returns what came out of the span, in the order of Input.
func (v *View) Output() (Content, bool) {
	return v.content(v.mastraOutput, OutputContent,
		indexed{familyOutput, outputMessagesPrefix}, indexed{familyCompletion, completionPrefix})
}

type indexed struct {
	family family
	prefix string
}

func (v *View) content(mastraKey string, whole Field, families ...indexed) (Content, bool) {
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
	if f := families[0]; v.families&f.family != 0 && v.openInferenceWhole(whole) {
		return Content{Value: v.assemble(f.prefix)}, true
	}
	if value, ok := v.Value(whole); ok {
		key := v.Key(whole)
		// Of a call that has arguments of a tool beside its messages these are no input.
		if messages, has := messagesBeside[key]; has && v.Kind() != KindTool {
			if list, ok := v.attributes.Get(messages); ok && list.AsString() != "" {
				return Content{Key: messages, Value: list}, true
			}
		}
		return Content{Key: key, Value: value}, true
	}
	for _, f := range families {
		if v.families&f.family != 0 {
			return Content{Value: v.assemble(f.prefix)}, true
		}
	}
	if whole == OutputContent && v.Has(ADKResponse) {
		return Content{Key: v.Key(ADKResponse), Value: v.values[ADKResponse]}, true
	}
	if value, ok := v.eventMessages(whole == OutputContent); ok {
		return Content{Value: value}, true
	}
	return Content{}, false
}

// messagesBeside are the attributes with the messages of a call, by those with the
// arguments and the result of a tool, which come before them on a tool's own span.
var messagesBeside = map[string]string{
	"gen_ai.tool.call.arguments": "gen_ai.input.messages",
	"gen_ai.tool.call.result":    "gen_ai.output.messages",
}

func (v *View) openInferenceWhole(whole Field) bool {
	key := v.Key(whole)
	return key == "input.value" || key == "output.value"
}

// Family puts together the attributes prefix.N.rest of the span, as Input does
// with messages: documents of retrievers, texts that were embedded. The prefix
// ends in a dot. The second result is false where there is none.
func (v *View) Family(prefix string) (pcommon.Value, bool) {
	if !v.hasAttributes {
		return pcommon.Value{}, false
	}
	for key := range v.attributes.All() {
		if strings.HasPrefix(key, prefix) {
			return v.assemble(prefix), true
		}
	}
	return pcommon.Value{}, false
}

// assemble builds a list of messages from the attributes prefix.N.rest. A
// message keeps the names of the family ("role", "content", …); OpenInference's
// inner "message." is dropped, and its numbered tool calls become a list.
func (v *View) assemble(prefix string) pcommon.Value {
	root := newBranch()
	for key, value := range v.attributes.All() {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			root.put(rest, value)
		}
	}
	out := pcommon.NewValueEmpty()
	root.write(out)
	return out
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
var wrappers = map[string]bool{"message": true, "tool_call": true, "message_content": true, "document": true, "embedding": true}

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
