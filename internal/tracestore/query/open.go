package query

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/dburl"
)

// ErrNoStore says that the file of a store does not exist: nothing has been stored yet.
var ErrNoStore = errors.New("there is no trace store")

// OpenURL opens the store that a URL of package dburl names. The token is a server's,
// "" for none; the client brings its TLS, proxy and time limits.
func OpenURL(ctx context.Context, url, token string, client *http.Client) (*Store, error) {
	at, err := dburl.Parse(url)
	if err != nil {
		return nil, err
	}
	if at.Server != nil {
		return NewServer(hrana.New(hrana.Options{URL: at.Server, HTTP: client, AuthToken: token, UserAgent: "otelcol-llm"})), nil
	}
	if _, err := os.Stat(at.File); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s", ErrNoStore, at.File)
	}
	return Open(ctx, at.File)
}
