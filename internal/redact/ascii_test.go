package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestASCIISeesEveryByte: one byte above 0x7F at each place of texts of each length.
func TestASCIISeesEveryByte(t *testing.T) {
	for n := range 100 {
		plain := strings.Repeat("a\x7f\x00", 34)[:n]
		assert.True(t, ASCII(plain), n)
		for i := range n {
			for _, c := range []string{"\x80", "\xff", "\xc2"} {
				assert.False(t, ASCII(plain[:i]+c+plain[i+1:]), "%d of %d", i, n)
			}
		}
	}
}
