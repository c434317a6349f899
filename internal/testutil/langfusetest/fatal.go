package langfusetest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// The worker maps the spans of a request one after the other, and gives the whole
// request up where one of them throws an error: after six tries all of its spans are
// lost. Read in the processor of packages/shared/src/server/otel, and run.

// prototypeWords are found in every table that is an object of JavaScript, and are
// no type there.
var prototypeWords = []string{"constructor", "toString", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"}

// typeTables are the attributes that are looked up in a table, in the order of the
// mappers.
var typeTables = []struct {
	key   string
	types map[string]string
}{
	{"langfuse.observation.type", observationTypes},
	{"openinference.span.kind", openInferenceTypes},
	{"gen_ai.operation.name", operationTypes},
	{"genkit:metadata:subtype", genkitTypes},
}

// fatal says on which attribute of the span the worker throws an error, "" where
// on none.
func (in *span) fatal() string {
	if key := in.fatalType(); key != "" {
		return key
	}
	a := in.attributes
	if in.readsEvents() {
		list, isList := a["events"].([]any)
		if text, isText := a["events"].(string); isText {
			var parsed any
			if json.Unmarshal([]byte(text), &parsed) != nil {
				return ""
			}
			list, isList = parsed.([]any)
			if !isList {
				return "events"
			}
		}
		if isList && slices.Contains(list, nil) {
			return "events"
		}
	}
	if in.scope == claudeCodeScope && in.completionStart() == "" && a["ttft_ms"] != nil {
		if millis, ok := numberOf(a["ttft_ms"]); ok && math.Abs(millis) > maxDate {
			return "ttft_ms"
		}
	}
	return ""
}

// maxDate is beyond what a Date of JavaScript can be, in milliseconds.
const maxDate = 8.64e15

func (in *span) fatalType() string {
	a := in.attributes
	for _, table := range typeTables {
		word, _ := a[table.key].(string)
		if slices.Contains(prototypeWords, word) {
			return table.key
		}
		if table.types[word] != "" {
			return ""
		}
	}
	for _, key := range [...]string{"operation.name", "ai.operationId"} {
		if _, isText := a[key].(string); a[key] != nil && !isText {
			return key
		}
	}
	return ""
}

// readsEvents reports whether the worker comes to look at Logfire's list of events:
// no source that comes before it has content.
func (in *span) readsEvents() bool {
	if in.attributes["events"] == nil {
		return false
	}
	without := *in
	without.attributes = map[string]any{}
	for _, key := range beforeEvents {
		if value, ok := in.attributes[key]; ok {
			without.attributes[key] = value
		}
	}
	input, output := without.content(false)
	return in.scope != aiScope && in.scope != genkitScope && !truthy(input) && !truthy(output)
}

// numberOf is Number(value).
func numberOf(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		if v == "" {
			return 0, true
		}
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
	}
	return 0, false
}

func fatalSentence(spanID, name, key string) string {
	return fmt.Sprintf("span %s %q has an attribute %s on which the server throws an error: the whole request is lost", spanID, name, key)
}
