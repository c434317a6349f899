// Package api is the JSON of the page: /api/v1/…, as openapi.yaml describes it.
package api

import (
	"context"
	_ "embed"
	"net/http"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/status"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Prefix is where all of it is.
const Prefix = "/api/v1"

//go:embed openapi.yaml
var openAPI []byte

// Status says how the collector does.
type Status interface {
	Collector(ctx context.Context) (*status.Collector, error)
	FirstRun(ctx context.Context) (*status.FirstRun, error)
}

// New returns the API.
func New(collector Status, live *Live) mount.API {
	return func(env mount.Env) []mount.Route {
		a := &answerer{source: env.Source, logger: env.Logger, answers: env.Answers, shared: newShared()}
		var routes []mount.Route
		for _, op := range operations(collector) {
			routes = append(routes, mount.Route{Pattern: "GET " + Prefix + op.path, Handler: a.handler(op)})
		}
		return append(routes,
			mount.Route{Pattern: "GET " + Prefix + "/live", Handler: a.live(live), Streams: true},
			mount.Route{Pattern: "GET " + Prefix + "/openapi.yaml", Handler: http.HandlerFunc(description)},
		)
	}
}

func description(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openAPI)
}

// operation is a question of the API.
type operation struct {
	path string
	// params is a new struct whose tags query are the parameters.
	params func() any
	// shared is set where an answer may be that of somebody else who has just asked the same.
	shared bool
	answer func(ctx context.Context, source query.Source, path func(string) string, params any) (any, error)
}

// ask makes an operation of a question with parameters P.
func ask[P any](path string, answer func(context.Context, query.Source, func(string) string, *P) (any, error)) operation {
	return operation{path: path, params: func() any { return new(P) }, answer: func(ctx context.Context, source query.Source, path func(string) string, params any) (any, error) {
		return answer(ctx, source, path, params.(*P)) //nolint:forcetypeassert // made by params
	}}
}

// sum is ask for sums over many traces, which are shared.
func sum[P any](path string, answer func(context.Context, query.Source, func(string) string, *P) (any, error)) operation {
	op := ask(path, answer)
	op.shared = true
	return op
}

// Parameters beside those of the filters.
type (
	none        struct{}
	statsParams struct {
		query.TraceFilter
		Zone string `query:"zone"`
	}
	valuesParams struct {
		query.TraceFilter
		Prefix string `query:"prefix"`
	}
	spanParams struct {
		Limit int `query:"limit"`
	}
	sessionParams struct {
		Cursor string `query:"cursor"`
		Limit  int    `query:"limit"`
	}
	searchParams struct {
		query.SearchFilter
		Text string `query:"q"`
	}
)

// operations are all questions, but for what is live.
func operations(collector Status) []operation {
	type path = func(string) string
	return []operation{
		ask("/traces", func(ctx context.Context, s query.Source, _ path, p *query.TraceFilter) (any, error) {
			return s.Traces(ctx, *p)
		}),
		sum("/traces/stats", func(ctx context.Context, s query.Source, _ path, p *statsParams) (any, error) {
			return s.Stats(ctx, p.TraceFilter, p.Zone)
		}),
		ask("/traces/{id}", func(ctx context.Context, s query.Source, at path, _ *none) (any, error) {
			return s.Trace(ctx, at("id"))
		}),
		ask("/traces/{id}/otlp", func(ctx context.Context, s query.Source, at path, _ *none) (any, error) { return s.OTLP(ctx, at("id")) }),
		ask("/traces/{id}/logs", func(ctx context.Context, s query.Source, at path, _ *none) (any, error) { return s.Logs(ctx, at("id")) }),
		ask("/spans/{trace}/{id}", func(ctx context.Context, s query.Source, at path, p *spanParams) (any, error) {
			return s.Span(ctx, at("trace"), at("id"), p.Limit)
		}),
		ask("/sessions", func(ctx context.Context, s query.Source, _ path, p *query.SessionFilter) (any, error) {
			return s.Sessions(ctx, *p)
		}),
		ask("/sessions/{id}", func(ctx context.Context, s query.Source, at path, p *sessionParams) (any, error) {
			return s.Session(ctx, at("id"), p.Cursor, p.Limit)
		}),
		sum("/spend", func(ctx context.Context, s query.Source, _ path, p *query.SpendFilter) (any, error) {
			return s.Spend(ctx, *p)
		}),
		sum("/spend/unpriced", func(ctx context.Context, s query.Source, _ path, p *query.SpendFilter) (any, error) {
			return s.UnpricedModels(ctx, *p)
		}),
		sum("/agents", func(ctx context.Context, s query.Source, _ path, p *query.RunFilter) (any, error) {
			return s.Agents(ctx, *p)
		}),
		sum("/tools", func(ctx context.Context, s query.Source, _ path, p *query.RunFilter) (any, error) {
			return s.Tools(ctx, *p)
		}),
		sum("/loops", func(ctx context.Context, s query.Source, _ path, p *query.RunFilter) (any, error) {
			return s.Loops(ctx, *p)
		}),
		ask("/search", func(ctx context.Context, s query.Source, _ path, p *searchParams) (any, error) {
			return s.Search(ctx, p.Text, p.SearchFilter)
		}),
		sum("/values/{field}", func(ctx context.Context, s query.Source, at path, p *valuesParams) (any, error) {
			return s.Values(ctx, at("field"), p.Prefix, p.TraceFilter)
		}),
		sum("/redactions", func(ctx context.Context, s query.Source, _ path, p *query.RunFilter) (any, error) {
			return s.Redactions(ctx, *p)
		}),
		sum("/store", func(ctx context.Context, s query.Source, _ path, _ *none) (any, error) { return s.Store(ctx) }),
		ask("/changes", func(ctx context.Context, s query.Source, _ path, p *query.TraceFilter) (any, error) {
			return s.Changes(ctx, p.Cursor, *p)
		}),
		ask("/collector", func(ctx context.Context, _ query.Source, _ path, _ *none) (any, error) {
			return collector.Collector(ctx)
		}),
		sum("/first-run", func(ctx context.Context, _ query.Source, _ path, _ *none) (any, error) {
			return collector.FirstRun(ctx)
		}),
	}
}
