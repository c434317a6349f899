package jaeger

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter"
	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// stored writes traces to a new file, as the collector does, and opens it.
func stored(t *testing.T, batches ...ptrace.Traces) *query.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "traces.db")
	factory := libsqlexporter.NewFactory()
	config := factory.CreateDefaultConfig().(*libsqlexporter.Config)
	config.URL = "file:" + path
	exporter, err := factory.CreateTraces(t.Context(), exportertest.NewNopSettings(factory.Type()), config)
	require.NoError(t, err)
	require.NoError(t, exporter.Start(t.Context(), componenttest.NewNopHost()))
	for _, batch := range batches {
		require.NoError(t, exporter.ConsumeTraces(t.Context(), batch))
	}
	require.NoError(t, exporter.Shutdown(context.Background()))
	store, err := query.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// source is a store; what it lacks is not asked for.
type (
	source struct {
		*questions
		lacking
	}
	questions = query.Store
	lacking   struct{ lacks }
	lacks     struct{ query.Source }
)

func serve(t *testing.T, store query.Source) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for _, route := range New(mount.Env{Source: store, Answers: mount.NewAnswers(mount.MaxAnswers), Logger: zap.NewNop()}) {
		assert.False(t, route.CrossOrigin, "no page of another origin reads %s", route.Pattern)
		mux.Handle(route.Pattern, route.Handler)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, server *httptest.Server, path string, answer any) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
	require.NoError(t, err)
	response, err := server.Client().Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, "application/json", response.Header.Get("Content-Type"), path)
	require.NoError(t, json.NewDecoder(response.Body).Decode(answer), path)
	return response.StatusCode
}

// old is an answer of the old routes, with the types that Grafana decodes.
type old[T any] struct {
	Data   T
	Total  int
	Limit  int
	Offset int
	Errors []struct {
		Code    int
		Msg     string
		TraceID string
	}
}

type oldTrace struct {
	TraceID   string
	Spans     []oldSpan
	Processes map[string]struct {
		ServiceName string
		Tags        []oldTag
	}
	Warnings []string
}

type oldSpan struct {
	TraceID, SpanID, ProcessID, OperationName string
	StartTime, Duration                       int64
	Flags                                     int
	References                                []struct{ RefType, TraceID, SpanID string }
	Tags                                      []oldTag
	Logs                                      []struct {
		Timestamp float64
		Fields    []oldTag
	}
	Warnings, StackTraces []string
}

type oldTag struct {
	Key, Type string
	Value     any
}

func (s *oldSpan) tag(key string) any {
	if i := slices.IndexFunc(s.Tags, func(t oldTag) bool { return t.Key == key }); i >= 0 {
		return s.Tags[i].Value
	}
	return nil
}

// shop is a trace of two services, with a failure, an event and a link.
func shop(id byte, start time.Time) ptrace.Traces {
	traces := ptrace.NewTraces()
	traceID := pcommon.TraceID{15: id}
	for i, service := range []string{"shop", "ledger"} {
		rs := traces.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		rs.Resource().Attributes().PutInt("process.pid", int64(100+i))
		ss := rs.ScopeSpans().AppendEmpty()
		ss.Scope().SetName("handmade")
		span := ss.Spans().AppendEmpty()
		span.SetTraceID(traceID)
		span.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
		span.SetName([]string{"POST /buy", "book"}[i])
		span.SetKind(ptrace.SpanKindServer)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(i) * time.Millisecond)))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(20 * time.Millisecond)))
		if i == 1 {
			span.SetParentSpanID(pcommon.SpanID{7: 1})
			span.Status().SetCode(ptrace.StatusCodeError)
			span.Status().SetMessage("out of paper")
			span.Attributes().PutInt("big", 1<<60)
			span.Attributes().PutDouble("ratio", 0.5)
			span.Attributes().PutBool("dry", false)
			span.Attributes().PutEmptyBytes("raw").FromRaw([]byte{1, 2})
			span.Attributes().PutEmptySlice("list").AppendEmpty().SetStr("a")
			event := span.Events().AppendEmpty()
			event.SetName("exception")
			event.SetTimestamp(pcommon.NewTimestampFromTime(start.Add(2 * time.Millisecond)))
			event.Attributes().PutStr("exception.type", "Paper")
			link := span.Links().AppendEmpty()
			link.SetTraceID(pcommon.TraceID{15: 99})
			link.SetSpanID(pcommon.SpanID{7: 9})
		}
	}
	return traces
}

var morning = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

func TestATraceIsThatOfJaeger(t *testing.T) {
	server := serve(t, source{questions: stored(t, shop(1, morning))})
	for _, prefix := range Prefixes {
		for _, id := range []string{"00000000000000000000000000000001", "1", "000000000000000000000000000000001"[1:], "0001?start=1764489600000&end=1764493200000"} {
			var answer old[[]oldTrace]
			require.Equal(t, 200, get(t, server, prefix+"/api/traces/"+id, &answer), id)
			require.Len(t, answer.Data, 1)
			assert.Empty(t, answer.Errors)
			trace := answer.Data[0]
			assert.Equal(t, strings.Repeat("0", 31)+"1", trace.TraceID)
			require.Len(t, trace.Spans, 2)
			require.Len(t, trace.Processes, 2)
			book := trace.Spans[slices.IndexFunc(trace.Spans, func(s oldSpan) bool { return s.OperationName == "book" })]
			process := trace.Processes[book.ProcessID]
			assert.Equal(t, "ledger", process.ServiceName)
			assert.Equal(t, []oldTag{{"process.pid", "int64", 101.0}}, process.Tags)
			assert.Equal(t, morning.Add(time.Millisecond).UnixMicro(), book.StartTime)
			assert.EqualValues(t, 19_000, book.Duration)
			assert.Equal(t, []struct{ RefType, TraceID, SpanID string }{
				{"CHILD_OF", trace.TraceID, "0000000000000001"}, {"FOLLOWS_FROM", strings.Repeat("0", 30) + "63", "0000000000000009"},
			}, book.References)
			for key, want := range map[string]any{
				"big": "1152921504606846976", "ratio": 0.5, "dry": false, "raw": "AQI=", "list": `["a"]`, "error": true, "span.kind": "server",
				"otel.status_code": "ERROR", "otel.status_description": "out of paper", "otel.scope.name": "handmade",
			} {
				assert.Equal(t, want, book.tag(key), key)
			}
			require.Len(t, book.Logs, 1)
			assert.Equal(t, []oldTag{{"event", "string", "exception"}, {"exception.type", "string", "Paper"}}, book.Logs[0].Fields)
		}
	}
}

// TestWhatClientsAsk are the requests of jaeger-ui 2.20 (packages/jaeger-ui/src/api) and of
// Grafana's data source (pkg/jaeger/client.go and grpc_client.go of
// grafana/grafana-jaeger-datasource), with how many traces they find.
func TestWhatClientsAsk(t *testing.T) {
	server := serve(t, source{questions: stored(t, shop(1, morning), shop(2, morning.Add(time.Hour)), testutil.TicketRun(testutil.NewSecrets(1)))})
	q := func(pairs ...string) string {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		return "?" + values.Encode()
	}
	us := func(after time.Duration) string { return strconv.FormatInt(morning.Add(after).UnixMicro(), 10) }
	for path, want := range map[string]int{
		"/api/traces" + q("service", "shop", "start", us(-time.Minute), "end", us(2*time.Hour), "limit", "20"):                2,
		"/api/traces" + q("service", "shop", "start", us(-time.Minute), "end", us(time.Minute)):                               1,
		"/api/traces" + q("service", "shop", "limit", "1"):                                                                    1,
		"/api/traces" + q("service", "shop", "operation", "book"):                                                             2,
		"/api/traces" + q("service", "shop", "operation", "all"):                                                              2,
		"/api/traces" + q("service", "shop", "operation", "nothing"):                                                          0,
		"/api/traces" + q("service", "shop", "tags", `{"error":"true"}`):                                                      2,
		"/api/traces" + q("service", "shop", "tags", `{"error":false}`):                                                       0,
		"/api/traces" + q("service", "shop", "tags", `{"exception":"no","error":"true"}`):                                     0,
		"/api/traces" + q("service", "shop", "tags", `{"process.pid":"101","ratio":0.5}`):                                     2,
		"/api/traces" + q("service", "shop", "tag", "dry:false"):                                                              2,
		"/api/traces" + q("service", "shop", "minDuration", "19ms", "maxDuration", "1.5s"):                                    2,
		"/api/traces" + q("service", "shop", "minDuration", "1s"):                                                             0,
		"/api/traces" + q("service", "ledger", "operation", "book"):                                                           2,
		"/api/traces" + q("service", "nobody"):                                                                                0,
		"/api/traces" + q("service", "shop", "end", us(time.Minute), "lookback", "2d"):                                        1,
		"/api/traces" + q("lookback", "custom", "start", us(0), "end", us(time.Minute), "service", "shop", "maxDuration", ""): 1,
		"/api/traces?traceID=1&traceID=2":                                                                                     2,
		"/api/traces" + q("tags", `{"gen_ai.tool.name":"checkAccess"}`):                                                       1,
		"/api/traces" + q("tags", `{"gen_ai.provider.name":"openai"}`):                                                        1,
		"/api/traces" + q("tags", `{"gen_ai.request.model":"no-model"}`):                                                      0,
	} {
		var answer old[[]oldTrace]
		assert.Equal(t, 200, get(t, server, path, &answer), path)
		assert.Len(t, answer.Data, want, path)
		assert.NotNil(t, answer.Data, path)
		for _, trace := range answer.Data {
			assert.NotEmpty(t, trace.Spans, "clients look at the first span")
		}
	}
	rfc := func(after time.Duration) string { return morning.Add(after).Format(time.RFC3339Nano) }
	for query, want := range map[string]int{
		q("query.serviceName", "shop", "query.startTimeMin", rfc(-time.Minute), "query.startTimeMax", rfc(2*time.Hour), "query.searchDepth", "20"):                      2,
		q("query.startTimeMin", rfc(-time.Minute), "query.startTimeMax", rfc(time.Minute), "query.searchDepth", "1500"):                                                 1,
		q("query.service_name", "shop", "query.operation_name", "book", "query.attributes", `{"error":"true"}`, "query.duration_min", "1ms", "query.num_traces", "1"):   1,
		q("query.serviceName", "shop", "query.operationName", "POST /buy") + "&query.start_time_min=2026-11-30T09:00:00+01:00&query.start_time_max=" + rfc(time.Minute): 1,
	} {
		var summaries struct{ Summaries []map[string]any }
		assert.Equal(t, 200, get(t, server, "/api/v3/trace-summaries"+query, &summaries), query)
		assert.Len(t, summaries.Summaries, want, query)
		var found struct {
			Result struct{ ResourceSpans []json.RawMessage }
		}
		assert.Equal(t, 200, get(t, server, "/api/v3/traces"+query, &found), query)
		assert.Len(t, found.Result.ResourceSpans, 2*want, query)
	}
}

func TestSummariesCountBySpanAndService(t *testing.T) {
	server := serve(t, source{questions: stored(t, shop(1, morning))})
	var answer struct{ Summaries []summary }
	require.Equal(t, 200, get(t, server, "/api/v3/trace-summaries", &answer))
	start := morning.UnixNano()
	assert.Equal(t, []summary{{
		TraceID: strings.Repeat("0", 31) + "1", RootServiceName: "shop", RootOperationName: "POST /buy",
		MinStartTimeUnixNano: strconv.FormatInt(start, 10), MaxEndTimeUnixNano: strconv.FormatInt(start+20_000_000, 10), SpanCount: 2, ErrorSpanCount: 1,
		Services: []serviceSummary{{"ledger", 1, 1}, {"shop", 1, 0}},
	}}, answer.Summaries)
}

func TestServicesOperationsAndDependencies(t *testing.T) {
	server := serve(t, source{questions: stored(t, shop(1, morning), shop(2, morning))})
	var names old[[]string]
	get(t, server, "/jaeger/api/services", &names)
	assert.ElementsMatch(t, []string{"shop", "ledger"}, names.Data)
	get(t, server, "/api/services/shop/operations", &names)
	assert.ElementsMatch(t, []string{"POST /buy", "book"}, names.Data)
	get(t, server, "/api/services/a%2Fb/operations", &names)
	assert.Empty(t, names.Data)
	var operations old[[]operation]
	get(t, server, "/api/operations?service=shop&spanKind=server", &operations)
	assert.ElementsMatch(t, []operation{{"POST /buy", "internal"}, {"book", "internal"}}, operations.Data)
	var v3 struct {
		Services   []string
		Operations []operation
	}
	get(t, server, "/api/v3/services", &v3)
	get(t, server, "/api/v3/operations?service=shop", &v3)
	assert.ElementsMatch(t, []string{"shop", "ledger"}, v3.Services)
	assert.Len(t, v3.Operations, 2)
	var links old[[]dependency]
	get(t, server, fmt.Sprintf("/api/dependencies?endTs=%d&lookback=3600000", morning.Add(time.Minute).UnixMilli()), &links)
	assert.Equal(t, []dependency{{"shop", "ledger", 2}}, links.Data)
	get(t, server, fmt.Sprintf("/api/dependencies?endTs=%d&lookback=3600000", morning.Add(-time.Minute).UnixMilli()), &links)
	assert.Empty(t, links.Data)
}

func TestErrorsAreThoseOfJaeger(t *testing.T) {
	server := serve(t, source{questions: stored(t, shop(1, morning))})
	for path, status := range map[string]int{
		"/api/traces/zz": 400, "/api/traces/ff": 404, "/api/traces/" + strings.Repeat("0", 33): 400, "/api/traces?start=yesterday": 400,
		"/api/traces?tags=error%3Dtrue": 400, "/api/traces?limit=-1": 400, "/api/traces?minDuration=5": 400, "/api/traces?tag=x": 400,
		"/api/operations": 400, "/api/dependencies?endTs=x": 400, "/jaeger/api/nothing": 404, "/api/traces?a=%zz": 400,
	} {
		var answer old[any]
		assert.Equal(t, status, get(t, server, path, &answer), path)
		require.Len(t, answer.Errors, 1, path)
		assert.Equal(t, status, answer.Errors[0].Code, path)
		assert.NotEmpty(t, answer.Errors[0].Msg, path)
	}
	for path, status := range map[string]int{
		"/api/v3/traces/zz": 400, "/api/v3/traces/ff": 404, "/api/v3/traces?query.serviceName=nobody": 404, "/api/v3/operations": 400,
		"/api/v3/traces?query.startTimeMin=1": 400, "/api/v3/traces?query.filter=%7B%7D": 400,
		"/api/v3/traces?query.startTimeMin=2026-11-30T08:00:00Z&query.startTimeMax=2026-11-30T07:00:00Z": 400,
	} {
		var answer struct {
			Error struct {
				HTTPCode int `json:"httpCode"`
				Message  string
			}
		}
		assert.Equal(t, status, get(t, server, path, &answer), path)
		assert.Equal(t, status, answer.Error.HTTPCode, path)
		assert.NotEmpty(t, answer.Error.Message, path)
	}
	var answer old[[]oldTrace]
	assert.Equal(t, 200, get(t, server, "/api/traces?traceID=1&traceID=ff", &answer))
	assert.Len(t, answer.Data, 1)
	require.Len(t, answer.Errors, 1)
	assert.Equal(t, strings.Repeat("0", 30)+"ff", answer.Errors[0].TraceID)
}

// TestSpansHaveTheNamesOfTheConventions: a trace of Mastra's, which has other names, and
// nothing of what it has is gone.
func TestSpansHaveTheNamesOfTheConventions(t *testing.T) {
	run := testutil.TicketRun(testutil.NewSecrets(1))
	sent := map[string]map[string]any{}
	for _, span := range run.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
		sent[span.SpanID().String()] = span.Attributes().AsRaw()
	}
	id := run.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID()
	server := serve(t, source{questions: stored(t, run)})
	var answer struct{ Result json.RawMessage }
	require.Equal(t, 200, get(t, server, "/api/v3/traces/"+base64.RawURLEncoding.EncodeToString(id[:]), &answer))
	traces, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(answer.Result)
	require.NoError(t, err)
	require.Equal(t, len(sent), traces.SpanCount())
	agents := 0
	for _, rs := range traces.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				has := span.Attributes().AsRaw()
				for key, value := range sent[span.SpanID().String()] {
					assert.Equal(t, value, has[key], key)
				}
				if has["gen_ai.operation.name"] == "chat" {
					assert.NotEmpty(t, has["gen_ai.provider.name"], span.Name())
					assert.NotEmpty(t, has["gen_ai.request.model"], span.Name())
					assert.IsType(t, int64(0), has["gen_ai.usage.input_tokens"], span.Name())
				}
				if has["gen_ai.operation.name"] == "invoke_agent" {
					agents++
					var messages []message
					require.NoError(t, json.Unmarshal([]byte(has["gen_ai.input.messages"].(string)), &messages))
					assert.NotEmpty(t, messages[0].Role)
					assert.Equal(t, "text", messages[0].Parts[0]["type"])
				}
			}
		}
	}
	assert.Positive(t, agents)
	var one old[[]oldTrace]
	require.Equal(t, 200, get(t, server, "/api/traces/"+hex.EncodeToString(id[:]), &one))
	assert.Len(t, one.Data[0].Spans, len(sent))
}

// TestTagsFindTheSameFactUnderAllNames: of two traces one names its model as the
// conventions do, and one otherwise.
func TestTagsFindTheSameFactUnderAllNames(t *testing.T) {
	var batches []ptrace.Traces
	for i, name := range []string{"gen_ai.request.model", "llm.model_name"} {
		traces := shop(byte(i+1), morning.Add(time.Duration(i)*time.Minute))
		attributes := traces.ResourceSpans().At(1).ScopeSpans().At(0).Spans().At(0).Attributes()
		attributes.PutStr("gen_ai.operation.name", "chat")
		attributes.PutStr(name, "gpt-9")
		if i == 0 {
			attributes.PutStr("gen_ai.response.model", "gpt-9-2026-11-30")
		}
		batches = append(batches, traces)
	}
	server := serve(t, source{questions: stored(t, batches...)})
	for limit, want := range map[int][]string{20: {strings.Repeat("0", 31) + "2", strings.Repeat("0", 31) + "1"}, 1: {strings.Repeat("0", 31) + "2"}} {
		var answer old[[]oldTrace]
		path := fmt.Sprintf("/api/traces?limit=%d&tags=", limit) + url.QueryEscape(`{"gen_ai.request.model":"gpt-9"}`)
		require.Equal(t, 200, get(t, server, path, &answer))
		var ids []string
		for _, trace := range answer.Data {
			ids = append(ids, trace.TraceID)
		}
		assert.Equal(t, want, ids)
	}
}

// huge is a source of traces that are larger than an answer may be.
type huge struct {
	query.Source
	each, traces int
}

func (h *huge) Traces(context.Context, query.TraceFilter) (query.Page[query.TraceSummary], error) {
	page := query.Page[query.TraceSummary]{}
	for i := range h.traces {
		page.Items = append(page.Items, query.TraceSummary{TraceID: fmt.Sprintf("%032x", i+1)})
	}
	return page, nil
}

func (h *huge) OTLP(context.Context, string) (ptrace.Traces, error) {
	traces := shop(1, morning)
	traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("text", strings.Repeat("x", h.each))
	return traces, nil
}

func TestAnswersAreBounded(t *testing.T) {
	server := serve(t, &huge{each: maxBytes / 3, traces: 5})
	var answer old[[]oldTrace]
	require.Equal(t, 200, get(t, server, "/api/traces?service=shop", &answer))
	assert.Len(t, answer.Data, 2)
	require.Len(t, answer.Errors, 1)
	assert.Contains(t, answer.Errors[0].Msg, "2 of 5 traces")
	var refused struct{ Error map[string]any }
	assert.Equal(t, 413, get(t, server, "/api/v3/traces", &refused))
	one := serve(t, &huge{each: maxBytes, traces: 1})
	assert.Equal(t, 413, get(t, one, "/api/traces/1", &answer))
	assert.Equal(t, 413, get(t, one, "/api/v3/traces/1", &refused))
}
