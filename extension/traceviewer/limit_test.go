package traceviewer

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRequestsBeyondTheLimitAreToldToComeAgain(t *testing.T) {
	begun, gate := make(chan struct{}, 2), make(chan struct{})
	h := newLimit(2).bound(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		begun <- struct{}{}
		<-gate
		w.WriteHeader(http.StatusOK)
	}))
	ask := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w
	}
	done := make(chan int, 2)
	for range 2 {
		go func() { done <- ask().Code }()
		<-begun
	}
	refused := ask()
	assert.Equal(t, http.StatusServiceUnavailable, refused.Code)
	assert.Equal(t, "1", refused.Header().Get("Retry-After"))
	assert.Contains(t, refused.Body.String(), "too many requests")
	close(gate)
	for range 2 {
		assert.Equal(t, http.StatusOK, <-done)
	}
	assert.Equal(t, http.StatusOK, ask().Code)
}
