package query

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// slotUS is the length of a slot of otel_totals, in microseconds: half an hour, so that
// days of nearly all zones can be added up.
const slotUS = 1_800_000_000

// spendKeys are what SpendFilter.By knows, as columns of otel_totals t; day is one of a
// zone.
var spendKeys = map[string]string{
	"day":     "(t.slot_us + z.offset + 86400000000) / 86400000000 - 1", // of 1970 too: division cuts towards zero
	"service": "t.service", "environment": "t.environment", "provider": "t.provider", "model": "t.model",
	"agent": "t.agent", "user": "t.user_id", "tenant": "t.tenant",
}

// spendSums are the columns of a SpendRow.
var spendSums = "sum(t.cost_usd), sum(t.calls), sum(t.unpriced), sum(t.local), " + tokenSums() + ", sum(t.saved_usd), sum(t.errors)"

// defaultSpendRows is how many rows an answer has where nobody says.
const defaultSpendRows = 1000

// maxSpendRows bounds an answer: a CSV of a year by day and model has as many.
const maxSpendRows = 20_000

// Spend adds up model calls. The half hours in which since and until lie are in as a
// whole, but for since at the beginning of a day of the zone: a half hour is of the day
// that it begins on.
func (s *Store) Spend(ctx context.Context, f SpendFilter) (*Spend, error) {
	at, err := zoneNamed(f.Zone)
	if err != nil {
		return nil, err
	}
	if err := f.checkKeys(); err != nil {
		return nil, err
	}
	if y, m, d := f.Since.In(at).Date(); f.Since.Equal(StartOfDay(y, m, d, at)) {
		f.Since = f.Since.Add(slotUS*time.Microsecond - 1).UTC().Truncate(slotUS * time.Microsecond)
	}
	spend := &Spend{Rows: []SpendRow{}, Zone: at.String()}
	limit := f.rowLimit()
	if len(f.By) > 0 {
		if spend.Rows, err = s.spendRows(ctx, &f, at, limit+1); err != nil {
			return nil, err
		}
	}
	if n := len(spend.Rows); n > 0 && n <= limit { // all there are
		for i := range spend.Rows {
			spend.Total.add(&spend.Rows[i])
		}
		return spend, nil
	}
	spend.Rows = spend.Rows[:min(limit, len(spend.Rows))]
	err = s.rows(ctx, f.conditions().to(new(sqlText).add("SELECT "+spendSums+" FROM otel_totals t"), "WHERE"), func(r *row) error {
		spend.Total = r.spend()
		return nil
	})
	return spend, err
}

func (f *SpendFilter) rowLimit() int {
	if f.Limit <= 0 {
		return defaultSpendRows
	}
	return min(f.Limit, maxSpendRows)
}

// add adds a row to a sum.
func (s *SpendRow) add(r *SpendRow) {
	s.Cost.add(r.Cost)
	s.Tokens.add(r.Tokens)
	s.Errors += r.Errors
	if r.SavedUSD != nil {
		sum := *r.SavedUSD
		if s.SavedUSD != nil {
			sum += *s.SavedUSD
		}
		s.SavedUSD = &sum
	}
}

func (f *SpendFilter) checkKeys() error {
	if len(f.By) > 2 {
		return invalidf("by: at most two of day, provider, model, agent, user, tenant, service, environment")
	}
	for i, key := range f.By {
		if spendKeys[key] == "" {
			return invalidf("by: %q is not one of day, provider, model, agent, user, tenant, service, environment", key)
		}
		if slices.Contains(f.By[:i], key) {
			return invalidf("by: %q is named twice", key)
		}
	}
	return nil
}

// spendRows reads the rows.
func (s *Store) spendRows(ctx context.Context, f *SpendFilter, at *time.Location, limit int) ([]SpendRow, error) {
	first, last, err := s.slots(ctx)
	if err != nil {
		return nil, err
	}
	list := []SpendRow{}
	err = s.rows(ctx, f.rows(offsets(at, first, last), limit), func(r *row) error {
		keys := map[string]string{}
		for _, key := range f.By {
			if key == "day" {
				keys[key] = dayOf(r.int())
			} else {
				keys[key] = r.text()
			}
		}
		sum := r.spend()
		sum.Keys = keys
		list = append(list, sum)
		return nil
	})
	return list, err
}

// rows is the statement of the rows. offsets are those of the zone.
func (f *SpendFilter) rows(offsets string, limit int) *sqlText {
	var columns, groups, order []string
	for i, key := range f.By {
		columns = append(columns, spendKeys[key])
		groups = append(groups, strconv.Itoa(i+1))
		if key == "day" {
			order = append(order, fmt.Sprintf("%d DESC", i+1))
		}
	}
	// First what comes one after the other in the table, which needs no sorting.
	sums := f.conditions().to(new(sqlText).add("SELECT * FROM otel_totals t"), "WHERE")
	if depth := f.depth(); depth > 0 {
		key := "t." + strings.Join(totalsKey[:depth], ", t.")
		sums = f.conditions().to(new(sqlText).add("SELECT "+key+", "+namedSums+" FROM otel_totals t"), "WHERE").add(" GROUP BY " + key)
	}
	q := new(sqlText).add("WITH z (since, until, offset) AS MATERIALIZED (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)) ", offsets)
	q.add("SELECT "+strings.Join(columns, ", ")+", "+spendSums+" FROM ("+sums.String()+") t", sums.args...)
	if slices.Contains(f.By, "day") {
		q.add(" CROSS JOIN z ON t.slot_us >= z.since AND t.slot_us < z.until")
	}
	order = append(order, "sum(t.cost_usd) DESC NULLS LAST", "sum(t.calls) DESC")
	return q.add(" GROUP BY " + strings.Join(groups, ", ") + " HAVING sum(t.calls) > 0 ORDER BY " + strings.Join(append(order, groups...), ", ") + fmt.Sprintf(" LIMIT %d", limit))
}

// totalsKey is the beginning of the key of otel_totals, which its rows are in the order of.
var totalsKey = []string{"slot_us", "service", "environment", "provider", "model"}

// namedSums are the sums of spendSums under the names of the columns.
var namedSums = func() string {
	columns := []string{"sum(t.cost_usd) AS cost_usd", "sum(t.saved_usd) AS saved_usd"}
	for _, c := range append([]string{"calls", "unpriced", "local", "errors"}, tokenColumns...) {
		columns = append(columns, "total(t."+c+") AS "+c)
	}
	return strings.Join(columns, ", ")
}()

// depth is how much of that key has all that is asked for, 0 where it has not.
func (f *SpendFilter) depth() (depth int) {
	for _, key := range f.By {
		at := slices.Index(totalsKey, key)
		if key == "day" {
			at = 0
		}
		if at < 0 {
			return 0
		}
		depth = max(depth, at+1)
	}
	return depth
}

// slots are the first and the last slot of otel_totals.
func (s *Store) slots(ctx context.Context) (first, last int64, err error) {
	err = s.rows(ctx, new(sqlText).add("SELECT (SELECT min(slot_us) FROM otel_totals), (SELECT max(slot_us) FROM otel_totals)"), func(r *row) error {
		first, last = r.int(), r.int()
		return nil
	})
	return first, last, err
}

// conditions are those of the filter on otel_totals t.
func (f *SpendFilter) conditions() *conditions {
	c := new(conditions)
	for _, field := range []struct {
		column string
		values []string
	}{
		{"t.service", f.Service},
		{"t.environment", f.Environment},
		{"t.provider", f.Provider},
		{"t.model", f.Model},
		{"t.agent", f.Agent},
		{"t.user_id", f.User},
		{"t.tenant", f.Tenant},
	} {
		c.named(field.column, field.values)
	}
	if !f.Since.IsZero() {
		c.add("t.slot_us >= ?", f.Since.UnixMicro()/slotUS*slotUS)
	}
	if !f.Until.IsZero() {
		c.add("t.slot_us < ?", f.Until.UnixMicro())
	}
	return c
}

// spend reads spendSums.
func (r *row) spend() SpendRow {
	return SpendRow{Cost: r.cost(), Tokens: r.tokens(), SavedUSD: r.float(), Errors: r.int()}
}
