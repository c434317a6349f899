package hrana_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/hrana/hranatest"
)

func newServer(t *testing.T) (*hranatest.Server, *hrana.Client) {
	t.Helper()
	s := hranatest.New(t, filepath.Join(t.TempDir(), "server.db"))
	return s, clientOf(t, s.URL, "")
}

func clientOf(t *testing.T, address, token string) *hrana.Client {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return hrana.New(hrana.Options{URL: u, HTTP: http.DefaultClient, AuthToken: token, UserAgent: "test/1"})
}

func newRequest() *hrana.Request {
	r := new(hrana.Request)
	r.Reset()
	return r
}

func query(t *testing.T, c *hrana.Client, sql string, args ...any) [][]any {
	t.Helper()
	r := newRequest()
	r.Execute(sql, args)
	answer, err := c.Do(t.Context(), r)
	require.NoError(t, err)
	rows, err := answer.Rows(0)
	require.NoError(t, err)
	return rows
}

func TestValuesOfEveryTypeTravelThereAndBack(t *testing.T) {
	_, c := newServer(t)
	args := []any{nil, int64(math.MaxInt64), int64(math.MinInt64), 0.1, 1e300, "text with \"quotes\",\nlines, ünïcode \u2028", "", []byte{0, 1, 255}, []byte("ab")}
	rows := query(t, c, "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?", args...)
	assert.Equal(t, [][]any{args}, rows)
	assert.Equal(t, [][]any{{int64(1), int64(0), nil, nil, "a\uFFFDb"}}, query(t, c, "SELECT ?, ?, ?, ?, ?", true, false, math.NaN(), math.Inf(1), "a\xffb"))
	assert.Empty(t, query(t, c, "SELECT 1 WHERE 0"))
}

func TestABatchIsATransactionByItsConditions(t *testing.T) {
	_, c := newServer(t)
	query(t, c, "CREATE TABLE t (a INTEGER PRIMARY KEY)")
	insert := func(values ...int64) []hrana.StepResult {
		r := newRequest()
		r.StoreSQL(1, "INSERT INTO t VALUES (?)")
		r.StartBatch()
		last := r.Step(hrana.SQL("BEGIN IMMEDIATE"), nil, hrana.Condition{}, false)
		for _, v := range values {
			last = r.Step(hrana.Stored(1), []any{v}, hrana.OK(last), false)
		}
		commit := r.Step(hrana.SQL("COMMIT"), nil, hrana.OK(last), false)
		r.Step(hrana.SQL("ROLLBACK"), nil, hrana.NotOK(commit), false)
		r.EndBatch()
		answer, err := c.Do(t.Context(), r)
		require.NoError(t, err)
		require.NoError(t, answer.Err())
		steps, err := answer.Batch(1, len(values)+3)
		require.NoError(t, err)
		return steps
	}
	steps := insert(1, 2, 3)
	assert.Equal(t, int64(1), steps[3].Affected)
	assert.True(t, steps[4].Ran)
	assert.False(t, steps[5].Ran, "no rollback")
	assert.Equal(t, [][]any{{int64(3)}}, query(t, c, "SELECT count(*) FROM t"))

	steps = insert(4, 2, 5)
	failure, ok := errors.AsType[*hrana.Error](steps[2].Err)
	require.True(t, ok)
	assert.Equal(t, "SQLITE_CONSTRAINT", failure.Code)
	assert.False(t, steps[3].Ran)
	assert.False(t, steps[4].Ran)
	assert.True(t, steps[5].Ran, "rollback")
	assert.Equal(t, [][]any{{int64(3)}}, query(t, c, "SELECT count(*) FROM t"))
}

func TestAFailedRequestIsAnErrorOfTheAnswer(t *testing.T) {
	_, c := newServer(t)
	r := newRequest()
	r.Execute("SELECT * FROM missing", nil)
	answer, err := c.Do(t.Context(), r)
	require.NoError(t, err)
	require.ErrorContains(t, answer.Err(), "no such table")
	_, err = answer.Rows(0)
	require.ErrorContains(t, err, "no such table")
}

func TestVersion2IsSpokenWhereThereIsNoVersion3(t *testing.T) {
	s, c := newServer(t)
	s.SpeakVersion2Only()
	for range 2 {
		assert.Equal(t, [][]any{{int64(1)}}, query(t, c, "SELECT 1"))
	}
	assert.Len(t, s.Bodies(), 2)
}

func TestATokenIsSent(t *testing.T) {
	s, c := newServer(t)
	s.RequireToken("good")
	assert.Equal(t, [][]any{{int64(1)}}, query(t, clientOf(t, s.URL, "good"), "SELECT 1"))
	for _, c := range []*hrana.Client{c, clientOf(t, s.URL, "bad")} {
		r := newRequest()
		r.Execute("SELECT 1", nil)
		_, err := c.Do(t.Context(), r)
		status, ok := errors.AsType[*hrana.StatusError](err)
		require.True(t, ok, err)
		assert.Equal(t, http.StatusUnauthorized, status.Status)
		assert.Contains(t, status.Message, "JWT is invalid")
	}
}

func TestABaseURLIsOfNoConcernToTheNextPipeline(t *testing.T) {
	s, c := newServer(t)
	s.FailWith(func(int) hranatest.Fault { return hranatest.Fault{BaseURL: "http://192.0.2.1:1"} })
	for range 2 {
		assert.Equal(t, [][]any{{int64(1)}}, query(t, c, "SELECT 1"))
	}
}

func TestFaultsAreToldApart(t *testing.T) {
	s, c := newServer(t)
	for name, test := range map[string]struct {
		fault  hranatest.Fault
		status int // 0: no status, it may have run
		want   string
		after  time.Duration
	}{
		"throttled":          {fault: hranatest.Fault{Status: 429, RetryAfter: "7", Body: "slow down"}, status: 429, want: "HTTP 429: slow down", after: 7 * time.Second},
		"code and message":   {fault: hranatest.Fault{Status: 400, Body: `{"message":"stream gone","code":"STREAM_EXPIRED"}`}, status: 400, want: "HTTP 400: STREAM_EXPIRED: stream gone"},
		"a nested error":     {fault: hranatest.Fault{Status: 403, Body: `{"error":{"message":"over quota","code":"BLOCKED"}}`}, status: 403, want: "HTTP 403: BLOCKED: over quota"},
		"an error as text":   {fault: hranatest.Fault{Status: 401, Body: `{"error":"no token"}`}, status: 401, want: "HTTP 401: no token"},
		"without a body":     {fault: hranatest.Fault{Status: 502}, status: 502, want: "HTTP 502"},
		"the answer is cut":  {fault: hranatest.Fault{Garble: true}, want: "answer of the server"},
		"the answer is lost": {fault: hranatest.Fault{Lose: true}, want: "cannot reach the server"},
	} {
		t.Run(name, func(t *testing.T) {
			s.FailWith(func(int) hranatest.Fault { return test.fault })
			r := newRequest()
			r.Execute("SELECT 1", nil)
			_, err := c.Do(t.Context(), r)
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), s.URL, "an address may hold a token")
			status, ok := errors.AsType[*hrana.StatusError](err)
			require.Equal(t, test.status != 0, ok)
			if ok {
				assert.Equal(t, test.status, status.Status)
				assert.Equal(t, test.after, status.RetryAfter)
			}
		})
	}
}

func TestASlowServerIsGivenUpWithTheContext(t *testing.T) {
	s, c := newServer(t)
	s.FailWith(func(int) hranatest.Fault { return hranatest.Fault{Slow: time.Hour} })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	r := newRequest()
	r.Execute("SELECT 1", nil)
	_, err := c.Do(ctx, r)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAnswersThatAreNoneAreErrors(t *testing.T) {
	for _, body := range []string{
		``, `[]`, `{}`, `{"results":[]}`, `{"results":[{"type":"ok","response":{"type":"execute","result":{"rows":[[{"type":"weird"}]]}}}]}`,
		`{"results":[{"type":"ok","response":{"type":"execute","result":{"rows":[[{"type":"integer","value":7}]]}}}]}`,
		`{"results":[{"type":"ok","response":{"type":"execute","result":{"rows":7}}}]}`, `<html>`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		r := newRequest()
		r.Execute("SELECT 1", nil)
		answer, err := clientOf(t, server.URL, "").Do(t.Context(), r)
		if err == nil {
			_, err = answer.Rows(0)
		}
		assert.Error(t, err, body)
		server.Close()
	}
}

func FuzzAnyAnswerIsSurvived(f *testing.F) {
	f.Add(`{"results":[{"type":"ok","response":{"type":"batch","result":{"step_results":[null],"step_errors":[{"message":"x"}]}}}]}`)
	f.Add(`{"results":[{"type":"error","error":{"message":"x"}}]}`)
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
	f.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(f, err)
	c := hrana.New(hrana.Options{URL: u, HTTP: server.Client()})
	f.Fuzz(func(t *testing.T, answer string) {
		body = answer
		r := newRequest()
		r.Execute("SELECT 1", nil)
		got, err := c.Do(t.Context(), r)
		if err != nil {
			return
		}
		_ = got.Err()
		_, _ = got.Rows(0)
		_, _ = got.Batch(0, 1)
	})
}

// lateReader is a transport that reads a body after its answer, as that of
// net/http does where a server answers early.
type lateReader struct{ body io.ReadCloser }

func (l *lateReader) RoundTrip(r *http.Request) (*http.Response, error) {
	l.body = r.Body
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"results":[{},{}]}`)), Request: r}, nil
}

func TestARequestCanBeUsedAgainAtOnce(t *testing.T) {
	var late lateReader
	u, err := url.Parse("http://127.0.0.1:1")
	require.NoError(t, err)
	r := newRequest()
	r.Execute("SELECT 1", nil)
	_, err = hrana.New(hrana.Options{URL: u, HTTP: &http.Client{Transport: &late}}).Do(t.Context(), r)
	require.NoError(t, err)
	n, err := late.body.Read(make([]byte, 10))
	assert.Zero(t, n)
	assert.ErrorIs(t, err, io.ErrClosedPipe)
}
