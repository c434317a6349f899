package receiver

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// told is what a client is answered: a status of HTTP or gRPC, and a sentence.
type told struct{ status, sentence string }

// overHTTP sends a request and returns what is answered.
func overHTTP(t *testing.T, method, url string, headers map[string]string, body []byte) told {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	require.NoError(t, err)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var answer struct{ Message string }
	if json.Unmarshal(raw, &answer) != nil {
		answer.Message = strings.TrimSpace(string(raw))
	}
	return told{strconv.Itoa(response.StatusCode), answer.Message}
}

// overGRPC does the same.
func overGRPC(err error) told {
	s := status.Convert(err)
	return told{strings.ToUpper(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(s.Code().String(), "${1}_$2")), s.Message()}
}

// answers are all that docs/troubleshooting.md lists.
func answers(t *testing.T) (all []told) {
	t.Helper()
	c := e2e.StartCollector(t)
	inJSON := func(encoding string, body []byte) told {
		headers := map[string]string{"Content-Type": jsonType, "Content-Encoding": encoding}
		return overHTTP(t, http.MethodPost, c.HTTP+"/v1/traces", headers, body)
	}
	large := bytes.Repeat([]byte(" "), 21*mib)
	deep := `{"resourceSpans":` + strings.Repeat("[", 2000)
	run := compress(t, "gzip", []byte(inSpan(1, "x", "")))
	all = append(all,
		inJSON("", large), inJSON("gzip", compress(t, "gzip", large)),
		inJSON("", []byte(`{"resourceSpans":[`+strings.Repeat(`{},`, 2_000_000)+`{}]}`)),
		inJSON("", []byte(inSpan(1, "x", `,"kind":"SECRET"`))), inJSON("", []byte(`{"later":`+strings.Repeat("[", 2000))), inJSON("", []byte(deep)),
		inJSON("gzip", run[:len(run)-4]), inJSON("br", run), inJSON("gzip", []byte("not gzip")), inJSON("zstd", hungryFrame),
		overHTTP(t, http.MethodPost, c.HTTP+"/v1/trace", map[string]string{"Content-Type": jsonType}, nil),
		overHTTP(t, http.MethodGet, c.HTTP+"/v1/traces", nil, nil),
		overHTTP(t, http.MethodPost, c.HTTP+"/v1/traces", map[string]string{"Content-Type": "text/plain"}, nil),
		overGRPC(export(t, openGRPC(t, c), large)), overGRPC(export(t, openGRPC(t, c), large, grpc.UseCompressor(gzip.Name))),
		overGRPC(export(t, openGRPC(t, c), within(repeat(2_000_000, field(2, nil)), 1, 2))),
		overGRPC(export(t, openGRPC(t, c), []byte("not OTLP"))), overGRPC(export(t, openGRPC(t, c), within(maps(2000), 1, 2, 2, 9, 2))),
	)
	require.NoError(t, c.Stop())
	return append(append(all, slowAndBusy(t)...), unauthenticated(t)...)
}

// slowAndBusy are the answers that need lower limits.
func slowAndBusy(t *testing.T) (all []told) {
	t.Helper()
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:receivers::otlp::limits: {body_timeout: 300ms, decoded_mib: 8, in_flight_mib: 8, busy_timeout: 0s}")
	slow, write := io.Pipe()
	defer write.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.HTTP+"/v1/traces", slow)
	require.NoError(t, err)
	request.Header.Set("Content-Type", jsonType)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	var answer struct{ Message string }
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	all = append(all, told{strconv.Itoa(response.StatusCode), answer.Message})

	body := within(repeat(4_000, field(2, nil)), 1, 2)
	heard := make(chan told, 4000)
	for range 100 {
		atOnce(20, func(i int) {
			if i%2 == 0 {
				heard <- overHTTP(t, http.MethodPost, c.HTTP+"/v1/traces", map[string]string{"Content-Type": protobuf, "Accept": jsonType}, body)
				return
			}
			heard <- overGRPC(export(t, openGRPC(t, c), body))
		})
		if len(heard) >= 40 {
			break
		}
	}
	close(heard)
	for answer := range heard {
		if strings.Contains(answer.sentence, "requests in flight take") {
			_, sentence, _ := strings.Cut(answer.sentence, "requests in flight")
			all = append(all, told{answer.status, "requests in flight" + sentence})
		}
	}
	require.NoError(t, c.Stop())
	return all
}

func unauthenticated(t *testing.T) []told {
	t.Helper()
	c := withTokens(t)
	headers := map[string]string{"Content-Type": jsonType}
	none := overHTTP(t, http.MethodPost, c.HTTP+"/v1/traces", headers, nil)
	headers["Authorization"] = "Bearer wrong"
	wrong := overHTTP(t, http.MethodPost, c.HTTP+"/v1/traces", headers, nil)
	var answer []byte
	err := openGRPC(t, c).Invoke(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer wrong"), traceService, []byte{}, &answer, forced)
	require.NoError(t, c.Stop())
	return []told{none, wrong, overGRPC(err)}
}

var documentedRow = regexp.MustCompile("(?m)^\\| ([^|]+) \\| `([^`]+)` \\|")

// TestAnswersAreDocumented: each that a client may get is in docs/troubleshooting.md, with
// its status, and each that is there can be got.
func TestAnswersAreDocumented(t *testing.T) {
	raw, err := os.ReadFile("../../docs/troubleshooting.md")
	require.NoError(t, err)
	rows := documentedRow.FindAllStringSubmatch(string(raw), -1)
	require.Greater(t, len(rows), 12)
	got := map[string]bool{}
	for _, answer := range answers(t) {
		found := false
		for _, row := range rows {
			pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(row[2]), "…", ".*") + "$"
			if strings.Contains(row[1], answer.status) && regexp.MustCompile(pattern).MatchString(answer.sentence) {
				found, got[row[2]] = true, true
			}
		}
		assert.True(t, found, "not documented: %+v", answer)
	}
	for _, row := range rows {
		assert.True(t, got[row[2]], "nobody is told: %s", row[2])
	}
}
