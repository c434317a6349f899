package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const reliability = "../../docs/reliability.md"

var (
	testDeclared = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	testNamed    = regexp.MustCompile("`(Test\\w+)`")
)

// TestReliabilityNamesTests: each test that docs/reliability.md names exists, each of
// tests/chaos is named there, and each row of its promises names one.
func TestReliabilityNamesTests(t *testing.T) {
	raw, err := os.ReadFile(reliability)
	require.NoError(t, err)
	page := string(raw)
	all, chaos := declaredTests(t, "../.."), declaredTests(t, "../chaos")
	require.NotEmpty(t, chaos)
	named := map[string]bool{}
	for _, name := range testNamed.FindAllStringSubmatch(page, -1) {
		named[name[1]] = true
		assert.True(t, all[name[1]], "%s is no test", name[1])
	}
	for name := range chaos {
		if strings.HasPrefix(name, "TestThe") {
			continue // of the ledger and the scanner themselves
		}
		assert.True(t, named[name], "%s is not named", name)
	}

	_, promises, ok := strings.Cut(page, "\n## Promises\n")
	require.True(t, ok)
	promises, _, ok = strings.Cut(promises, "\n## ")
	require.True(t, ok)
	rows := 0
	for line := range strings.Lines(promises) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") || strings.HasSuffix(strings.TrimSpace(line), "| the test |") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		last := cells[len(cells)-1]
		assert.True(t, testNamed.MatchString(last) || strings.Contains(last, "`tests/chaos`"), "no test is named for: %s", line)
	}
	assert.Greater(t, rows, 10)
}

// declaredTests are the test functions below a folder.
func declaredTests(t *testing.T, folder string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	require.NoError(t, filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		raw, err := os.ReadFile(file)
		for _, name := range testDeclared.FindAllStringSubmatch(string(raw), -1) {
			found[name[1]] = true
		}
		return err
	}))
	return found
}
