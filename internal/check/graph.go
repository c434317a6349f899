package check

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// wiring is the part of a configuration that says what is connected to what.
type wiring struct {
	Receivers  map[string]any `mapstructure:"receivers"`
	Processors map[string]any `mapstructure:"processors"`
	Exporters  map[string]any `mapstructure:"exporters"`
	Connectors map[string]any `mapstructure:"connectors"`
	Extensions map[string]any `mapstructure:"extensions"`
	Service    struct {
		Pipelines  map[string]pipeline `mapstructure:"pipelines"`
		Extensions []string            `mapstructure:"extensions"`
	} `mapstructure:"service"`
}

type pipeline struct {
	Receivers  []string `mapstructure:"receivers"`
	Processors []string `mapstructure:"processors"`
	Exporters  []string `mapstructure:"exporters"`
}

// route is one way that telemetry can take: from a receiver, through processors
// of one pipeline or several, to an exporter or to a connector that makes
// something else of it.
type route struct {
	pipeline   string // the last one
	receiver   string
	processors []string
	connectors []string // passed on the way that make something else: spend metrics of spans
	end        string
}

// kindOf is the type in a component's id: otlp of otlp/2.
func kindOf(id string) string {
	kind, _, _ := strings.Cut(id, "/")
	return kind
}

// signal is what the route ends with: traces, logs, metrics.
func (r route) signal() string { return kindOf(r.pipeline) }

// has says whether a processor of one of the types is on the way.
func (r route) has(kinds ...string) bool {
	return slices.ContainsFunc(r.processors, func(id string) bool { return slices.Contains(kinds, kindOf(id)) })
}

func readWiring(conf *confmap.Conf) (*wiring, error) {
	var w wiring
	err := conf.Unmarshal(&w, confmap.WithIgnoreUnused())
	return &w, err
}

// routes returns every way through the pipelines, sorted by pipeline. A circle,
// which the collector refuses to start, is followed once.
func (w *wiring) routes() []route {
	var found []route
	for _, id := range slices.Sorted(maps.Keys(w.Service.Pipelines)) {
		for _, in := range w.into(id, nil) {
			for _, exporter := range w.Service.Pipelines[id].Exporters {
				out := in
				out.end = exporter
				found = append(found, out)
			}
		}
	}
	return found
}

// into returns the ways to the end of a pipeline's processors.
func (w *wiring) into(id string, seen []string) []route {
	if slices.Contains(seen, id) {
		return nil
	}
	seen = append(slices.Clone(seen), id)
	p := w.Service.Pipelines[id]
	var found []route
	for _, receiver := range p.Receivers {
		if _, ok := w.Connectors[receiver]; !ok {
			found = append(found, route{pipeline: id, receiver: receiver, processors: p.Processors})
			continue
		}
		for _, before := range slices.Sorted(maps.Keys(w.Service.Pipelines)) {
			if !slices.Contains(w.Service.Pipelines[before].Exporters, receiver) || !follows(receiver, before, id) {
				continue
			}
			for _, in := range w.into(before, seen) {
				in.pipeline = id
				in.processors = append(slices.Clone(in.processors), p.Processors...)
				if kindOf(receiver) != "forward" {
					in.connectors = append(slices.Clone(in.connectors), receiver)
				}
				found = append(found, in)
			}
		}
	}
	return found
}

// follows says whether a connector hands on from one pipeline to another: forward
// keeps the signal, others change it.
func follows(connector, from, to string) bool {
	return kindOf(connector) != "forward" || kindOf(from) == kindOf(to)
}

// deliveries are the routes that end at an exporter which does something with what
// it gets.
func (s *subject) deliveries() iter.Seq[route] {
	return func(yield func(route) bool) {
		for _, r := range s.routes {
			if _, ok := s.Exporters[r.end]; ok && kindOf(r.end) != "nop" && !yield(r) {
				return
			}
		}
	}
}

// used are the components of some pipeline, and the extensions that are started, by
// section and id.
func (s *subject) used(section string) []string {
	ids := map[string]bool{}
	if section == "extensions" {
		for _, id := range s.Service.Extensions {
			ids[id] = true
		}
	}
	for _, p := range s.Service.Pipelines {
		for _, list := range map[string][][]string{
			"receivers": {p.Receivers}, "processors": {p.Processors}, "exporters": {p.Exporters}, "connectors": {p.Receivers, p.Exporters},
		}[section] {
			for _, id := range list {
				ids[id] = true
			}
		}
	}
	defined := map[string]map[string]any{
		"receivers": s.Receivers, "processors": s.Processors, "exporters": s.Exporters, "connectors": s.Connectors, "extensions": s.Extensions,
	}[section]
	var found []string
	for id := range ids {
		if _, ok := defined[id]; ok {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

// ofKind are the components in use that are of one of the types.
func (s *subject) ofKind(section string, kinds ...string) []string {
	return slices.DeleteFunc(s.used(section), func(id string) bool { return !slices.Contains(kinds, kindOf(id)) })
}

// text is an option that is a text, "" where it is none.
func (s *subject) text(key string) string {
	text, _ := s.conf.Get(key).(string)
	return text
}
