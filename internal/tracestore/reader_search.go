package tracestore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// Hit is a span in whose payload a text was found.
type Hit struct {
	ID      int64 // otel_spans.id: hits come from the largest to the smallest
	TraceID string
	SpanID  string
	Name    string
	Type    string
	Service string
	Start   time.Time
	// Column is input, output or error, Excerpt what stands around the text there:
	// JSON that may be cut anywhere, or from the index the words of it.
	Column  string
	Excerpt string
}

// SearchFilter narrows SearchPage. Zero values do not narrow.
type SearchFilter struct {
	Services     []string // one of them
	Environments []string
	Since, Until time.Time // by start
	Below        int64     // Hit.ID, exclusive
	Limit        int       // 100 where it is 0
}

// Bounds of one page of a search: how many spans without an index one statement reads,
// and after how long a page ends with what it has.
const (
	searchWindow = 5000
	searchTime   = time.Second
)

// SearchPage finds spans whose input, output or error contains a text, the last
// stored first. Letters of ASCII match in either case.
//
// Where the store has an index (Options.Search), it finds the words of the text
// one after the other, of the last one the beginning too, in the first characters
// of each payload; letters match without their accents. Spans that are not in the
// index yet are read until the limit is reached, and so are all where there is no
// index, where the text has no word (an emoji, say) and where it is in a script
// without spaces: a text is then found in the middle of a word too.
//
// It returns below which id to go on; 0 is the end. A page may have fewer hits than its
// limit, or none, where there is much to read: it holds up nobody for longer than
// searchTime.
func (r *Reader) SearchPage(ctx context.Context, text string, f SearchFilter) (list []Hit, next int64, err error) {
	indexed, err := r.indexedUpTo(ctx)
	if err != nil {
		return nil, 0, err
	}
	if f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	words := matching(text)
	if words == "" {
		indexed = 0 // all are read
	}
	above, err := r.aboveAll(ctx)
	if err != nil {
		return nil, 0, err
	}
	if f.Below <= 0 || f.Below > above {
		f.Below = above
	}
	deadline := time.Now().Add(searchTime)
	limit := f.Limit
	for f.Below > indexed+1 {
		above := max(indexed, f.Below-1-searchWindow)
		f.Limit = limit - len(list)
		hits, err := r.hits(ctx, f.statement(text, above))
		if err != nil {
			return nil, 0, err
		}
		list = append(list, hits...)
		if len(list) >= limit {
			return list, list[len(list)-1].ID, nil
		}
		if f.Below = above + 1; time.Now().After(deadline) && f.Below > 1 {
			return list, f.Below, nil
		}
	}
	if indexed == 0 || f.Below <= 1 {
		return list, 0, nil
	}
	f.Limit = limit - len(list)
	hits, err := r.hits(ctx, f.indexStatement(text, words))
	if err != nil {
		return nil, 0, err
	}
	list = append(list, hits...)
	if len(hits) >= f.Limit {
		next = list[len(list)-1].ID
	}
	return list, next, nil
}

// aboveAll is above the id of every span.
func (r *Reader) aboveAll(ctx context.Context) (id int64, err error) {
	err = r.db.query(ctx, statement{sql: "SELECT coalesce(max(id), 0) + 1 FROM otel_spans"}, func(row []any) error {
		id = asInt(row[0])
		return nil
	})
	return id, err
}

func (r *Reader) hits(ctx context.Context, s statement) (list []Hit, err error) {
	err = r.db.query(ctx, s, func(row []any) error {
		list = append(list, Hit{
			TraceID: asText(row[0]), SpanID: asText(row[1]), Name: asText(row[2]), Type: asText(row[3]),
			Start: time.UnixMicro(asInt(row[4])).UTC(), Column: asText(row[5]), Excerpt: asText(row[6]),
			ID: asInt(row[7]), Service: asText(row[8]),
		})
		return nil
	})
	return list, err
}

// statement reads spans from f.Below on down to an id, so that it can end at the limit.
func (f SearchFilter) statement(text string, above int64) statement {
	spellings := jsontext.Spellings(text)
	var w where
	var found []string
	for i, s := range spellings {
		w.args = append(w.args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)+"%", s)
		found = append(found, fmt.Sprintf("instr(lower(payload), lower(?%d))", 2*i+2))
	}
	like := func(column string) string {
		var either []string
		for i := range spellings {
			either = append(either, fmt.Sprintf(`%s LIKE ?%d ESCAPE '\'`, column, 2*i+1))
		}
		return strings.Join(either, " OR ")
	}
	position := found[0]
	if len(found) > 1 {
		position = "max(" + strings.Join(found, ", ") + ")"
	}
	query := strings.NewReplacer("{input}", like("m.input"), "{output}", like("m.output"), "{error}", like("m.error"), "{position}", position,
		"{above}", strconv.FormatInt(above, 10), "{below}", strconv.FormatInt(f.Below, 10)).Replace(`SELECT trace_id, span_id, name, span_type, start_us, place,
  substr(payload, max(1, {position} - 80), 240), id, service_name
FROM (
  SELECT s.id, s.trace_id, s.span_id, s.name, s.span_type, s.start_us, s.service_name, s.environment,
    CASE WHEN {input} THEN 'input' WHEN {output} THEN 'output' WHEN {error} THEN 'error' END AS place,
    CASE WHEN {input} THEN m.input WHEN {output} THEN m.output ELSE m.error END AS payload
  FROM otel_spans s NOT INDEXED CROSS JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
  WHERE s.id > {above} AND s.id < {below})`)
	w.add("place IS NOT NULL")
	f.narrow(&w, "")
	return w.statement(query, "ORDER BY id DESC", f.Limit)
}

// narrow names columns with a prefix.
func (f SearchFilter) narrow(w *where, of string) {
	w.in(of+"service_name", f.Services)
	w.in(of+"environment", f.Environments)
	w.between(of+"start_us", f.Since, f.Until)
}
