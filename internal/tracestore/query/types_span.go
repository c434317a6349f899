package query

import (
	"encoding/json"
	"time"
)

// Span is everything that is stored of a span.
type Span struct {
	SpanSummary
	TraceID       string    `json:"trace_id"`
	Start         time.Time `json:"start"`
	Kind          string    `json:"kind"` // internal, server, client, producer, consumer
	StatusMessage string    `json:"status_message,omitempty"`
	// Input, Output and Error are JSON as Mastra's columns have them, cut where they are
	// longer than the caller's limit: Cut names those, with their whole length in bytes.
	Input  json.RawMessage `json:"input,omitempty"`
	Output json.RawMessage `json:"output,omitempty"`
	// ErrorDetail is what the span says of its failure.
	ErrorDetail json.RawMessage `json:"error_detail,omitempty"`
	Cut         map[string]int  `json:"cut,omitempty"` // input, output, … to its length in bytes
	// Messages are the conversation, where the span has one.
	Messages []Message `json:"messages,omitempty"`
	// Answers are the messages that the model gave.
	Answers []Message `json:"answers,omitempty"`
	// NewFrom is the index in Messages from which on they are new in this turn.
	NewFrom int `json:"new_from"`
	// Earlier is the span of the call before, whose messages this one repeats;
	// EarlierTrace its trace, where that is another one of the session.
	Earlier      string `json:"earlier,omitempty"`
	EarlierTrace string `json:"earlier_trace,omitempty"`
	// ContentNote is set where the instrumentation records no messages: what switches
	// them on.
	ContentNote *ContentNote `json:"content_note,omitempty"`
	// ContentGone is set where retention::content has deleted what was said.
	ContentGone bool        `json:"content_gone,omitempty"`
	Tools       []Tool      `json:"tools,omitempty"`    // that were offered
	Settings    []Attribute `json:"settings,omitempty"` // temperature, max tokens, …
	Receipt     *Receipt    `json:"receipt,omitempty"`
	Findings    []Finding   `json:"findings,omitempty"`
	Attributes  []Attribute `json:"attributes"`
	Events      []Event     `json:"events"`
	Links       []Link      `json:"links"`
	Resource    []Attribute `json:"resource"`
	Scope       Scope       `json:"scope"`
	Logs        []Log       `json:"logs"`
}

// Message is one message of a conversation.
type Message struct {
	Role  string `json:"role"` // system, user, assistant, tool
	Name  string `json:"name,omitempty"`
	Parts []Part `json:"parts"`
}

// Part is a piece of a message. Kind says which fields it has.
type Part struct {
	Kind string `json:"kind"` // text, thinking, tool_call, tool_result, media, data
	Text string `json:"text,omitempty"`
	// Cut is the whole length in bytes of the text, arguments, result or data, where it
	// is cut: arguments, result and data are then a JSON string of their beginning.
	Cut int `json:"cut,omitempty"`
	// Of a tool call and its result:
	ToolCallID string          `json:"tool_call_id,omitempty"`
	Tool       string          `json:"tool,omitempty"`
	Arguments  json.RawMessage `json:"arguments,omitempty"`
	Result     json.RawMessage `json:"result,omitempty"`
	Failed     bool            `json:"failed,omitempty"`
	SpanID     string          `json:"span_id,omitempty"` // of the tool's own span, where there is one
	// Of media: its type, and its length where it is known. Content is not shown.
	MediaType string          `json:"media_type,omitempty"`
	Bytes     int64           `json:"bytes,omitempty"`
	Data      json.RawMessage `json:"data,omitempty"`
}

// ContentNote says why a span has no messages.
type ContentNote struct {
	Instrumentation string `json:"instrumentation"`
	Setting         string `json:"setting"` // the line that switches them on
}

// Tool is a tool that a model was offered.
type Tool struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// Receipt is the arithmetic of a cost.
type Receipt struct {
	Lines []ReceiptLine `json:"lines"`
	USD   *float64      `json:"usd"`
	// SavedUSD is what the cache has saved, PercentSaved of what it would have cost.
	SavedUSD *float64 `json:"saved_usd,omitempty"`
	Status   string   `json:"status"`
	// Source says in words where the price comes from; Tokens where the counts do.
	Source string `json:"source"`
	Tokens string `json:"tokens_source"`
	// Matched is the provider/model of the catalogue; Tier is other than standard.
	Matched string `json:"matched,omitempty"`
	Tier    string `json:"tier,omitempty"`
	// Remedy is what an unpriced call needs: a sentence, and the lines of YAML to add.
	Remedy     string `json:"remedy,omitempty"`
	RemedyYAML string `json:"remedy_yaml,omitempty"`
	// Exact is false where today's prices do not lead to the cost that was written.
	Exact bool `json:"exact"`
}

// ReceiptLine is one bucket.
type ReceiptLine struct {
	Bucket     string   `json:"bucket"` // input, cache_read, cache_write, cache_write_1h, output, reasoning, …
	Tokens     int64    `json:"tokens"`
	PerMillion *float64 `json:"per_million"` // US dollars
	USD        *float64 `json:"usd"`
	SavedUSD   *float64 `json:"saved_usd,omitempty"`
}

// Finding is a rule of redaction, and how often it replaced a value in a span.
type Finding struct {
	Rule  string `json:"rule"`
	Count int64  `json:"count"`
	Where string `json:"where,omitempty"` // the places of the marks, in words
}

// Attribute is a name and a JSON value.
type Attribute struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
	Cut   int             `json:"cut,omitempty"` // its whole length in bytes, where it is cut
}

// Event is an event of a span.
type Event struct {
	Time       time.Time   `json:"time"`
	Name       string      `json:"name"`
	Attributes []Attribute `json:"attributes"`
}

// Link leads to another span.
type Link struct {
	TraceID    string      `json:"trace_id"`
	SpanID     string      `json:"span_id"`
	Attributes []Attribute `json:"attributes"`
}

// Scope is the instrumentation.
type Scope struct {
	Name       string      `json:"name"`
	Version    string      `json:"version,omitempty"`
	Attributes []Attribute `json:"attributes,omitempty"`
}

// Log is a log record.
type Log struct {
	Time       time.Time       `json:"time"`
	Severity   string          `json:"severity,omitempty"`
	Event      string          `json:"event,omitempty"`
	Body       json.RawMessage `json:"body,omitempty"`
	Attributes []Attribute     `json:"attributes"`
	SpanID     string          `json:"span_id,omitempty"`
}
