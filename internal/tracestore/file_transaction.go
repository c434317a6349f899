package tracestore

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// inserts are the statements that run for every span, and after all of them.
type inserts struct {
	span, data, mastra, log *prepared
	resource, scope         *prepared
	finish                  []*prepared // of finishing
	logTotals               []*prepared // of totalsOfLogs
}

// finishing are the statements that run at the end of each transaction which has
// stored spans. Their arguments are the largest id before it, now, and when a
// trace without a root gets one.
var finishing = slices.Concat([]string{sumTraces, setRoots}, countOnce, totalsOfSpans)

// parameters returns how many arguments a statement with ?1, ?2, … wants.
func parameters(sql string) int {
	n := 0
	for strings.Contains(sql, "?"+strconv.Itoa(n+1)) {
		n++
	}
	return n
}

func (i *inserts) prepare(ctx context.Context, dc conn) error {
	var err error
	for _, p := range []struct {
		to         **prepared
		sql        string
		parameters int
	}{
		{&i.span, spanInsert, len(spanColumns)},
		{&i.data, dataInsert, len(dataColumns)},
		{&i.mastra, mastraInsert, len(mastraWritten)},
		{&i.log, logInsert, len(logColumns)},
		{&i.resource, resourceInsert, strings.Count(resourceInsert, "?")},
		{&i.scope, scopeInsert, strings.Count(scopeInsert, "?")},
	} {
		if *p.to, err = prepare(ctx, dc, p.sql, p.parameters); err != nil {
			return err
		}
	}
	for _, sql := range finishing {
		p, err := prepare(ctx, dc, sql, parameters(sql))
		if err != nil {
			return err
		}
		i.finish = append(i.finish, p)
	}
	for _, sql := range totalsOfLogs {
		p, err := prepare(ctx, dc, sql, parameters(sql))
		if err != nil {
			return err
		}
		i.logTotals = append(i.logTotals, p)
	}
	return nil
}

func (i *inserts) close() error {
	errs := []error{i.span.close(), i.data.close(), i.mastra.close(), i.log.close(), i.resource.close(), i.scope.close()}
	for _, p := range slices.Concat(i.finish, i.logTotals) {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// fileTransaction is one transaction on its way.
type fileTransaction struct {
	ctx      context.Context
	dc       conn
	inserts  *inserts
	origins  *origins
	stored   int  // how many of the origins are stored
	released bool // a row that waited for its span is to be removed
	row      rowContext
	graceEnd int64 // microseconds since 1970
}

// store inserts what the groups have and brings everything that depends on it
// up to date.
func (t *fileTransaction) store(groups []group) ([]Result, error) {
	var since, sinceLog int64
	err := queryConn(t.ctx, t.dc, statement{sql: `SELECT (SELECT max(id) FROM otel_spans), (SELECT max(id) FROM otel_logs)`}, func(row []any) error {
		since, sinceLog = asInt(row[0]), asInt(row[1])
		return nil
	})
	if err != nil {
		return nil, err
	}
	spans := inStorageOrder(groups)
	outcomes := make(map[*Span]outcome, len(spans))
	for _, s := range spans {
		if outcomes[s], err = t.insert(s); err != nil {
			return nil, err
		}
	}
	results := make([]Result, len(groups))
	stored, calls := 0, false
	for i, g := range groups {
		for j := range g.spans {
			results[i].count(outcomes[&g.spans[j]])
		}
		stored += results[i].Inserted
		for j := range g.logs {
			what, err := t.insertLog(&g.logs[j])
			if err != nil {
				return nil, err
			}
			results[i].count(what)
			calls = calls || what == inserted && reportsCall(&g.logs[j])
		}
	}
	for _, sql := range removeReplaced {
		if t.released && err == nil {
			err = t.execAll(statement{sql: sql})
		}
	}
	if err == nil && stored > 0 {
		err = t.finish(since)
	}
	if err == nil && calls {
		err = t.run(t.inserts.logTotals, sinceLog)
	}
	return results, err
}

func reportsCall(l *Log) bool { return l.Call.Accounting != NotCounted }

// run runs statements with as many of the arguments as each wants.
func (t *fileTransaction) run(statements []*prepared, args ...any) error {
	for _, p := range statements {
		for i, v := range args[:min(len(args), len(p.args))] {
			p.args[i].Value = v
		}
		if _, _, err := p.run(t.ctx); err != nil {
			return err
		}
	}
	return nil
}

// outcome is what became of one row.
type outcome uint8

const (
	inserted outcome = iota
	duplicate
	rejected
)

func (r *Result) count(o outcome) {
	switch o {
	case inserted:
		r.Inserted++
	case duplicate:
		r.Duplicates++
	case rejected:
		r.Rejected++
	}
}

// insertLog stores one log record.
func (t *fileTransaction) insertLog(l *Log) (outcome, error) {
	if err := t.from(l.Resource, l.Scope); err != nil {
		return ifRejected(err)
	}
	for i, c := range logColumns {
		t.inserts.log.args[i].Value = c.value(l, &t.row)
	}
	changed, _, err := t.inserts.log.run(t.ctx)
	switch {
	case err != nil:
		return ifRejected(err)
	case changed == 0:
		return duplicate, nil
	}
	return inserted, nil
}

// from makes the rows of resource and scope those of the next row.
func (t *fileTransaction) from(r *Resource, s *Scope) error {
	t.row.resource, t.row.scope = t.origins.resource(r), t.origins.scope(s)
	for ; t.stored < len(t.origins.store); t.stored++ {
		origin, insert := t.origins.store[t.stored], t.inserts.resource
		if origin.sql == scopeInsert {
			insert = t.inserts.scope
		}
		for i, v := range origin.args {
			insert.args[i].Value = v
		}
		if _, _, err := insert.run(t.ctx); err != nil {
			return err
		}
	}
	return nil
}

// insert stores one span. A row that the database refuses is taken back and
// reported as rejected; any other error ends the transaction.
func (t *fileTransaction) insert(s *Span) (outcome, error) {
	if err := t.from(s.Resource, s.Scope); err != nil {
		return ifRejected(err)
	}
	for i, c := range spanColumns {
		t.inserts.span.args[i].Value = c.value(s, &t.row)
	}
	changed, id, err := t.inserts.span.run(t.ctx)
	if err != nil {
		return ifRejected(err)
	}
	if changed == 0 {
		return t.insertShared(s)
	}
	t.row.id = id
	if err := t.insertPayload(s); err != nil {
		if failureOf(err) != rowRejected {
			return rejected, err
		}
		return rejected, t.takeBack(id)
	}
	return inserted, nil
}

// insertShared stores a span whose id is taken, where it is another span than the
// one that has it.
func (t *fileTransaction) insertShared(s *Span) (outcome, error) {
	other, awaited := false, false
	ids := []any{s.TraceID, s.SpanID}
	err := queryConn(t.ctx, t.dc, statement{sql: storedStart, args: ids}, func(row []any) error {
		other, awaited = isOther(s, row) && !s.Facts.Pending, asInt(row[3]) == 1 && !s.Facts.Pending
		return nil
	})
	if err == nil && awaited {
		t.released = true
		if err = t.execAll(statement{sql: release, args: ids}); err == nil {
			return t.insert(s)
		}
	}
	if err != nil || !other || s.SentSpanID != "" {
		return duplicate, err
	}
	apart := setApart(s)
	return t.insert(&apart)
}

func ifRejected(err error) (outcome, error) {
	if failureOf(err) == rowRejected {
		return rejected, nil
	}
	return rejected, err
}

func (t *fileTransaction) insertPayload(s *Span) error {
	for i, c := range mastraWritten {
		t.inserts.mastra.args[i].Value = c.value(s, &t.row)
	}
	if _, _, err := t.inserts.mastra.run(t.ctx); err != nil {
		return err
	}
	if !needsData(s) {
		return nil
	}
	for i, c := range dataColumns {
		t.inserts.data.args[i].Value = c.value(s, &t.row)
	}
	_, _, err := t.inserts.data.run(t.ctx)
	return err
}

// takeBack removes what was stored of a span before the database refused the
// rest.
func (t *fileTransaction) takeBack(id int64) error {
	return t.execAll(
		statement{sql: `DELETE FROM mastra_ai_spans WHERE (spanId, traceId) IN (SELECT span_id, trace_id FROM otel_spans WHERE id = ?)`, args: []any{id}},
		statement{sql: `DELETE FROM otel_spans WHERE id = ?`, args: []any{id}},
	)
}

// finish sums up the new spans, which are those with an id above since.
func (t *fileTransaction) finish(since int64) error {
	now := t.row.at
	if err := t.run(t.inserts.finish, since, now.us, t.graceEnd); err != nil {
		return err
	}
	var rollUps, standIn bool
	err := queryConn(t.ctx, t.dc, statement{sql: unfinished, args: []any{since}}, func(row []any) error {
		rollUps, standIn = asInt(row[0]) > 0, asInt(row[1]) > 0
		return nil
	})
	if err == nil && rollUps {
		err = t.execAll(statement{sql: rollUp, args: []any{since, now.iso}})
	}
	if err == nil && standIn {
		err = t.execAll(
			statement{sql: restoreParents, args: []any{since, now.iso}},
			statement{sql: dismiss, args: []any{since}},
			statement{sql: promote, args: []any{int64(0), now.iso}},
			statement{sql: appoint, args: []any{int64(0)}},
		)
	}
	return err
}

func (t *fileTransaction) execAll(statements ...statement) error {
	for _, s := range statements {
		if _, err := t.dc.ExecContext(t.ctx, s.sql, named(s.args)); err != nil {
			return err
		}
	}
	return nil
}
