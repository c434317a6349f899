package redact

import (
	"container/list"
	"crypto/rand"
	"hash/maphash"
	"strconv"
	"strings"
	"sync"
)

// Bounds of the memory of style indexed, as in Mastra's SensitiveDataFilter.
const (
	maxScopes      = 1000
	maxScopeValues = 1000
)

// indexer numbers the values of traces for style indexed. It keeps hashes of values under a seed of its own and forgets the traces
// that were used longest ago. It is safe for concurrent use.
type indexer struct {
	mu     sync.Mutex
	seed   maphash.Seed
	salt   [16]byte
	scopes map[[16]byte]*list.Element
	order  *list.List // of *Scope, the latest first
}

func newIndexer() *indexer {
	ix := &indexer{seed: maphash.MakeSeed(), scopes: map[[16]byte]*list.Element{}, order: list.New()}
	_, _ = rand.Read(ix.salt[:])
	return ix
}

// Scope is where equal values have the same number: a trace.
type Scope struct {
	ix     *indexer
	id     [16]byte
	values map[uint64]int
	counts map[string]int
}

// Scope returns the scope with the id, for example a trace id. It is nil, which numbers nothing, unless a style is indexed.
func (r *Redactor) Scope(id [16]byte) *Scope {
	if r.indexer == nil {
		return nil
	}
	ix := r.indexer
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if e, ok := ix.scopes[id]; ok {
		ix.order.MoveToFront(e)
		return e.Value.(*Scope)
	}
	s := &Scope{ix: ix, id: id, values: map[uint64]int{}, counts: map[string]int{}}
	ix.scopes[id] = ix.order.PushFront(s)
	if ix.order.Len() > maxScopes {
		old := ix.order.Back()
		delete(ix.scopes, ix.order.Remove(old).(*Scope).id)
	}
	return s
}

// label returns the name in capitals with the number of the value. Beyond the number of values that a scope keeps, and without a scope,
// the label has no number.
func (s *Scope) label(name, value string) string {
	name = strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name))
	if s == nil {
		return "[" + name + "]"
	}
	s.ix.mu.Lock()
	defer s.ix.mu.Unlock()
	var h maphash.Hash
	h.SetSeed(s.ix.seed)
	_, _ = h.Write(s.ix.salt[:])
	_, _ = h.WriteString(name)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(value)
	key := h.Sum64()
	n, ok := s.values[key]
	if !ok {
		if len(s.values) >= maxScopeValues {
			return "[" + name + "]"
		}
		s.counts[name]++
		n = s.counts[name]
		s.values[key] = n
	}
	return "[" + name + "_" + strconv.Itoa(n) + "]"
}
