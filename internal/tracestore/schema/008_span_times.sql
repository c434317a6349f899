-- A span without an end, or that ends before it starts, has no length in any row, sum
-- or view: see times in moment.go. What was sent goes to otel_span_data.
INSERT INTO otel_span_data (id, dropped_attributes, dropped_events, dropped_links, start_ns, end_ns)
SELECT id, 0, 0, 0, start_us * 1000 + start_ns_rem, end_us * 1000 + end_ns_rem
FROM otel_spans WHERE start_us = 0 OR end_us - start_us NOT BETWEEN 0 AND 31622400000000
ON CONFLICT (id) DO UPDATE SET start_ns = coalesce(start_ns, excluded.start_ns), end_ns = coalesce(end_ns, excluded.end_ns);

UPDATE mastra_ai_spans SET
  startedAt = CASE WHEN s.begins THEN startedAt ELSE endedAt END,
  endedAt = CASE WHEN endedAt IS NULL OR NOT s.begins THEN endedAt ELSE startedAt END
FROM (
  SELECT trace_id, span_id,
    (start_us BETWEEN 1000000000000000 AND 4102444799999999) OR NOT (end_us BETWEEN 1000000000000000 AND 4102444799999999) AS begins
  FROM otel_spans WHERE start_us = 0 OR end_us - start_us NOT BETWEEN 0 AND 31622400000000
) AS s
WHERE spanId = s.span_id AND traceId = s.trace_id;

UPDATE otel_spans SET
  start_us = CASE WHEN s.begins THEN start_us ELSE end_us END,
  start_ns_rem = CASE WHEN s.begins THEN start_ns_rem ELSE end_ns_rem END,
  end_us = CASE WHEN s.begins THEN start_us ELSE end_us END,
  end_ns_rem = CASE WHEN s.begins THEN start_ns_rem ELSE end_ns_rem END,
  duration_us = 0
FROM (
  SELECT id AS span,
    (start_us BETWEEN 1000000000000000 AND 4102444799999999) OR NOT (end_us BETWEEN 1000000000000000 AND 4102444799999999) AS begins
  FROM otel_spans WHERE start_us = 0 OR end_us - start_us NOT BETWEEN 0 AND 31622400000000
) AS s
WHERE otel_spans.id = s.span;

UPDATE otel_traces SET (start_us, end_us) = (
  SELECT coalesce(min(start_us) FILTER (WHERE start_us BETWEEN 1000000000000000 AND 4102444799999999), min(start_us)),
         coalesce(max(end_us) FILTER (WHERE start_us BETWEEN 1000000000000000 AND 4102444799999999), max(end_us))
  FROM otel_spans s WHERE s.trace_id = otel_traces.trace_id)
WHERE (start_us = 0 OR end_us > 4102444799999999 OR end_us - start_us NOT BETWEEN 0 AND 31622400000000)
  AND EXISTS (SELECT 1 FROM otel_spans s WHERE s.trace_id = otel_traces.trace_id);
