package mastraprovider

import (
	"regexp"
	"strings"
)

// destination is a file of config/destinations/ and what switches it on. on also
// returns changes to the file, by path, that a variable's value asks for.
type destination struct {
	file string
	on   func(*environment) (bool, map[string]any)
	// stores is set where traces can be looked at in it.
	stores bool
}

var destinations = []destination{
	{file: "libsql.yaml", on: storage(false), stores: true},
	{file: "libsql-server.yaml", on: storage(true), stores: true},
	{file: "langfuse.yaml", on: langfuse},
	{file: "datadog.yaml", on: datadog},
	{file: "datadog-llmobs.yaml", on: datadogLLMObs},
	{file: "mastra.yaml", on: mastra},
	{file: "otlp.yaml", on: otlp},
	{file: "prometheus.yaml", on: func(e *environment) (bool, map[string]any) { return e.set("OTELCOL_PROMETHEUS_PORT"), nil }},
}

// storage is on unless told otherwise: what was received should be somewhere. It
// is a file, or a server, which has a configuration of its own.
func storage(server bool) func(*environment) (bool, map[string]any) {
	const name = "MASTRA_OBSERVABILITY_STORAGE"
	return func(e *environment) (bool, map[string]any) {
		value := e.lookup(name)
		switch {
		case value == "":
			return isServer(e.lookup("OTELCOL_TRACES_DB")) == server, nil
		case value == "none":
			return false, nil
		case strings.HasPrefix(value, "file:"), isServer(value):
			return isServer(value) == server, map[string]any{"exporters::libsql::url": reference(name)}
		case !server: // one of the two says it
			e.wrong(name, "is not one of file:PATH, libsql://HOST, https://HOST, http://HOST and none")
		}
		return false, nil
	}
}

func isServer(url string) bool {
	for _, prefix := range []string{"libsql://", "https://", "http://"} {
		if strings.HasPrefix(url, prefix) {
			return true
		}
	}
	return false
}

// langfuse takes the keys of a project by the names that Langfuse's own SDKs
// read, or both in one.
func langfuse(e *environment) (bool, map[string]any) {
	const both, public, secret = "LANGFUSE_API_KEY", "LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"
	e.secrets(both, public, secret)
	switch {
	case e.set(both):
		return true, nil
	case e.set(public) && !e.set(secret):
		e.wrong(public, "needs %s beside it, or both in %s as pk:sk", secret, both)
	case e.set(secret) && !e.set(public):
		e.wrong(secret, "needs %s beside it, or both in %s as pk:sk", public, both)
	}
	return e.set(public) && e.set(secret), nil
}

// datadogKeys are the names that Datadog's and Mastra's documentation give the
// API key.
var datadogKeys = []string{"DD_API_KEY", "DATADOG_API_KEY"}

// datadogSite is a domain, not the address of Datadog's pages: intakes are
// subdomains of it.
var datadogSite = regexp.MustCompile(`^([a-z0-9-]+\.)+[a-z]+$`)

func datadog(e *environment) (bool, map[string]any) {
	key := e.first(datadogKeys...)
	const site = "DD_SITE"
	if value := e.lookup(site); key != "" && value != "" && (!datadogSite.MatchString(value) || strings.HasPrefix(value, "app.")) {
		e.wrong(site, "%q is not a site such as datadoghq.com, us3.datadoghq.com, us5.datadoghq.com, datadoghq.eu, ap1.datadoghq.com, ap2.datadoghq.com and ddog-gov.com", value)
	}
	e.secrets(datadogKeys...)
	return key != "", map[string]any{"exporters::datadog::api::key": reference(key)}
}

// datadogLLMObs has to be asked for: it is a product of its own.
func datadogLLMObs(e *environment) (bool, map[string]any) {
	const name = "DD_LLMOBS_ENABLED"
	if !e.flag(name, false) {
		return false, nil
	}
	key := e.first(datadogKeys...)
	if key == "" {
		e.wrong(name, "needs an API key in DD_API_KEY or DATADOG_API_KEY")
	}
	return true, map[string]any{"exporters::otlp_http/datadog_llmobs::headers::dd-api-key": reference(key)}
}

var projectID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func mastra(e *environment) (bool, map[string]any) {
	const project, endpoint = "MASTRA_PROJECT_ID", "MASTRA_OTLP_ENDPOINT"
	token := e.first("MASTRA_PLATFORM_ACCESS_TOKEN", "MASTRA_CLOUD_ACCESS_TOKEN")
	if token == "" {
		return false, nil
	}
	if !e.set(endpoint) {
		e.wrong(token, "needs the address of an OTLP intake in %s, because Mastra documents none; or unset it", endpoint)
		return false, nil
	}
	e.secrets(token)
	if e.baseURL(endpoint, token) == nil {
		return false, nil
	}
	address := strings.ReplaceAll(strings.TrimRight(e.lookup(endpoint), "/"), "$", "$$") // $ would begin a reference
	if token == "MASTRA_PLATFORM_ACCESS_TOKEN" {
		if !e.set(project) {
			e.wrong(token, "needs the project in %s", project)
			return false, nil
		}
		if !projectID.MatchString(e.lookup(project)) {
			e.wrong(project, "is not an id of letters, digits, - and _")
			return false, nil
		}
		// As Mastra's own exporter does: @mastra/observability, MastraPlatformExporter.
		address += "/projects/" + reference(project)
	}
	return true, map[string]any{
		"exporters::otlp_http/mastra::traces_endpoint":        address + "/v1/traces",
		"exporters::otlp_http/mastra::headers::authorization": "Bearer " + reference(token),
	}
}

func otlp(e *environment) (bool, map[string]any) {
	const name, protocol = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"
	if !e.set(name) {
		return false, nil
	}
	address := e.baseURL(name, headersVariable)
	if address == nil {
		return false, nil
	}
	if e.isThisCollector(address) {
		e.warnings = append(e.warnings, name+" is this collector's own address, meant for applications: it is not taken as a destination")
		return false, nil
	}
	if value := e.lookup(protocol); value != "" && value != "http/protobuf" {
		e.wrong(protocol, "%q: the OTLP destination takes http/protobuf only; for others write a configuration with otlp_grpc", value)
	}
	if _, err := parseHeaders(e.lookup(headersVariable)); err != nil {
		e.wrong(headersVariable, "%w", err)
	}
	return true, nil
}
