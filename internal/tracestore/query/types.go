package query

import (
	"encoding/json"
	"time"
)

// Tokens are counts of tokens by bucket. Input has the cached tokens in it, Output the
// reasoning tokens.
type Tokens struct {
	Input      int64 `json:"input"`
	Output     int64 `json:"output"`
	CacheRead  int64 `json:"cache_read"`  // part of Input
	CacheWrite int64 `json:"cache_write"` // part of Input
	Reasoning  int64 `json:"reasoning"`   // part of Output
}

// Cost is a sum in US dollars. Where some calls have no price it is a lower bound.
type Cost struct {
	// USD is null where no call has a known cost: unknown is not zero.
	USD *float64 `json:"usd"`
	// Calls are model calls, Unpriced those of them whose cost is not known, or only
	// in part. Local are those of Calls that ran on a machine of the user's own, which
	// have no price.
	Calls    int64 `json:"calls"`
	Unpriced int64 `json:"unpriced"`
	Local    int64 `json:"local"`
}

// State says how far a trace or a span has come.
type State string

// States of a trace. A span is Running or Ended.
const (
	// Ended: the root has ended.
	Ended State = "ended"
	// Running: a span is known to have begun that has not ended (a pending span, a
	// parent that is named and not there), and something came in the last BrokenOffAfter.
	Running State = "running"
	// RootMissing: all that is there has ended, and the root has not come.
	RootMissing State = "root_missing"
	// BrokenOff: it was running, and nothing has come for BrokenOffAfter.
	BrokenOff State = "broken_off"
)

// BrokenOffAfter is how long nothing has come of a run that is taken to be over.
const BrokenOffAfter = 10 * time.Minute

// TraceSummary is one trace in a list.
type TraceSummary struct {
	TraceID string    `json:"trace_id"`
	State   State     `json:"state"`
	Name    string    `json:"name"` // of the root, or of the span that stands in for it
	Type    string    `json:"type"` // Mastra's span types: agent_run, workflow_run, model_generation, …
	Start   time.Time `json:"start"`
	// DurationUS is from the earliest start to the latest end, in microseconds. Of a
	// running trace it goes up to what came last.
	DurationUS int64 `json:"duration_us"`
	// LastSeen is when its newest span was stored.
	LastSeen    time.Time `json:"last_seen"`
	Service     string    `json:"service"`
	Environment string    `json:"environment,omitempty"`
	// Input is the first words of what the root was asked, or of the first span that
	// has an input: text, not JSON, at most PreviewChars characters. Output likewise.
	Input  string `json:"input,omitempty"`
	Output string `json:"output,omitempty"`
	// Error is the message of the first span that failed, likewise.
	Error      string `json:"error,omitempty"`
	Failed     bool   `json:"failed"` // the root failed
	Errors     int64  `json:"errors"` // spans that failed
	Spans      int64  `json:"spans"`
	ToolCalls  int64  `json:"tool_calls"`
	Redactions int64  `json:"redactions"` // values replaced
	Tokens     Tokens `json:"tokens"`
	Cost       Cost   `json:"cost"`
	Session    string `json:"session,omitempty"` // session, or else conversation
	User       string `json:"user,omitempty"`
	Tenant     string `json:"tenant,omitempty"`
	// Attributes are the values of the root's attributes that TraceFilter.Columns asks for.
	Attributes map[string]json.RawMessage `json:"attributes,omitempty"`
}

// PreviewChars is the length of a preview.
const PreviewChars = 200

// Page is one page of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	// Next is the cursor of the next page, "" on the last one.
	Next string `json:"next,omitempty"`
}

// TraceFilter narrows a list of traces. Zero values do not narrow. The parameters of
// the API and the flags of the commands have the names of the tags.
type TraceFilter struct {
	Service     []string      `query:"service"`
	Environment []string      `query:"environment"`
	Provider    []string      `query:"provider"` // that any span of it has called
	Model       []string      `query:"model"`
	Agent       []string      `query:"agent"`
	Tool        []string      `query:"tool"`
	User        []string      `query:"user"`
	Tenant      []string      `query:"tenant"`
	Session     []string      `query:"session"`
	Name        []string      `query:"name"`         // of the root
	SpanName    []string      `query:"span_name"`    // of any span
	SpanService []string      `query:"span_service"` // likewise
	Status      []string      `query:"status"`       // ok, error, running, root_missing, broken_off, unpriced, redacted
	MinDuration time.Duration `query:"min_duration"`
	MaxDuration time.Duration `query:"max_duration"`
	MinCost     float64       `query:"min_cost"` // US dollars
	MaxCost     float64       `query:"max_cost"`
	MinTokens   int64         `query:"min_tokens"` // input and output
	MinErrors   int64         `query:"min_errors"`
	Text        string        `query:"text"` // in an input, an output, an error or a name
	// Attributes are name=value of any attribute of any span.
	Attributes []string  `query:"attribute"`
	Since      time.Time `query:"since"` // by start, inclusive
	Until      time.Time `query:"until"` // exclusive
	Order      string    `query:"order"` // latest (default), slowest, cost, tokens, errors
	Columns    []string  `query:"column"`
	Cursor     string    `query:"cursor"`
	Limit      int       `query:"limit"` // 100 where 0, at most 1000
}

// TraceStats are the figures of all traces that a filter lets through.
type TraceStats struct {
	Traces     int64 `json:"traces"`
	Failed     int64 `json:"failed"` // with at least one error
	Cost       Cost  `json:"cost"`
	P50US      int64 `json:"p50_us"`
	P95US      int64 `json:"p95_us"`
	Redactions int64 `json:"redactions"`
	// Buckets divide the time from the first to the last start evenly.
	Buckets []StatsBucket `json:"buckets"`
	// Days are the sums a day of the viewer's zone, the latest first.
	Days []DaySum `json:"days"`
}

// StatsBucket is a part of the time.
type StatsBucket struct {
	Start  time.Time `json:"start"`
	Traces int64     `json:"traces"`
	Failed int64     `json:"failed"`
}

// DaySum is a day of the viewer's zone.
type DaySum struct {
	Day    string `json:"day"` // 2026-11-30
	Traces int64  `json:"traces"`
	Cost   Cost   `json:"cost"`
}

// Value is one value of a field, for the menus of filters.
type Value struct {
	Value  string `json:"value"`
	Traces int64  `json:"traces"`
}

// Trace is a whole trace. The caller builds the tree: a parent may be missing, and
// parents may form a circle.
type Trace struct {
	TraceSummary
	Spans []SpanSummary `json:"span_list"` // by start, parents before children
}

// SpanSummary is one span of a tree, without its payload.
type SpanSummary struct {
	SpanID   string `json:"span_id"`
	ParentID string `json:"parent_id,omitempty"` // as it was sent
	Name     string `json:"name"`
	Type     string `json:"type"`
	State    State  `json:"state"`
	// StartUS is relative to the trace's start, in microseconds. It may be negative
	// where clocks differ.
	StartUS    int64  `json:"start_us"`
	DurationUS int64  `json:"duration_us"`
	Failed     bool   `json:"failed,omitempty"`
	Error      string `json:"error,omitempty"` // why, at most PreviewChars
	Service    string `json:"service,omitempty"`
	Agent      string `json:"agent,omitempty"`
	Tool       string `json:"tool,omitempty"`
	Provider   string `json:"provider,omitempty"`
	Model      string `json:"model,omitempty"`
	Operation  string `json:"operation,omitempty"`
	// Tokens are what this span states; null where it states none.
	Tokens *Tokens `json:"tokens,omitempty"`
	// USD is its own charge; null where it has none or it is not known.
	USD        *float64 `json:"usd,omitempty"`
	CostStatus string   `json:"cost_status,omitempty"` // llmcost.status
	// Counted is set where the span is the model call that totals add up.
	Counted      bool  `json:"counted,omitempty"`
	FirstTokenUS int64 `json:"first_token_us,omitempty"` // after its start; 0 is not known
	Redactions   int64 `json:"redactions,omitempty"`
	// Arguments is a hash of a tool's arguments: equal ones are the same call again.
	Arguments string `json:"arguments,omitempty"`
	// Preview is the first words of its input.
	Preview string `json:"preview,omitempty"`
}

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

// SessionSummary is one session in a list.
type SessionSummary struct {
	ID      string    `json:"id"`
	User    string    `json:"user,omitempty"`
	Service string    `json:"service,omitempty"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Traces  int64     `json:"traces"`
	Spans   int64     `json:"spans"`
	Errors  int64     `json:"errors"`
	Tokens  Tokens    `json:"tokens"`
	Cost    Cost      `json:"cost"`
	Input   string    `json:"input,omitempty"` // of its first trace
	Running bool      `json:"running"`
}

// SessionFilter narrows a list of sessions.
type SessionFilter struct {
	Service     []string  `query:"service"`
	Environment []string  `query:"environment"`
	User        []string  `query:"user"`
	Tenant      []string  `query:"tenant"`
	Text        string    `query:"text"` // in its id
	Since       time.Time `query:"since"`
	Until       time.Time `query:"until"`
	Cursor      string    `query:"cursor"`
	Limit       int       `query:"limit"`
}

// Session is a conversation across traces.
type Session struct {
	SessionSummary
	Turns []Turn `json:"turns"` // the earliest first
	Next  string `json:"next,omitempty"`
}

// Turn is what one trace adds to a session.
type Turn struct {
	Trace TraceSummary `json:"trace"`
	// Messages are what is new: what was asked, what tools were called in between, and
	// what was answered.
	Messages []Message `json:"messages"`
	Models   []string  `json:"models"`
	// ContextTokens is the input of its largest call, for the bar of the context.
	ContextTokens int64 `json:"context_tokens"`
}

// SpendFilter says what Spend adds up.
type SpendFilter struct {
	// By are up to two of day, provider, model, agent, user, tenant, service,
	// environment. None is one sum.
	By          []string  `query:"by"`
	Service     []string  `query:"service"`
	Environment []string  `query:"environment"`
	Provider    []string  `query:"provider"`
	Model       []string  `query:"model"`
	Agent       []string  `query:"agent"`
	User        []string  `query:"user"`
	Tenant      []string  `query:"tenant"`
	Since       time.Time `query:"since"`
	Until       time.Time `query:"until"`
	Zone        string    `query:"zone"`  // IANA name for days, UTC where empty
	Limit       int       `query:"limit"` // rows, 1000 where 0
}

// Spend is what calls have cost.
type Spend struct {
	Total SpendRow   `json:"total"`
	Rows  []SpendRow `json:"rows"` // the most expensive first, days the latest first
	// Zone is that of the days: totals have a row an hour as long as
	// the hours are kept, see docs/storage.md.
	Zone string `json:"zone"`
}

// SpendRow is a sum.
type SpendRow struct {
	Keys     map[string]string `json:"keys,omitempty"` // by name, as asked
	Cost     Cost              `json:"cost"`
	Tokens   Tokens            `json:"tokens"`
	SavedUSD *float64          `json:"saved_usd,omitempty"` // by the cache, where it is known
	Errors   int64             `json:"errors"`
}

// Unpriced is a model whose calls have no price, and what to do.
type Unpriced struct {
	Provider   string    `json:"provider"`
	Model      string    `json:"model"`
	Status     string    `json:"status"` // llmcost.status
	Calls      int64     `json:"calls"`
	Last       time.Time `json:"last"`
	TraceID    string    `json:"trace_id"` // of the latest
	SpanID     string    `json:"span_id"`
	Reason     string    `json:"reason"` // a sentence
	Remedy     string    `json:"remedy"`
	RemedyYAML string    `json:"remedy_yaml,omitempty"`
}

// RunFilter narrows agents and tools.
type RunFilter struct {
	Service     []string  `query:"service"`
	Environment []string  `query:"environment"`
	Since       time.Time `query:"since"`
	Until       time.Time `query:"until"`
	Limit       int       `query:"limit"`
}

// Runs are what an agent or a tool has done.
type Runs struct {
	Name     string    `json:"name"`
	Service  string    `json:"service,omitempty"`
	Runs     int64     `json:"runs"`
	Errors   int64     `json:"errors"`
	P50US    int64     `json:"p50_us"`
	P95US    int64     `json:"p95_us"`
	Cost     Cost      `json:"cost"` // of the calls below it: of a root, of all of its trace
	Last     time.Time `json:"last"`
	TraceID  string    `json:"trace_id"` // of the slowest
	SpanID   string    `json:"span_id"`
	TopError string    `json:"top_error,omitempty"`
}

// Loop is a tool that a trace has called several times with the same arguments.
type Loop struct {
	TraceID   string    `json:"trace_id"`
	SpanID    string    `json:"span_id"` // of the first
	Trace     string    `json:"trace"`   // its name
	Tool      string    `json:"tool"`
	Agent     string    `json:"agent,omitempty"`
	Times     int64     `json:"times"`
	Arguments string    `json:"arguments"` // a preview
	Start     time.Time `json:"start"`
	// USD is what the model calls between the first and the last have cost.
	USD *float64 `json:"usd"`
}

// Hit is a span in which a text was found.
type Hit struct {
	TraceID string    `json:"trace_id"`
	SpanID  string    `json:"span_id"`
	Name    string    `json:"name"`
	Type    string    `json:"type"`
	Service string    `json:"service,omitempty"`
	Start   time.Time `json:"start"`
	// Where is input, output, error, name or id; Excerpt is text around the match.
	Where   string `json:"where"`
	Excerpt string `json:"excerpt"`
}

// SearchFilter narrows a search.
type SearchFilter struct {
	Service     []string  `query:"service"`
	Environment []string  `query:"environment"`
	Since       time.Time `query:"since"`
	Until       time.Time `query:"until"`
	Cursor      string    `query:"cursor"`
	Limit       int       `query:"limit"`
}

// Changes are the traces that have changed since a cursor.
type Changes struct {
	Traces []TraceSummary `json:"traces"`
	// Cursor is from where on to ask next.
	Cursor string `json:"cursor"`
}

// Redactions are findings of redaction, a row a rule.
type Redactions struct {
	Rule   string    `json:"rule"`
	Count  int64     `json:"count"`
	Spans  int64     `json:"spans"`
	Traces int64     `json:"traces"`
	Last   time.Time `json:"last"`
}

// StoreInfo is what the store is.
type StoreInfo struct {
	Place  string `json:"place"` // a path, or a URL without its token
	Kind   string `json:"kind"`  // file, server
	Bytes  int64  `json:"bytes"`
	Traces int64  `json:"traces"`
	Spans  int64  `json:"spans"`
	Logs   int64  `json:"logs"`
	// Oldest and Newest are starts of traces.
	Oldest *time.Time `json:"oldest"`
	Newest *time.Time `json:"newest"`
	// Search says whether there is an index of words.
	Search bool `json:"search_index"`
}
