package datadogexporter

import (
	"fmt"
	"net"

	datadogconfig "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/datadog/config"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// Config is upstream's configuration, and where the trace agent hands its payloads
// over.
type Config struct {
	Datadog datadogconfig.Config `mapstructure:",squash"`
	// Relay is what stands between the trace agent and Datadog where sending_queue has
	// a storage.
	Relay RelayConfig `mapstructure:"relay"`
}

// RelayConfig is the section relay.
type RelayConfig struct {
	// Endpoint is the address on which the relay takes the payloads of the trace agent,
	// which is in the same process and speaks TCP only: an address of loopback, and a
	// port, 0 for one that the system chooses. Default 127.0.0.1:0.
	Endpoint string `mapstructure:"endpoint"`

	// Limits bound how long a payload is sent again that is refused alone, or by an
	// answer that may be due to it.
	Limits refusal.Config `mapstructure:",squash"`
}

const (
	relayKey        = "relay"
	defaultEndpoint = "127.0.0.1:0"
)

func createDefaultConfig(inner component.Config) component.Config {
	return &Config{Datadog: *inner.(*datadogconfig.Config), Relay: RelayConfig{Endpoint: defaultEndpoint, Limits: refusal.DefaultConfig()}}
}

// Unmarshal reads the section relay, and leaves the others to upstream, which has
// its own way to read them.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	relay, err := conf.Sub(relayKey)
	if err != nil {
		return err
	}
	rest := conf.ToStringMap()
	delete(rest, relayKey)
	if err := c.Datadog.Unmarshal(confmap.NewFromStringMap(rest)); err != nil {
		return err
	}
	return relay.Unmarshal(&c.Relay)
}

// Validate accepts addresses of loopback, and bounds that are not negative.
func (c *RelayConfig) Validate() error {
	host, _, err := net.SplitHostPort(c.Endpoint)
	if err != nil {
		return fmt.Errorf("endpoint: %q is not HOST:PORT, such as %s", c.Endpoint, defaultEndpoint)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("endpoint: %q is not on loopback; only the trace agent of this process is to reach it, such as on %s", c.Endpoint, defaultEndpoint)
	}
	return c.Limits.Validate()
}
