package check

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

var deliveryRules = []rule{
	{"no-destination", Warning, noDestination},
	{"queue-in-memory", Note, forgetfulQueues},
	{"dropped-when-refused", Warning, droppedWhenRefused},
	{"batch-before-store", Warning, batchesFirst},
	{"held-in-memory", Warning, heldInMemory},
	{"one-file", Error, oneFile},
}

// noDestination finds configurations that deliver nothing anywhere.
func noDestination(s *subject) []problem {
	for range s.deliveries() {
		return nil
	}
	return []problem{at("service::pipelines", "no destination: what is received is acknowledged and discarded; "+
		"add a file of config/destinations/, such as libsql.yaml")}
}

// queued are exporters that answer before they have delivered. libsql is not one
// of them, prometheus keeps nothing, debug delivers at once.
var queued = []string{"otlp_http", "otlphttp", "otlp_grpc", "otlp", "kafka", "langfuse", "datadog"}

// forgetfulQueues finds exporters in use whose queue is in memory, and which do not
// make their clients wait for the delivery.
func forgetfulQueues(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("exporters", queued...) {
		key := "exporters::" + id + "::sending_queue"
		if s.conf.Get(key+"::storage") == nil && s.conf.Get(key+"::enabled") != false && s.conf.Get(key+"::wait_for_result") != true {
			found = append(found, at(key, "is in memory, a restart empties it; set storage: file_storage"))
		}
	}
	return found
}

// upstreams are the OTLP exporters, by all their names.
var upstreams = []string{"otlp_http", "otlphttp", "otlp_grpc", "otlp"}

// droppedWhenRefused finds exporters in use that keep on disk what a destination
// does not take, and drop it after answers that say nothing about the request.
func droppedWhenRefused(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("exporters", upstreams...) {
		key := "exporters::" + id
		if s.conf.Get(key+"::sending_queue::storage") != nil && !strings.Contains(fmt.Sprint(s.conf.Get(key+"::middlewares")), "retry_refused") {
			found = append(found, at(key, "drops what the destination answers with 401, 403 or 500, though its queue is on disk; "+
				"set middlewares: [{id: retry_refused}]"))
		}
	}
	return found
}

// holders are processors that acknowledge telemetry and keep it in memory for a time.
// What they hold is lost with the process, however it ends.
var holders = []string{"groupbytrace"}

// batchesFirst finds the batch processor before an exporter.
func batchesFirst(s *subject) []problem {
	return s.holding([]string{"batch"}, "%s answers the client before an exporter has the telemetry, so that a crash loses it; "+
		"take it out, exporters batch by themselves (sending_queue::batch)")
}

// heldInMemory finds processors that lose what they hold.
func heldInMemory(s *subject) []problem {
	return s.holding(holders, "%s acknowledges telemetry, keeps it in memory and loses it when the collector ends; take it out")
}

func (s *subject) holding(kinds []string, message string) []problem {
	var found []problem
	for r := range s.deliveries() {
		for _, id := range r.processors {
			if slices.Contains(kinds, kindOf(id)) && len(r.connectors) == 0 {
				found = append(found, at("service::pipelines::"+s.pipelineOf(id, r), message, id))
			}
		}
	}
	return found
}

// pipelineOf is the pipeline on a route that has a processor.
func (s *subject) pipelineOf(processor string, r route) string {
	if slices.Contains(s.Service.Pipelines[r.pipeline].Processors, processor) {
		return r.pipeline
	}
	for _, id := range slices.Sorted(maps.Keys(s.Service.Pipelines)) {
		p := s.Service.Pipelines[id]
		if kindOf(id) == r.signal() && slices.Contains(p.Processors, processor) {
			return id
		}
	}
	return r.pipeline
}

// writers are, by kind of exporter, the option that names the file which it writes.
var writers = map[string]string{"libsql": "url", "file": "path"}

// oneFile finds exporters of which several write one file.
func oneFile(s *subject) []problem {
	first := map[string]string{}
	var found []problem
	for _, id := range s.used("exporters") {
		option, ok := writers[kindOf(id)]
		key := "exporters::" + id + "::" + option
		file := s.text(key)
		if !ok || file == "" || strings.Contains(file, "://") && !strings.HasPrefix(file, "file:") {
			continue
		}
		path, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(file, "file:"), "//"), "?")
		path = kindOf(id) + ":" + filepath.Clean(path)
		if other := first[path]; other != "" {
			found = append(found, at(key, "is the file of exporters::%s too; two writers of one file block each other. Give each its own, or use one in both pipelines", other))
			continue
		}
		first[path] = id
	}
	return found
}
