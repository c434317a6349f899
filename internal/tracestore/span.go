package tracestore

import "time"

// MaxInteger is the largest integer that is ever stored: above it the
// JavaScript clients of libSQL, and with them Mastra and Drizzle, refuse to
// read the row at all.
const MaxInteger = 1<<53 - 1

// JSON is a JSON text, or "" for none, which is stored as NULL. Whoever makes
// one guarantees that it is valid and nested at most MaxJSONDepth deep: a
// single malformed value in a column of mastra_ai_spans makes Mastra's whole
// trace list fail.
type JSON string

// MaxJSONDepth bounds the nesting of a JSON value. SQLite 3.45 and later take
// 1000 levels; what is deeper is stored as text inside the JSON.
const MaxJSONDepth = 200

// Count is a number of tokens that may be unknown. Unknown is not zero.
type Count struct {
	N     int64
	Known bool
}

// Tokens returns a known count.
func Tokens(n int64) Count { return Count{N: n, Known: true} }

// Amount is a measured number that may be unknown.
type Amount struct {
	V     float64
	Known bool
}

// Measured returns a known amount.
func Measured(v float64) Amount { return Amount{V: v, Known: true} }

// Resource is the OTLP resource of a span: the process that made it.
type Resource struct {
	Attributes        JSON // in the form that package otlp describes, in the order they came
	DroppedAttributes uint32
	SchemaURL         string
	ServiceName       string // service.name, also found in Attributes
}

// Scope is the OTLP instrumentation scope of a span.
type Scope struct {
	Name              string
	Version           string
	Attributes        JSON
	DroppedAttributes uint32
	SchemaURL         string
}

// Span is one ended span. Times are nanoseconds since 1970, ids lower-case
// hexadecimal.
type Span struct {
	TraceID      string // 32 digits
	SpanID       string // 16 digits
	ParentSpanID string // 16 digits, or "" for a root
	GeneratedID  GeneratedID
	// SentSpanID is the id that the span came with, where it shares that with
	// another span of its trace. The store sets it.
	SentSpanID string

	Name       string
	Kind       int32
	StartNanos uint64
	EndNanos   uint64
	// StatusCode is 0 unset, 1 ok, 2 error, as in OTLP.
	StatusCode    int32
	StatusMessage string
	TraceState    string
	Flags         uint32

	Resource *Resource // never nil; spans of one process share it
	Scope    *Scope    // never nil

	// Attributes and Events are the OTLP lists in the form that package otlp
	// describes. A value may be a reference into Mastra.
	Attributes        JSON
	Events            JSON
	DroppedAttributes uint32
	DroppedEvents     uint32
	DroppedLinks      uint32

	Facts  Facts
	Mastra MastraRow
}

// GeneratedID says which of a span's ids were made up, because a store that
// merges by id would lose a span: they came as all zeroes, or are those of another
// span (the client's and the server's half of a call have one in Zipkin).
type GeneratedID uint8

// Ids that can be made up.
const (
	GeneratedTraceID GeneratedID = 1 << iota
	GeneratedSpanID
	SharedSpanID
)

// Facts are what the narrow table knows about a span. Empty strings are stored
// as NULL.
type Facts struct {
	Type      string // agent_run, model_inference, tool_call, …: Mastra's words
	Operation string // gen_ai.operation.name
	Provider  string
	Model     string // the model that answered, else the one that was asked
	// ResponseID is the provider's name of the answer.
	ResponseID string
	// RequestID is the provider's name of the request, where log records of the same
	// program have it too.
	RequestID string

	// Whole (inclusive) counts, and parts of them.
	InputTokens      Count
	OutputTokens     Count
	CacheReadTokens  Count // part of InputTokens
	CacheWriteTokens Count // part of InputTokens
	ReasoningTokens  Count // part of OutputTokens

	Cost       Amount     // US dollars
	Saved      Amount     // US dollars that the provider's cache has saved
	CostStatus string     // llmcost.status, or "" where llm_cost did not run
	Accounting Accounting // whether the span adds to totals

	// RollUp is set on a span that stands for the model calls below it and has
	// no usage of its own; the store writes their sum into its Mastra row.
	RollUp bool

	SessionID      string
	ConversationID string
	UserID         string
	AgentName      string
	ToolName       string
	WorkflowName   string
	FirstTokenMS   Amount // time to first token, milliseconds

	Environment string
	Tenant      string
	// Redactions is how many values sensitive_filter has replaced.
	Redactions int64
	// Preview is the first words of the input as plain text, at most PreviewChars
	// characters; OutputPreview and ErrorPreview likewise, of why a span failed.
	Preview       string
	OutputPreview string
	ErrorPreview  string
	// ArgumentsHash tells calls of a tool with the same arguments.
	ArgumentsHash string
	// Pending is set where a span is only known to have begun. It is in no count, and
	// the span itself, when it comes, takes its place.
	Pending bool
}

// PreviewChars is the length of a preview, in characters.
const PreviewChars = 200

// Accounting says how a span enters the totals of its trace. Of spans that tell
// the same call, the store counts one.
type Accounting uint8

const (
	// NotCounted is for spans that are no model calls, and for those that only
	// repeat what others report.
	NotCounted Accounting = iota
	// ModelCall is for a call of a model.
	ModelCall
	// StatesUsage is for a span with usage that is not known to call a model.
	StatesUsage
	// ChargedCall is for a call of a model with what its provider or a gateway
	// has charged.
	ChargedCall
)

// MastraRow is what mastra_ai_spans says about a span beyond its ids and
// times: the columns of @mastra/libsql 1.23.1 by their meaning.
type MastraRow struct {
	Name    string
	IsEvent bool // a point in time: endedAt is NULL

	EntityType string
	EntityID   string
	EntityName string

	UserID         string
	OrganizationID string
	ResourceID     string
	RunID          string
	SessionID      string
	ThreadID       string
	RequestID      string
	Environment    string
	Source         string

	EntityVersionID string
	ExperimentID    string

	Scope      JSON
	Metadata   JSON
	Tags       JSON
	Attributes JSON
	Links      JSON
	Input      JSON
	Output     JSON
	Error      JSON
}

// Log is one log record.
type Log struct {
	// Key is 32 hexadecimal digits that tell the record from others. A record with
	// a key that is stored already is the same record.
	Key string

	TimeNanos     uint64 // nanoseconds since 1970; 0 where the record has no time of its own
	ObservedNanos uint64
	// SeverityNumber is 1 to 24 as in OTLP, 0 unset.
	SeverityNumber    int32
	SeverityText      string
	EventName         string
	Body              JSON // any value, in the form that package otlp describes
	Attributes        JSON
	DroppedAttributes uint32
	TraceID           string // 32 digits or ""
	SpanID            string // 16 digits or ""
	Flags             uint32

	Resource *Resource // never nil
	Scope    *Scope    // never nil

	// Call says what a record reports of a model call; its Accounting is NotCounted
	// where the record reports none. Duration is how long the call took, 0 where that
	// is not known. Both are for views and sums: a Reader does not fill them in.
	Call     Facts
	Duration time.Duration
}

// spanBytes is the length of the JSON of a span.
func spanBytes(s *Span) int {
	m := &s.Mastra
	return len(s.Attributes) + len(s.Events) + len(m.Input) + len(m.Output) + len(m.Attributes) + len(m.Metadata) + len(m.Error) + len(m.Links)
}

// logBytes is the length of the JSON of a log record.
func logBytes(l *Log) int { return len(l.Body) + len(l.Attributes) }
