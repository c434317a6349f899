package receiver

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestSmallRequestsPassLargeOnes: clients whose large bodies come slowly take all the
// memory that large bodies have. Small requests are taken meanwhile, without a wait, and
// large ones again when the clients have gone.
func TestSmallRequestsPassLargeOnes(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:receivers::otlp::limits: {decoded_mib: 8, in_flight_mib: 16, busy_timeout: 0s, body_timeout: 10m}")
	large := append(bytes.Repeat([]byte(" "), 3<<20), "{}"...)
	var hang []interface{ Close() error }
	slow := func() {
		connection := dial(t, c.HTTP)
		_, err := fmt.Fprintf(connection, "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", 4<<20)
		require.NoError(t, err)
		_, err = connection.Write(large)
		require.NoError(t, err)
		hang = append(hang, connection)
	}
	eventually(t, func() bool { // those that come at once may all be refused
		slow()
		code, _ := post(t, c.HTTP+"/v1/traces", "application/json", "", large)
		return code == http.StatusServiceUnavailable
	}, "the memory for bodies is not taken")
	for range 50 {
		code, answer := post(t, c.HTTP+"/v1/traces", protobuf, "", marshal(t, aSpan("small")))
		require.Equal(t, http.StatusOK, code, answer)
	}
	for _, connection := range hang {
		assert.NoError(t, connection.Close())
	}
	eventually(t, func() bool {
		code, _ := post(t, c.HTTP+"/v1/traces", "application/json", "", large)
		return code == http.StatusOK
	}, "clients that have gone keep memory")
	require.NoError(t, c.Stop())
}

// TestABodyLargerThanItsShareIsTaken: a body that may be as large as all bodies together
// does not wait for itself.
func TestABodyLargerThanItsShareIsTaken(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:receivers::otlp::limits: {decoded_mib: 8, in_flight_mib: 8, busy_timeout: 0s}")
	large := append(bytes.Repeat([]byte(" "), 19<<20), "{}"...)
	for _, encoding := range []string{"", "gzip"} {
		code, answer := post(t, c.HTTP+"/v1/traces", "application/json", encoding, compress(t, encoding, large))
		assert.Equal(t, http.StatusOK, code, answer)
	}
	require.NoError(t, c.Stop())
}
