package tracestore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Content goes before numbers do: input, output, errors, attributes, events and first
// words of a trace that nothing has come to for retention::content, and the bodies and
// attributes of log records. Times, models, tokens, dollars and names stay, and all
// columns have valid JSON or NULL, as Mastra wants.

// contentGone stands in place of an error's message: a span with an error has failed.
const contentGone = "deleted by retention::content"

// keptAttributes are members of attributes in mastra_ai_spans that are numbers or names.
var keptAttributes = []string{
	"model", "provider", "usage", "finishReason", "responseModel", "responseId", "streaming", "completionStartTime", "costContext",
	"toolType", "toolCallId", "success", "stepIndex", "scorerName", "score",
}

// stripped are the values that columns of mastra_ai_spans get.
var stripped = func() string {
	list := "'" + strings.Join(keptAttributes, "', '") + "'"
	return `input = NULL, output = NULL, metadata = NULL, links = NULL, requestContext = NULL,
  error = CASE WHEN error IS NOT NULL THEN json_object('message', '` + contentGone + `') END,
  attributes = CASE WHEN spanType <> 'generic' AND json_type(CASE WHEN json_valid(attributes) THEN attributes END) = 'object' THEN (
    SELECT json_group_object(e.key, json(CASE WHEN e.type IN ('object', 'array') THEN e.value ELSE json_quote(e.value) END))
    FROM json_each(attributes) e WHERE e.key IN (` + list + `)) END`
}()

// stripSpans are the statements that take the content of the spans {spans}.
var stripSpans = []string{
	`DELETE FROM otel_search WHERE rowid IN {spans}`,
	`UPDATE mastra_ai_spans SET ` + stripped + ` WHERE (spanId, traceId) IN (SELECT span_id, trace_id FROM otel_spans WHERE id IN {spans})`,
	`UPDATE otel_span_data SET attributes = '{}', events = NULL WHERE id IN {spans}`,
	`UPDATE otel_spans SET status_message = NULL, preview = NULL, output_preview = NULL, error_preview = NULL, arguments_hash = NULL WHERE id IN {spans}`,
}

// contentTraces are traces from a place on that have been silent since ?3, with their
// spans. contentLogs are log records.
const (
	contentTraces = `SELECT trace_id, last_seen_us, id, span_count, content_gone FROM otel_traces
WHERE (last_seen_us, id) > (?1, ?2) AND last_seen_us < ?3 ORDER BY last_seen_us, id LIMIT ?4`
	contentLogs = `SELECT id, inserted_us, body IS NOT NULL OR attributes IS NOT NULL FROM otel_logs
WHERE (inserted_us, id) > (?1, ?2) AND inserted_us < ?3 ORDER BY inserted_us, id LIMIT ?4`
	// contentSpans are ?3 spans of a trace from a place on.
	contentSpans = `SELECT id, span_id FROM otel_spans WHERE trace_id = ?1 AND span_id > ?2 ORDER BY span_id LIMIT ?3`
	// markStripped marks traces that are still silent.
	markStripped = `UPDATE otel_traces SET input = NULL, output = NULL, error = NULL, content_gone = 1
WHERE trace_id IN (SELECT value FROM json_each(?1)) AND last_seen_us < ?2`
	stripLogs = `UPDATE otel_logs SET body = NULL, attributes = NULL WHERE id IN (SELECT value FROM json_each(?1))`
)

// contentWalk is how far the content of old traces and log records has been looked at.
// What a clock that was set back has put behind it is found in the next round.
type contentWalk struct {
	round            time.Time // when the next begins
	traceUS, traceID int64
	logUS, logID     int64
	trace, span      string // a trace that goes in parts, and its last span that is done
}

// contentDone is what has lost its content and is not in the log yet.
type contentDone struct {
	traces, logs int
	next         time.Time // not before when the log says so
}

// reportContent puts it into the log, once nothing more is to be deleted, every hour at
// most.
func (r *retainer) reportContent(at time.Time) {
	d := &r.contentDone
	if d.traces+d.logs == 0 || at.Before(d.next) {
		return
	}
	r.info(fmt.Sprintf("Deleted what %d traces and %d log records say: it was stored longer ago than retention::content; their numbers are kept", d.traces, d.logs))
	*d = contentDone{next: at.Add(time.Hour)}
}

// contentRound is how often a walk begins anew.
const contentRound = time.Hour

// lookAhead is how many traces or log records that have lost their content already a
// step passes.
const lookAhead = 2000

// stripContent takes the content of some old spans or log records. It reports whether
// there may be more.
func (r *retainer) stripContent(ctx context.Context, at time.Time) (more bool, err error) {
	if r.Content <= 0 {
		return false, nil
	}
	w := &r.content
	if !at.Before(w.round) && w.trace == "" {
		*w = contentWalk{round: at.Add(contentRound), traceUS: partingUS, logUS: partingUS}
	}
	cut := r.clock.before(at, r.Content)
	if more, err = r.stripTraces(ctx, cut); more || err != nil {
		return more, err
	}
	if more, err = r.stripLogs(ctx, cut); !more && err == nil {
		r.reportContent(at)
	}
	return more, err
}

func (r *retainer) stripTraces(ctx context.Context, cut int64) (more bool, err error) {
	w := &r.content
	if w.trace != "" {
		return true, r.stripPart(ctx, cut)
	}
	next, ids, spans, seen, large := *w, []string{}, int64(0), 0, ""
	args := []any{w.traceUS, w.traceID, cut, int64(lookAhead)}
	err = r.db.query(ctx, statement{sql: contentTraces, args: args}, func(row []any) error {
		if large != "" || spans > int64(r.batch) {
			return nil
		}
		if asInt(row[4]) == 0 {
			n := max(asInt(row[3]), 1)
			if n > int64(r.batch) && len(ids) == 0 {
				large = asText(row[0])
			} else if spans += n; spans > int64(r.batch) {
				return nil
			} else {
				ids = append(ids, asText(row[0]))
			}
		}
		seen++
		next.traceUS, next.traceID = asInt(row[1]), asInt(row[2])
		return nil
	})
	if err != nil {
		return false, err
	}
	if large != "" {
		next.trace, next.span = large, ""
		*w = next
		return true, r.stripPart(ctx, cut)
	}
	if len(ids) > 0 {
		list, err := json.Marshal(ids)
		if err != nil {
			return false, err
		}
		spansOf := `(SELECT id FROM otel_spans WHERE trace_id IN (SELECT t.trace_id FROM json_each(?1) j CROSS JOIN otel_traces t ON t.trace_id = j.value WHERE t.last_seen_us < ?2))`
		if err := r.strip(ctx, spansOf, []string{markStripped}, string(list), cut); err != nil {
			return false, err
		}
		r.contentDone.traces += len(ids)
	}
	*w = next
	return seen > 0, nil
}

// stripPart takes the content of some spans of a trace that has many.
func (r *retainer) stripPart(ctx context.Context, cut int64) error {
	w := &r.content
	var ids []int64
	last := ""
	err := r.db.query(ctx, statement{sql: contentSpans, args: []any{w.trace, w.span, int64(r.batch)}}, func(row []any) error {
		ids, last = append(ids, asInt(row[0])), asText(row[1])
		return nil
	})
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		err = r.strip(ctx, `(SELECT value FROM json_each(?1))`, nil, "["+idList(ids)+"]")
		if err == nil {
			w.span = last
		}
		return err
	}
	list, err := json.Marshal([]string{w.trace})
	if err == nil {
		err = r.db.apply(ctx, []statement{{sql: markStripped, args: []any{string(list), cut}}})
	}
	if err == nil {
		w.trace, w.span = "", ""
		r.contentDone.traces++
	}
	return err
}

// strip takes the content of spans, and runs what else belongs to its transaction.
func (r *retainer) strip(ctx context.Context, spans string, more []string, args ...any) error {
	texts := stripSpans
	indexed, err := exists(ctx, r.db, hasIndex)
	if err != nil {
		return err
	}
	if !indexed {
		texts = texts[1:]
	}
	var all []statement
	for _, sql := range texts {
		all = append(all, statement{sql: replaceSpans(sql, spans), args: args})
	}
	for _, sql := range more {
		all = append(all, statement{sql: sql, args: args})
	}
	return r.db.apply(ctx, all)
}

func (r *retainer) stripLogs(ctx context.Context, cut int64) (more bool, err error) {
	w := &r.content
	next, ids := *w, []int64(nil)
	seen := 0
	err = r.db.query(ctx, statement{sql: contentLogs, args: []any{w.logUS, w.logID, cut, int64(lookAhead)}}, func(row []any) error {
		if len(ids) >= r.batch {
			return nil
		}
		seen++
		next.logUS, next.logID = asInt(row[1]), asInt(row[0])
		if asInt(row[2]) != 0 {
			ids = append(ids, asInt(row[0]))
		}
		return nil
	})
	if err == nil && len(ids) > 0 {
		err = r.db.apply(ctx, []statement{{sql: stripLogs, args: []any{"[" + idList(ids) + "]"}}})
	}
	if err != nil {
		return false, err
	}
	*w = next
	r.contentDone.logs += len(ids)
	return seen > 0, nil
}

func replaceSpans(sql, spans string) string { return strings.ReplaceAll(sql, "{spans}", spans) }
