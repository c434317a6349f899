package check

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"
)

// destination says where an exporter sends a signal, or writes it, or who reads it.
func (s *subject) destination(id, signal string) string {
	get := func(option string) string { return s.text("exporters::" + id + "::" + option) }
	switch kindOf(id) {
	case "otlp_http", "otlphttp":
		if own := get(signal + "_endpoint"); own != "" {
			return address(own)
		}
		return strings.TrimRight(address(get("endpoint")), "/") + "/v1/" + signal
	case "otlp_grpc", "otlp":
		return address(get("endpoint")) + " (OTLP over gRPC)"
	case "libsql":
		if file, ok := strings.CutPrefix(get("url"), "file:"); ok {
			return "the file " + file
		}
		return address(get("url")) + " (libSQL server)"
	case "langfuse":
		return address(get("endpoint")) + " (Langfuse)"
	case "datadog":
		return s.datadog(id, signal)
	case "kafka":
		return "Kafka at " + strings.Join(s.texts("exporters::"+id+"::brokers"), ", ")
	case "file":
		return "the file " + get("path")
	case "debug":
		return "standard error"
	case "prometheus":
		return "who asks " + readers(get("endpoint"))
	}
	return cmp.Or(address(get("endpoint")), "where "+id+" says")
}

// datadog is Datadog's intake of a signal.
func (s *subject) datadog(id, signal string) string {
	key := "exporters::" + id + "::"
	option := map[string]string{"traces": "traces::endpoint", "logs": "logs::endpoint", "metrics": "metrics::endpoint"}[signal]
	return cmp.Or(address(s.text(key+option)), "Datadog at "+s.text(key+"api::site")) + " (Datadog)"
}

// readers says who can read what listens on an address.
func readers(endpoint string) string {
	if host, _, err := net.SplitHostPort(endpoint); err == nil && isLoopback(host) && host != "" && host != "0.0.0.0" && host != "::" {
		return endpoint + ", on this machine only"
	}
	return endpoint + ", from any machine that reaches it"
}

// pages are the extensions that answer whoever asks, and what they say.
var pages = []struct{ kind, data string }{
	{"health_check", "whether it is healthy"},
	{"zpages", "which pipelines and components run"},
	{"pprof", "profiles: names of functions, sizes, times"},
}

// ofItself are the ways of what the collector says of itself. A test of the whole
// binary holds that none of it has a payload.
func (s *subject) ofItself() []Way {
	ways := []Way{{Data: "the collector's own log", Component: "service::telemetry::logs", To: "standard error", Prompts: "no"}}
	for i, reader := range s.list("service::telemetry::metrics::readers") {
		way := Way{Data: "the collector's own metrics", Component: fmt.Sprintf("service::telemetry::metrics::readers::%d", i), Prompts: "no"}
		switch {
		case member(reader, "pull", "exporter", "prometheus") != nil:
			prometheus := member(reader, "pull", "exporter", "prometheus")
			way.To = "who asks " + readers(net.JoinHostPort(fmt.Sprint(member(prometheus, "host")), fmt.Sprint(member(prometheus, "port"))))
		case member(reader, "periodic", "exporter", "otlp") != nil:
			way.To = address(fmt.Sprint(member(reader, "periodic", "exporter", "otlp", "endpoint")))
		case member(reader, "periodic", "exporter", "otlp_http") != nil:
			way.To = address(fmt.Sprint(member(reader, "periodic", "exporter", "otlp_http", "endpoint")))
		default:
			way.To = "standard output"
		}
		ways = append(ways, way)
	}
	for _, signal := range []string{"logs", "traces"} {
		if list := s.list("service::telemetry::" + signal + "::processors"); len(list) > 0 {
			ways = append(ways, Way{
				Data: "the collector's own " + signal, Component: "service::telemetry::" + signal + "::processors",
				To: "the exporter that it names", Prompts: "no",
			})
		}
	}
	for _, page := range pages {
		for _, id := range s.ofKind("extensions", page.kind) {
			ways = append(ways, Way{Data: page.data, Component: id, To: "who asks " + readers(s.text("extensions::"+id+"::endpoint")), Prompts: "no"})
		}
	}
	return ways
}

func (s *subject) list(key string) []any {
	list, _ := s.conf.Get(key).([]any)
	return list
}

// member follows keys into a value.
func member(value any, keys ...string) any {
	for _, key := range keys {
		m, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = m[key]
	}
	return value
}

// componentWord is what a component is.
func componentWord(id string) string {
	if kindOf(id) == "trace_viewer" {
		return "extension"
	}
	return "exporter"
}

// Describe puts ways into words, for a terminal.
func Describe(ways []Way) string {
	var b strings.Builder
	for i, way := range ways {
		own := len(way.From) == 0
		if own && (i == 0 || len(ways[i-1].From) > 0) {
			b.WriteString("And of the collector itself, without any payload:\n\n")
		}
		if own {
			fmt.Fprintf(&b, "  %s → %s\n", way.Data, way.To)
			continue
		}
		fmt.Fprintf(&b, "%s → %s\n", way.Data, way.To)
		for _, line := range [][2]string{
			{componentWord(way.Component), way.Component},
			{"from", strings.Join(way.From, ", ")},
			{"redacted", way.Redacted},
			{"changed", strings.Join(way.Changed, "; ")},
			{"share", way.Share},
			{"prompts", way.Prompts},
			{"waits", way.Waits},
		} {
			if line[1] != "" {
				fmt.Fprintf(&b, "  %-9s %s\n", line[0], line[1])
			}
		}
		b.WriteString("\n")
	}
	if !slices.ContainsFunc(ways, func(w Way) bool { return len(w.From) > 0 }) {
		return "No telemetry leaves: no destination is configured.\n\n" + b.String()
	}
	return b.String()
}
