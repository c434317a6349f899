package otlpreceiver

import (
	"context"

	"golang.org/x/sync/semaphore"
)

const (
	// keptPart is the part of a share, one in so many, that small requests have to
	// themselves.
	keptPart = 8
	// smallPart is the part of that, one in so many, which a small request may take.
	smallPart = 16
)

// share is memory, in bytes, that requests take together. A semaphore serves whoever came
// first, so that one request that waits for much would hold up all that come after it;
// and a few slow clients with large bodies could take everything. Hence small requests
// have a part that large ones cannot take.
type share struct {
	most  int64 // what large requests may take
	small int64 // what a request may take at once and be small
	open  *semaphore.Weighted
	kept  *semaphore.Weighted
}

func newShare(bytes int64) *share {
	kept := bytes / keptPart
	return &share{
		most: bytes - kept, small: kept / smallPart,
		open: semaphore.NewWeighted(bytes - kept), kept: semaphore.NewWeighted(kept),
	}
}

// take takes bytes, at most all that there is for large requests, and waits for others to
// give back theirs as long as ctx allows. It returns what gives them back, nil where
// there was not enough in time.
func (s *share) take(ctx context.Context, bytes int64) (giveBack func()) {
	bytes = min(max(bytes, 0), s.most)
	from := s.open
	if !from.TryAcquire(bytes) {
		if bytes <= s.small {
			from = s.kept
		}
		if !from.TryAcquire(bytes) && from.Acquire(ctx, bytes) != nil {
			return nil
		}
	}
	return func() { from.Release(bytes) }
}
