-- sum() of integers fails where it exceeds 64 bits. A view that another program has
-- under one of these names stays: see dropsOfOurs.

DROP VIEW cost_daily;
CREATE VIEW IF NOT EXISTS cost_daily AS
SELECT date(start_us / 1000000, 'unixepoch') AS day,
       count(*) AS model_calls,
       sum(cost_usd IS NULL OR cost_status IS 'partial') AS unpriced_calls,
       CAST(min(sum(0.0 + input_tokens), 9007199254740991) AS INTEGER) AS input_tokens,
       CAST(min(sum(0.0 + output_tokens), 9007199254740991) AS INTEGER) AS output_tokens,
       CAST(min(sum(0.0 + cache_read_tokens), 9007199254740991) AS INTEGER) AS cache_read_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_spans WHERE counted = 1 GROUP BY 1;

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
FROM otel_spans WHERE counted = 1 GROUP BY 1, 2, 3;

DROP VIEW sessions;
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
       CAST(min(sum(0.0 + input_tokens), 9007199254740991) AS INTEGER) AS input_tokens,
       CAST(min(sum(0.0 + output_tokens), 9007199254740991) AS INTEGER) AS output_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_traces
WHERE session_id IS NOT NULL OR conversation_id IS NOT NULL
GROUP BY 1;
