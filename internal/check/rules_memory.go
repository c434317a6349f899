package check

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

var memoryRules = []rule{
	{"no-memory-limit", Warning, noMemoryLimit},
	{"memory-limit-too-high", Warning, limitAboveMachine},
}

// noMemoryLimit finds receiving pipelines that do not begin with memory_limiter.
func noMemoryLimit(s *subject) []problem {
	var found []problem
	for id, p := range s.Service.Pipelines {
		receives := slices.ContainsFunc(p.Receivers, func(receiver string) bool { _, ok := s.Connectors[receiver]; return !ok })
		keeps := slices.ContainsFunc(p.Exporters, func(exporter string) bool { return kindOf(exporter) != "nop" })
		if receives && keeps && (len(p.Processors) == 0 || kindOf(p.Processors[0]) != "memory_limiter") {
			found = append(found, at("service::pipelines::"+id, "does not begin with memory_limiter; a burst can end the collector for want of memory"))
		}
	}
	return found
}

// limitAboveMachine finds limits that are never reached, because the machine or the
// container has less memory.
func limitAboveMachine(s *subject) []problem {
	if s.machine.MemoryBytes <= 0 {
		return nil
	}
	var found []problem
	for _, id := range s.ofKind("processors", "memory_limiter") {
		key := "processors::" + id + "::limit_mib"
		limit, err := strconv.ParseInt(fmt.Sprint(s.conf.Get(key)), 10, 64)
		if has := s.machine.MemoryBytes >> 20; err == nil && limit > has {
			found = append(found, at(key, "is %d, and there are %d MiB here: the process is killed before it tells clients to wait; "+
				"set OTELCOL_MEMORY_LIMIT_MIB to %d or less", limit, has, has*3/4))
		}
	}
	return found
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
