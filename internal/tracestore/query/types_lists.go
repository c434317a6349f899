package query

import "time"

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
