package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// fake is a source whose answers a test sets. What it does not set panics.
type fake struct {
	query.Source
	mu      sync.Mutex
	traces  func(query.TraceFilter) (query.Page[query.TraceSummary], error)
	span    func(trace, id string, limit int) (*query.Span, error)
	session func(id string) (*query.Session, error)
	values  func(field string) ([]query.Value, error)
	asked   int
	log     []query.TraceSummary // what has changed, in order
	broken  error
}

func (f *fake) Traces(_ context.Context, filter query.TraceFilter) (query.Page[query.TraceSummary], error) {
	return f.traces(filter)
}

func (f *fake) Span(_ context.Context, trace, id string, limit int) (*query.Span, error) {
	return f.span(trace, id, limit)
}

func (f *fake) Session(_ context.Context, id, _ string, _ int) (*query.Session, error) {
	return f.session(id)
}

func (f *fake) Values(_ context.Context, field, _ string, _ query.TraceFilter) ([]query.Value, error) {
	return f.values(field)
}

func serve(t *testing.T, source query.Source, live *Live) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for _, route := range New(nil, live)(mount.Env{Source: source, Answers: mount.NewAnswers(mount.MaxAnswers), Logger: zap.NewNop()}) {
		mux.Handle(route.Pattern, route.Handler)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func TestAnErrorIsASentenceAndAStatus(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		want   string
	}{
		{query.ErrNotFound, 404, "there is no such trace"},
		{fmt.Errorf(`"<script>": %w`, query.ErrNotFound), 404, "there is no such trace"},
		{query.ErrAmbiguous, 400, "several traces begin with this id; give more of it"},
		{query.ErrNoStore, 503, "there is no trace store yet"},
		{mount.Unavailable{Sentence: "not yet"}, 503, "not yet"},
		{context.DeadlineExceeded, 503, "takes too long"},
		{errors.New("near \"secret\": syntax error"), 500, "the store could not be read; the collector's log says why"},
	} {
		source := &fake{traces: func(query.TraceFilter) (query.Page[query.TraceSummary], error) {
			return query.Page[query.TraceSummary]{}, test.err
		}}
		status, body := fetch(t, serve(t, source, nil).URL+"/api/v1/traces")
		assert.Equal(t, test.status, status, test.err)
		var answer Error
		require.NoError(t, json.Unmarshal([]byte(body), &answer))
		assert.Contains(t, answer.Error, test.want)
		assert.NotContains(t, body, "secret")
	}
}

func TestParametersReachTheSource(t *testing.T) {
	var got query.TraceFilter
	source := &fake{traces: func(f query.TraceFilter) (query.Page[query.TraceSummary], error) {
		got = f
		return query.Page[query.TraceSummary]{}, nil
	}}
	server := serve(t, source, nil)
	status, body := fetch(t, server.URL+"/api/v1/traces?service=a&service=b&min_cost=0.5&attribute=k%3Dv%26w&limit=7")
	assert.Equal(t, 200, status)
	assert.JSONEq(t, `{"items":[]}`, body, "an empty list is one")
	assert.Equal(t, query.TraceFilter{Service: []string{"a", "b"}, MinCost: 0.5, Attributes: []string{"k=v&w"}, Limit: 7}, got)
	for _, wrong := range []string{"servise=a", "limit=x", "since=now", "a=%zz", "limit=1;service=b"} {
		status, body = fetch(t, server.URL+"/api/v1/traces?"+wrong)
		assert.Equal(t, 400, status, wrong)
		assert.Contains(t, body, `"error"`)
	}
}

func TestIdsOfAnyTextReachTheSource(t *testing.T) {
	var got string
	source := &fake{
		session: func(id string) (*query.Session, error) { got = id; return &query.Session{}, nil },
		values:  func(field string) ([]query.Value, error) { got = field; return nil, nil },
		span: func(trace, id string, limit int) (*query.Span, error) {
			got = fmt.Sprint(trace, "|", id, limit)
			return &query.Span{}, nil
		},
	}
	server := serve(t, source, nil)
	for path, want := range map[string]string{
		"sessions/a%2Fb%2F..%2Fc": "a/b/../c", "sessions/%D1%81%20%26%3F": "с &?", "sessions/%3Cscript%3E": "<script>",
		"values/attribute:a%2Fb": "attribute:a/b", "spans/t%2F1/s%2F2?limit=9": "t/1|s/29",
	} {
		status, _ := fetch(t, server.URL+"/api/v1/"+path)
		assert.Equal(t, 200, status, path)
		assert.Equal(t, want, got, path)
	}
}

func TestWhatWasStoredAsJSONAndIsNotIsText(t *testing.T) {
	source := &fake{span: func(string, string, int) (*query.Span, error) {
		return &query.Span{Input: json.RawMessage(`{"cut": "of`), Output: json.RawMessage(`{"a":"</script>"}`), Attributes: []query.Attribute{{Key: "x", Value: json.RawMessage("NaN")}}}, nil
	}}
	status, body := fetch(t, serve(t, source, nil).URL+"/api/v1/spans/1/2")
	require.Equal(t, 200, status)
	var span query.Span
	require.NoError(t, json.Unmarshal([]byte(body), &span))
	assert.JSONEq(t, `"{\"cut\": \"of"`, string(span.Input))
	assert.JSONEq(t, `"NaN"`, string(span.Attributes[0].Value))
	assert.NotContains(t, body, "</script>", "nothing that a page could take for HTML")
	assert.NotContains(t, body, "null,\"events\"")
	assert.Contains(t, body, `"events":[]`)
}

func TestOnlyReadingMethodsAreTaken(t *testing.T) {
	source := &fake{traces: func(query.TraceFilter) (query.Page[query.TraceSummary], error) {
		return query.Page[query.TraceSummary]{}, nil
	}}
	server := serve(t, source, nil)
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "DELETE": 405, "PATCH": 405} {
		request, err := http.NewRequest(method, server.URL+"/api/v1/traces", nil)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		response.Body.Close()
		assert.Equal(t, want, response.StatusCode, method)
	}
}

// TestAnswersThatAreBeingReadAreBounded: a slow client has its answer in memory, and the
// store is not asked any longer.
func TestAnswersThatAreBeingReadAreBounded(t *testing.T) {
	source := &fake{traces: func(query.TraceFilter) (query.Page[query.TraceSummary], error) {
		return query.Page[query.TraceSummary]{Items: []query.TraceSummary{{Name: "x"}}}, nil
	}}
	a := &answerer{source: source, logger: zap.NewNop(), answers: mount.NewAnswers(4096), shared: newShared()}
	h := a.handler(operations(nil)[0])
	get := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/traces", nil))
		return w
	}
	assert.Equal(t, http.StatusOK, get().Code)
	release, err := a.answers.Reserve(4096) // by clients that read slowly
	require.NoError(t, err)
	refused := get()
	assert.Equal(t, http.StatusServiceUnavailable, refused.Code)
	assert.Equal(t, "1", refused.Header().Get("Retry-After"))
	release()
	assert.Equal(t, http.StatusOK, get().Code)
}
