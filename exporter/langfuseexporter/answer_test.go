package langfuseexporter

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// answers are those of the langfuse reference 1.1, each as it comes.
var answers = []struct {
	status     int
	body       string // JSON, or the title of a page
	words      string // of the error
	hint       string // a part of it
	rejection  rejection
	again      bool // the spans are sent again
	retryAfter string
}{
	{status: 400, body: `{"error":"Invalid content type"}`, words: "Invalid content type", rejection: rejectedBadRequest},
	{status: 400, body: `{"error":"Failed to decompress request body"}`, words: "Failed to decompress request body", hint: "try compression: none", rejection: rejectedBadRequest},
	{status: 400, body: `{"error":"Failed to parse OTel JSON Trace"}`, words: "Failed to parse OTel JSON Trace", hint: "set compression: none", rejection: rejectedBadRequest},
	{status: 400, body: `{"error":"Failed to parse OTel Protobuf Trace"}`, words: "Failed to parse OTel Protobuf Trace", hint: "set compression: none", rejection: rejectedBadRequest},
	{
		status: 400, body: `{"error":"Invalid OTLP trace export: 1 of 1 span(s) cannot be processed (traceId:absent). The entire export was rejected."}`,
		words: "Invalid OTLP trace export: 1 of 1 span(s) cannot be processed (traceId:absent). The entire export was rejected", rejection: rejectedBadRequest,
	},
	{
		status: 400, body: `{"error":"Unsupported x-langfuse-ingestion-version: \"5\". Maximum supported: \"4\"."}`,
		words: `Unsupported x-langfuse-ingestion-version: "5". Maximum supported: "4"`, hint: "ingestion_version: 0", rejection: rejectedBadRequest,
	},
	{status: 401, body: `{"message":"No authorization header"}`, words: "No authorization header", hint: "takes the header Authorization away", rejection: rejectedCredentials},
	{
		status: 401, body: `{"message":"Invalid credentials. Confirm that you've configured the correct host."}`,
		words: "Invalid credentials. Confirm that you've configured the correct host", hint: "another region", rejection: rejectedCredentials,
	},
	{status: 401, body: `{"message":"Invalid authorization header"}`, words: "Invalid authorization header", rejection: rejectedCredentials},
	{
		status: 401, body: `{"message":"Invalid public key. Confirm that you've configured the correct host."}`,
		words: "Invalid public key. Confirm that you've configured the correct host", rejection: rejectedCredentials,
	},
	{
		status: 403, body: `{"message":"Access denied - insufficient permissions for this endpoint"}`,
		words: "Access denied - insufficient permissions for this endpoint", hint: "no keys of a project", rejection: rejectedForbidden,
	},
	{
		status: 403, body: `{"message":"Ingestion suspended: Usage threshold exceeded. Please upgrade your plan.","error":"ForbiddenError"}`,
		words: "Ingestion suspended: Usage threshold exceeded. Please upgrade your plan", hint: "usage of the plan", rejection: rejectedForbidden,
	},
	{status: 404, body: "404: This page could not be found", words: "404: This page could not be found", hint: "at least 3.22.0", rejection: rejectedNotFound},
	{status: 405, body: `{"message":"Method not allowed","error":"MethodNotAllowedError"}`, words: "Method not allowed", hint: "changes the method", rejection: rejectedOther},
	{status: 413, body: "413 Request Entity Too Large", words: "413 Request Entity Too Large", hint: "client_max_body_size", rejection: rejectedTooLarge},
	{status: 422, body: `{"message":"Request timed out, please narrow it.","error":"Request timed out"}`, words: "Request timed out, please narrow it", rejection: rejectedOther},
	{status: 429, body: `{"message":"Rate limit exceeded","code":"rate_limited","details":{"retryAfterSeconds":7}}`, words: "Rate limit exceeded", again: true, retryAfter: "7"},
	{status: 500, body: `{"message":"Internal Server Error","error":"Failed to upload JSON to S3"}`, words: "Internal Server Error", again: true},
	{status: 502, body: "502 Bad Gateway", words: "502 Bad Gateway", again: true},
	{status: 503, body: `{"message":"Service Unavailable"}`, words: "Service Unavailable", again: true},
	{status: 520, body: "520: Web server is returning an unknown error", words: "520: Web server is returning an unknown error", again: true},
	{status: 200, body: "Sign in", words: "Sign in", hint: "endpoint must be its base address", again: true},
}

func TestEveryAnswerOfTheReference(t *testing.T) {
	var said []string
	for _, a := range answers {
		t.Run(fmt.Sprint(a.status, " ", a.words), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				body := a.body
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				if !strings.HasPrefix(body, "{") {
					w.Header().Set("Content-Type", "text/html")
					body = "<html><head><title>" + body + "</title></head></html>"
				}
				if a.retryAfter != "" {
					w.Header().Set("Retry-After", a.retryAfter)
				}
				w.WriteHeader(a.status)
				_, _ = io.WriteString(w, body)
			}))
			defer server.Close()
			config := createDefaultConfig().(*Config)
			config.ClientConfig.Endpoint, config.CheckOnStart = server.URL, checkOff
			config.Keys = KeysConfig{PublicKey: "pk-lf-one", SecretKey: "sk-lf-one"}
			config.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
			config.RetryConfig.Enabled = false
			err := started(t, config).ConsumeTraces(t.Context(), calls(1, 10))
			want := fmt.Sprintf("Langfuse answers %d: %s", a.status, a.words)
			said = append(said, want)
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, a.hint)
			assert.Equal(t, !a.again, consumererror.IsPermanent(err))
			answer, ok := errors.AsType[*answerError](err)
			require.True(t, ok)
			if !a.again {
				assert.Equal(t, a.rejection, answer.rejection())
			}
			if a.retryAfter != "" {
				assert.Equal(t, a.retryAfter+"s", answer.retryAfter.String())
			}
		})
	}
	// The README's table of troubles has none that nobody says.
	said = append(said, "Langfuse answers 301: a redirect to ") // TestWhatCannotPassIsRefusedInTheServersWords
	troubles := regexp.MustCompile("`(Langfuse answers [0-9]+[^`…]*)").FindAllStringSubmatch(readme(t), -1)
	assert.Greater(t, len(troubles), 8)
	for _, trouble := range troubles {
		assert.True(t, slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, trouble[1]) }), trouble[1])
	}
}

// TestKeysThatAreEchoed: what a server, or a proxy, says may hold what it was sent.
func TestKeysThatAreEchoed(t *testing.T) {
	const token = "abcdefghijklmnop"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"refused: %s, %s/%s, %s, Bearer zyxwvutsrqponm; the end"}`, r.Header.Get("Authorization"), user, password, r.Header.Get("X-Token"))
	}))
	defer server.Close()
	config := createDefaultConfig().(*Config)
	config.ClientConfig.Endpoint, config.CheckOnStart = server.URL, checkOff
	config.ClientConfig.Headers = configopaque.MapList{{Name: "X-Token", Value: token}}
	config.Keys = KeysConfig{PublicKey: "pk-lf-one", SecretKey: "sk-lf-one"}
	config.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	err := started(t, config).ConsumeTraces(t.Context(), calls(1, 10))
	require.ErrorContains(t, err, "Langfuse answers 400: refused: ")
	require.ErrorContains(t, err, "the end")
	for _, secret := range []string{"lf-one", token, "zyxwvutsrqponm", base64.StdEncoding.EncodeToString([]byte("pk-lf-one:sk-lf-one"))} {
		assert.NotContains(t, err.Error(), secret)
	}
}

// TestAPageIsNoAcceptance: a proxy, or an application at a wrong address, answers 200
// with a page to anything. Nothing is lost while that is put right.
func TestAPageIsNoAcceptance(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	config := testConfig(s)
	config.RetryStatusCodes = []int{503}
	s.Plan(langfusetest.Step{Status: 200})
	err := started(t, config).ConsumeTraces(t.Context(), calls(3, 10))
	require.ErrorContains(t, err, "answers 200: Sign in (")
	require.ErrorContains(t, err, "endpoint must be its base address")
	assert.False(t, consumererror.IsPermanent(err))
	assert.Empty(t, s.Observations())
	config.RetryConfig = quick()
	s.Plan(langfusetest.Step{Status: 200}, langfusetest.Step{Status: 200})
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(3, 10)))
	once(t, s, 3)

	for answer, want := range map[*http.Response]bool{
		{StatusCode: 200, ContentLength: 2, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}: true,
		{StatusCode: 200, ContentLength: -1, Header: http.Header{"Content-Type": {"application/x-protobuf"}}}:         true, // a collector in between
		{StatusCode: 204}: true,
		{StatusCode: 200, ContentLength: 2, Header: http.Header{"Content-Type": {"text/plain"}}}: false,
		{StatusCode: 200, ContentLength: -1, Body: io.NopCloser(strings.NewReader("page"))}:      false,
		{StatusCode: 500}: false,
	} {
		assert.Equal(t, want, isAcceptance(answer), answer)
	}
}

func TestWhatCannotPassIsRefusedInTheServersWords(t *testing.T) {
	for name, test := range map[string]struct {
		step    langfusetest.Step
		options langfusetest.Options
		change  func(*Config)
		want    []string
	}{
		"keys of another region": {options: langfusetest.Options{Region: "us"}, want: []string{"401", "Confirm that you've configured the correct host", "another region"}},
		"swapped keys":           {change: func(c *Config) { c.Keys = KeysConfig{PublicKey: "sk-x", SecretKey: "pk-lf-one-not"} }, want: []string{"swapped"}},
		"plan used up":           {options: langfusetest.Options{Suspended: true}, want: []string{"403", "Usage threshold exceeded", "usage of the plan"}},
		"an old server":          {options: langfusetest.Options{Version: "3.21.0"}, want: []string{"404", "at least 3.22.0"}},
		"a server without gzip":  {options: langfusetest.Options{Version: "3.29.0"}, want: []string{"400", "Failed to parse", "compression: none"}},
		"unprocessable":          {step: langfusetest.Step{Status: 422}, want: []string{"422", "Request timed out"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, test.options)
			if test.step.Status != 0 {
				s.Plan(test.step)
			}
			config := testConfig(s)
			config.RetryConfig = quick()
			if test.change != nil {
				test.change(config)
				err := config.Validate()
				require.Error(t, err)
				assert.Contains(t, err.Error(), test.want[0])
				return
			}
			err := started(t, config).ConsumeTraces(t.Context(), calls(2, 10))
			require.Error(t, err)
			assert.True(t, consumererror.IsPermanent(err))
			for _, want := range test.want {
				assert.Contains(t, err.Error(), want)
			}
			assert.NotContains(t, err.Error(), "lf-one")
			assert.Len(t, s.TraceRequests(), 1)
			assert.Empty(t, s.Observations())
		})
	}
}

// TestAnEmptyAnswerOfNoStatedLengthIsAnAcceptance, as a gateway in between may send it:
// taken for a page, it would have the spans sent for ever.
func TestAnEmptyAnswerOfNoStatedLengthIsAnAcceptance(t *testing.T) {
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		w.WriteHeader(http.StatusOK)
		assert.NoError(t, http.NewResponseController(w).Flush())
	}))
	defer gateway.Close()
	config := testConfig(newServer(t, langfusetest.Options{}))
	config.ClientConfig.Endpoint = gateway.URL
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(1, 10)))
}
