package redact

// blockSize is the number of bytes that one classification step covers: one bit each in a mask.
const blockSize = 64

// masks holds one bit per byte of a block, lowest bit first.
type masks struct {
	letter uint64 // A-Z a-z
	digit  uint64 // 0-9
	join   uint64 // bytes that occur within tokens: _ - . / + $
	op     uint64 // bytes that may separate a key from its value, or that only occur in an address
}

// Byte classes, one 16-bit lane each, so that sixteen table look-ups joined by OR give four masks of sixteen bits.
const (
	laneLetter = 1
	laneDigit  = 1 << 16
	laneJoin   = 1 << 32
	laneOp     = 1 << 48
)

// lanes maps a byte to the bit of its lane, or to 0.
var lanes = buildLanes()

func buildLanes() (t [256]uint64) {
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = laneLetter, laneLetter
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = laneDigit
	}
	for _, c := range []byte("_-./+$") {
		t[c] = laneJoin
	}
	// ':' and '=' separate keys from values, '>' closes an XML tag, '@' joins the parts of an address, and '%' starts an escaped
	// one. 0xEF begins the full-width colon and equals sign of East Asian text. '~' stands in the client secrets of Microsoft Entra. '(' opens
	// the arguments of a call. The escape character, '[' and 0x9B stand in escape sequences. The others are the last bytes of foreignKeys.
	for _, c := range []byte{':', '=', '>', '@', '%', '~', '(', 0xEF, 0x86, 0x8C, 0x89, 0xB8, 0x94, 0xB1, 0x99, 0xA9, 0x1B, '[', 0x9B} {
		t[c] = laneOp
	}
	return t
}

// classify returns the masks of the 64 bytes of b.
func classify(b *[blockSize]byte) masks {
	a0 := classify16((*[16]byte)(b[0:16]))
	a1 := classify16((*[16]byte)(b[16:32]))
	a2 := classify16((*[16]byte)(b[32:48]))
	a3 := classify16((*[16]byte)(b[48:64]))
	const low = 0xFFFF
	return masks{
		letter: a0&low | a1&low<<16 | a2&low<<32 | a3&low<<48,
		digit:  a0>>16&low | a1>>16&low<<16 | a2>>16&low<<32 | a3>>16&low<<48,
		join:   a0>>32&low | a1>>32&low<<16 | a2>>32&low<<32 | a3>>32&low<<48,
		op:     a0>>48 | a1>>48<<16 | a2>>48<<32 | a3>>48<<48,
	}
}

func classify16(b *[16]byte) uint64 {
	return lanes[b[0]] | lanes[b[1]]<<1 | lanes[b[2]]<<2 | lanes[b[3]]<<3 |
		lanes[b[4]]<<4 | lanes[b[5]]<<5 | lanes[b[6]]<<6 | lanes[b[7]]<<7 |
		lanes[b[8]]<<8 | lanes[b[9]]<<9 | lanes[b[10]]<<10 | lanes[b[11]]<<11 |
		lanes[b[12]]<<12 | lanes[b[13]]<<13 | lanes[b[14]]<<14 | lanes[b[15]]<<15
}

// charset is a set of bytes.
type charset [4]uint64

func (c *charset) has(b byte) bool { return c[b>>6]>>(b&63)&1 != 0 }

func (c *charset) add(b byte) { c[b>>6] |= 1 << (b & 63) }

// all reports whether s consists of the set.
func (c *charset) all(s string) bool {
	for i := 0; i < len(s); i++ {
		if !c.has(s[i]) {
			return false
		}
	}
	return true
}

// anyIn reports whether s has a byte of the set.
func (c *charset) anyIn(s string) bool {
	for i := range len(s) {
		if c.has(s[i]) {
			return true
		}
	}
	return false
}

// set builds a charset from ranges such as "a-z"; a '-' at the beginning stands for itself.
func set(spec string) *charset {
	var c charset
	for i := 0; i < len(spec); i++ {
		lo, hi := spec[i], spec[i]
		if i+2 < len(spec) && spec[i+1] == '-' {
			hi = spec[i+2]
			i += 2
		}
		for b := int(lo); b <= int(hi); b++ {
			c[b>>6] |= 1 << (b & 63)
		}
	}
	return &c
}

var (
	alnum     = set("0-9A-Za-z")
	lowerNum  = set("0-9a-z")
	upperNum  = set("0-9A-Z")
	hexLower  = set("0-9a-f")
	hexAny    = set("0-9a-fA-F")
	hexDashed = set("-0-9a-fA-F")
	base64Set = set("0-9A-Za-z+/=")
	// base64Body is base64 without its padding.
	base64Body = set("0-9A-Za-z+/")
	urlSafe    = set("-0-9A-Za-z_")
	urlDotted  = set("-0-9A-Za-z_.")
	digits     = set("0-9")
	// token68 is the alphabet of credentials in an Authorization header (RFC 9110, 11.2).
	token68 = set("-0-9A-Za-z._~+/=")
	// runSet is the alphabet of the runs in which the scanner looks for tokens.
	runSet  = set("-0-9A-Za-z_./+$")
	letters = set("A-Z_a-z")
	// identSet holds what a key may consist of besides letters outside ASCII.
	identSet = set("-0-9A-Za-z_.$")
)

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
func isAlnum(b byte) bool  { return isLetter(b) || isDigit(b) }
func isUpper(b byte) bool  { return b >= 'A' && b <= 'Z' }
func isLower(b byte) bool  { return b >= 'a' && b <= 'z' }
func isSpace(b byte) bool  { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }
func isHex(b byte) bool    { return isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'f' }

// lowered maps ASCII capitals to small letters and all else to itself.
var lowered = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if isUpper(byte(i)) {
			t[i] += 0x20
		}
	}
	return t
}()

func lower(b byte) byte { return lowered[b] }
