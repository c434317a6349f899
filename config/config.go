// Package config holds the configurations that operators start from. Each file
// runs in a test on the built binary.
package config

import "embed"

// Local is the configuration of a laptop in one file, local.yaml.
//
//go:embed local.yaml
var Local string

// Files are the base, and what can be added to it: otelcol.yaml, destinations/*.yaml and
// viewer.yaml.
//
//go:embed otelcol.yaml viewer.yaml destinations
var Files embed.FS
