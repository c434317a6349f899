-- Times are microseconds since 1970 (UTC); *_ns_rem is the rest below a
-- microsecond. No integer column ever holds more than 2^53 - 1.

CREATE TABLE otel_resources (
  id                 INTEGER PRIMARY KEY, -- hash of the content
  service_name       TEXT,
  attributes         TEXT NOT NULL,
  dropped_attributes INTEGER NOT NULL,
  schema_url         TEXT
);

CREATE TABLE otel_scopes (
  id                 INTEGER PRIMARY KEY, -- hash of the content
  name               TEXT,
  version            TEXT,
  attributes         TEXT NOT NULL,
  dropped_attributes INTEGER NOT NULL,
  schema_url         TEXT
);

CREATE TABLE otel_spans (
  id                 INTEGER PRIMARY KEY,
  trace_id           TEXT NOT NULL,
  span_id            TEXT NOT NULL,
  parent_span_id     TEXT,              -- as it was sent; NULL is a root
  name               TEXT NOT NULL,
  kind               INTEGER NOT NULL,
  start_us           INTEGER NOT NULL,
  end_us             INTEGER NOT NULL,
  start_ns_rem       INTEGER NOT NULL,
  end_ns_rem         INTEGER NOT NULL,
  duration_us        INTEGER NOT NULL,
  status_code        INTEGER NOT NULL,  -- 0 unset, 1 ok, 2 error
  status_message     TEXT,
  trace_state        TEXT,
  flags              INTEGER NOT NULL,
  resource_id        INTEGER NOT NULL,
  scope_id           INTEGER NOT NULL,
  service_name       TEXT,
  span_type          TEXT NOT NULL,     -- Mastra's words: agent_run, model_inference, tool_call, generic, …
  operation          TEXT,
  provider           TEXT,
  model              TEXT,              -- the model that answered, else the one asked for
  input_tokens       INTEGER,           -- whole counts, cached and reasoning tokens included
  output_tokens      INTEGER,
  cache_read_tokens  INTEGER,
  cache_write_tokens INTEGER,
  reasoning_tokens   INTEGER,
  cost_usd           REAL,              -- NULL is unknown, never zero
  cost_status        TEXT,              -- llmcost.status
  counted            INTEGER NOT NULL,  -- 1: a model call that totals add up; of spans that tell the same call, one
  accounting         INTEGER NOT NULL,  -- 0 no call, 1 a model call, 2 states usage, 3 a call with the charge of its provider
  repeats            INTEGER NOT NULL DEFAULT 0, -- 1: spans below or above tell the same call
  carries            INTEGER NOT NULL DEFAULT 0, -- what a parent that has not come needs to know of the calls below
  response_id        TEXT,              -- the provider's name of the answer
  roll_up            INTEGER NOT NULL,  -- 1: its Mastra row shows the sum of the calls below
  session_id         TEXT,
  conversation_id    TEXT,
  user_id            TEXT,
  agent_name         TEXT,
  tool_name          TEXT,
  workflow_name      TEXT,
  ttft_ms            REAL,
  generated_id       INTEGER NOT NULL,  -- 1: trace id, 2: span id came as zeroes and was made up
  inserted_us        INTEGER NOT NULL,
  UNIQUE (trace_id, span_id)
);
CREATE INDEX otel_spans_service ON otel_spans (service_name, start_us);
CREATE INDEX otel_spans_session ON otel_spans (session_id, start_us) WHERE session_id IS NOT NULL;
CREATE INDEX otel_spans_model ON otel_spans (model, start_us) WHERE model IS NOT NULL;
CREATE INDEX otel_spans_response ON otel_spans (trace_id, response_id) WHERE response_id IS NOT NULL;
-- Next to empty: they find the few spans that a transaction has to look at again.
CREATE INDEX otel_spans_carries ON otel_spans (trace_id, parent_span_id) WHERE carries > 0;
CREATE INDEX otel_spans_unstated ON otel_spans (trace_id)
  WHERE accounting IN (1, 3) AND repeats = 0 AND input_tokens IS NULL AND output_tokens IS NULL;
CREATE INDEX otel_spans_recount ON otel_spans (trace_id) WHERE counted > 1;

-- What is left of the OTLP span beside otel_spans and mastra_ai_spans.
CREATE TABLE otel_span_data (
  id                 INTEGER PRIMARY KEY, -- otel_spans.id
  attributes         TEXT,
  events             TEXT,
  dropped_attributes INTEGER NOT NULL,
  dropped_events     INTEGER NOT NULL,
  dropped_links      INTEGER NOT NULL,
  start_ns           TEXT,                -- decimal, only where start_us or end_us had to be cut
  end_ns             TEXT
);

CREATE TABLE otel_traces (
  id                 INTEGER PRIMARY KEY,
  trace_id           TEXT NOT NULL UNIQUE,
  start_us           INTEGER NOT NULL,
  end_us             INTEGER NOT NULL,
  last_seen_us       INTEGER NOT NULL,    -- when its newest span was stored
  root_span_id       TEXT,                -- NULL: none yet
  root_name          TEXT,
  root_type          TEXT,
  root_start_us      INTEGER,
  root_status        INTEGER,
  promoted_span_id   TEXT,                -- a span that stands in for a root that did not come
  promote_after_us   INTEGER,             -- when to choose one; NULL once there is a root
  service_name       TEXT,
  span_count         INTEGER NOT NULL,
  error_count        INTEGER NOT NULL,
  model_calls        INTEGER NOT NULL,
  unpriced_calls     INTEGER NOT NULL,    -- model calls whose cost is not known, or only in part: cost_usd is then a lower bound
  tool_calls         INTEGER NOT NULL,
  input_tokens       INTEGER NOT NULL,
  output_tokens      INTEGER NOT NULL,
  cache_read_tokens  INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  reasoning_tokens   INTEGER NOT NULL,
  cost_usd           REAL,                -- NULL: no call has a known cost
  session_id         TEXT,
  conversation_id    TEXT,
  user_id            TEXT,
  roll_ups           INTEGER NOT NULL     -- spans with roll_up = 1
);
CREATE INDEX otel_traces_last_seen ON otel_traces (last_seen_us);
CREATE INDEX otel_traces_start ON otel_traces (start_us);
CREATE INDEX otel_traces_rootless ON otel_traces (promote_after_us) WHERE promote_after_us IS NOT NULL;
