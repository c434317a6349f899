// Package status is what the page says of the collector itself: what runs, where data
// goes, what waits and what was refused. Its types are the JSON of /api/v1/collector
// and /api/v1/first-run.
//
// Counts come from the collector's own metrics, read where service::telemetry::metrics
// shows them to Prometheus, and health from what components report. They count from the
// start of the collector. None holds text of telemetry: an error is told by its class.
package status

import "time"

// Health says in a word how something does.
type Health string

// Words of health, the best first.
const (
	OK       Health = "ok"
	Starting Health = "starting"
	// Waiting: a destination does not take what it is sent, which is kept and sent again.
	Waiting Health = "waiting"
	// Degraded: something was refused or lost in the last minutes, or a component has
	// reported an error that it may recover from.
	Degraded Health = "degraded"
	Failed   Health = "failed"
	Stopped  Health = "stopped"
	// Unknown: nothing says how it does.
	Unknown Health = "unknown"
)

// Collector is the answer of /api/v1/collector.
type Collector struct {
	Command       string    `json:"command"` // otelcol-llm
	Version       string    `json:"version"`
	Started       time.Time `json:"started"`
	UptimeSeconds int64     `json:"uptime_seconds"`
	Health        Health    `json:"health"` // the worst of those below
	// Metered is false where the collector's own metrics cannot be read: then every
	// count is null. Note says why and what to do.
	Metered bool   `json:"metered"`
	Note    string `json:"note,omitempty"`

	Receivers    []Receiver    `json:"receivers"`
	Processors   []Processor   `json:"processors"`
	Destinations []Destination `json:"destinations"`
	Extensions   []Extension   `json:"extensions"`
	Pipelines    []Pipeline    `json:"pipelines"`
	// Redactions are findings since the start, a row a rule, the most frequent first;
	// /api/v1/redactions adds up what is stored.
	Redactions []RuleCount `json:"redactions"`
	// Warnings are sentences that ask for something to be done.
	Warnings []Warning `json:"warnings"`

	// MemoryBytes is the resident memory of the process, MemoryLimitBytes that of
	// memory_limiter; null where it is not known.
	MemoryBytes      *int64 `json:"memory_bytes"`
	MemoryLimitBytes *int64 `json:"memory_limit_bytes"`
}

// Receiver takes telemetry.
type Receiver struct {
	ID        string     `json:"id"` // otlp
	Health    Health     `json:"health"`
	Endpoints []Endpoint `json:"endpoints"`
	// Accepted and Refused are null where the collector has no metrics. What is refused,
	// clients were told; they may have sent it again.
	Accepted *Items `json:"accepted"`
	Refused  *Items `json:"refused"`
	// RefusedRequests are requests that were not answered with success, by reason.
	RefusedRequests []Refusal `json:"refused_requests"`
	Error           string    `json:"error,omitempty"` // a class, of what it has reported last
}

// Endpoint is where a receiver or an extension listens.
type Endpoint struct {
	Protocol string `json:"protocol"` // grpc, http
	Address  string `json:"address"`  // 127.0.0.1:4318
	TLS      bool   `json:"tls"`
	Auth     bool   `json:"auth"`
	// Loopback is set where only programs of this machine reach it.
	Loopback bool `json:"loopback"`
}

// Items are counts of telemetry.
type Items struct {
	Spans      int64 `json:"spans"`
	LogRecords int64 `json:"log_records"`
	DataPoints int64 `json:"data_points"`
}

// Refusal is why requests were not answered with success.
type Refusal struct {
	Protocol string `json:"protocol"` // grpc, http
	Reason   string `json:"reason"`   // malformed, too_large, … as otelcol_receiver_otlp_refused_requests has it
	Requests int64  `json:"requests"`
	Sentence string `json:"sentence"` // what that means, and what to do
}

// Processor changes telemetry.
type Processor struct {
	ID     string `json:"id"`
	Health Health `json:"health"`
	// In and Out are what came and what was passed on, where it counts that.
	In  *Items `json:"in"`
	Out *Items `json:"out"`
	// Findings are what it has found: figures with a name for people, such as
	// "values redacted" or "calls without a price".
	Findings []Figure `json:"findings"`
	Error    string   `json:"error,omitempty"`
}

// Figure is a number with its name.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"` // as UCUM: s, By, {span}, 1
	// Bad is set where any but zero asks for attention.
	Bad bool `json:"bad,omitempty"`
}

// Destination is an exporter that is in a pipeline.
type Destination struct {
	ID     string `json:"id"`   // otlp_http/langfuse
	Type   string `json:"type"` // otlp_http
	Health Health `json:"health"`
	// Address is where data goes, without credentials: a host with its scheme, or the
	// path of a file. "" where it is not known.
	Address string `json:"address,omitempty"`
	// Remote is set where it leaves this machine, as far as the address tells.
	Remote bool `json:"remote"`
	// Signals are traces, logs and metrics.
	Signals []string `json:"signals"`
	Queue   *Queue   `json:"queue"` // null where it has none
	Sent    *Items   `json:"sent"`
	// Failed was given up, or refused back to the client: see docs/metrics.md.
	Failed *Items `json:"failed"`
	// RetryingSince is when its oldest failure without a success after it was seen,
	// null where the last attempt went well.
	RetryingSince *time.Time `json:"retrying_since"`
	// Error is the class of its last error, in words: "connection refused",
	// "HTTP 401: the credentials are refused". Never text of the destination.
	Error   string     `json:"error,omitempty"`
	ErrorAt *time.Time `json:"error_at,omitempty"`
	Figures []Figure   `json:"figures"` // of its own, such as bytes of a store
}

// Queue is what waits before a destination.
type Queue struct {
	Size     int64  `json:"size"`
	Capacity int64  `json:"capacity"`
	Unit     string `json:"unit"` // requests, items, bytes
	OnDisk   bool   `json:"on_disk"`
	// Refused is how often it was full.
	Refused *Items `json:"refused"`
}

// Extension is what runs beside pipelines.
type Extension struct {
	ID        string     `json:"id"`
	Health    Health     `json:"health"`
	Endpoints []Endpoint `json:"endpoints"`
	Error     string     `json:"error,omitempty"`
}

// Pipeline says what is connected to what.
type Pipeline struct {
	ID         string   `json:"id"` // traces/libsql
	Receivers  []string `json:"receivers"`
	Processors []string `json:"processors"`
	Exporters  []string `json:"exporters"`
}

// RuleCount is a rule of redaction and how often it replaced a value.
type RuleCount struct {
	Rule  string `json:"rule"`
	Count int64  `json:"count"`
}

// Warning is something to do.
type Warning struct {
	Severity string `json:"severity"` // error, warning, note
	// Component is the id that it is about, "" where it is about the whole.
	Component string `json:"component,omitempty"`
	Sentence  string `json:"sentence"`
	Remedy    string `json:"remedy,omitempty"`
}

// FirstRun is the answer of /api/v1/first-run: all that the page of a first run needs.
type FirstRun struct {
	// HTTPEndpoint is the value of OTEL_EXPORTER_OTLP_ENDPOINT for http/protobuf,
	// http://127.0.0.1:4318; GRPCEndpoint that for grpc. "" where it does not listen.
	HTTPEndpoint string `json:"http_endpoint"`
	GRPCEndpoint string `json:"grpc_endpoint"`
	// Environment are the lines to set, NAME=VALUE, in this order.
	Environment []string `json:"environment"`
	// Auth is set where a client needs credentials: Environment then has a line with a
	// place for them.
	Auth bool `json:"auth"`
	// Remote are ids of destinations that leave this machine; none is "nothing leaves
	// this machine".
	Remote []string `json:"remote"`
	// Services are those of stored traces, the latest first.
	Services []FirstService `json:"services"`
	Traces   int64          `json:"traces"` // stored, all
	// AcceptedSpans is since the start of the collector; null where that is not known.
	AcceptedSpans *int64 `json:"accepted_spans"`
	// Reasons are what was seen that may be why no trace shows. Only what was seen: none
	// does not mean that nothing is wrong.
	Reasons []Reason `json:"reasons"`
}

// FirstService is a service whose traces have come.
type FirstService struct {
	Name   string    `json:"name"`
	Traces int64     `json:"traces"`
	First  time.Time `json:"first"` // start of the first trace that is stored
	// Latest is its newest trace: what the page links to.
	TraceID    string   `json:"trace_id"`
	TraceName  string   `json:"trace_name"`
	Spans      int64    `json:"spans"`
	Tokens     int64    `json:"tokens"`
	USD        *float64 `json:"usd"`
	Redactions int64    `json:"redactions"`
}

// Reason is something that was seen.
type Reason struct {
	// Kind is grpc_at_http, http_at_grpc, refused, malformed, wrong_path, unsupported,
	// memory, store, sampled, none_stored, waiting, auth, other_signal, no_traffic.
	Kind     string `json:"kind"`
	Count    int64  `json:"count,omitempty"`
	Sentence string `json:"sentence"`
	Remedy   string `json:"remedy"`
}
