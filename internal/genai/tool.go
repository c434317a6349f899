package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// toolArguments is the conventions' attribute with the arguments of a tool call.
const toolArguments = "gen_ai.tool.call.arguments"

// toolDefinition are OpenInference's attributes that define the parameters of a
// tool. Its conversion to the GenAI conventions repeats the first as the arguments
// of the call (Arize-ai/openinference, _genai_conversion.py); what the tool was
// called with stands in input.value.
var toolDefinition = [...]string{"tool.parameters", "tool.json_schema"}

const flatDefinition = "tool.parameters."

// argumentsAreSchema reports whether what the span states as the arguments of a tool
// call is the definition of its parameters.
func (v *View) argumentsAreSchema(arguments pcommon.Value) bool {
	if v.Has(OpenInferenceKind) { // or spread over attributes
		for key := range v.attributes.All() {
			if strings.HasPrefix(key, flatDefinition) {
				return true
			}
		}
	}
	for _, key := range toolDefinition {
		if definition, ok := v.attribute(key); ok && sameContent(arguments, definition) {
			return true
		}
	}
	return false
}

// argumentsBesideSchema is what a tool was called with where the attribute for it
// repeats the definition: input.value, or else, where the definition does not look
// like one, itself. Some instrumentations put the arguments into both.
func (v *View) argumentsBesideSchema() (Content, bool) {
	if value, ok := v.attribute("input.value"); ok && !statesNothing(value) {
		return Content{Key: "input.value", Value: value}, true
	}
	if isSchema(v.values[InputContent]) {
		return Content{}, false
	}
	return Content{Key: toolArguments, Value: v.values[InputContent]}, true
}

// sameContent reports whether two values say the same, be it as JSON text in another
// layout.
func sameContent(a, b pcommon.Value) bool {
	a, b = structured(a), structured(b)
	return a.Type() == b.Type() && a.Equal(b)
}

// isSchema reports whether a value is a JSON schema: of an object, or wrapped as the
// definition of a function.
func isSchema(value pcommon.Value) bool {
	object := structured(value)
	if object.Type() != pcommon.ValueTypeMap {
		return false
	}
	if function, ok := object.Map().Get("function"); ok && function.Type() == pcommon.ValueTypeMap {
		return true
	}
	_, hasProperties := object.Map().Get("properties")
	kind, _ := object.Map().Get("type")
	return hasProperties && (kind.Type() == pcommon.ValueTypeEmpty || kind.AsString() == "object")
}
