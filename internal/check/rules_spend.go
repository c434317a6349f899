package check

import (
	"fmt"
	"slices"
	"strings"
)

var spendRules = []rule{
	{"sampled-spend", Warning, sampledSpend},
	{"unpriced-spend", Warning, unpricedSpend},
	{"resent-spend", Warning, resentSpend},
	{"metrics-discarded", Warning, metricsDiscarded},
}

// spending are the routes that end at a connector which counts spend.
func (s *subject) spending(found func(route) bool, message string) []problem {
	var problems []problem
	for _, r := range s.routes {
		if s.countsSpend(r.end) && found(r) {
			problems = append(problems, at("service::pipelines::"+r.pipeline, message, r.end))
		}
	}
	return problems
}

// sampledSpend finds samplers and filters before the connector that counts
// spend.
func sampledSpend(s *subject) []problem {
	return s.spending(func(r route) bool { return r.has("probabilistic_sampler", "tail_sampling", "filter") },
		"%s counts spend behind a sampler or filter, so that calls are missing; sample in the pipelines of destinations")
}

// unpricedSpend finds connectors that count what llm_cost has not written.
func unpricedSpend(s *subject) []problem {
	return s.spending(func(r route) bool { return !r.has("llm_cost", "llmcost") },
		"%s counts spend without llm_cost on its way, so that it counts none; put llm_cost before the fork")
}

// resentSpend finds connectors that count a span at each attempt of its client.
func resentSpend(s *subject) []problem {
	return s.spending(func(r route) bool { return !r.has("span_dedup") },
		"%s counts spend without span_dedup on its way, so that a request which a client sends again is counted again; add span_dedup to the processors")
}

// countsSpend says whether a component is a connector that makes metrics of what
// llm_cost writes, rather than of something else.
func (w *wiring) countsSpend(id string) bool {
	config, ok := w.Connectors[id]
	text := fmt.Sprint(config)
	return ok && kindOf(id) == "signal_to_metrics" && (strings.Contains(text, "gen_ai.usage.") || strings.Contains(text, "llmcost."))
}

// takesMetrics are exporters that deliver metrics as well as traces, whatever they
// send to. Kafka is a way to other collectors.
var takesMetrics = []string{"otlp_http", "otlphttp", "otlp_grpc", "otlp", "datadog"}

// metricsDiscarded finds configurations whose destination could take metrics and gets
// none, although there are some: of spend, or of applications. A destination that
// takes traces alone, of which only the address for traces is given, is none.
func metricsDiscarded(s *subject) []problem {
	made, delivered := "", false
	for _, r := range s.routes {
		if r.signal() != "metrics" {
			continue
		}
		if _, exporter := s.Exporters[r.end]; exporter {
			delivered = delivered || kindOf(r.end) != "nop"
			if made == "" || len(r.connectors) > 0 {
				made = r.pipeline
			}
		}
	}
	if made == "" || delivered {
		return nil
	}
	could := slices.DeleteFunc(s.ofKind("exporters", takesMetrics...), func(id string) bool {
		key := "exporters::" + id + "::"
		return s.conf.Get(key+"endpoint") == nil && s.conf.Get(key+"traces_endpoint") != nil
	})
	if len(could) == 0 {
		return nil
	}
	return []problem{at("service::pipelines::"+made, "no destination gets metrics, which are discarded; "+
		"add a pipeline: metrics/mine: {receivers: [forward/llm], exporters: [%s]}", could[0])}
}
