-- Log records are deleted by the time of their storage, which a clock that is set
-- back makes another order than that of their ids.
CREATE INDEX otel_logs_inserted ON otel_logs (inserted_us);
