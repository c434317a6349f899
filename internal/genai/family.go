package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// family is a set of attribute families that spread a list over many attributes
// with an index in the key.
type family uint16

const (
	familyPrompt       family = 1 << iota // messages (OpenLLMetry)
	familyCompletion                      // messages (OpenLLMetry)
	familyInput                           // messages (OpenInference)
	familyOutput                          // messages (OpenInference)
	familyEmbedded                        // texts that were embedded (OpenInference)
	familyRerankInput                     // documents (OpenInference)
	familyRerankOutput                    // documents (OpenInference)
	familyDocuments                       // documents that were retrieved (OpenInference)
	familyPrompts                         // texts of a completion (OpenInference)
	familyChoices                         // texts of a completion (OpenInference)
	familyTools                           // schemas of tools (OpenInference)
	familyFunctions                       // definitions of tools (OpenLLMetry)

	messageFamilies = familyPrompt | familyCompletion | familyInput | familyOutput
)

// familyPrefixes begin the names of each family; an index follows.
var familyPrefixes = [...]struct {
	family family
	prefix string
}{
	{familyPrompt, "gen_ai.prompt."},
	{familyCompletion, "gen_ai.completion."},
	{familyInput, "llm.input_messages."},
	{familyOutput, "llm.output_messages."},
	{familyEmbedded, "embedding.embeddings."},
	{familyRerankInput, "reranker.input_documents."},
	{familyRerankOutput, "reranker.output_documents."},
	{familyDocuments, "retrieval.documents."},
	{familyPrompts, "llm.prompts."},
	{familyChoices, "llm.choices."},
	{familyTools, "llm.tools."},
	{familyFunctions, "llm.request.functions."},
}

// familyOf returns the family of an attribute, 0 where it is of none. Only a
// number after the prefix makes an element: gen_ai.prompt.name, .version and
// .variable.* describe the template of the prompt.
func familyOf(key string) family {
	for _, f := range familyPrefixes {
		if rest, ok := strings.CutPrefix(key, f.prefix); ok && beginsWithIndex(rest) {
			return f.family
		}
	}
	return 0
}

// beginsWithIndex reports whether the first part of a dotted name is a number.
func beginsWithIndex(name string) bool {
	head, _, _ := strings.Cut(name, ".")
	for i := range len(head) {
		if head[i] < '0' || head[i] > '9' {
			return false
		}
	}
	return head != ""
}

// assemble builds the list of a family from its attributes. An element keeps the
// names of the family ("role", "content", …); levels that only name what the
// number before them counts are dropped, and numbered tool calls become a list.
// Embeddings are left out: nobody reads the numbers, and there are many.
func (v *View) assemble(f family) pcommon.Value {
	root := newBranch()
	for key, value := range v.attributes.All() {
		for _, at := range familyPrefixes {
			if at.family != f {
				continue
			}
			if rest, ok := strings.CutPrefix(key, at.prefix); ok && beginsWithIndex(rest) && !strings.HasSuffix(rest, ".vector") {
				root.put(rest, value)
			}
		}
	}
	out := pcommon.NewValueEmpty()
	root.write(out)
	return out
}

// Tools returns the definitions of the tools that a model was offered: one
// attribute, or the list of a family. The second result is false where the span
// has none.
func (v *View) Tools() (pcommon.Value, bool) {
	if value, ok := v.Value(ToolDefinitions); ok {
		return value, true
	}
	if v.families&familyTools != 0 {
		return schemasOf(v.assemble(familyTools)), true
	}
	if v.families&familyFunctions != 0 {
		return v.assemble(familyFunctions), true
	}
	return pcommon.Value{}, false
}

// schemasOf takes OpenInference's llm.tools.N.tool.json_schema out of the objects
// that hold them.
func schemasOf(tools pcommon.Value) pcommon.Value {
	if tools.Type() != pcommon.ValueTypeSlice {
		return tools
	}
	out := pcommon.NewValueSlice()
	for _, tool := range tools.Slice().All() {
		schema := tool
		if tool.Type() == pcommon.ValueTypeMap {
			if inner, ok := tool.Map().Get("json_schema"); ok {
				schema = inner
			}
		}
		schema.CopyTo(out.Slice().AppendEmpty())
	}
	return out
}
