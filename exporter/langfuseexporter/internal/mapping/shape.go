package mapping

import (
	"math"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
)

// shape is the form that the server takes an attribute for without looking. It
// maps a request as a whole, and an attribute of another form that throws an error
// there loses all spans of the request; others lose their own span on v3.
type shape uint8

const (
	shapeAny    shape = iota
	shapeText         // text
	shapeObject       // JSON text of an object
	shapeEvents       // a list, in which nothing is null
	shapeWord         // a word that it looks up in a table
	shapeMillis       // milliseconds that it adds to the start
)

var shapes = map[string]shape{
	// These throw an error, the others drop the span on v3.
	"operation.name": shapeText, "ai.operationId": shapeText, "events": shapeEvents, "ttft_ms": shapeMillis,
	TypeKey: shapeWord, "openinference.span.kind": shapeWord, "gen_ai.operation.name": shapeWord, "genkit:metadata:subtype": shapeWord,

	"ai.toolCall.name": shapeText, "genkit:name": shapeText, keyTraceName: shapeText, keyRelease: shapeText, keyVersion: shapeText,
	"llm.invocation_parameters": shapeObject, "model_config": shapeObject,
}

// prototypeWords are what every object of JavaScript has a member of, and with it
// every table that is one.
var prototypeWords = map[string]bool{
	"constructor": true, "toString": true, "toLocaleString": true, "valueOf": true, "hasOwnProperty": true, "isPrototypeOf": true,
	"propertyIsEnumerable": true, "__proto__": true, "__defineGetter__": true, "__defineSetter__": true, "__lookupGetter__": true,
	"__lookupSetter__": true,
}

// maxMillis is beyond every instant that a Date of JavaScript can have.
const maxMillis = 1e15

// fits reports whether a value has a shape.
func (s shape) fits(value pcommon.Value) bool {
	switch s {
	case shapeText:
		return value.Type() == pcommon.ValueTypeStr
	case shapeObject:
		return isObjectText(value)
	case shapeEvents:
		return isEventList(value)
	case shapeWord:
		return !prototypeWords[scalarText(value)]
	case shapeMillis:
		n, err := strconv.ParseFloat(strings.TrimSpace(scalarText(value)), 64)
		return err != nil || math.Abs(n) < maxMillis
	}
	return true
}

// isObjectText: the server parses text, and takes what is no JSON for nothing.
func isObjectText(value pcommon.Value) bool {
	whole, ok := jsonraw.Parse(scalarText(value))
	return !ok || whole.IsObject()
}

func isEventList(value pcommon.Value) bool {
	var text string
	switch value.Type() {
	case pcommon.ValueTypeStr:
		text = value.Str()
	case pcommon.ValueTypeSlice, pcommon.ValueTypeMap:
		text = jsonOf(value)
	case pcommon.ValueTypeBytes:
		return false // becomes text, which may be a number
	case pcommon.ValueTypeInt:
		return isExact(value.Int()) // or becomes text
	default:
		return true // is not read
	}
	whole, ok := jsonraw.Parse(text)
	if !ok {
		return true
	}
	for element := range whole.Elements() {
		if element.IsNull() {
			return false
		}
	}
	return whole.IsArray()
}

// reshape sends an attribute that has not the shape that the server takes it for:
// as text, or else in the metadata of the observation alone.
func (m *Mapper) reshape(dst pcommon.Map, s shape, key string, value pcommon.Value) {
	if value.Type() == pcommon.ValueTypeEmpty {
		return
	}
	m.count(ReasonType)
	if s == shapeText {
		dst.PutStr(key, m.Text(scalarText(value)))
		return
	}
	m.putValue(dst, metadataPrefix+shortKey(key), value)
}
