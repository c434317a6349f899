package tracestore

import (
	"fmt"
	"strings"
)

// The statements below run at the end of a transaction that has stored spans.
// New spans are those of otel_spans with an id above ?1, the largest id at its
// beginning, so that a span that was there already never adds to a sum. NOT
// INDEXED makes SQLite find them by that id: left to itself it reads the whole
// index by trace, for its order. CROSS JOIN fixes the order of a join.

// touched are the traces of the new spans.
const touched = `(SELECT trace_id FROM otel_spans NOT INDEXED WHERE id > ?1)`

// toolTypes are the span types of tool calls, in Mastra's words.
const toolTypes = `('tool_call', 'mcp_tool_call', 'client_tool_call', 'provider_tool_call')`

// capped makes an integer of a sum of floating-point numbers, exact up to the largest
// that a column may hold. A sum of integers fails where it exceeds 64 bits.
func capped(sum string) string { return "CAST(min(" + sum + ", 9007199254740991) AS INTEGER)" }

// tokenTotals adds up the five columns of tokens.
func tokenTotals(filter string) string {
	columns := []string{"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens"}
	for i, column := range columns {
		columns[i] = capped("total(" + column + ")" + filter)
	}
	return strings.Join(columns, ", ")
}

// aTime says of a column that it is a time, see isTime. A span without one is no part
// of what its trace took, unless none has one.
func aTime(column string) string {
	return fmt.Sprintf("%s >= %d AND %s < %d", column, earliestTimeUS, column, latestTimeUS)
}

// sumTraces adds the new spans to their traces. ?2 is now, ?3 is when a trace
// without a root gets one (microseconds).
var sumTraces = strings.NewReplacer("{tools}", toolTypes, "{time}", aTime("start_us"), "{excluded time}", aTime("excluded.start_us"),
	"{owner columns}", ownerColumns(), "{owners}", ownersOfNew(), "{merge owners}", mergeOwners()).Replace(`
INSERT INTO otel_traces (
  trace_id, start_us, end_us, last_seen_us, promote_after_us,
  span_count, error_count, model_calls, unpriced_calls, tool_calls,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
  cost_usd, roll_ups, redactions, {owner columns})
SELECT trace_id,
  coalesce(min(start_us) FILTER (WHERE {time}), min(start_us)), coalesce(max(end_us) FILTER (WHERE {time}), max(end_us)), ?2, ?3,
  sum(pending = 0), sum(status_code = 2 AND pending = 0), sum(counted), sum(counted AND (cost_usd IS NULL OR cost_status IS 'partial')), sum(span_type IN {tools} AND pending = 0),
  ` + tokenTotals(` FILTER (WHERE counted)`) + `,
  sum(cost_usd) FILTER (WHERE counted), sum(roll_up), ` + capped(`total(redactions) FILTER (WHERE pending = 0)`) + `,
  {owners}
FROM otel_spans NOT INDEXED WHERE id > ?1 GROUP BY trace_id
ON CONFLICT (trace_id) DO UPDATE SET
  start_us = CASE ({time}) - ({excluded time}) WHEN 0 THEN min(start_us, excluded.start_us) WHEN 1 THEN start_us ELSE excluded.start_us END,
  end_us = CASE ({time}) - ({excluded time}) WHEN 0 THEN max(end_us, excluded.end_us) WHEN 1 THEN end_us ELSE excluded.end_us END,
  last_seen_us = CASE last_seen_us WHEN ` + parting + ` THEN last_seen_us ELSE excluded.last_seen_us END,
  content_gone = 0,
  span_count = span_count + excluded.span_count,
  error_count = error_count + excluded.error_count,
  model_calls = model_calls + excluded.model_calls,
  unpriced_calls = unpriced_calls + excluded.unpriced_calls,
  tool_calls = tool_calls + excluded.tool_calls,
  input_tokens = min(input_tokens + excluded.input_tokens, 9007199254740991),
  output_tokens = min(output_tokens + excluded.output_tokens, 9007199254740991),
  cache_read_tokens = min(cache_read_tokens + excluded.cache_read_tokens, 9007199254740991),
  cache_write_tokens = min(cache_write_tokens + excluded.cache_write_tokens, 9007199254740991),
  reasoning_tokens = min(reasoning_tokens + excluded.reasoning_tokens, 9007199254740991),
  cost_usd = CASE WHEN excluded.cost_usd IS NULL THEN cost_usd ELSE coalesce(cost_usd, 0) + excluded.cost_usd END,
  roll_ups = roll_ups + excluded.roll_ups,
  redactions = min(redactions + excluded.redactions, 9007199254740991),
  {merge owners}`)

// setRoots gives traces the root that is among the new spans. Where there are
// several, the earliest; one that has only begun gives way to one that has ended. A stand-in gives way; its own row is put right by
// restoreParents.
const setRoots = `
UPDATE otel_traces SET
  root_span_id = r.span_id, root_name = r.name, root_type = r.span_type, root_start_us = r.start_us,
  root_status = r.status_code, root_pending = r.pending, promote_after_us = NULL
FROM (
  -- The other columns come from the row that is the first.
  SELECT trace_id, span_id, name, span_type, start_us, status_code, pending, min(printf('%d%016d', pending, start_us) || span_id)
  FROM otel_spans NOT INDEXED WHERE id > ?1 AND parent_span_id IS NULL GROUP BY trace_id
) AS r
WHERE otel_traces.trace_id = r.trace_id
  AND (root_span_id IS NULL OR root_span_id IN (promoted_span_id, r.span_id) OR (r.pending, r.start_us, r.span_id) < (root_pending, root_start_us, root_span_id))`

// unfinished asks whether any touched trace needs the statements below.
const unfinished = `
SELECT max(roll_ups > 0), max(promoted_span_id IS NOT NULL OR coalesce(promote_after_us, 1) = 0)
FROM otel_traces WHERE trace_id IN ` + touched

// rollUp writes into the Mastra row of a span that stands for several model
// calls the sum of their usage, as Mastra's own rows have it. A call belongs to
// the nearest such span above it. ?2 is now in Mastra's form.
var rollUp = `
WITH RECURSIVE
  up (trace_id, call, at, depth) AS (
    SELECT trace_id, span_id, parent_span_id, 1 FROM otel_spans
    WHERE span_type = 'model_inference'
      AND trace_id IN (SELECT trace_id FROM otel_traces WHERE roll_ups > 0 AND trace_id IN ` + touched + `)
    UNION ALL
    SELECT up.trace_id, up.call, p.parent_span_id, up.depth + 1 FROM up
    JOIN otel_spans p ON p.trace_id = up.trace_id AND p.span_id = up.at
    WHERE p.roll_up = 0 AND p.pending = 0 AND up.depth < 64),
  calls AS MATERIALIZED (
    SELECT g.trace_id, g.span_id, m.attributes AS a FROM up
    CROSS JOIN otel_spans g ON g.trace_id = up.trace_id AND g.span_id = up.at AND g.roll_up = 1
    CROSS JOIN mastra_ai_spans m ON m.spanId = up.call AND m.traceId = up.trace_id
    WHERE json_type(m.attributes, '$.usage') = 'object'),
  details AS MATERIALIZED (
    SELECT trace_id, span_id, 'in' AS side, e.key, ` + capped(`total(e.value)`) + ` AS n
    FROM calls, json_each(calls.a, '$.usage.inputDetails') e GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT trace_id, span_id, 'out', e.key, ` + capped(`total(e.value)`) + `
    FROM calls, json_each(calls.a, '$.usage.outputDetails') e GROUP BY 1, 2, 3, 4),
  sums AS (
    SELECT trace_id, span_id,
      -- Merging into {} leaves out what is null.
      json_patch('{}', json_object(
        'inputTokens', ` + capped(`sum(0.0 + json_extract(a, '$.usage.inputTokens'))`) + `,
        'outputTokens', ` + capped(`sum(0.0 + json_extract(a, '$.usage.outputTokens'))`) + `,
        'inputDetails', json((SELECT CASE WHEN count(*) > 0 THEN json_group_object(key, n) END FROM details d
           WHERE d.trace_id = c.trace_id AND d.span_id = c.span_id AND side = 'in')),
        'outputDetails', json((SELECT CASE WHEN count(*) > 0 THEN json_group_object(key, n) END FROM details d
           WHERE d.trace_id = c.trace_id AND d.span_id = c.span_id AND side = 'out')))) AS usage
    FROM calls c GROUP BY trace_id, span_id)
UPDATE mastra_ai_spans SET
  attributes = json_set(coalesce(attributes, '{}'), '$.usage', json(sums.usage)),
  updatedAt = CASE WHEN createdAt = ?2 THEN updatedAt ELSE ?2 END
FROM sums
WHERE spanId = sums.span_id AND traceId = sums.trace_id
  AND coalesce(json_extract(attributes, '$.usage'), '') <> sums.usage`
