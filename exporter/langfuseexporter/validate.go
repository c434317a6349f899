package langfuseexporter

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/config/configcompression"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

// Words of the configuration.
const (
	filterLLM       = "llm"
	filterLLMTraces = "llm_traces"
	filterAll       = "all"

	orphansReparent = "reparent"
	orphansFlag     = "flag"
	orphansKeep     = "keep"

	encodingProto = "proto"
	encodingJSON  = "json"

	checkOff  = "off"
	checkWarn = "warn"
	checkFail = "fail"

	mediaUpload = "upload"
	mediaStrip  = "strip"
	mediaKeep   = "keep"

	routingDrop = "drop"
)

// maxIngestionVersion is the newest that servers know; they refuse all others.
const maxIngestionVersion = 4

// minBytes is the smallest limit of a request or a span that leaves room for
// what is no content.
const minBytes = 16 << 10

// Validate reports everything that is wrong, each with its key and what may
// stand there.
func (c *Config) Validate() error {
	var errs []error
	oneOf := func(key, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			errs = append(errs, fmt.Errorf("%s: %q is not one of %q", key, value, allowed))
		}
	}
	oneOf("encoding", c.Encoding, encodingProto, encodingJSON)
	oneOf("check_on_start", c.CheckOnStart, checkOff, checkWarn, checkFail)
	oneOf("filter::mode", c.Filter.Mode, filterLLM, filterLLMTraces, filterAll)
	oneOf("filter::orphans", c.Filter.Orphans, orphansReparent, orphansFlag, orphansKeep)
	oneOf("mapping::messages", c.Mapping.Messages, mapping.MessagesChatML, mapping.MessagesJSON, mapping.MessagesOff)
	oneOf("mapping::cost", c.Mapping.Cost, mapping.CostAuto, mapping.CostNever)
	oneOf("mapping::agent_usage", c.Mapping.AgentUsage, mapping.AgentUsageDrop, mapping.AgentUsageKeep)
	oneOf("mapping::span_events", c.Mapping.SpanEvents, mapping.EventsDrop, mapping.EventsMetadata, mapping.EventsObservations)
	oneOf("mapping::model_name", c.Mapping.ModelName, mapping.ModelResponse, mapping.ModelRequest, mapping.ModelStripPrefix)
	oneOf("media::mode", c.Media.Mode, mediaUpload, mediaStrip, mediaKeep)
	errs = append(errs, c.numberProblems()...)
	if t := c.ClientConfig.Compression; t.IsCompressed() && t != configcompression.TypeGzip {
		errs = append(errs, fmt.Errorf("compression: Langfuse reads gzip only; %q must be gzip or none", t))
	}
	errs = append(errs, c.projectProblems()...)
	return errors.Join(append(errs, c.routingProblems()...)...)
}

func (c *Config) numberProblems() []error {
	var errs []error
	atLeast := func(key string, n, least int) {
		if n < least {
			errs = append(errs, fmt.Errorf("%s: %d is less than %d", key, n, least))
		}
	}
	if v := c.IngestionVersion; v < 0 || v > maxIngestionVersion {
		errs = append(errs, fmt.Errorf("ingestion_version: %d is not between 0 (no header) and %d; servers refuse other versions", v, maxIngestionVersion))
	}
	atLeast("max_request_bytes", c.MaxRequestBytes, minBytes)
	atLeast("max_span_bytes", c.MaxSpanBytes, minBytes)
	if c.MaxSpanBytes > c.MaxRequestBytes {
		errs = append(errs, fmt.Errorf("max_span_bytes: %d is more than max_request_bytes (%d)", c.MaxSpanBytes, c.MaxRequestBytes))
	}
	atLeast("propagate::cache::max_traces", c.Propagate.Cache.MaxTraces, 0)
	if c.Propagate.Cache.TTL < 0 {
		errs = append(errs, fmt.Errorf("propagate::cache::ttl: %v is negative", c.Propagate.Cache.TTL))
	}
	atLeast("whole_traces::max_spans", c.WholeTraces.MaxSpans, 1)
	if c.WholeTraces.Wait < 0 {
		errs = append(errs, fmt.Errorf("whole_traces::wait: %v is negative", c.WholeTraces.Wait))
	}
	if c.WholeTraces.Wait > 0 && c.QueueConfig.HasValue() && c.QueueConfig.Get().WaitForResult {
		errs = append(errs, errors.New("whole_traces::wait: does not go with sending_queue::wait_for_result, which waits for the server; remove one of them"))
	}
	atLeast("media::min_size", c.Media.MinSize, 64)
	atLeast("media::max_size", c.Media.MaxSize, 1)
	atLeast("media::concurrency", c.Media.Concurrency, 1)
	for _, code := range c.RetryStatusCodes {
		if code < 400 || code > 599 {
			errs = append(errs, fmt.Errorf("retry_status_codes: %d is not a status of an error (400 to 599)", code))
		}
	}
	if err := c.Refused.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("refused: %w", err))
	}
	return errs
}

// projectProblems checks addresses and keys.
func (c *Config) projectProblems() []error {
	var errs []error
	if _, err := baseURL(c.ClientConfig.Endpoint, c.Region, ""); err != nil {
		errs = append(errs, err)
	}
	own := c.Keys
	if len(c.Projects) > 0 {
		// Both are put on every request, after the keys.
		const remedy = "would replace the keys of projects, so that all went to one project; remove it and set public_key and secret_key"
		if c.ClientConfig.Auth.HasValue() {
			errs = append(errs, errors.New("auth: "+remedy))
		}
		if c.hasAuthorization() {
			errs = append(errs, errors.New("headers: Authorization "+remedy))
		}
	}
	switch {
	case own.isEmpty() && (c.ClientConfig.Auth.HasValue() || c.hasAuthorization()):
	case own.isEmpty() && c.isRoutedWhole():
	default:
		if _, err := own.pair(""); err != nil {
			errs = append(errs, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Projects)) {
		p, where := c.Projects[name], "projects::"+name+"::"
		if name == "" || name == routingDrop {
			errs = append(errs, fmt.Errorf("projects: %q cannot be the name of a project", name))
		}
		if name == defaultLabel && c.hasOwnProject() {
			errs = append(errs, fmt.Errorf("projects: %q cannot be the name of a project beside keys of the exporter's own, which logs, metrics and queues call so; choose another", name))
		}
		if _, err := p.Keys.pair(where); err != nil {
			errs = append(errs, err)
		}
		if _, err := baseURL(p.Endpoint, p.Region, where); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func (c *Config) hasAuthorization() bool {
	for name := range c.ClientConfig.Headers.Iter {
		if strings.EqualFold(name, "Authorization") {
			return true
		}
	}
	return false
}

// isRoutedWhole reports whether no trace can reach the exporter's own keys.
func (c *Config) isRoutedWhole() bool { return len(c.Projects) > 0 && c.Routing.Default != "" }

// hasOwnProject reports whether there is a project beside those of projects: that of
// the exporter's own keys.
func (c *Config) hasOwnProject() bool { return !c.Keys.isEmpty() || !c.isRoutedWhole() }

func (c *Config) routingProblems() []error {
	var errs []error
	if d := c.Routing.Default; d != "" && d != routingDrop {
		if _, ok := c.Projects[d]; !ok {
			errs = append(errs, fmt.Errorf("routing::default: %q is neither drop nor one of projects", d))
		}
	}
	if len(c.Routing.From) > 0 && len(c.Projects) == 0 {
		errs = append(errs, errors.New("routing::from: there are no projects to choose from; list them under projects"))
	}
	if len(c.Routing.From) == 0 && len(c.Projects) > 0 {
		errs = append(errs, errors.New("projects: nothing says which traces go there; set routing::from"))
	}
	for i, source := range c.Routing.From {
		set := 0
		for _, key := range [...]string{source.Resource, source.Scope, source.Span, source.Metadata} {
			if key != "" {
				set++
			}
		}
		if set != 1 {
			errs = append(errs, fmt.Errorf("routing::from: entry %d names %d places; it must have one of resource, scope, span, metadata", i+1, set))
		}
		if source.Metadata != "" && !c.separates(source.Metadata) {
			errs = append(errs, fmt.Errorf("sending_queue::batch::partition::metadata_keys: must have %q, by which routing::from decides", source.Metadata))
		}
	}
	return errs
}

// separates reports whether requests with different client metadata never share
// a batch.
func (c *Config) separates(key string) bool {
	if !c.QueueConfig.HasValue() || !c.QueueConfig.Get().Batch.HasValue() {
		return true
	}
	keys := c.QueueConfig.Get().Batch.Get().Partition.MetadataKeys
	return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
}
