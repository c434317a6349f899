package pricing

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var sharedCatalog = sync.OnceValues(Embedded)

func embedded(tb testing.TB) *Catalog {
	tb.Helper()
	c, err := sharedCatalog()
	require.NoError(tb, err)
	return c
}

func at(tb testing.TB, text string) time.Time {
	tb.Helper()
	t, err := time.Parse(time.RFC3339, text)
	require.NoError(tb, err)
	return t
}

// autumn is the usual time of a test call: every current price holds, and it is no peak hour of any provider.
const autumn = "2026-09-10T12:00:00Z"

// exactly is far below the tolerance of the product (0.1 %) and far above the error of the arithmetic.
const exactly = 1e-12

func mustLayer(tb testing.TB, source Source, yaml string) *Layer {
	tb.Helper()
	l, err := ParseLayer([]byte(yaml), source)
	require.NoError(tb, err)
	return l
}
