-- 1: what its spans have said is deleted, their numbers are kept.
ALTER TABLE otel_traces ADD COLUMN content_gone INTEGER NOT NULL DEFAULT 0;
