package redact

import (
	"encoding/binary"
	"unsafe"
)

// highBits has the bit of each byte of a word that no ASCII character has.
const highBits = 0x8080808080808080

// ASCII reports whether s has no byte above 0x7F. Most text has none, and what only concerns other letters need not look at it twice.
func ASCII(s string) bool {
	b := unsafe.Slice(unsafe.StringData(s), len(s)) //nolint:gosec // read only, and only here
	for len(b) >= 32 {
		if (word(b)|word(b[8:])|word(b[16:])|word(b[24:]))&highBits != 0 {
			return false
		}
		b = b[32:]
	}
	for len(b) >= 8 {
		if word(b)&highBits != 0 {
			return false
		}
		b = b[8:]
	}
	var rest byte
	for _, c := range b {
		rest |= c
	}
	return rest < 0x80
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
