package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopVariable names how long a stop may take, as Go writes durations.
const stopVariable = "OTELCOL_STOP_TIMEOUT"

// defaultStop is less than the ten seconds after which container runtimes kill.
const defaultStop = 9 * time.Second

// againEvery is how often a signal is repeated to a collector that may not have
// listened yet. One that stops takes no notice.
const againEvery = 100 * time.Millisecond

// stopTimeout reads the variable.
func stopTimeout(lookup func(string) string) (time.Duration, error) {
	text := lookup(stopVariable)
	if text == "" {
		return defaultStop, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit <= 0 {
		return 0, fmt.Errorf("%s: %q is no duration above zero, such as 30s", stopVariable, text)
	}
	return limit, nil
}

// boundStop ends the process when a stop that SIGTERM or Ctrl-C began is not done
// after the limit. Upstream's collector stops its components one after another and
// each waits for requests under way: a destination that takes a connection and
// never answers would hold the others up, until the collector is killed. Ending it
// is as safe as that: what a queue on disk has handed out is handed out again at
// the next start.
//
// A signal that comes before the collector listens for signals is repeated until it
// does: it would end a process that has acknowledged something already.
func boundStop(limit time.Duration, out io.Writer, exit func(code int)) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		received := <-signals
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			self = nil
		}
		end := time.NewTimer(limit)
		again := time.NewTicker(againEvery)
		for {
			select {
			case <-again.C:
				if self != nil {
					_ = self.Signal(received)
				}
			case <-end.C:
				fmt.Fprintf(out, "Not stopped within %v (%s): ended. What queues on disk hold is sent after the next start; what waited in memory is lost.\n", limit, stopVariable)
				exit(1)
				return
			}
		}
	}()
}
