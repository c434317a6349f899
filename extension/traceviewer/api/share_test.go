package api

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheSameQuestionAtTheSameTimeIsAskedOnce(t *testing.T) {
	s := newShared()
	var asked atomic.Int32
	begun, gate := make(chan struct{}), make(chan struct{})
	ask := func() ([]byte, error) {
		if asked.Add(1) == 1 {
			close(begun)
		}
		<-gate
		return []byte("x"), nil
	}
	var clients sync.WaitGroup
	clients.Go(func() { _, _ = s.get("a", ask) })
	<-begun
	for range 20 {
		clients.Go(func() {
			body, err := s.get("a", ask)
			assert.NoError(t, err)
			assert.Equal(t, "x", string(body))
		})
	}
	other, err := s.get("b", func() ([]byte, error) { return []byte("y"), nil })
	require.NoError(t, err)
	assert.Equal(t, "y", string(other), "another question does not wait")
	close(gate)
	clients.Wait()
	// Those that began after the first had its answer may have had a new one, where that is no
	// longer good.
	assert.Less(t, asked.Load(), int32(20))
}

func TestAnAnswerIsGoodForAWhileAndAnErrorIsNot(t *testing.T) {
	s := newShared()
	n := 0
	ask := func() ([]byte, error) { n++; return fmt.Append(nil, n), nil }
	first, err := s.get("a", ask)
	require.NoError(t, err)
	s.answers["a"].until = time.Now().Add(time.Hour)
	again, _ := s.get("a", ask)
	assert.Equal(t, first, again)
	s.answers["a"].until = time.Now().Add(-time.Nanosecond)
	anew, _ := s.get("a", ask)
	assert.Equal(t, "2", string(anew))
	assert.LessOrEqual(t, time.Until(s.answers["a"].until), maxShared+time.Second)

	_, err = s.get("e", func() ([]byte, error) { return nil, errors.New("x") })
	require.Error(t, err)
	body, err := s.get("e", ask)
	require.NoError(t, err)
	assert.Equal(t, "3", string(body))

	_, err = s.get("large", func() ([]byte, error) { return make([]byte, sharedBytes+1), nil })
	require.NoError(t, err)
	assert.NotContains(t, s.answers, "large")
	for i := range 3 * sharedKept {
		_, _ = s.get(strconv.Itoa(i), ask)
		if a := s.answers[strconv.Itoa(i)]; a != nil {
			a.until = time.Now().Add(time.Hour)
		}
	}
	assert.LessOrEqual(t, len(s.answers), sharedKept)
}

// TestAQuestionThatPanicsHoldsUpNobody: who waits for it is told, and it is asked again.
func TestAQuestionThatPanicsHoldsUpNobody(t *testing.T) {
	s := newShared()
	begun, gate := make(chan struct{}), make(chan struct{})
	panicked := make(chan any, 1)
	go func() {
		defer func() { panicked <- recover() }()
		_, _ = s.get("a", func() ([]byte, error) { close(begun); <-gate; panic("x") })
	}()
	<-begun
	first := s.answers["a"]
	close(gate)
	assert.Equal(t, "x", <-panicked)
	select {
	case <-first.done:
		require.Error(t, first.err)
	case <-time.After(10 * time.Second):
		require.Fail(t, "who waits is not told")
	}
	body, err := s.get("a", func() ([]byte, error) { return []byte("y"), nil })
	require.NoError(t, err)
	assert.Equal(t, "y", string(body))
}
