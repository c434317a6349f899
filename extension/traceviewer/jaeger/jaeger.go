package jaeger

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Prefixes are where the routes are: at the root, which Grafana 11 wants for searches
// whatever path its URL has, and below a path of their own.
var Prefixes = []string{"", "/jaeger"}

// Bounds of answers. A trace is read whole before it is written.
const (
	maxTraces    = 200      // whole traces in one answer
	maxSummaries = 1500     // summaries in one answer, the most that jaeger-ui asks for
	maxBytes     = 32 << 20 // of whole traces in one answer
	defaultLimit = 100
)

type server struct {
	source  query.Source
	logger  *zap.Logger
	answers *mount.Answers
	now     func() time.Time
}

// endpoint answers a request with what is written as JSON.
type endpoint func(s *server, r *http.Request) (any, error)

// endpoints are the routes, and whether they are of version 3.
var endpoints = []struct {
	path   string
	answer endpoint
	v3     bool
}{
	{"/api/services", (*server).services, false},
	{"/api/services/{service}/operations", (*server).operationNames, false},
	{"/api/operations", (*server).operations, false},
	{"/api/traces", (*server).find, false},
	{"/api/traces/{id}", (*server).trace, false},
	{"/api/dependencies", (*server).dependencies, false},
	{"/api/v3/services", (*server).servicesV3, true},
	{"/api/v3/operations", (*server).operationsV3, true},
	{"/api/v3/traces", (*server).findV3, true},
	{"/api/v3/traces/{id}", (*server).traceV3, true},
	{"/api/v3/trace-summaries", (*server).summariesV3, true},
}

// New returns the routes.
func New(env mount.Env) []mount.Route {
	s := &server{source: env.Source, logger: env.Logger, answers: env.Answers, now: time.Now}
	var routes []mount.Route
	for _, prefix := range Prefixes {
		for _, e := range endpoints {
			routes = append(routes, mount.Route{Pattern: "GET " + prefix + e.path, Handler: s.handler(e.answer, e.v3)})
		}
	}
	return append(routes, mount.Route{Pattern: "GET " + Prefixes[1] + "/", Handler: s.handler(func(*server, *http.Request) (any, error) {
		return nil, refusal{http.StatusNotFound, "Jaeger's API has no such address here; docs/jaeger.md has those that there are"}
	}, false)})
}

func (s *server) handler(answer endpoint, v3 bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, err := answer(s, r)
		if err == nil {
			err = s.write(w, http.StatusOK, found)
		}
		if err == nil || errors.Is(r.Context().Err(), context.Canceled) {
			return // written, or nobody listens any more
		}
		status, sentence := explain(err)
		if status == http.StatusInternalServerError {
			s.logger.Warn("A question of Jaeger's API to the trace store failed", zap.String("question", r.Pattern), zap.Error(err))
		}
		if status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1")
		}
		if v3 {
			_ = s.write(w, status, map[string]any{"error": map[string]any{"httpCode": status, "message": sentence}})
			return
		}
		_ = s.write(w, status, envelope{Errors: []failure{{Code: status, Msg: sentence}}})
	})
}

// envelope is every answer of the old routes.
type envelope struct {
	Data   any       `json:"data"`
	Total  int       `json:"total"`
	Limit  int       `json:"limit"`
	Offset int       `json:"offset"`
	Errors []failure `json:"errors"`
}

// failure is an error of the old routes.
type failure struct {
	Code    int    `json:"code,omitempty"`
	Msg     string `json:"msg"`
	TraceID string `json:"traceID,omitempty"`
}

// write answers with JSON, which is built before, so that no client holds up the store.
func (s *server) write(w http.ResponseWriter, status int, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return s.answers.Write(w, status, body)
}

// refusal is an error with the status of its answer.
type refusal struct {
	status   int
	sentence string
}

func (r refusal) Error() string { return r.sentence }

func badParam(name, why string) error {
	return refusal{http.StatusBadRequest, "unable to parse param '" + name + "': " + why}
}

var errNotFound = refusal{http.StatusNotFound, "trace not found"}

// explain is the status and the sentence of an error.
func explain(err error) (int, string) {
	var refused refusal
	var unavailable mount.Unavailable
	switch {
	case errors.As(err, &refused):
		return refused.status, refused.sentence
	case errors.As(err, &unavailable):
		return http.StatusServiceUnavailable, unavailable.Sentence
	case errors.Is(err, query.ErrNotFound):
		return errNotFound.status, errNotFound.sentence
	case errors.Is(err, query.ErrInvalid):
		return http.StatusBadRequest, err.Error()
	case errors.Is(err, query.ErrNoStore):
		return http.StatusServiceUnavailable, query.ErrNoStore.Error() + " yet"
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "the store takes too long to answer this; ask for less, such as a shorter time"
	}
	return http.StatusInternalServerError, "the store could not be read; the collector's log says why"
}

// traceID reads the id of a trace as Jaeger does: in hex with its zeros left out or, of
// version 3, in base64.
func traceID(text string) (string, error) {
	if len(text) <= 32 {
		if _, err := hex.DecodeString(strings.Repeat("0", len(text)%2) + text); err == nil && text != "" {
			return strings.Repeat("0", 32-len(text)) + strings.ToLower(text), nil
		}
	}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	if id, err := base64.RawStdEncoding.DecodeString(standard); err == nil && len(id) == 16 {
		return hex.EncodeToString(id), nil
	}
	return "", refusal{http.StatusBadRequest, "this is not the id of a trace: it has up to 32 hexadecimal digits"}
}

// values lists the values of a field, none twice.
func (s *server) values(r *http.Request, field string, f query.TraceFilter) ([]string, error) {
	found, err := s.source.Values(r.Context(), field, "", f)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(found))
	for i := range found {
		names[i] = found[i].Value
	}
	return names, nil
}

func (s *server) services(r *http.Request) (any, error) {
	names, err := s.values(r, "span_service", query.TraceFilter{})
	return envelope{Data: names, Total: len(names)}, err
}

func (s *server) servicesV3(r *http.Request) (any, error) {
	names, err := s.values(r, "span_service", query.TraceFilter{})
	return map[string][]string{"services": names}, err
}

// operation is a name of spans. The store has no list of their kinds; internal is what
// Jaeger says where it knows none.
type operation struct {
	Name     string `json:"name"`
	SpanKind string `json:"spanKind"`
}

func (s *server) operationsOf(r *http.Request, service string) ([]operation, error) {
	if service == "" {
		return nil, badParam("service", "it is required")
	}
	names, err := s.values(r, "span_name", query.TraceFilter{SpanService: []string{service}})
	found := make([]operation, len(names))
	for i, name := range names {
		found[i] = operation{name, "internal"}
	}
	return found, err
}

func (s *server) operationNames(r *http.Request) (any, error) {
	found, err := s.operationsOf(r, r.PathValue("service"))
	names := make([]string, len(found))
	for i := range found {
		names[i] = found[i].Name
	}
	return envelope{Data: names, Total: len(names)}, err
}

func (s *server) operations(r *http.Request) (any, error) {
	found, err := s.operationsOf(r, r.URL.Query().Get("service"))
	return envelope{Data: found, Total: len(found)}, err
}

func (s *server) operationsV3(r *http.Request) (any, error) {
	found, err := s.operationsOf(r, r.URL.Query().Get("service"))
	return map[string][]operation{"operations": found}, err
}

// tooLarge says that an answer has been cut.
func tooLarge(shown, found int) failure {
	return failure{Code: http.StatusRequestEntityTooLarge, Msg: fmt.Sprintf(
		"these are %d of %d traces: together they would be larger than %d MB; ask for fewer", shown, found, maxBytes>>20)}
}
