// Package config holds the configurations that operators start from. Each file
// runs in a test on the built binary.
package config

import _ "embed"

// Local is the configuration of a laptop, local.yaml: what the collector runs
// without --config.
//
//go:embed local.yaml
var Local string
