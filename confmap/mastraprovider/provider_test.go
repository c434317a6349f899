package mastraprovider

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// retrieve asks a provider that has the variables only.
func retrieve(t *testing.T, uri string, env map[string]string) (*confmap.Conf, *observer.ObservedLogs, error) {
	t.Helper()
	core, logs := observer.New(zap.WarnLevel)
	p := &provider{logger: zap.New(core), lookup: func(name string) string { return env[name] }}
	retrieved, err := p.Retrieve(t.Context(), uri, nil)
	require.NoError(t, p.Shutdown(context.Background()))
	if err != nil {
		return nil, logs, err
	}
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	return conf, logs, nil
}

func TestNoVariablesStoreInAFile(t *testing.T) {
	conf, logs, err := retrieve(t, "mastra:env", nil)
	require.NoError(t, err)
	assert.Zero(t, logs.Len())
	assert.NotNil(t, conf.Get("service::pipelines::traces/libsql"))
	assert.Equal(t, "${env:OTELCOL_TRACES_DB:-file:data/traces.db}", conf.Get("exporters::libsql::url"))
	exporters := conf.Get("exporters").(map[string]any)
	assert.Len(t, exporters, 2, "libsql and nop: %v", exporters)
}

// TestTheProviderReturnsNoSecret: what it returns refers to the variables.
func TestTheProviderReturnsNoSecret(t *testing.T) {
	conf, _, err := retrieve(t, "mastra:env", map[string]string{
		"DATADOG_API_KEY": "secret", "MASTRA_CLOUD_ACCESS_TOKEN": "secret", "MASTRA_OTLP_ENDPOINT": "https://x/",
		"MASTRA_OBSERVABILITY_STORAGE": "https://secret@db", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://y", headersVariable: "a=secret",
	})
	require.NoError(t, err)
	for _, key := range conf.AllKeys() {
		text, _ := conf.Get(key).(string)
		assert.NotContains(t, text, "secret", key)
	}
	assert.Equal(t, "${env:DATADOG_API_KEY}", conf.Get("exporters::datadog::api::key"))
	assert.Equal(t, "https://x/v1/traces", conf.Get("exporters::otlp_http/mastra::traces_endpoint"))
	assert.Equal(t, "Bearer ${env:MASTRA_CLOUD_ACCESS_TOKEN}", conf.Get("exporters::otlp_http/mastra::headers::authorization"))
}

func TestDatadogsOwnNameForTheKeyWins(t *testing.T) {
	conf, _, err := retrieve(t, "mastra:env", map[string]string{"DATADOG_API_KEY": "a", "DD_API_KEY": "b", "DD_LLMOBS_ENABLED": "1"})
	require.NoError(t, err)
	assert.Equal(t, "${env:DD_API_KEY}", conf.Get("exporters::datadog::api::key"))
	assert.Equal(t, "${env:DD_API_KEY}", conf.Get("exporters::otlp_http/datadog_llmobs::headers::dd-api-key"))
}

// TestItsOwnAddressIsNoDestination: a shell has the variable for applications.
func TestItsOwnAddressIsNoDestination(t *testing.T) {
	for address, own := range map[string]bool{
		"http://127.0.0.1:4318": true, "http://localhost:4317/": true, "http://0.0.0.0:4318": true, "http://[::1]:4318": true, "http://LocalHost:4318": true,
		"http://127.0.0.1:5318": false, "http://otlp.example.com:4318": false, "http://10.0.0.1:4318": false,
	} {
		conf, logs, err := retrieve(t, "mastra:env", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": address})
		require.NoError(t, err, address)
		assert.Equal(t, own, conf.Get("exporters::otlp_http") == nil, address)
		assert.Equal(t, own, logs.Len() == 1, address)
	}
	conf, _, err := retrieve(t, "mastra:env", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTELCOL_HTTP_PORT": "5318"})
	require.NoError(t, err)
	assert.NotNil(t, conf.Get("exporters::otlp_http"))
}

func TestErrorsNameTheVariableAndTheRemedyAndNoSecret(t *testing.T) {
	for want, env := range map[string]map[string]string{
		"MASTRA_OBSERVABILITY_ENABLED: \"on\" is neither true nor false":                                 {"MASTRA_OBSERVABILITY_ENABLED": "on"},
		"MASTRA_OBSERVABILITY_SAMPLING: \"NaN\" is not one of always, never, and a fraction from 0 to 1": {"MASTRA_OBSERVABILITY_SAMPLING": "NaN"},
		"MASTRA_OBSERVABILITY_SAMPLING: \"-0.1\" is not one of":                                          {"MASTRA_OBSERVABILITY_SAMPLING": "-0.1"},
		"MASTRA_OBSERVABILITY_STORAGE: is not one of file:PATH, libsql://HOST":                           {"MASTRA_OBSERVABILITY_STORAGE": "postgres://u:secret@h"},
		"LANGFUSE_PUBLIC_KEY: needs LANGFUSE_SECRET_KEY beside it":                                       {"LANGFUSE_PUBLIC_KEY": "pk-lf-1"},
		"LANGFUSE_SECRET_KEY: needs LANGFUSE_PUBLIC_KEY beside it":                                       {"LANGFUSE_SECRET_KEY": "secret"},
		"DD_LLMOBS_ENABLED: needs an API key in DD_API_KEY or DATADOG_API_KEY":                           {"DD_LLMOBS_ENABLED": "true"},
		"MASTRA_CLOUD_ACCESS_TOKEN: needs the address of an OTLP intake in MASTRA_OTLP_ENDPOINT":         {"MASTRA_CLOUD_ACCESS_TOKEN": "secret"},
		"MASTRA_PLATFORM_ACCESS_TOKEN: needs the project in MASTRA_PROJECT_ID":                           {"MASTRA_PLATFORM_ACCESS_TOKEN": "secret", "MASTRA_OTLP_ENDPOINT": "https://x"},
		"OTEL_EXPORTER_OTLP_ENDPOINT: is not a URL that begins with https:// or http://":                 {"OTEL_EXPORTER_OTLP_ENDPOINT": "secret:4317"},
		"OTEL_EXPORTER_OTLP_PROTOCOL: \"grpc\"":                                                          {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
		"OTEL_EXPORTER_OTLP_HEADERS: is not key=value,key=value":                                         {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x", headersVariable: "secret"},
		// Logs and print-config show URLs.
		"OTEL_EXPORTER_OTLP_ENDPOINT: has a user in it, which logs would show; put it into OTEL_EXPORTER_OTLP_HEADERS": {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://me:secret@x"},
		"MASTRA_OTLP_ENDPOINT: has a user in it, which logs would show":                                                {"MASTRA_CLOUD_ACCESS_TOKEN": "t", "MASTRA_OTLP_ENDPOINT": "https://secret@x"},
		"OTEL_EXPORTER_OTLP_ENDPOINT: has a ? or # in it; it is a base URL, to which /v1/traces and so on are added":   {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x?key=secret"},
		"MASTRA_OTLP_ENDPOINT: has a ? or # in it":                                                                     {"MASTRA_CLOUD_ACCESS_TOKEN": "t", "MASTRA_OTLP_ENDPOINT": "https://x/#secret"},
		"OTEL_EXPORTER_OTLP_ENDPOINT: ends in /v1/traces, which is added; leave it out":                                {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x/otlp/v1/traces/"},
		"MASTRA_OTLP_ENDPOINT: ends in /v1/logs, which is added":                                                       {"MASTRA_CLOUD_ACCESS_TOKEN": "t", "MASTRA_OTLP_ENDPOINT": "https://x/v1/logs"},
		// What no HTTP header may have fails at each request, forever.
		"OTEL_EXPORTER_OTLP_HEADERS: has a key or value that":                 {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x", headersVariable: "a=secret%0A,b=1"},
		"DD_API_KEY: has a space or line break at its end":                    {"DD_API_KEY": "secret\n"},
		"LANGFUSE_SECRET_KEY: has a space or line break at its end":           {"LANGFUSE_PUBLIC_KEY": "pk-lf-1", "LANGFUSE_SECRET_KEY": "secret\r\n"},
		"MASTRA_CLOUD_ACCESS_TOKEN: has a space or line break at its end":     {"MASTRA_CLOUD_ACCESS_TOKEN": " secret", "MASTRA_OTLP_ENDPOINT": "https://x"},
		"MASTRA_PLATFORM_ACCESS_TOKEN: has a space or line break at its end":  {"MASTRA_PLATFORM_ACCESS_TOKEN": "a\nsecret", "MASTRA_PROJECT_ID": "p", "MASTRA_OTLP_ENDPOINT": "https://x"},
		"MASTRA_PROJECT_ID: is not an id of letters, digits, - and _":         {"MASTRA_PLATFORM_ACCESS_TOKEN": "t", "MASTRA_PROJECT_ID": "../p", "MASTRA_OTLP_ENDPOINT": "https://x"},
		`DD_SITE: "https://datadoghq.eu" is not a site such as datadoghq.com`: {"DD_API_KEY": "k", "DD_SITE": "https://datadoghq.eu"},
		`DD_SITE: "app.datadoghq.com" is not a site such as datadoghq.com`:    {"DD_API_KEY": "k", "DD_SITE": "app.datadoghq.com"},
		`DD_SITE: "eu" is not a site such as datadoghq.com`:                   {"DATADOG_API_KEY": "k", "DD_SITE": "eu"},
	} {
		_, _, err := retrieve(t, "mastra:env", env)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "secret")
	}
	_, _, err := retrieve(t, "mastra:other", nil)
	assert.ErrorContains(t, err, `"mastra:other": there are mastra:env and mastra:MASTRA_OTLP_ENDPOINT, mastra:OTEL_EXPORTER_OTLP_ENDPOINT, mastra:OTEL_EXPORTER_OTLP_HEADERS`)
}

// TestAFileReadsAnAddressAsTheEnvironmentAloneDoes: what one of the two refuses the
// other refuses with the same words, and what one takes the other takes.
func TestAFileReadsAnAddressAsTheEnvironmentAloneDoes(t *testing.T) {
	const name = "OTEL_EXPORTER_OTLP_ENDPOINT"
	for address, refused := range map[string]bool{
		"https://otlp.example.com": false, "https://otlp.example.com/": false, "https://otlp.example.com/otlp": false, "HTTPS://otlp.example.com:4318": false,
		"https://otlp.example.com/$tenant": false, "http://10.0.0.1:4318": false,
		"https://otlp.example.com/v1/traces": true, "https://otlp.example.com/v1/metrics//": true, "otlp.example.com:4318": true, "otlp.example.com": true,
		"grpc://otlp.example.com": true, "https://": true, "https://me:secret@otlp.example.com": true, "https://otlp.example.com?key=secret": true, "\thttps://x": true,
	} {
		env := map[string]string{name: address}
		_, _, alone := retrieve(t, "mastra:env", env)
		p := &provider{lookup: func(name string) string { return env[name] }}
		retrieved, file := p.Retrieve(t.Context(), "mastra:"+name, nil)
		require.Equal(t, refused, file != nil, address)
		if refused {
			require.ErrorContains(t, alone, file.Error())
			assert.NotContains(t, file.Error(), "secret")
			continue
		}
		require.NoError(t, alone, address)
		value, err := retrieved.AsRaw()
		require.NoError(t, err)
		assert.Equal(t, strings.ReplaceAll(strings.TrimRight(address, "/"), "$", "$$"), value)
	}
	for _, name := range []string{name, "MASTRA_OTLP_ENDPOINT"} {
		_, _, err := retrieve(t, "mastra:"+name, nil)
		assert.ErrorContains(t, err, name+": is not set; this destination needs a base URL")
	}
}

func TestHeaders(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"":                                {},
		"a=b":                             {"a": "b"},
		"a = b , c=d=e,,f=":               {"a": "b", "c": "d=e", "f": ""},
		"authorization=Bearer%20x%2C%20y": {"authorization": "Bearer x, y"},
		"a=$1":                            {"a": "$$1"},
	} {
		conf, _, err := retrieve(t, "mastra:"+headersVariable, map[string]string{headersVariable: text})
		require.NoError(t, err, text)
		assert.Equal(t, want, conf.ToStringMap(), text)
	}
	for _, text := range []string{"a", "=b", "a=%zz"} {
		_, _, err := retrieve(t, "mastra:"+headersVariable, map[string]string{headersVariable: text})
		assert.ErrorIs(t, err, errHeaders)
	}
	for _, text := range []string{"a b=c", "a::b=c", "ä=c", "a=b%0d", "a=%00", "a=b%7f"} {
		_, _, err := retrieve(t, "mastra:"+headersVariable, map[string]string{headersVariable: text})
		assert.ErrorIs(t, err, errHeaderText, text)
	}
}

// TestDatadogSites are those of https://docs.datadoghq.com/getting_started/site/.
func TestDatadogSites(t *testing.T) {
	for _, site := range []string{"datadoghq.com", "us3.datadoghq.com", "us5.datadoghq.com", "datadoghq.eu", "ap1.datadoghq.com", "ap2.datadoghq.com", "ddog-gov.com"} {
		_, _, err := retrieve(t, "mastra:env", map[string]string{"DD_API_KEY": "k", "DD_SITE": site})
		assert.NoError(t, err)
	}
}

// TestThePageIsThereWhereTracesAreStored, in a file or on a server, and nowhere else.
func TestThePageIsThereWhereTracesAreStored(t *testing.T) {
	for storage, want := range map[string]bool{"": true, "file:x.db": true, "libsql://db.example.com": true, "none": false} {
		conf, _, err := retrieve(t, "mastra:env", map[string]string{"MASTRA_OBSERVABILITY_STORAGE": storage})
		require.NoError(t, err)
		started := conf.Get("service::extensions").([]any)
		base, err := merge()
		require.NoError(t, err)
		if !want {
			assert.Equal(t, base.Get("service::extensions"), conf.Get("service::extensions"))
			assert.Nil(t, conf.Get("extensions::trace_viewer"))
			continue
		}
		assert.Equal(t, append(base.Get("service::extensions").([]any), "trace_viewer"), started, "what the base starts, and the page")
		assert.NotNil(t, conf.Get("extensions::trace_viewer::endpoint"))
	}
}
