package redact

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

// notation is a text and what becomes of it, with § in place of every label. Without want nothing changes.
type notation struct{ in, want string }

var labelExpr = regexp.MustCompile(`\[REDACTED:[a-z]+\.[-a-z0-9]+\]`)

// checkNotations runs the cases. It also checks that a second pass changes nothing, and that the same holds for the text as a JSON string,
// which stays valid.
func checkNotations(t *testing.T, r *Redactor, cases []notation) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.in, func(t *testing.T) {
			out, found := r.String("", c.in)
			want := c.want
			if want == "" {
				want = c.in
			}
			assert.Equal(t, want, labelExpr.ReplaceAllString(out, "§"), "%v", found)
			again, found := r.String("", out)
			assert.Equal(t, out, again, "%v", found)

			quoted, err := json.Marshal(map[string]string{"content": c.in})
			assert.NoError(t, err)
			out, _ = r.String("", string(quoted))
			var back map[string]string
			if assert.NoError(t, json.Unmarshal([]byte(out), &back), out) {
				assert.Equal(t, want, labelExpr.ReplaceAllString(back["content"], "§"), out)
			}
		})
	}
}
