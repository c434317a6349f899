package tracestore

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// SearchIndex says whether the words of payloads have an index. It is made behind
// the writes: a span is in it a moment after it was stored.
type SearchIndex struct {
	// Enabled makes and keeps the index. Where it is false, an index that is there is
	// removed.
	Enabled bool
	// MaxChars is how many characters of each of input, output and error are in it;
	// 4,000 where it is 0.
	MaxChars int
}

const (
	defaultSearchChars = 4000
	// indexBatch is how many spans one transaction puts into the index, and
	// indexBytes about how many bytes of payload: what a writer may have to wait for.
	indexBatch = 50
	indexBytes = 1 << 20
	// indexPause lies between two such transactions, indexDelay after a write.
	indexPause = 20 * time.Millisecond
	indexDelay = 100 * time.Millisecond
)

// The index holds no text, only where words are. Its rowid is otel_spans.id.
const (
	// Where somebody has removed the table by hand, the mark is left.
	forgetOld   = `DELETE FROM otel_state WHERE key = 'indexed' AND NOT EXISTS (` + hasIndex + `)`
	createIndex = `CREATE VIRTUAL TABLE IF NOT EXISTS otel_search USING fts5(text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')`
	dropIndex   = `DROP TABLE IF EXISTS otel_search`
	hasIndex    = `SELECT 1 FROM sqlite_master WHERE name = 'otel_search'`
)

// indexedID is the key in otel_state of the largest id that is in the index.
const (
	startIndex   = `INSERT INTO otel_state (key, value) VALUES ('indexed', 0) ON CONFLICT (key) DO NOTHING`
	forgetIndex  = `DELETE FROM otel_state WHERE key = 'indexed'`
	indexedQuery = `SELECT (SELECT value FROM otel_state WHERE key = 'indexed') FROM sqlite_master WHERE name = 'otel_search'`
	indexedSince = `(SELECT value FROM otel_state WHERE key = 'indexed')`
	moveIndexed  = `UPDATE otel_state SET value = max(value, ?1) WHERE key = 'indexed'`
)

// unindexed are up to ?1 spans that are not in the index, with the size of their
// payload.
const unindexed = `SELECT s.id, coalesce(octet_length(m.input), 0) + coalesce(octet_length(m.output), 0) + coalesce(octet_length(m.error), 0)
FROM otel_spans s NOT INDEXED CROSS JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.id > ` + indexedSince + ` AND s.pending = 0 ORDER BY s.id LIMIT ?1`

// words is the text of a column: the strings in its JSON, without escapes.
func words(column string) string {
	return strings.ReplaceAll(`coalesce(CASE WHEN json_valid({c}) THEN (SELECT group_concat(j.atom, ' ') FROM json_tree({c}) j WHERE j.type = 'text') ELSE {c} END, '')`,
		"{c}", column)
}

// fillIndex puts the spans up to the id ?1 into the index, ?2 characters of each
// column. Whoever else does so has moved the mark.
var fillIndex = fmt.Sprintf(`INSERT INTO otel_search (rowid, text)
SELECT id, text FROM (
  SELECT s.id, substr(%s, 1, ?2) || ' ' || substr(%s, 1, ?2) || ' ' || substr(%s, 1, ?2) AS text
  FROM otel_spans s NOT INDEXED CROSS JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
  WHERE s.id > %s AND s.id <= ?1 AND s.pending = 0
) WHERE text <> '  '`, words("m.input"), words("m.output"), words("m.error"), indexedSince)

// Where spans are deleted, their words are; and ids that are given out again are
// put into the index again.
const (
	deleteIndexed = `DELETE FROM otel_search WHERE rowid IN (SELECT id FROM otel_spans WHERE trace_id IN ` + doomed + `)`
	deletePartial = `DELETE FROM otel_search WHERE rowid IN ` + part
	resetIndexed  = `UPDATE otel_state SET value = min(value, (SELECT coalesce(max(id), 0) FROM otel_spans)) WHERE key = 'indexed'`
)

// prepareIndex makes the index or removes it.
func prepareIndex(ctx context.Context, db database, o Options) error {
	there, err := exists(ctx, db, hasIndex)
	switch {
	case err != nil || there == o.Search.Enabled:
		return err
	case o.SchemaMustExist && !there:
		return fmt.Errorf("full_text_search::enabled: %w", ErrSchemaMissing)
	case o.SchemaMustExist:
		return nil // it is no harm
	case there:
		return db.apply(ctx, []statement{{sql: dropIndex}, {sql: forgetIndex}})
	}
	if err := db.apply(ctx, []statement{{sql: forgetOld}, {sql: createIndex}, {sql: startIndex}}); err != nil {
		return fmt.Errorf("full_text_search::enabled: cannot make the index: %w", err)
	}
	return nil
}

func exists(ctx context.Context, db database, query string) (there bool, err error) {
	err = db.query(ctx, statement{sql: query}, func([]any) error {
		there = true
		return nil
	})
	return there, err
}

// indexStep puts some spans into the index, and reports whether there are more.
func indexStep(ctx context.Context, db database, maxChars int) (more bool, err error) {
	n, bytes, last := 0, int64(0), int64(0)
	err = db.query(ctx, statement{sql: unindexed, args: []any{int64(indexBatch)}}, func(row []any) error {
		n++
		if bytes += asInt(row[1]); bytes <= indexBytes || n == 1 {
			last = asInt(row[0])
		} else {
			more = true
		}
		return nil
	})
	if err != nil || n == 0 {
		return false, err
	}
	err = db.apply(ctx, []statement{{sql: fillIndex, args: []any{last, int64(maxChars)}}, {sql: moveIndexed, args: []any{last}}})
	return more || n == indexBatch, err
}

// indexedUpTo is the id up to which the index has all spans; 0 where there is no
// index.
func (r *Reader) indexedUpTo(ctx context.Context) (id int64, err error) {
	err = r.db.query(ctx, statement{sql: indexedQuery}, func(row []any) error {
		id = asInt(row[0])
		return nil
	})
	return id, err
}

// unspaced are scripts written without spaces between words: the index has a whole
// sentence as one word.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// matching is the query of the index for the words of a text, of which the last may
// go on; "" where the index cannot find it.
func matching(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unspaced...) }) {
		return ""
	}
	fields := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	if len(fields) == 0 {
		return ""
	}
	return `"` + strings.Join(fields, " ") + `" *`
}

// indexStatement reads what the index has of a text.
func (f SearchFilter) indexStatement(text, match string) statement {
	w := where{args: []any{match, text}}
	w.add("otel_search MATCH ?1")
	w.add("f.rowid < ?", f.Below)
	f.narrow(&w, "s.")
	list := w.statement(`SELECT s.id, s.trace_id, s.span_id, s.name, s.span_type, s.start_us, s.service_name, m.input, m.output, m.error
  FROM otel_search f CROSS JOIN otel_spans s ON s.id = f.rowid
  CROSS JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id`, "ORDER BY f.rowid DESC", f.Limit)
	list.sql = strings.NewReplacer("{list}", list.sql, "{input}", words("input"), "{output}", words("output"), "{error}", words("error")).Replace(`
SELECT trace_id, span_id, name, span_type, start_us, place,
  substr(payload, max(1, instr(lower(payload), lower(?2)) - 80), 240), id, service_name
FROM (
  SELECT *, CASE place WHEN 'input' THEN i WHEN 'output' THEN o ELSE e END AS payload
  FROM (
    SELECT *, CASE WHEN instr(lower(i), lower(?2)) > 0 THEN 'input' WHEN instr(lower(o), lower(?2)) > 0 THEN 'output'
      WHEN instr(lower(e), lower(?2)) > 0 THEN 'error' WHEN i <> '' THEN 'input' WHEN o <> '' THEN 'output' ELSE 'error' END AS place
    FROM (SELECT *, {input} AS i, {output} AS o, {error} AS e FROM ({list}))))
ORDER BY id DESC`)
	return list
}
