package langfusetest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// plain turns decoded protobuf into the form that OTLP/JSON has.
func plain(traces ptrace.Traces) []any {
	var out []any
	for _, rs := range traces.ResourceSpans().All() {
		var scopeSpans []any
		for _, ss := range rs.ScopeSpans().All() {
			var spans []any
			for _, span := range ss.Spans().All() {
				spans = append(spans, plainSpan(span))
			}
			scopeSpans = append(scopeSpans, map[string]any{
				"scope": map[string]any{
					"name": ss.Scope().Name(), "version": ss.Scope().Version(), "attributes": plainAttributes(ss.Scope().Attributes()),
				},
				"spans": spans,
			})
		}
		out = append(out, map[string]any{
			"resource":   map[string]any{"attributes": plainAttributes(rs.Resource().Attributes())},
			"scopeSpans": scopeSpans,
		})
	}
	return out
}

func plainSpan(span ptrace.Span) map[string]any {
	trace, id, parent := span.TraceID(), span.SpanID(), span.ParentSpanID()
	out := map[string]any{
		"traceId": "", "spanId": "", "parentSpanId": "",
		"name":              span.Name(),
		"startTimeUnixNano": json.Number(strconv.FormatUint(uint64(span.StartTimestamp()), 10)),
		"endTimeUnixNano":   json.Number(strconv.FormatUint(uint64(span.EndTimestamp()), 10)),
		"attributes":        plainAttributes(span.Attributes()),
		"status": map[string]any{
			"code": json.Number(strconv.Itoa(int(span.Status().Code()))), "message": span.Status().Message(),
		},
	}
	if !trace.IsEmpty() {
		out["traceId"] = hex.EncodeToString(trace[:])
	}
	if !id.IsEmpty() {
		out["spanId"] = hex.EncodeToString(id[:])
	}
	if !parent.IsEmpty() {
		out["parentSpanId"] = hex.EncodeToString(parent[:])
	}
	var events []any
	for _, event := range span.Events().All() {
		events = append(events, map[string]any{"name": event.Name(), "attributes": plainAttributes(event.Attributes())})
	}
	out["events"] = events
	return out
}

func plainAttributes(attributes pcommon.Map) []any {
	out := make([]any, 0, attributes.Len())
	for key, value := range attributes.All() {
		out = append(out, map[string]any{"key": key, "value": plainValue(value)})
	}
	return out
}

// plainValue is an AnyValue of OTLP/JSON.
func plainValue(value pcommon.Value) map[string]any {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return map[string]any{"stringValue": value.Str()}
	case pcommon.ValueTypeBool:
		return map[string]any{"boolValue": value.Bool()}
	case pcommon.ValueTypeInt:
		return map[string]any{"intValue": json.Number(strconv.FormatFloat(longNumber(value.Int()), 'f', -1, 64))}
	case pcommon.ValueTypeDouble:
		return map[string]any{"doubleValue": plainDouble(value.Double())}
	case pcommon.ValueTypeBytes:
		return map[string]any{"bytesValue": base64.StdEncoding.EncodeToString(value.Bytes().AsRaw())}
	case pcommon.ValueTypeSlice:
		if value.Slice().Len() == 0 {
			return map[string]any{"arrayValue": map[string]any{}}
		}
		var elements []any
		for _, element := range value.Slice().All() {
			elements = append(elements, plainValue(element))
		}
		return map[string]any{"arrayValue": map[string]any{"values": elements}}
	case pcommon.ValueTypeMap:
		return map[string]any{"kvlistValue": map[string]any{"values": plainAttributes(value.Map())}}
	}
	return map[string]any{}
}

// longNumber is the number that the server makes of an integer of protobuf: it adds
// the lower 32 bits, which it takes for signed, to the upper ones.
func longNumber(n int64) float64 {
	high, low := int32(n>>32), int32(n)
	switch {
	case high == 0:
		return float64(low)
	case n == -1:
		return -1
	}
	return float64(high)*(1<<32) + float64(low)
}

// plainDouble is a number; null where JSON has none, as JSON.stringify writes it.
func plainDouble(d float64) any {
	text := strconv.FormatFloat(d, 'g', -1, 64)
	if _, err := strconv.ParseFloat(text, 64); err != nil || text == "NaN" || text == "+Inf" || text == "-Inf" {
		return nil
	}
	return json.Number(text)
}
