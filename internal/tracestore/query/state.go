package query

import (
	"fmt"
	"time"
)

// unrooted says of otel_traces t that no root of it has ended. A span that stands in
// for a root that did not come, or one that has only begun, is none.
const unrooted = `(t.root_span_id IS NULL OR t.promoted_span_id IS NOT NULL OR t.root_pending > 0)`

// foreignTop says of otel_traces t that its top is below a span of another system,
// which need not come here: a span whose parent is not there has flags that call the
// parent remote (OTLP: bit 9, where bit 8 says that the sender knows), or is of the
// kind server (2) or consumer (5).
const foreignTop = `EXISTS (SELECT 1 FROM otel_spans s WHERE s.trace_id = t.trace_id AND s.pending = 0
  AND (s.flags & 768 = 768 OR s.kind IN (2, 5)) AND s.parent_span_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM otel_spans p WHERE p.trace_id = s.trace_id AND p.span_id = s.parent_span_id))`

// stateColumn is the State of otel_traces t at a time.
func stateColumn(now time.Time) string {
	return fmt.Sprintf(`CASE WHEN NOT %s THEN 'ended' WHEN %s THEN 'root_missing' WHEN %s THEN 'running' ELSE 'broken_off' END`,
		unrooted, foreignTop, recent(now))
}

// recent says of otel_traces t that something has come of it lately.
func recent(now time.Time) string {
	return fmt.Sprintf("t.last_seen_us > %d", now.Add(-BrokenOffAfter).UnixMicro())
}
