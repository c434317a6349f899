// Package mount is how the APIs of the page's port are put together: each is a function
// that returns its routes.
package mount

import (
	"net/http"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Env is what an API may use.
type Env struct {
	// Source is bounded: so many queries at a time, each for so long. It opens the store
	// again where that was replaced. It is not closed by who uses it.
	Source query.Source
	// Answers is the one budget of all APIs.
	Answers *Answers
	Logger  *zap.Logger
	Build   component.BuildInfo
	// Server is the configuration of the port.
	Server *confighttp.ServerConfig
}

// Route is a handler and where it is.
type Route struct {
	// Pattern is one of http.ServeMux, with a method: "GET /api/traces/{id}", which
	// answers HEAD too.
	Pattern string
	Handler http.Handler
	// CrossOrigin is set where pages of trace_viewer::allowed_origins may read it. By
	// default no page of another origin may.
	CrossOrigin bool
	// Streams is set where the answer has no end: its deadlines are its own.
	Streams bool
}

// API returns the routes of an API. Every request that reaches them has passed the
// checks of Host, Origin and Sec-Fetch-Site, and has the headers of security.
type API func(Env) []Route

// Unavailable is an error that passes: there is no store yet, or others are asking it.
// Sentence is for people.
type Unavailable struct{ Sentence string }

// Error is the sentence.
func (u Unavailable) Error() string { return u.Sentence }
