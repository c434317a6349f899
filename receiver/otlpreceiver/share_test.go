package otlpreceiver

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSmallRequestsPassLargeOnes: those that take everything, and those that wait.
func TestSmallRequestsPassLargeOnes(t *testing.T) {
	s := newShare(16 * mib)
	large := s.take(t.Context(), 16*mib)
	require.NotNil(t, large, "a request may take all that there is for large ones")
	waiting, cancel := context.WithCancel(t.Context())
	got := make(chan func())
	go func() { got <- s.take(waiting, 8*mib) }()
	ended, end := context.WithCancel(t.Context())
	end()
	for range smallPart {
		assert.NotNil(t, s.take(ended, 128<<10))
	}
	assert.Nil(t, s.take(ended, 128<<10), "small ones are bounded too")
	assert.Nil(t, s.take(ended, 129<<10), "this one is not small")
	cancel()
	assert.Nil(t, <-got, "who stops waiting takes nothing")
	large()
	again := s.take(ended, 14*mib)
	require.NotNil(t, again, "what was given back is there again")
	again()
}
