// Package cli holds the sub-commands that otelcol-llm adds to the upstream
// collector command.
package cli

import "runtime/debug"

// ModuleVersion returns "path version" for a module that the running binary was
// built with, or the path alone where the binary does not say (in a test of
// another package).
func ModuleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return path
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return path + " " + module.Version
		}
	}
	return path
}
