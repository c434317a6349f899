package traceviewer

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

// TestBodiesThatDoNotComeHoldUpNobody: programs that begin a request and do not go on are
// cut off, and meanwhile what has no body is answered.
func TestBodiesThatDoNotComeHoldUpNobody(t *testing.T) {
	l := newLimit(2)
	l.patience = 200 * time.Millisecond
	server := httptest.NewServer(l.bound(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		_, _ = w.Write(body)
	})))
	defer server.Close()
	var slow []net.Conn
	for range 2 * cap(l.bodies) {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		defer connection.Close()
		_, err = io.WriteString(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
		require.NoError(t, err)
		slow = append(slow, connection)
	}
	require.Eventually(t, func() bool { return len(l.bodies) == cap(l.bodies) }, 10*time.Second, time.Millisecond)
	response, err := http.Get(server.URL)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusOK, response.StatusCode)
	for _, connection := range slow {
		require.NoError(t, connection.SetReadDeadline(time.Now().Add(10*time.Second)))
		line, err := bufio.NewReader(connection).ReadString('\n')
		require.NoError(t, err)
		assert.Regexp(t, "^HTTP/1.1 (408|503) ", line)
	}
	whole, err := http.Post(server.URL, "text/plain", strings.NewReader("whole"))
	require.NoError(t, err)
	defer whole.Body.Close()
	body, err := io.ReadAll(whole.Body)
	require.NoError(t, err)
	assert.Equal(t, "whole", string(body))
}
