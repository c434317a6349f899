package api

import (
	"errors"
	"sync"
	"time"
)

// Sums over many traces are the dear questions, and every open page asks them again and
// again. Who asks the same at the same time shares one answer, and an answer is good for as
// long as shareFactor times what it took: so that one question, whoever asks it, takes at
// most about a tenth of a core from those who store.
const (
	shareFactor = 10
	maxShared   = 5 * time.Second
	sharedKept  = 64      // answers
	sharedBytes = 1 << 20 // of one that is kept
)

// shared are answers that several clients have in common.
type shared struct {
	mu      sync.Mutex
	answers map[string]*sharedAnswer
}

type sharedAnswer struct {
	done  chan struct{} // closed when body and err are there
	body  []byte
	err   error
	until time.Time // zero while it is being asked
}

func newShared() *shared { return &shared{answers: map[string]*sharedAnswer{}} }

// get returns the answer to a question, by its address.
func (s *shared) get(address string, ask func() ([]byte, error)) ([]byte, error) {
	s.mu.Lock()
	now := time.Now()
	if a := s.answers[address]; a != nil && (a.until.IsZero() || now.Before(a.until)) {
		s.mu.Unlock()
		<-a.done // which a question to the store has a time limit for
		return a.body, a.err
	}
	s.makeRoom(now)
	a := &sharedAnswer{done: make(chan struct{})}
	s.answers[address] = a
	s.mu.Unlock()

	a.err = errNoAnswer
	defer s.give(address, a, now)
	a.body, a.err = ask()
	return a.body, a.err
}

// errNoAnswer is what those are told who wait for a question that panics.
var errNoAnswer = errors.New("the question was not answered")

// give gives an answer to those who wait, and keeps it where it is one.
func (s *shared) give(address string, a *sharedAnswer, asked time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.err != nil || len(a.body) > sharedBytes {
		if s.answers[address] == a {
			delete(s.answers, address)
		}
	} else {
		took := time.Since(asked)
		a.until = asked.Add(took + min(shareFactor*took, maxShared))
	}
	close(a.done)
}

// makeRoom forgets answers that are no longer good, and others where there are too many.
// s.mu is held.
func (s *shared) makeRoom(now time.Time) {
	for address, a := range s.answers {
		if !a.until.IsZero() && !now.Before(a.until) {
			delete(s.answers, address)
		}
	}
	for address, a := range s.answers {
		if len(s.answers) < sharedKept {
			return
		}
		if !a.until.IsZero() {
			delete(s.answers, address)
		}
	}
}
