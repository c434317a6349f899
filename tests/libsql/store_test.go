package libsql

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

func TestTrial(t *testing.T) {
	s := startServer(t, true)
	store, err := tracestore.OpenServer(t.Context(), tracestore.ServerOptions{Client: s.client(s.token("rw", time.Hour))}, tracestore.Options{Notice: func(s string) { t.Log(s) }})
	require.NoError(t, err)
	defer func() { assert.NoError(t, store.Close(context.Background())) }()
	span := tracestore.Span{TraceID: "0000000000000000000000000000000a", SpanID: "000000000000000a", Name: "x", Resource: &tracestore.Resource{}, Scope: &tracestore.Scope{}, Facts: tracestore.Facts{Type: "generic"}, Mastra: tracestore.MastraRow{Name: "x"}}
	r, err := store.Write(t.Context(), []tracestore.Span{span})
	require.NoError(t, err)
	t.Log(r)
	rows, err := s.query(s.token("ro", time.Hour), "SELECT * FROM traces")
	t.Log(rows, err)
	rows, err = s.query("", "SELECT * FROM traces")
	t.Log(rows, err)
}
