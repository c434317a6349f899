package langfusetest

import (
	"encoding/json"
	"strconv"
	"strings"
)

// attributes turns a list of attributes into an object of JavaScript values.
// Keys that reach for prototypes are left out.
func attributes(raw any) map[string]any {
	list, _ := raw.([]any)
	out := make(map[string]any, len(list))
	for _, element := range list {
		attribute, _ := element.(map[string]any)
		key, _ := attribute["key"].(string)
		if reachesPrototype(key) {
			continue
		}
		out[key] = convert(attribute["value"])
	}
	return out
}

func reachesPrototype(key string) bool {
	for segment := range strings.SplitSeq(key, ".") {
		switch segment {
		case "__proto__", "constructor", "prototype":
			return true
		}
	}
	return false
}

// convert reads an AnyValue as the real server does (langfuse reference 2.1):
// what is a map or bytes, and a list without elements, stays as the text of the
// AnyValue itself.
func convert(raw any) any {
	value, _ := raw.(map[string]any)
	if text, ok := value["stringValue"]; ok {
		return text
	}
	if number, ok := value["doubleValue"]; ok {
		return jsNumber(number)
	}
	if truth, ok := value["boolValue"]; ok {
		return truth
	}
	if array, ok := value["arrayValue"].(map[string]any); ok {
		if values, ok := array["values"].([]any); ok {
			out := make([]any, len(values))
			for i, element := range values {
				out[i] = convert(element)
			}
			return out
		}
	}
	if number, ok := value["intValue"]; ok {
		return jsNumber(number)
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was JSON
	}
	return string(text)
}

// jsNumber is a double, as every number of JavaScript; words such as NaN stay
// words.
func jsNumber(raw any) any {
	text := ""
	switch n := raw.(type) {
	case json.Number:
		text = n.String()
	case string: // OTLP/JSON has 64-bit integers as strings
		text = n
	}
	d, err := strconv.ParseFloat(text, 64)
	if err != nil || text == "NaN" || strings.Contains(text, "Inf") {
		return raw
	}
	return d
}

// truthy is JavaScript's idea of it.
func truthy(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case float64:
		return v != 0
	case bool:
		return v
	}
	return true
}

// textOf is String(value) for strings, else JSON.
func textOf(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was JSON
	}
	return string(raw)
}

// first is the first attribute that has a truthy value.
func first(attributes map[string]any, keys ...string) any {
	for _, key := range keys {
		if truthy(attributes[key]) {
			return attributes[key]
		}
	}
	return nil
}

// firstText is first as text, "" where there is none.
func firstText(attributes map[string]any, keys ...string) string {
	if value := first(attributes, keys...); value != nil {
		return textOf(value)
	}
	return ""
}

// object reads JSON text that is an object.
func object(value any) (map[string]any, bool) {
	text, ok := value.(string)
	if !ok {
		return nil, false
	}
	var out map[string]any
	if json.Unmarshal([]byte(text), &out) != nil || out == nil {
		return nil, false
	}
	return out, true
}
