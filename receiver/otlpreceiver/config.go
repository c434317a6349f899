package otlpreceiver

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configgrpc"
	"go.opentelemetry.io/collector/config/configoptional"
	upstream "go.opentelemetry.io/collector/receiver/otlpreceiver"
)

// Config is upstream's configuration and limits.
type Config struct {
	upstream.Config `mapstructure:",squash"`

	// Limits bound what requests may take.
	Limits Limits `mapstructure:"limits"`
}

// Limits bound what requests may take. Each has a default; none can be switched off.
type Limits struct {
	// DecodedMiB is how much memory, in MiB, one request may take once it is decoded. One
	// that would take more is refused for good, before it is decoded.
	DecodedMiB int `mapstructure:"decoded_mib"`
	// InFlightMiB is how much memory, in MiB, all requests together may take once they
	// are decoded. Requests beyond wait, and are told to come again after BusyTimeout.
	InFlightMiB int `mapstructure:"in_flight_mib"`
	// BusyTimeout is how long a request waits for the memory of others.
	BusyTimeout time.Duration `mapstructure:"busy_timeout"`
	// BodyTimeout is how long a body over HTTP may come slower than 16 KiB a second. A
	// message over gRPC, which cannot be looked at while it comes, may take four times as
	// long as a whole.
	BodyTimeout time.Duration `mapstructure:"body_timeout"`
}

const (
	// bodyRate is how many bytes a second are not too slow.
	bodyRate = 16 << 10
	// grpcBodyTimeouts is how many times as long as over HTTP a message may take.
	grpcBodyTimeouts = 4
	// headerTimeout bounds the headers of a request over HTTP, and the handshake of a
	// connection over gRPC. A stop waits for both: it is less than OTELCOL_STOP_TIMEOUT.
	headerTimeout = 5 * time.Second
	// maxBodyMiB is upstream's default over HTTP. Over gRPC it has 4 MiB, which is less
	// than prompts with pictures need.
	maxBodyMiB = 20
	// maxStreams is how many requests a gRPC connection may have at once; others wait in
	// the client.
	maxStreams = 128
)

func createDefaultConfig() component.Config {
	config := &Config{
		Config: *upstream.NewFactory().CreateDefaultConfig().(*upstream.Config),
		Limits: Limits{DecodedMiB: 128, InFlightMiB: 256, BusyTimeout: 5 * time.Second, BodyTimeout: 15 * time.Second},
	}
	// The protocols are defaults until the configuration names them, so that a value is
	// read by making it one.
	grpc := *config.Protocols.GRPC.GetOrInsertDefault()
	grpc.MaxRecvMsgSizeMiB = maxBodyMiB
	grpc.MaxConcurrentStreams = maxStreams
	// A peer that is gone holds its connection for a minute and not two hours.
	keepalive := configgrpc.NewDefaultKeepaliveServerConfig()
	keepalive.ServerParameters.Get().Time = 40 * time.Second
	keepalive.ServerParameters.Get().Timeout = 20 * time.Second
	grpc.Keepalive = configoptional.Some(keepalive)
	config.Protocols.GRPC = configoptional.Default(grpc)

	http := *config.Protocols.HTTP.GetOrInsertDefault()
	http.ServerConfig.ReadHeaderTimeout = headerTimeout
	http.ServerConfig.IdleTimeout = 2 * time.Minute
	config.Protocols.HTTP = configoptional.Default(http)
	return config
}

// Validate checks what upstream does, and that no limit is off.
func (c *Config) Validate() error {
	return errors.Join(c.Config.Validate(), c.Limits.validate())
}

func (l *Limits) validate() error {
	if l.DecodedMiB <= 0 {
		return fmt.Errorf("limits::decoded_mib must be at least 1, is %d", l.DecodedMiB)
	}
	if l.InFlightMiB < l.DecodedMiB {
		return fmt.Errorf("limits::in_flight_mib (%d) must not be less than limits::decoded_mib (%d): a request that large would wait forever", l.InFlightMiB, l.DecodedMiB)
	}
	if l.BusyTimeout < 0 || l.BodyTimeout <= 0 {
		return errors.New("limits::body_timeout must be more than 0, limits::busy_timeout not less")
	}
	return nil
}
