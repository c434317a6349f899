package otlp

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// nested returns a list in a list in a list, so many levels deep.
func nested(levels int) pcommon.Value {
	v := pcommon.NewValueEmpty()
	at := v
	for range levels {
		at = at.SetEmptySlice().AppendEmpty()
	}
	at.SetStr("bottom")
	return v
}

func allKinds() pcommon.Map {
	m := pcommon.NewMap()
	m.PutStr("z.string", "text with \"quotes\", \n lines, ünïcode, \x00 and \u2028")
	m.PutStr("empty", "")
	m.PutBool("bool", true)
	m.PutInt("int", 42)
	m.PutInt("int.max", math.MaxInt64)
	m.PutInt("int.min", math.MinInt64)
	m.PutInt("int.2^53", 1<<53)
	m.PutDouble("double.whole", 1)
	m.PutDouble("double.minus.zero", math.Copysign(0, -1))
	m.PutDouble("double.huge", 1e300)
	m.PutDouble("double.small", 1.5e-7)
	m.PutDouble("double.nan", math.NaN())
	m.PutDouble("double.inf", math.Inf(1))
	m.PutDouble("double.-inf", math.Inf(-1))
	m.PutEmptyBytes("bytes").FromRaw([]byte{0, 1, 255})
	m.PutEmptyBytes("bytes.none")
	m.PutEmpty("nothing")
	m.PutEmptySlice("list.empty")
	m.PutEmptyMap("map.empty")
	list := m.PutEmptySlice("list")
	list.AppendEmpty().SetStr("a")
	list.AppendEmpty().SetInt(1)
	list.AppendEmpty()
	list.AppendEmpty().SetEmptyMap().PutDouble("d", 2)
	dollar := m.PutEmptyMap("map.dollar")
	dollar.PutStr("$string", "no wrapper")
	dollar.PutInt("b", 1)
	m.PutStr("$top", "a key with a dollar")
	inner := m.PutEmptyMap("map")
	inner.PutStr("k", "v")
	inner.PutEmptyMap("m").PutEmptyBytes("b").FromRaw([]byte("x"))
	nested(100).CopyTo(m.PutEmpty("deep.100"))
	nested(3000).CopyTo(m.PutEmpty("deep.3000"))
	return m
}

func TestAttributesComeBackWithTheirTypesAndOrder(t *testing.T) {
	var e Encoder
	e.NextSpan()
	want := allKinds()
	text := string(e.AppendAttributes(nil, want))
	require.True(t, jsontext.Valid(text, tracestore.MaxJSONDepth))
	require.True(t, json.Valid([]byte(text)))
	got := pcommon.NewMap()
	require.NoError(t, decodeList(text, nil, got))
	assertEqualMaps(t, want, got)
}

// assertEqualMaps compares by the wire format, in which order counts and NaN
// equals itself.
func assertEqualMaps(t *testing.T, want, got pcommon.Map) {
	t.Helper()
	assert.Equal(t, wire(t, want), wire(t, got))
}

func wire(t *testing.T, m pcommon.Map) string {
	t.Helper()
	traces := ptrace.NewTraces()
	m.CopyTo(traces.ResourceSpans().AppendEmpty().Resource().Attributes())
	raw, err := new(ptrace.ProtoMarshaler).MarshalTraces(traces)
	require.NoError(t, err)
	return string(raw)
}

func TestAValueThatStandsInAColumnIsReferredTo(t *testing.T) {
	long := strings.Repeat("a long value ", 10)
	object := `{"text": "` + long + `"}`
	var e Encoder
	e.NextSpan()
	e.StandsAsText(object, "input", "")
	e.StandsAsString(long, "metadata", Pointer("", "a/b~c"))
	m := pcommon.NewMap()
	m.PutStr("x", object)
	m.PutStr("y", long)
	m.PutStr("short", "s")
	m.PutEmptySlice("in.list").AppendEmpty().SetStr(long)
	text := string(e.AppendAttributes(nil, m))
	assert.JSONEq(t, `{"x":{"$text":"input"},"y":{"$string":"metadata","at":"/a~1b~0c"},"short":"s","in.list":[{"$string":"metadata","at":"/a~1b~0c"}]}`, text)
	got := pcommon.NewMap()
	metadata, err := json.Marshal(map[string]string{"a/b~c": long})
	require.NoError(t, err)
	require.NoError(t, decodeList(text, columns{"input": object, "metadata": string(metadata)}, got))
	assertEqualMaps(t, m, got)

	assert.Error(t, decodeList(text, columns{"input": object}, pcommon.NewMap()), "the column is gone")
}

func TestPointersLeadThroughObjectsAndLists(t *testing.T) {
	raw, err := lookUp(`{"messages":[{"content":"a"},{"content": {"x" : 1} }]}`, "/messages/1/content")
	require.NoError(t, err)
	assert.Equal(t, `{"x" : 1}`, string(raw))
	for _, pointer := range []string{"/messages/2", "/messages/-1", "/messages/x", "/nothing", "/messages/0/content/deeper"} {
		_, err := lookUp(`{"messages":[{"content":"a"}]}`, pointer)
		assert.Error(t, err, pointer)
	}
}

func TestTextIsCutWhereItIsTooLong(t *testing.T) {
	e := Encoder{MaxText: 10}
	e.NextSpan()
	assert.Equal(t, "0123456789", e.Text("0123456789"))
	assert.Equal(t, "0123456789…[cut: 11 bytes]", e.Text("0123456789a"))
	assert.Equal(t, "012345678…[cut: 12 bytes]", e.Text("012345678üx"), "not within a character")
	m := pcommon.NewMap()
	m.PutEmptyBytes("b").FromRaw(make([]byte, 20))
	m.PutEmptySlice("l").AppendEmpty().SetStr(strings.Repeat("x", 20))
	assert.JSONEq(t, `{"b":{"$bytes":"AAAAAAAAAAAAAA=="},"l":["xxxxxxxxxx…[cut: 20 bytes]"]}`, string(e.AppendAttributes(nil, m)))
	assert.Equal(t, 2, e.Cut)
}

func TestInvalidUTF8IsReplaced(t *testing.T) {
	var e Encoder
	e.NextSpan()
	m := pcommon.NewMap()
	m.PutStr("k\xff", "a\xffb\xc3")
	text := string(e.AppendAttributes(nil, m))
	assert.JSONEq(t, "{\"k\uFFFD\":\"a\uFFFDb\uFFFD\"}", text)
	assert.Equal(t, "a\uFFFDb", e.Text("a\xffb"))
}

func TestSpansComeBackAsOTLP(t *testing.T) {
	want := ptrace.NewTraces()
	rs := want.ResourceSpans().AppendEmpty()
	rs.SetSchemaUrl("https://example.org/r")
	rs.Resource().SetDroppedAttributesCount(1)
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.SetSchemaUrl("https://example.org/s")
	ss.Scope().SetName("lib")
	ss.Scope().SetVersion("1")
	ss.Scope().SetDroppedAttributesCount(2)
	ss.Scope().Attributes().PutBool("x", true)
	span := ss.Spans().AppendEmpty()
	span.SetTraceID([16]byte{1, 2, 3})
	span.SetSpanID([8]byte{4})
	span.SetParentSpanID([8]byte{5})
	span.SetName("n")
	span.SetKind(ptrace.SpanKindClient)
	span.SetStartTimestamp(math.MaxUint64 - 1)
	span.SetEndTimestamp(math.MaxUint64)
	span.Status().SetCode(ptrace.StatusCodeError)
	span.Status().SetMessage("boom")
	span.TraceState().FromRaw("a=b")
	span.SetFlags(257)
	span.SetDroppedAttributesCount(3)
	span.SetDroppedEventsCount(4)
	span.SetDroppedLinksCount(5)
	allKinds().CopyTo(span.Attributes())
	event := span.Events().AppendEmpty()
	event.SetName("exception")
	event.SetTimestamp(123)
	event.SetDroppedAttributesCount(6)
	event.Attributes().PutStr("exception.message", "boom")
	span.Events().AppendEmpty()
	link := span.Links().AppendEmpty()
	link.SetTraceID([16]byte{9})
	link.SetSpanID([8]byte{8})
	link.TraceState().FromRaw("c=d")
	link.SetFlags(1)
	link.SetDroppedAttributesCount(7)
	link.Attributes().PutDouble("d", 1)
	span.Links().AppendEmpty()

	var e Encoder
	e.NextSpan()
	got, err := Traces([]tracestore.Span{{
		TraceID: TraceID(span.TraceID()), SpanID: SpanID(span.SpanID()), ParentSpanID: SpanID(span.ParentSpanID()),
		Name: "n", Kind: 3, StartNanos: math.MaxUint64 - 1, EndNanos: math.MaxUint64, StatusCode: 2, StatusMessage: "boom", TraceState: "a=b", Flags: 257,
		DroppedAttributes: 3, DroppedEvents: 4, DroppedLinks: 5,
		Resource:   &tracestore.Resource{Attributes: `{"service.name":"shop"}`, DroppedAttributes: 1, SchemaURL: "https://example.org/r"},
		Scope:      &tracestore.Scope{Name: "lib", Version: "1", Attributes: `{"x":true}`, DroppedAttributes: 2, SchemaURL: "https://example.org/s"},
		Attributes: tracestore.JSON(e.AppendAttributes(nil, span.Attributes())),
		Events:     tracestore.JSON(e.AppendEvents(nil, span.Events())),
		Mastra:     tracestore.MastraRow{Links: tracestore.JSON(e.AppendLinks(nil, span.Links()))},
	}})
	require.NoError(t, err)
	marshal := func(traces ptrace.Traces) string {
		raw, err := new(ptrace.ProtoMarshaler).MarshalTraces(traces)
		require.NoError(t, err)
		return string(raw)
	}
	assert.Equal(t, marshal(want), marshal(got))
}
