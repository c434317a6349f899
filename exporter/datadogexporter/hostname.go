package datadogexporter

import (
	"os"
	"sync"

	datadogconfig "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/datadog/config"
)

// gceMetadataHost is the variable by which Google's client finds the metadata server
// (cloud.google.com/go/compute/metadata).
const gceMetadataHost = "GCE_METADATA_HOST"

// nowhere is not a host: no address can be made of it, so that nothing is asked.
const nowhere = "["

// withoutDetection returns a configuration with which upstream asks no cloud for the
// name of the host. It asks all of them, at 169.254.169.254, also where hostname is
// given, and takes the first answer, which then is hostname's.
//
// The time for detection ends before it begins, which the clients of AWS and Azure
// mind and hostname does not. Google's minds no time, but has a variable. Nothing else
// in this process asks Google: what the operator sets stays.
//
// Delete when upstream asks nobody where hostname is given.
func withoutDetection(config *datadogconfig.Config) *datadogconfig.Config {
	if config.Hostname == "" {
		return config
	}
	noGoogle()
	without := *config
	without.HostnameDetectionTimeout = 1
	return &without
}

var noGoogle = sync.OnceFunc(func() {
	if os.Getenv(gceMetadataHost) == "" {
		_ = os.Setenv(gceMetadataHost, nowhere)
	}
})
