//go:build linux

package chaos

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// trouble is what a destination does with a request.
type trouble int

const (
	fine        trouble = iota // it takes it and answers
	refuses                    // nobody listens
	cuts                       // it reads the request and ends the connection
	fails500                   // 500 Internal Server Error
	unavailable                // 503 Service Unavailable
	limits                     // 429 Too Many Requests, with Retry-After
	hangs                      // it reads the request and does not answer
	forgets                    // it takes it, and the answer is lost
	proxyPage                  // somebody else answers 200 with a page of HTML
	troubles                   // how many there are
)

var troubleNames = [troubles]string{"fine", "refuses", "cuts", "500", "503", "429", "hangs", "forgets", "HTML"}

func (x trouble) String() string { return troubleNames[x] }

// wire is the way to a destination. All that passes is looked at for secrets.
type wire struct {
	name    string
	address string
	handler http.Handler
	scanner *scanner

	mu       sync.Mutex
	state    trouble
	changed  chan struct{} // is closed when the state changes
	server   *http.Server  // nil while nobody listens
	requests map[trouble]int
	// unanswered is how many requests were taken without that the collector knows.
	unanswered int
}

// startWire listens for a destination until the test ends.
func startWire(t testing.TB, name string, handler http.Handler, scanner *scanner) *wire {
	t.Helper()
	w := &wire{name: name, handler: handler, scanner: scanner, changed: make(chan struct{}), requests: map[trouble]int{}}
	w.address = reserve(t)
	w.serve(t)
	t.Cleanup(func() { w.set(t, refuses) })
	return w
}

// reserve takes a port of 127.0.0.1 until the test ends, so that nobody else gets it
// while a destination refuses: a socket that is bound and does not listen, beside
// which others with the same option may.
func reserve(t testing.TB) (address string) {
	t.Helper()
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = unix.Close(socket) })
	require.NoError(t, unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
	require.NoError(t, unix.Bind(socket, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	name, err := unix.Getsockname(socket)
	require.NoError(t, err)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(name.(*unix.SockaddrInet4).Port))
}

// proxyTo hands requests on to a server.
func proxyTo(t testing.TB, address string) http.Handler {
	t.Helper()
	to, err := url.Parse(address)
	require.NoError(t, err)
	return &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
}

func (w *wire) url() string { return "http://" + w.address }

func (w *wire) serve(t testing.TB) {
	t.Helper()
	beside := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		if outer := c.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		}); outer != nil {
			return outer
		}
		return err
	}}
	listener, err := beside.Listen(context.Background(), "tcp", w.address)
	require.NoError(t, err)
	server := &http.Server{Handler: w, ReadHeaderTimeout: time.Minute}
	w.server = server
	go func() { _ = server.Serve(listener) }()
}

// set changes what becomes of requests from now on. Those that hang are cut.
func (w *wire) set(t testing.TB, state trouble) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == state {
		return
	}
	w.state = state
	close(w.changed)
	w.changed = make(chan struct{})
	switch {
	case state == refuses:
		_ = w.server.Close()
		w.server = nil
	case w.server == nil:
		w.serve(t)
	}
}

// begin notes a request and says what becomes of it.
func (w *wire) begin() (trouble, chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests[w.state]++
	return w.state, w.changed
}

// ServeHTTP takes one request.
func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	state, changed := w.begin()
	body, err := io.ReadAll(r.Body)
	w.scanner.scan("what "+w.name+" is sent", gunzipped(r, body))
	if err != nil {
		panic(http.ErrAbortHandler) // the collector was killed
	}
	switch state {
	case refuses, cuts:
		panic(http.ErrAbortHandler)
	case fails500:
		http.Error(out, "internal server error", http.StatusInternalServerError)
	case unavailable:
		out.WriteHeader(http.StatusServiceUnavailable)
	case limits:
		out.Header().Set("Retry-After", "0")
		out.WriteHeader(http.StatusTooManyRequests)
	case hangs:
		select {
		case <-changed:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case proxyPage:
		out.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(out, "<!doctype html><title>Sign in</title>")
	default:
		w.take(out, r, body, state == forgets)
	}
}

// take hands a request to the destination. Where the answer does not reach the
// collector, which then sends again, that is counted.
func (w *wire) take(out http.ResponseWriter, r *http.Request, body []byte, lost bool) {
	// The destination takes what has come whole, whatever becomes of the connection.
	in := r.Clone(context.WithoutCancel(r.Context()))
	in.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, in)
	if lost || r.Context().Err() != nil {
		w.lost()
		panic(http.ErrAbortHandler)
	}
	maps.Copy(out.Header(), answer.Header())
	out.WriteHeader(answer.Code)
	if _, err := out.Write(answer.Body.Bytes()); err != nil {
		w.lost()
	}
	// A connection that ends now may have ended before the answer was read.
	if err := http.NewResponseController(out).Flush(); err != nil || r.Context().Err() != nil {
		w.lost()
	}
}

func (w *wire) lost() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unanswered++
}

// seen is how many requests met a trouble.
func (w *wire) seen(state trouble) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[state]
}

// report says how many requests met which trouble.
func (w *wire) report() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]int{"taken, and the answer lost": w.unanswered}
	for state, n := range w.requests {
		all[state.String()] = n
	}
	return all
}
