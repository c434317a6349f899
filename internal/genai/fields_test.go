package genai

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryFieldHasAReader shows that no name is read into a field that nothing asks
// for: besides the tables, each field is named in this package or in another.
func TestEveryFieldHasAReader(t *testing.T) {
	declared := map[string]bool{}
	for _, name := range identifiers(t, "field.go") {
		declared[name] = true
	}
	asked := map[string]bool{}
	root := filepath.Join("..", "..")
	for _, dir := range []string{"internal", "processor", "exporter", "connector", "extension", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case os.IsNotExist(err):
				return nil
			case err != nil, entry.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
				return err
			}
			if own := filepath.Dir(path) == filepath.Join(root, "internal", "genai"); own && isTable(filepath.Base(path)) {
				return nil
			}
			for _, name := range identifiers(t, path) {
				asked[name] = true
			}
			return nil
		})
		require.NoError(t, err)
	}
	for _, name := range fieldNames(t) {
		require.True(t, declared[name], name)
		assert.True(t, asked[name], "field %s: names are read into it, and nothing asks for it", name)
	}
}

// isTable reports whether a file of this package only says which names there are.
func isTable(file string) bool {
	return file == "field.go" || file == "bare.go" || strings.HasPrefix(file, "vocabulary")
}

func identifiers(t *testing.T, path string) []string {
	t.Helper()
	source, err := os.ReadFile(path)
	require.NoError(t, err)
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile(path, files.Base(), len(source)), source, nil, 0)
	var all []string
	for {
		_, kind, text := s.Scan()
		switch kind {
		case token.EOF:
			return all
		case token.IDENT:
			all = append(all, text)
		}
	}
}

// fieldNames are the fields, as field.go has them after its type.
func fieldNames(t *testing.T) []string {
	t.Helper()
	var all []string
	after := false
	for _, name := range identifiers(t, "field.go") {
		switch {
		case name == "fieldCount":
			return all
		case name == "iota":
			after = true
			all = append(all, "OperationName")
		case after:
			all = append(all, name)
		}
	}
	t.Fatal("field.go has no fieldCount")
	return nil
}
