package studio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Bounds of requests and answers.
const (
	maxPayload = 16 << 20 // of a trace: Studio asks for a span again when it shows it
	maxRequest = 64 << 10
	maxOffset  = 10_000
)

type server struct {
	source  query.Source
	mastra  query.Mastra
	logger  *zap.Logger
	answers *mount.Answers
}

// endpoint answers a request with what is written as JSON.
type endpoint func(s *server, r *http.Request) (any, error)

// endpoints are what is read from the store.
var endpoints = map[string]endpoint{
	"GET /api/observability/traces":                     (*server).list,
	"GET /api/observability/traces/light":               (*server).list,
	"POST /api/observability/traces/query":              (*server).queryTraces,
	"GET /api/observability/traces/{trace}":             (*server).trace,
	"GET /api/observability/traces/{trace}/light":       (*server).light,
	"GET /api/observability/traces/{trace}/{of}/{what}": (*server).below,
	"GET /api/observability/discovery/entity-names":     (*server).entityNames,
	"GET /api/observability/discovery/environments":     values("environment", "environments"),
	"GET /api/observability/discovery/service-names":    values("service", "serviceNames"),
	"POST /api/observability/traces/query/fields":       unsupported,
	"POST /api/observability/traces/query/values":       unsupported,
	"POST /api/observability/threads/query":             unsupported,
	"POST /api/observability/metrics/{kind}":            unsupported,
	"GET /api/observability/feedback":                   paged("feedback"),
	"GET /api/observability/logs":                       paged("logs"),
	"GET /api/observability/scores":                     paged("scores"),
	"GET /api/datasets":                                 paged("datasets"),
	"GET /api/experiments":                              paged("experiments"),
	"GET /api/stored/prompt-blocks":                     flat("promptBlocks"),
	"GET /api/stored/agents":                            flat("agents"),
	"GET /api/stored/scorers":                           flat("scorerDefinitions"),
	"GET /api/observability/discovery/tags":             constant(`{"tags":[]}`),
	"GET /api/observability/discovery/entity-types":     constant(`{"entityTypes":["agent","workflow_run","workflow_step","tool"]}`),
	"GET /api/observability/discovery/metric-names":     constant(`{"names":[]}`),
	"GET /api/auth/capabilities":                        constant(`{"enabled":false,"login":null}`),
	"GET /api/system/packages":                          constant(`{"packages":[],"isDev":false,"cmsEnabled":false,"observabilityEnabled":true,"storageType":"otelcol-llm","observabilityStorageType":"otelcol-llm","observabilityStorageCapabilities":{"metrics":false}}`),
	"GET /api/editor/builder/settings":                  constant(`{"enabled":false,"modelPolicy":{"active":false}}`),
	"GET /api/experiments/review-summary":               constant(`{"counts":[]}`),
	"GET /api/mcp/v0/servers":                           constant(`{"servers":[],"total_count":0,"next":null}`),
	"GET /api/workspaces":                               constant(`{"workspaces":[]}`),
	"GET /api/agents":                                   constant(`{}`),
	"GET /api/workflows":                                constant(`{}`),
	"GET /api/workflows/run-counts":                     constant(`{}`),
	"GET /api/tools":                                    constant(`{}`),
	"GET /api/processors":                               constant(`{}`),
	"GET /api/scores/scorers":                           constant(`{}`),
}

// New returns the routes. Pages of trace_viewer::allowed_origins may read them, of which
// there are none by default.
func New(env mount.Env) []mount.Route {
	store, ok := env.Source.(query.Mastra)
	if !ok {
		return nil
	}
	s := &server{source: env.Source, mastra: store, logger: env.Logger, answers: env.Answers}
	var routes []mount.Route
	for pattern, answer := range endpoints {
		routes = append(routes, mount.Route{Pattern: pattern, Handler: s.handler(answer), CrossOrigin: true})
	}
	return routes
}

func (s *server) handler(answer endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
		found, err := answer(s, r)
		if err == nil {
			err = s.write(w, http.StatusOK, found)
		}
		if err == nil || errors.Is(r.Context().Err(), context.Canceled) {
			return // written, or nobody listens any more
		}
		status, sentence := explain(err)
		if status == http.StatusInternalServerError {
			s.logger.Warn("A question of Mastra Studio to the trace store failed", zap.String("question", r.Pattern), zap.Error(err))
		}
		body := map[string]string{"error": sentence}
		if status == http.StatusNotImplemented {
			body["code"] = "TRACE_QUERY_DISCOVERY_UNSUPPORTED" // by which Studio knows to go on without
		}
		_ = s.write(w, status, body)
	})
}

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
	return refusal{http.StatusBadRequest, name + ": " + why}
}

// explain is the status and the sentence of an error.
func explain(err error) (int, string) {
	var refused refusal
	var unavailable mount.Unavailable
	switch {
	case errors.As(err, &refused):
		return refused.status, refused.sentence
	case errors.As(err, &unavailable):
		return http.StatusServiceUnavailable, unavailable.Sentence
	case errors.Is(err, query.ErrNotFound), errors.Is(err, query.ErrAmbiguous):
		return http.StatusNotFound, "there is no such trace or span; it may have been deleted"
	case errors.Is(err, query.ErrInvalid):
		return http.StatusBadRequest, err.Error()
	case errors.Is(err, query.ErrNoStore):
		return http.StatusServiceUnavailable, query.ErrNoStore.Error() + " yet"
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "the store takes too long to answer this; ask for less, such as a shorter time"
	}
	return http.StatusInternalServerError, "the store could not be read; the collector's log says why"
}

// constant answers what never changes.
func constant(text string) endpoint {
	return func(*server, *http.Request) (any, error) { return json.RawMessage(text), nil }
}

func unsupported(*server, *http.Request) (any, error) {
	return nil, refusal{http.StatusNotImplemented, "the trace store of this collector does not answer this"}
}
