package receiver

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestNamesOfContentCodings: RFC 9110 has them in any case, x-gzip is gzip, and identity is
// none.
func TestNamesOfContentCodings(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env")
	plain := marshal(t, aSpan("coded"))
	for name, body := range map[string][]byte{
		"GZIP": compress(t, "gzip", plain), "x-gzip": compress(t, "gzip", plain), "Zstd": compress(t, "zstd", plain),
		"identity": plain, "Identity": plain, "": plain,
	} {
		code, answer := post(t, c.HTTP+"/v1/traces", protobuf, name, body)
		assert.Equal(t, http.StatusOK, code, "%s: %s", name, answer)
	}
	for _, name := range []string{"gzip, gzip", "br", "x"} {
		code, answer := post(t, c.HTTP+"/v1/traces", protobuf, name, plain)
		assert.Equal(t, http.StatusBadRequest, code, answer)
	}
	require.NoError(t, c.Stop())
}
