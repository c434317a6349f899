package remote

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// That every method answers what the store does is a test of tests/viewer.

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1:4319", "localhost:4319", "ftp://x", "http://", "file:x.db"} {
		_, err := New(address, Options{})
		assert.ErrorContains(t, err, "such as http://127.0.0.1:4319", address)
	}
	_, err := New("http://user:secret@x", Options{Authorization: "Bearer x"})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "secret")
}

func TestCredentialsOfTheAddressAreAHeader(t *testing.T) {
	var user, password, path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		path = r.URL.EscapedPath()
		_, _ = w.Write([]byte(`{"items": []}`))
	}))
	defer server.Close()
	c, err := New("http://reader:pass%2Fword@"+server.Listener.Addr().String()+"/below/", Options{})
	require.NoError(t, err)
	_, err = c.Traces(t.Context(), query.TraceFilter{})
	require.NoError(t, err)
	assert.Equal(t, []string{"reader", "pass/word", "/below/api/v1/traces"}, []string{user, password, path})
	_, err = c.Session(t.Context(), "a/b c?%", "", 0)
	require.NoError(t, err)
	assert.Equal(t, "/below/api/v1/sessions/a%2Fb%20c%3F%25", path)
}

// TestALinkOfThePageIsNoAddress, and the error says what to leave out.
func TestALinkOfThePageIsNoAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html>"))
	}))
	t.Cleanup(server.Close)
	c, err := New(server.URL+"/traces/1", Options{})
	require.NoError(t, err)
	_, err = c.Trace(t.Context(), "1")
	require.ErrorContains(t, err, "leave the path out")
}

func TestAnswersThatAreNoneAreErrors(t *testing.T) {
	status, body := http.StatusOK, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	c, err := New(server.URL, Options{HTTP: &http.Client{Timeout: 30 * time.Second}})
	require.NoError(t, err)
	for _, test := range []struct {
		status int
		body   string
		want   string
		is     error
	}{
		{404, `{"error": "there is no such trace"}`, "there is no such trace", query.ErrNotFound},
		{400, `{"error": "several traces begin with this id; give more of it"}`, "several traces", query.ErrAmbiguous},
		{400, `{"error": "order: there is none"}`, "order: there is none", query.ErrInvalid},
		{503, `{"error": "not yet"}`, "not yet", nil},
		{401, "Unauthorized", "asks for credentials", nil},
		{404, "<html>", "is it a collector with trace_viewer?", nil},
		{200, "<html>", "is not what this version understands", nil},
		{200, "", "is not what this version understands", nil},
	} {
		status, body = test.status, test.body
		_, err := c.Trace(t.Context(), "1")
		require.ErrorContains(t, err, test.want)
		if test.is != nil {
			require.ErrorIs(t, err, test.is)
		} else {
			require.NotErrorIs(t, err, query.ErrNotFound)
		}
	}
	server.Close()
	_, err = c.Traces(t.Context(), query.TraceFilter{Text: "secret"})
	require.ErrorContains(t, err, "is a collector with trace_viewer running there?")
	assert.NotContains(t, err.Error(), "secret")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Traces(gone, query.TraceFilter{Text: "secret"})
	require.ErrorIs(t, err, context.Canceled)
	assert.NotContains(t, err.Error(), "secret")
	require.NoError(t, c.Close())
}

// TestARedirectIsNotFollowed: the authorization is for this address only.
func TestARedirectIsNotFollowed(t *testing.T) {
	var got []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	c, err := New(server.URL, Options{Authorization: "Bearer secret"})
	require.NoError(t, err)
	_, err = c.Traces(t.Context(), query.TraceFilter{})
	require.ErrorContains(t, err, "status 307")
	assert.NotContains(t, err.Error(), "secret")
	assert.Empty(t, got)
}
