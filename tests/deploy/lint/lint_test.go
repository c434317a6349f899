// Package lint reads files of deploy/ with the code of the tools that they are
// for: Docker Compose's loader, and BuildKit's parser and linter of Dockerfiles. It
// is a module of its own, so that the collector does not depend on them.
package lint

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

var deploy = filepath.Join("..", "..", "..", "deploy")

// TestComposeLoads loads the project as `docker compose config` does: interpolated,
// checked against the schema, and for consistency.
func TestComposeLoads(t *testing.T) {
	options, err := cli.NewProjectOptions([]string{filepath.Join(deploy, "compose", "compose.yaml")}, cli.WithName("lint"))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(project.Services) == 0 {
		t.Fatal("no services")
	}
	for name, service := range project.Services {
		for _, volume := range service.Volumes {
			if volume.Type != "bind" {
				continue
			}
			if _, err := os.Stat(volume.Source); err != nil {
				t.Errorf("%s mounts what is not there: %v", name, err)
			}
		}
	}
}

// TestDockerfileHasNoWarnings parses the image's Dockerfile as a build does, with
// all of the linter's rules that look at a Dockerfile alone.
func TestDockerfileHasNoWarnings(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(deploy, "docker", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, warning := range lint(t, text) {
		t.Error(warning)
	}
	if len(lint(t, append([]byte("from scratch AS Upper\n"), text...))) == 0 {
		t.Error("the linter finds nothing in a Dockerfile that it has to complain about")
	}
}

func lint(t *testing.T, dockerfile []byte) []string {
	t.Helper()
	parsed, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	var warnings []string
	for _, warning := range parsed.Warnings {
		warnings = append(warnings, warning.Short)
	}
	rules := linter.New(&linter.Config{
		Warn: func(rule, _, _, short string, _ []parser.Range) { warnings = append(warnings, rule+": "+short) },
	})
	stages, _, err := instructions.Parse(parsed.AST, rules)
	if err != nil {
		t.Fatal(err)
	}
	if len(stages) == 0 {
		t.Fatal("no stages")
	}
	return warnings
}
