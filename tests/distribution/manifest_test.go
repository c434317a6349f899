// Package distribution tests what is in the binary: that the manifest, the
// generated list, go.mod and the binary itself say the same.
package distribution

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

const (
	root      = "../.."
	ourModule = "github.com/otelcol-llm/otelcol-llm"
)

// manifest is the part of builder-config.yaml that lists what is in the binary.
type manifest struct {
	Dist struct {
		Name, Version string
	}
	Receivers, Processors, Exporters, Connectors, Extensions, Providers []entry
}

type entry struct {
	GoMod  string `yaml:"gomod"` // "path version"
	Import string
}

func (e entry) module() (path, version string) {
	path, version, _ = strings.Cut(e.GoMod, " ")
	return path, version
}

func (m *manifest) byKind() map[string][]entry {
	return map[string][]entry{
		"receivers": m.Receivers, "processors": m.Processors, "exporters": m.Exporters,
		"connectors": m.Connectors, "extensions": m.Extensions,
	}
}

func readManifest(t *testing.T) *manifest {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "builder-config.yaml"))
	require.NoError(t, err)
	var m manifest
	require.NoError(t, yaml.Unmarshal(raw, &m))
	for kind, entries := range m.byKind() {
		require.NotEmpty(t, entries, kind)
	}
	require.NotEmpty(t, m.Providers)
	return &m
}

func TestManifestAndGoModNameTheSameVersions(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	mod, err := modfile.Parse("go.mod", raw, nil)
	require.NoError(t, err)
	required := map[string]string{}
	for _, r := range mod.Require {
		required[r.Mod.Path] = r.Mod.Version
	}
	m := readManifest(t)
	for kind, entries := range m.byKind() {
		for _, e := range entries {
			path, version := e.module()
			if path == ourModule {
				assert.Equal(t, "v0.0.0", version, "our own components come from this checkout")
				continue
			}
			assert.Equal(t, version, required[path], "%s: %s", kind, path)
		}
	}
	for _, e := range m.Providers {
		path, version := e.module()
		if path == ourModule {
			assert.Equal(t, "v0.0.0", version, "our own provider comes from this checkout")
			continue
		}
		assert.Equal(t, version, required[path])
	}
}

func TestGeneratedListHasTheManifestsComponents(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root, "cmd", "otelcol-llm", "components.go"))
	require.NoError(t, err)
	imports := regexp.MustCompile(`(?m)^\t\w+ "(\S+/(?:receiver|processor|exporter|connector|extension)/\S+)"$`).FindAllStringSubmatch(string(raw), -1)
	var got, want []string
	for _, found := range imports {
		if !strings.HasPrefix(found[1], "go.opentelemetry.io/collector/service") {
			got = append(got, found[1])
		}
	}
	for _, entries := range readManifest(t).byKind() {
		for _, e := range entries {
			path, version := e.module()
			assert.Contains(t, string(raw), `"`+path+" "+version+`"`)
			if e.Import != "" {
				path = e.Import
			}
			want = append(want, path)
		}
	}
	assert.ElementsMatch(t, want, got)
}

// TestBinaryHasTheManifestsComponents asks the binary itself.
func TestBinaryHasTheManifestsComponents(t *testing.T) {
	output, err := e2e.RunBinary(t, t.TempDir(), nil, "components")
	require.NoError(t, err, output)
	type component struct{ Name, Module string }
	var got struct {
		BuildInfo  struct{ Command, Version string } `yaml:"buildinfo"`
		Receivers  []component
		Processors []component
		Exporters  []component
		Connectors []component
		Extensions []component
		Providers  []struct{ Scheme, Module string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(output), &got), output)
	m := readManifest(t)
	assert.Equal(t, m.Dist.Name, got.BuildInfo.Command)
	assert.Equal(t, m.Dist.Version, got.BuildInfo.Version)

	modules := func(list []component) []string {
		seen := map[string]bool{} // a component and its deprecated alias count once
		for _, c := range list {
			seen[c.Module] = true
		}
		return slices.Sorted(maps.Keys(seen))
	}
	for kind, list := range map[string][]component{
		"receivers": got.Receivers, "processors": got.Processors, "exporters": got.Exporters,
		"connectors": got.Connectors, "extensions": got.Extensions,
	} {
		want := map[string]bool{}
		for _, e := range m.byKind()[kind] {
			want[e.GoMod] = true
		}
		assert.Equal(t, slices.Sorted(maps.Keys(want)), modules(list), kind)
		assert.Len(t, list, len(m.byKind()[kind]), kind)
	}
	var want, have []string
	for _, e := range m.Providers {
		want = append(want, e.GoMod)
	}
	for _, p := range got.Providers {
		have = append(have, p.Module)
	}
	assert.ElementsMatch(t, want, have)

	for _, name := range []string{"sensitive_filter", "llm_cost", "span_dedup", "cumulative", "libsql", "trace_total", "retry_refused"} {
		assert.Contains(t, output, "- name: "+name+"\n")
	}
}

// TestWhatPlainOCBMakesCompilesAndStarts generates the distribution as the
// upstream builder does, main.go included, and runs it. The generated module
// gets this repository's versions: a plain `go mod tidy` needs modules that
// cannot be had here.
func TestWhatPlainOCBMakesCompilesAndStarts(t *testing.T) {
	checkout, err := filepath.Abs(root)
	require.NoError(t, err)
	// Where the manifest says, so that its replace directive is what is tested.
	out := filepath.Join(checkout, "build")
	require.NoError(t, os.RemoveAll(out))
	t.Cleanup(func() { _ = os.RemoveAll(out) })
	run := func(dir, name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s %v\n%s", name, args, output)
	}
	run(checkout, "go", "tool", "-modfile", "internal/tools/go.mod", "builder",
		"--config", "builder-config.yaml", "--skip-get-modules", "--skip-compilation")
	writeGeneratedModule(t, checkout, out)
	run(out, "go", "build", "-mod=mod", "-ldflags=-s -w", "-o", "otelcol-llm", ".")

	t.Setenv(e2e.BinaryVariable, filepath.Join(out, "otelcol-llm"))
	// It is healthy a moment before it listens for SIGTERM, so that stopping it
	// proves nothing.
	e2e.StartCollector(t, "--config", filepath.Join(checkout, "config", "local.yaml"))
}

// writeGeneratedModule writes the go.mod that ocb would have made, at the
// versions of ours.
func writeGeneratedModule(t *testing.T, checkout, out string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	require.NoError(t, err)
	mod, err := modfile.Parse("go.mod", raw, nil)
	require.NoError(t, err)
	require.NoError(t, mod.AddModuleStmt("github.com/otelcol-llm/distribution"))
	require.NoError(t, mod.AddRequire(ourModule, "v0.0.0"))
	require.NoError(t, mod.AddReplace(ourModule, "", "../", ""))
	formatted, err := mod.Format()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(out, "go.mod"), formatted, 0o600))
	sums, err := os.ReadFile(filepath.Join(checkout, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(out, "go.sum"), sums, 0o600))
}
