// Command buildcost measures what each component of builder-config.yaml adds to
// a cold build: the processor time of compiling the packages that no other
// component needs. It compiles everything anew, which takes minutes, in a
// build cache of its own that it removes.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

const mainPackage = "./cmd/otelcol-llm"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	seconds, err := compileTimes()
	if err != nil {
		return err
	}
	components, err := manifestPackages()
	if err != nil {
		return err
	}
	base, err := dependencies("go.opentelemetry.io/collector/otelcol")
	if err != nil {
		return err
	}
	needed := map[string][]string{}
	users := map[string]int{} // how many components need a package
	for _, component := range components {
		if needed[component], err = dependencies(component); err != nil {
			return err
		}
		for _, pkg := range needed[component] {
			users[pkg]++
		}
	}
	for _, pkg := range base {
		users[pkg] += 2 // never only one component's
	}
	report(seconds, components, needed, users)
	return nil
}

func report(seconds map[string]float64, components []string, needed map[string][]string, users map[string]int) {
	type row struct {
		name       string
		alone, all float64
	}
	rows := make([]row, 0, len(components))
	for _, component := range components {
		r := row{name: path.Base(component)}
		for _, pkg := range needed[component] {
			r.all += seconds[pkg]
			if users[pkg] == 1 {
				r.alone += seconds[pkg]
			}
		}
		rows = append(rows, r)
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].alone > rows[j].alone })
	total := 0.0
	for _, s := range seconds {
		total += s
	}
	fmt.Printf("cold build: %.0f s of processor time in %d packages\n\n%10s %10s\n", total, len(seconds), "adds", "uses")
	for _, r := range rows {
		fmt.Printf("%8.1f s %8.1f s  %s\n", r.alone, r.all, r.name)
	}
}

// compileTimes builds with an empty cache and returns the processor seconds
// that each package took.
func compileTimes() (map[string]float64, error) {
	dir, err := os.MkdirTemp("", "buildcost")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	graph := filepath.Join(dir, "graph.json")
	build := exec.Command("go", "build", "-debug-actiongraph="+graph, "-o", filepath.Join(dir, "binary"), mainPackage)
	build.Env = append(os.Environ(), "GOCACHE="+filepath.Join(dir, "cache"))
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	raw, err := os.ReadFile(graph)
	if err != nil {
		return nil, err
	}
	// The fields of the go command's action graph that count; times are
	// nanoseconds.
	var actions []struct {
		Mode, Package   string
		CmdUser, CmdSys int64
	}
	if err := json.Unmarshal(raw, &actions); err != nil {
		return nil, fmt.Errorf("read the action graph: %w", err)
	}
	seconds := map[string]float64{}
	for _, a := range actions {
		if a.Mode == "build" {
			seconds[a.Package] += float64(a.CmdUser+a.CmdSys) / 1e9
		}
	}
	return seconds, nil
}

var manifestEntry = regexp.MustCompile(`(?m)^  - gomod: (\S+) \S+.*\n(?:    import: (\S+))?`)

// manifestPackages returns the import path of every component.
func manifestPackages() ([]string, error) {
	raw, err := os.ReadFile("builder-config.yaml")
	if err != nil {
		return nil, err
	}
	var packages []string
	for _, found := range manifestEntry.FindAllSubmatch(raw, -1) {
		pkg := found[1]
		if len(found[2]) > 0 {
			pkg = found[2]
		}
		packages = append(packages, string(pkg))
	}
	return packages, nil
}

func dependencies(pkg string) ([]string, error) {
	var out bytes.Buffer
	list := exec.Command("go", "list", "-deps", pkg)
	list.Stdout, list.Stderr = &out, os.Stderr
	if err := list.Run(); err != nil {
		return nil, fmt.Errorf("list the dependencies of %s: %w", pkg, err)
	}
	return strings.Fields(out.String()), nil
}
