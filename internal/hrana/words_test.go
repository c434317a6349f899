package hrana_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoErrorRepeatsWhatWasSent: a server, or a proxy before it, may answer with the request,
// of which nothing reaches a log.
func TestNoErrorRepeatsWhatWasSent(t *testing.T) {
	const token, sql, value, long = "token-of-the-server", "SELECT a FROM b WHERE c = ? AND d = ?", "hunter22", `a long "value" that holds what a user wrote, and more`
	status, answer := 0, func([]byte, string) []byte { return nil }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(status)
		_, _ = w.Write(answer(body, r.Header.Get("Authorization")))
	}))
	defer server.Close()
	inJSON := func(v any) []byte { text, _ := json.Marshal(v); return text }
	for name, test := range map[string]struct {
		status int
		answer func(body []byte, authorization string) []byte
	}{
		"the body":         {500, func(body []byte, _ string) []byte { return body }},
		"the token":        {500, func(_ []byte, authorization string) []byte { return []byte("no: " + authorization) }},
		"the token, first": {401, func(_ []byte, authorization string) []byte { return inJSON(map[string]string{"error": authorization}) }},
		"a value":          {400, func([]byte, string) []byte { return inJSON(map[string]string{"message": "bad value hunter22"}) }},
		"a value as code":  {400, func([]byte, string) []byte { return inJSON(map[string]string{"message": "x", "code": value}) }},
		"an error": {200, func(body []byte, _ string) []byte {
			return inJSON(map[string]any{"results": []any{map[string]any{"type": "error", "error": map[string]string{"message": "near " + string(body), "code": "SQL_PARSE_ERROR"}}}})
		}},
		"a step": {200, func(body []byte, authorization string) []byte {
			result := map[string]any{"step_results": []any{nil}, "step_errors": []any{map[string]string{"message": authorization + string(body)}}}
			return inJSON(map[string]any{"results": []any{map[string]any{"type": "ok", "response": map[string]any{"type": "batch", "result": result}}}})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer = test.status, test.answer
			r := newRequest()
			r.Execute(sql, []any{value, long})
			got, err := clientOf(t, server.URL, token).Do(t.Context(), r)
			r.Reset() // it may be used again at once
			r.Execute("SELECT 1", nil)
			if err == nil {
				if err = got.Err(); err == nil {
					steps, failed := got.Batch(0, 1)
					require.NoError(t, failed)
					err = steps[0].Err
				}
			}
			require.Error(t, err)
			for _, secret := range []string{token, sql, value, "what a user wrote", "SELECT"} {
				assert.NotContains(t, err.Error(), secret)
			}
		})
	}
}

// TestARedirectIsNotFollowed: it would carry the token and the request elsewhere.
func TestARedirectIsNotFollowed(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(other.URL, status))
		r := newRequest()
		r.Execute("SELECT 1", nil)
		_, err := clientOf(t, server.URL, "token").Do(t.Context(), r)
		require.Error(t, err)
		assert.False(t, reached)
		server.Close()
	}
}
