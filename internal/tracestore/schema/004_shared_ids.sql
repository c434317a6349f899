-- The id that a span came with, only where another span of its trace has the same
-- one. Its otel_spans.generated_id has 4, and span_id was made up.
ALTER TABLE otel_span_data ADD COLUMN sent_span_id TEXT;
