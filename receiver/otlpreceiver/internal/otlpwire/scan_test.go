package otlpwire

import (
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

func testutilEqual(want, got ptrace.Traces) error {
	marshaler := &ptrace.ProtoMarshaler{}
	a, _ := marshaler.MarshalTraces(want)
	b, _ := marshaler.MarshalTraces(got)
	if string(a) != string(b) {
		return errors.New("the telemetry differs")
	}
	return nil
}

// wrap puts a body into fields of messages, the innermost last.
func wrap(body []byte, numbers ...protowire.Number) []byte {
	for _, number := range slices.Backward(numbers) {
		body = protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), body)
	}
	return body
}

func repeat(n int, number protowire.Number, body []byte) []byte {
	return []byte(strings.Repeat(string(wrap(body, number)), n))
}

// TestTheEstimateIsWhatDecodingTakes compares it with the memory that pdata's decoder
// takes for a million of each element, empty and full.
func TestTheEstimateIsWhatDecodingTakes(t *testing.T) {
	const n = 200_000
	text := wrap([]byte("v"), 1)                                        // an AnyValue
	pair := append(wrap([]byte("k"), 1), wrap(text, 2)...)              // a KeyValue
	number := append(wrap([]byte("k"), 1), wrap([]byte{0x18, 1}, 2)...) // with an integer
	decodeTraces := func(b []byte) (any, error) { r := ptraceotlp.NewExportRequest(); return r, r.UnmarshalProto(b) }
	decodeLogs := func(b []byte) (any, error) { r := plogotlp.NewExportRequest(); return r, r.UnmarshalProto(b) }
	decodeMetrics := func(b []byte) (any, error) { r := pmetricotlp.NewExportRequest(); return r, r.UnmarshalProto(b) }
	for name, test := range map[string]struct {
		message *Message
		decode  func([]byte) (any, error)
		body    []byte
	}{
		"resources":                     {Traces, decodeTraces, repeat(n, 1, nil)},
		"scopes":                        {Traces, decodeTraces, wrap(repeat(n, 2, nil), 1)},
		"scopes as of old":              {Traces, decodeTraces, wrap(repeat(n, deprecated, nil), 1)},
		"spans":                         {Traces, decodeTraces, wrap(repeat(n, 2, nil), 1, 2)},
		"spans with names":              {Traces, decodeTraces, wrap(repeat(n, 2, wrap([]byte("name"), 5)), 1, 2)},
		"attributes":                    {Traces, decodeTraces, wrap(repeat(n, 9, nil), 1, 2, 2)},
		"attributes, texts":             {Traces, decodeTraces, wrap(repeat(n, 9, pair), 1, 2, 2)},
		"attributes, integers":          {Traces, decodeTraces, wrap(repeat(n, 9, number), 1, 2, 2)},
		"an attribute a span":           {Traces, decodeTraces, wrap(repeat(n, 2, wrap(pair, 9)), 1, 2)},
		"events":                        {Traces, decodeTraces, wrap(repeat(n, 11, nil), 1, 2, 2)},
		"links":                         {Traces, decodeTraces, wrap(repeat(n, 13, nil), 1, 2, 2)},
		"values in a list":              {Traces, decodeTraces, wrap(repeat(n, 1, text), 1, 2, 2, 9, 2, 5)},
		"empty values in a list":        {Traces, decodeTraces, wrap(repeat(n, 1, nil), 1, 2, 2, 9, 2, 5)},
		"empty maps":                    {Traces, decodeTraces, wrap(repeat(n, 1, wrap(nil, 6)), 1, 2, 2, 9, 2, 5)},
		"long texts":                    {Traces, decodeTraces, wrap(repeat(n/1000, 9, append(wrap([]byte("k"), 1), wrap([]byte(strings.Repeat("x", 4096)), 2, 1)...)), 1, 2, 2)},
		"entities":                      {Traces, decodeTraces, wrap(repeat(n, 3, nil), 1, 1)},
		"keys of an entity":             {Traces, decodeTraces, wrap(repeat(n, 3, []byte("k")), 1, 1, 3)},
		"log records":                   {Logs, decodeLogs, wrap(repeat(n, 2, nil), 1, 2)},
		"metrics":                       {Metrics, decodeMetrics, wrap(repeat(n, 2, nil), 1, 2)},
		"points":                        {Metrics, decodeMetrics, wrap(repeat(n, 1, nil), 1, 2, 2, 5)},
		"points of histograms":          {Metrics, decodeMetrics, wrap(repeat(n, 1, nil), 1, 2, 2, 9)},
		"exponential histograms":        {Metrics, decodeMetrics, wrap(repeat(n, 1, nil), 1, 2, 2, 10)},
		"exemplars":                     {Metrics, decodeMetrics, wrap(repeat(n, 5, nil), 1, 2, 2, 5, 1)},
		"counts of buckets":             {Metrics, decodeMetrics, wrap(make([]byte, 8*n), 1, 2, 2, 9, 1, 6)},
		"counts of buckets, one by one": {Metrics, decodeMetrics, wrap([]byte(strings.Repeat("\x31\x01\x00\x00\x00\x00\x00\x00\x00", n)), 1, 2, 2, 9, 1)},
		"counts as varints":             {Metrics, decodeMetrics, wrap(make([]byte, n), 1, 2, 2, 10, 1, 8, 2)},
	} {
		t.Run(name, func(t *testing.T) {
			estimate, err := Scan(test.message, test.body, enough)
			require.NoError(t, err)
			if strings.Contains(name, "span") || name == "log records" {
				estimate -= n * recordBytes // for what comes after decoding
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			decoded, err := test.decode(test.body)
			require.NoError(t, err)
			runtime.GC()
			runtime.ReadMemStats(&after)
			runtime.KeepAlive(decoded)
			took := float64(after.HeapAlloc) - float64(before.HeapAlloc)
			ratio := float64(estimate) / took
			t.Logf("%.1f MB estimated, %.1f MB taken: %.2f", float64(estimate)/1e6, took/1e6, ratio)
			assert.Greater(t, ratio, 0.9, "it takes more than is estimated")
			assert.Less(t, ratio, 3.0, "it takes much less than is estimated")
		})
	}
}

// TestWhatIsTooLargeIsRefusedBeforeItIsDecoded.
func TestWhatIsTooLargeIsRefusedBeforeItIsDecoded(t *testing.T) {
	spans := wrap(repeat(1000, 2, nil), 1, 2)
	size, err := Scan(Traces, spans, enough)
	require.NoError(t, err)
	_, err = Scan(Traces, spans, size)
	require.NoError(t, err)
	_, err = Scan(Traces, spans, size-1)
	require.ErrorIs(t, err, ErrTooLarge)

	body := `{"resourceSpans":[` + strings.Repeat(`{},`, 1000) + `{}]}`
	_, size, err = FromJSON(Traces, []byte(body), enough)
	require.NoError(t, err)
	_, _, err = FromJSON(Traces, []byte(body), size-1)
	require.ErrorIs(t, err, ErrTooLarge)
	assert.Equal(t, ErrTooLarge.Error(), err.Error())
}

// TestDepthIsBounded: the decoder calls itself for every level, and a stack ends the
// process when it is larger than a gigabyte.
func TestDepthIsBounded(t *testing.T) {
	for _, levels := range []int{100, 300, 1000, 10_000, 1_000_000} {
		t.Run(strconv.Itoa(levels), func(t *testing.T) {
			_, err := Scan(Traces, wrap(nestedValues(levels), 1, 2, 2, 9, 2), enough)
			deep := attribute(strings.Repeat(`{"arrayValue":{"values":[`, levels) + "{}" + strings.Repeat(`]}}`, levels))
			_, _, jsonErr := FromJSON(Traces, []byte(deep), enough)
			unknown := span(`"later":` + strings.Repeat(`[`, 4*levels) + strings.Repeat(`]`, 4*levels))
			_, _, unknownErr := FromJSON(Traces, []byte(unknown), enough)
			if levels <= 300 {
				require.NoError(t, err)
				require.NoError(t, jsonErr)
			} else {
				for _, err := range []error{err, jsonErr, unknownErr} {
					require.EqualError(t, err, "nested more than 1024 messages deep")
				}
			}
		})
	}
}

// nestedValues is a list in a list, and so on: from the outside in, so that it takes
// linear time.
func nestedValues(levels int) []byte {
	sizes := make([]int, levels+1) // of the AnyValue with so many levels below
	field := func(n int) int { return protowire.SizeTag(1) + protowire.SizeBytes(n) }
	for i := range levels {
		sizes[i+1] = field(field(sizes[i]))
	}
	body := make([]byte, 0, sizes[levels])
	for i := levels; i > 0; i-- {
		body = protowire.AppendTag(body, 5, protowire.BytesType)
		body = protowire.AppendVarint(body, uint64(field(sizes[i-1])))
		body = protowire.AppendTag(body, 1, protowire.BytesType)
		body = protowire.AppendVarint(body, uint64(sizes[i-1]))
	}
	return body
}

func TestWhatIsNotProtobufIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"cut short": "\x0a\xff\xff\xff\xff\x0f", "a varint without end": "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"a length beyond the body": "\x0a\x7f",
	} {
		_, err := Scan(Traces, []byte(body), enough)
		assert.ErrorContains(t, err, "not protobuf, in a message ExportTraceServiceRequest", name)
	}
	for _, group := range []string{"hello", "\x0b", "\x0b\x0c", "\x83\x30\x30\x30"} {
		_, err := Scan(Traces, []byte(group), enough)
		require.ErrorIs(t, err, errGroup)
	}
	_, err := Scan(Traces, wrap([]byte{0x0a, 0x7f}, 1, 2), enough)
	assert.ErrorContains(t, err, "in a message ScopeSpans")
}

// FuzzScan: what the decoder takes, the scan takes, but for groups and depth.
func FuzzScan(f *testing.F) {
	run, err := ptraceotlp.NewExportRequestFromTraces(testutil.TicketRun(testutil.NewSecrets(1))).MarshalProto()
	require.NoError(f, err)
	f.Add(run)
	f.Add(wrap(nestedValues(50), 1, 2, 2, 9, 2))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := Scan(Traces, body, enough)
		if ptraceotlp.NewExportRequest().UnmarshalProto(body) == nil && !errors.Is(err, errGroup) {
			require.NoError(t, err)
		}
	})
}

// The pair of benchmarks holds what the scan costs to what decoding alone does, which
// is the smallest part of a request.
func BenchmarkScan(b *testing.B) {
	benchmark(b, func(body []byte) error { _, err := Scan(Traces, body, enough); return err })
}

func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(body []byte) error { return ptraceotlp.NewExportRequest().UnmarshalProto(body) })
}

func benchmark(b *testing.B, do func([]byte) error) {
	body, err := ptraceotlp.NewExportRequestFromTraces(testutil.TicketRun(testutil.NewSecrets(1))).MarshalProto()
	require.NoError(b, err)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, do(body))
	}
}

func BenchmarkFromJSON(b *testing.B) {
	benchmarkJSON(b, func(body []byte) error {
		raw, _, err := FromJSON(Traces, body, enough)
		if err != nil {
			return err
		}
		return ptraceotlp.NewExportRequest().UnmarshalProto(raw)
	})
}

func BenchmarkDecodeJSON(b *testing.B) {
	benchmarkJSON(b, func(body []byte) error { return ptraceotlp.NewExportRequest().UnmarshalJSON(body) })
}

func benchmarkJSON(b *testing.B, do func([]byte) error) {
	body, err := ptraceotlp.NewExportRequestFromTraces(testutil.TicketRun(testutil.NewSecrets(1))).MarshalJSON()
	require.NoError(b, err)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, do(body))
	}
}
