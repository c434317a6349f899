package pricing

// row is a record's prices for one range of context lengths, with every missing price resolved.
type row struct {
	above  int64
	rates  [NumBuckets]float64
	listed Set
	cached Set // buckets whose price is one for tokens read from a cache, not the price of uncached ones
}

const cacheReads = Set(1<<CacheRead | 1<<AudioCacheRead | 1<<ImageCacheRead)

// factor returns what a service tier does to the price of a bucket. Searches, seconds and the call itself cost the same
// in every tier.
func (rw *row) factor(tier tierFactor, b Bucket) float64 {
	switch {
	case !buckets[b].tokens:
		return 1
	case rw.cached.Has(b):
		return tier.cacheRead
	default:
		return tier.tokens
	}
}

// Anthropic bills a cache write at a multiple of the input price: 1.25 for five minutes, 2 for an hour.
const (
	claudeWrite   = 1.25
	claudeWrite1h = 2.0
)

// compile resolves missing prices. A step that lacks a price keeps the one of the step below.
func (r *Record) compile(claude bool) {
	rates := r.Rates
	r.rows = append(make([]row, 0, 1+len(r.Above)), r.resolve(&rates, 0, claude))
	for _, step := range r.Above {
		for b := range rates {
			if step.Rates[b].Listed() {
				rates[b] = step.Rates[b]
			}
		}
		r.rows = append(r.rows, r.resolve(&rates, step.Tokens, claude))
	}
}

func (r *Record) resolve(rates *RateSet, above int64, claude bool) row {
	out := row{above: above}
	set := func(b Bucket, v float64) {
		out.rates[b] = v
		out.listed |= 1 << b
	}
	for b := range NumBuckets { // a parent stands before its children
		parent := buckets[b].parent
		switch {
		case rates[b].Listed():
			set(b, rates[b].value)
			out.cached |= cacheReads & (1 << b)
		case claude && b == CacheWrite && rates[Input].Listed():
			set(b, rates[Input].value*claudeWrite)
		case claude && b == CacheWrite1h && rates[Input].Listed():
			set(b, rates[Input].value*claudeWrite1h)
		case b == AudioInput && r.AudioAsText && out.listed.Has(Input):
			set(b, out.rates[Input])
		case b == Output && out.listed.Has(Input):
			set(b, 0) // an embedding model bills its input only
		case parent != b && out.listed.Has(parent):
			set(b, out.rates[parent])
			if out.cached.Has(parent) {
				out.cached |= 1 << b
			}
		}
	}
	return out
}

func (r *Record) row(input int64) *row {
	i := len(r.rows) - 1
	for i > 0 && input <= r.rows[i].above {
		i--
	}
	return &r.rows[i]
}

// charge multiplies the usage by the row's prices. scale applies to tokens, multiplier to everything.
func (q *Quote) charge(rw *row, u *Usage, scale tierFactor, multiplier float64) {
	var sum, lost float64
	billed := false
	for b := range NumBuckets {
		n := u[b]
		if b == Request {
			n = 1
		}
		if n == 0 {
			continue
		}
		if !rw.listed.Has(b) {
			if b != Request {
				q.Partial |= 1 << b
			}
			continue
		}
		cost := float64(n) * rw.rates[b] / buckets[b].per * multiplier * rw.factor(scale, b)
		q.Cost[b] = cost
		billed = true
		// Neumaier's sum: the total does not depend on the order of the buckets.
		t := sum + cost
		if sum >= cost {
			lost += (sum - t) + cost
		} else {
			lost += (cost - t) + sum
		}
		sum = t
	}
	q.Total = sum + lost
	if rw.listed.Has(Input) {
		plain := rw.rates[Input] / buckets[Input].per * multiplier * rw.factor(scale, Input)
		for _, b := range [...]Bucket{CacheRead, CacheWrite, CacheWrite1h} {
			q.CacheSavings += float64(u[b])*plain - q.Cost[b]
		}
	}
	if !billed && q.Partial != 0 {
		q.Kind = 0
	}
}
