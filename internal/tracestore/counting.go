package tracestore

import "strings"

// A call that several spans tell is counted once, however many transactions
// bring them and in whatever order: llm_cost sees a batch at a time, the store
// has the whole tree. The rule is that of genai.Rollups. A span with usage
// repeats what spans below it state; a call without usage repeats a call below
// it, or is covered by a call above it that states usage. A tool lies between
// calls: a model's call does not sum up what its tools spend, but a span of which
// nothing else is known may. Spans that llm_cost has ruled out are none of them.
//
// Of several calls with one response id, one counts: the one that its provider
// has charged, else the one that nothing else repeats, else the client's, else
// the latest.
//
// New spans are those with an id above ?1, as in summary.go. Statements that
// change what counts leave 2 in counted for "no longer" and 3 for "from now on"
// until recount has made the totals anew.

// stated reports usage of the span with that alias.
func stated(alias string) string {
	return "(" + alias + ".input_tokens IS NOT NULL OR " + alias + ".output_tokens IS NOT NULL)"
}

// counting fills in the names that the statements share.
var counting = strings.NewReplacer("{tools}", toolTypes, "{p stated}", stated("p"), "{s stated}", stated("s"))

// walkUp walks up from new spans, and from those that wait for a parent
// that is new, and marks the spans above that repeat calls below. What is told
// upwards is a token: 1 a call that states usage, 2 another span that does, 4
// usage beyond a tool, 8 a call without usage. A span that states usage itself
// tells as much above it, so that a walk ends there, and walks that meet go on
// as one: the work is linear in the number of spans. A walk that reaches a parent
// which is not stored leaves its token in carries.
const walkUp = `
  walk (child, trace_id, at, token) AS (
    SELECT s.id, s.trace_id, s.parent_span_id, CASE WHEN {s stated} THEN CASE s.accounting WHEN 2 THEN 2 ELSE 1 END ELSE 8 END
    FROM otel_spans s NOT INDEXED
    WHERE s.id > ?1 AND s.accounting > 0 AND (s.accounting <> 2 OR {s stated}) AND s.parent_span_id <> s.span_id
    UNION
    SELECT c.id, c.trace_id, n.span_id, v.column1
    FROM otel_spans n NOT INDEXED
    CROSS JOIN otel_spans c INDEXED BY otel_spans_carries ON c.trace_id = n.trace_id AND c.parent_span_id = n.span_id AND c.carries > 0
    CROSS JOIN (VALUES (1), (2), (4), (8)) v ON c.carries & v.column1
    WHERE n.id > ?1 AND n.pending = 0
    UNION -- and not UNION ALL, so that walks meet and a circle of parents ends
    SELECT p.id, p.trace_id, p.parent_span_id, CASE
      WHEN p.span_type IN {tools} THEN CASE token WHEN 8 THEN 0 ELSE 4 END
      WHEN p.accounting = 0 OR p.accounting = 2 AND NOT {p stated} THEN token
      WHEN {p stated} THEN CASE WHEN p.accounting = 2 AND token IN (1, 8) THEN 8 ELSE 0 END
      ELSE CASE token WHEN 8 THEN 0 WHEN 1 THEN 2 ELSE token END END
    FROM walk CROSS JOIN otel_spans p ON p.trace_id = walk.trace_id AND p.span_id = walk.at AND p.pending = 0
    WHERE walk.token > 0 AND p.parent_span_id <> p.span_id)`

// markRepeated marks what the walks meet.
var markRepeated = counting.Replace(`
WITH RECURSIVE` + walkUp + `,
  met (id, repeats, carries) AS (
    SELECT coalesce(p.id, walk.child),
      p.id IS NOT NULL AND p.accounting > 0 AND CASE
        WHEN {p stated} THEN token IN (1, 2) OR token = 4 AND p.accounting = 2
        ELSE p.accounting <> 2 AND token IN (1, 8) END,
      CASE WHEN p.id IS NULL THEN token ELSE 0 END
    FROM walk LEFT JOIN otel_spans p ON p.trace_id = walk.trace_id AND p.span_id = walk.at AND p.pending = 0
    WHERE walk.token > 0),
  news (id, repeats, carries) AS (
    SELECT id, max(repeats), max(carries & 1) | max(carries & 2) | max(carries & 4) | max(carries & 8) FROM met GROUP BY id)
UPDATE otel_spans SET
  repeats = max(otel_spans.repeats, news.repeats),
  carries = otel_spans.carries | news.carries,
  counted = CASE WHEN news.repeats AND counted = 1 THEN 2 ELSE counted END
FROM news
WHERE otel_spans.id = news.id AND (news.repeats > otel_spans.repeats OR otel_spans.carries | news.carries <> otel_spans.carries)`)

// cover walks up from the calls without usage that nothing below repeats, each step
// once however many calls are below it, and then down again from those that state
// usage.
const cover = `
  waiting (id, trace_id, span_id, at) AS MATERIALIZED (
    SELECT id, trace_id, span_id, parent_span_id FROM otel_spans INDEXED BY otel_spans_unstated
    WHERE accounting IN (1, 3) AND repeats = 0 AND input_tokens IS NULL AND output_tokens IS NULL AND trace_id IN ` + touched + `),
  up (trace_id, child, at) AS (
    SELECT trace_id, span_id, at FROM waiting
    UNION
    SELECT p.trace_id, p.span_id, p.parent_span_id
    FROM up CROSS JOIN otel_spans p ON p.trace_id = up.trace_id AND p.span_id = up.at
    WHERE p.pending = 0 AND p.span_type NOT IN {tools} AND NOT (p.accounting IN (1, 3) AND {p stated})),
  steps (trace_id, child, at) AS MATERIALIZED (SELECT trace_id, child, at FROM up WHERE at IS NOT NULL),
  below (trace_id, span_id) AS (
    SELECT u.trace_id, u.child FROM steps u CROSS JOIN otel_spans p ON p.trace_id = u.trace_id AND p.span_id = u.at
    WHERE p.span_type NOT IN {tools} AND p.accounting IN (1, 3) AND {p stated}
    UNION
    SELECT u.trace_id, u.child FROM below b CROSS JOIN steps u ON u.trace_id = b.trace_id AND u.at = b.span_id)`

// markCovered marks calls without usage below a call that states it.
var markCovered = counting.Replace(`
WITH RECURSIVE` + cover + `
UPDATE otel_spans SET repeats = 1, counted = CASE counted WHEN 1 THEN 2 ELSE counted END
WHERE id IN (SELECT w.id FROM waiting w CROSS JOIN below b ON b.trace_id = w.trace_id AND b.span_id = w.span_id)`)

// chooseAnswers decides which of several calls with one response id counts.
var chooseAnswers = counting.Replace(`
WITH
  answers (trace_id, response_id) AS (
    SELECT trace_id, response_id FROM otel_spans NOT INDEXED WHERE id > ?1 AND response_id IS NOT NULL
    UNION
    SELECT trace_id, response_id FROM otel_spans INDEXED BY otel_spans_recount WHERE counted > 1 AND response_id IS NOT NULL),
  calls (id, counted, counts) AS (
    SELECT s.id, s.counted, row_number() OVER (
        PARTITION BY s.trace_id, s.response_id
        ORDER BY s.accounting = 3 DESC, s.repeats, s.kind = 3 DESC, s.start_us DESC, s.start_ns_rem DESC, s.span_id) = 1
      AND (NOT s.repeats OR s.accounting = 3 AND count(*) OVER (PARTITION BY s.trace_id, s.response_id) > 1)
    FROM answers a CROSS JOIN otel_spans s ON s.trace_id = a.trace_id AND s.response_id = a.response_id
    WHERE s.accounting IN (1, 3) AND {s stated})
UPDATE otel_spans SET counted = CASE counted WHEN 0 THEN 3 WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE 0 END
WHERE id IN (SELECT id FROM calls WHERE counts <> (counted IN (1, 3)))`)

// changed are the traces whose totals are no longer right.
const changed = `(SELECT trace_id FROM otel_spans INDEXED BY otel_spans_recount WHERE counted > 1)`

// recount makes the totals of those traces anew.
var recount = `
UPDATE otel_traces SET
  (model_calls, unpriced_calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd) =
  (SELECT count(*), coalesce(sum(cost_usd IS NULL OR cost_status IS 'partial'), 0),
     ` + tokenTotals(``) + `, sum(cost_usd)
   FROM otel_spans s WHERE s.trace_id = otel_traces.trace_id AND s.counted IN (1, 3))
WHERE trace_id IN ` + changed

// settleCounted ends what the statements above have begun.
const settleCounted = `UPDATE otel_spans INDEXED BY otel_spans_recount SET counted = counted = 3 WHERE counted > 1`

// countOnce are the statements in their order.
var countOnce = []string{markRepeated, markCovered, chooseAnswers, recount, settleCounted}
