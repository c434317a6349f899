package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// assertRedactsOnly checks that what stands in «» goes, that everything else stays, and that a second pass changes nothing.
func assertRedactsOnly(t *testing.T, r *Redactor, expectation string) {
	t.Helper()
	text := strings.NewReplacer("«", "", "»", "").Replace(expectation)
	out, found := r.String("", text)
	rest := out
	for i, piece := range strings.Split(strings.ReplaceAll(expectation, "»", "«"), "«") {
		if i%2 == 1 {
			assert.NotContains(t, out, piece, text)
			continue
		}
		n := strings.Index(rest, piece)
		if !assert.GreaterOrEqual(t, n, 0, "%q is gone from %q", piece, out) {
			return
		}
		rest = rest[n+len(piece):]
	}
	if !strings.Contains(expectation, "«") {
		assert.Equal(t, text, out, "%v", found)
	}
	again, found := r.String("", out)
	assert.Equal(t, out, again, "%v", found)
}

// redactsOnly runs assertRedactsOnly for each text.
func redactsOnly(t *testing.T, expectations []string) {
	t.Helper()
	r := newRedactor(t)
	for _, e := range expectations {
		t.Run(e, func(t *testing.T) { assertRedactsOnly(t, r, e) })
	}
}
