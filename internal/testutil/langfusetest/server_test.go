package langfusetest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

var key = Key{Public: "pk-lf-one", Secret: "sk-lf-one", Project: "one"}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// call sends a request and returns the status, the headers and the body.
func call(t *testing.T, method, url string, header map[string]string, body []byte) (int, http.Header, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	require.NoError(t, err)
	for name, value := range header {
		request.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, response.Header, string(raw)
}

// one is a valid export of one span.
func one() ptrace.Traces {
	traces := ptrace.NewTraces()
	span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{1})
	span.SetSpanID(pcommon.SpanID{2})
	span.SetName("chat")
	span.SetStartTimestamp(1e18)
	span.SetEndTimestamp(1e18 + 1e9)
	return traces
}

func proto(t *testing.T, traces ptrace.Traces) []byte {
	t.Helper()
	raw, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalProto()
	require.NoError(t, err)
	return raw
}

func zipped(t *testing.T, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err := writer.Write(raw)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return out.Bytes()
}

func TestTracesAreCheckedInTheOrderOfTheRealServer(t *testing.T) {
	const protobuf = "application/x-protobuf"
	authorized := func(more ...string) map[string]string {
		header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": protobuf}
		for i := 0; i < len(more); i += 2 {
			header[more[i]] = more[i+1]
		}
		return header
	}
	with := func(authorization string) map[string]string {
		return map[string]string{"Authorization": authorization, "Content-Type": protobuf}
	}
	body := proto(t, one())
	withoutIDs := one()
	withoutIDs.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty().SetName("no ids")
	for name, c := range map[string]struct {
		options Options
		method  string
		path    string
		header  map[string]string
		body    []byte
		status  int
		want    string // the body has it
	}{
		"accepted":                  {header: authorized(), body: body, status: 200, want: `"name":"otel-ingestion-job"`},
		"gzip":                      {header: authorized("Content-Encoding", "gzip"), body: zipped(t, body), status: 200, want: "otel-ingestion-job"},
		"empty":                     {header: authorized(), status: 200, want: "{}"},
		"other content type":        {header: authorized("Content-Type", "text/plain"), body: body, status: 400, want: `{"error":"Invalid content type"}`},
		"charset after the type":    {header: authorized("Content-Type", "Application/JSON; charset=utf-8"), body: []byte("{}"), status: 200, want: "{}"},
		"not gzip":                  {header: authorized("Content-Encoding", "gzip"), body: body, status: 400, want: `{"error":"Failed to decompress request body"}`},
		"zstd is not decoded":       {header: authorized("Content-Encoding", "zstd"), body: []byte("(\xb5/\xfd"), status: 400, want: "Failed to parse OTel Protobuf Trace"},
		"no protobuf":               {header: authorized(), body: []byte("hello"), status: 400, want: `{"error":"Failed to parse OTel Protobuf Trace"}`},
		"both types, protobuf":      {header: authorized("Content-Type", "application/x-protobuf, application/json"), body: body, status: 400, want: "Failed to parse OTel JSON Trace"},
		"both types, JSON":          {header: authorized("Content-Type", "application/x-protobuf, application/json"), body: []byte("{}"), status: 400, want: "Failed to parse OTel Protobuf Trace"},
		"no content type":           {header: authorized("Content-Type", ""), body: body, status: 400, want: `{"error":"Invalid content type"}`},
		"secret with a colon":       {header: with(basic("pk-lf-one", "sk-lf-one:more")), body: body, status: 200, want: "otel-ingestion-job"},
		"no JSON":                   {header: authorized("Content-Type", "application/json"), body: []byte("{"), status: 400, want: `{"error":"Failed to parse OTel JSON Trace"}`},
		"span without ids":          {header: authorized(), body: proto(t, withoutIDs), status: 400, want: "Invalid OTLP trace export: 1 of 2 span(s) cannot be processed (traceId:absent, spanId:absent)"},
		"version 5":                 {header: authorized("x-langfuse-ingestion-version", "5"), body: body, status: 400, want: `Unsupported x-langfuse-ingestion-version: \"5\". Maximum supported: \"4\".`},
		"version that is no number": {header: authorized("x-langfuse-ingestion-version", "v4"), body: body, status: 400, want: "Unsupported"},
		"version 4":                 {header: authorized("x-langfuse-ingestion-version", "4"), body: body, status: 200, want: "otel-ingestion-job"},
		"version 5 of old":          {options: Options{Version: "3.150.0"}, header: authorized("x-langfuse-ingestion-version", "5"), body: body, status: 200, want: "otel"},
		"no header":                 {header: map[string]string{}, body: body, status: 401, want: `{"message":"No authorization header"}`},
		"unknown key":               {header: with(basic("pk-lf-one", "sk-lf-two")), body: body, status: 401, want: `{"message":"Invalid credentials. Confirm that you've configured the correct host."}`},
		"no secret":                 {header: with(basic("pk-lf-one", "")), body: body, status: 401, want: "Invalid authorization header. Confirm"},
		"other scheme":              {header: with("basic abc"), body: body, status: 401, want: `{"message":"Invalid authorization header"}`},
		"public key as bearer":      {header: with("Bearer pk-lf-one"), body: body, status: 403, want: `{"message":"Access denied - insufficient permissions for this endpoint"}`},
		"unknown bearer":            {header: with("Bearer pk-lf-two"), body: body, status: 401, want: "Invalid public key. Confirm"},
		"organization key":          {header: with(basic("pk-lf-org", "sk-lf-org")), body: body, status: 403, want: "Access denied"},
		"GET":                       {method: http.MethodGet, header: authorized(), status: 405, want: `{"error":"MethodNotAllowedError","message":"Method not allowed"}`},
		"too large":                 {options: Options{LimitBytes: 10}, header: authorized(), body: body, status: 413, want: "<title>413 Request Entity Too Large</title>"},
		"suspended":                 {options: Options{Suspended: true}, header: authorized(), body: body, status: 403, want: "Ingestion suspended: Usage threshold exceeded."},
		"other path":                {path: "/api/public/otel", header: authorized(), body: body, status: 404, want: "<html>"},
		"trailing slash":            {path: tracesPath + "/", header: authorized(), body: body, status: 404, want: "<html>"},
		"logs":                      {path: "/api/public/otel/v1/logs", header: authorized(), body: body, status: 404, want: "<html>"},
		"metrics":                   {path: metricsPath, header: authorized(), body: body, status: 200, want: `{"message":"OK"}`},
		"metrics without a key":     {path: metricsPath, header: map[string]string{}, body: body, status: 401, want: "No authorization header"},
		"older than 3.22":           {options: Options{Version: "3.21.9"}, header: authorized(), body: body, status: 404, want: "<html>"},
		"gzip older than 3.30":      {options: Options{Version: "3.29.0"}, header: authorized("Content-Encoding", "gzip"), body: zipped(t, body), status: 400, want: "Failed to parse"},
		"another region":            {options: Options{Region: "us"}, header: authorized(), body: body, status: 401, want: "Invalid credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.Keys = []Key{key, {Public: "pk-lf-org", Secret: "sk-lf-org", Organization: true}}
			s := New(t, c.options)
			if c.method == "" {
				c.method = http.MethodPost
			}
			if c.path == "" {
				c.path = tracesPath
			}
			status, _, got := call(t, c.method, s.URL+c.path, c.header, c.body)
			assert.Equal(t, c.status, status)
			assert.Contains(t, got, c.want)
			stored := 0
			if status == http.StatusOK && strings.Contains(got, "job") {
				stored = 1
			}
			assert.Len(t, s.Observations(), stored)
			require.Len(t, s.Requests(), 1)
			assert.Equal(t, c.status, s.Requests()[0].Status)
		})
	}
}

// TestTheFirstThingThatIsWrongIsAnswered begins with a request in which everything is
// wrong and mends one thing after the other (langfuse reference 8).
func TestTheFirstThingThatIsWrongIsAnswered(t *testing.T) {
	proxy := New(t, Options{LimitBytes: 1})
	status, _, _ := call(t, http.MethodGet, proxy.URL+tracesPath, nil, []byte("hello"))
	assert.Equal(t, http.StatusRequestEntityTooLarge, status, "a proxy in front comes first")

	limited := New(t, Options{Keys: []Key{key}, RateLimit: 1, Suspended: true, Lax: true})
	open := New(t, Options{Keys: []Key{key}})
	withoutIDs := one()
	withoutIDs.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty()
	method, url, body := http.MethodGet, limited.URL+tracesPath, zipped(t, proto(t, withoutIDs))
	header := map[string]string{"Content-Type": "text/plain", "Content-Encoding": "gzip", "x_langfuse_ingestion_version": "5"}
	body[len(body)/2] ^= 0xff // no gzip any more
	for _, step := range []struct {
		mend   func()
		status int
		want   string
	}{
		{func() {}, 405, "Method not allowed"},
		{func() { method = http.MethodPost }, 401, "No authorization header"},
		{func() { header["Authorization"] = basic(key.Public, key.Secret) }, 403, "suspended"},
		{func() {}, 429, "Rate limit exceeded"},
		{func() { url = open.URL + tracesPath }, 400, "Failed to decompress request body"},
		{func() { body = zipped(t, []byte("hello")) }, 400, "Invalid content type"},
		{func() { header["Content-Type"] = "application/x-protobuf" }, 400, "Failed to parse OTel Protobuf Trace"},
		{func() { body = zipped(t, proto(t, withoutIDs)) }, 400, "1 of 2 span(s) cannot be processed"},
		{func() { body = zipped(t, proto(t, one())) }, 400, "Unsupported x-langfuse-ingestion-version"},
		{func() { header["x_langfuse_ingestion_version"] = "4" }, 200, "otel-ingestion-job"},
	} {
		step.mend()
		status, _, got := call(t, method, url, header, body)
		assert.Equal(t, step.status, status, step.want)
		assert.Contains(t, got, step.want)
	}
	assert.Len(t, open.Observations(), 1)
}

func TestListsThatAreNoneAreNamed(t *testing.T) {
	s := New(t, Options{Keys: []Key{key}})
	header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": "application/json"}
	for body, reason := range map[string]string{
		`{"resourceSpans":[{"scopeSpans":{}}]}`:                                                                                        "scopeSpans:not_an_array",
		`{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}`:                                                                            "spans:not_an_array",
		`{"resourceSpans":[{"resource":{"attributes":1},"scopeSpans":[]}]}`:                                                            "resource.attributes:not_an_array",
		`{"resourceSpans":[{"scopeSpans":[{"scope":{"attributes":{}},"spans":[]}]}]}`:                                                  "scope.attributes:not_an_array",
		`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":1,"spanId":"a"}]}]}]}`:                                                  "traceId:not_an_id",
		`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","parentSpanId":2}]}]}]}`:                               "parentSpanId:not_an_id",
		`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","attributes":{}}]}]}]}`:                                "attributes:not_an_array",
		`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","events":{}}]}]}]}`:                                    "events:not_an_array",
		`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","events":[{"name":"e","attributes":{"k":"v"}}]}]}]}]}`: "event.attributes:not_an_array",
	} {
		status, _, got := call(t, http.MethodPost, s.URL+tracesPath, header, []byte(body))
		assert.Equal(t, http.StatusBadRequest, status, body)
		assert.Contains(t, got, reason)
	}
	assert.Empty(t, s.Observations())
}

func TestPlannedFailures(t *testing.T) {
	header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": "application/x-protobuf"}
	for name, c := range map[string]struct {
		step   Step
		status int
		kind   string // of the body
		want   string
	}{
		"rate limit":  {RateLimited(7), 429, "application/json; charset=utf-8", `"retryAfterSeconds":7`},
		"server":      {Step{Status: 500}, 500, "application/json; charset=utf-8", `"message":"Internal Server Error"`},
		"database":    {Step{Status: 503}, 503, "application/json; charset=utf-8", `{"message":"Service Unavailable"}`},
		"resources":   {Step{Status: 422}, 422, "application/json; charset=utf-8", `"error":"Request timed out"`},
		"bad gateway": {Step{Status: 502}, 502, "text/html", "502 Bad Gateway"},
		"Cloudflare":  {Step{Status: 520}, 520, "text/html", "520: Web server"},
		"a page":      {Step{Status: 200}, 200, "text/html", "Sign in"},
		"moved":       {Step{Status: 301, Location: "https://example.com/"}, 301, "text/html", "301 Moved"},
		"slow":        {Step{Delay: 20 * time.Millisecond}, 200, "application/json; charset=utf-8", "job"},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t, Options{Keys: []Key{key}})
			s.Plan(c.step)
			status, got, body := call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, one()))
			assert.Equal(t, c.status, status)
			assert.Equal(t, c.kind, got.Get("Content-Type"))
			assert.Contains(t, body, c.want)
			if c.status == http.StatusTooManyRequests {
				assert.Equal(t, "7", got.Get("Retry-After"))
				assert.Equal(t, "0", got.Get("X-RateLimit-Remaining"))
				assert.NotEmpty(t, got.Get("X-RateLimit-Limit"))
				assert.Contains(t, got.Get("X-RateLimit-Reset"), "GMT")
			}
			status, _, _ = call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, one()))
			assert.Equal(t, http.StatusOK, status, "the plan is over")
		})
	}
	t.Run("cut", func(t *testing.T) {
		s := New(t, Options{Keys: []Key{key}})
		s.Plan(Step{Cut: true})
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+tracesPath, bytes.NewReader(proto(t, one())))
		require.NoError(t, err)
		_, err = http.DefaultClient.Do(request)
		require.Error(t, err)
		assert.Empty(t, s.Observations())
	})
}

func TestRateLimitAndNegativeCache(t *testing.T) {
	header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": "application/x-protobuf"}
	s := New(t, Options{RateLimit: 1, NegativeCache: time.Minute})
	status, _, _ := call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, one()))
	assert.Equal(t, http.StatusUnauthorized, status)
	s.AddKey(key)
	status, _, _ = call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, one()))
	assert.Equal(t, http.StatusUnauthorized, status, "the secret is remembered as unknown")

	s = New(t, Options{Keys: []Key{key}, RateLimit: 1})
	status, _, _ = call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, one()))
	assert.Equal(t, http.StatusOK, status)
	status, got, _ := call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, one()))
	assert.Equal(t, http.StatusTooManyRequests, status)
	assert.Equal(t, "60", got.Get("Retry-After"))
}

func TestProjectsAndHealth(t *testing.T) {
	s := New(t, Options{Keys: []Key{key, {Public: "pk-lf-org", Secret: "sk-lf-org", Organization: true}}})
	status, _, body := call(t, http.MethodGet, s.URL+"/api/public/projects", map[string]string{"Authorization": basic(key.Public, key.Secret)}, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"name":"one"`)
	status, _, body = call(t, http.MethodGet, s.URL+"/api/public/projects", map[string]string{"Authorization": "Bearer pk-lf-one"}, nil)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "Are you using an organization key?")
	status, _, _ = call(t, http.MethodGet, s.URL+"/api/public/projects", map[string]string{"Authorization": basic("pk-lf-one", "sk-lf-no")}, nil)
	assert.Equal(t, http.StatusUnauthorized, status)
	status, _, body = call(t, http.MethodPost, s.URL+"/api/public/projects", nil, nil)
	assert.Equal(t, http.StatusMethodNotAllowed, status)
	assert.JSONEq(t, `{"message":"Method not allowed"}`, body)
	status, _, body = call(t, http.MethodGet, s.URL+"/api/public/health", nil, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `{"status":"OK","version":"4.16.0"}`, body)
	status, _, _ = call(t, http.MethodGet, New(t, Options{Unhealthy: true}).URL+"/api/public/health", nil, nil)
	assert.Equal(t, http.StatusServiceUnavailable, status)
}

func TestBatchAPIIsAViolation(t *testing.T) {
	s := New(t, Options{Keys: []Key{key}, Lax: true})
	header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": "application/json"}
	body := []byte(`{"batch":[{"id":"a","type":"trace-create","body":{}},{"id":"b","type":"score-create","body":{}}]}`)
	status, _, got := call(t, http.MethodPost, s.URL+"/api/public/ingestion", header, body)
	assert.Equal(t, http.StatusMultiStatus, status)
	assert.JSONEq(t, `{"successes":[{"id":"b","status":201}],"errors":[{"id":"a","status":400,"message":"Event type not accepted"}]}`, got)
	assert.Len(t, s.Violations(), 1)
	for _, mode := range []Mode{Dual, V3} {
		s := New(t, Options{Keys: []Key{key}, Mode: mode, Lax: true})
		_, _, got := call(t, http.MethodPost, s.URL+"/api/public/ingestion", header, body)
		assert.JSONEq(t, `{"successes":[{"id":"a","status":201},{"id":"b","status":201}],"errors":[]}`, got)
	}
}

func TestEveryAnswerTakesItsTime(t *testing.T) {
	const latency = 10 * time.Millisecond
	s := New(t, Options{Latency: latency})
	begin := time.Now()
	status, _, _ := call(t, http.MethodGet, s.URL+"/api/public/health", nil, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.GreaterOrEqual(t, time.Since(begin), latency)
}

func TestMediaProtocol(t *testing.T) {
	s := New(t, Options{Keys: []Key{key}})
	header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": "application/json"}
	content := []byte("a picture")
	sum := sha256.Sum256(content)
	hash := base64.StdEncoding.EncodeToString(sum[:])
	announce := func(contentType string) (int, map[string]any) {
		raw, err := json.Marshal(map[string]any{
			"traceId": "t", "observationId": "o", "field": "input", "contentType": contentType, "contentLength": len(content), "sha256Hash": hash,
		})
		require.NoError(t, err)
		status, _, body := call(t, http.MethodPost, s.URL+"/api/public/media", header, raw)
		var out map[string]any
		require.NoError(t, json.Unmarshal([]byte(body), &out))
		return status, out
	}
	status, out := announce("image/nothing")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "Invalid request data", out["message"])

	status, out = announce("image/png")
	require.Equal(t, http.StatusCreated, status)
	id, url := out["mediaId"].(string), out["uploadUrl"].(string)
	assert.Equal(t, base64.URLEncoding.EncodeToString(sum[:])[:22], id)

	put := map[string]string{"Content-Type": "image/png", "x-amz-checksum-sha256": hash}
	status, _, _ = call(t, http.MethodPut, url, put, []byte("another picture"))
	assert.Equal(t, http.StatusBadRequest, status)
	status, _, _ = call(t, http.MethodPut, url, put, content)
	assert.Equal(t, http.StatusOK, status)

	status, _, _ = call(t, http.MethodPatch, s.URL+"/api/public/media/"+id, header, []byte(`{"uploadedAt":"2026-11-24T12:00:00Z"}`))
	assert.Equal(t, http.StatusBadRequest, status)
	status, _, body := call(t, http.MethodPatch, s.URL+"/api/public/media/"+id, header,
		[]byte(`{"uploadedAt":"2026-11-24T12:00:00Z","uploadHttpStatus":200,"uploadTimeMs":3}`))
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `{"message":"OK"}`, body)
	require.Len(t, s.Media(), 1)
	assert.Equal(t, []any{id, content, 200}, []any{s.Media()[0].ID, s.Media()[0].Content, s.Media()[0].UploadStatus})

	status, out = announce("image/png")
	assert.Equal(t, http.StatusCreated, status)
	assert.Nil(t, out["uploadUrl"], "it is there already")

	s.AddKey(Key{Public: "pk-lf-two", Secret: "sk-lf-two", Project: "two"})
	header["Authorization"] = basic("pk-lf-two", "sk-lf-two")
	_, out = announce("image/png")
	assert.Equal(t, id, out["mediaId"])
	assert.NotNil(t, out["uploadUrl"], "the store of another project does not have it")
	status, _, _ = call(t, http.MethodGet, s.URL+"/api/public/media", header, nil)
	assert.Equal(t, http.StatusMethodNotAllowed, status)
}
