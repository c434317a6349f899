-- Empty after each transaction, see pending.go.
CREATE INDEX otel_spans_replaced ON otel_spans (id) WHERE pending = 2;

-- A span that has only begun is no tool call and no run yet.
DROP VIEW tool_calls;
CREATE VIEW IF NOT EXISTS tool_calls AS
SELECT s.trace_id, s.span_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.start_us / 1000000.0, 'unixepoch') AS started_at,
       s.duration_us / 1000.0 AS duration_ms,
       s.tool_name, s.span_type AS type,
       CASE s.status_code WHEN 2 THEN 'error' ELSE 'ok' END AS status,
       s.service_name, s.session_id, s.conversation_id, s.user_id,
       m.input AS arguments, m.output AS result, m.error, s.agent_name
FROM otel_span_owners s
CROSS JOIN otel_spans own ON own.id = s.id AND own.pending = 0
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.span_type IN ('tool_call', 'mcp_tool_call', 'client_tool_call', 'provider_tool_call');

DROP VIEW agent_runs;
CREATE VIEW IF NOT EXISTS agent_runs AS
SELECT s.trace_id, s.span_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.start_us / 1000000.0, 'unixepoch') AS started_at,
       s.duration_us / 1000.0 AS duration_ms,
       own.agent_name,
       CASE s.status_code WHEN 2 THEN 'error' ELSE 'ok' END AS status,
       s.service_name, s.session_id, s.conversation_id, s.user_id,
       m.input, m.output, m.error
FROM otel_span_owners s
CROSS JOIN otel_spans own ON own.id = s.id AND own.pending = 0
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.span_type = 'agent_run';

DROP VIEW traces;
CREATE VIEW IF NOT EXISTS traces AS
SELECT trace_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', start_us / 1000000.0, 'unixepoch') AS started_at,
       root_name AS name,
       root_type AS type,
       service_name,
       (end_us - start_us) / 1000.0 AS duration_ms,
       CASE WHEN root_status = 2 THEN 'error' WHEN root_pending THEN 'running' WHEN root_span_id IS NULL THEN 'incomplete' ELSE 'ok' END AS status,
       span_count, error_count, model_calls, tool_calls,
       input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
       cost_usd, unpriced_calls,
       session_id, conversation_id, user_id,
       promoted_span_id IS NOT NULL AS root_is_missing
FROM otel_traces;
