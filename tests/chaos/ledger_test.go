//go:build linux

package chaos

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// item is one span or log record. Its number says which request brought it, and its
// place there.
type item uint64

const (
	itemsBits = 8    // of an item's number: the place in its request
	logRecord = 0xff // the place of a request's log record
)

func itemOf(request uint64, place int) item { return item(request<<itemsBits | uint64(place)) }

func (i item) request() uint64 { return uint64(i >> itemsBits) }

// outcome is what became of a request, as its sender knows it.
type outcome uint8

const (
	pending      outcome = iota // no answer, or one that asks to send again
	acknowledged                // all of it is taken
	refused                     // a final answer other than that
)

// request is one that was sent, as often as its sender had to.
type request struct {
	spans    int
	log      bool
	attempts int
	outcome  outcome
}

// items are those of a request with its number.
func (r *request) items(n uint64) []item {
	if r.log {
		return []item{itemOf(n, logRecord)}
	}
	all := make([]item, r.spans)
	for i := range all {
		all[i] = itemOf(n, i+1)
	}
	return all
}

// ledger knows each request. It may be used by many senders at once.
type ledger struct {
	seed uint64 // the first half of every trace id

	mu       sync.Mutex
	last     uint64
	requests map[uint64]*request
	refusals map[string]int // answers, by what they said
}

func newLedger(seed uint64) *ledger {
	return &ledger{seed: seed, requests: map[uint64]*request{}, refusals: map[string]int{}}
}

// open notes a new request: every eighth is a log record, the others have three to
// six spans.
func (l *ledger) open() (n uint64, r request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	made := &request{spans: 3 + int(l.last%4), log: l.last%8 == 0}
	l.requests[l.last] = made
	return l.last, *made
}

// tried notes an attempt and what came of it.
func (l *ledger) tried(n uint64, became outcome, answer string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.requests[n]
	r.attempts++
	r.outcome = became
	if became == refused {
		l.refusals[answer]++
	}
}

// acknowledged is how many requests were so far.
func (l *ledger) acknowledged() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.requests {
		if r.outcome == acknowledged {
			n++
		}
	}
	return n
}

// traceID is that of a request.
func (l *ledger) traceID(n uint64) [16]byte {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], l.seed)
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

// find is the item that has ids.
func (l *ledger) find(trace, span []byte) (item, error) {
	if len(trace) != 16 || len(span) != 8 || binary.BigEndian.Uint64(trace) != l.seed {
		return 0, fmt.Errorf("ids %x %x are nobody's", trace, span)
	}
	i := item(binary.BigEndian.Uint64(span))
	if i.request() != binary.BigEndian.Uint64(trace[8:]) {
		return 0, fmt.Errorf("span %x is not of trace %x", span, trace)
	}
	return i, nil
}

// tally is what one destination has: each item, and how often it has come.
type tally struct {
	name    string
	ledger  *ledger
	foreign bool // others than the ledger's load send, too

	mu         sync.Mutex
	times      map[item]int
	violations map[string]int // what arrived and should not, by what is wrong
}

func (l *ledger) tally(name string) *tally {
	return &tally{name: name, ledger: l, times: map[item]int{}, violations: map[string]int{}}
}

func (y *tally) came(i item) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.times[i]++
}

func (y *tally) wrong(format string, args ...any) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.violations[fmt.Sprintf(format, args...)]++
}

// counts are the result of a trial for one destination.
type counts struct {
	name                                            string
	sent, acked, delivered, extra, duplicates, lost int
	resent                                          int    // log records that their clients have sent again
	missing                                         []item // some of those that are lost
}

func (c counts) String() string {
	return fmt.Sprintf("%-8s sent %d, acknowledged %d, delivered %d (%d of them never acknowledged), duplicate %d and %d log records sent again, lost %d",
		c.name, c.sent, c.acked, c.delivered, c.extra, c.duplicates, c.resent, c.lost)
}

// settle compares what was acknowledged with what a destination has. logs says
// whether it takes log records.
func (l *ledger) settle(y *tally, logs bool) counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	y.mu.Lock()
	defer y.mu.Unlock()
	c := counts{name: y.name}
	known := 0
	for n, r := range l.requests {
		if r.log && !logs {
			continue
		}
		for _, i := range r.items(n) {
			c.sent++
			times := y.times[i]
			if times > 0 {
				known++
				c.delivered++
				// A log record has no id: it comes as often as its client has to send it.
				expected := 1
				if r.log {
					expected = min(times, max(1, r.attempts))
					c.resent += expected - 1
				}
				c.duplicates += times - expected
			}
			switch acked := r.outcome == acknowledged; {
			case acked && times == 0:
				c.acked++
				if c.lost++; len(c.missing) < 20 {
					c.missing = append(c.missing, i)
				}
			case acked:
				c.acked++
			case times > 0:
				c.extra++
			}
		}
	}
	if strange := len(y.times) - known; strange > 0 {
		y.violations["items that nobody sent"] += strange
	}
	return c
}

// refusalsOf are the final answers that good requests got.
func (l *ledger) refusalsOf() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return sentences(l.refusals)
}

func (y *tally) violationsOf() []string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return sentences(y.violations)
}

func sentences(counted map[string]int) []string {
	var all []string
	for sentence, n := range counted {
		all = append(all, fmt.Sprintf("%d times: %s", n, sentence))
	}
	slices.Sort(all)
	return all
}

// TestTheLedgerFindsWhatIsWrong: a loss, a duplicate, a stranger and a refusal each
// show in the counts. A ledger that cannot fail would prove nothing.
func TestTheLedgerFindsWhatIsWrong(t *testing.T) {
	l := newLedger(7)
	y := l.tally("sink")
	for range 8 {
		n, r := l.open()
		l.tried(n, pending, "")
		l.tried(n, acknowledged, "")
		for _, i := range r.items(n) {
			y.came(i)
		}
	}
	whole := l.settle(y, true)
	assert.Equal(t, whole.sent, whole.delivered)
	assert.Zero(t, whole.lost+whole.duplicates+whole.extra)
	assert.Empty(t, y.violationsOf())

	delete(y.times, itemOf(1, 2))
	y.came(itemOf(2, 1))
	y.came(itemOf(99, 1))
	l.tried(3, refused, "400 Bad Request")
	broken := l.settle(y, true)
	assert.Equal(t, 1, broken.lost)
	assert.Equal(t, []item{itemOf(1, 2)}, broken.missing)
	assert.Equal(t, 1, broken.duplicates)
	y.came(itemOf(8, logRecord)) // its second attempt
	assert.Equal(t, 1, l.settle(y, true).resent)
	assert.Equal(t, 1, l.settle(y, true).duplicates)
	y.came(itemOf(8, logRecord)) // which it has not
	assert.Equal(t, 2, l.settle(y, true).duplicates)
	assert.Equal(t, 6, broken.extra, "what was refused and came all the same")
	assert.Contains(t, strings.Join(y.violationsOf(), "\n"), "items that nobody sent")
	assert.Equal(t, []string{"1 times: 400 Bad Request"}, l.refusalsOf())
	without := l.settle(y, false)
	assert.Equal(t, 1, broken.acked-without.acked, "the log record")

	id := l.traceID(5)
	found, err := l.find(id[:], []byte{0, 0, 0, 0, 0, 0, 5, 2})
	assert.NoError(t, err)
	assert.Equal(t, itemOf(5, 2), found)
	_, err = l.find(id[:], []byte{0, 0, 0, 0, 0, 0, 6, 2})
	assert.Error(t, err)
}
