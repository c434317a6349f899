package tracestore

import (
	"context"
	"strconv"
)

// spansQuery reads a row of every span with its payload. Rows that Mastra has
// written hold binary JSON, which json() turns into text.
const spansQuery = `
SELECT s.trace_id, s.span_id, s.parent_span_id, s.generated_id, s.name, s.kind, s.start_us, s.start_ns_rem, s.end_us, s.end_ns_rem,
  s.status_code, s.status_message, s.trace_state, s.flags, s.resource_id, s.scope_id,
  s.span_type, s.operation, s.provider, s.model,
  s.input_tokens, s.output_tokens, s.cache_read_tokens, s.cache_write_tokens, s.reasoning_tokens,
  s.cost_usd, s.cost_status, s.accounting, s.response_id, s.request_id, s.roll_up,
  s.session_id, s.conversation_id, s.user_id, s.agent_name, s.tool_name, s.workflow_name, s.ttft_ms,
  d.attributes, d.events, d.dropped_attributes, d.dropped_events, d.dropped_links, d.start_ns, d.end_ns, d.sent_span_id,
  m.name, m.isEvent, m.entityType, m.entityId, m.entityName, m.userId, m.organizationId, m.resourceId, m.runId,
  m.sessionId, m.threadId, m.requestId, m.environment, m.source, m.entityVersionId, m.experimentId,
  CASE typeof(m.scope) WHEN 'blob' THEN json(m.scope) ELSE m.scope END,
  CASE typeof(m.metadata) WHEN 'blob' THEN json(m.metadata) ELSE m.metadata END,
  CASE typeof(m.tags) WHEN 'blob' THEN json(m.tags) ELSE m.tags END,
  CASE typeof(m.attributes) WHEN 'blob' THEN json(m.attributes) ELSE m.attributes END,
  CASE typeof(m.links) WHEN 'blob' THEN json(m.links) ELSE m.links END,
  CASE typeof(m.input) WHEN 'blob' THEN json(m.input) ELSE m.input END,
  CASE typeof(m.output) WHEN 'blob' THEN json(m.output) ELSE m.output END,
  CASE typeof(m.error) WHEN 'blob' THEN json(m.error) ELSE m.error END
FROM otel_spans s
LEFT JOIN otel_span_data d ON d.id = s.id
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.trace_id = ?1 AND `

// spanRange reads a part of a trace without spans that have only begun, spanAlone one span of it.
const (
	spanRange = spansQuery + "s.pending = 0 AND +s.id > ?2 AND +s.id <= ?3 ORDER BY s.id"
	spanAlone = spansQuery + "s.span_id = ?2"
)

// spanLengths says how long the payload of each span is, in bytes, in the order of
// storage.
const spanLengths = `
SELECT s.id, coalesce(octet_length(d.attributes), 0) + coalesce(octet_length(d.events), 0) +
  coalesce(octet_length(m.attributes), 0) + coalesce(octet_length(m.metadata), 0) + coalesce(octet_length(m.links), 0) +
  coalesce(octet_length(m.input), 0) + coalesce(octet_length(m.output), 0) + coalesce(octet_length(m.error), 0)
FROM otel_spans s
LEFT JOIN otel_span_data d ON d.id = s.id
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.trace_id = ? AND s.pending = 0
ORDER BY s.id`

// A trace is read in parts of this size: the answer of a libSQL server is 10 MB at
// most (--max-response-size), and a file is not held open over a long one.
const (
	partBytes = 4 << 20
	partSpans = 1000
)

// rowReader reads columns one after the other.
type rowReader struct {
	row []any
	at  int
}

func (r *rowReader) next() any {
	v := r.row[r.at]
	r.at++
	return v
}

func (r *rowReader) text() string   { return asText(r.next()) }
func (r *rowReader) json() JSON     { return JSON(asText(r.next())) }
func (r *rowReader) int() int64     { return asInt(r.next()) }
func (r *rowReader) count() Count   { return asCount(r.next()) }
func (r *rowReader) amount() Amount { return asAmount(r.next()) }
func (r *rowReader) nanos() (n uint64) {
	us, rem := r.int(), r.int()
	return uint64(us)*1000 + uint64(rem)
}

// storedSpan is the inverse of the columns of otel_spans, otel_span_data and
// mastra_ai_spans.
func storedSpan(row []any, o *storedOrigins) Span {
	r := &rowReader{row: row}
	s := Span{
		TraceID: r.text(), SpanID: r.text(), ParentSpanID: r.text(), GeneratedID: GeneratedID(r.int()),
		Name: r.text(), Kind: int32(r.int()), StartNanos: r.nanos(), EndNanos: r.nanos(),
		StatusCode: int32(r.int()), StatusMessage: r.text(), TraceState: r.text(), Flags: uint32(r.int()),
	}
	s.Resource, s.Scope = o.of(r.int(), r.int())
	s.Facts = Facts{
		Type: r.text(), Operation: r.text(), Provider: r.text(), Model: r.text(),
		InputTokens: r.count(), OutputTokens: r.count(), CacheReadTokens: r.count(), CacheWriteTokens: r.count(), ReasoningTokens: r.count(),
		Cost: r.amount(), CostStatus: r.text(), Accounting: Accounting(r.int()), ResponseID: r.text(), RequestID: r.text(), RollUp: r.int() != 0,
		SessionID: r.text(), ConversationID: r.text(), UserID: r.text(), AgentName: r.text(), ToolName: r.text(), WorkflowName: r.text(),
		FirstTokenMS: r.amount(),
	}
	s.Attributes, s.Events = r.json(), r.json()
	s.DroppedAttributes, s.DroppedEvents, s.DroppedLinks = uint32(r.int()), uint32(r.int()), uint32(r.int())
	for _, to := range []*uint64{&s.StartNanos, &s.EndNanos} {
		if exact := r.text(); exact != "" {
			*to, _ = strconv.ParseUint(exact, 10, 64)
		}
	}
	s.SentSpanID = r.text()
	s.Mastra = MastraRow{
		Name: r.text(), IsEvent: r.int() != 0, EntityType: r.text(), EntityID: r.text(), EntityName: r.text(),
		UserID: r.text(), OrganizationID: r.text(), ResourceID: r.text(), RunID: r.text(),
		SessionID: r.text(), ThreadID: r.text(), RequestID: r.text(), Environment: r.text(), Source: r.text(),
		EntityVersionID: r.text(), ExperimentID: r.text(),
		Scope: r.json(), Metadata: r.json(), Tags: r.json(), Attributes: r.json(), Links: r.json(),
		Input: r.json(), Output: r.json(), Error: r.json(),
	}
	return s
}

type storedOrigins struct {
	resources map[int64]*Resource
	scopes    map[int64]*Scope
}

// of returns a resource and a scope by their ids, empty ones where somebody has
// deleted them.
func (o *storedOrigins) of(resource, scope int64) (*Resource, *Scope) {
	r, s := o.resources[resource], o.scopes[scope]
	if r == nil {
		r = &Resource{}
	}
	if s == nil {
		s = &Scope{}
	}
	return r, s
}

// origins reads the resources and scopes of a trace.
func (r *Reader) origins(ctx context.Context, traceID string) (*storedOrigins, error) {
	return r.originsOf(ctx,
		"SELECT resource_id FROM otel_spans WHERE trace_id = ?1",
		"SELECT scope_id FROM otel_spans WHERE trace_id = ?1", traceID)
}

// originsOf reads the resources and scopes whose ids are in lists, or in the
// answers of queries.
func (r *Reader) originsOf(ctx context.Context, resources, scopes string, args ...any) (*storedOrigins, error) {
	o := &storedOrigins{resources: map[int64]*Resource{}, scopes: map[int64]*Scope{}}
	err := r.db.query(ctx, statement{
		sql:  "SELECT id, attributes, dropped_attributes, schema_url, service_name FROM otel_resources WHERE id IN (" + resources + ")",
		args: args,
	}, func(row []any) error {
		o.resources[asInt(row[0])] = &Resource{
			Attributes: JSON(asText(row[1])), DroppedAttributes: uint32(asInt(row[2])), SchemaURL: asText(row[3]), ServiceName: asText(row[4]),
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = r.db.query(ctx, statement{
		sql:  "SELECT id, name, version, attributes, dropped_attributes, schema_url FROM otel_scopes WHERE id IN (" + scopes + ")",
		args: args,
	}, func(row []any) error {
		o.scopes[asInt(row[0])] = &Scope{
			Name: asText(row[1]), Version: asText(row[2]), Attributes: JSON(asText(row[3])), DroppedAttributes: uint32(asInt(row[4])), SchemaURL: asText(row[5]),
		}
		return nil
	})
	return o, err
}
