-- Which rows name a resource or a scope: those that none names are deleted.
CREATE INDEX otel_spans_resource ON otel_spans (resource_id);
CREATE INDEX otel_spans_scope ON otel_spans (scope_id);
CREATE INDEX otel_logs_resource ON otel_logs (resource_id);
CREATE INDEX otel_logs_scope ON otel_logs (scope_id);
