-- Views for people. Times are ISO 8601 in UTC, durations milliseconds.

CREATE VIEW IF NOT EXISTS traces AS
SELECT trace_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', start_us / 1000000.0, 'unixepoch') AS started_at,
       root_name AS name,
       root_type AS type,
       service_name,
       (end_us - start_us) / 1000.0 AS duration_ms,
       CASE WHEN root_status = 2 THEN 'error' WHEN root_span_id IS NULL THEN 'incomplete' ELSE 'ok' END AS status,
       span_count, error_count, model_calls, tool_calls,
       input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
       cost_usd, unpriced_calls,
       session_id, conversation_id, user_id,
       promoted_span_id IS NOT NULL AS root_is_missing
FROM otel_traces;

CREATE VIEW IF NOT EXISTS llm_calls AS
SELECT s.trace_id, s.span_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.start_us / 1000000.0, 'unixepoch') AS started_at,
       s.duration_us / 1000.0 AS duration_ms,
       s.ttft_ms, s.operation, s.provider, s.model,
       s.input_tokens, s.output_tokens, s.cache_read_tokens, s.cache_write_tokens, s.reasoning_tokens,
       s.cost_usd, s.cost_status,
       CASE s.status_code WHEN 2 THEN 'error' ELSE 'ok' END AS status,
       s.agent_name, s.service_name, s.session_id, s.conversation_id, s.user_id,
       m.input, m.output, m.error
FROM otel_spans s
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.counted = 1;

CREATE VIEW IF NOT EXISTS tool_calls AS
SELECT s.trace_id, s.span_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.start_us / 1000000.0, 'unixepoch') AS started_at,
       s.duration_us / 1000.0 AS duration_ms,
       s.tool_name, s.span_type AS type,
       CASE s.status_code WHEN 2 THEN 'error' ELSE 'ok' END AS status,
       s.service_name, s.session_id, s.conversation_id, s.user_id,
       m.input AS arguments, m.output AS result, m.error
FROM otel_spans s
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.span_type IN ('tool_call', 'mcp_tool_call', 'client_tool_call', 'provider_tool_call');

CREATE VIEW IF NOT EXISTS agent_runs AS
SELECT s.trace_id, s.span_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.start_us / 1000000.0, 'unixepoch') AS started_at,
       s.duration_us / 1000.0 AS duration_ms,
       s.agent_name,
       CASE s.status_code WHEN 2 THEN 'error' ELSE 'ok' END AS status,
       s.service_name, s.session_id, s.conversation_id, s.user_id,
       m.input, m.output, m.error
FROM otel_spans s
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.span_type = 'agent_run';

CREATE VIEW IF NOT EXISTS cost_daily AS
SELECT date(start_us / 1000000, 'unixepoch') AS day,
       count(*) AS model_calls,
       sum(cost_usd IS NULL OR cost_status IS 'partial') AS unpriced_calls,
       sum(input_tokens) AS input_tokens,
       sum(output_tokens) AS output_tokens,
       sum(cache_read_tokens) AS cache_read_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_spans WHERE counted = 1 GROUP BY 1;

CREATE VIEW IF NOT EXISTS cost_by_model AS
SELECT date(start_us / 1000000, 'unixepoch') AS day,
       provider, model,
       count(*) AS model_calls,
       sum(cost_usd IS NULL OR cost_status IS 'partial') AS unpriced_calls,
       sum(input_tokens) AS input_tokens,
       sum(output_tokens) AS output_tokens,
       sum(cache_read_tokens) AS cache_read_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_spans WHERE counted = 1 GROUP BY 1, 2, 3;

CREATE VIEW IF NOT EXISTS sessions AS
SELECT coalesce(session_id, conversation_id) AS session_id,
       max(user_id) AS user_id,
       count(*) AS traces,
       strftime('%Y-%m-%dT%H:%M:%fZ', min(start_us) / 1000000.0, 'unixepoch') AS first_started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', max(end_us) / 1000000.0, 'unixepoch') AS last_ended_at,
       sum(span_count) AS spans,
       sum(error_count) AS errors,
       sum(model_calls) AS model_calls,
       sum(unpriced_calls) AS unpriced_calls,
       sum(input_tokens) AS input_tokens,
       sum(output_tokens) AS output_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_traces
WHERE session_id IS NOT NULL OR conversation_id IS NOT NULL
GROUP BY 1;

CREATE VIEW IF NOT EXISTS errors AS
SELECT s.trace_id, s.span_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.start_us / 1000000.0, 'unixepoch') AS started_at,
       s.name, s.span_type AS type, s.service_name, s.agent_name, s.tool_name, s.model,
       coalesce(s.status_message, json_extract(m.error, '$.message')) AS message,
       m.error
FROM otel_spans s
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.status_code = 2;
