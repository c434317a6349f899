-- Whose a span is (owners.go), and model calls that came as log records.

ALTER TABLE otel_traces ADD COLUMN user_rank INTEGER;
ALTER TABLE otel_traces ADD COLUMN session_rank INTEGER;
ALTER TABLE otel_traces ADD COLUMN conversation_rank INTEGER;
ALTER TABLE otel_traces ADD COLUMN service_rank INTEGER;
-- 1, 2, 4: its spans name several users, sessions, conversations; 8: a span names an
-- agent. Of a trace that is there already nobody knows.
ALTER TABLE otel_traces ADD COLUMN varies INTEGER NOT NULL DEFAULT 15;
CREATE INDEX otel_traces_varies ON otel_traces (id) WHERE varies & 7;

-- The name of a request that its log record has too; only of programs that send both.
ALTER TABLE otel_spans ADD COLUMN request_id TEXT;
CREATE INDEX otel_spans_request ON otel_spans (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX otel_spans_calls ON otel_spans (trace_id, input_tokens, output_tokens) WHERE counted = 1;

-- What a log record says that reports a model call, as in otel_spans.
ALTER TABLE otel_logs ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE otel_logs ADD COLUMN duration_us INTEGER;
ALTER TABLE otel_logs ADD COLUMN operation TEXT;
ALTER TABLE otel_logs ADD COLUMN provider TEXT;
ALTER TABLE otel_logs ADD COLUMN model TEXT;
ALTER TABLE otel_logs ADD COLUMN input_tokens INTEGER;
ALTER TABLE otel_logs ADD COLUMN output_tokens INTEGER;
ALTER TABLE otel_logs ADD COLUMN cache_read_tokens INTEGER;
ALTER TABLE otel_logs ADD COLUMN cache_write_tokens INTEGER;
ALTER TABLE otel_logs ADD COLUMN reasoning_tokens INTEGER;
ALTER TABLE otel_logs ADD COLUMN cost_usd REAL;
ALTER TABLE otel_logs ADD COLUMN cost_status TEXT;
ALTER TABLE otel_logs ADD COLUMN ttft_ms REAL;
ALTER TABLE otel_logs ADD COLUMN request_id TEXT;
ALTER TABLE otel_logs ADD COLUMN response_id TEXT;
ALTER TABLE otel_logs ADD COLUMN session_id TEXT;
ALTER TABLE otel_logs ADD COLUMN conversation_id TEXT;
ALTER TABLE otel_logs ADD COLUMN user_id TEXT;
ALTER TABLE otel_logs ADD COLUMN agent_name TEXT;
-- Empty where records report no calls.
CREATE INDEX otel_logs_calls ON otel_logs (time_us) WHERE counted = 1;
CREATE INDEX otel_logs_calls_span ON otel_logs (trace_id, span_id) WHERE counted = 1 AND trace_id IS NOT NULL;
CREATE INDEX otel_logs_calls_request ON otel_logs (request_id) WHERE counted = 1 AND request_id IS NOT NULL;

-- Spans with the user, session, conversation and agent that they belong to: their own,
-- else those of the nearest span above that names one, else the trace's; of agents the
-- root's.
CREATE VIEW IF NOT EXISTS otel_span_owners AS
SELECT otel_spans.id, otel_spans.trace_id, otel_spans.span_id, otel_spans.parent_span_id, otel_spans.name,
  otel_spans.start_us, otel_spans.duration_us, otel_spans.status_code, otel_spans.status_message,
  otel_spans.service_name, otel_spans.span_type, otel_spans.operation, otel_spans.provider, otel_spans.model,
  otel_spans.input_tokens, otel_spans.output_tokens, otel_spans.cache_read_tokens, otel_spans.cache_write_tokens, otel_spans.reasoning_tokens,
  otel_spans.cost_usd, otel_spans.cost_status, otel_spans.counted, otel_spans.tool_name, otel_spans.ttft_ms,
  coalesce(otel_spans.user_id, (
    SELECT coalesce(CASE WHEN t.varies & 1 THEN (
      WITH RECURSIVE up (at, value) AS (
        SELECT otel_spans.parent_span_id, NULL
        UNION
        SELECT p.parent_span_id, p.user_id FROM up CROSS JOIN otel_spans p ON p.trace_id = otel_spans.trace_id AND p.span_id = up.at WHERE up.value IS NULL)
      SELECT value FROM up WHERE value IS NOT NULL) END, t.user_id)
    FROM otel_traces t WHERE t.trace_id = otel_spans.trace_id)) AS user_id,
  coalesce(otel_spans.session_id, (
    SELECT coalesce(CASE WHEN t.varies & 2 THEN (
      WITH RECURSIVE up (at, value) AS (
        SELECT otel_spans.parent_span_id, NULL
        UNION
        SELECT p.parent_span_id, p.session_id FROM up CROSS JOIN otel_spans p ON p.trace_id = otel_spans.trace_id AND p.span_id = up.at WHERE up.value IS NULL)
      SELECT value FROM up WHERE value IS NOT NULL) END, t.session_id)
    FROM otel_traces t WHERE t.trace_id = otel_spans.trace_id)) AS session_id,
  coalesce(otel_spans.conversation_id, (
    SELECT coalesce(CASE WHEN t.varies & 4 THEN (
      WITH RECURSIVE up (at, value) AS (
        SELECT otel_spans.parent_span_id, NULL
        UNION
        SELECT p.parent_span_id, p.conversation_id FROM up CROSS JOIN otel_spans p ON p.trace_id = otel_spans.trace_id AND p.span_id = up.at WHERE up.value IS NULL)
      SELECT value FROM up WHERE value IS NOT NULL) END, t.conversation_id)
    FROM otel_traces t WHERE t.trace_id = otel_spans.trace_id)) AS conversation_id,
  coalesce(otel_spans.agent_name, (
    SELECT CASE WHEN t.varies & 8 THEN coalesce((
      WITH RECURSIVE up (at, value) AS (
        SELECT otel_spans.parent_span_id, NULL
        UNION
        SELECT p.parent_span_id, p.agent_name FROM up CROSS JOIN otel_spans p ON p.trace_id = otel_spans.trace_id AND p.span_id = up.at WHERE up.value IS NULL)
      SELECT value FROM up WHERE value IS NOT NULL), (
      SELECT r.agent_name FROM otel_spans r WHERE r.trace_id = t.trace_id AND r.span_id = t.root_span_id AND r.parent_span_id IS NULL)) END
    FROM otel_traces t WHERE t.trace_id = otel_spans.trace_id)) AS agent_name
FROM otel_spans;

-- Model calls that came as log records, without those that a span or an earlier record
-- tells too: one with the same request id; the span that the record belongs to; in its
-- trace a span with the same answer, or of the same service with the same tokens that
-- ended within ten minutes, unless both name a request or an answer.
-- completes is 1 where the record is the first with the usage of a call whose span
-- states none.
CREATE VIEW IF NOT EXISTS otel_log_calls AS
SELECT l.id, l.trace_id, l.span_id, max(l.time_us - coalesce(l.duration_us, 0), 0) AS start_us, l.duration_us, l.severity_number,
  l.service_name, l.operation, l.provider, l.model,
  l.input_tokens, l.output_tokens, l.cache_read_tokens, l.cache_write_tokens, l.reasoning_tokens,
  l.cost_usd, l.cost_status, l.ttft_ms,
  EXISTS (SELECT 1 FROM otel_spans s WHERE s.trace_id = l.trace_id AND s.span_id = l.span_id AND s.counted = 1)
    AND NOT EXISTS (SELECT 1 FROM otel_logs o WHERE o.counted = 1 AND o.trace_id = l.trace_id AND o.span_id = l.span_id AND (o.time_us, o.key) < (l.time_us, l.key)) AS completes,
  coalesce(l.user_id, (
    SELECT coalesce(CASE WHEN t.varies & 1 THEN (
      WITH RECURSIVE up (at, value) AS (
        SELECT l.span_id, NULL
        UNION
        SELECT p.parent_span_id, p.user_id FROM up CROSS JOIN otel_spans p ON p.trace_id = l.trace_id AND p.span_id = up.at WHERE up.value IS NULL)
      SELECT value FROM up WHERE value IS NOT NULL) END, t.user_id)
    FROM otel_traces t WHERE t.trace_id = l.trace_id)) AS user_id,
  coalesce(l.session_id, (
    SELECT coalesce(CASE WHEN t.varies & 2 THEN (
      WITH RECURSIVE up (at, value) AS (
        SELECT l.span_id, NULL
        UNION
        SELECT p.parent_span_id, p.session_id FROM up CROSS JOIN otel_spans p ON p.trace_id = l.trace_id AND p.span_id = up.at WHERE up.value IS NULL)
      SELECT value FROM up WHERE value IS NOT NULL) END, t.session_id)
    FROM otel_traces t WHERE t.trace_id = l.trace_id)) AS session_id,
  coalesce(l.conversation_id, (
    SELECT coalesce(CASE WHEN t.varies & 4 THEN (
      WITH RECURSIVE up (at, value) AS (
        SELECT l.span_id, NULL
        UNION
        SELECT p.parent_span_id, p.conversation_id FROM up CROSS JOIN otel_spans p ON p.trace_id = l.trace_id AND p.span_id = up.at WHERE up.value IS NULL)
      SELECT value FROM up WHERE value IS NOT NULL) END, t.conversation_id)
    FROM otel_traces t WHERE t.trace_id = l.trace_id)) AS conversation_id,
  coalesce(l.agent_name, (
    SELECT CASE WHEN t.varies & 8 THEN coalesce((
      WITH RECURSIVE up (at, value) AS (
        SELECT l.span_id, NULL
        UNION
        SELECT p.parent_span_id, p.agent_name FROM up CROSS JOIN otel_spans p ON p.trace_id = l.trace_id AND p.span_id = up.at WHERE up.value IS NULL)
      SELECT value FROM up WHERE value IS NOT NULL), (
      SELECT r.agent_name FROM otel_spans r WHERE r.trace_id = t.trace_id AND r.span_id = t.root_span_id AND r.parent_span_id IS NULL)) END
    FROM otel_traces t WHERE t.trace_id = l.trace_id)) AS agent_name
FROM otel_logs l
WHERE l.counted = 1
  AND NOT EXISTS (SELECT 1 FROM otel_spans s WHERE s.trace_id = l.trace_id AND s.span_id = l.span_id
    AND s.accounting > 0 AND (s.input_tokens IS NOT NULL OR s.output_tokens IS NOT NULL OR s.cost_usd IS NOT NULL))
  AND NOT EXISTS (SELECT 1 FROM otel_spans s WHERE s.request_id = l.request_id AND s.accounting > 0)
  AND NOT EXISTS (SELECT 1 FROM otel_spans s WHERE s.trace_id = l.trace_id AND s.response_id = l.response_id AND s.accounting > 0)
  AND NOT EXISTS (SELECT 1 FROM otel_spans s WHERE s.trace_id = l.trace_id
    AND s.input_tokens = l.input_tokens AND s.output_tokens = l.output_tokens AND s.counted = 1
    AND s.service_name IS l.service_name AND s.end_us BETWEEN l.time_us - 600000000 AND l.time_us + 600000000
    AND (s.request_id IS NULL OR l.request_id IS NULL) AND (s.response_id IS NULL OR l.response_id IS NULL))
  AND NOT EXISTS (SELECT 1 FROM otel_logs o WHERE o.counted = 1 AND o.request_id = l.request_id AND (o.time_us, o.key) < (l.time_us, l.key));

-- All model calls. A span of a call that states no usage gives way to the record that does.
CREATE VIEW IF NOT EXISTS otel_calls AS
SELECT 'span' AS source, id, trace_id, span_id, parent_span_id, start_us, duration_us, status_code = 2 AS failed, service_name,
  operation, provider, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
  cost_usd, cost_status, ttft_ms, user_id, session_id, conversation_id, agent_name
FROM otel_span_owners
WHERE counted = 1 AND (input_tokens IS NOT NULL OR output_tokens IS NOT NULL OR cost_usd IS NOT NULL OR NOT EXISTS (
  SELECT 1 FROM otel_logs l WHERE l.counted = 1 AND l.trace_id = otel_span_owners.trace_id AND l.span_id = otel_span_owners.span_id))
UNION ALL
SELECT 'log', id, trace_id, span_id, span_id, start_us, duration_us, severity_number >= 17, service_name,
  operation, provider, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
  cost_usd, cost_status, ttft_ms, user_id, session_id, conversation_id, agent_name
FROM otel_log_calls;

-- What sessions and users add up: traces whose spans name one user and one session as
-- a whole, of the others each call, and calls that came as log records.
CREATE VIEW IF NOT EXISTS otel_usage AS
SELECT trace_id, user_id, coalesce(session_id, conversation_id) AS session_id, start_us, end_us, span_count, error_count,
  model_calls, unpriced_calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd
FROM otel_traces WHERE NOT varies & 7
UNION ALL
SELECT trace_id, user_id, coalesce(session_id, conversation_id), start_us, end_us, span_count, error_count, 0, 0, 0, 0, 0, 0, 0, NULL
FROM otel_traces WHERE varies & 7
UNION ALL
SELECT s.trace_id, s.user_id, coalesce(s.session_id, s.conversation_id), s.start_us, s.start_us + s.duration_us, 0, 0,
  1, s.cost_usd IS NULL OR s.cost_status IS 'partial', s.input_tokens, s.output_tokens, s.cache_read_tokens, s.cache_write_tokens, s.reasoning_tokens, s.cost_usd
FROM otel_traces t CROSS JOIN otel_span_owners s ON s.trace_id = t.trace_id
WHERE t.varies & 7 AND s.counted = 1
UNION ALL
SELECT NULL, user_id, coalesce(session_id, conversation_id), start_us, start_us + coalesce(duration_us, 0), 0, 0,
  1 - completes, (cost_usd IS NULL OR cost_status IS 'partial') - completes, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd
FROM otel_log_calls;

DROP VIEW llm_calls;
CREATE VIEW IF NOT EXISTS llm_calls AS
SELECT c.trace_id, c.span_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.start_us / 1000000.0, 'unixepoch') AS started_at,
       c.duration_us / 1000.0 AS duration_ms,
       c.ttft_ms, c.operation, c.provider, c.model,
       c.input_tokens, c.output_tokens, c.cache_read_tokens, c.cache_write_tokens, c.reasoning_tokens,
       c.cost_usd, c.cost_status,
       CASE WHEN c.failed THEN 'error' ELSE 'ok' END AS status,
       c.agent_name, c.service_name, c.session_id, c.conversation_id, c.user_id,
       -- A call without an input has that of the step, the group, or what else is
       -- above it, up to its agent, workflow or tool.
       CASE c.source WHEN 'span' THEN coalesce(
         (SELECT m.input FROM mastra_ai_spans m WHERE m.spanId = c.span_id AND m.traceId = c.trace_id), (
         WITH RECURSIVE up (at, ends, value) AS (
           SELECT c.parent_span_id, 0, NULL
           UNION
           SELECT p.parent_span_id, p.span_type IN ('agent_run', 'workflow_run', 'tool_call', 'mcp_tool_call', 'client_tool_call', 'provider_tool_call'), m.input
           FROM up CROSS JOIN otel_spans p ON p.trace_id = c.trace_id AND p.span_id = up.at
           LEFT JOIN mastra_ai_spans m ON m.spanId = p.span_id AND m.traceId = p.trace_id
           WHERE up.value IS NULL AND NOT up.ends)
         SELECT value FROM up WHERE value IS NOT NULL)) END AS input,
       CASE c.source WHEN 'span' THEN (SELECT m.output FROM mastra_ai_spans m WHERE m.spanId = c.span_id AND m.traceId = c.trace_id) END AS output,
       CASE c.source WHEN 'span' THEN (SELECT m.error FROM mastra_ai_spans m WHERE m.spanId = c.span_id AND m.traceId = c.trace_id) END AS error,
       c.source
FROM otel_calls c;

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
CROSS JOIN otel_spans own ON own.id = s.id
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.span_type = 'agent_run';

DROP VIEW errors;
CREATE VIEW IF NOT EXISTS errors AS
SELECT s.trace_id, s.span_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.start_us / 1000000.0, 'unixepoch') AS started_at,
       s.name, s.span_type AS type, s.service_name, s.agent_name, s.tool_name, s.model,
       coalesce(s.status_message, json_extract(m.error, '$.message')) AS message,
       m.error, s.session_id, s.conversation_id, s.user_id
FROM otel_span_owners s
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.status_code = 2;

DROP VIEW cost_daily;
CREATE VIEW IF NOT EXISTS cost_daily AS
SELECT date(start_us / 1000000, 'unixepoch') AS day,
       count(*) AS model_calls,
       sum(cost_usd IS NULL OR cost_status IS 'partial') AS unpriced_calls,
       CAST(min(sum(0.0 + input_tokens), 9007199254740991) AS INTEGER) AS input_tokens,
       CAST(min(sum(0.0 + output_tokens), 9007199254740991) AS INTEGER) AS output_tokens,
       CAST(min(sum(0.0 + cache_read_tokens), 9007199254740991) AS INTEGER) AS cache_read_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_calls GROUP BY 1;

DROP VIEW cost_by_model;
CREATE VIEW IF NOT EXISTS cost_by_model AS
SELECT date(start_us / 1000000, 'unixepoch') AS day,
       provider, model,
       count(*) AS model_calls,
       sum(cost_usd IS NULL OR cost_status IS 'partial') AS unpriced_calls,
       CAST(min(sum(0.0 + input_tokens), 9007199254740991) AS INTEGER) AS input_tokens,
       CAST(min(sum(0.0 + output_tokens), 9007199254740991) AS INTEGER) AS output_tokens,
       CAST(min(sum(0.0 + cache_read_tokens), 9007199254740991) AS INTEGER) AS cache_read_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_calls GROUP BY 1, 2, 3;

DROP VIEW sessions;
CREATE VIEW IF NOT EXISTS sessions AS
SELECT session_id,
       max(user_id) AS user_id,
       count(DISTINCT trace_id) AS traces,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(min(start_us) FILTER (WHERE start_us BETWEEN 1000000000000000 AND 4102444799999999), min(start_us)) / 1000000.0, 'unixepoch') AS first_started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(max(end_us) FILTER (WHERE start_us BETWEEN 1000000000000000 AND 4102444799999999), max(end_us)) / 1000000.0, 'unixepoch') AS last_ended_at,
       sum(span_count) AS spans,
       sum(error_count) AS errors,
       sum(model_calls) AS model_calls,
       sum(unpriced_calls) AS unpriced_calls,
       CAST(min(sum(0.0 + input_tokens), 9007199254740991) AS INTEGER) AS input_tokens,
       CAST(min(sum(0.0 + output_tokens), 9007199254740991) AS INTEGER) AS output_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_usage WHERE session_id IS NOT NULL GROUP BY session_id;

CREATE VIEW IF NOT EXISTS users AS
SELECT user_id,
       count(DISTINCT trace_id) AS traces,
       count(DISTINCT session_id) AS sessions,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(min(start_us) FILTER (WHERE start_us BETWEEN 1000000000000000 AND 4102444799999999), min(start_us)) / 1000000.0, 'unixepoch') AS first_started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(max(end_us) FILTER (WHERE start_us BETWEEN 1000000000000000 AND 4102444799999999), max(end_us)) / 1000000.0, 'unixepoch') AS last_ended_at,
       sum(model_calls) AS model_calls,
       sum(unpriced_calls) AS unpriced_calls,
       CAST(min(sum(0.0 + input_tokens), 9007199254740991) AS INTEGER) AS input_tokens,
       CAST(min(sum(0.0 + output_tokens), 9007199254740991) AS INTEGER) AS output_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_usage WHERE user_id IS NOT NULL GROUP BY user_id;
