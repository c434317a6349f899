package tracestore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Two spans of a trace may come with one id: the client's and the server's half
// of a call in Zipkin. A span that is sent again has the kind and the start of the
// stored one; another span does not, and gets an id that is made of what it has.

const storedStart = `SELECT kind, start_us, start_ns_rem, pending FROM otel_spans WHERE trace_id = ?1 AND span_id = ?2`

// isOther compares a span with the row of storedStart.
func isOther(s *Span, row []any) bool {
	us, rem, _ := micros(startOf(s))
	return asInt(row[0]) != int64(s.Kind) || asInt(row[1]) != us || asInt(row[2]) != rem
}

// setApart returns the span with an id of its own, the same each time.
func setApart(s *Span) Span {
	apart := *s
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %d", s.TraceID, s.SpanID, s.Kind, s.StartNanos))
	apart.SentSpanID, apart.SpanID = s.SpanID, hex.EncodeToString(sum[:8])
	apart.GeneratedID |= SharedSpanID
	return apart
}

// storedStarts is storedStart for a JSON list of pairs of ids.
const storedStarts = `SELECT s.kind, s.start_us, s.start_ns_rem, s.pending, s.trace_id, s.span_id
FROM json_each(?1) j CROSS JOIN otel_spans s
  ON s.trace_id = json_extract(j.value, '$[0]') AND s.span_id = json_extract(j.value, '$[1]')`

// othersOf returns the spans that are not those which are stored with their ids, set
// apart, and those for which a row waits.
func othersOf(ctx context.Context, db querier, spans []*Span) (others, awaited []*Span, err error) {
	type key struct{ trace, span string }
	byID := map[key][]*Span{}
	ids := make([][2]string, len(spans))
	for i, s := range spans {
		byID[key{s.TraceID, s.SpanID}] = append(byID[key{s.TraceID, s.SpanID}], s)
		ids[i] = [2]string{s.TraceID, s.SpanID}
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, nil, err
	}
	err = db.query(ctx, statement{sql: storedStarts, args: []any{string(list)}}, func(row []any) error {
		k := key{asText(row[4]), asText(row[5])}
		for _, s := range byID[k] {
			switch {
			case s.Facts.Pending:
			case asInt(row[3]) == 1:
				awaited = append(awaited, s)
			case isOther(s, row):
				apart := setApart(s)
				others = append(others, &apart)
			}
		}
		delete(byID, k)
		return nil
	})
	return others, awaited, err
}
