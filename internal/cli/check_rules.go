package cli

import (
	"fmt"
	"maps"
	"net"
	"slices"

	"go.opentelemetry.io/collector/confmap"
)

// findMistakes returns sentences that name the key and the remedy.
func findMistakes(conf *confmap.Conf) ([]string, error) {
	w, err := readWiring(conf)
	if err != nil {
		return nil, err
	}
	var found []string
	routes := w.routes()
	for _, rule := range []func(*wiring, []route) []string{unredacted, sampledSpend, noMemoryLimit} {
		found = append(found, rule(w, routes)...)
	}
	found = append(found, forgetfulQueues(conf, w)...)
	found = append(found, openReceivers(conf, w)...)
	slices.Sort(found)
	return slices.Compact(found), nil // several routes may have one mistake
}

// unredacted finds ways to an exporter that no sensitive_filter is on. What was
// read back from Kafka counts as redacted where this configuration writes only
// redacted telemetry there.
func unredacted(w *wiring, routes []route) []string {
	bare := func(r route) bool {
		_, exporter := w.Exporters[r.end]
		return exporter && kindOf(r.end) != "nop" && !r.has("sensitive_filter")
	}
	writes := slices.ContainsFunc(routes, func(r route) bool { return kindOf(r.end) == "kafka" })
	dirty := slices.ContainsFunc(routes, func(r route) bool { return kindOf(r.end) == "kafka" && bare(r) })
	var found []string
	for _, r := range routes {
		if bare(r) && (kindOf(r.receiver) != "kafka" || !writes || dirty) {
			found = append(found, fmt.Sprintf("service::pipelines::%s: what %s receives reaches %s without sensitive_filter on its way; "+
				"put it into the pipeline that receives, before the fork", r.pipeline, r.receiver, r.end))
		}
	}
	return found
}

// sampledSpend finds samplers and filters before the connector that counts
// spend.
func sampledSpend(w *wiring, routes []route) []string {
	var found []string
	for _, r := range routes {
		if _, ok := w.Connectors[r.end]; ok && kindOf(r.end) == "signal_to_metrics" && r.has("probabilistic_sampler", "tail_sampling", "filter") {
			found = append(found, fmt.Sprintf("service::pipelines::%s: %s counts spend behind a sampler or filter, so that calls are missing; "+
				"sample in the pipelines of destinations", r.pipeline, r.end))
		}
	}
	return found
}

// noMemoryLimit finds receiving pipelines that do not begin with memory_limiter.
func noMemoryLimit(w *wiring, _ []route) []string {
	var found []string
	for id, p := range w.Service.Pipelines {
		receives := slices.ContainsFunc(p.Receivers, func(receiver string) bool { _, ok := w.Connectors[receiver]; return !ok })
		keeps := slices.ContainsFunc(p.Exporters, func(exporter string) bool { return kindOf(exporter) != "nop" })
		if receives && keeps && (len(p.Processors) == 0 || kindOf(p.Processors[0]) != "memory_limiter") {
			found = append(found, fmt.Sprintf("service::pipelines::%s: does not begin with memory_limiter; a burst can end the collector for want of memory", id))
		}
	}
	return found
}

// queued are exporters that answer before they have delivered. libsql is not one
// of them, prometheus keeps nothing, debug delivers at once.
var queued = []string{"otlp_http", "otlphttp", "otlp_grpc", "otlp", "kafka", "langfuse", "datadog"}

// forgetfulQueues finds exporters in use whose queue is in memory.
func forgetfulQueues(conf *confmap.Conf, w *wiring) []string {
	used := map[string]bool{}
	for _, p := range w.Service.Pipelines {
		for _, exporter := range p.Exporters {
			used[exporter] = true
		}
	}
	var found []string
	for id := range maps.Keys(w.Exporters) {
		key := "exporters::" + id + "::sending_queue"
		if used[id] && slices.Contains(queued, kindOf(id)) && conf.Get(key+"::storage") == nil && conf.Get(key+"::enabled") != false {
			found = append(found, key+": is in memory, a restart empties it; set storage: file_storage")
		}
	}
	return found
}

// openReceivers finds OTLP receivers that other machines reach and that ask for
// no authentication.
func openReceivers(conf *confmap.Conf, w *wiring) []string {
	var found []string
	for id := range maps.Keys(w.Receivers) {
		for _, protocol := range []string{"grpc", "http"} {
			key := "receivers::" + id + "::protocols::" + protocol
			endpoint, ok := conf.Get(key + "::endpoint").(string)
			if ok && reachable(endpoint) && conf.Get(key+"::auth") == nil {
				found = append(found, fmt.Sprintf("%s: listens on %s without auth, so that anyone who reaches it can send; "+
					"listen on 127.0.0.1 or set auth::authenticator and tls, as config/gateway.yaml does", key, endpoint))
			}
		}
	}
	return found
}

func reachable(endpoint string) bool {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		return false // the collector says what is wrong
	}
	ip := net.ParseIP(host)
	return host == "" || ip != nil && !ip.IsLoopback()
}
