package check

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

var addressRules = []rule{
	{"open-receiver", Warning, openReceivers},
	{"open-diagnostics", Warning, openDiagnostics},
	{"clear-text-page", Warning, clearTextPage},
	{"page-without-store", Error, pageWithoutStore},
	{"signal-path", Error, signalPaths},
	{"no-scheme", Error, noScheme},
	{"wrong-port", Warning, wrongPorts},
	{"own-address", Error, ownAddress},
	{"unverified-tls", Warning, unverified},
	{"clear-text-credentials", Warning, clearText},
}

// listening are, by kind of receiver, the keys of what listens in it. Others ask
// servers, or read UDP, which knows no authentication.
var listening = map[string][]string{
	"otlp":   {"::protocols::grpc", "::protocols::http"},
	"jaeger": {"::protocols::grpc", "::protocols::thrift_http"},
	"zipkin": {""},
}

// openReceivers finds receivers in use that other machines reach and that ask for
// no authentication.
func openReceivers(s *subject) []problem {
	var found []problem
	for _, id := range s.used("receivers") {
		for _, part := range listening[kindOf(id)] {
			key := "receivers::" + id + part
			if endpoint := s.text(key + "::endpoint"); reachable(endpoint) && s.conf.Get(key+"::auth") == nil {
				found = append(found, at(key, "listens on %s without auth, so that anyone who reaches it can send; "+
					"listen on 127.0.0.1 or set auth::authenticator and tls, as config/gateway.yaml does", endpoint))
			}
		}
	}
	return found
}

// openDiagnostics finds pages of the process's inside that other machines reach.
func openDiagnostics(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("extensions", "pprof", "zpages") {
		if key := "extensions::" + id + "::endpoint"; reachable(s.text(key)) && s.conf.Get("extensions::"+id+"::auth") == nil {
			found = append(found, at(key, "is %s, where other machines read the process's memory and configuration; listen on 127.0.0.1", s.text(key)))
		}
	}
	return found
}

// pageWithoutStore finds a page of traces that has none to show, or several: the collector does
// not start.
func pageWithoutStore(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("extensions", "trace_viewer") {
		key, stores := "extensions::"+id, s.ofKind("exporters", "libsql")
		exporter := s.text(key + "::exporter")
		switch {
		case s.text(key+"::store::url") != "":
		case exporter != "" && !slices.Contains(stores, exporter):
			found = append(found, at(key+"::exporter", "names %s, and no pipeline has a libsql exporter of that name", exporter))
		case exporter == "" && len(stores) == 0:
			found = append(found, at(key, "shows the store of a libsql exporter, and no pipeline has one; add config/destinations/libsql.yaml, name another collector's in store::url, or take it out of service::extensions"))
		case exporter == "" && len(stores) > 1:
			found = append(found, at(key, "shows the store of one libsql exporter, and there are %s; name one in exporter", strings.Join(stores, " and ")))
		}
	}
	return found
}

// clearTextPage finds a page of traces that other machines read without TLS: prompts and
// the credentials of who reads them go over the network as they are.
func clearTextPage(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("extensions", "trace_viewer") {
		key := "extensions::" + id
		if reachable(s.text(key+"::endpoint")) && s.conf.Get(key+"::tls") == nil {
			found = append(found, at(key+"::endpoint", "is %s without tls, so that prompts and passwords go over the network in clear text; set tls::cert_file and tls::key_file, or listen on 127.0.0.1 behind a proxy that has TLS", s.text(key+"::endpoint")))
		}
	}
	return found
}

// reachable says whether other machines reach what listens there.
func reachable(endpoint string) bool {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		return false // the collector says what is wrong
	}
	ip := net.ParseIP(host)
	return host == "" || ip != nil && !ip.IsLoopback() || ip == nil && host != "localhost"
}

// overHTTP and overGRPC are the OTLP exporters by protocol.
var (
	overHTTP = []string{"otlp_http", "otlphttp"}
	overGRPC = []string{"otlp_grpc", "otlp"}
)

// signalPaths finds base URLs that end in what the exporter adds to them.
func signalPaths(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("exporters", overHTTP...) {
		key := "exporters::" + id + "::endpoint"
		for _, path := range []string{"/v1/traces", "/v1/logs", "/v1/metrics"} {
			if strings.HasSuffix(strings.TrimRight(s.text(key), "/"), path) {
				found = append(found, at(key, "ends in %s, to which the exporter adds /v1/traces, /v1/logs and /v1/metrics: each request answers 404; leave it out, or name it %s_endpoint",
					path, path[len("/v1/"):]))
			}
		}
	}
	return found
}

// noScheme finds addresses for HTTP that are not URLs.
func noScheme(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("exporters", append([]string{"langfuse"}, overHTTP...)...) {
		for _, option := range []string{"endpoint", "traces_endpoint", "logs_endpoint", "metrics_endpoint"} {
			key := "exporters::" + id + "::" + option
			if text := s.text(key); text != "" && !strings.HasPrefix(strings.ToLower(text), "http://") && !strings.HasPrefix(strings.ToLower(text), "https://") {
				found = append(found, at(key, "does not begin with https:// or http://, so that each request fails; add it"))
			}
		}
	}
	return found
}

// wrongPorts finds addresses at the port of OTLP's other protocol.
func wrongPorts(s *subject) []problem {
	var found []problem
	for _, protocol := range []struct {
		kinds               []string
		port, speaks, other string
	}{
		{overHTTP, "4317", "gRPC", "4318, or the exporter otlp_grpc"},
		{overGRPC, "4318", "HTTP", "4317, or the exporter otlp_http"},
	} {
		for _, id := range s.ofKind("exporters", protocol.kinds...) {
			for _, option := range []string{"endpoint", "traces_endpoint", "logs_endpoint", "metrics_endpoint"} {
				key := "exporters::" + id + "::" + option
				if _, port := hostAndPort(s.text(key)); port == protocol.port {
					found = append(found, at(key, "is at port %s, where OTLP receivers speak %s by convention; use %s", port, protocol.speaks, protocol.other))
				}
			}
		}
	}
	return found
}

// ownAddress finds exporters that send to a receiver of the same configuration: what
// they send comes back without end.
func ownAddress(s *subject) []problem {
	own := map[string]string{}
	for _, id := range s.ofKind("receivers", "otlp") {
		for _, part := range listening["otlp"] {
			if _, port, err := net.SplitHostPort(s.text("receivers::" + id + part + "::endpoint")); err == nil && port != "0" {
				own[port] = id
			}
		}
	}
	var found []problem
	for _, id := range s.ofKind("exporters", upstreams...) {
		for _, option := range []string{"endpoint", "traces_endpoint", "logs_endpoint", "metrics_endpoint"} {
			key := "exporters::" + id + "::" + option
			host, port := hostAndPort(s.text(key))
			if own[port] != "" && isLoopback(host) {
				found = append(found, at(key, "is the address of receivers::%s of this collector: what it sends comes back without end; give the address of a backend", own[port]))
			}
		}
	}
	return found
}

// hostAndPort reads an address with or without a scheme.
func hostAndPort(address string) (host, port string) {
	if strings.Contains(address, "://") {
		u, err := url.Parse(address)
		if err != nil {
			return "", ""
		}
		return u.Hostname(), u.Port()
	}
	address, _, _ = strings.Cut(address, "/")
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address, ""
	}
	return host, port
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// unverified finds connections that take any certificate for the destination's.
func unverified(s *subject) []problem {
	var found []problem
	s.walkOptions(func(path, name string, value any) {
		if name == "insecure_skip_verify" && value == true {
			found = append(found, at(path, "is true: anyone on the way can read telemetry and credentials; take it out, and name a private authority in ca_file"))
		}
	})
	return found
}

// clearText finds credentials that are sent to other machines without TLS.
func clearText(s *subject) []problem {
	var found []problem
	for _, id := range s.used("exporters") {
		key := "exporters::" + id
		var credential string
		headers, _ := s.conf.Get(key + "::headers").(map[string]any)
		for name, value := range headers {
			if text, _ := value.(string); text != "" && secretKey.MatchString(name) {
				credential = name
			}
		}
		if auth := s.conf.Get(key + "::auth"); auth != nil {
			credential = "auth"
		}
		for _, option := range []string{"endpoint", "traces_endpoint", "logs_endpoint", "metrics_endpoint"} {
			address := s.text(key + "::" + option)
			host, _ := hostAndPort(address)
			plain := strings.HasPrefix(strings.ToLower(address), "http://") ||
				slices.Contains(overGRPC, kindOf(id)) && s.conf.Get(key+"::tls::insecure") == true
			if credential != "" && host != "" && plain && !isLoopback(host) {
				found = append(found, at(key+"::"+option, "is reached without TLS and gets %s, which anyone on the way can read; use https://%s", credential, grpcRemedy(id)))
			}
		}
	}
	return found
}

func grpcRemedy(id string) string {
	if slices.Contains(overGRPC, kindOf(id)) {
		return " or tls::insecure: false"
	}
	return ""
}

// walkOptions visits every value in the options of components in use and of the
// collector's own telemetry.
func (s *subject) walkOptions(visit func(path, name string, value any)) {
	for _, section := range []string{"extensions", "receivers", "processors", "exporters", "connectors"} {
		for _, id := range s.used(section) {
			key := section + "::" + id
			walk(key, id, s.conf.Get(key), visit)
		}
	}
	walk("service::telemetry", "telemetry", s.conf.Get("service::telemetry"), visit)
}

// walk visits a value and all in it, in the order of keys.
func walk(path, name string, value any, visit func(path, name string, value any)) {
	visit(path, name, value)
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			walk(path+"::"+key, key, v[key], visit)
		}
	case []any:
		for i, element := range v {
			walk(fmt.Sprintf("%s::%d", path, i), "", element, visit)
		}
	}
}
