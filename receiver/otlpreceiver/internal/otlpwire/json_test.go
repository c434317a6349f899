package otlpwire

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

const enough = 1 << 30

func decodeTraces(t *testing.T, body string) (ptrace.Traces, error) {
	t.Helper()
	raw, size, err := FromJSON(Traces, []byte(body), enough)
	if err != nil {
		return ptrace.Traces{}, err
	}
	scanned, scanErr := Scan(Traces, raw, enough)
	require.NoError(t, scanErr)
	assert.Equal(t, scanned, size, "the sizes of a body in JSON and in protobuf")
	request := ptraceotlp.NewExportRequest()
	require.NoError(t, request.UnmarshalProto(raw))
	return request.Traces(), nil
}

func span(fields string) string {
	return `{"resourceSpans":[{"scopeSpans":[{"spans":[{` + fields + `}]}]}]}`
}

func attribute(value string) string {
	return span(`"attributes":[{"key":"k","value":` + value + `}]`)
}

func theSpan(t *testing.T, traces ptrace.Traces) ptrace.Span {
	t.Helper()
	require.Equal(t, 1, traces.SpanCount())
	return traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
}

// TestAttributeValues has what exporters and protobuf's mapping write for a value.
func TestAttributeValues(t *testing.T) {
	for body, want := range map[string]any{
		`{"stringValue":"x"}`:  "x",
		`{"string_value":"x"}`: "x",
		`{"stringValue":""}`:   "",
		`{"stringValue":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}`: "a\"\\/\b\f\n\r\té😀",
		`{"stringValue":"cut \ud83d"}`:                          "cut \ufffd",
		`{"stringValue":"\ude00 cut"}`:                          "\ufffd cut",
		`{"stringValue":"\ud83d\ud83d\ude00"}`:                  "\ufffd😀",
		`{"stringValue":"\ud83dx"}`:                             "\ufffdx",
		`{"stringValue":"\u0000"}`:                              "\x00",
		"{\"stringValue\":\"bad \xff byte\"}":                   "bad \ufffd byte",
		"{\"stringValue\":\"bad \\n\xff byte\"}":                "bad \n\ufffd byte",
		`{"intValue":"-7"}`:                                     int64(-7),
		`{"intValue":7}`:                                        int64(7),
		`{"intValue":"9223372036854775807"}`:                    int64(math.MaxInt64),
		`{"intValue":9007199254740993}`:                         int64(9007199254740993),
		`{"intValue":1e3}`:                                      int64(1000),
		`{"intValue":1e21}`:                                     1e21,
		`{"intValue":1.5}`:                                      1.5,
		`{"doubleValue":1.5}`:                                   1.5,
		`{"doubleValue":"1.5"}`:                                 1.5,
		`{"doubleValue":3}`:                                     3.0,
		`{"doubleValue":"Infinity"}`:                            math.Inf(1),
		`{"doubleValue":"-Infinity"}`:                           math.Inf(-1),
		`{"doubleValue":null}`:                                  nil,
		`{"stringValue":null}`:                                  nil,
		`{}`:                                                    nil,
		`null`:                                                  nil,
		`{"boolValue":true}`:                                    true,
		`{"boolValue":false}`:                                   false,
		`{"bytesValue":"AQI="}`:                                 []byte{1, 2},
		`{"bytesValue":"AQI"}`:                                  []byte{1, 2},
		`{"bytesValue":"-_8="}`:                                 []byte{0xfb, 0xff},
		`{"bytesValue":{"0":1,"1":255}}`:                        []byte{1, 255},
		`{"bytesValue":[1,255]}`:                                []byte{1, 255},
		`{"arrayValue":{"values":[{"doubleValue":null},{"intValue":1}]}}`:          []any{nil, int64(1)},
		`{"arrayValue":{"values":[null,{"stringValue":"x"}]}}`:                     []any{nil, "x"},
		`{"arrayValue":{"values":null}}`:                                           []any{},
		`{"arrayValue":{}}`:                                                        []any{},
		`{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}},null]}}`: map[string]any{"a": true},
		`{"later":{"a":[1,{"b":null}],"c":"\ud83d"},"intValue":1}`:                 int64(1),
	} {
		t.Run(body, func(t *testing.T) {
			traces, err := decodeTraces(t, attribute(body))
			require.NoError(t, err)
			value, ok := theSpan(t, traces).Attributes().Get("k")
			require.True(t, ok)
			assert.Equal(t, want, value.AsRaw())
		})
	}
	traces, err := decodeTraces(t, attribute(`{"doubleValue":"NaN"}`))
	require.NoError(t, err)
	value, _ := theSpan(t, traces).Attributes().Get("k")
	assert.True(t, math.IsNaN(value.Double()))
}

// TestSpanFields has the fields of a span as exporters write them.
func TestSpanFields(t *testing.T) {
	const id, base64ID = `"5b8efff798038103d269b633813fc60c"`, `"W47/95gDgQPSabYzgT/GDA=="`
	for body, check := range map[string]func(*assert.Assertions, ptrace.Span){
		`"traceId":` + id: func(a *assert.Assertions, s ptrace.Span) {
			a.Equal("5b8efff798038103d269b633813fc60c", s.TraceID().String())
		},
		`"trace_id":` + id: func(a *assert.Assertions, s ptrace.Span) {
			a.Equal("5b8efff798038103d269b633813fc60c", s.TraceID().String())
		},
		`"traceId":` + base64ID: func(a *assert.Assertions, s ptrace.Span) {
			a.Equal("5b8efff798038103d269b633813fc60c", s.TraceID().String())
		},
		`"traceId":"5B8EFFF798038103D269B633813FC60C"`: func(a *assert.Assertions, s ptrace.Span) {
			a.Equal("5b8efff798038103d269b633813fc60c", s.TraceID().String())
		},
		`"spanId":"eee19b7ec3c1b174"`:        func(a *assert.Assertions, s ptrace.Span) { a.Equal("eee19b7ec3c1b174", s.SpanID().String()) },
		`"spanId":"7uGbfsPBsXQ="`:            func(a *assert.Assertions, s ptrace.Span) { a.Equal("eee19b7ec3c1b174", s.SpanID().String()) },
		`"parentSpanId":""`:                  func(a *assert.Assertions, s ptrace.Span) { a.True(s.ParentSpanID().IsEmpty()) },
		`"parentSpanId":null`:                func(a *assert.Assertions, s ptrace.Span) { a.True(s.ParentSpanID().IsEmpty()) },
		`"kind":3`:                           func(a *assert.Assertions, s ptrace.Span) { a.Equal(ptrace.SpanKindClient, s.Kind()) },
		`"kind":"SPAN_KIND_CLIENT"`:          func(a *assert.Assertions, s ptrace.Span) { a.Equal(ptrace.SpanKindClient, s.Kind()) },
		`"kind":"3"`:                         func(a *assert.Assertions, s ptrace.Span) { a.Equal(ptrace.SpanKindClient, s.Kind()) },
		`"kind":null`:                        func(a *assert.Assertions, s ptrace.Span) { a.Zero(s.Kind()) },
		`"kind":77`:                          func(a *assert.Assertions, s ptrace.Span) { a.EqualValues(77, s.Kind()) },
		`"status":{"code":2,"message":"no"}`: func(a *assert.Assertions, s ptrace.Span) { a.Equal(ptrace.StatusCodeError, s.Status().Code()) },
		`"status":{"code":"STATUS_CODE_ERROR"}`: func(a *assert.Assertions, s ptrace.Span) {
			a.Equal(ptrace.StatusCodeError, s.Status().Code())
		},
		`"status":null`: func(a *assert.Assertions, s ptrace.Span) { a.Zero(s.Status().Code()) },
		`"startTimeUnixNano":"1544712660300000001"`: func(a *assert.Assertions, s ptrace.Span) {
			a.EqualValues(1544712660300000001, s.StartTimestamp())
		},
		`"startTimeUnixNano":1544712660300000001`: func(a *assert.Assertions, s ptrace.Span) {
			a.EqualValues(1544712660300000001, s.StartTimestamp())
		},
		`"startTimeUnixNano":1.5447126603e18`:          func(a *assert.Assertions, s ptrace.Span) { a.EqualValues(1544712660300000000, s.StartTimestamp()) },
		`"start_time_unix_nano":"7"`:                   func(a *assert.Assertions, s ptrace.Span) { a.EqualValues(7, s.StartTimestamp()) },
		`"endTimeUnixNano":null,"name":null`:           func(a *assert.Assertions, s ptrace.Span) { a.Zero(s.EndTimestamp()) },
		`"attributes":null,"events":null`:              func(a *assert.Assertions, s ptrace.Span) { a.Zero(s.Attributes().Len() + s.Events().Len()) },
		`"attributes":[null],"events":[null]`:          func(a *assert.Assertions, s ptrace.Span) { a.Zero(s.Attributes().Len() + s.Events().Len()) },
		`"attributes":[],"links":[{}]`:                 func(a *assert.Assertions, s ptrace.Span) { a.Equal(1, s.Links().Len()) },
		`"flags":257,"droppedEventsCount":"2"`:         func(a *assert.Assertions, s ptrace.Span) { a.EqualValues(259, s.Flags()+s.DroppedEventsCount()) },
		"\"a\":1,\n\t \"name\" :\r\n\"x\"":             func(a *assert.Assertions, s ptrace.Span) { a.Equal("x", s.Name()) },
		`"na\u006de":"x"`:                              func(a *assert.Assertions, s ptrace.Span) { a.Equal("x", s.Name()) },
		`"name":"first","name":"x"`:                    func(a *assert.Assertions, s ptrace.Span) { a.Equal("x", s.Name()) },
		`"name":"` + strings.Repeat("x", 70_000) + `"`: func(a *assert.Assertions, s ptrace.Span) { a.Len(s.Name(), 70_000) },
	} {
		t.Run(body[:min(60, len(body))], func(t *testing.T) {
			traces, err := decodeTraces(t, span(body))
			require.NoError(t, err)
			check(assert.New(t), theSpan(t, traces))
		})
	}
}

// TestErrorsNameThePlace and none repeats a value.
func TestErrorsNameThePlace(t *testing.T) {
	const in = "resourceSpans[0].scopeSpans[0].spans[0]."
	for body, want := range map[string]string{
		``:                                       "not JSON: the body is empty",
		`  `:                                     "not JSON: the body is empty",
		`secret`:                                 "expected an object, found something that is not JSON at byte 0",
		`[]`:                                     "expected an object, found an array at byte 0",
		`{"resourceSpans":[`:                     "resourceSpans[0]: expected an object, found the end of the body at byte 18",
		`{"resourceSpans":"secret"}`:             "resourceSpans: expected an array, found a string at byte 17",
		`{"resourceSpans":[{}]} secret`:          "expected the end of the body, found something that is not JSON at byte 23",
		`{"resourceSpans":[{},]}`:                `resourceSpans[1]: expected an object, found ']' at byte 21`,
		`{"resourceSpans":[{}}`:                  `resourceSpans: expected a comma or the end of the array, found '}' at byte 20`,
		`{"secret":secret}`:                      "expected a value, found something that is not JSON at byte 10",
		`{"secret":[{"a":1]}`:                    "expected a comma",
		`{"secret":"\ud83`:                       "expected the end of a string, found the end of the body at byte 16",
		`{secret:1}`:                             "expected a string, found something that is not JSON at byte 1",
		span(`"name":7`):                         in + "name: expected a string, found a number",
		span(`"name":nil`):                       in + "name: expected a value, found null",
		span(`"name":"\x"`):                      in + "name: an escape that JSON does not have",
		span(`"name":"\u12"`):                    in + "name: an escape without four hexadecimal digits",
		span(`"traceId":"secret"`):               in + "traceId: expected 32 hexadecimal digits",
		span(`"spanId":"zzzzzzzzzzzzzzzz"`):      in + "spanId: expected 16 hexadecimal digits",
		span(`"kind":"SECRET"`):                  in + "kind: expected the number or the name of an enum's value",
		span(`"startTimeUnixNano":{}`):           in + "startTimeUnixNano: expected a number, found an object",
		span(`"startTimeUnixNano":"secret"`):     in + "startTimeUnixNano: expected an integer from 0 to 2^64-1",
		span(`"startTimeUnixNano":-1`):           in + "startTimeUnixNano: expected an integer from 0 to 2^64-1",
		span(`"startTimeUnixNano":1.5`):          in + "startTimeUnixNano: expected an integer from 0 to 2^64-1",
		span(`"flags":4294967296`):               in + "flags: expected an integer from 0 to 2^32-1",
		span(`"attributes":{"a":1}`):             in + "attributes: expected an array, found an object",
		attribute(`"secret"`):                    in + "attributes[0].value: expected an object, found a string",
		attribute(`{"boolValue":"true"}`):        in + "attributes[0].value.boolValue: expected true or false, found a string",
		attribute(`{"intValue":"secret"}`):       in + "attributes[0].value.intValue: expected an integer of 64 bits",
		attribute(`{"intValue":"0x10"}`):         in + "attributes[0].value.intValue: expected an integer of 64 bits",
		attribute(`{"doubleValue":"secret"}`):    in + "attributes[0].value.doubleValue: expected a number",
		attribute(`{"doubleValue":1e999}`):       in + "attributes[0].value.doubleValue: expected a number",
		attribute(`{"bytesValue":"!"}`):          in + "attributes[0].value.bytesValue: expected base64",
		attribute(`{"bytesValue":{"length":1}}`): in + "attributes[0].value.bytesValue: expected base64",
		attribute(`{"bytesValue":[256]}`):        in + "attributes[0].value.bytesValue: expected bytes from 0 to 255",
		attribute(`{"arrayValue":{"values":[{},{"stringValue":1}]}}`): in + "attributes[0].value.arrayValue.values[1].stringValue: expected a string",
	} {
		t.Run(body, func(t *testing.T) {
			_, err := decodeTraces(t, body)
			require.Error(t, err)
			assert.Contains(t, err.Error(), want)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

// TestAByteOrderMarkIsSkipped: .NET's default encoding writes one.
func TestAByteOrderMarkIsSkipped(t *testing.T) {
	traces, err := decodeTraces(t, "\xef\xbb\xbf"+span(`"name":"x"`))
	require.NoError(t, err)
	assert.Equal(t, "x", theSpan(t, traces).Name())
	for _, empty := range []string{"null", "{}", " {\n} ", `{"resourceSpans":null}`, `{"resourceSpans":[null]}`} {
		traces, err := decodeTraces(t, empty)
		require.NoError(t, err)
		assert.Zero(t, traces.SpanCount())
	}
}

// TestCapturedTelemetryIsTheSame as upstream's decoder makes of it.
func TestCapturedTelemetryIsTheSame(t *testing.T) {
	run := ptraceotlp.NewExportRequestFromTraces(testutil.TicketRun(testutil.NewSecrets(1)))
	body, err := run.MarshalJSON()
	require.NoError(t, err)
	got, err := decodeTraces(t, string(body))
	require.NoError(t, err)
	want := ptraceotlp.NewExportRequest()
	require.NoError(t, want.UnmarshalJSON(body))
	require.NoError(t, testutilEqual(want.Traces(), got))
}

// TestMetricsAndLogs has the kinds of fields that traces do not have.
func TestMetricsAndLogs(t *testing.T) {
	raw, _, err := FromJSON(Metrics, []byte(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
		{"name":"h","histogram":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA","dataPoints":[
			{"count":"3","sum":null,"bucketCounts":["1",2,null],"explicitBounds":[0.5,"1"],"min":-1}]}},
		{"name":"e","exponentialHistogram":{"dataPoints":[{"scale":-2,"zeroCount":1,"positive":{"offset":-3,"bucketCounts":["4"]}}]}},
		{"name":"s","sum":{"isMonotonic":true,"dataPoints":[{"asInt":"-5"},{"asDouble":"NaN"},{"asDouble":null}]}},
		{"name":"y","summary":{"dataPoints":[{"quantileValues":[{"quantile":0.5,"value":2}]}]}}
	]}]}]}`), enough)
	require.NoError(t, err)
	request := pmetricotlp.NewExportRequest()
	require.NoError(t, request.UnmarshalProto(raw))
	metrics := request.Metrics().ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	h := metrics.At(0).Histogram()
	assert.Equal(t, pmetric.AggregationTemporalityDelta, h.AggregationTemporality())
	assert.Equal(t, []uint64{1, 2, 0}, h.DataPoints().At(0).BucketCounts().AsRaw())
	assert.Equal(t, []float64{0.5, 1}, h.DataPoints().At(0).ExplicitBounds().AsRaw())
	assert.False(t, h.DataPoints().At(0).HasSum())
	assert.InDelta(t, -1, h.DataPoints().At(0).Min(), 0)
	e := metrics.At(1).ExponentialHistogram().DataPoints().At(0)
	assert.EqualValues(t, -2, e.Scale())
	assert.EqualValues(t, -3, e.Positive().Offset())
	assert.Equal(t, []uint64{4}, e.Positive().BucketCounts().AsRaw())
	s := metrics.At(2).Sum()
	assert.EqualValues(t, -5, s.DataPoints().At(0).IntValue())
	assert.True(t, math.IsNaN(s.DataPoints().At(1).DoubleValue()))
	assert.InDelta(t, 2, metrics.At(3).Summary().DataPoints().At(0).QuantileValues().At(0).Value(), 0)

	raw, _, err = FromJSON(Logs, []byte(`{"resourceLogs":[{"resource":{"entityRefs":[{"type":"host","idKeys":["a",null,"b"]}]},
		"scopeLogs":[{"logRecords":[{"severityNumber":"SEVERITY_NUMBER_WARN","body":{"stringValue":"x"},"eventName":"e","observedTimeUnixNano":"5"}]}]}]}`), enough)
	require.NoError(t, err)
	logs := plogotlp.NewExportRequest()
	require.NoError(t, logs.UnmarshalProto(raw))
	record := logs.Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	assert.Equal(t, "x", record.Body().Str())
	assert.EqualValues(t, 13, record.SeverityNumber())
	assert.Equal(t, "e", record.EventName())
}

// FuzzFromJSON: whatever is accepted is protobuf, and what upstream's decoder accepts
// is accepted.
func FuzzFromJSON(f *testing.F) {
	run, err := ptraceotlp.NewExportRequestFromTraces(testutil.TicketRun(testutil.NewSecrets(1))).MarshalJSON()
	require.NoError(f, err)
	for _, seed := range []string{string(run), attribute(`{"doubleValue":null}`), span(`"name":"\ud83d"`), `{"a":[{"b":"\""},[],{}],"c":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		raw, size, err := FromJSON(Traces, body, enough)
		if err != nil {
			return
		}
		require.NoError(t, ptraceotlp.NewExportRequest().UnmarshalProto(raw))
		scanned, err := Scan(Traces, raw, enough)
		require.NoError(t, err)
		require.LessOrEqual(t, scanned, size)
	})
}
