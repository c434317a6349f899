package pricing

import (
	"strings"
	"sync"
)

// cacheKey is the part of a query that a resolution depends on.
type cacheKey struct {
	provider, system, server, request, response string
}

// cacheSize bounds each of the two generations of the cache. A collector sees tens of pairs of provider and model; the
// bound only matters when somebody sends names that never repeat.
const cacheSize = 4096

// cache remembers resolutions, also those that failed. When the young generation is full it becomes the old one, so
// that memory stays bounded and what is in use survives.
type cache struct {
	mu         sync.RWMutex
	young, old map[cacheKey]*resolution
}

func (c *cache) get(key *cacheKey) *resolution {
	c.mu.RLock()
	r, ok := c.young[*key]
	if !ok {
		r = c.old[*key]
	}
	c.mu.RUnlock()
	if r != nil && !ok {
		c.put(*key, r)
	}
	return r
}

func (c *cache) put(key cacheKey, r *resolution) {
	if len(key.provider)+len(key.system)+len(key.server)+len(key.request)+len(key.response) > 4*maxNameLength {
		return
	}
	// The texts may be parts of a batch that is freed soon.
	key = cacheKey{
		strings.Clone(key.provider), strings.Clone(key.system), strings.Clone(key.server),
		strings.Clone(key.request), strings.Clone(key.response),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= cacheSize {
		c.old, c.young = c.young, make(map[cacheKey]*resolution)
	}
	c.young[key] = r
}
