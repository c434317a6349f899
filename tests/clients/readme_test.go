package clients

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

// destinations are those with which every client is compared, by the names of
// the subtests.
var destinations = []string{"libsql", "langfuse", "datadog", "datadog-llmobs", "otlp", "mastra", "prometheus", "mastra-api"}

const (
	tableHead = "\n| source |"
	tests     = "../../tests"
)

var (
	named    = regexp.MustCompile("`([^`]+)`")
	declared = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
)

// TestTableOfTheREADME holds the table of sources and destinations to the tests:
// each cell names tests that there are, those of the clients each in its own
// column, and none is left out.
func TestTableOfTheREADME(t *testing.T) {
	raw, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(raw), tableHead)
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")
	there := testNames(t)
	shown := map[string]int{}
	for n, line := range strings.Split(table, "\n") {
		if n < 2 { // the rest of the head, and the rule below it
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		require.Len(t, cells, 1+len(destinations), line)
		for i, cell := range cells[1:] {
			for _, found := range named.FindAllStringSubmatch(cell, -1) {
				name := found[1]
				if client, ok := strings.CutSuffix(name, "/"+destinations[i]); ok {
					shown[client]++
					continue
				}
				assert.True(t, there[name], "%s is no test, or stands in another column than its own: %s", name, destinations[i])
			}
		}
	}
	want := map[string]int{}
	for i := range clients {
		want[clients[i].name] = len(destinations)
	}
	assert.Equal(t, want, shown, "cells of each client")
}

// testNames are the tests of the built binary.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	require.NoError(t, filepath.WalkDir(tests, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		raw, err := os.ReadFile(path)
		for _, name := range declared.FindAllSubmatch(raw, -1) {
			found[string(name[1])] = true
		}
		return err
	}))
	return found
}
