package tracestore

import "time"

// alarm is a timer that rings at the earliest of the times that it was given.
type alarm struct {
	C     <-chan time.Time
	timer *time.Timer
	at    time.Time // zero: not set
}

func newAlarm(at time.Time) *alarm {
	timer := time.NewTimer(time.Until(at))
	return &alarm{C: timer.C, timer: timer, at: at}
}

// by makes the alarm ring at a time, unless it rings earlier.
func (a *alarm) by(at time.Time) {
	if !a.at.IsZero() && !at.Before(a.at) {
		return
	}
	a.at = at
	a.timer.Reset(time.Until(at))
}

// rang says that the alarm has been heard.
func (a *alarm) rang() { a.at = time.Time{} }

func (a *alarm) stop() { a.timer.Stop() }
