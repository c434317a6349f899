package docs

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

const (
	repository = "../.."
	pages      = repository + "/docs/config"
)

// names lists the files of a folder that have an extension, without it.
func names(t *testing.T, folder, extension string) []string {
	t.Helper()
	var found []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == extension {
			relative, _ := filepath.Rel(folder, path)
			found = append(found, strings.TrimSuffix(relative, extension))
		}
		return err
	}))
	return found
}

func TestEveryConfigurationHasItsPage(t *testing.T) {
	assert.ElementsMatch(t, names(t, repository+"/config", ".yaml"), names(t, pages, ".md"))
}

var (
	commands = regexp.MustCompile("(?s)```sh\n(.*?)```")
	sections = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	given    = regexp.MustCompile(`config/[a-z/-]+\.yaml`)
	rows     = regexp.MustCompile("(?m)^\\| (`.*?) \\|")
	quoted   = regexp.MustCompile("`([^`]*)`")
	links    = regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
)

// TestPagesOfConfigurations runs the commands of each page with the shell, and its
// YAML on top of the first one's files; what runs is `otelcol-llm validate`. Links
// lead somewhere, and messages are in the binary.
func TestPagesOfConfigurations(t *testing.T) {
	path := validating(t)
	program, err := os.ReadFile(e2e.Binary(t))
	require.NoError(t, err)
	for _, page := range names(t, pages, ".md") {
		t.Run(page, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(pages, page+".md"))
			require.NoError(t, err)
			text := string(raw)
			shown := commands.FindAllStringSubmatch(text, -1)
			require.NotEmpty(t, shown, "the command that runs it")
			require.Contains(t, given.FindAllString(shown[0][1], -1), "config/"+page+".yaml")
			for _, command := range shown {
				validate(t, path, command[1])
			}
			first := strings.TrimRight(shown[0][1], "\n")
			for i, section := range sections.FindAllStringSubmatch(text, -1) {
				file := filepath.Join(t.TempDir(), "section.yaml")
				require.NoError(t, os.WriteFile(file, []byte(section[1]), 0o600))
				t.Logf("section %d", i+1)
				validate(t, path, first+" --config "+file+"\n")
			}
			for _, link := range links.FindAllStringSubmatch(text, -1) {
				_, err := os.Stat(filepath.Join(pages, filepath.Dir(page), link[1]))
				assert.NoError(t, err, link[1])
			}
			for _, row := range rows.FindAllStringSubmatch(text, -1) {
				for _, message := range quoted.FindAllStringSubmatch(row[1], -1) {
					for part := range strings.SplitSeq(message[1], "…") {
						assert.True(t, bytes.Contains(program, []byte(strings.TrimSpace(part))) || address(part), "nothing in the binary says %q", part)
					}
				}
			}
		})
	}
}

// address reports whether a cell is no message but where something answers.
func address(cell string) bool {
	return strings.Contains(cell, ":") && strings.ContainsAny(cell, "0123456789")
}

// validating is a PATH on which otelcol-llm is `otelcol-llm validate`.
func validating(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\nexec " + e2e.Binary(t) + " validate \"$@\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "otelcol-llm"), []byte(script), 0o700))
	return dir + string(os.PathListSeparator) + os.Getenv("PATH")
}

// validate runs a command of a page in the repository, with no variable of a
// destination but its own.
func validate(t *testing.T, path, command string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", command)
	cmd.Dir = repository
	cmd.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "PATH=") || strings.HasPrefix(entry, "OTEL")
	})
	cmd.Env = append(cmd.Env, "PATH="+path, e2e.BinaryVariable+"="+e2e.Binary(t))
	output, err := cmd.CombinedOutput()
	assert.NoError(t, err, "%s\n%s", command, output)
}
