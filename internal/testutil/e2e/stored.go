package e2e

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// AssertNoSecret is AssertNotStored for planted secrets.
func (c *Collector) AssertNoSecret(t testing.TB, secrets testutil.Secrets) {
	t.Helper()
	c.AssertNotStored(t, secrets.Needles())
}

// AssertNotStored looks for texts, by their names, in every byte of the trace
// store, of its write-ahead log, of the destinations' queues, and of the
// collector's own log.
func (c *Collector) AssertNotStored(t testing.TB, needles map[string]string) {
	t.Helper()
	places := map[string]string{"the collector's log": c.Log()}
	require.NoError(t, filepath.WalkDir(filepath.Join(c.Dir, "data"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(file)
		places[filepath.Base(file)] = string(raw)
		return err
	}))
	require.Contains(t, places, filepath.Base(c.TracesDB()))
	for name, needle := range needles {
		for place, text := range places {
			// Not assert.NotContains: its message would repeat the whole file.
			if strings.Contains(text, needle) {
				t.Errorf("%s is in %s", name, place)
			}
		}
	}
}

// StoredTraces are all traces of a store, the path of a file or the URL of a server, the
// latest first.
func StoredTraces(t testing.TB, place string) (all []query.TraceSummary) {
	t.Helper()
	open := query.Open
	if strings.Contains(place, "://") {
		open = func(ctx context.Context, url string) (*query.Store, error) {
			return query.OpenURL(ctx, url, "", &http.Client{Timeout: otlptest.Patience})
		}
	}
	store, err := open(t.Context(), place)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	for f := (query.TraceFilter{Limit: 1000}); ; {
		page, err := store.Traces(t.Context(), f)
		require.NoError(t, err)
		all = append(all, page.Items...)
		if f.Cursor = page.Next; page.Next == "" {
			return all
		}
	}
}

// Visit calls f for every span of a tree, parents first.
func Visit(nodes []*tracestore.SpanNode, f func(*tracestore.SpanNode)) {
	for _, node := range nodes {
		f(node)
		Visit(node.Children, f)
	}
}
