package otlpreceiver

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMemoryIsGivenBackOnceAfterABurst, and not for small requests.
func TestMemoryIsGivenBackOnceAfterABurst(t *testing.T) {
	var freed atomic.Int32
	m := memoryReturn{quiet: 20 * time.Millisecond, free: func() { freed.Add(1) }}
	m.after(largeBytes - 1)
	assert.Nil(t, m.timer)
	for range 10 {
		m.after(largeBytes)
	}
	require.Eventually(t, func() bool { return freed.Load() == 1 }, 10*time.Second, time.Millisecond)
	m.after(largeBytes)
	require.Eventually(t, func() bool { return freed.Load() == 2 }, 10*time.Second, time.Millisecond)
	m.after(largeBytes)
	m.stop()
}
