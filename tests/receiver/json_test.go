package receiver

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// inSpan is a request with a span of a name and further fields.
func inSpan(n int, name, fields string) string {
	return fmt.Sprintf(`{"resourceSpans":[{"resource":null,"scopeSpans":[{"scope":null,"schemaUrl":null,"spans":[{
		"traceId":"5b8efff798038103d269b633813f%04x","spanId":"eee19b7ec3c1%04x","name":%q,
		"startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000001000000000"%s}]}]}]}`, n, n, name, fields)
}

func inAttribute(value string) string {
	return `,"attributes":[{"key":"k","value":` + value + `},{"key":"kept","value":{"stringValue":"yes"}}]`
}

// TestWhatExportersWriteInJSONIsTaken: each is answered 200, and the span is stored with
// its other attribute.
func TestWhatExportersWriteInJSONIsTaken(t *testing.T) {
	c := e2e.StartCollector(t)
	fields := map[string]string{
		"NaN of the JavaScript SDK":      inAttribute(`{"doubleValue":null}`),
		"NaN in a list":                  inAttribute(`{"arrayValue":{"values":[{"doubleValue":null},{"doubleValue":1.5}]}}`),
		"null as a value":                inAttribute(`null`),
		"null in a list":                 inAttribute(`{"arrayValue":{"values":[null,{"intValue":1}]}}`),
		"1e21, an integer to JavaScript": inAttribute(`{"intValue":1e21}`),
		"an Uint8Array":                  inAttribute(`{"bytesValue":{"0":1,"1":2}}`),
		"half a surrogate pair":          inAttribute(`{"stringValue":"cut \ud83d"}`),
		"NaN of protobuf":                inAttribute(`{"doubleValue":"NaN"}`),
		"a double as a text":             inAttribute(`{"doubleValue":"1.5"}`),
		"an integer as a number":         inAttribute(`{"intValue":7}`),
		"names of protobuf":              strings.Replace(inAttribute(`{"string_value":"x"}`), `"attributes"`, `"dropped_links_count":1,"attributes"`, 1),
		"names of enums":                 `,"kind":"SPAN_KIND_CLIENT","status":{"code":"STATUS_CODE_ERROR"}` + inAttribute(`{"boolValue":true}`),
		"an id in base64":                `,"parentSpanId":"7uGbfsPBsXQ="` + inAttribute(`{}`),
		"null everywhere":                `,"kind":null,"status":null,"events":null,"links":[null],"traceState":null,"flags":null,"parentSpanId":null` + inAttribute(`{"stringValue":null}`),
		"fields that are not known":      `,"later":{"a":[{"b":null}]}` + inAttribute(`{"laterValue":1}`),
		"times as numbers":               `,"events":[{"timeUnixNano":1795000000500000000,"name":"e"}]` + inAttribute(`{}`),
		"bytes in the alphabet of URLs":  inAttribute(`{"bytesValue":"-_8"}`),
		"white space":                    " \t\r\n" + inAttribute(`{ "stringValue" : "x" }`),
	}
	n := 0
	for name, more := range fields {
		n++
		code, answer := post(t, c.HTTP+"/v1/traces", jsonType, "", []byte(inSpan(n, name, more)))
		assert.Equal(t, http.StatusOK, code, "%s: %s", name, answer)
		assert.JSONEq(t, `{"partialSuccess":{}}`, answer)
	}
	n++
	code, answer := post(t, c.HTTP+"/v1/traces", "application/json; charset=utf-8", "gzip", compress(t, "gzip", []byte("\ufeff"+inSpan(n, "a byte order mark", inAttribute(`{}`)))))
	assert.Equal(t, http.StatusOK, code, answer)

	traces := e2e.StoredTraces(t, c.TracesDB())
	assert.Len(t, traces, n)
	require.NoError(t, c.Stop())
}

// TestJSONThatIsNotOTLPIsAnswered400 with a sentence that names the place, and no
// part of the request in the log.
func TestJSONThatIsNotOTLPIsAnswered400(t *testing.T) {
	c := e2e.StartCollector(t)
	for body, want := range map[string]string{
		"":                                 "the body is not OTLP: not JSON: the body is empty",
		"\xef\xbb\xbf":                     "the body is empty",
		"secret":                           "expected an object, found something that is not JSON at byte 0",
		"[]":                               "expected an object, found an array",
		inSpan(1, "x", `,"kind":"SECRET"`): "resourceSpans[0].scopeSpans[0].spans[0].kind: expected the number or the name of an enum's value",
		inSpan(1, "x", `,"parentSpanId":"secret"`):   "spans[0].parentSpanId: expected 16 hexadecimal digits",
		inSpan(1, "x", inAttribute(`"secret"`)):      "spans[0].attributes[0].value: expected an object, found a string",
		inSpan(1, "x", `,"attributes":{"secret":1}`): "spans[0].attributes: expected an array, found an object",
		inSpan(1, "x", `,"name":"\ud8 \""`):          "spans[0].name: an escape without four hexadecimal digits",
		inSpan(1, "x", "")[:100]:                     "found the end of the body",
	} {
		code, answer := post(t, c.HTTP+"/v1/traces", jsonType, "", []byte(body))
		assert.Equal(t, http.StatusBadRequest, code, body)
		assert.Contains(t, answer, want)
		assert.Contains(t, answer, `"code":`)
		assert.NotContains(t, answer, "secret")
	}
	assert.NotContains(t, strings.ToLower(c.Log()), "secret")
	require.NoError(t, c.Stop())
}

// TestNoMutatedBodyIsAnErrorOfTheServer: over protobuf, JSON and gRPC, compressed or
// not. The answer is success or a refusal for good.
func TestNoMutatedBodyIsAnErrorOfTheServer(t *testing.T) {
	c := e2e.StartCollector(t)
	client := openGRPC(t, c)
	run := testutil.TicketRun(testutil.NewSecrets(1))
	inProtobuf, inJSON := marshal(t, run), marshalJSON(t, run)
	random := rand.New(rand.NewPCG(1, 2))
	mutate := func(body []byte) []byte {
		body = append([]byte(nil), body...)
		for range 1 + random.IntN(4) {
			switch at := random.IntN(len(body)); random.IntN(4) {
			case 0:
				body[at] ^= 1 << random.IntN(8)
			case 1:
				body = body[:at+1]
			case 2:
				body = append(body[:at:at], body[min(len(body), at+random.IntN(16)):]...)
			default:
				body[at] = byte(random.IntN(256))
			}
			if len(body) == 0 {
				return []byte{0}
			}
		}
		return body
	}
	for range 300 {
		for _, form := range []struct {
			contentType, encoding string
			body                  []byte
		}{
			{protobuf, "", mutate(inProtobuf)},
			{jsonType, "", mutate(inJSON)},
			{protobuf, "gzip", mutate(compress(t, "gzip", inProtobuf))},
			{jsonType, "zstd", mutate(compress(t, "zstd", inJSON))},
			{protobuf, "snappy", mutate(inProtobuf)},
			{protobuf, "lz4", mutate(inProtobuf)},
			{protobuf, "deflate", mutate(compress(t, "deflate", inProtobuf))},
		} {
			code, answer := post(t, c.HTTP+"/v1/traces", form.contentType, form.encoding, form.body)
			require.Less(t, code, 500, "%s %s: %s", form.contentType, form.encoding, answer)
		}
		code := status.Code(export(t, client, mutate(inProtobuf)))
		require.Contains(t, []codes.Code{codes.OK, codes.InvalidArgument}, code)
	}
	require.NoError(t, c.Stop())
}
