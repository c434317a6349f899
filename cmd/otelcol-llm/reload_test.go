package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// patience is how long these tests wait for what has to come.
const patience = 20 * time.Second

func TestAReloadThatDoesNotStopStartsAnew(t *testing.T) {
	started := make(chan struct{}, 10)
	r := &reload{limit: time.Millisecond, start: func() { started <- struct{}{} }}
	r.asked()
	select {
	case <-started:
	case <-time.After(patience):
		t.Fatal("it does not start anew")
	}
}

func TestAReloadThatReadsItsConfigurationIsLeftAlone(t *testing.T) {
	r := &reload{limit: time.Hour, start: func() { t.Error("it starts anew") }}
	r.asked()
	assert.NotNil(t, r.pending)
	r.reading()
	assert.Nil(t, r.pending)
	// The timer had fired already, and waited for the lock.
	r.expired()
	// A signal that is noticed after the reload that it began.
	r.asked()
	assert.Nil(t, r.pending)
	r.read = time.Now().Add(-2 * justRead)
	r.asked()
	assert.NotNil(t, r.pending, "the next is bounded")
	r.pending.Stop()
}
