-- What lists show and filter by, so that they need not read payloads.

ALTER TABLE otel_spans ADD COLUMN environment TEXT;
ALTER TABLE otel_spans ADD COLUMN tenant TEXT;
-- Values that sensitive_filter has replaced.
ALTER TABLE otel_spans ADD COLUMN redactions INTEGER NOT NULL DEFAULT 0;
-- The first words, at most 200 characters of plain text.
-- Of the input.
ALTER TABLE otel_spans ADD COLUMN preview TEXT;
ALTER TABLE otel_spans ADD COLUMN output_preview TEXT;
-- Why it failed.
ALTER TABLE otel_spans ADD COLUMN error_preview TEXT;
-- Of a tool's arguments, whatever the order of their keys.
ALTER TABLE otel_spans ADD COLUMN arguments_hash TEXT;
-- 1: says only that a span has begun. It is in no count, and the span itself takes its
-- place. 2: has had its place taken; no COMMIT leaves one.
ALTER TABLE otel_spans ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;

-- Whose names stand here, and the first words of what it was asked and has answered,
-- is as in owners.go: the root's, else those of the first span that has some. The
-- error is that of the first span that failed.
ALTER TABLE otel_traces ADD COLUMN environment TEXT;
ALTER TABLE otel_traces ADD COLUMN environment_rank INTEGER;
ALTER TABLE otel_traces ADD COLUMN tenant TEXT;
ALTER TABLE otel_traces ADD COLUMN tenant_rank INTEGER;
ALTER TABLE otel_traces ADD COLUMN input TEXT;
ALTER TABLE otel_traces ADD COLUMN input_rank INTEGER;
ALTER TABLE otel_traces ADD COLUMN output TEXT;
ALTER TABLE otel_traces ADD COLUMN output_rank INTEGER;
ALTER TABLE otel_traces ADD COLUMN error TEXT;
ALTER TABLE otel_traces ADD COLUMN error_rank INTEGER;
ALTER TABLE otel_traces ADD COLUMN redactions INTEGER NOT NULL DEFAULT 0;
-- 1: the root has only begun.
ALTER TABLE otel_traces ADD COLUMN root_pending INTEGER NOT NULL DEFAULT 0;

-- Next to empty where no program announces its spans.
CREATE INDEX otel_spans_pending ON otel_spans (trace_id, span_id) WHERE pending > 0;
-- For filters: rows that none has are in none of them.
CREATE INDEX otel_spans_tool ON otel_spans (tool_name, start_us) WHERE tool_name IS NOT NULL;
CREATE INDEX otel_spans_agent ON otel_spans (agent_name, start_us) WHERE agent_name IS NOT NULL;
CREATE INDEX otel_traces_failed ON otel_traces (start_us) WHERE error_count > 0;
CREATE INDEX otel_traces_user ON otel_traces (user_id, start_us) WHERE user_id IS NOT NULL;
CREATE INDEX otel_traces_session ON otel_traces (session_id, start_us) WHERE session_id IS NOT NULL;

-- Of what is there already, what can be said without reading each payload.
UPDATE otel_spans SET environment = r.name FROM (
  SELECT id AS resource, coalesce(json_extract(attributes, '$."deployment.environment.name"'), json_extract(attributes, '$."deployment.environment"')) AS name
  FROM otel_resources WHERE instr(attributes, '"deployment.environment') > 0 AND json_valid(attributes)) AS r
WHERE resource_id = r.resource AND typeof(r.name) = 'text';

UPDATE otel_spans SET redactions = d.n FROM (
  SELECT id AS span, max(CAST(json_extract(attributes, '$."sensitive_filter.count"') AS INTEGER), 0) AS n
  FROM otel_span_data WHERE instr(attributes, '"sensitive_filter.count":') > 0 AND json_valid(attributes)) AS d
WHERE otel_spans.id = d.span AND d.n > 0;

UPDATE otel_spans SET error_preview = substr(status_message, 1, 200) WHERE status_code = 2 AND status_message IS NOT NULL;

UPDATE otel_traces SET (environment, redactions) = (
  SELECT min(environment), coalesce(sum(redactions), 0) FROM otel_spans s WHERE s.trace_id = otel_traces.trace_id)
WHERE EXISTS (SELECT 1 FROM otel_spans LIMIT 1);

UPDATE otel_traces SET error = (
  SELECT substr(coalesce(s.status_message, json_extract(m.error, '$.message')), 1, 200)
  FROM otel_spans s LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id AND json_valid(m.error)
  WHERE s.trace_id = otel_traces.trace_id AND s.status_code = 2 ORDER BY s.start_us LIMIT 1)
WHERE error_count > 0;

UPDATE otel_traces SET (input, output) = (
  SELECT
    substr(CASE json_type(m.input) WHEN 'text' THEN json_extract(m.input, '$') ELSE coalesce(
      (SELECT (SELECT t.atom FROM json_tree(e.value) t WHERE t.type = 'text' AND t.key IN ('content', 'text') LIMIT 1)
       FROM json_each(m.input) e WHERE e.type = 'object' AND json_extract(e.value, '$.role') = 'user' ORDER BY e.key DESC LIMIT 1),
      (SELECT t.atom FROM json_tree(m.input) t WHERE t.type = 'text' AND t.key NOT IN ('role', 'type', 'id') LIMIT 1)) END, 1, 200),
    substr(CASE json_type(m.output) WHEN 'text' THEN json_extract(m.output, '$') ELSE coalesce(
      (SELECT t.atom FROM json_tree(m.output) t WHERE t.type = 'text' AND t.key IN ('content', 'text') LIMIT 1),
      (SELECT t.atom FROM json_tree(m.output) t WHERE t.type = 'text' AND t.key NOT IN ('role', 'type', 'id') LIMIT 1)) END, 1, 200)
  FROM mastra_ai_spans m WHERE m.spanId = root_span_id AND m.traceId = otel_traces.trace_id
    AND coalesce(json_valid(m.input), 1) AND coalesce(json_valid(m.output), 1))
WHERE root_span_id IS NOT NULL;
