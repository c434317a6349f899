package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// mastraPackage is the npm package that holds the filter, at the version that the README's numbers are of.
const mastraPackage = "@mastra/observability@1.17.9"

//go:embed mastra.mjs
var mastraScript []byte

// mastraAll passes texts through Mastra's filter, each as the attribute of a span of Mastra.
func mastraAll(texts []string) ([]string, error) {
	dir, err := os.MkdirTemp("", "mastra-filter")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, "filter.mjs"), mastraScript, 0o600); err != nil {
		return nil, err
	}
	install := exec.Command("npm", "install", "--no-audit", "--no-fund", "--silent", mastraPackage)
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm install %s: %w: %s", mastraPackage, err, out)
	}
	var in bytes.Buffer
	w := json.NewEncoder(&in)
	w.SetEscapeHTML(false)
	for _, text := range texts {
		if err := w.Encode(text); err != nil {
			return nil, err
		}
	}
	run := exec.Command("node", "filter.mjs")
	run.Dir = dir
	run.Stdin = &in
	run.Stderr = os.Stderr
	raw, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 1<<24)
	var out []string
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	if len(out) != len(texts) {
		return nil, fmt.Errorf("%d results for %d texts", len(out), len(texts))
	}
	return out, lines.Err()
}
