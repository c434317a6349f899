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
