package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStopTimeout(t *testing.T) {
	read := func(text string) (time.Duration, error) {
		return stopTimeout(func(string) string { return text })
	}
	limit, err := read("")
	require.NoError(t, err)
	assert.Less(t, limit, 10*time.Second, "container runtimes kill after ten seconds")
	limit, err = read("1m30s")
	require.NoError(t, err)
	assert.Equal(t, 90*time.Second, limit)
	for _, text := range []string{"30", "soon", "0s", "-1s"} {
		_, err = read(text)
		require.EqualError(t, err, `OTELCOL_STOP_TIMEOUT: "`+text+`" is no duration above zero, such as 30s`)
	}
}
