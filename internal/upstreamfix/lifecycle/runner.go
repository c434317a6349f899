package lifecycle

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
	"go.uber.org/zap"
)

// Options say how a collector is run.
type Options struct {
	// StopTimeout is how long components may take to stop, for a stop and for a reload.
	StopTimeout time.Duration
	// Try tries the configuration as it would be read now. The error is a sentence for
	// operators. It ends with ctx.
	Try func(ctx context.Context) error
	// Restart puts the process in its own place. It returns where that fails.
	Restart func() error
	// Exit ends the process.
	Exit func(code int)
	// Out is where is written what no logger can say.
	Out io.Writer
	// Started is called once for each configuration that has started, which it must not
	// change. It may be nil.
	Started func(conf *confmap.Conf, log *zap.Logger)
}

// Run runs a collector until a signal or a failure ends it.
func Run(ctx context.Context, set otelcol.CollectorSettings, options Options) error {
	r := &runner{
		Options: options,
		set:     set,
		signals: make(chan os.Signal, bufferedSignals),
		changed: make(chan struct{}, 1),
	}
	r.set.DisableGracefulShutdown = true // signals come here
	r.set.Factories = r.counts.in(set.Factories)
	signal.Notify(r.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(r.signals)
	return r.run(ctx)
}

// bufferedSignals is how many signals may come at once; more of one kind ask for
// nothing else.
const bufferedSignals = 16

// state is what a runner does.
type state int

const (
	starting  state = iota // the first configuration
	running                // and perhaps trying the next
	retiring               // stops a configuration for the next
	replacing              // starts the next configuration
	restoring              // starts the last one that ran
	stopping               // for good
)

// runner is the loop that all events come to. Only the loop changes it.
type runner struct {
	Options
	set     otelcol.CollectorSettings
	signals chan os.Signal
	changed chan struct{} // a provider has a new configuration
	counts  counts

	state    state
	current  *instance
	last     *confmap.Conf // that has run
	trial    chan error    // nil: none
	endTrial context.CancelFunc
	again    bool        // a reload was asked for that has not begun
	limit    *time.Timer // nil: nothing is bounded
}

// run handles one event after another.
func (r *runner) run(ctx context.Context) error {
	if err := r.begin(ctx, starting, nil); err != nil {
		return err
	}
	for {
		var limit <-chan time.Time
		if r.limit != nil {
			limit = r.limit.C
		}
		select {
		case s := <-r.signals:
			if s == syscall.SIGHUP {
				r.reload(ctx)
			} else {
				r.stop(s)
			}
		case <-r.changed:
			r.reload(ctx)
		case <-r.current.ready:
			r.started(ctx)
		case err := <-r.trial:
			r.tried(ctx, err)
		case <-limit:
			if r.expired() {
				return nil
			}
		case err := <-r.current.done:
			if over, err := r.ended(ctx, err); over {
				return err
			}
		}
	}
}

// begin runs a configuration: the one that is read now, or a given one.
func (r *runner) begin(ctx context.Context, next state, given *confmap.Conf) error {
	i, err := r.newInstance(ctx, given)
	if err != nil {
		return err
	}
	r.state, r.current = next, i
	return nil
}

// started is called when a configuration runs.
func (r *runner) started(ctx context.Context) {
	r.current.ready = nil // once
	if r.state == stopping {
		return
	}
	switch r.state {
	case replacing:
		r.counts.accepted.Add(1)
	case restoring:
		r.counts.reverted.Add(1)
		r.current.log.Error("The new configuration did not start: the last one that ran is in force again")
	default:
	}
	r.state, r.last = running, r.current.conf
	if r.Started != nil {
		go r.Started(r.current.plain(), r.current.log)
	}
	if r.again {
		r.reload(ctx)
	}
}

// reload tries the configuration, or notes that it has to be tried afterwards.
func (r *runner) reload(ctx context.Context) {
	switch {
	case r.state == stopping:
		return
	case r.state != running || r.trial != nil:
		r.again = true
		return
	}
	r.again = false
	r.current.log.Info("A reload is asked for: the new configuration is tried, the old one goes on")
	ctx, r.endTrial = context.WithCancel(ctx)
	trial := make(chan error, 1)
	r.trial = trial
	go func() { trial <- r.Try(ctx) }()
}

// tried retires the old configuration where the new one has passed.
func (r *runner) tried(ctx context.Context, err error) {
	r.endTrial()
	r.trial = nil
	switch {
	case r.state != running:
	case err != nil:
		r.counts.refused.Add(1)
		r.current.log.Error("The new configuration is refused, the old one goes on", zap.String("reason", err.Error()))
		if r.again {
			r.reload(ctx)
		}
	default:
		r.current.log.Info("The new configuration has passed its trial: the old one stops")
		r.state = retiring
		r.bound()
		go r.current.collector.Shutdown()
	}
}

// stop stops for good. Further signals change nothing: the stop is bounded.
func (r *runner) stop(s os.Signal) {
	if r.state == stopping {
		return
	}
	r.current.log.Info("A stop is asked for", zap.String("signal", s.String()))
	if r.trial != nil {
		r.endTrial()
	}
	r.state = stopping
	r.bound()
	go r.current.collector.Shutdown()
}

// bound begins the time within which components have to stop.
func (r *runner) bound() {
	r.unbound()
	r.limit = time.NewTimer(r.StopTimeout)
}

func (r *runner) unbound() {
	if r.limit != nil {
		r.limit.Stop()
		r.limit = nil
	}
}

// ended is called when a collector has ended, and reports whether that is the end.
func (r *runner) ended(ctx context.Context, err error) (over bool, _ error) {
	r.unbound()
	switch r.state {
	case retiring:
		if err != nil {
			fmt.Fprintf(r.Out, "The old configuration did not stop in an orderly way: %v\n", err)
		}
		if err = r.begin(ctx, replacing, nil); err == nil {
			return false, nil
		}
	case replacing:
	default:
		if r.trial != nil {
			r.endTrial()
			<-r.trial //nolint:errcheck // what it found is no matter any more; it has removed what it wrote
		}
		return true, err
	}
	if err == nil {
		return true, nil // it has started, and a component ended it
	}
	fmt.Fprintf(r.Out, "The new configuration does not start, though it passed its trial; the last one that ran is started again: %v\n", err)
	if restoreErr := r.begin(ctx, restoring, r.last); restoreErr != nil {
		return true, err
	}
	return false, nil
}

// expired is called when components have not stopped in time, and reports whether
// that is the end.
func (r *runner) expired() bool {
	r.limit = nil
	if r.state == stopping {
		fmt.Fprintf(r.Out, "Not stopped within %v (%s): ended. What queues on disk hold is sent after the next start; what waited in memory is lost.\n",
			r.StopTimeout, StopVariable)
		r.Exit(1)
		return true
	}
	// From here on a signal ends the process, which is what it asks for. Those that
	// have come before are in the channel.
	signal.Stop(r.signals)
	defer signal.Notify(r.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	for {
		select {
		case s := <-r.signals:
			if s == syscall.SIGHUP {
				continue // the process that starts reads the configuration
			}
			r.stop(s)
			return false
		default:
		}
		break
	}
	signal.Ignore(syscall.SIGHUP) // until the process that starts listens for it
	fmt.Fprintf(r.Out, "Not stopped within %v (%s) for a reload: starting anew. What queues on disk hold is sent; what waited in memory is lost.\n",
		r.StopTimeout, StopVariable)
	fmt.Fprintf(r.Out, "Cannot start anew: %v. The reload goes on.\n", r.Restart())
	return false
}
