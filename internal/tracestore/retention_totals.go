package tracestore

import (
	"context"
	"fmt"
	"time"
)

// keepHalfHours is how long totals keep their half hours, and keepDays their days,
// however many rows there are.
const (
	keepHalfHours = 48 * time.Hour
	keepDays      = 31 * 24 * time.Hour
)

// totalsState is what one look at otel_totals has found.
type totalsState struct {
	rows                 int64
	oldest               int64 // slot, -1: none
	halfHour, day        int64 // the oldest slot that is not folded into its day, its month; -1: none
	from, days, monthsUS int64
}

var totalsQuery = `SELECT (SELECT count(*) FROM otel_totals), coalesce((SELECT min(slot_us) FROM otel_totals), -1),
  coalesce((SELECT min(slot_us) FROM otel_totals WHERE slot_us >= ` + stateOr0(totalDays) + `), -1),
  coalesce((SELECT min(slot_us) FROM otel_totals WHERE slot_us >= ` + stateOr0(totalMonths) + `), -1),
  ` + stateOr0(totalsFrom) + `, ` + stateOr0(totalDays) + `, ` + stateOr0(totalMonths)

const (
	deleteSlot = `DELETE FROM otel_totals WHERE slot_us = ?1`
	raiseState = `INSERT INTO otel_state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)`
)

// foldSlot adds the rows of the slot ?1 to those of the slot ?2.
var foldSlot = addTotals("", "?2", "otel_totals WHERE slot_us = ?1")

// keepTotals deletes the totals of a slot that is too old, or folds one where there are
// too many rows. It reports whether there may be more to do.
func (r *retainer) keepTotals(ctx context.Context, at time.Time) (more bool, err error) {
	if r.Totals <= 0 && r.TotalsMaxRows <= 0 || at.Before(r.totalsNext) {
		return false, nil
	}
	var s totalsState
	err = r.db.query(ctx, statement{sql: totalsQuery}, func(row []any) error {
		s = totalsState{asInt(row[0]), asInt(row[1]), asInt(row[2]), asInt(row[3]), asInt(row[4]), asInt(row[5]), asInt(row[6])}
		return nil
	})
	if err != nil {
		return false, err
	}
	if r.Totals > 0 {
		if cut := r.clock.before(at, r.Totals) / slotUS * slotUS; s.oldest >= 0 && s.end(s.oldest) <= cut {
			return true, r.db.apply(ctx, []statement{
				{sql: deleteSlot, args: []any{s.oldest}},
				{sql: raiseState, args: []any{totalsFrom, cut}},
			})
		}
	}
	if r.TotalsMaxRows > 0 && s.rows > int64(r.TotalsMaxRows) {
		if folded, err := r.fold(ctx, at, s); folded || err != nil {
			return folded, err
		}
		if up, _ := r.clock.uptime(); r.toldTotals == 0 || up > r.toldTotals+time.Hour {
			r.toldTotals = max(up, 1)
			r.notice(fmt.Sprintf("retention::totals_max_rows is exceeded: %d rows of totals cannot be folded further; raise it, or set retention::totals", s.rows))
		}
	}
	r.totalsNext = at.Add(r.Interval)
	return false, nil
}

// fold makes the oldest half hour a part of its day, or else the oldest day one of its
// month.
func (r *retainer) fold(ctx context.Context, at time.Time, s totalsState) (folded bool, err error) {
	halfHours, days := r.clock.before(at, keepHalfHours), r.clock.before(at, keepDays)
	slot, into, key, end := s.halfHour, s.halfHour/dayUS*dayUS, totalDays, s.halfHour+slotUS
	if slot < 0 || end > halfHours {
		slot, key, end = s.day, totalMonths, s.day+dayUS
		into = startOfMonthUS(slot)
		if slot < 0 || end > min(days, s.days/dayUS*dayUS) {
			return false, nil
		}
	}
	var statements []statement
	if into != slot {
		statements = append(statements, statement{sql: foldSlot, args: []any{slot, into}}, statement{sql: deleteSlot, args: []any{slot}})
	}
	return true, r.db.apply(ctx, append(statements, statement{sql: raiseState, args: []any{key, end}}))
}

func startOfMonthUS(us int64) int64 {
	t := time.UnixMicro(us).UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).UnixMicro()
}

// end is when what a row stands for ends.
func (s totalsState) end(slot int64) int64 {
	switch {
	case slot < s.monthsUS:
		t := time.UnixMicro(slot).UTC()
		return min(time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), max(s.monthsUS, slot+dayUS))
	case slot < s.days:
		return slot + dayUS
	}
	return slot + slotUS
}
