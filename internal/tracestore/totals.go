package tracestore

import (
	"fmt"
	"strconv"
	"strings"
)

// Totals outlive spans: otel_totals has what all calls have cost, by half hour and by
// whose they were. otel_counted says what of it comes from which trace or log record,
// so that a transaction that changes a trace takes back what that had and adds what it
// has now: a late span, a repeated one, and a user that a late root names correct what
// is there, and what is deleted stays counted.

// A slot is a half hour: days of nearly all time zones can be made of those.
const slotUS = 30 * 60 * 1_000_000

// totalKeys tell rows of a slot apart; totalSums are added up.
var (
	totalKeys = []string{"service", "environment", "provider", "model", "agent", "user_id", "tenant"}
	totalSums = []string{
		"calls", "unpriced", "priced", "local", "errors",
		"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens",
	}
	totalColumns = strings.Join(append(append([]string{}, totalKeys...), append(totalSums, "cost_usd", "saved_usd")...), ", ")
)

// Keys of otel_state: totals before the first are deleted, those before the second
// stand in the row of their day, those before the third in that of their month.
const (
	totalsFrom  = "totals_from"
	totalDays   = "totals_days"
	totalMonths = "totals_months"
)

func stateOr0(key string) string {
	return `coalesce((SELECT value FROM otel_state WHERE key = '` + key + `'), 0)`
}

const (
	dayUS        = 24 * 60 * 60 * 1_000_000
	startOfDay   = `slot_us / 86400000000 * 86400000000`
	startOfMonth = `CAST(strftime('%s', slot_us / 1000000, 'unixepoch', 'start of month') AS INTEGER) * 1000000`
)

// folded is the slot under which a half hour stands in otel_totals.
var folded = `CASE WHEN slot_us < ` + stateOr0(totalMonths) + ` THEN ` + startOfMonth +
	` WHEN slot_us < ` + stateOr0(totalDays) + ` THEN ` + startOfDay + ` ELSE slot_us END`

// addTotals adds rows to otel_totals, or takes them away where sign is "-".
func addTotals(sign, slot, from string) string {
	values, updates := append([]string{}, totalKeys...), []string{}
	for _, c := range totalSums {
		values = append(values, sign+c)
		updates = append(updates, fmt.Sprintf("%[1]s = max(min(%[1]s + excluded.%[1]s, 9007199254740991), 0)", c))
	}
	// Of no call with a cost nothing is known.
	updates = append(updates,
		`cost_usd = CASE WHEN priced + excluded.priced > 0 THEN coalesce(cost_usd, 0) + coalesce(excluded.cost_usd, 0) END`,
		`saved_usd = CASE WHEN coalesce(saved_usd, excluded.saved_usd) IS NOT NULL THEN coalesce(saved_usd, 0) + coalesce(excluded.saved_usd, 0) END`)
	values = append(values, sign+"cost_usd", sign+"saved_usd")
	return "INSERT INTO otel_totals (slot_us, " + totalColumns + ")\nSELECT " + slot + ", " + strings.Join(values, ", ") + "\nFROM " + from +
		"\nON CONFLICT (slot_us, " + strings.Join(totalKeys, ", ") + ") DO UPDATE SET\n  " + strings.Join(updates, ",\n  ")
}

// sumsOf are the values of totalSums, cost_usd and saved_usd for calls.
func sumsOf(alias, failed string) string {
	r := strings.NewReplacer("{c}", alias, "{failed}", failed)
	all := []string{r.Replace(`count(*), sum({c}.cost_usd IS NULL OR {c}.cost_status IS 'partial'), count({c}.cost_usd), sum({c}.cost_status IS 'local'), sum({failed})`)}
	for _, c := range totalSums[5:] {
		all = append(all, capped("total("+alias+"."+c+")"))
	}
	return strings.Join(append(all, r.Replace(`sum({c}.cost_usd), sum({c}.saved_usd)`)), ", ")
}

// countSpans fills otel_counted for the calls of traces. Whose a call is, is what
// otel_span_owners says; parents may form a circle. Of a trace that is being deleted
// only the new spans are added: what else is left of it is counted.
const countSpans = `
INSERT INTO otel_counted (owner, slot_us, {columns})
WITH RECURSIVE
  -- done: all is known, or there is nothing above that could tell.
  up (id, trace_id, at, varies, user_id, tenant, agent_name, depth, done) AS (
    SELECT s.id, s.trace_id, s.parent_span_id, t.varies, s.user_id, s.tenant, s.agent_name, 0,
      s.parent_span_id IS NULL OR NOT (s.user_id IS NULL AND t.varies & 1 OR s.tenant IS NULL AND t.varies & 16 OR s.agent_name IS NULL AND t.varies & 8)
    FROM otel_traces t CROSS JOIN otel_spans s INDEXED BY otel_spans_calls ON s.trace_id = t.trace_id AND s.counted = 1
    WHERE t.trace_id IN {traces} AND (t.last_seen_us <> ` + parting + ` OR {new})
      AND (s.input_tokens IS NOT NULL OR s.output_tokens IS NOT NULL OR s.cost_usd IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM otel_logs l WHERE l.counted = 1 AND l.trace_id = s.trace_id AND l.span_id = s.span_id))
    UNION ALL
    SELECT up.id, up.trace_id, p.parent_span_id, up.varies, coalesce(up.user_id, p.user_id), coalesce(up.tenant, p.tenant), coalesce(up.agent_name, p.agent_name), up.depth + 1,
      p.parent_span_id IS NULL OR up.depth > 256 OR NOT (
        up.user_id IS NULL AND p.user_id IS NULL AND up.varies & 1 OR up.tenant IS NULL AND p.tenant IS NULL AND up.varies & 16 OR up.agent_name IS NULL AND p.agent_name IS NULL AND up.varies & 8)
    FROM up LEFT JOIN otel_spans p ON p.trace_id = up.trace_id AND p.span_id = up.at
    WHERE NOT up.done)
SELECT s.trace_id, max(s.start_us, 0) / {slot} * {slot}, coalesce(s.service_name, ''), coalesce(s.environment, t.environment, ''),
  coalesce(s.provider, ''), coalesce(s.model, ''),
  coalesce(o.agent_name, CASE WHEN t.varies & 8 THEN (
    SELECT r.agent_name FROM otel_spans r WHERE r.trace_id = t.trace_id AND r.span_id = t.root_span_id AND r.parent_span_id IS NULL) END, ''),
  coalesce(o.user_id, t.user_id, ''), coalesce(o.tenant, t.tenant, ''),
  {sums}
FROM up o CROSS JOIN otel_spans s ON s.id = o.id CROSS JOIN otel_traces t ON t.trace_id = s.trace_id
WHERE o.done GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`

// countLogs fills it for log records that report calls.
const countLogs = `
INSERT INTO otel_counted (owner, slot_us, {columns})
SELECT 'log ' || l.key, max(c.start_us, 0) / {slot} * {slot}, coalesce(c.service_name, ''), coalesce(l.environment, t.environment, ''),
  coalesce(c.provider, ''), coalesce(c.model, ''), coalesce(c.agent_name, ''), coalesce(c.user_id, ''), coalesce(l.tenant, t.tenant, ''),
  {sums}
FROM otel_log_calls c CROSS JOIN otel_logs l ON l.id = c.id LEFT JOIN otel_traces t ON t.trace_id = l.trace_id
WHERE c.id IN (SELECT id FROM otel_logs WHERE key IN {logs})
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`

// forgetCounted ends what the statements before have begun.
const (
	removeEmpty   = `DELETE FROM otel_totals INDEXED BY otel_totals_empty WHERE calls = 0`
	forgetParting = `DELETE FROM otel_counted WHERE owner IN (SELECT trace_id FROM otel_traces WHERE last_seen_us = ` + parting + `)`
)

// recountTotals are the statements that bring totals up to date for traces and log
// records. isNew says of a span s that it is new.
func recountTotals(traces, logs, isNew string) []string {
	r := strings.NewReplacer("{columns}", totalColumns, "{slot}", strconv.Itoa(slotUS), "{traces}", traces, "{logs}", logs, "{new}", isNew)
	owners := `owner IN ` + traces + ` OR owner IN (SELECT 'log ' || key FROM otel_logs WHERE key IN ` + logs + `)`
	counted := `otel_counted WHERE (` + owners + `) AND slot_us >= ` + stateOr0(totalsFrom)
	return []string{
		addTotals("-", folded, counted),
		`DELETE FROM otel_counted WHERE ` + owners,
		strings.ReplaceAll(r.Replace(countSpans), "{sums}", sumsOf("s", "s.status_code = 2")),
		strings.ReplaceAll(r.Replace(countLogs), "{sums}", sumsOf("l", "l.severity_number >= 17")),
		addTotals("", folded, counted),
		removeEmpty,
		forgetParting,
	}
}

// totalsOfSpans run after new spans, those with an id above ?1, have been counted.
var totalsOfSpans = recountTotals(touched, `(
  SELECT l.key FROM otel_logs l WHERE l.counted = 1 AND l.trace_id IN `+touched+`
  UNION
  SELECT l.key FROM otel_spans n NOT INDEXED CROSS JOIN otel_logs l ON l.counted = 1 AND l.request_id = n.request_id WHERE n.id > ?1)`, `s.id > ?1`)

// totalsOfLogs run after log records have been stored, those with an id above ?1.
var totalsOfLogs = recountTotals(`(SELECT trace_id FROM otel_logs NOT INDEXED WHERE id > ?1 AND counted = 1 AND trace_id IS NOT NULL)`, `(
  SELECT key FROM otel_logs NOT INDEXED WHERE id > ?1 AND counted = 1
  UNION
  SELECT l.key FROM otel_logs n NOT INDEXED CROSS JOIN otel_logs l ON l.counted = 1 AND l.trace_id = n.trace_id WHERE n.id > ?1 AND n.counted = 1
  UNION
  SELECT l.key FROM otel_logs n NOT INDEXED CROSS JOIN otel_logs l ON l.counted = 1 AND l.request_id = n.request_id WHERE n.id > ?1 AND n.counted = 1)`, `0`)
