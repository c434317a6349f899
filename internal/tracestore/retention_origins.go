package tracestore

import (
	"context"
	"strings"
	"time"
)

// Resources and scopes go with the last row that names them, in its transaction:
// whoever writes has stored them again, or waits for the lock and will.

// unused says of a row of otel_resources that no span and no log record names it.
// For scopes see forScopes.
const unused = `NOT EXISTS (SELECT 1 FROM otel_spans WHERE resource_id = otel_resources.id)
  AND NOT EXISTS (SELECT 1 FROM otel_logs WHERE resource_id = otel_resources.id)`

// removeUnused removes those of ?1, a JSON list of ids, that nothing names.
const removeUnused = `DELETE FROM otel_resources WHERE id IN (SELECT value FROM json_each(?1)) AND ` + unused

// sweepQuery looks at ?2 rows from the id ?1 on.
const sweepQuery = `SELECT id, ` + unused + ` FROM otel_resources WHERE id >= ?1 ORDER BY id LIMIT ?2`

// forScopes makes a statement about resources one about scopes.
func forScopes(sql string) string { return strings.ReplaceAll(sql, "resource", "scope") }

// originIDs are resources and scopes.
type originIDs struct{ resources, scopes []int64 }

// add takes the first two columns of a row.
func (o *originIDs) add(row []any) {
	o.resources = append(o.resources, asInt(row[0]))
	o.scopes = append(o.scopes, asInt(row[1]))
}

// remove are the statements that remove those of them that nothing names.
func (o *originIDs) remove() []statement {
	var all []statement
	if len(o.resources) > 0 {
		all = append(all, statement{sql: removeUnused, args: []any{"[" + idList(o.resources) + "]"}})
	}
	if len(o.scopes) > 0 {
		all = append(all, statement{sql: forScopes(removeUnused), args: []any{"[" + idList(o.scopes) + "]"}})
	}
	return all
}

// sweepEvery is how often all resources and scopes are looked at: releases before
// schema version 7 have left them, a refused row does, collectors that delete in one
// database at the same time do, and people delete by hand.
const sweepEvery = 24 * time.Hour

// sweep is a walk along the ids of resources and scopes.
type sweep struct {
	next            time.Time // zero: at once
	resource, scope int64     // where it goes on
}

// step looks at up to n of each, and reports whether the step was one: it has
// deleted something, or there is more to look at.
func (s *sweep) step(ctx context.Context, db database, at time.Time, n int) (more bool, err error) {
	if at.Before(s.next) {
		return false, nil
	}
	var found originIDs
	for _, walk := range []struct {
		query string
		from  *int64
		into  *[]int64
	}{{sweepQuery, &s.resource, &found.resources}, {forScopes(sweepQuery), &s.scope, &found.scopes}} {
		seen, last := 0, *walk.from
		err := db.query(ctx, statement{sql: walk.query, args: []any{*walk.from, int64(n)}}, func(row []any) error {
			seen++
			last = asInt(row[0]) + 1
			if asInt(row[1]) != 0 {
				*walk.into = append(*walk.into, asInt(row[0]))
			}
			return nil
		})
		if err != nil {
			return false, err
		}
		*walk.from = last
		more = more || seen == n
	}
	if !more {
		*s = sweep{next: at.Add(sweepEvery)}
	}
	if remove := found.remove(); len(remove) > 0 {
		return true, db.apply(ctx, remove)
	}
	return more, nil
}
