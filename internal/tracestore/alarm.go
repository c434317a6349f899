package tracestore

import "time"

// alarm is a timer that rings at the earliest of the times that it was given.
type alarm struct {
	C     <-chan time.Time
	timer *time.Timer
	now   func() time.Time
	at    time.Time // zero: not set
}

// newAlarm returns an alarm that rings at once.
func newAlarm(now func() time.Time) *alarm {
	timer := time.NewTimer(0)
	return &alarm{C: timer.C, timer: timer, now: now, at: now()}
}

// by makes the alarm ring at a time, unless it rings earlier.
func (a *alarm) by(at time.Time) {
	if !a.at.IsZero() && !at.Before(a.at) {
		return
	}
	a.at = at
	a.timer.Reset(at.Sub(a.now()))
}

// rang says that the alarm has been heard.
func (a *alarm) rang() { a.at = time.Time{} }

func (a *alarm) stop() { a.timer.Stop() }
