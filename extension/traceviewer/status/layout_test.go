package status

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/confmap"
)

// TestAddressesHoldNoCredentials in any place of an address where one may stand, or of what
// is none.
func TestAddressesHoldNoCredentials(t *testing.T) {
	for address, want := range map[string]struct {
		shown  string
		remote bool
	}{
		"https://api.example.com/v1/s3cret?key=s3cret#s3cret": {"https://api.example.com", true},
		"http://user:s3cret@127.0.0.1:4318":                   {"http://127.0.0.1:4318", false},
		"http://user:s3%zzcret@collector:4318":                {"http://collector:4318", true},
		"http://user:s3@cret@[::1]:4318":                      {"http://[::1]:4318", false},
		"user:s3cret@collector:4317":                          {"collector:4317", true},
		"collector:4317/s3cret":                               {"collector:4317", true},
		"collector:4317?s3cret":                               {"collector:4317", true},
		"collector:s3cret":                                    {"", true},
		"s3cret s3cret":                                       {"", true},
		"https://hooks.example.com:443/services/s3cret":       {"https://hooks.example.com:443", true},
		"localhost:4317":                                      {"localhost:4317", false},
		"[::1]:4317":                                          {"[::1]:4317", false},
		"dns:///collector:4317":                               {"dns://collector:4317", true},
		"unix:///run/s3cret.sock":                             {"", true},
		":4317":                                               {":4317", true},
	} {
		l := newLayout(confmap.NewFromStringMap(map[string]any{"exporters": map[string]any{"x": map[string]any{"endpoint": address}}}), nil)
		shown, remote := l.address("x")
		assert.Equal(t, want.shown, shown, address)
		assert.Equal(t, want.remote, remote, address)
		assert.NotContains(t, shown, "s3")
	}
	l := newLayout(confmap.NewFromStringMap(map[string]any{
		"exporters":  map[string]any{"kafka": map[string]any{"brokers": []any{"u:s3cret@a:9092", "b:9092"}}, "datadog": map[string]any{"api": map[string]any{"site": "datadoghq.eu"}}},
		"extensions": map[string]any{"x": map[string]any{"endpoint": "http://u:s3cret@localhost:1/s3cret"}},
	}), nil)
	shown, remote := l.address("kafka")
	assert.Equal(t, "a:9092, b:9092", shown)
	assert.True(t, remote)
	shown, remote = l.address("datadog")
	assert.Equal(t, "https://datadoghq.eu", shown)
	assert.True(t, remote)
	assert.Equal(t, "http://localhost:1", l.endpoints("extensions", "x")[0].Address)
}
