package otlpreceiver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

func configOf(t *testing.T, yaml map[string]any) *Config {
	t.Helper()
	config := NewFactory().CreateDefaultConfig().(*Config)
	require.NoError(t, confmap.NewFromStringMap(yaml).Unmarshal(config))
	return config
}

// TestTheDefaultsBoundWhatUpstreamDoesNot, whichever protocols are named and however
// little of them.
func TestTheDefaultsBoundWhatUpstreamDoesNot(t *testing.T) {
	config := configOf(t, map[string]any{"protocols": map[string]any{"grpc": map[string]any{"endpoint": "127.0.0.1:1"}, "http": nil}})
	require.NoError(t, config.Validate())
	grpc, http := config.Protocols.GRPC.Get(), config.Protocols.HTTP.Get().ServerConfig
	assert.Equal(t, 20, grpc.MaxRecvMsgSizeMiB)
	assert.EqualValues(t, 128, grpc.MaxConcurrentStreams)
	assert.Equal(t, 40*time.Second, grpc.Keepalive.Get().ServerParameters.Get().Time)
	assert.Equal(t, 5*time.Second, http.ReadHeaderTimeout)
	assert.Equal(t, 2*time.Minute, http.IdleTimeout)
	assert.Equal(t, "localhost:4318", http.NetAddr.Endpoint)
	assert.Equal(t, Limits{DecodedMiB: 128, InFlightMiB: 256, BusyTimeout: 5 * time.Second, BodyTimeout: 15 * time.Second}, config.Limits)

	only := configOf(t, map[string]any{"protocols": map[string]any{"http": map[string]any{"endpoint": "127.0.0.1:1"}}})
	assert.False(t, only.Protocols.GRPC.HasValue())
}

// TestLimitsCannotBeSwitchedOff.
func TestLimitsCannotBeSwitchedOff(t *testing.T) {
	for want, limits := range map[string]map[string]any{
		"limits::decoded_mib must be at least 1, is 0":                         {"decoded_mib": 0},
		"limits::in_flight_mib (64) must not be less than limits::decoded_mib": {"in_flight_mib": 64},
		"limits::body_timeout must be more than 0":                             {"body_timeout": "0s"},
	} {
		config := configOf(t, map[string]any{"protocols": map[string]any{"http": nil}, "limits": limits})
		assert.ErrorContains(t, config.Validate(), want)
	}
	assert.ErrorContains(t, configOf(t, map[string]any{}).Validate(), "at least one protocol")
}

// TestTheConfigurationThatIsGivenStaysAsItIs: the guard is in a copy, so that what is
// created a second time has it once.
func TestTheConfigurationThatIsGivenStaysAsItIs(t *testing.T) {
	config := configOf(t, map[string]any{"protocols": map[string]any{
		"grpc": nil, "http": map[string]any{"auth": map[string]any{"authenticator": "basicauth"}},
	}})
	for range 2 {
		g, err := newGuard(settings(t), config)
		require.NoError(t, err)
		assert.Len(t, g.config.Protocols.HTTP.Get().ServerConfig.Middlewares, 1)
		assert.Len(t, g.config.Protocols.GRPC.Get().Middlewares, 1)
		assert.Equal(t, "basicauth", g.auth.String())
	}
	assert.Empty(t, config.Protocols.HTTP.Get().ServerConfig.Middlewares)
	assert.Nil(t, config.Protocols.HTTP.Get().ServerConfig.CompressionAlgorithms)
	assert.Equal(t, "basicauth", config.Protocols.HTTP.Get().ServerConfig.Auth.Get().AuthenticatorID.String())
}

// TestContentTypeIsAllowed to pages, whichever other headers are.
func TestContentTypeIsAllowed(t *testing.T) {
	for want, given := range map[string][]any{
		"": {}, "Authorization,Content-Type": {"Authorization"}, "content-type,X": {"content-type", "X"}, "*": {"*"},
	} {
		config := configOf(t, map[string]any{"protocols": map[string]any{"http": map[string]any{
			"cors": map[string]any{"allowed_origins": []any{"https://app.example.com"}, "allowed_headers": given},
		}}})
		g, err := newGuard(settings(t), config)
		require.NoError(t, err)
		assert.Equal(t, want, strings.Join(g.config.Protocols.HTTP.Get().ServerConfig.CORS.Get().AllowedHeaders, ","))
		assert.Len(t, config.Protocols.HTTP.Get().ServerConfig.CORS.Get().AllowedHeaders, len(given))
	}
}
