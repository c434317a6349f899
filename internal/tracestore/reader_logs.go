package tracestore

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// LogFilter narrows a list of log records. Zero values do not narrow.
type LogFilter struct {
	TraceID      string
	SpanID       string
	ServiceName  string
	MinSeverity  int32 // as in OTLP: 9 info, 13 warn, 17 error
	Since, Until time.Time
	Limit        int // 100 where it is 0
}

// Logs lists log records, the latest first.
func (r *Reader) Logs(ctx context.Context, f LogFilter) ([]Log, error) {
	var logs []Log
	var origins [][2]int64
	err := r.db.query(ctx, f.statement(), func(row []any) error {
		l, from := storedLog(row)
		logs = append(logs, l)
		origins = append(origins, from)
		return nil
	})
	if err != nil || len(logs) == 0 {
		return logs, err
	}
	resources, scopes := make([]int64, len(origins)), make([]int64, len(origins))
	for i, from := range origins {
		resources[i], scopes[i] = from[0], from[1]
	}
	o, err := r.originsOf(ctx, idList(resources), idList(scopes))
	if err != nil {
		return nil, err
	}
	for i := range logs {
		logs[i].Resource, logs[i].Scope = o.of(origins[i][0], origins[i][1])
	}
	return logs, nil
}

func (f LogFilter) statement() statement {
	var w where
	w.equal("trace_id", f.TraceID)
	w.equal("span_id", f.SpanID)
	w.equal("service_name", f.ServiceName)
	if f.MinSeverity > 0 {
		w.add("severity_number >= ?", int64(f.MinSeverity))
	}
	w.between("time_us", f.Since, f.Until)
	return w.statement(`SELECT key, time_us, time_ns_rem, time_is_observed, observed_us, observed_ns_rem, time_ns, observed_ns,
  severity_number, severity_text, event_name, body, attributes, dropped_attributes, trace_id, span_id, flags, resource_id, scope_id
FROM otel_logs`, "ORDER BY time_us DESC, id DESC", f.Limit)
}

// storedLog is the inverse of logColumns, with the ids of resource and scope.
func storedLog(row []any) (Log, [2]int64) {
	r := &rowReader{row: row}
	l := Log{Key: r.text(), TimeNanos: r.nanos()}
	observedOnly := r.int() != 0
	l.ObservedNanos = r.nanos()
	for _, to := range []*uint64{&l.TimeNanos, &l.ObservedNanos} {
		if exact := r.text(); exact != "" {
			*to, _ = strconv.ParseUint(exact, 10, 64)
		}
	}
	if observedOnly {
		l.TimeNanos = 0
	}
	l.SeverityNumber, l.SeverityText, l.EventName = int32(r.int()), r.text(), r.text()
	l.Body, l.Attributes, l.DroppedAttributes = r.json(), r.json(), uint32(r.int())
	l.TraceID, l.SpanID, l.Flags = r.text(), r.text(), uint32(r.int())
	return l, [2]int64{r.int(), r.int()}
}

// idList writes ids for the IN of a query; they are numbers of ours.
func idList(ids []int64) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return b.String()
}
