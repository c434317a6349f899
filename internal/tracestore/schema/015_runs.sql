-- What agents and tools did is read from indexes alone, and providers and names that few
-- or no spans have are looked up. The index by session gives way: traces have their own.

DROP INDEX otel_spans_session;
DROP INDEX otel_spans_agent;
DROP INDEX otel_spans_tool;
CREATE INDEX otel_spans_agent ON otel_spans (agent_name, start_us, span_type, pending, status_code, duration_us, service_name) WHERE agent_name IS NOT NULL;
CREATE INDEX otel_spans_tool ON otel_spans (tool_name, start_us, span_type, pending, status_code, duration_us, service_name) WHERE tool_name IS NOT NULL;
CREATE INDEX otel_spans_provider ON otel_spans (provider, start_us) WHERE provider IS NOT NULL;
CREATE INDEX otel_spans_name ON otel_spans (name, start_us);
