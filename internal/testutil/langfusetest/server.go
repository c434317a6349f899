package langfusetest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Mode is which of Langfuse's storage paths are on.
type Mode uint8

// Modes.
const (
	EventsOnly Mode = iota // v4: one row a span
	Dual                   // v4 with the tables of v3 kept up beside
	V3                     // v3: traces and observations
)

// Key is a pair of API keys.
type Key struct {
	Public, Secret string
	Project        string // name of its project
	Region         string // where the key was made; other regions do not know it
	Organization   bool   // a key of an organization, which may not ingest
}

// Options say what kind of server it is. The zero value is a v4 server without
// limits and without keys.
type Options struct {
	Keys    []Key
	Version string // as /api/public/health tells; "" is 4.16.0
	Mode    Mode
	Region  string
	// LimitBytes is the longest body, as it comes over the wire, that the proxy in
	// front lets through. 0 is any.
	LimitBytes int64
	// RateLimit is how many requests for traces each RateWindow (a minute) has. 0
	// is any number.
	RateLimit  int
	RateWindow time.Duration
	// NegativeCache is how long a secret that was not known stays unknown.
	NegativeCache time.Duration
	// Latency is added to every answer.
	Latency time.Duration
	// Unhealthy makes /api/public/health answer 503.
	Unhealthy bool
	// Suspended refuses traces: the free tier is used up.
	Suspended bool
	// NoMedia is a server without a bucket for media: POST answers 500.
	NoMedia bool
	// BucketStatus is what the bucket for media answers to every file; 0 stores it.
	BucketStatus int
	// Lax records violations and does not fail the test.
	Lax bool
	// Sink gets each observation that is stored, in place of being kept, and requests
	// are not kept either: for tests that run for hours.
	Sink func(*Observation)
}

// Request is one request as it came.
type Request struct {
	Method, Path string
	Header       http.Header
	Body         []byte // decompressed where it could be
	WireBytes    int    // as it came
	Status       int    // what was answered; 0 where the connection was cut
	Spans        int
}

// Server is a Langfuse. Its methods may be called while it serves.
type Server struct {
	URL string

	options Options
	noMedia atomic.Bool
	http    *httptest.Server

	mu         sync.Mutex
	keys       []Key
	unknown    map[string]time.Time // secrets, by when they may be known again
	window     time.Time
	used       int
	plan       []Step
	requests   []Request
	stored     []*Observation
	byID       map[string]*Observation
	media      map[mediaKey]*Media
	violations []string
}

// New starts a server, which the test ends. Violations fail the test then,
// unless options say otherwise.
func New(t testing.TB, options Options) *Server {
	t.Helper()
	if options.Version == "" {
		options.Version = "4.16.0"
	}
	if options.RateWindow == 0 {
		options.RateWindow = time.Minute
	}
	s := &Server{
		options: options,
		keys:    slices.Clone(options.Keys),
		unknown: map[string]time.Time{},
		byID:    map[string]*Observation{},
		media:   map[mediaKey]*Media{},
	}
	s.noMedia.Store(options.NoMedia)
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	t.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
		if options.Lax {
			return
		}
		for _, violation := range s.Violations() {
			t.Errorf("langfuse: %s", violation)
		}
	})
	return s
}

// AddKey makes a key known.
func (s *Server) AddKey(key Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
}

// Requests returns what has come in so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// TraceRequests returns the requests to the route of traces.
func (s *Server) TraceRequests() []Request {
	return slices.DeleteFunc(s.Requests(), func(r Request) bool { return r.Path != tracesPath })
}

// Observations returns what is stored, in the order in which it came. A span
// that came twice is there twice, as before ClickHouse merges.
func (s *Server) Observations() []*Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.stored)
}

// Project returns what is stored in one project.
func (s *Server) Project(name string) []*Observation {
	return slices.DeleteFunc(s.Observations(), func(o *Observation) bool { return o.Project != name })
}

// Violations returns what a real server would have stored wrongly or not at
// all, and what a client should never do.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

func (s *Server) violate(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}

func (s *Server) record(r *Request) {
	if s.options.Sink != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, *r)
}

const (
	tracesPath  = "/api/public/otel/v1/traces"
	metricsPath = "/api/public/otel/v1/metrics"
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.options.Latency)
	in := &Request{Method: r.Method, Path: r.URL.Path, Header: r.Header.Clone()}
	answer := &recorder{ResponseWriter: w, in: in}
	defer func() {
		in.Status = answer.status
		s.record(in)
	}()
	switch path := r.URL.Path; {
	case path == tracesPath && s.atLeast(3, 22):
		s.traces(answer, r)
	case path == metricsPath && s.atLeast(3, 22):
		if _, ok := s.authenticate(answer, r); ok {
			answer.json(http.StatusOK, map[string]any{"message": "OK"})
		}
	case path == "/api/public/projects":
		s.projects(answer, r)
	case path == "/api/public/health":
		s.health(answer)
	case path == "/api/public/ingestion":
		s.ingestion(answer, r)
	case path == "/api/public/media":
		s.mediaUpload(answer, r)
	case isMediaPath(path):
		s.mediaPatch(answer, r)
	case isBucketPath(path):
		s.bucket(answer, r)
	default:
		answer.html(http.StatusNotFound, "404: This page could not be found")
	}
}
