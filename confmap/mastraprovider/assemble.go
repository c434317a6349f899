package mastraprovider

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/config"
)

// assemble merges the base and the destinations that the variables switch on.
// Its error tells everything that is wrong, each by the name of the variable.
func assemble(lookup func(string) string) (*confmap.Conf, []string, error) {
	e := &environment{lookup: lookup}
	enabled := e.enabled()
	sampling := e.samplingPercentage()
	var files []string
	changes := map[string]any{}
	for _, d := range destinations {
		on, change := d.on(e)
		if !on {
			continue
		}
		files = append(files, path.Join("destinations", d.file))
		maps.Copy(changes, change)
		if d.stores {
			files = append(files, viewer)
		}
	}
	if err := errors.Join(e.errs...); err != nil {
		return nil, nil, err
	}
	if !enabled {
		conf, err := discard()
		return conf, []string{"MASTRA_OBSERVABILITY_ENABLED is false: what is received is discarded"}, err
	}
	conf, err := merge(files...)
	if err != nil {
		return nil, nil, err
	}
	if sampling != nil {
		processors, _ := conf.Get("processors").(map[string]any)
		for id := range processors {
			if strings.HasPrefix(id, "probabilistic_sampler/") {
				changes["processors::"+id+"::sampling_percentage"] = *sampling
			}
		}
	}
	if err := conf.Merge(confmap.NewFromStringMap(changes)); err != nil {
		return nil, nil, err
	}
	return conf, e.warnings, nil
}

// base is what destinations are added to, viewer what shows the traces of a store.
const base, viewer = "otelcol.yaml", "viewer.yaml"

// merge reads the base and further embedded files.
func merge(files ...string) (*confmap.Conf, error) {
	conf := confmap.New()
	contents, err := embedded()
	if err != nil {
		return nil, err
	}
	for _, file := range append([]string{base}, files...) {
		content, ok := contents[file]
		if !ok {
			return nil, fmt.Errorf("%s: %w", file, fs.ErrNotExist)
		}
		if err := conf.Merge(confmap.NewFromStringMap(content)); err != nil { // a copy
			return nil, err
		}
	}
	return conf, nil
}

// embedded are the files that configurations are put together of, parsed once.
var embedded = sync.OnceValues(func() (map[string]map[string]any, error) {
	contents := map[string]map[string]any{}
	files := []string{base, viewer}
	for _, d := range destinations {
		files = append(files, path.Join("destinations", d.file))
	}
	for _, file := range files {
		raw, err := config.Files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var content map[string]any
		if err := yaml.Unmarshal(raw, &content); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		contents[file] = content
	}
	return contents, nil
})

// observing are the base's extensions that show how the collector does. The
// others serve destinations.
var observing = []string{"health_check", "zpages", "pprof"}

// discard is the base's receivers, what shows how the collector does, and nothing
// behind them.
func discard() (*confmap.Conf, error) {
	whole, err := merge()
	if err != nil {
		return nil, err
	}
	extensions, started := map[string]any{}, []any{}
	for _, id := range observing {
		extensions[id] = whole.Get("extensions::" + id)
		started = append(started, id)
	}
	sink := map[string]any{"receivers": []any{"otlp"}, "exporters": []any{"nop"}}
	return confmap.NewFromStringMap(map[string]any{
		"extensions": extensions,
		"receivers":  whole.Get("receivers"),
		"exporters":  map[string]any{"nop": nil},
		"service": map[string]any{
			"extensions": started,
			"pipelines":  map[string]any{"traces": sink, "logs": sink, "metrics": sink},
			"telemetry":  whole.Get("service::telemetry"),
		},
	}), nil
}
