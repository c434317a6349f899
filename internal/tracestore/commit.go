package tracestore

import (
	"context"
	"errors"
	"time"
)

// commit stores what writers wait for, in one transaction. Where that has no room, one
// is taken after the other, until one has none alone.
func (s *Store) commit(ctx context.Context, batch []*write) {
	began := s.options.Now()
	results, err := s.attempt(ctx, batch, began)
	if len(batch) == 1 || !errors.Is(err, errNoRoom) {
		s.answer(batch, began, results, err)
		return
	}
	for i := range batch {
		began = s.options.Now()
		if results, err = s.attempt(ctx, batch[i:i+1], began); errors.Is(err, errNoRoom) {
			s.answer(batch[i:], began, nil, err)
			return
		}
		s.answer(batch[i:i+1], began, results, err)
	}
}

func (s *Store) attempt(ctx context.Context, batch []*write, at time.Time) ([]Result, error) {
	groups := make([]group, len(batch))
	for i, w := range batch {
		groups[i] = w.group
	}
	return s.engine.write(ctx, groups, at)
}

// answer tells those that wait what became of their transaction.
func (s *Store) answer(batch []*write, began time.Time, results []Result, err error) {
	done := Transaction{Writes: len(batch), Duration: s.options.Now().Sub(began), Err: err}
	for i, w := range batch {
		done.Bytes += w.bytes()
		if !s.direct {
			done.Waits = append(done.Waits, began.Sub(w.since))
		}
		w.err = err
		if err != nil {
			continue
		}
		w.result = results[i]
		if len(w.spans) > 0 {
			done.Spans.add(results[i])
		} else {
			done.Logs.add(results[i])
		}
	}
	if isNoRoom(err) || s.engine.pressed() {
		s.noRoom.Store(true)
	}
	// Before the callers go on, so that what is observed is never behind what is
	// acknowledged.
	s.options.Observe(done)
	for _, w := range batch {
		close(w.ready)
	}
}
