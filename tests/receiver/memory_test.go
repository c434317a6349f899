package receiver

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// expanding are bodies within 20 MiB that would take a gigabyte and more once decoded.
func expanding() map[string][]byte {
	empty := func(number protowire.Number) []byte { return field(number, nil) }
	return map[string][]byte{
		"resources":  repeat(9_900_000, empty(1)),
		"scopes":     within(repeat(9_900_000, empty(2)), 1),
		"old scopes": within(repeat(4_900_000, empty(1000)), 1),
		"spans":      within(repeat(9_900_000, empty(2)), 1, 2),
		"attributes": within(repeat(9_900_000, empty(9)), 1, 2, 2),
		"events":     within(repeat(9_900_000, empty(11)), 1, 2, 2),
		"values":     within(repeat(9_900_000, empty(1)), 1, 2, 2, 9, 2, 5),
		"empty maps": within(repeat(4_900_000, within(nil, 1, 6)), 1, 2, 2, 9, 2, 5),
	}
}

const tooLarge = "the request takes more than 128 MiB of memory when it is decoded"

// TestASmallBodyThatDecodesToMuchIsRefused: by HTTP and gRPC, whatever its compression,
// one at a time and many at once, and the collector goes on.
func TestASmallBodyThatDecodesToMuchIsRefused(t *testing.T) {
	c := e2e.StartCollector(t)
	bodies := expanding()
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			for _, encoding := range []string{"gzip", "zstd", "deflate", ""} {
				code, answer := post(t, c.HTTP+"/v1/traces", protobuf, encoding, compress(t, encoding, body))
				assert.Equal(t, http.StatusRequestEntityTooLarge, code, encoding)
				assert.Contains(t, answer, tooLarge)
			}
		})
	}
	inJSON := []byte(`{"resourceSpans":[` + strings.Repeat(`{},`, 6_900_000) + `{}]}`)
	code, answer := post(t, c.HTTP+"/v1/traces", jsonType, "gzip", compress(t, "gzip", inJSON))
	assert.Equal(t, http.StatusRequestEntityTooLarge, code)
	assert.Contains(t, answer, `"message":`)
	assert.Contains(t, answer, tooLarge)
	code, _ = post(t, c.HTTP+"/v1/metrics", protobuf, "gzip", compress(t, "gzip", within(repeat(9_900_000, field(2, nil)), 1, 2)))
	assert.Equal(t, http.StatusRequestEntityTooLarge, code)
	code, _ = post(t, c.HTTP+"/v1/logs", protobuf, "gzip", compress(t, "gzip", within(repeat(9_900_000, field(2, nil)), 1, 2)))
	assert.Equal(t, http.StatusRequestEntityTooLarge, code)

	client := openGRPC(t, c, grpc.WithDefaultCallOptions(grpc.UseCompressor(gzip.Name)))
	for name, body := range bodies {
		err := export(t, client, body)
		assert.Equal(t, codes.InvalidArgument, status.Code(err), name)
		assert.Contains(t, status.Convert(err).Message(), tooLarge)
	}

	body := compress(t, "gzip", bodies["resources"])
	require.Less(t, len(body), 25_000)
	atOnce(40, func(int) {
		code, _ := post(t, c.HTTP+"/v1/traces", protobuf, "gzip", body)
		assert.Contains(t, []int{http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable}, code)
	})
	atOnce(20, func(int) {
		assert.Contains(t, []codes.Code{codes.InvalidArgument, codes.Unavailable}, status.Code(export(t, client, bodies["resources"])))
	})
	assert.Less(t, c.PeakMemory(), 1024*mib)
	t.Logf("the collector has taken %d MiB", c.PeakMemory()/mib)
	code, _ = post(t, c.HTTP+"/v1/traces", protobuf, "", marshal(t, aSpan("after")))
	assert.Equal(t, http.StatusOK, code)
	require.NoError(t, c.Stop())
}

// TestRequestsShareABound: each may come, and those that wait too long for the memory of
// others are told to come again, and are taken then.
func TestRequestsShareABound(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:receivers::otlp::limits: {decoded_mib: 8, in_flight_mib: 8, busy_timeout: 1ms}")
	spans := aSpan("many").ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	request := aSpan("many")
	for range 4_000 {
		spans.At(0).CopyTo(request.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty())
	}
	body := marshal(t, request)
	var mu sync.Mutex
	answers := map[int]int{}
	for range 100 {
		atOnce(16, func(int) {
			code, answer := post(t, c.HTTP+"/v1/traces", protobuf, "", body)
			mu.Lock()
			defer mu.Unlock()
			answers[code]++
			if code == http.StatusServiceUnavailable {
				assert.Contains(t, answer, "requests in flight take 8 MiB of memory (limits::in_flight_mib of the receiver): send the request again")
			}
		})
		if answers[http.StatusServiceUnavailable] > 0 {
			break
		}
	}
	t.Logf("answers: %v", answers)
	assert.Positive(t, answers[http.StatusOK])
	assert.Positive(t, answers[http.StatusServiceUnavailable], "nobody was told to come again")
	code, answer := post(t, c.HTTP+"/v1/traces", protobuf, "", body)
	assert.Equal(t, http.StatusOK, code, answer)
	require.NoError(t, c.Stop())
}

func atOnce(n int, do func(int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { do(i) })
	}
	wg.Wait()
}

// TestBodiesLargerThanTheLimit are refused with a sentence that names the limit and the
// key, compressed or not; one just below it is not.
func TestBodiesLargerThanTheLimit(t *testing.T) {
	c := e2e.StartCollector(t)
	large := marshal(t, aSpan(strings.Repeat("n", 20*mib)))
	for _, encoding := range []string{"", "gzip", "zstd", "deflate"} {
		code, answer := post(t, c.HTTP+"/v1/traces", protobuf, encoding, compress(t, encoding, large))
		assert.Equal(t, http.StatusRequestEntityTooLarge, code, encoding)
		assert.Contains(t, answer, "the body is larger than 20971520 bytes, decompressed (max_request_body_size of the receiver): send smaller batches")
	}
	for _, options := range [][]grpc.CallOption{nil, {grpc.UseCompressor(gzip.Name)}} {
		err := export(t, openGRPC(t, c), large, options...)
		assert.Equal(t, codes.ResourceExhausted, status.Code(err))
		assert.Contains(t, err.Error(), "larger than max")
	}
	small := marshal(t, aSpan(strings.Repeat("n", 20*mib-1000)))
	code, answer := post(t, c.HTTP+"/v1/traces", protobuf, "", small)
	assert.Equal(t, http.StatusOK, code, answer)
	require.NoError(t, export(t, openGRPC(t, c), small))
	require.NoError(t, c.Stop())
}

// hungryFrame is a frame of zstd: the magic number, no content size, a window of 512 MiB,
// an empty last block.
var hungryFrame = []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x98, 0x01, 0x00, 0x00}

// TestMoreSpansThanAStoreCanHold in one request are refused, though decoding them alone
// would not take so much: the rows of each take a kilobyte and more.
func TestMoreSpansThanAStoreCanHold(t *testing.T) {
	c := e2e.StartCollector(t)
	for _, signal := range []string{"traces", "logs"} {
		body := compress(t, "gzip", within(repeat(150_000, field(2, nil)), 1, 2))
		code, answer := post(t, c.HTTP+"/v1/"+signal, protobuf, "gzip", body)
		assert.Equal(t, http.StatusRequestEntityTooLarge, code)
		assert.Contains(t, answer, tooLarge)
	}
	require.NoError(t, c.Stop())
}

// TestAZstdFrameMayNotAskForMemory: its header says how much the decoder should have.
func TestAZstdFrameMayNotAskForMemory(t *testing.T) {
	c := e2e.StartCollector(t)
	before := c.PeakMemory()
	atOnce(20, func(int) {
		code, answer := post(t, c.HTTP+"/v1/traces", protobuf, "zstd", hungryFrame)
		assert.Equal(t, http.StatusBadRequest, code)
		assert.Contains(t, answer, "window of more than 8 MiB")
	})
	assert.Less(t, c.PeakMemory()-before, 200*mib)
	require.NoError(t, c.Stop())
}

// TestDeeplyNestedValues: what is too deep is refused, and never ends the process;
// what is not is stored.
func TestDeeplyNestedValues(t *testing.T) {
	c := e2e.StartCollector(t)
	client := openGRPC(t, c)
	for levels, want := range map[int]int{100: 200, 330: 200, 10_000: 400, 1_000_000: 400} {
		body := within(maps(levels), 1, 2, 2, 9, 2)
		code, answer := post(t, c.HTTP+"/v1/traces", protobuf, "", body)
		assert.Equal(t, want, code, answer)
		deep := `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":` +
			strings.Repeat(`{"kvlistValue":{"values":[{"value":`, min(levels, 400_000)) + `{}` + strings.Repeat(`}]}}`, min(levels, 400_000)) + `}]}]}]}]}`
		code, answer = post(t, c.HTTP+"/v1/traces", jsonType, "gzip", compress(t, "gzip", []byte(deep)))
		assert.Equal(t, want, code, answer)
		if err := export(t, client, body); want == 200 {
			require.NoError(t, err)
		} else {
			assert.Equal(t, codes.InvalidArgument, status.Code(err))
			assert.Contains(t, answer, "nested more than 1024 messages deep")
		}
	}
	for name, body := range map[string]string{
		"unknown arrays":  `{"later":` + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000) + "}",
		"unknown objects": `{"later":` + strings.Repeat(`{"a":`, 1_000_000) + "1" + strings.Repeat("}", 1_000_000) + "}",
		"arrays":          strings.Repeat("[", 1_000_000),
	} {
		code, _ := post(t, c.HTTP+"/v1/traces", jsonType, "", []byte(body))
		assert.Equal(t, http.StatusBadRequest, code, name)
	}
	groups := bytes.Repeat([]byte{0x7b}, 1_000_000) // groups that begin, of a field that is not known
	code, _ := post(t, c.HTTP+"/v1/traces", protobuf, "", groups)
	assert.Equal(t, http.StatusBadRequest, code)
	require.NoError(t, c.Stop())
}

// maps is an AnyValue of a map in a map, and so on, written from the outside in.
func maps(levels int) []byte {
	sizes := make([]int, 3*levels+1) // of the message with so many messages below
	numbers := []protowire.Number{6, 1, 2}
	for i := range 3 * levels {
		sizes[i+1] = protowire.SizeTag(1) + protowire.SizeBytes(sizes[i])
	}
	var body []byte
	for i := range 3 * levels {
		body = protowire.AppendTag(body, numbers[i%3], protowire.BytesType)
		body = protowire.AppendVarint(body, uint64(sizes[3*levels-i-1]))
	}
	return body
}
