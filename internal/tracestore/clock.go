package tracestore

import (
	"context"
	"fmt"
	"time"
)

// Age is counted in time that has passed, not in what the wall clock says: a clock
// that was behind and is corrected, or jumps ahead, makes nothing old. How much time
// has passed is known within one run of the machine, which has a clock that nobody
// sets (CLOCK_BOOTTIME, clock_gettime(2)), suspended or not. What lies between two
// runs is not known: a long stop and a clock that was set look the same there, so
// that it counts once the clock has stayed as it is for clockPatience.

const (
	// clockSlack is what a clock may be corrected by, in one or several steps, before
	// that is taken for a jump.
	clockSlack = 5 * time.Minute
	// stopSlack is how long a store may have stood still, over a start of the machine,
	// before it is asked whether that time has passed.
	stopSlack = 2 * time.Hour
	// clockPatience is how long a clock must have lasted then.
	clockPatience = time.Hour
	// clockSaveEvery is how often the time is written down.
	clockSaveEvery = time.Hour
	// slewShare is how much faster or slower a clock that is being corrected may run:
	// a tenth (chrony's maxslewrate is 8.3 %).
	slewShare = 10
)

// shift says that the clock went ahead by so much without that this time has
// passed, or is known to have: what was stored up to then is younger by as much
// than its time says. In microseconds.
type shift struct{ at, by int64 }

// since returns the time in whose place cut stands for rows from before the shift.
func (s shift) since(cut int64) int64 {
	if s.by > 0 && cut <= s.at+s.by {
		return cut - s.by
	}
	return cut
}

// add is both shifts in one, which makes nothing older than each does.
func (s shift) add(at, by int64) shift {
	return shift{at: max(s.at, at), by: max(s.by, 0) + by}
}

// reduce takes back what the clock went ahead by. It returns what is left of that.
func (s *shift) reduce(by int64) (rest int64) {
	rest = max(by-s.by, 0)
	if s.by -= by; s.by <= clockSlack.Microseconds() {
		*s = shift{}
	}
	return rest
}

// ageClock knows how old rows are.
type ageClock struct {
	now    func() time.Time
	uptime func() (up time.Duration, boot int64)
	loaded bool
	dirty  bool  // what is stored is not what is known
	said   bool  // that a gap keeps something
	wall   int64 // of the latest look, in microseconds since 1970
	up     time.Duration
	boot   int64
	rest   int64 // what the wall clock is ahead since then, in small steps
	saved  int64 // wall when it was stored

	jump     shift // within a run of the machine
	gap      shift // between two, in doubt
	gapSince int64 // since when
}

// before returns the time, in microseconds, before which rows are older than an age.
// What counts is when the clocks were compared: at may be from before a jump.
func (c *ageClock) before(at time.Time, age time.Duration) int64 {
	cut := at.Add(-age).UnixMicro()
	if c.loaded {
		cut = c.wall - age.Microseconds()
	}
	first, second := c.gap, c.jump
	if c.jump.at > c.gap.at {
		first, second = c.jump, c.gap
	}
	return second.since(first.since(cut))
}

// read reads both clocks at one time: a process may be stopped in between.
func (c *ageClock) read() (wall int64, up time.Duration, boot int64) {
	for {
		before, _ := c.uptime()
		wall = c.now().UnixMicro()
		if up, boot = c.uptime(); up-before < time.Second {
			return wall, up, boot
		}
	}
}

// look compares the clocks. It returns what the operator should know, or "".
func (c *ageClock) look(ctx context.Context, db database, age time.Duration) (notice string, err error) {
	wall, up, boot := c.read()
	if !c.loaded {
		if notice, err = c.start(ctx, db, wall, up, boot); err != nil {
			return "", err
		}
	} else {
		passed := up - c.up
		c.rest += wall - c.wall - passed.Microseconds()
		if c.rest > clockSlack.Microseconds() || -c.rest > clockSlack.Microseconds() {
			notice = c.jumped(wall, c.rest)
			c.rest = 0
		}
		slew := min(passed/slewShare, time.Minute).Microseconds()
		c.rest -= max(min(c.rest, slew), -slew)
	}
	c.wall, c.up, c.boot = wall, up, boot
	c.expire(age)
	if c.dirty || wall-c.saved > clockSaveEvery.Microseconds() || wall < c.saved {
		c.save(ctx, db)
	}
	return notice, nil
}

// expire forgets shifts that make no difference any more.
func (c *ageClock) expire(age time.Duration) {
	if c.gap.by > 0 && c.wall-c.gapSince >= clockPatience.Microseconds() {
		c.gap, c.dirty = shift{}, true
	}
	for _, s := range []*shift{&c.jump, &c.gap} {
		if s.by > 0 && c.wall-age.Microseconds() > s.at+s.by {
			*s, c.dirty = shift{}, true
		}
	}
}

// jumped takes note that the clock was set, by so many microseconds.
func (c *ageClock) jumped(wall, by int64) string {
	c.dirty = true
	c.gapSince += by
	if by < 0 {
		c.jump.reduce(c.gap.reduce(-by))
		return fmt.Sprintf("The clock went back by %v: what was stored before is kept for as much longer than retention::max_age, unless the clock was ahead then", rounded(-by))
	}
	c.jump = c.jump.add(wall-by, by)
	return fmt.Sprintf("The clock went ahead by %v more than time has passed: nothing is deleted for it, retention::max_age counts the time that passes", rounded(by))
}

// withheld returns a notice, once, where the doubt about a gap keeps the row of a
// time that would go for its age.
func (c *ageClock) withheld(age time.Duration, oldest int64) string {
	if c.gap.by <= 0 || c.said || oldest >= c.wall-age.Microseconds() || oldest < c.before(time.Time{}, age) {
		return ""
	}
	c.said = true
	return fmt.Sprintf("The clock is %v ahead of when this store was last in use, and the machine was started since, so that nothing tells whether this time has passed: what retention::max_age deletes for it is kept until the clock has stayed so for %v", rounded(c.gap.by), clockPatience)
}

func rounded(us int64) time.Duration {
	return (time.Duration(us) * time.Microsecond).Round(time.Second)
}

// Keys of otel_state: the clocks when they were looked at, and the shifts.
const (
	clockWall     = "clock_wall_us"
	clockUptime   = "clock_uptime_us"
	clockBoot     = "clock_boot"
	clockJump     = "clock_jump_us"
	clockJumpBy   = "clock_jump_by_us"
	clockGap      = "clock_gap_us"
	clockGapBy    = "clock_gap_by_us"
	clockGapSince = "clock_gap_since_us"
)

const (
	clockKeys   = `SELECT key, value FROM otel_state WHERE key GLOB 'clock_*'`
	setState    = `INSERT INTO otel_state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`
	newestQuery = `SELECT max(coalesce((SELECT max(last_seen_us) FROM otel_traces), 0), coalesce((SELECT max(inserted_us) FROM otel_logs), 0))`
)

// start compares the clocks with those that an earlier process has stored, or with
// when the newest row was.
func (c *ageClock) start(ctx context.Context, db database, wall int64, up time.Duration, boot int64) (notice string, err error) {
	state := map[string]int64{}
	err = db.query(ctx, statement{sql: clockKeys}, func(row []any) error {
		state[asText(row[0])] = asInt(row[1])
		return nil
	})
	if err != nil {
		return "", err
	}
	c.jump = shift{state[clockJump], state[clockJumpBy]}
	c.gap, c.gapSince = shift{state[clockGap], state[clockGapBy]}, state[clockGapSince]
	last, known := state[clockWall]
	if !known {
		err = db.query(ctx, statement{sql: newestQuery}, func(row []any) error { last = asInt(row[0]); return nil })
		if err != nil {
			return "", err
		}
	}
	passed := up.Microseconds() - state[clockUptime]
	ahead := wall - last
	switch {
	case known && boot != 0 && boot == state[clockBoot] && passed >= 0:
		if by := ahead - passed; by > clockSlack.Microseconds() || -by > clockSlack.Microseconds() {
			notice = c.jumped(wall, by)
		}
	case last > 0 && ahead > stopSlack.Microseconds():
		c.gap, c.gapSince = c.gap.add(last, ahead), wall
	}
	c.loaded, c.dirty = true, true
	return notice, nil
}

// save stores what is known. Where it fails, on a full disk say, the next look tries
// again.
func (c *ageClock) save(ctx context.Context, db database) {
	var statements []statement
	for _, v := range []struct {
		key   string
		value int64
	}{
		{clockWall, c.wall - c.rest},
		{clockUptime, c.up.Microseconds()},
		{clockBoot, c.boot},
		{clockJump, c.jump.at},
		{clockJumpBy, c.jump.by},
		{clockGap, c.gap.at},
		{clockGapBy, c.gap.by},
		{clockGapSince, c.gapSince},
	} {
		statements = append(statements, statement{sql: setState, args: []any{v.key, v.value}})
	}
	if db.apply(ctx, statements) == nil {
		c.dirty, c.saved = false, c.wall
	}
}
