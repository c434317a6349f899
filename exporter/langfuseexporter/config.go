package langfuseexporter

import (
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// Config is the configuration of the exporter langfuse.
type Config struct {
	// ClientConfig has the keys of every HTTP client of the Collector (tls,
	// headers, proxy_url, auth, …). endpoint is the address of Langfuse, with or
	// without the path of its API; empty is the cloud of region. Default timeout
	// 30s, compression gzip; Langfuse reads no other compression.
	ClientConfig confighttp.ClientConfig `mapstructure:",squash"`

	// Region of Langfuse's cloud: eu, us, jp or hipaa. It excludes endpoint.
	Region string `mapstructure:"region"`

	// Keys are those of the project that spans go to where routing does not say
	// otherwise.
	Keys KeysConfig `mapstructure:",squash"`

	// Encoding of requests: proto or json. Default proto.
	Encoding string `mapstructure:"encoding"`
	// IngestionVersion is sent as x-langfuse-ingestion-version: 4, or 0 for no
	// header. Default 4.
	IngestionVersion int `mapstructure:"ingestion_version"`
	// SDKName is sent as x-langfuse-sdk-name. Default the name of the collector.
	SDKName string `mapstructure:"sdk_name"`

	// Environment of spans that state none.
	Environment string `mapstructure:"environment"`
	// Release of spans that state none.
	Release string `mapstructure:"release"`
	// Version of spans that state none.
	Version string `mapstructure:"version"`
	// ReleaseFrom are attributes of the resource that name the release, first to
	// last.
	ReleaseFrom []string `mapstructure:"release_from"`

	// Filter says which spans are sent.
	Filter FilterConfig `mapstructure:"filter"`
	// Propagate says which fields of a trace are written on all of its spans.
	Propagate PropagateConfig `mapstructure:"propagate"`
	// WholeTraces has spans wait for the roots of their traces.
	WholeTraces WholeTracesConfig `mapstructure:"whole_traces"`
	// Mapping says how spans are turned into Langfuse's attributes.
	Mapping MappingConfig `mapstructure:"mapping"`
	// Media says what becomes of files inside content.
	Media MediaConfig `mapstructure:"media"`

	// MaxRequestBytes is the longest request, before compression. Default 4500000.
	MaxRequestBytes int `mapstructure:"max_request_bytes"`
	// MaxSpanBytes is the longest span; content of longer ones is cut. Default
	// 4000000.
	MaxSpanBytes int `mapstructure:"max_span_bytes"`

	// CheckOnStart asks Langfuse for the project of the keys: off, warn (a warning
	// where that fails) or fail (the collector does not start). Default warn.
	CheckOnStart string `mapstructure:"check_on_start"`

	// RetryStatusCodes are those after which a request is sent again. After a redirect,
	// or a page in the place of an answer, it always is.
	RetryStatusCodes []int `mapstructure:"retry_status_codes"`
	// Refused bounds how often a request is sent again that is refused alone, or by
	// an answer that may be due to it.
	Refused refusal.Config `mapstructure:"refused"`

	// Projects are further projects, by names that routing uses.
	Projects map[string]ProjectConfig `mapstructure:"projects"`
	// Routing says which project a trace goes to.
	Routing RoutingConfig `mapstructure:"routing"`

	// QueueConfig is the queue in front of Langfuse. By default it holds 50,000
	// spans in memory and gathers what comes within a second into one request.
	QueueConfig configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	// RetryConfig is how often a failed request is repeated. Default from 5s to 30s
	// apart, for 5m.
	RetryConfig configretry.BackOffConfig `mapstructure:"retry_on_failure"`
}

// KeysConfig are the API keys of a project.
type KeysConfig struct {
	// PublicKey of the project (pk-lf-…).
	PublicKey configopaque.String `mapstructure:"public_key"`
	// SecretKey of the project (sk-lf-…).
	SecretKey configopaque.String `mapstructure:"secret_key"`
	// APIKey is both in one, public:secret. It counts where the two are empty.
	APIKey configopaque.String `mapstructure:"api_key"`
}

// ProjectConfig is one of the section projects.
type ProjectConfig struct {
	Keys KeysConfig `mapstructure:",squash"`
	// Endpoint of the project, where it is another one than the exporter's.
	Endpoint string `mapstructure:"endpoint"`
	// Region of the project, where it is another one than the exporter's.
	Region string `mapstructure:"region"`
}

// FilterConfig is the section filter.
type FilterConfig struct {
	// Mode is llm (spans of LLM instrumentations), llm_traces (all spans of traces
	// that have such a span) or all. Default llm.
	Mode string `mapstructure:"mode"`
	// IncludeScopes are instrumentation scopes whose spans are sent too. A name
	// stands for itself and for names that go on with a dot, a slash or a colon.
	IncludeScopes []string `mapstructure:"include_scopes"`
	// ExcludeScopes are instrumentation scopes whose spans are not sent.
	ExcludeScopes []string `mapstructure:"exclude_scopes"`
	// IncludeAttributes are attributes whose spans are sent too.
	IncludeAttributes []string `mapstructure:"include_attributes"`
	// KeepRoot sends the root of a trace that has a span to be sent. Default false.
	KeepRoot bool `mapstructure:"keep_root"`
	// Orphans says what becomes of a span whose parent is not sent: reparent (its
	// nearest ancestor that is sent becomes its parent, and without one it becomes
	// a root), flag (it is marked as a root and keeps its parent) or keep. Default
	// reparent.
	Orphans string `mapstructure:"orphans"`
}

// PropagateConfig is the section propagate.
type PropagateConfig struct {
	// Enabled writes fields of a trace on all of its spans. Default true.
	Enabled bool `mapstructure:"enabled"`
	// Cache remembers traces from one batch to the next.
	Cache CacheConfig `mapstructure:"cache"`
}

// CacheConfig is the section propagate::cache.
type CacheConfig struct {
	// MaxTraces that are remembered; the one that was used least recently goes
	// first. 0 is none. Default 10000.
	MaxTraces int `mapstructure:"max_traces"`
	// TTL is how long a trace is remembered after its last span. Default 10m.
	TTL time.Duration `mapstructure:"ttl"`
}

// WholeTracesConfig is the section whole_traces.
type WholeTracesConfig struct {
	// Wait is how long spans wait for the root of their trace at most. Default 0s: not
	// at all.
	Wait time.Duration `mapstructure:"wait"`
	// MaxSpans is how many may wait; the trace that has waited longest goes first.
	// Default 50000.
	MaxSpans int `mapstructure:"max_spans"`
}

// MappingConfig is the section mapping.
type MappingConfig struct {
	// Enabled maps. Otherwise attributes are only made readable. Default true.
	Enabled bool `mapstructure:"enabled"`
	// Messages become chat messages (chatml), JSON as it came (json), or stay where
	// they are (off). Default chatml.
	Messages string `mapstructure:"messages"`
	// DropSource leaves out attributes whose content has been mapped. Default true.
	DropSource bool `mapstructure:"drop_source"`
	// Usage maps token counts. Default true.
	Usage bool `mapstructure:"usage"`
	// Cost sends costs where spans have them (auto) or leaves them to Langfuse
	// (never). Default auto.
	Cost string `mapstructure:"cost"`
	// AgentUsage drops tokens of agents, which sum up the calls below them, or
	// keeps them where no call below is known. Default drop.
	AgentUsage string `mapstructure:"agent_usage"`
	// SpanEvents are left out (drop), become metadata, or observations. Default
	// metadata.
	SpanEvents string `mapstructure:"span_events"`
	// ModelName is the model of the response, of the request, or that of the
	// response without the gateway before it (strip_prefix). Default response.
	ModelName string `mapstructure:"model_name"`
	// TraceIO repeats input and output of the root as those of the trace, for
	// evaluations of traces on Langfuse 3. Default false.
	TraceIO bool `mapstructure:"trace_io"`
	// MetadataAttributes become metadata of the observation; an asterisk is any
	// text.
	MetadataAttributes []string `mapstructure:"metadata_attributes"`
	// TraceMetadataAttributes of span or resource become metadata of the trace.
	TraceMetadataAttributes []string `mapstructure:"trace_metadata_attributes"`
	// UserIDFrom are attributes that name the user, first to last.
	UserIDFrom []string `mapstructure:"user_id_from"`
	// SessionIDFrom are attributes that name the session.
	SessionIDFrom []string `mapstructure:"session_id_from"`
	// TraceNameFrom are attributes that name the trace.
	TraceNameFrom []string `mapstructure:"trace_name_from"`
	// TagsFrom are attributes that hold tags.
	TagsFrom []string `mapstructure:"tags_from"`
}

// MediaConfig is the section media.
type MediaConfig struct {
	// Mode says what becomes of base64 inside content: upload (to Langfuse's
	// bucket), strip (a note stays) or keep. Default upload.
	Mode string `mapstructure:"mode"`
	// MinSize is the shortest base64 text that is taken for a file, in bytes.
	// Default 1024.
	MinSize int `mapstructure:"min_size"`
	// MaxSize is the largest file that is uploaded, in bytes; larger ones are
	// stripped. Default 20971520 (20 MiB).
	MaxSize int `mapstructure:"max_size"`
	// Concurrency is how many files are uploaded at a time. Default 2.
	Concurrency int `mapstructure:"concurrency"`
}

// RoutingConfig is the section routing.
type RoutingConfig struct {
	// From says where the name or the public key of a project stands, first to
	// last.
	From []RoutingSource `mapstructure:"from"`
	// Default is the project of traces that name none: a name of projects, drop, or
	// empty for the exporter's own keys.
	Default string `mapstructure:"default"`
	// RemoveAttribute takes attributes away that name a project. Default true.
	RemoveAttribute bool `mapstructure:"remove_attribute"`
}

// RoutingSource names one place; one of its keys is set.
type RoutingSource struct {
	// Resource is an attribute of the resource.
	Resource string `mapstructure:"resource"`
	// Scope is an attribute of the instrumentation scope. Langfuse's SDKs write
	// public_key there.
	Scope string `mapstructure:"scope"`
	// Span is an attribute of the span.
	Span string `mapstructure:"span"`
	// Metadata is a key of the client's request, such as a header; the receiver
	// needs include_metadata.
	Metadata string `mapstructure:"metadata"`
}

var (
	_ component.Config    = (*Config)(nil)
	_ confmap.Validator   = (*Config)(nil)
	_ confmap.Unmarshaler = (*Config)(nil)
)

// Unmarshal sets defaults that depend on other keys: where client metadata
// decides on the project, requests with different metadata must not share a
// batch.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	if err := conf.Unmarshal(c); err != nil {
		return err
	}
	if !c.QueueConfig.HasValue() || conf.IsSet("sending_queue::batch::partition") {
		return nil
	}
	queue := c.QueueConfig.Get()
	if !queue.Batch.HasValue() {
		return nil
	}
	for _, source := range c.Routing.From {
		if source.Metadata != "" && !c.separates(source.Metadata) {
			batch := queue.Batch.Get()
			batch.Partition.MetadataKeys = append(batch.Partition.MetadataKeys, source.Metadata)
		}
	}
	return nil
}
