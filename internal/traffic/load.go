package traffic

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Load says how much to send.
type Load struct {
	Traces   int           // how many traces; 0 is no limit
	Duration time.Duration // for how long; 0 is no limit
	Rate     float64       // traces a second over all workers; 0 is as fast as answers come
	Workers  int           // concurrent requests
	Timeout  time.Duration // of one request
}

// Report counts what was sent.
type Report struct {
	Traces, Spans int // sent
	Acknowledged  int // spans that the receiver acknowledged
	Failed        int // spans of requests that failed
	Elapsed       time.Duration
	FirstError    error
}

// Run sends traces until the load is through or ctx ends, and reports. It does
// not repeat a request that failed: its spans count as failed. Traces are made
// in the order of the seed, whatever the number of workers.
func Run(ctx context.Context, generator *Generator, sender Sender, load Load) (Report, error) {
	if load.Traces < 0 || load.Duration < 0 || load.Rate < 0 || load.Workers < 0 || load.Timeout <= 0 {
		return Report{}, errors.New("numbers of traces and workers, duration and rate must not be negative, and the timeout must be above 0")
	}
	if load.Traces == 0 && load.Duration == 0 {
		return Report{}, errors.New("a number of traces or a duration is needed")
	}
	if load.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, load.Duration)
		defer cancel()
	}
	r := &runner{generator: generator, sender: sender, load: load, start: time.Now()}
	var workers sync.WaitGroup
	for range max(1, load.Workers) {
		workers.Go(func() {
			for r.next(ctx) {
			}
		})
	}
	workers.Wait()
	r.report.Elapsed = time.Since(r.start)
	return r.report, nil
}

type runner struct {
	sender Sender
	load   Load
	start  time.Time

	mu        sync.Mutex
	generator *Generator
	made      int
	report    Report
}

// next sends one trace; it returns false when there is no more to send. A
// request that is under way when the time is up is finished.
func (r *runner) next(ctx context.Context) bool {
	r.mu.Lock()
	if ctx.Err() != nil || r.load.Traces > 0 && r.made == r.load.Traces {
		r.mu.Unlock()
		return false
	}
	due := time.Now()
	if r.load.Rate > 0 {
		due = r.start.Add(time.Duration(float64(r.made) / r.load.Rate * float64(time.Second)))
	}
	r.made++
	traces := r.generator.Trace(due)
	r.mu.Unlock()

	if wait := time.Until(due); wait > 0 {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
	spans := traces.SpanCount()
	request, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.load.Timeout)
	err := r.sender.Send(request, traces)
	cancel()

	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Traces++
	r.report.Spans += spans
	if err == nil {
		r.report.Acknowledged += spans
		return true
	}
	r.report.Failed += spans
	if r.report.FirstError == nil {
		r.report.FirstError = err
	}
	return true
}
