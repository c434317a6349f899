package status

// figure is a number that a component counts, by its type.
type figure struct {
	name   string
	metric string // without otelcol_
	label  string // that says which component, "" where the metric has none
	unit   string
	bad    bool
	match  []string // further labels
}

// figures are what components count that is worth a look. docs/metrics.md has all.
var figures = map[string][]figure{
	"sensitive_filter": {
		{name: "sensitive texts found", metric: "processor_sensitive_filter_findings", unit: "{finding}"},
		{name: "values that could not be scanned and were replaced", metric: "processor_sensitive_filter_errors", unit: "{error}", bad: true},
		{name: "records dropped because they could not be scanned", metric: "processor_sensitive_filter_dropped_records", unit: "{record}", bad: true},
		{name: "values longer than limits::max_value_bytes", metric: "processor_sensitive_filter_oversize_values", unit: "{value}"},
	},
	"llm_cost": {
		{name: "model calls and sums of them", metric: "processor_llm_cost_spans", unit: "{span}"},
		{name: "model calls without a price", metric: "processor_llm_cost_unpriced_spans", unit: "{span}", bad: true},
		{name: "spans that could not be priced because of an error", metric: "processor_llm_cost_failed_spans", unit: "{span}", bad: true},
		{name: "age of the newest price list", metric: "processor_llm_cost_catalog_age", unit: "s"},
	},
	"span_dedup": {
		{name: "spans that came again and were passed on once", metric: "processor_span_dedup_resent_spans", label: "processor", unit: "{span}"},
	},
	"cumulative": {
		{name: "series", metric: "processor_cumulative_series", unit: "{series}"},
		{name: "data points added to the overflow series", metric: "processor_cumulative_overflows", unit: "{datapoint}", bad: true},
	},
	"memory_limiter": {
		{name: "spans refused because there was no memory", metric: "processor_memory_limiter_refused_spans", label: "processor", unit: "{span}", bad: true},
	},
	"probabilistic_sampler": {
		{name: "traces sampled out", metric: "processor_probabilistic_sampler_count_traces_sampled", unit: "{trace}", match: []string{"sampled", "false"}},
	},
	"tail_sampling": {
		{name: "traces sampled out", metric: "processor_tail_sampling_global_count_traces_sampled", unit: "{trace}", match: []string{"sampled", "false"}},
		{name: "traces dropped before a decision", metric: "processor_tail_sampling_sampling_trace_dropped_too_early", unit: "{trace}", bad: true},
	},
	"libsql": {
		{name: "spans stored", metric: "exporter_libsql_spans", unit: "{span}", match: []string{"outcome", "written"}},
		{name: "spans that the database refuses", metric: "exporter_libsql_spans", unit: "{span}", match: []string{"outcome", "rejected"}, bad: true},
		{name: "traces deleted by retention", metric: "exporter_libsql_deleted_traces", unit: "{trace}"},
		{name: "values cut at limits::max_value_bytes", metric: "exporter_libsql_cut_values", unit: "{value}"},
		{name: "age of the oldest trace", metric: "exporter_libsql_oldest_trace_age", unit: "s"},
	},
	"langfuse": {
		{name: "spans left out by filter", metric: "exporter_langfuse_filtered_spans", unit: "{span}"},
		{name: "spans that Langfuse does not accept", metric: "exporter_langfuse_rejected_spans", unit: "{span}", bad: true},
		{name: "spans whose content was cut", metric: "exporter_langfuse_truncated_spans", unit: "{span}"},
	},
}

// read reads a figure. It is not there before its first count.
func (f figure) read(m metrics, id string) (Figure, bool) {
	labels := f.match
	if f.label != "" {
		labels = append([]string{f.label, id}, labels...)
	}
	value, ok := m.sum("otelcol_"+f.metric, labels...)
	return Figure{f.name, value, f.unit, f.bad}, ok
}

// refusals are the reasons of otelcol_receiver_otlp_refused_requests, for people.
var refusals = map[string]struct{ kind, sentence, remedy string }{
	"malformed":         {"malformed", "what was sent is not OTLP", "the answer to the client says where it is wrong; an OTLP exporter of an SDK sends what is right"},
	"too_large":         {"refused", "a request was too large", "send smaller batches, or raise max_request_body_size and max_recv_msg_size_mib of the receiver"},
	"too_large_decoded": {"refused", "a request would have taken too much memory", "send fewer spans in a request, or raise limits::decoded_mib of the receiver"},
	"too_slow":          {"refused", "a body did not come in time", "look at the network between the application and here"},
	"busy":              {"memory", "other requests had taken the memory", "nothing, where it passes: the client sends again"},
	"unauthenticated":   {"auth", "credentials were missing or wrong", "set OTEL_EXPORTER_OTLP_HEADERS in the application to what the collector expects"},
	"unavailable":       {"store", "a destination did not take it", "the client sends again; see the destinations of the page Collector"},
	"rejected":          {"refused", "a destination refused it for good", "the log of the collector says why"},
	"not_otlp":          {"wrong_path", "a request over HTTP had another path, method or form than OTLP", "set OTEL_EXPORTER_OTLP_ENDPOINT to the base URL without a path, and OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf"},
	"grpc_at_http":      {"grpc_at_http", "an application spoke gRPC to the port of HTTP", "set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or send to the port of gRPC"},
	"http_at_grpc":      {"http_at_grpc", "an application spoke HTTP to the port of gRPC", "set OTEL_EXPORTER_OTLP_PROTOCOL=grpc, or send to the port of HTTP"},
}
