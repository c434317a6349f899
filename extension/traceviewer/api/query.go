package api

import (
	"net/http"
	"net/url"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/params"
)

// parseQuery reads the parameters of a request. What is not one is an error: to leave it
// out would answer another question.
func parseQuery(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &params.Error{Name: "parameters", Problem: "are not percent-encoded as name=value&name=value"}
	}
	return values, nil
}
