package redact

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"sync"
	"unsafe"
)

const (
	// windowSize is the number of bytes of a spelling by which it is noticed in a text.
	windowSize = 8
	// maxChain bounds the spellings that one window may stand for, so that no choice of values makes a text slow.
	maxChain = 8
	// filterBits is the number of bits of the filter for each spelling.
	filterBits = 32
	// maxSpellings bounds a set.
	maxSpellings = 60_000
	// sumSize is the length of the hash of a spelling.
	sumSize = 16
)

// knownKey is the key of all hashes of known values. It is made at random when it is first needed, and never leaves the process.
type knownKey struct {
	add, multiply uint64
	sum           [32]byte
}

var processKey = sync.OnceValue(func() *knownKey {
	var raw [48]byte
	_, _ = rand.Read(raw[:]) // never fails: see crypto/rand
	k := &knownKey{add: binary.LittleEndian.Uint64(raw[:]), multiply: binary.LittleEndian.Uint64(raw[8:]) | 1}
	copy(k.sum[:], raw[16:])
	return k
})

// window is a keyed hash of eight bytes, of which it keeps half.
func (k *knownKey) window(v uint64) uint32 { return uint32((v ^ k.add) * k.multiply >> 32) }

// spelling is one way in which a known value is written, folded. It keeps hashes only.
type spelling struct {
	// window is the hash of the eight bytes at offset, samples one of bytes at some other places.
	window, samples uint32
	sum             [sumSize]byte
	size, offset    uint16
	places          [2]uint16
	// group is how many bytes stand before the value in its first group of three, where the spelling is base64.
	group   uint8
	encoded bool
	// slashed is set where the first characters of the value, with a backslash before them, look like an escape sequence: C:\name.
	slashed bool
	value   uint16
	next    uint16
}

// knownValue is a value that is looked for.
type knownValue struct {
	// clear is the value itself. It is empty in what outlives a batch.
	clear string
	// label takes the place of the value where it cannot be made from the rule alone: it has a hash or a number of it.
	label string
	// bytes is the length of the value as it was found.
	bytes uint16
	rule  ruleID
	worth worth
}

// knownSet finds the spellings of values in texts, all in one pass. It does not change once it is built, apart from add.
type knownSet struct {
	key       *knownKey
	values    []knownValue
	spellings []spelling
	// heads are the first spellings of the chains by the hash of their windows, each 1 more than its index.
	heads []uint16
	// filter has a bit for every window, at its first bits: shift takes away the others.
	filter []uint64
	shift  uint8
	// shortest is the size of the shortest spelling.
	shortest int
}

// samplesOf is a keyed hash of the ends of a spelling and of two places within it: who does not know the places makes no text in which many
// almost-spellings stand.
func (k *knownKey) samplesOf(s string, places [2]uint16) uint32 {
	h := k.add
	for _, p := range [...]int{0, len(s) - windowSize, int(places[0]), int(places[1])} {
		h = (h ^ loadWindow(s, p)) * k.multiply
		h ^= h >> 29
	}
	return uint32(h >> 32)
}

func loadWindow(s string, i int) uint64 {
	return binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(s[i:i+windowSize]), windowSize)) //nolint:gosec // read only, and only here
}

// sumOf is the keyed hash by which a spelling is recognised. buf is working memory.
func (k *knownKey) sumOf(s string, buf *[]byte) (sum [sumSize]byte) {
	*buf = append(append((*buf)[:0], k.sum[:]...), s...)
	full := sha256.Sum256(*buf)
	clear(*buf)
	copy(sum[:], full[:])
	return sum
}

// spell appends a spelling, of which value and what it is are filled in.
func (set *knownSet) spell(s string, sp spelling, buf *[]byte) {
	if len(s) < windowSize || len(s) > 1<<16-1 || len(set.spellings) >= maxSpellings {
		return
	}
	last := len(s) - windowSize
	sp.size, sp.sum = uint16(len(s)), set.key.sumOf(s, buf)
	// The places come from the hash: the same for the same value, and unknown to others.
	for i := range sp.places {
		sp.places[i] = uint16(int(binary.LittleEndian.Uint16(sp.sum[2*i:])) % (last + 1))
	}
	sp.samples = set.key.samplesOf(s, sp.places)
	// The end of a value is what tells it from others with the same prefix; where many end alike, another part may.
	for _, offset := range [...]int{last, 0, last / 2, int(sp.places[0])} {
		sp.offset, sp.window = uint16(offset), set.key.window(loadWindow(s, offset))
		if set.chain(sp.window) < maxChain {
			break
		}
	}
	set.link(sp)
}

// chain returns the number of spellings with a window.
func (set *knownSet) chain(window uint32) (n int) {
	if len(set.heads) == 0 {
		return 0
	}
	for i := set.heads[window&uint32(len(set.heads)-1)]; i > 0; i = set.spellings[i-1].next {
		if set.spellings[i-1].window == window {
			n++
		}
	}
	return n
}

// link adds a spelling to the tables, which grow as needed. One whose window too many others have is left out.
func (set *knownSet) link(sp spelling) {
	if set.chain(sp.window) >= maxChain {
		return
	}
	set.spellings = append(set.spellings, sp)
	if set.shortest == 0 || int(sp.size) < set.shortest {
		set.shortest = int(sp.size)
	}
	if 2*len(set.spellings) <= len(set.heads) {
		set.enter(len(set.spellings) - 1)
		return
	}
	size := max(16, 2*len(set.heads))
	set.heads = make([]uint16, size)
	set.filter = make([]uint64, size*filterBits/2/64)
	set.shift = uint8(32 - bits.Len(uint(64*len(set.filter)-1)))
	for i := range set.spellings {
		set.enter(i)
	}
}

func (set *knownSet) enter(i int) {
	sp := &set.spellings[i]
	head := &set.heads[sp.window&uint32(len(set.heads)-1)]
	sp.next, *head = *head, uint16(i+1)
	bit := sp.window >> set.shift
	set.filter[bit>>6] |= 1 << (bit & 63)
}

// comparedFactor and comparedFree bound the bytes that are compared, in multiples of the text. A text beyond it is made to cost time; what
// almost is a known value is then taken for it.
const (
	comparedFactor = 4
	comparedFree   = 64 << 10
)

// search calls hit with every spelling in s, which is folded, and the place where it begins. The time is linear in the length of s.
func (set *knownSet) search(s string, buf *[]byte, hit func(start int, sp *spelling)) {
	if len(s) < set.shortest || len(set.spellings) == 0 {
		return
	}
	b := unsafe.Slice(unsafe.StringData(s), len(s)) //nolint:gosec // read only, and only here
	key, filter := set.key, set.filter
	compared := 0
	for i := 0; i+windowSize <= len(b); i++ {
		w := key.window(binary.LittleEndian.Uint64(b[i:]))
		if bit := w >> set.shift; filter[bit>>6]>>(bit&63)&1 == 0 {
			continue
		}
		for n := set.heads[w&uint32(len(set.heads)-1)]; n > 0; {
			sp := &set.spellings[n-1]
			n = sp.next
			start := i - int(sp.offset)
			end := start + int(sp.size)
			if sp.window != w || start < 0 || end > len(s) || key.samplesOf(s[start:end], sp.places) != sp.samples {
				continue
			}
			if compared <= comparedFactor*len(s)+comparedFree {
				compared += end - start
				if key.sumOf(s[start:end], buf) != sp.sum {
					continue
				}
			}
			hit(start, sp)
		}
	}
}

// with returns a set that also has values, up to a number in all. It is set itself where none is new. Without keep, their texts are dropped.
func (set *knownSet) with(values []knownValue, limit int, keep bool) *knownSet {
	key := processKey()
	var f folder
	var buf []byte
	sums := make(map[[sumSize]byte]bool, len(set.spellings)+len(values))
	for i := range set.spellings {
		sums[set.spellings[i].sum] = true
	}
	out := set
	for _, v := range values {
		if len(out.values) >= limit {
			break
		}
		plain := f.foldValue(v.clear)
		if len(plain) < windowSize {
			continue
		}
		sum := key.sumOf(plain, &buf)
		if sums[sum] {
			continue
		}
		sums[sum] = true
		if out == set {
			out = set.copy(key)
		}
		out.add(v, plain, &f, &buf, keep)
	}
	if out.key == nil {
		out = set.copy(key)
	}
	return out
}

// copy returns a set of its own with the same spellings.
func (set *knownSet) copy(key *knownKey) *knownSet {
	out := &knownSet{key: key}
	out.values = append(out.values, set.values...)
	for _, sp := range set.spellings {
		out.link(sp)
	}
	return out
}

// add takes a value in, with all its spellings; plain is the folded one.
func (set *knownSet) add(v knownValue, plain string, f *folder, buf *[]byte, keep bool) {
	n := uint16(len(set.values))
	set.spell(plain, spelling{value: n}, buf)
	if escapeLetters.has(v.clear[0]) {
		// A letter that is none of an escape sequence folds to itself, and is left to the plain spelling.
		if slashed := f.foldValue(`\` + v.clear); slashed[0] != v.clear[0] {
			set.spell(slashed, spelling{value: n, slashed: true}, buf)
		}
	}
	forms := [...]string{v.clear, ""}
	if foldBytes.anyIn(v.clear) {
		decode := folder{keepPlus: true}
		if decoded := decode.fold(v.clear); decoded != v.clear {
			forms[1] = decoded
		}
	}
	for _, form := range forms {
		if form != "" {
			encodedForms(form, func(text string, group int) {
				set.spell(f.fold(text), spelling{value: n, group: uint8(group), encoded: true}, buf)
			})
		}
	}
	if !keep {
		v.clear = ""
	}
	set.values = append(set.values, v)
}
