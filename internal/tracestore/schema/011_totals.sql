-- Bills outlive spans: what calls have cost, by half hour and by whose they were.

-- By the provider's cache; NULL is unknown.
ALTER TABLE otel_spans ADD COLUMN saved_usd REAL;
ALTER TABLE otel_logs ADD COLUMN environment TEXT;
ALTER TABLE otel_logs ADD COLUMN tenant TEXT;
ALTER TABLE otel_logs ADD COLUMN saved_usd REAL;

-- Deleting spans and log records changes no row of it. An empty text is none.
CREATE TABLE otel_totals (
  slot_us            INTEGER NOT NULL, -- start of a half hour; of rows that were folded, of a day or a month (UTC)
  service            TEXT NOT NULL,
  environment        TEXT NOT NULL,
  provider           TEXT NOT NULL,
  model              TEXT NOT NULL,
  agent              TEXT NOT NULL,
  user_id            TEXT NOT NULL,
  tenant             TEXT NOT NULL,
  calls              INTEGER NOT NULL,
  unpriced           INTEGER NOT NULL, -- calls whose cost is not known, or only in part
  priced             INTEGER NOT NULL, -- calls with a cost
  local              INTEGER NOT NULL, -- calls of models on a machine of the user's own
  errors             INTEGER NOT NULL, -- calls that failed
  input_tokens       INTEGER NOT NULL,
  output_tokens      INTEGER NOT NULL,
  cache_read_tokens  INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  reasoning_tokens   INTEGER NOT NULL,
  cost_usd           REAL,             -- NULL: no call has a known cost
  saved_usd          REAL,
  PRIMARY KEY (slot_us, service, environment, provider, model, agent, user_id, tenant)
) WITHOUT ROWID;
CREATE INDEX otel_totals_empty ON otel_totals (slot_us) WHERE calls = 0;

-- What each trace, and each log record that reports a call, has in otel_totals, so that
-- it can be taken back where a late span says otherwise. It goes with its trace.
CREATE TABLE otel_counted (
  owner              TEXT NOT NULL,    -- otel_traces.trace_id, or 'log ' and otel_logs.key
  slot_us            INTEGER NOT NULL, -- always of a half hour
  service            TEXT NOT NULL,
  environment        TEXT NOT NULL,
  provider           TEXT NOT NULL,
  model              TEXT NOT NULL,
  agent              TEXT NOT NULL,
  user_id            TEXT NOT NULL,
  tenant             TEXT NOT NULL,
  calls              INTEGER NOT NULL,
  unpriced           INTEGER NOT NULL,
  priced             INTEGER NOT NULL,
  local              INTEGER NOT NULL,
  errors             INTEGER NOT NULL,
  input_tokens       INTEGER NOT NULL,
  output_tokens      INTEGER NOT NULL,
  cache_read_tokens  INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  reasoning_tokens   INTEGER NOT NULL,
  cost_usd           REAL,
  saved_usd          REAL,
  PRIMARY KEY (owner, slot_us, service, environment, provider, model, agent, user_id, tenant)
) WITHOUT ROWID;

INSERT INTO otel_counted
SELECT CASE c.source WHEN 'span' THEN c.trace_id ELSE 'log ' || l.key END,
  max(c.start_us, 0) / 1800000000 * 1800000000,
  coalesce(c.service_name, ''), coalesce(s.environment, t.environment, ''), coalesce(c.provider, ''), coalesce(c.model, ''),
  coalesce(c.agent_name, ''), coalesce(c.user_id, ''), '',
  count(*), sum(c.cost_usd IS NULL OR c.cost_status IS 'partial'), count(c.cost_usd), sum(c.cost_status IS 'local'), sum(c.failed),
  CAST(min(total(c.input_tokens), 9007199254740991) AS INTEGER),
  CAST(min(total(c.output_tokens), 9007199254740991) AS INTEGER),
  CAST(min(total(c.cache_read_tokens), 9007199254740991) AS INTEGER),
  CAST(min(total(c.cache_write_tokens), 9007199254740991) AS INTEGER),
  CAST(min(total(c.reasoning_tokens), 9007199254740991) AS INTEGER),
  sum(c.cost_usd), NULL
FROM otel_calls c
LEFT JOIN otel_spans s ON c.source = 'span' AND s.id = c.id
LEFT JOIN otel_logs l ON c.source = 'log' AND l.id = c.id
LEFT JOIN otel_traces t ON t.trace_id = c.trace_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

INSERT INTO otel_totals
SELECT slot_us, service, environment, provider, model, agent, user_id, tenant,
  sum(calls), sum(unpriced), sum(priced), sum(local), sum(errors),
  CAST(min(total(input_tokens), 9007199254740991) AS INTEGER),
  CAST(min(total(output_tokens), 9007199254740991) AS INTEGER),
  CAST(min(total(cache_read_tokens), 9007199254740991) AS INTEGER),
  CAST(min(total(cache_write_tokens), 9007199254740991) AS INTEGER),
  CAST(min(total(reasoning_tokens), 9007199254740991) AS INTEGER),
  sum(cost_usd), NULL
FROM otel_counted GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

DROP VIEW cost_daily;
CREATE VIEW IF NOT EXISTS cost_daily AS
SELECT date(slot_us / 1000000, 'unixepoch') AS day,
       sum(calls) AS model_calls,
       sum(unpriced) AS unpriced_calls,
       CAST(min(total(input_tokens), 9007199254740991) AS INTEGER) AS input_tokens,
       CAST(min(total(output_tokens), 9007199254740991) AS INTEGER) AS output_tokens,
       CAST(min(total(cache_read_tokens), 9007199254740991) AS INTEGER) AS cache_read_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_totals GROUP BY 1;

DROP VIEW cost_by_model;
CREATE VIEW IF NOT EXISTS cost_by_model AS
SELECT date(slot_us / 1000000, 'unixepoch') AS day,
       nullif(provider, '') AS provider, nullif(model, '') AS model,
       sum(calls) AS model_calls,
       sum(unpriced) AS unpriced_calls,
       CAST(min(total(input_tokens), 9007199254740991) AS INTEGER) AS input_tokens,
       CAST(min(total(output_tokens), 9007199254740991) AS INTEGER) AS output_tokens,
       CAST(min(total(cache_read_tokens), 9007199254740991) AS INTEGER) AS cache_read_tokens,
       sum(cost_usd) AS cost_usd
FROM otel_totals GROUP BY 1, 2, 3;

-- Traces, sessions and times are those of what is stored, calls and cost those of all
-- time.
DROP VIEW users;
CREATE VIEW IF NOT EXISTS users AS
SELECT user_id,
       sum(traces) AS traces,
       sum(sessions) AS sessions,
       max(first_started_at) AS first_started_at,
       max(last_ended_at) AS last_ended_at,
       sum(model_calls) AS model_calls,
       sum(unpriced_calls) AS unpriced_calls,
       sum(input_tokens) AS input_tokens,
       sum(output_tokens) AS output_tokens,
       sum(cost_usd) AS cost_usd
FROM (
  SELECT user_id, count(DISTINCT trace_id) AS traces, count(DISTINCT session_id) AS sessions,
    strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(min(start_us) FILTER (WHERE start_us BETWEEN 1000000000000000 AND 4102444799999999), min(start_us)) / 1000000.0, 'unixepoch') AS first_started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(max(end_us) FILTER (WHERE start_us BETWEEN 1000000000000000 AND 4102444799999999), max(end_us)) / 1000000.0, 'unixepoch') AS last_ended_at,
    0 AS model_calls, 0 AS unpriced_calls, 0 AS input_tokens, 0 AS output_tokens, NULL AS cost_usd
  FROM otel_usage WHERE user_id IS NOT NULL GROUP BY user_id
  UNION ALL
  SELECT user_id, 0, 0, NULL, NULL, sum(calls), sum(unpriced),
    CAST(min(total(input_tokens), 9007199254740991) AS INTEGER),
    CAST(min(total(output_tokens), 9007199254740991) AS INTEGER), sum(cost_usd)
  FROM otel_totals WHERE user_id <> '' GROUP BY user_id)
GROUP BY user_id;
