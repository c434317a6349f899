-- Indexes for lists. One has all that a list is narrowed by and added up from beside the
-- start, so that going through many traces reads no row of them, and that takes the place of
-- three. The partial ones are next to empty where nothing is unfinished, unpriced,
-- redacted or local.

DROP INDEX otel_traces_start;
DROP INDEX otel_traces_failed;
DROP INDEX otel_traces_session;
CREATE INDEX otel_traces_list ON otel_traces (
  start_us, end_us, error_count, model_calls, unpriced_calls, cost_usd, redactions, input_tokens, output_tokens, service_name, environment, tenant);
CREATE INDEX otel_traces_sessions ON otel_traces (coalesce(session_id, conversation_id), start_us, end_us)
  WHERE coalesce(session_id, conversation_id) IS NOT NULL;
CREATE INDEX otel_traces_unrooted ON otel_traces (start_us)
  WHERE root_span_id IS NULL OR promoted_span_id IS NOT NULL OR root_pending > 0;
CREATE INDEX otel_spans_local ON otel_spans (trace_id) WHERE counted = 1 AND cost_status = 'local';
CREATE INDEX otel_spans_unpriced ON otel_spans (start_us) WHERE counted = 1 AND (cost_usd IS NULL OR cost_status IS 'partial');
CREATE INDEX otel_spans_redacted ON otel_spans (start_us) WHERE redactions > 0;
CREATE INDEX otel_spans_arguments ON otel_spans (trace_id, tool_name, arguments_hash, start_us) WHERE arguments_hash IS NOT NULL;
