package redact

import (
	"bufio"
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oracleCase is one line of what oracle/gitleaks.sh writes.
type oracleCase struct {
	Rule    string
	Text    string
	Secrets []string
}

// TestGitleaksCases scores the scanner on the test cases of gitleaks' rules. They are not part of this repository; see
// oracle/gitleaks.sh.
func TestGitleaksCases(t *testing.T) {
	file := os.Getenv("REDACT_GITLEAKS")
	if file == "" {
		t.Skip("REDACT_GITLEAKS names no file; oracle/gitleaks.sh writes one")
	}
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	r := newRedactor(t)
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	positives, hits, negatives, changed := 0, 0, 0, 0
	missed := map[string][]string{}
	total := map[string]int{}
	for lines.Scan() {
		var c oracleCase
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		out, _ := r.String("", c.Text)
		if len(c.Secrets) == 0 {
			negatives++
			if out != c.Text {
				changed++
				if testing.Verbose() && os.Getenv("REDACT_SHOW") != "" {
					t.Logf("negative of %s: %.200q -> %.200q", c.Rule, c.Text, out)
				}
			}
			continue
		}
		positives++
		total[c.Rule]++
		gone := out != c.Text
		for _, s := range c.Secrets {
			gone = gone && !strings.Contains(out, s)
		}
		if gone {
			hits++
		} else {
			missed[c.Rule] = append(missed[c.Rule], c.Text)
		}
	}
	require.NoError(t, lines.Err())
	rules := make([]string, 0, len(missed))
	for rule := range missed {
		rules = append(rules, rule)
	}
	slices.SortFunc(rules, func(a, b string) int { return cmp.Compare(len(missed[b]), len(missed[a])) })
	for _, rule := range rules {
		t.Logf("%s: %d of %d missed", rule, len(missed[rule]), total[rule])
		if os.Getenv("REDACT_SHOW") != "" {
			for _, text := range missed[rule][:min(3, len(missed[rule]))] {
				t.Logf("    %.300q", text)
			}
		}
	}
	t.Logf("%d of %d positives (%.2f %%); %d of %d negatives changed", hits, positives, 100*float64(hits)/float64(positives), changed, negatives)
	assert.GreaterOrEqual(t, float64(hits)/float64(positives), 0.95)
}
