package e2e

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFreePortsAreGivenOnceAndNotWhereSomebodyListens(t *testing.T) {
	given := map[string]bool{}
	for range portsPerProcess / 5 {
		for _, port := range FreePorts(t, 4) {
			assert.False(t, given[port], port)
			given[port] = true
			listener, err := net.Listen("tcp", "127.0.0.1:"+port)
			require.NoError(t, err)
			defer listener.Close()
		}
	}
	for range 2 * portsPerProcess { // all around, past those that are taken
		assert.False(t, given[FreePorts(t, 1)[0]])
	}
}
