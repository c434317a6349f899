package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Gate stands before an HTTP server that a collector sends to, and does what a
// destination in trouble does.
type Gate struct {
	URL string

	state atomic.Int32
	ended chan struct{}

	mu            sync.Mutex
	refused, held map[string]int // requests, by path
}

// States of a gate.
const (
	Open    int32 = iota // requests pass
	Down                 // requests are answered 503, or their connection is cut, in turn
	Hanging              // requests are read and never answered
	Page                 // requests are answered 200 with a page, as by a login or a proxy
	// A status of HTTP, such as http.StatusUnauthorized: requests are answered with it
)

// StartGate opens a gate before a server, until the test ends.
func StartGate(t testing.TB, server string) *Gate {
	t.Helper()
	target, err := url.Parse(server)
	require.NoError(t, err)
	g := &Gate{ended: make(chan struct{}), refused: map[string]int{}, held: map[string]int{}}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == loginPath {
			writePage(w) // to a client that follows a redirect
			return
		}
		switch state := g.state.Load(); state {
		case Open:
			proxy.ServeHTTP(w, r)
		case Hanging:
			_, _ = io.Copy(io.Discard, r.Body)
			g.count(g.held, r)
			select {
			case <-r.Context().Done():
			case <-g.ended:
			}
		case Down:
			if g.count(g.refused, r)%2 == 0 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(http.StatusServiceUnavailable)
		case Page:
			_, _ = io.Copy(io.Discard, r.Body)
			g.count(g.refused, r)
			writePage(w)
		default:
			_, _ = io.Copy(io.Discard, r.Body)
			g.count(g.refused, r)
			w.Header().Set("Location", loginPath) // of a redirect
			w.WriteHeader(int(state))
		}
	}))
	g.URL = front.URL
	t.Cleanup(func() {
		close(g.ended)
		front.CloseClientConnections()
		front.Close()
	})
	return g
}

// loginPath is where redirects lead to.
const loginPath = "/login"

func writePage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!DOCTYPE html><title>Sign in</title>")
}

// Set changes what becomes of requests from now on. Those that hang go on hanging.
func (g *Gate) Set(state int32) { g.state.Store(state) }

// Refused is how many requests were, while it was down or answered a status, of
// those whose path ends in a suffix.
func (g *Gate) Refused(suffix string) int { return g.sum(g.refused, suffix) }

// Held is how many requests it has taken without an answer.
func (g *Gate) Held(suffix string) int { return g.sum(g.held, suffix) }

func (g *Gate) count(requests map[string]int, r *http.Request) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	requests[r.URL.Path]++
	return requests[r.URL.Path]
}

func (g *Gate) sum(requests map[string]int, suffix string) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for path, count := range requests {
		if strings.HasSuffix(path, suffix) {
			n += count
		}
	}
	return n
}
