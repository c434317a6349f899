package cli

import (
	"fmt"
	"net/http"
	"os"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/remote"
)

// authorizationVariable is what a request to a collector whose page has auth is sent
// with: Bearer or Basic, and the credential.
const authorizationVariable = "OTELCOL_VIEWER_AUTHORIZATION"

func openRemote(address string) (query.Source, error) {
	client, err := remote.New(address, remote.Options{Authorization: os.Getenv(authorizationVariable), HTTP: &http.Client{Timeout: serverTimeout}})
	if err != nil {
		return nil, fmt.Errorf("--url: %w", err)
	}
	return client, nil
}
