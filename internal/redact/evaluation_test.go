package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// recall runs the cases and reports the places in which values have stayed.
func recall(t *testing.T, cases []redacttest.Case, want float64) {
	t.Helper()
	r := newRedactor(t)
	missed := map[string]int{}
	total := 0
	for _, c := range cases {
		if out, _ := r.String("", c.Text); strings.Contains(out, c.Value) {
			missed[c.Place]++
			total++
		}
	}
	for place, n := range missed {
		t.Logf("%3d missed: %q", n, place)
	}
	got := 1 - float64(total)/float64(len(cases))
	t.Logf("%d of %d found (%.2f %%)", len(cases)-total, len(cases), 100*got)
	assert.GreaterOrEqual(t, got, want)
}

func TestRecallOfPasswords(t *testing.T)    { recall(t, redacttest.PasswordCases(), 0.99) }
func TestRecallOfKeyedSecrets(t *testing.T) { recall(t, redacttest.KeyedCases(), 0.99) }
func TestRecallOfLayouts(t *testing.T)      { recall(t, redacttest.LayoutCases(), 0.99) }
func TestRecallOfDocuments(t *testing.T)    { recall(t, redacttest.DocumentCases(), 0.99) }
func TestRecallOfCredentials(t *testing.T)  { recall(t, redacttest.CredentialCases(), 0.99) }
func TestRecallOfTokens(t *testing.T)       { recall(t, redacttest.TokenCases(), 0.99) }
func TestRecallOfPersonalData(t *testing.T) { recall(t, redacttest.PersonalCases(), 0.96) }

func TestHarmlessTextsStay(t *testing.T) {
	r := newRedactor(t)
	cases := redacttest.HarmlessCases()
	changed := 0
	for _, c := range cases {
		if out, found := r.String("", c.Text); out != c.Text {
			changed++
			t.Logf("%s: %.150q", found[0].Rule, c.Text)
		}
	}
	t.Logf("%d of %d changed", changed, len(cases))
	assert.LessOrEqual(t, float64(changed)/float64(len(cases)), 0.003)
}
