package cli

import (
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// wiring is the part of a configuration that says what is connected to what.
type wiring struct {
	Receivers  map[string]any `mapstructure:"receivers"`
	Exporters  map[string]any `mapstructure:"exporters"`
	Connectors map[string]any `mapstructure:"connectors"`
	Service    struct {
		Pipelines map[string]pipeline `mapstructure:"pipelines"`
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
	end        string
}

// kindOf is the type in a component's id: otlp of otlp/2.
func kindOf(id string) string {
	kind, _, _ := strings.Cut(id, "/")
	return kind
}

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
