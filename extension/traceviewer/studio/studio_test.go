package studio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
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
		assert.True(t, route.CrossOrigin, route.Pattern)
		mux.Handle(route.Pattern, route.Handler)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// ask asks by GET, or by POST where there is a body.
func ask(t *testing.T, server *httptest.Server, path, body string, answer any) int {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	response, err := server.Client().Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, answer), "%s: %s", path, raw)
	return response.StatusCode
}

var morning = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

// run is a run of an agent with a call of a model; the odd ones fail.
func run(id int, environment, text string) ptrace.Traces {
	traces := ptrace.NewTraces()
	rs := traces.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	rs.Resource().Attributes().PutStr("deployment.environment.name", environment)
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	start := morning.Add(time.Duration(id) * time.Minute)
	for i, name := range []string{"invoke_agent buyer", "chat gpt-4o"} {
		span := spans.AppendEmpty()
		span.SetTraceID(pcommon.TraceID{14: byte(id >> 8), 15: byte(id)})
		span.SetSpanID(pcommon.SpanID{6: byte(id), 7: byte(i + 1)})
		span.SetName(name)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Second)))
		span.Attributes().PutStr("gen_ai.operation.name", []string{"invoke_agent", "chat"}[i])
		span.Attributes().PutStr("gen_ai.agent.name", "buyer")
		span.Attributes().PutStr("gen_ai.conversation.id", fmt.Sprintf("thread-%d", id))
		if i == 1 {
			span.SetParentSpanID(pcommon.SpanID{6: byte(id), 7: 1})
			span.Attributes().PutStr("gen_ai.request.model", "gpt-4o")
			span.Attributes().PutStr("gen_ai.provider.name", "openai")
			span.Attributes().PutInt("gen_ai.usage.input_tokens", 10)
			span.Attributes().PutInt("gen_ai.usage.output_tokens", 5)
		}
		span.Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"`+text+`"}]}]`)
		if id%2 == 1 && i == 0 {
			span.Status().SetCode(ptrace.StatusCodeError)
			span.Status().SetMessage("no money")
		}
	}
	return traces
}

type row struct {
	TraceID      string `json:"traceId"`
	SpanID       string `json:"spanId"`
	RootSpanID   string `json:"rootSpanId"`
	Name, Status string
	EntityType   string
	InputPreview string
	StartedAt    string
	EndedAt      *string
	IsEvent      bool
	Input        json.RawMessage
	Attributes   struct{ Usage struct{ InputTokens int } }
}

func runs(t *testing.T) *httptest.Server {
	t.Helper()
	var batches []ptrace.Traces
	for id := 1; id <= 7; id++ {
		batches = append(batches, run(id, []string{"test", "production"}[id%2], "buy a book"))
	}
	return serve(t, source{questions: stored(t, batches...)})
}

// TestListsOfStudio130 are its requests, with the ids of traces that they list.
func TestListsOfStudio130(t *testing.T) {
	server := runs(t)
	for query, want := range map[string]struct {
		total int64
		ids   []int
		more  bool
	}{
		"":                  {7, []int{7, 6, 5, 4, 3, 2, 1}, false},
		"?page=0&perPage=3": {7, []int{7, 6, 5}, true},
		"?page=2&perPage=3": {7, []int{1}, false},
		"?page=9&perPage=3": {7, nil, false},
		"?startedAt=%7B%22start%22%3A%222026-11-30T08:06:00.000Z%22%7D":                                                     {2, []int{7, 6}, false},
		"?startedAt=%7B%22start%22%3A%222026-11-30T08:02:00.000Z%22%2C%22end%22%3A%222026-11-30T08:03:00.000Z%22%7D&page=0": {2, []int{3, 2}, false},
		"?status=error":                          {4, []int{7, 5, 3, 1}, false},
		"?status=success&environment=test":       {3, []int{6, 4, 2}, false},
		"?threadId=thread-4":                     {1, []int{4}, false},
		"?entityType=agent&entityName=nobody":    {0, nil, false},
		"?field=endedAt&direction=ASC&perPage=2": {7, []int{1, 2}, true},
		"?tags=none":                             {0, nil, false},
	} {
		var answer struct {
			Pagination pagination
			Spans      []row
		}
		require.Equal(t, 200, ask(t, server, "/api/observability/traces/light"+query, "", &answer), query)
		assert.Equal(t, want.total, answer.Pagination.Total, query)
		assert.Equal(t, want.more, answer.Pagination.HasMore, query)
		assert.Equal(t, want.ids, idsOf(answer.Spans), query)
	}
}

func idsOf(rows []row) (ids []int) {
	for _, r := range rows {
		var id int
		_, _ = fmt.Sscanf(r.TraceID, "%x", &id)
		ids = append(ids, id)
	}
	return ids
}

// TestQueriesOfStudio131 are its filters, with the ids of traces that they list.
func TestQueriesOfStudio131(t *testing.T) {
	server := runs(t)
	const eq = `{"op":"eq","left":{"path":"%s"},"right":{"literal":"%s"}}`
	for where, want := range map[string][]int{
		``:                                      {7, 6, 5, 4, 3, 2, 1},
		fmt.Sprintf(eq, "status", "error"):      {7, 5, 3, 1},
		fmt.Sprintf(eq, "threadId", "thread-2"): {2},
		`{"op":"and","args":[` + fmt.Sprintf(eq, "environment", "test") + `,{"op":"in","value":{"path":"threadId"},"set":["thread-2","thread-3","thread-6"]}]}`: {6, 2},
		`{"op":"notIn","value":{"path":"threadId"},"set":["thread-2","thread-3","thread-4","thread-5","thread-6"]}`:                                             {7, 1},
		`{"op":"or","args":[{"op":"ne","left":{"path":"environment"},"right":{"literal":"test"}},{"op":"notExists","path":"environment"}]}`:                     {7, 5, 3, 1},
		`{"op":"exists","path":"resourceId"}`:                                                    nil,
		`{"op":"not","arg":{"op":"notExists","path":"threadId"}}`:                                {7, 6, 5, 4, 3, 2, 1},
		`{"spans":{"some":` + fmt.Sprintf(eq, "model", "gpt-4o") + `}}`:                          {7, 6, 5, 4, 3, 2, 1},
		`{"spans":{"none":` + fmt.Sprintf(eq, "model", "gpt-4o") + `}}`:                          nil,
		`{"spans":{"some":{"op":"gte","left":{"path":"durationMs"},"right":{"literal":1000}}}}`:  {7, 6, 5, 4, 3, 2, 1},
		`{"spans":{"some":{"op":"gt","left":{"path":"durationMs"},"right":{"literal":1000.5}}}}`: nil,
		fmt.Sprintf(eq, "metadata.it's \\\"x", "1"):                                              nil,
		`{"op":"includes","path":"tags","value":"x"}`:                                            nil,
		`{"op":"and","args":[]}`:                                                                 {7, 6, 5, 4, 3, 2, 1},
		`{"op":"lt","left":{"path":"startedAt"},"right":{"literal":"2026-11-30T08:02:30.000Z"}}`: {2, 1},
	} {
		body := `{"timeRange":{"from":"2026-11-30T00:00:00Z","to":"2026-12-01T00:00:00Z"}`
		if where != "" {
			body += `,"where":` + where
		}
		var answer struct {
			Traces []row
			Page   struct{ Next *string }
		}
		require.Equal(t, 200, ask(t, server, "/api/observability/traces/query", body+"}", &answer), where)
		assert.Equal(t, want, idsOf(answer.Traces), where)
		assert.Nil(t, answer.Page.Next)
		for _, r := range answer.Traces {
			assert.Equal(t, r.SpanID, r.RootSpanID)
			assert.Contains(t, r.InputPreview, "buy a book")
		}
	}
}

func TestPagesFollowEachOther(t *testing.T) {
	server := runs(t)
	for direction, want := range map[string][]int{"desc": {7, 6, 5, 4, 3, 2, 1}, "asc": {1, 2, 3, 4, 5, 6, 7}} {
		var seen []int
		after := "null"
		for {
			var answer struct {
				Traces []row
				Page   struct{ Next *string }
			}
			body := `{"timeRange":{"from":"2026-11-30T00:00:00Z","to":"2026-12-01T00:00:00Z"},"orderBy":[{"field":"startedAt","direction":"` + direction + `"}],"page":{"limit":3,"after":` + after + `}}`
			require.Equal(t, 200, ask(t, server, "/api/observability/traces/query", body, &answer))
			seen = append(seen, idsOf(answer.Traces)...)
			if answer.Page.Next == nil {
				break
			}
			after = `"` + *answer.Page.Next + `"`
		}
		assert.Equal(t, want, seen)
	}
}

func TestATraceAndItsSpans(t *testing.T) {
	ticket := testutil.TicketRun(testutil.NewSecrets(1))
	server := serve(t, source{questions: stored(t, ticket, run(1, "test", "x"))})
	id := ticket.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID().String()
	var trace struct {
		TraceID string `json:"traceId"`
		Spans   []row
	}
	require.Equal(t, 200, ask(t, server, "/api/observability/traces/"+id, "", &trace))
	assert.Equal(t, id, trace.TraceID)
	assert.Len(t, trace.Spans, ticket.SpanCount())
	usage := 0
	for _, listed := range trace.Spans {
		var one struct{ Span row }
		require.Equal(t, 200, ask(t, server, "/api/observability/traces/"+id+"/spans/"+listed.SpanID, "", &one))
		assert.Equal(t, listed, one.Span)
		if !listed.IsEvent {
			assert.Contains(t, "success error", listed.Status)
		}
		usage += listed.Attributes.Usage.InputTokens
	}
	assert.Positive(t, usage)
	require.Equal(t, 200, ask(t, server, "/api/observability/traces/"+id+"/light", "", &trace))
	for _, listed := range trace.Spans {
		assert.Equal(t, "null", string(listed.Input))
	}
}

// TestLongPayloadsAreLeftToTheSpan: a trace that is large lists all spans, and the span
// has what was left out.
func TestLongPayloadsAreLeftToTheSpan(t *testing.T) {
	const size, times = 1_000_000, 20
	traces := run(2, "test", strings.Repeat("x", size))
	spans := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	for i := range times {
		span := spans.AppendEmpty()
		spans.At(1).CopyTo(span)
		span.SetSpanID(pcommon.SpanID{0: 1, 7: byte(i)})
	}
	server := serve(t, source{questions: stored(t, traces)})
	id := strings.Repeat("0", 31) + "2"
	var trace struct{ Spans []row }
	require.Equal(t, 200, ask(t, server, "/api/observability/traces/"+id, "", &trace))
	require.Len(t, trace.Spans, times+2)
	whole := 0
	for _, listed := range trace.Spans {
		if string(listed.Input) != "null" {
			whole++
		}
	}
	assert.Equal(t, maxPayload/size, whole)
	var one struct{ Span row }
	require.Equal(t, 200, ask(t, server, "/api/observability/traces/"+id+"/spans/"+trace.Spans[times].SpanID, "", &one))
	assert.Greater(t, len(one.Span.Input), size)
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	server := runs(t)
	const all = `{"timeRange":{"from":"2026-11-30T00:00:00Z","to":"2026-12-01T00:00:00Z"},`
	deep := strings.Repeat(`{"op":"not","arg":`, 20) + `{"op":"exists","path":"name"}` + strings.Repeat("}", 20)
	for _, test := range []struct {
		path, body string
		status     int
	}{
		{"/api/observability/traces/ffff", "", 404},
		{"/api/observability/traces/" + strings.Repeat("0", 31) + "1/spans/ffff", "", 404},
		{"/api/observability/traces/light?page=-1", "", 400},
		{"/api/observability/traces/light?page=9999&perPage=100", "", 400},
		{"/api/observability/traces/light?startedAt=now", "", 400},
		{"/api/observability/traces/light?metadata=x", "", 400},
		{"/api/observability/traces/light?field=name", "", 400},
		{"/api/observability/traces/query", "not JSON", 400},
		{"/api/observability/traces/query", all + `"where":{"op":"eq","left":{"path":"input"},"right":{"literal":"x"}}}`, 400},
		{"/api/observability/traces/query", all + `"where":{"op":"eq","left":{"path":"name; DROP TABLE x"},"right":{"literal":"x"}}}`, 400},
		{"/api/observability/traces/query", all + `"where":{"op":"eq","left":{},"right":{}}}`, 400},
		{"/api/observability/traces/query", all + `"where":{"op":"drop"}}`, 400},
		{"/api/observability/traces/query", all + `"where":{"scores":{"some":{"op":"exists","path":"score"}}}}`, 400},
		{"/api/observability/traces/query", all + `"where":` + deep + `}`, 400},
		{"/api/observability/traces/query", all + `"page":{"after":"nonsense"}}`, 400},
		{"/api/observability/traces/query", all + `"group":{"by":["threadId"]}}`, 501},
		{"/api/observability/traces/query", all + `"where":{"op":"` + strings.Repeat("x", maxRequest) + `"}}`, 413},
		{"/api/observability/traces/query/fields", `{}`, 501},
	} {
		var answer struct{ Error, Code string }
		assert.Equal(t, test.status, ask(t, server, test.path, test.body, &answer), test.path+shortened(test.body))
		assert.NotEmpty(t, answer.Error)
		assert.Less(t, len(answer.Error), 200, "an error does not repeat what was asked")
	}
}

func shortened(text string) string { return text[:min(len(text), 200)] }

// TestListsOfNames: what there is none of is an empty list, and names are the store's.
func TestListsOfNames(t *testing.T) {
	server := runs(t)
	for path, want := range map[string]string{
		"/api/agents?requestContext=e30%3D":                                      `{}`,
		"/api/workflows":                                                         `{}`,
		"/api/auth/capabilities":                                                 `{"enabled":false,"login":null}`,
		"/api/datasets?page=0&perPage=20":                                        `{"datasets":[],"pagination":{"total":0,"page":0,"perPage":20,"hasMore":false}}`,
		"/api/stored/prompt-blocks?page=0&perPage=50":                            `{"promptBlocks":[],"total":0,"page":0,"perPage":50,"hasMore":false}`,
		"/api/observability/traces/1/2/scores?page=0&perPage=10":                 `{"scores":[],"pagination":{"total":0,"page":0,"perPage":10,"hasMore":false}}`,
		"/api/observability/discovery/environments":                              `{"environments":["production","test"]}`,
		"/api/observability/discovery/service-names":                             `{"serviceNames":["shop"]}`,
		"/api/observability/discovery/entity-names?entityType=agent":             `{"names":["buyer"]}`,
		"/api/observability/discovery/entity-names?entityType=rag_ingestion":     `{"names":[]}`,
		"/api/observability/feedback?reviewStatus=needs-review&page=0&perPage=1": `{"feedback":[],"pagination":{"total":0,"page":0,"perPage":1,"hasMore":false}}`,
	} {
		var answer json.RawMessage
		assert.Equal(t, 200, ask(t, server, path, "", &answer), path)
		assert.JSONEq(t, want, string(answer), path)
	}
}

// TestFailuresOfTheStoreAreNotShown: what the store says may have values of rows.
func TestFailuresOfTheStoreAreNotShown(t *testing.T) {
	server := serve(t, broken{})
	var answer struct{ Error string }
	assert.Equal(t, 500, ask(t, server, "/api/observability/traces/1", "", &answer))
	assert.NotContains(t, answer.Error, "secret")
}

type broken struct {
	query.Source
	query.Mastra
}

func (broken) MastraTrace(context.Context, string, int) ([]query.MastraSpan, error) {
	return nil, errors.New("a secret of a row")
}
