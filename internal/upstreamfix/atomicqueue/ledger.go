package atomicqueue

import (
	"slices"
)

// ledger translates between a queue as upstream has it in memory and the file.
//
// Upstream is shown a queue in which nothing is on its way. The requests that the file
// had when it was opened, n of them, are the places from end-n to end, in the order of
// their indexes: the place is a number that upstream counts with, the index is the
// key in the file. What upstream adds has the same number for both. So nothing has to
// be moved in the file when a queue starts, and what the file says is at any time a
// queue that upstream itself, and an older version of this program, can start.
type ledger struct {
	stored []uint64 // indexes of the requests at the start, ascending
	end    uint64   // the place after the last of them
	first  uint64   // the read index in the file at the start

	upstream metadata            // as upstream has it
	missed   metadata            // sizes that upstream counts of requests that were refused
	kept     map[uint64]struct{} // indexes that are in the file and not in upstream's memory
	owed     []uint64            // of them, those that are delivered and have to be deleted
}

// newLedger is that of a file which holds requests at indexes, in any order, and says
// of itself what on says.
func newLedger(on metadata, indexes []uint64) *ledger {
	l := &ledger{stored: slices.Clone(indexes), end: on.write, first: on.read, kept: map[uint64]struct{}{}}
	slices.Sort(l.stored)
	l.stored = slices.Compact(l.stored)
	if n := len(l.stored); n > 0 {
		l.end = max(l.end, l.stored[n-1]+1)
	}
	l.upstream = metadata{items: on.items, bytes: on.bytes, read: l.end - uint64(len(l.stored)), write: l.end}
	return l
}

// index is the key in the file of a place in the queue.
func (l *ledger) index(place uint64) uint64 {
	if begin := l.end - uint64(len(l.stored)); place >= begin && place < l.end {
		return l.stored[place-begin]
	}
	return place
}

// update takes what upstream has in memory now.
func (l *ledger) update(now metadata) {
	l.upstream = now
	if now.items == 0 {
		l.missed.items = 0 // upstream counts anew when a queue is empty
	}
	if now.bytes == 0 {
		l.missed.bytes = 0
	}
}

// refused notes that the disk did not take what upstream has just counted.
func (l *ledger) refused(before metadata) {
	l.missed.items += max(0, l.upstream.items-before.items)
	l.missed.bytes += max(0, l.upstream.bytes-before.bytes)
}

// keep notes a request which upstream is about to forget though it has to stay.
func (l *ledger) keep(index uint64) { l.kept[index] = struct{}{} }

// owe notes a request which is delivered and could not be deleted.
func (l *ledger) owe(index uint64) {
	if _, ok := l.kept[index]; !ok {
		l.keep(index)
		l.owed = append(l.owed, index)
	}
}

// paid notes that the first n of those that were owed are deleted.
func (l *ledger) paid(n int) {
	for _, index := range l.owed[:n] {
		delete(l.kept, index)
	}
	l.owed = slices.Delete(l.owed, 0, n)
}

// file is what the file has to say, without some of the requests.
func (l *ledger) file(without ...uint64) metadata {
	m := metadata{
		items: max(0, l.upstream.items-l.missed.items), bytes: max(0, l.upstream.bytes-l.missed.bytes),
		read: l.upstream.read, write: l.upstream.write,
	}
	for _, place := range l.upstream.dispatched {
		m.dispatched = append(m.dispatched, l.index(place))
	}
	if begin := l.end - uint64(len(l.stored)); m.read < l.end && m.read >= begin {
		waiting := l.stored[m.read-begin:]
		behind, _ := slices.BinarySearch(waiting, l.first)
		m.dispatched = append(m.dispatched, waiting[:behind]...)
		m.read = l.end
		if behind < len(waiting) {
			m.read = waiting[behind]
		}
	}
	for index := range l.kept {
		if !slices.Contains(without, index) && !slices.Contains(m.dispatched, index) {
			m.dispatched = append(m.dispatched, index)
		}
	}
	return m
}
