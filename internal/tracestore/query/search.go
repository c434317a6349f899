package query

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// Bounds of what is found beside payloads, on the first page.
const (
	maxIDHits   = 20
	maxNameHits = 20
	// nameWindow is how many of the latest spans are looked at for names.
	nameWindow = 200_000
	// minID is the length of a beginning of an id that is looked for.
	minID = 6
)

// Search finds spans by a text. First come those whose id, or that of their trace, begins
// with the text, or whose session or user it is; then spans whose name, tool, agent or
// model has it, the latest of each name; then, the last stored first, those that have it
// in their input, output or error. A page may be short, or empty, and not be the last:
// Next says whether there is more.
func (s *Store) Search(ctx context.Context, text string, f SearchFilter) (Page[Hit], error) {
	page := Page[Hit]{Items: []Hit{}}
	if text = strings.TrimSpace(text); text == "" {
		return page, nil
	}
	same := f
	same.Cursor, same.Limit = "", 0
	name, limit := listOf("search "+text, same), pageLimit(f.Limit)
	after, err := placeOf(f.Cursor, name)
	if err != nil {
		return page, err
	}
	below := int64(0)
	if after != nil {
		id, ok := after.ID.(int64)
		if !ok {
			return page, errCursor
		}
		below = id
	} else if page.Items, err = s.namedHits(ctx, text, &f, limit); err != nil {
		return page, err
	}
	if len(page.Items) < limit {
		hits, next, err := s.db.SearchPage(ctx, text, tracestore.SearchFilter{
			Services: f.Service, Environments: f.Environment, Since: f.Since, Until: f.Until, Below: below, Limit: limit - len(page.Items),
		})
		if err != nil {
			return page, err
		}
		for i := range hits {
			page.Items = append(page.Items, hitOf(&hits[i], text))
		}
		if next > 0 {
			page.Next = place{Key: 0, ID: next, List: name}.String()
		}
		return page, nil
	}
	// What has names fills the page: payloads begin on the next one.
	page.Next = place{Key: 0, ID: int64(1) << 53, List: name}.String()
	return page, nil
}

func hitOf(h *tracestore.Hit, text string) Hit {
	return Hit{
		TraceID: h.TraceID, SpanID: h.SpanID, Name: h.Name, Type: h.Type, Service: h.Service, Start: h.Start,
		Where: h.Column, Excerpt: plainExcerpt(literalAround(h.Excerpt, text)),
	}
}

// namedHits are the hits of ids and names.
func (s *Store) namedHits(ctx context.Context, text string, f *SearchFilter, limit int) ([]Hit, error) {
	hits := []Hit{}
	for _, q := range []*sqlText{f.idHits(text), f.nameHits(text)} {
		if q == nil {
			continue
		}
		err := s.rows(ctx, q, func(r *row) error {
			if len(hits) < limit {
				hits = append(hits, Hit{
					TraceID: r.text(), SpanID: r.text(), Name: r.text(), Type: r.text(), Service: r.text(), Start: r.time(), Where: r.text(), Excerpt: r.text(),
				})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return hits, nil
}

const hitColumns = `s.trace_id, s.span_id, s.name, s.span_type, s.service_name, s.start_us`

func (f *SearchFilter) conditions() *conditions {
	c := new(conditions)
	c.in("s.service_name", f.Service)
	c.in("s.environment", f.Environment)
	c.between("s.start_us", f.Since, f.Until)
	return c
}

// idHits asks for ids, nil where the text cannot be one.
func (f *SearchFilter) idHits(text string) *sqlText {
	q := new(sqlText).add("SELECT "+hitColumns+", 'id', i.id FROM (").
		// The span that stands for a trace.
		add("SELECT * FROM (SELECT t.trace_id, t.root_span_id AS span_id, t.session_id AS id FROM otel_traces t WHERE t.session_id = ? ORDER BY t.start_us DESC LIMIT ?)", text, int64(maxIDHits)).
		add(" UNION ALL SELECT * FROM (SELECT t.trace_id, t.root_span_id, t.user_id FROM otel_traces t WHERE t.user_id = ? ORDER BY t.start_us DESC LIMIT ?)", text, int64(maxIDHits))
	prefix := strings.ToLower(strings.ReplaceAll(text, "-", ""))
	if len(prefix) >= minID && len(prefix) <= 32 && strings.Trim(prefix, "0123456789abcdef") == "" {
		q.add(" UNION ALL SELECT * FROM (SELECT t.trace_id, t.root_span_id, t.trace_id FROM otel_traces t WHERE t.trace_id >= ? AND t.trace_id < ? LIMIT ?)", prefix, prefix+"g", int64(maxIDHits))
		if len(prefix) <= 16 {
			q.add(" UNION ALL SELECT * FROM (SELECT m.traceId, m.spanId, m.spanId FROM mastra_ai_spans m WHERE m.spanId >= ? AND m.spanId < ? LIMIT ?)", prefix, prefix+"g", int64(maxIDHits))
		}
	}
	q.add(`) AS i CROSS JOIN otel_spans s ON s.trace_id = i.trace_id AND s.span_id = coalesce(i.span_id,
  (SELECT o.span_id FROM otel_spans o WHERE o.trace_id = i.trace_id ORDER BY o.start_us, o.id LIMIT 1))`)
	return f.conditions().to(q, "WHERE").add(" LIMIT ?", int64(maxIDHits))
}

// nameHits asks for names. The bare columns are those of the span with the largest id.
func (f *SearchFilter) nameHits(text string) *sqlText {
	found := `CASE WHEN s.name LIKE ?1 ESCAPE '\' THEN s.name WHEN s.tool_name LIKE ?1 ESCAPE '\' THEN s.tool_name WHEN s.agent_name LIKE ?1 ESCAPE '\' THEN s.agent_name ELSE s.model END`
	q := new(sqlText).add(`SELECT trace_id, span_id, name, span_type, service_name, start_us, 'name', substr(found, 1, 240) FROM (
SELECT `+hitColumns+`, `+found+` AS found, max(s.id) AS last FROM otel_spans s NOT INDEXED
WHERE s.id > (SELECT max(id) FROM otel_spans) - ?2 AND (s.name LIKE ?1 ESCAPE '\' OR s.tool_name LIKE ?1 ESCAPE '\' OR s.agent_name LIKE ?1 ESCAPE '\' OR s.model LIKE ?1 ESCAPE '\')`,
		like(text), int64(nameWindow))
	f.conditions().to(q, "AND").add(" GROUP BY found ORDER BY last DESC LIMIT ?)", int64(maxNameHits))
	return q
}

// minLiteral is how long a string of JSON is at least, in bytes, to say enough by itself.
const minLiteral = 24

// literalAround is the string of JSON in which text stands, without the roles and braces
// around it: what somebody wrote. Where text is in no string, or in a short one that its
// neighbours explain, the piece stays as it is.
func literalAround(piece, text string) string {
	lower, find := strings.ToLower(piece), strings.ToLower(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text))
	at := strings.Index(lower, find)
	if at < 0 || len(lower) != len(piece) {
		return piece
	}
	from, to := -1, len(piece)
	for i := 0; i < len(piece) && to == len(piece); i++ {
		switch {
		case piece[i] == '\\':
			i++
		case piece[i] == '"' && i < at:
			from = i
		case piece[i] == '"' && i >= at+len(find):
			to = i
		}
	}
	before := strings.TrimRight(piece[:max(from, 0)], " ")
	// A quote behind a value ends it: the text stands between strings.
	opens := from < 0 || before == "" || strings.ContainsAny(before[len(before)-1:], ":[{,")
	said := strings.HasSuffix(before, `"content":`) || strings.HasSuffix(before, `"text":`)
	if !opens || !said && to-from-1 < minLiteral {
		return piece
	}
	return piece[from+1 : to]
}

// plainExcerpt makes text of a piece of JSON, which may begin and end anywhere.
func plainExcerpt(piece string) string {
	if !strings.Contains(piece, `\`) {
		return strings.TrimSpace(strings.ToValidUTF8(piece, ""))
	}
	var b strings.Builder
	for i := 0; i < len(piece); {
		if piece[i] != '\\' {
			r, n := utf8.DecodeRuneInString(piece[i:])
			if r != utf8.RuneError || n > 1 {
				b.WriteRune(r)
			}
			i += n
			continue
		}
		i += writeEscaped(&b, piece[i:])
	}
	return strings.TrimSpace(b.String())
}

// writeEscaped writes the character for which an escape at the beginning of text stands,
// and returns the length of the escape. What has been cut off is left out.
func writeEscaped(b *strings.Builder, text string) int {
	if len(text) < 2 {
		return len(text)
	}
	switch c := text[1]; c {
	case 'n', 'r', 't':
		b.WriteByte(' ')
	case '"', '\\', '/':
		b.WriteByte(c)
	case 'u':
		n := 6
		if len(text) >= 12 && (text[2] == 'd' || text[2] == 'D') && text[6] == '\\' {
			n = 12 // a pair
		}
		var decoded string
		if len(text) < n || json.Unmarshal([]byte(`"`+text[:n]+`"`), &decoded) != nil {
			return min(n, len(text))
		}
		b.WriteString(decoded)
		return n
	}
	return 2
}
