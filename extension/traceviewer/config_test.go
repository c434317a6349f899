package traceviewer

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// configOf is the default configuration with some keys of YAML.
func configOf(t *testing.T, yaml string) *Config {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(yaml))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	config := createDefaultConfig().(*Config)
	require.NoError(t, conf.Unmarshal(config))
	return config
}

func TestTheDefaultIsThisMachineOnly(t *testing.T) {
	c := createDefaultConfig().(*Config)
	require.NoError(t, confmap.Validate(c))
	assert.Equal(t, "127.0.0.1:4319", c.ServerConfig.NetAddr.Endpoint)
	assert.Equal(t, 10*time.Second, c.QueryTimeout)
}

func TestConfigurationsThatAreRefusedNameTheKeyAndTheRemedy(t *testing.T) {
	for yaml, want := range map[string]string{
		"endpoint: 0.0.0.0:4319":                           "endpoint: 0.0.0.0:4319 is reached by other machines, and traces hold prompts; listen on 127.0.0.1, or set auth::authenticator",
		"endpoint: :4319":                                  "is reached by other machines",
		"endpoint: '[::]:4319'":                            "is reached by other machines",
		"endpoint: 10.0.0.1:4319":                          "is reached by other machines",
		"endpoint: traces.internal:4319":                   "is reached by other machines",
		"endpoint: localhost.evil.com:80":                  "is reached by other machines",
		"endpoint: 127.0.0.1":                              "endpoint: \"127.0.0.1\" is not HOST:PORT",
		"endpoint: ''":                                     "endpoint: \"\" is not HOST:PORT",
		"transport: unix":                                  "transport: \"unix\" cannot be opened in a browser",
		"cors: {allowed_origins: ['*']}":                   "cors: would let pages of others read traces",
		"query_timeout: 0s":                                "query_timeout: 0s is not positive",
		"max_concurrent_queries: 0":                        "max_concurrent_queries: 0 is not between 1 and 16",
		"max_concurrent_queries: 99":                       "max_concurrent_queries: 99 is not between",
		"store: {url: traces.db}":                          "store::url: \"traces.db\" has no scheme; a file is file:traces.db",
		"store: {url: 'https://a?authToken=secret'}":       "store::url: has a token in it",
		"store: {auth_token: secret}":                      "store::auth_token: stands without store::url",
		"{exporter: libsql, store: {url: 'file:x'}}":       "exporter: stands beside store::url",
		"allowed_hosts: ['*']":                             "allowed_hosts::0: is not the name of a host",
		"allowed_hosts: [a.example, 'http://b.example']":   "allowed_hosts::1: is not the name of a host",
		"allowed_hosts: ['a.example:4319']":                "allowed_hosts::0: is not the name of a host",
		"allowed_origins: ['*']":                           "allowed_origins::0: is not an origin",
		"allowed_origins: ['null']":                        "allowed_origins::0: is not an origin",
		"allowed_origins: ['http://*']":                    "allowed_origins::0: is not an origin",
		"allowed_origins: ['https://*.example.com']":       "allowed_origins::0: is not an origin",
		"allowed_origins: ['http://LocalHost:4111']":       "allowed_origins::0: is not an origin",
		"allowed_origins: ['http://u@localhost:4111']":     "allowed_origins::0: is not an origin",
		"allowed_origins: ['localhost:4111']":              "allowed_origins::0: is not an origin",
		"allowed_origins: ['http://localhost:4111/']":      "allowed_origins::0: is not an origin",
		"{endpoint: '0.0.0.0:4319', exporter: libsql/two}": "is reached by other machines",
	} {
		err := confmap.Validate(configOf(t, yaml))
		require.ErrorContains(t, err, want, yaml)
		assert.NotContains(t, err.Error(), "secret")
	}
}

func TestConfigurationsThatAreTaken(t *testing.T) {
	for _, yaml := range []string{
		"endpoint: localhost:4319", "endpoint: '[::1]:4319'", "endpoint: 127.0.0.2:1", "endpoint: 127.0.0.1:0",
		"{endpoint: '0.0.0.0:4319', auth: {authenticator: basicauth}}", "{endpoint: 'traces.internal:443', auth: {authenticator: basicauth}}",
		"store: {url: 'file:x.db'}", "store: {url: 'https://db.example.com', auth_token: x}", "exporter: libsql/two",
		"allowed_hosts: [traces.example.com, '10.0.0.7', '::2']", "allowed_origins: ['http://localhost:4111', 'https://a.example']",
	} {
		assert.NoError(t, confmap.Validate(configOf(t, yaml)), yaml)
	}
}

func TestTheExporterIsFound(t *testing.T) {
	for _, test := range []struct {
		named       string
		yaml        string
		found, want string
	}{
		{"", "{traces: {exporters: [otlp_http, libsql]}}", "libsql", ""},
		{"", "{traces: {exporters: [libsql]}, logs: {exporters: [libsql]}}", "libsql", ""},
		{"libsql/two", "{traces: {exporters: [libsql, libsql/two]}}", "libsql/two", ""},
		{"", "{traces: {exporters: [libsql, libsql/two]}}", "", "exporter: there are several libsql exporters, libsql and libsql/two; name the one"},
		{"", "{traces: {exporters: [nop]}}", "", "no pipeline has a libsql exporter, whose store would be shown; add one"},
		{"libsql", "{traces: {exporters: [libsql/two]}}", "", "exporter: no pipeline has a libsql exporter libsql"},
	} {
		retrieved, err := confmap.NewRetrievedFromYAML([]byte("service: {pipelines: " + test.yaml + "}"))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		found, err := chooseExporter(test.named, conf)
		if test.want != "" {
			require.ErrorContains(t, err, test.want)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, test.found, found)
	}
}
