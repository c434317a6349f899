package tracestore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// kinds are what the requests of a pipeline are.
func kinds(t *testing.T, body []byte) []string {
	t.Helper()
	var p struct {
		Requests []struct {
			Type string `json:"type"`
		} `json:"requests"`
	}
	require.NoError(t, json.Unmarshal(body, &p))
	var all []string
	for _, r := range p.Requests {
		all = append(all, r.Type)
	}
	return all
}

// TestAWriterDoesNotWaitBehindAServerThatIsSilent: whoever brings the schema up to
// date waits for an answer, and others only as long as they want to.
func TestAWriterDoesNotWaitBehindAServerThatIsSilent(t *testing.T) {
	asked, answer := make(chan struct{}, 100), make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-answer:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer silent.Close()
	u, err := url.Parse(silent.URL)
	require.NoError(t, err)
	began, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s, err := OpenServer(began, ServerOptions{Client: hrana.New(hrana.Options{URL: u, HTTP: silent.Client()})}, Options{})
	require.NoError(t, err)
	<-asked // by OpenServer
	<-asked // by the writer's own work, which has no limit
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	written := make(chan error, 1)
	go func() {
		_, err := s.Write(ctx, []Span{newSpan(1, 1, 0, 0)})
		written <- err
	}()
	select {
	case err := <-written:
		require.ErrorIs(t, err, context.DeadlineExceeded)
	case <-time.After(20 * time.Second):
		t.Error("it still waits")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, s.Close(ended), "Close interrupts")
	close(answer)
}

func TestAFlushIsOneRequest(t *testing.T) {
	s, h := openTestServer(t)
	h.FailWith(nil)
	s.write(newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 1), newSpan(2, 3, 0, 0))
	require.Len(t, h.Bodies(), 1)
	assert.Equal(t, []string{"batch", "close"}, kinds(t, h.Bodies()[0]))

	var many []Span
	for i := range 200 {
		many = append(many, newSpan(10+i, 10+i, 0, i, call(1, 1, 1), func(s *Span) { s.Attributes = `{"a":1}` }))
	}
	h.FailWith(nil)
	assert.Equal(t, Result{Inserted: 200}, s.write(many...))
	require.Len(t, h.Bodies(), 1)
	assert.Equal(t, []string{"store_sql", "store_sql", "store_sql", "batch", "close"}, kinds(t, h.Bodies()[0]))
	assert.EqualValues(t, 200, s.value(`SELECT count(*) FROM otel_span_data`))
	assert.EqualValues(t, 203, s.value(`SELECT count(*) FROM mastra_ai_spans`))
}

func TestWhatIsTooLargeForOneRequestIsSentAsSeveral(t *testing.T) {
	s, h := openTestServer(t, func(o *ServerOptions, _ *Options) { o.MaxRequestBytes = 100_000 })
	h.FailWith(nil)
	var spans []Span
	for i := range 10 {
		spans = append(spans, newSpan(1, 1+i, 0, i, func(s *Span) { s.Mastra.Input = JSON(`"` + strings.Repeat("x", 30_000) + `"`) }))
	}
	assert.Equal(t, Result{Inserted: 10}, s.write(spans...))
	assert.Len(t, h.Bodies(), 4)
	assert.EqualValues(t, 10, s.value(`SELECT span_count FROM otel_traces`))
}

func TestALostAnswerIsHarmless(t *testing.T) {
	s, h := openTestServer(t)
	spans := []Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 1, call(100, 10, 0.5)), newSpan(1, 3, 9, 1, func(s *Span) { s.Attributes = `{"a":1}` })}
	h.FailWith(func(n int) hranatest.Fault { return hranatest.Fault{Lose: n == 1, Garble: n == 2} })
	for range 2 {
		_, err := s.Write(t.Context(), spans)
		require.Error(t, err)
		assert.False(t, IsPermanent(err))
	}
	before := s.rows(`SELECT * FROM otel_traces`)
	assert.Equal(t, Result{Duplicates: 3}, s.write(spans...))
	assert.Equal(t, before, s.rows(`SELECT * FROM otel_traces`))
	assert.EqualValues(t, 3, s.trace(1).Spans)
	assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM otel_span_data`))
}

func TestAnotherSpanWithTheIdOfAStoredOneChangesNothing(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 1, 0, 0, func(s *Span) { s.Mastra.Input = `"first"` }))
			s.write(newSpan(1, 1, 0, 0, func(s *Span) { s.Mastra.Input, s.Attributes = `"second"`, `{"a":1}` }))
			assert.Equal(t, `"first"`, s.value(`SELECT input FROM mastra_ai_spans`))
			assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_span_data`))
		})
	}
}

func TestARowThatTheServerRefusesLeavesItsNeighbours(t *testing.T) {
	s, h := openTestServer(t)
	var spans []Span
	for i := range 100 {
		spans = append(spans, newSpan(1, 1+i, 0, i, call(10, 1, 1)))
	}
	spans[42].Mastra.Input = JSON(`"` + strings.Repeat("x", 50_000) + `"`)
	h.TakeValuesUpTo(50_000)
	h.FailWith(nil)
	assert.Equal(t, Result{Inserted: 99, Rejected: 1}, s.write(spans...))
	assert.EqualValues(t, 99, s.trace(1).Spans)
	assert.EqualValues(t, 990, s.trace(1).InputTokens)
	assert.Less(t, len(h.Bodies()), 20)

	logs := []Log{testLog(1), testLog(2), testLog(3)}
	logs[1].Body = spans[42].Mastra.Input
	r, err := s.WriteLogs(t.Context(), logs)
	require.NoError(t, err)
	assert.Equal(t, Result{Inserted: 2, Rejected: 1}, r)
}

func testLog(n int) Log {
	return Log{Key: fmt.Sprintf("%032x", n), TimeNanos: at(n), Body: `"text"`, Resource: testResource, Scope: testScope}
}

func TestLogsAreStoredOnce(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			var logs []Log
			for i := range 150 {
				logs = append(logs, testLog(i))
			}
			logs[0].TraceID, logs[0].SpanID, logs[0].SeverityNumber, logs[0].SeverityText, logs[0].EventName = traceID(1), spanID(1), 17, "ERROR", "e"
			logs[0].Attributes, logs[0].Flags, logs[0].DroppedAttributes, logs[0].ObservedNanos = `{"a":1}`, 1, 2, at(1)+7
			r, err := s.WriteLogs(t.Context(), logs)
			require.NoError(t, err)
			assert.Equal(t, Result{Inserted: 150}, r)
			r, err = s.WriteLogs(t.Context(), append(logs[:3:3], testLog(200)))
			require.NoError(t, err)
			assert.Equal(t, Result{Inserted: 1, Duplicates: 3}, r)
			assert.EqualValues(t, 151, s.value(`SELECT count(*) FROM logs`))
			got, err := s.reader().Logs(t.Context(), LogFilter{TraceID: traceID(1), ServiceName: "shop", MinSeverity: 17})
			require.NoError(t, err)
			want := logs[0]
			want.Scope = &Scope{Name: "test", Version: "1", Attributes: "{}"}
			assert.Equal(t, []Log{want}, got)
			got, err = s.reader().Logs(t.Context(), LogFilter{Limit: 2})
			require.NoError(t, err)
			require.Len(t, got, 2)
			assert.Equal(t, at(200), got[0].TimeNanos)
		})
	}
}

func TestEveryFaultOfAServerHasItsClass(t *testing.T) {
	status := func(status int, body string) error {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		defer server.Close()
		u, err := url.Parse(server.URL)
		require.NoError(t, err)
		var r hrana.Request
		r.Reset()
		_, err = hrana.New(hrana.Options{URL: u, HTTP: server.Client()}).Do(t.Context(), &r)
		return err
	}
	code := func(code string) error { return &hrana.Error{Code: code, Message: "x"} }
	for name, test := range map[string]struct {
		err  error
		want failure
	}{
		"408":                    {status(408, ""), databaseBusy},
		"429":                    {status(429, ""), databaseBusy},
		"500":                    {status(500, ""), databaseIO},
		"502":                    {status(502, "<html>"), databaseIO},
		"503":                    {status(503, ""), databaseIO},
		"504":                    {status(504, ""), databaseIO},
		"400 stream expired":     {status(400, `{"message":"x","code":"STREAM_EXPIRED"}`), databaseBusy},
		"400 invalid baton":      {status(400, `{"error":"invalid baton"}`), databaseBusy},
		"400 something else":     {status(400, `{"error":"cannot deserialize"}`), rowRejected},
		"401":                    {status(401, `{"error":"Unauthorized"}`), notAuthorized},
		"403":                    {status(403, `{"error":"read only"}`), notAuthorized},
		"403 blocked":            {status(403, `{"error":{"message":"x","code":"BLOCKED"}}`), notAuthorized},
		"404":                    {status(404, ""), noServer},
		"blocked":                {code("BLOCKED"), notAuthorized},
		"busy":                   {code("SQLITE_BUSY"), databaseBusy},
		"busy, extended":         {code("SQLITE_BUSY_SNAPSHOT"), databaseBusy},
		"locked":                 {code("SQLITE_LOCKED"), databaseBusy},
		"interrupted":            {code("SQLITE_INTERRUPT"), databaseBusy},
		"no memory":              {code("SQLITE_NOMEM"), databaseIO},
		"disk":                   {code("SQLITE_IOERR_WRITE"), databaseIO},
		"full":                   {code("SQLITE_FULL"), databaseFull},
		"transaction timeout":    {code("TRANSACTION_TIMEOUT"), databaseBusy},
		"transaction busy":       {code("TRANSACTION_BUSY"), databaseBusy},
		"proxy":                  {code("PROXY_ERROR"), databaseIO},
		"no such table":          {code("SQLITE_UNKNOWN"), schemaMissing},
		"too large":              {code("ARGS_INVALID"), rowRejected},
		"too big":                {code("SQLITE_TOOBIG"), rowRejected},
		"constraint":             {code("SQLITE_CONSTRAINT_NOTNULL"), rowRejected},
		"mismatch":               {code("SQLITE_MISMATCH"), rowRejected},
		"parse":                  {code("SQL_PARSE_ERROR"), badRequest},
		"wrapped":                {fmt.Errorf("x: %w", code("SQLITE_FULL")), databaseFull},
		"nobody there":           {errors.New("cannot reach the server: connection refused"), otherFailure},
		"the client's own limit": {context.DeadlineExceeded, writeInterrupted},
	} {
		assert.Equal(t, test.want, failureOf(test.err), name)
	}
	assert.True(t, IsThrottled(status(429, "")))
	assert.Equal(t, 3*time.Second, RetryAfter(status(429, "")))
	assert.False(t, IsThrottled(status(503, "")))
	assert.True(t, IsUnauthorized(status(401, "")))
	assert.False(t, IsPermanent(status(404, "")), "the address may become right")
	assert.True(t, IsPermanent(code("SQL_PARSE_ERROR")))
}

func TestAServerThatIsAwayAtTheStartGetsItsSchemaLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.db")
	h := hranatest.New(t, path)
	h.FailWith(func(n int) hranatest.Fault {
		if n < 3 {
			return hranatest.Fault{Status: 503}
		}
		return hranatest.Fault{}
	})
	reached := make(chan error, 100)
	store, err := OpenServer(t.Context(), ServerOptions{Client: testClient(t, h)}, Options{RootGrace: time.Hour, Reached: func(err error) { reached <- err }})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close(context.Background())) }()
	require.Error(t, <-reached)
	require.Eventually(t, func() bool {
		_, err := store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
		return err == nil
	}, 10*time.Second, time.Millisecond)
	assert.EqualValues(t, 1, queryFile(t, path, `SELECT count(*) FROM mastra_ai_spans`)[0][0])
}

// answers are what stands in the place of a libSQL server, and what is said of it.
var answers = map[string]struct {
	status      int
	contentType string
	body        string
	want        []string
}{
	"401":               {401, "application/json", `{"error":"Unauthorized: the JWT is invalid"}`, []string{"auth_token: the server refuses it: server: HTTP 401: Unauthorized", "give it one that is valid and may write"}},
	"403":               {403, "application/json", `{"error":"read only"}`, []string{"auth_token: the server refuses it: server: HTTP 403: read only"}},
	"403, blocked":      {403, "application/json", `{"error":{"message":"plan","code":"BLOCKED"}}`, []string{"auth_token: the server refuses it: server: HTTP 403: BLOCKED"}},
	"401, HTML":         {401, "text/html", "<html>secret page</html>", []string{"auth_token: the server refuses it: server: HTTP 401: a page of HTML"}},
	"404":               {404, "application/json", `{"error":"no such namespace"}`, []string{"url: what answers there is not a libSQL server, or has no such database: server: HTTP 404: no such namespace", "see the address"}},
	"404, HTML":         {404, "text/html", "<html>secret page</html>", []string{"url: what answers there is not a libSQL server", "HTTP 404: a page of HTML"}},
	"405":               {405, "text/plain", "no POST", []string{"server: HTTP 405: no POST"}},
	"400 to all":        {400, "text/plain", "bad request", []string{"server: HTTP 400: bad request"}},
	"407":               {407, "text/plain", "", []string{"proxy_url: the proxy wants other credentials: server: HTTP 407", "put them into proxy_url"}},
	"408":               {408, "text/plain", "", []string{"server: HTTP 408"}},
	"429":               {429, "text/plain", "slow down", []string{"server: HTTP 429: slow down"}},
	"500":               {500, "text/plain", "oh", []string{"server: HTTP 500: oh"}},
	"501":               {501, "text/plain", "", []string{"server: HTTP 501"}},
	"502, HTML":         {502, "text/html", "<html>secret page</html>", []string{"server: HTTP 502: a page of HTML"}},
	"503":               {503, "text/plain", "", []string{"server: HTTP 503"}},
	"504":               {504, "text/plain", "", []string{"server: HTTP 504"}},
	"200, HTML":         {200, "text/html", "<!doctype html><p>secret page", []string{"url: what answers there is not a libSQL server: HTTP 200 with a page of HTML; see the address"}},
	"200, HTML unnamed": {200, "", " <html>secret page", []string{"HTTP 200 with a page of HTML"}},
	"200, other JSON":   {200, "application/json", `{"status":"secret page"}`, []string{"HTTP 200 with JSON that is not an answer to a pipeline"}},
	"200, a list":       {200, "application/json", `["secret page"]`, []string{"HTTP 200 with JSON that is not an answer to a pipeline"}},
	"200, null":         {200, "application/json", `{"results":null}`, []string{"HTTP 200 with JSON that is not an answer to a pipeline"}},
	"200, text":         {200, "text/plain", "secret page", []string{"HTTP 200 with text that is no JSON"}},
	"200, nothing":      {200, "", "", []string{"HTTP 200 with no content"}},
	"204":               {204, "", "", []string{"server: HTTP 204"}},
}

// TestWhatAnswersInThePlaceOfAServerIsAServerThatIsAway has each answer at the start and
// later: nothing ends, what is written is refused as something to send again, and stored
// when the server is there.
func TestWhatAnswersInThePlaceOfAServerIsAServerThatIsAway(t *testing.T) {
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "server.db")
			h := hranatest.New(t, path)
			wrong := hranatest.Fault{Status: answer.status, Body: answer.body, ContentType: answer.contentType}
			fail := func(on bool) {
				h.FailWith(func(int) hranatest.Fault {
					if on {
						return wrong
					}
					return hranatest.Fault{}
				})
			}
			said := func(err error) {
				t.Helper()
				require.Error(t, err)
				for _, part := range answer.want {
					assert.ErrorContains(t, err, part)
				}
				assert.NotContains(t, err.Error(), "secret page", "a page is not repeated")
			}
			fail(true)
			reached := make(chan error, 100)
			store, err := OpenServer(t.Context(), ServerOptions{Client: testClient(t, h)}, Options{RootGrace: time.Hour, Reached: func(err error) { reached <- err }})
			require.NoError(t, err)
			defer func() { require.NoError(t, store.Close(context.Background())) }()
			if answer.contentType != "text/plain" || answer.status != 200 {
				said(<-reached)
			}
			for n, on := range []bool{true, false, true, false} {
				fail(on)
				_, err := store.Write(t.Context(), []Span{newSpan(n, n+1, 0, 0), newSpan(n, n+100, n+1, 0)})
				if !on {
					require.NoError(t, err)
					continue
				}
				require.Error(t, err)
				assert.False(t, IsPermanent(err))
				if answer.status != 400 || n == 0 {
					said(err)
				}
			}
			assert.EqualValues(t, 4, queryFile(t, path, `SELECT count(*) FROM mastra_ai_spans`)[0][0])
		})
	}
}

// TestWhatKeepsFromAServerIsNamed has what the network does.
func TestWhatKeepsFromAServerIsNamed(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the end of the connection is not noticed
		<-r.Context().Done()
	}))
	defer silent.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	hangingUp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer hangingUp.Close()
	for name, test := range map[string]struct{ address, want string }{
		"an unknown certificate": {secure.URL, "tls: the server's certificate is not accepted: cannot reach the server"},
		"no TLS":                 {strings.Replace(plain.URL, "http:", "https:", 1), "url: HTTP without TLS is spoken there"},
		"TLS, and no https":      {strings.Replace(secure.URL, "https:", "http:", 1), "server: HTTP 400"},
		"nobody":                 {gone.URL, "url: nobody listens there: cannot reach the server: dial tcp"},
		"no such host":           {"http://no-such-host.invalid:1", "url: the name of its host is not known: cannot reach the server"},
		"silence":                {silent.URL, "url: no answer in time: cannot reach the server"},
		"hanging up":             {hangingUp.URL, "cannot reach the server: EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(test.address)
			require.NoError(t, err)
			client := hrana.New(hrana.Options{URL: u, HTTP: &http.Client{Timeout: 500 * time.Millisecond}})
			reached := make(chan error, 100)
			store, err := OpenServer(t.Context(), ServerOptions{Client: client}, Options{Reached: func(err error) { reached <- err }})
			require.NoError(t, err)
			defer func() { require.NoError(t, store.Close(context.Background())) }()
			// A server that answers and closes at once is not always heard.
			require.Eventually(t, func() bool {
				_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
				return err != nil && strings.Contains(err.Error(), test.want)
			}, time.Minute, time.Millisecond)
			for said := ""; !strings.Contains(said, test.want); said = (<-reached).Error() {
			}
			assert.False(t, IsPermanent(err))
		})
	}
}

func TestATokenThatMustServeEndsTheStart(t *testing.T) {
	h := hranatest.New(t, filepath.Join(t.TempDir(), "server.db"))
	h.RequireToken("another")
	_, err := OpenServer(t.Context(), ServerOptions{Client: testClient(t, h), TokenMustServe: true}, Options{})
	assert.ErrorContains(t, err, "auth_token: the server refuses it")
}

func TestASchemaThatMustExistIsNotMade(t *testing.T) {
	must := Options{SchemaMustExist: true}
	path := filepath.Join(t.TempDir(), "traces.db")
	_, err := OpenFile(t.Context(), DefaultFileOptions(path), must)
	require.ErrorIs(t, err, ErrSchemaMissing)
	assert.Empty(t, queryFile(t, path, `SELECT name FROM sqlite_master`))
	made, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	require.NoError(t, made.Close(context.Background()))
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), must)
	require.NoError(t, err)
	_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	queryFile(t, path, `DELETE FROM otelcol_schema_migrations WHERE version = 4`)
	_, err = OpenFile(t.Context(), DefaultFileOptions(path), must)
	require.ErrorIs(t, err, ErrSchemaMissing)
	assert.ErrorContains(t, err, "create_schema: true")

	h := hranatest.New(t, filepath.Join(t.TempDir(), "server.db"))
	_, err = OpenServer(t.Context(), ServerOptions{Client: testClient(t, h)}, must)
	require.ErrorIs(t, err, ErrSchemaMissing)
}
