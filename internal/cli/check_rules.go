package cli

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// findMistakes returns sentences that name the key and the remedy, and never a
// secret. literal is the configuration without what it refers to.
func findMistakes(conf, literal *confmap.Conf) ([]string, error) {
	w, err := readWiring(conf)
	if err != nil {
		return nil, err
	}
	var found []string
	routes := w.routes()
	for _, rule := range []func(*wiring, []route) []string{unredacted, sampledSpend, unpricedSpend, resentSpend, noMemoryLimit} {
		found = append(found, rule(w, routes)...)
	}
	found = append(found, forgetfulQueues(conf, w)...)
	found = append(found, droppedWhenRefused(conf, w)...)
	found = append(found, openReceivers(conf, w)...)
	found = append(found, secretsInURLs(conf)...)
	found = append(found, literalSecrets(literal)...)
	slices.Sort(found)
	return slices.Compact(found), nil // several routes may have one mistake
}

// unredacted finds ways to an exporter that no sensitive_filter is on. What was
// read back from Kafka counts as redacted where this configuration writes only
// redacted telemetry there.
func unredacted(w *wiring, routes []route) []string {
	bare := func(r route) bool {
		_, exporter := w.Exporters[r.end]
		return exporter && kindOf(r.end) != "nop" && !r.has("sensitive_filter", "sensitivefilter")
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
		if w.countsSpend(r.end) && r.has("probabilistic_sampler", "tail_sampling", "filter") {
			found = append(found, fmt.Sprintf("service::pipelines::%s: %s counts spend behind a sampler or filter, so that calls are missing; "+
				"sample in the pipelines of destinations", r.pipeline, r.end))
		}
	}
	return found
}

// unpricedSpend finds connectors that count what llm_cost has not written.
func unpricedSpend(w *wiring, routes []route) []string {
	var found []string
	for _, r := range routes {
		if w.countsSpend(r.end) && !r.has("llm_cost", "llmcost") {
			found = append(found, fmt.Sprintf("service::pipelines::%s: %s counts spend without llm_cost on its way, so that it counts none; "+
				"put llm_cost before the fork", r.pipeline, r.end))
		}
	}
	return found
}

// resentSpend finds connectors that count a span at each attempt of its client.
func resentSpend(w *wiring, routes []route) []string {
	var found []string
	for _, r := range routes {
		if w.countsSpend(r.end) && !r.has("span_dedup") {
			found = append(found, fmt.Sprintf("service::pipelines::%s: %s counts spend without span_dedup on its way, so that a request which a client "+
				"sends again is counted again; add span_dedup to the processors", r.pipeline, r.end))
		}
	}
	return found
}

// countsSpend says whether a component is a connector that makes metrics of what
// llm_cost writes, rather than of something else.
func (w *wiring) countsSpend(id string) bool {
	config, ok := w.Connectors[id]
	text := fmt.Sprint(config)
	return ok && kindOf(id) == "signal_to_metrics" && (strings.Contains(text, "gen_ai.usage.") || strings.Contains(text, "llmcost."))
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

// usedExporters are those of some pipeline.
func (w *wiring) usedExporters() map[string]bool {
	used := map[string]bool{}
	for _, p := range w.Service.Pipelines {
		for _, exporter := range p.Exporters {
			used[exporter] = true
		}
	}
	return used
}

// forgetfulQueues finds exporters in use whose queue is in memory.
func forgetfulQueues(conf *confmap.Conf, w *wiring) []string {
	used := w.usedExporters()
	var found []string
	for id := range maps.Keys(w.Exporters) {
		key := "exporters::" + id + "::sending_queue"
		if used[id] && slices.Contains(queued, kindOf(id)) && conf.Get(key+"::storage") == nil && conf.Get(key+"::enabled") != false {
			found = append(found, key+": is in memory, a restart empties it; set storage: file_storage")
		}
	}
	return found
}

// upstreams are the OTLP exporters, by all their names.
var upstreams = []string{"otlp_http", "otlphttp", "otlp_grpc", "otlp"}

// droppedWhenRefused finds exporters in use that keep on disk what a destination
// does not take, and drop it when it refuses the credentials.
func droppedWhenRefused(conf *confmap.Conf, w *wiring) []string {
	used := w.usedExporters()
	var found []string
	for id := range w.Exporters {
		key := "exporters::" + id
		if used[id] && slices.Contains(upstreams, kindOf(id)) && conf.Get(key+"::sending_queue::storage") != nil &&
			!strings.Contains(fmt.Sprint(conf.Get(key+"::middlewares")), "retry_refused") {
			found = append(found, key+": drops what the destination refuses because of credentials (401, 403), though its queue is on disk; "+
				"set middlewares: [{id: retry_refused}]")
		}
	}
	return found
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
func openReceivers(conf *confmap.Conf, w *wiring) []string {
	used := map[string]bool{}
	for _, p := range w.Service.Pipelines {
		for _, receiver := range p.Receivers {
			used[receiver] = true
		}
	}
	var found []string
	for id := range w.Receivers {
		for _, part := range listening[kindOf(id)] {
			key := "receivers::" + id + part
			endpoint, ok := conf.Get(key + "::endpoint").(string)
			if used[id] && ok && reachable(endpoint) && conf.Get(key+"::auth") == nil {
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
