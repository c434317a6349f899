package mcpserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// tools are what an agent can ask, each a function that adds itself.
var tools = []func(*door, *mcp.Server){
	tool("find_traces", "Find traces", "List traces, the latest first, or by duration, cost, tokens or errors. Conditions narrow the list; a trace has to fulfil all of them.", findTraces),
	tool("get_trace", "Get a trace", "One trace as a flat list of spans in the order of their starts (parent_id makes the tree), with durations, tokens, dollars and errors, without payloads.", getTrace),
	tool("get_span", "Get a span", "One span in full: its conversation (new_from says where what is new in this turn begins), tool arguments and results, attributes, events, logs, the receipt of its cost.", getSpan),
	tool("find_sessions", "Find sessions", "List sessions (conversations across traces), the one that was last used first.", findSessions),
	tool("get_session", "Get a session", "One session as turns: what was asked, which tools were called, what was answered, with dollars and durations a turn.", getSession),
	tool("search", "Search", "Find spans by a text in their input, output, error, name or id.", search),
	tool("spend", "Spend", "Add up what model calls have cost, by up to two of day, provider, model, agent, user, tenant, service, environment. Sums outlive the traces.", spend),
	tool("unpriced", "Calls without a price", "Models whose calls have no price, why, and the YAML that gives them one.", unpriced),
	tool("errors", "Errors", "The traces that failed, grouped by the message of their first failed span, the most frequent first.", failures),
	tool("loops", "Loops", "Tools that a trace has called several times with the same arguments, and what the calls in between have cost.", loops),
	tool("agents", "Agents", "What each agent has done: runs, errors, p50 and p95, dollars.", agents),
	tool("tools", "Tools", "What each tool has done: calls, errors, p50 and p95.", toolRuns),
	tool("why_cost", "Why it cost that", "The arithmetic of a trace's or a span's cost: tokens by bucket × price, the source of the price, the tier, what the cache saved.", whyCost),
	tool("redactions", "Redactions", "How many values each rule of redaction has replaced.", redactions),
	tool("describe_store", "Describe the store", "What the trace store is: how many traces, spans and bytes, from when to when.", describeStore),
}

// period narrows by time.
type period struct {
	Since string `json:"since,omitempty" jsonschema:"started then or later: RFC 3339, or how long ago, such as 24h or 168h"`
	Until string `json:"until,omitempty" jsonschema:"started before: RFC 3339, or how long ago"`
}

func (p period) times(now time.Time) (since, until time.Time, err error) {
	if since, err = instant("since", p.Since, now); err != nil {
		return since, until, err
	}
	until, err = instant("until", p.Until, now)
	return since, until, err
}

func instant(name, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, fmt.Errorf("%s: write an instant as 2026-11-30T14:00:00Z, or how long ago as 24h", name)
}

// where narrows by what is the same for a whole process.
type where struct {
	Service     []string `json:"service,omitempty" jsonschema:"any of these services"`
	Environment []string `json:"environment,omitempty" jsonschema:"any of these environments"`
}

type findTracesArguments struct {
	limits
	period
	where
	Provider    []string `json:"provider,omitempty" jsonschema:"with a call of any of these providers"`
	Model       []string `json:"model,omitempty" jsonschema:"with a call of any of these models"`
	Agent       []string `json:"agent,omitempty" jsonschema:"with a run of any of these agents"`
	Tool        []string `json:"tool,omitempty" jsonschema:"with a call of any of these tools"`
	User        []string `json:"user,omitempty" jsonschema:"of any of these users"`
	Tenant      []string `json:"tenant,omitempty" jsonschema:"of any of these tenants"`
	Session     []string `json:"session,omitempty" jsonschema:"of any of these sessions"`
	Name        []string `json:"name,omitempty" jsonschema:"whose root has any of these names"`
	Status      []string `json:"status,omitempty" jsonschema:"any of ok, error, running, root_missing, broken_off, unpriced, redacted"`
	MinDuration string   `json:"min_duration,omitempty" jsonschema:"that took at least this long, such as 2s"`
	MaxDuration string   `json:"max_duration,omitempty" jsonschema:"that took at most this long"`
	MinCost     float64  `json:"min_cost,omitempty" jsonschema:"that cost at least this many US dollars"`
	MaxCost     float64  `json:"max_cost,omitempty" jsonschema:"that cost at most this many US dollars"`
	MinTokens   int64    `json:"min_tokens,omitempty" jsonschema:"with at least this many tokens, in and out"`
	MinErrors   int64    `json:"min_errors,omitempty" jsonschema:"with at least this many failed spans"`
	Text        string   `json:"text,omitempty" jsonschema:"with this text in an input, an output, an error or a name"`
	Attribute   []string `json:"attribute,omitempty" jsonschema:"with a span that has this attribute, NAME=VALUE"`
	Order       string   `json:"order,omitempty" jsonschema:"latest (default), slowest, cost, tokens or errors"`
	Cursor      string   `json:"cursor,omitempty" jsonschema:"next of the answer before"`
	Limit       int      `json:"limit,omitempty" jsonschema:"at most this many traces, 20 by default"`
}

// defaultLimit is how many items a list has where a call says nothing.
const defaultLimit = 20

func orDefault(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return limit
}

func findTraces(ctx context.Context, d *call, in findTracesArguments) (any, error) {
	f := query.TraceFilter{
		Service: in.Service, Environment: in.Environment, Provider: in.Provider, Model: in.Model, Agent: in.Agent, Tool: in.Tool, User: in.User, Tenant: in.Tenant,
		Session: in.Session, Name: in.Name, Status: in.Status, MinCost: in.MinCost, MaxCost: in.MaxCost, MinTokens: in.MinTokens, MinErrors: in.MinErrors, Text: in.Text,
		Attributes: in.Attribute, Order: in.Order, Cursor: in.Cursor, Limit: orDefault(in.Limit),
	}
	var err error
	if f.Since, f.Until, err = in.times(d.Now()); err != nil {
		return nil, err
	}
	for _, duration := range []struct {
		name, text string
		to         *time.Duration
	}{{"min_duration", in.MinDuration, &f.MinDuration}, {"max_duration", in.MaxDuration, &f.MaxDuration}} {
		if duration.text == "" {
			continue
		}
		if *duration.to, err = time.ParseDuration(duration.text); err != nil {
			return nil, fmt.Errorf("%s: write a number and a unit, such as 2s", duration.name)
		}
	}
	return d.Source.Traces(ctx, f)
}

type traceArguments struct {
	limits
	TraceID string `json:"trace_id" jsonschema:"the id of a trace, the beginning of it, or last"`
}

func getTrace(ctx context.Context, d *call, in traceArguments) (any, error) {
	return d.Source.Trace(ctx, in.TraceID)
}

type spanArguments struct {
	limits
	TraceID string `json:"trace_id" jsonschema:"the id of a trace, the beginning of it, or last"`
	SpanID  string `json:"span_id" jsonschema:"the id of a span of it"`
}

func getSpan(ctx context.Context, d *call, in spanArguments) (any, error) {
	trace, err := d.Source.Trace(ctx, in.TraceID)
	if err != nil {
		return nil, err
	}
	return d.Source.Span(ctx, trace.TraceID, in.SpanID, d.MaxBytes)
}

type findSessionsArguments struct {
	limits
	period
	where
	User   []string `json:"user,omitempty" jsonschema:"of any of these users"`
	Tenant []string `json:"tenant,omitempty" jsonschema:"of any of these tenants"`
	Text   string   `json:"text,omitempty" jsonschema:"with this text in the id"`
	Cursor string   `json:"cursor,omitempty" jsonschema:"next of the answer before"`
	Limit  int      `json:"limit,omitempty" jsonschema:"at most this many sessions, 20 by default"`
}

func findSessions(ctx context.Context, d *call, in findSessionsArguments) (any, error) {
	f := query.SessionFilter{Service: in.Service, Environment: in.Environment, User: in.User, Tenant: in.Tenant, Text: in.Text, Cursor: in.Cursor, Limit: orDefault(in.Limit)}
	var err error
	if f.Since, f.Until, err = in.times(d.Now()); err != nil {
		return nil, err
	}
	return d.Source.Sessions(ctx, f)
}

type sessionArguments struct {
	limits
	ID     string `json:"session" jsonschema:"the id of a session"`
	Cursor string `json:"cursor,omitempty" jsonschema:"next of the answer before"`
	Limit  int    `json:"limit,omitempty" jsonschema:"at most this many turns"`
}

func getSession(ctx context.Context, d *call, in sessionArguments) (any, error) {
	return d.Source.Session(ctx, in.ID, in.Cursor, in.Limit)
}

type searchArguments struct {
	limits
	period
	where
	Text   string `json:"text" jsonschema:"the text to look for"`
	Cursor string `json:"cursor,omitempty" jsonschema:"next of the answer before"`
	Limit  int    `json:"limit,omitempty" jsonschema:"at most this many spans, 20 by default"`
}

func search(ctx context.Context, d *call, in searchArguments) (any, error) {
	if in.Text == "" {
		return nil, errors.New("text: is empty")
	}
	f := query.SearchFilter{Service: in.Service, Environment: in.Environment, Cursor: in.Cursor, Limit: orDefault(in.Limit)}
	var err error
	if f.Since, f.Until, err = in.times(d.Now()); err != nil {
		return nil, err
	}
	return d.Source.Search(ctx, in.Text, f)
}

type spendArguments struct {
	limits
	period
	where
	By       []string `json:"by,omitempty" jsonschema:"add up by these, at most two: day, provider, model, agent, user, tenant, service, environment"`
	Provider []string `json:"provider,omitempty" jsonschema:"of any of these providers"`
	Model    []string `json:"model,omitempty" jsonschema:"of any of these models"`
	Agent    []string `json:"agent,omitempty" jsonschema:"of any of these agents"`
	User     []string `json:"user,omitempty" jsonschema:"of any of these users"`
	Tenant   []string `json:"tenant,omitempty" jsonschema:"of any of these tenants"`
	Zone     string   `json:"zone,omitempty" jsonschema:"the IANA name of the zone of days, UTC by default"`
	Limit    int      `json:"limit,omitempty" jsonschema:"at most this many rows"`
}

func (in spendArguments) filter(now time.Time) (f query.SpendFilter, err error) {
	f = query.SpendFilter{
		By: in.By, Service: in.Service, Environment: in.Environment, Provider: in.Provider, Model: in.Model, Agent: in.Agent, User: in.User, Tenant: in.Tenant,
		Zone: in.Zone, Limit: in.Limit,
	}
	f.Since, f.Until, err = in.times(now)
	return f, err
}

func spend(ctx context.Context, d *call, in spendArguments) (any, error) {
	f, err := in.filter(d.Now())
	if err != nil {
		return nil, err
	}
	return d.Source.Spend(ctx, f)
}

func unpriced(ctx context.Context, d *call, in spendArguments) (any, error) {
	f, err := in.filter(d.Now())
	if err != nil {
		return nil, err
	}
	return listed(d.Source.UnpricedModels(ctx, f))
}

// items is a list as an object, which the protocol wants.
type items[T any] struct {
	Items []T `json:"items"`
}

func listed[T any](list []T, err error) (any, error) {
	if list == nil {
		list = []T{}
	}
	return items[T]{list}, err
}

type runArguments struct {
	limits
	period
	where
	Limit int `json:"limit,omitempty" jsonschema:"at most this many"`
}

func (in runArguments) filter(now time.Time) (f query.RunFilter, err error) {
	f = query.RunFilter{Service: in.Service, Environment: in.Environment, Limit: in.Limit}
	f.Since, f.Until, err = in.times(now)
	return f, err
}

// ran asks one of the questions about runs.
func ran[T any](ctx context.Context, d *call, in runArguments, ask func(context.Context, query.RunFilter) ([]T, error)) (any, error) {
	f, err := in.filter(d.Now())
	if err != nil {
		return nil, err
	}
	return listed(ask(ctx, f))
}

func loops(ctx context.Context, d *call, in runArguments) (any, error) {
	return ran(ctx, d, in, d.Source.Loops)
}

func agents(ctx context.Context, d *call, in runArguments) (any, error) {
	return ran(ctx, d, in, d.Source.Agents)
}

func toolRuns(ctx context.Context, d *call, in runArguments) (any, error) {
	return ran(ctx, d, in, d.Source.Tools)
}

func redactions(ctx context.Context, d *call, in runArguments) (any, error) {
	return ran(ctx, d, in, d.Source.Redactions)
}

// failure is a message with which traces have failed.
type failure struct {
	Error   string    `json:"error"`
	Traces  int64     `json:"traces"`
	Last    time.Time `json:"last"`
	TraceID string    `json:"trace_id"` // of the latest
	Name    string    `json:"name"`
	Service string    `json:"service,omitempty"`
}

// maxFailed is how many failed traces errors reads, the latest.
const maxFailed = 1000

// failures are traces that failed, by message. Complete says that there are no more
// than were read.
type failureList struct {
	Items    []failure `json:"items"`
	Read     int       `json:"traces_read"`
	Complete bool      `json:"complete"`
}

func failures(ctx context.Context, d *call, in runArguments) (any, error) {
	f := query.TraceFilter{Service: in.Service, Environment: in.Environment, Status: []string{"error"}, Limit: maxFailed}
	var err error
	if f.Since, f.Until, err = in.times(d.Now()); err != nil {
		return nil, err
	}
	page, err := d.Source.Traces(ctx, f)
	if err != nil {
		return nil, err
	}
	byMessage := map[string]int{}
	list := failureList{Items: []failure{}, Read: len(page.Items), Complete: page.Next == ""}
	for i := range page.Items {
		t := &page.Items[i]
		at, ok := byMessage[t.Error]
		if !ok {
			at = len(list.Items)
			byMessage[t.Error] = at
			list.Items = append(list.Items, failure{Error: t.Error, Last: t.Start, TraceID: t.TraceID, Name: t.Name, Service: t.Service})
		}
		list.Items[at].Traces++
	}
	slices.SortStableFunc(list.Items, func(a, b failure) int { return int(b.Traces - a.Traces) })
	if in.Limit > 0 && len(list.Items) > in.Limit {
		list.Items = list.Items[:in.Limit]
	}
	return list, nil
}

type whyArguments struct {
	limits
	TraceID string `json:"trace_id" jsonschema:"the id of a trace, the beginning of it, or last"`
	SpanID  string `json:"span_id,omitempty" jsonschema:"one span of it; all model calls that count without it"`
}

// costs are the receipts of a trace.
type costs struct {
	TraceID string     `json:"trace_id"`
	Cost    query.Cost `json:"cost"`
	Calls   []callCost `json:"calls"`
}

type callCost struct {
	SpanID  string         `json:"span_id"`
	Name    string         `json:"name"`
	Model   string         `json:"model,omitempty"`
	Counted bool           `json:"counted"` // false: another span stands for the same call
	USD     *float64       `json:"usd"`
	Receipt *query.Receipt `json:"receipt"`
}

// maxReceipts is how many calls of a trace why_cost explains.
const maxReceipts = 100

func whyCost(ctx context.Context, d *call, in whyArguments) (any, error) {
	trace, err := d.Source.Trace(ctx, in.TraceID)
	if err != nil {
		return nil, err
	}
	all := costs{TraceID: trace.TraceID, Cost: trace.Cost, Calls: []callCost{}}
	for i := range trace.Spans {
		s := &trace.Spans[i]
		if in.SpanID != s.SpanID && (in.SpanID != "" || !s.Counted) {
			continue
		}
		if len(all.Calls) == maxReceipts {
			return nil, fmt.Errorf("this trace has more than %d model calls; name one by span_id", maxReceipts)
		}
		span, err := d.Source.Span(ctx, trace.TraceID, s.SpanID, minBytes)
		if err != nil {
			return nil, err
		}
		all.Calls = append(all.Calls, callCost{SpanID: s.SpanID, Name: s.Name, Model: s.Model, Counted: s.Counted, USD: s.USD, Receipt: span.Receipt})
	}
	if in.SpanID != "" && len(all.Calls) == 0 {
		return nil, query.ErrNotFound
	}
	return all, nil
}

type storeArguments struct{ limits }

func describeStore(ctx context.Context, d *call, _ storeArguments) (any, error) {
	return d.Source.Store(ctx)
}
