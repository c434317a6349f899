// Package refusal decides how long a request is sent again that a destination does
// not take. Some answers say that the destination is away, some that the request is
// wrong, and some, 500 above all, may mean either. A destination that is away is
// waited for. A request that alone is refused while others like it are taken is what
// is wrong, whatever the answer, and must not hold up the others for good.
package refusal

import (
	"container/list"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Config is how long a request is sent again.
type Config struct {
	// MaxElapsedTime is how long a request is sent again after answers that may be
	// due to the request or to the destination, such as 500, from the first of them in
	// this process on. 0 is as long as it takes. Default 24h.
	MaxElapsedTime time.Duration `mapstructure:"max_elapsed_time"`

	// Alone says when a request is taken to be what is wrong.
	Alone AloneConfig `mapstructure:"alone"`
}

// AloneConfig is when a request that is refused while others are taken is given up:
// when both hold.
type AloneConfig struct {
	// Attempts is how often it has been refused, each time with others taken since
	// the time before. 0 is never. Default 10.
	Attempts int `mapstructure:"attempts"`
	// ElapsedTime is how long ago the first of these attempts was. Default 1h.
	ElapsedTime time.Duration `mapstructure:"elapsed_time"`
}

// DefaultConfig is a day for answers that may mean either, and an hour for a request
// that alone is refused.
func DefaultConfig() Config {
	return Config{MaxElapsedTime: 24 * time.Hour, Alone: AloneConfig{Attempts: 10, ElapsedTime: time.Hour}}
}

// Validate accepts bounds that are not negative.
func (c *Config) Validate() error {
	var errs []error
	if c.MaxElapsedTime < 0 {
		errs = append(errs, fmt.Errorf("max_elapsed_time: %s is negative; 0s is as long as it takes", c.MaxElapsedTime))
	}
	if c.Alone.Attempts < 0 {
		errs = append(errs, fmt.Errorf("alone::attempts: %d is negative; 0 is never", c.Alone.Attempts))
	}
	if c.Alone.ElapsedTime < 0 {
		errs = append(errs, fmt.Errorf("alone::elapsed_time: %s is negative", c.Alone.ElapsedTime))
	}
	return errors.Join(errs...)
}

// Key tells requests apart.
type Key [sha256.Size]byte

// KeyOf is the key of a request with a body.
func KeyOf(body []byte) Key { return sha256.Sum256(body) }

// Ledger remembers which requests to one address are being refused. Its memory is
// bounded; it begins anew with each process.
type Ledger struct {
	config Config
	now    func() time.Time

	mu      sync.Mutex
	taken   uint64 // requests, all together
	refused map[Key]*list.Element
	order   list.List // of *request, the one that was refused first in front
}

// request is one that is being refused.
type request struct {
	key      Key
	attempts int
	first    time.Time
	taken    uint64 // of the ledger, at its last refusal
	alone    int    // refusals with others taken since the one before
	since    time.Time
}

// maxRequests bounds a ledger. No exporter has as many under way.
const maxRequests = 1000

// NewLedger returns an empty ledger.
func NewLedger(config Config) *Ledger {
	return &Ledger{config: config, now: time.Now, refused: map[Key]*list.Element{}}
}

// Taken notes that a request was taken. key is asked for its key only if some
// request is being refused.
func (l *Ledger) Taken(key func() Key) {
	l.mu.Lock()
	l.taken++
	some := len(l.refused) > 0
	l.mu.Unlock()
	if !some {
		return
	}
	k := key()
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ok := l.refused[k]; ok {
		l.forget(at)
	}
}

// Refused notes that a request was refused; bounded says that the answer may be due
// to the request. It returns why the request is to be given up, and "" where it is
// to be sent again; alone says that others are taken.
func (l *Ledger) Refused(key Key, bounded bool) (givenUp string, alone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	at, ok := l.refused[key]
	if !ok {
		at = l.order.PushBack(&request{key: key, first: now, taken: l.taken})
		l.refused[key] = at
		if len(l.refused) > maxRequests {
			l.forget(l.order.Front())
		}
	}
	r := at.Value.(*request)
	r.attempts++
	if l.taken > r.taken {
		r.taken = l.taken
		r.alone++
		if r.alone == 1 {
			r.since = now
		}
	}
	bound, elapsed := l.config.Alone, now.Sub(r.first)
	alone = bound.Attempts > 0 && r.alone >= bound.Attempts && now.Sub(r.since) >= bound.ElapsedTime
	switch {
	case alone:
		givenUp = fmt.Sprintf("%d attempts in %s while others were taken", r.attempts, elapsed.Round(time.Second))
	case bounded && l.config.MaxElapsedTime > 0 && elapsed >= l.config.MaxElapsedTime:
		givenUp = fmt.Sprintf("%d attempts in %s", r.attempts, elapsed.Round(time.Second))
	default:
		return "", false
	}
	l.forget(at)
	return givenUp, alone
}

func (l *Ledger) forget(at *list.Element) {
	delete(l.refused, at.Value.(*request).key)
	l.order.Remove(at)
}
