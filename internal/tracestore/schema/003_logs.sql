CREATE TABLE otel_logs (
  id                 INTEGER PRIMARY KEY,
  key                TEXT NOT NULL UNIQUE, -- hash of the record, so that a retry changes nothing
  time_us            INTEGER NOT NULL,     -- when it happened, or else when it was observed
  time_ns_rem        INTEGER NOT NULL,
  time_is_observed   INTEGER NOT NULL,     -- 1: the record has no time of its own
  observed_us        INTEGER NOT NULL,
  observed_ns_rem    INTEGER NOT NULL,
  time_ns            TEXT,                 -- decimal, only where a time had to be cut
  observed_ns        TEXT,
  severity_number    INTEGER NOT NULL,     -- 1 to 24 as in OTLP, 0 unset
  severity_text      TEXT,
  event_name         TEXT,
  body               TEXT,                 -- JSON
  attributes         TEXT,                 -- JSON object
  dropped_attributes INTEGER NOT NULL,
  trace_id           TEXT,
  span_id            TEXT,
  flags              INTEGER NOT NULL,
  resource_id        INTEGER NOT NULL,
  scope_id           INTEGER NOT NULL,
  service_name       TEXT,
  inserted_us        INTEGER NOT NULL
);
CREATE INDEX otel_logs_time ON otel_logs (time_us);
CREATE INDEX otel_logs_trace ON otel_logs (trace_id) WHERE trace_id IS NOT NULL;

CREATE VIEW IF NOT EXISTS logs AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', time_us / 1000000.0, 'unixepoch') AS time,
       severity_text AS severity, service_name,
       json_extract(body, '$') AS body,
       event_name, trace_id, span_id, attributes
FROM otel_logs;

-- What a transaction has to know of itself where it is sent as a whole.
CREATE TABLE otel_state (
  key   TEXT PRIMARY KEY,
  value INTEGER NOT NULL
);
