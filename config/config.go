// Package config holds the configurations that operators start from. Each file
// runs in a test on the built binary.
package config

import "embed"

// Local is the configuration of a laptop in one file, local.yaml.
//
//go:embed local.yaml
var Local string

// Files are the base and the destinations that can be added to it:
// otelcol.yaml and destinations/*.yaml.
//
//go:embed otelcol.yaml destinations
var Files embed.FS
