package tracestore

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// writeFile makes the test binary a program that writes to a file until its input ends,
// as the JSON of a writing in it says.
const writeFile = "TRACESTORE_WRITE_FILE"

// writing is what a process writes, beside others that do.
type writing struct {
	Path    string
	From    int // the number of its first trace and log record
	Bytes   int // of a trace
	Clients int
}

// What it says, a line each: of what was acknowledged its kind, its number, and when it
// was sent first, in microseconds; and that something was refused.
const (
	tookTrace = 't'
	tookLog   = 'l'
	refusal   = 'r'
)

// patienceOfAClient is how long one attempt may take before the same is sent again.
const patienceOfAClient = 700 * time.Millisecond

// applications write to a store in a process of its own, which a test may kill.
func applications(how string) error {
	var w writing
	if err := json.Unmarshal([]byte(how), &w); err != nil {
		return err
	}
	s, err := OpenFile(context.Background(), DefaultFileOptions(w.Path), Options{
		RootGrace: time.Hour,
		Retention: Retention{MaxSize: 2 << 30, MaxAge: 7 * day, DiskWait: 10 * time.Minute, Reclaim: true},
		Notice:    func(notice string) { fmt.Fprintln(os.Stderr, notice) },
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var next atomic.Int64
	next.Store(int64(w.From))
	var all sync.WaitGroup
	for range w.Clients {
		all.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1))
				if n%2 == 0 {
					deliver(ctx, tookLog, n, func(ctx context.Context) error {
						_, err := s.WriteLogs(ctx, []Log{testLog(n)})
						return err
					})
					continue
				}
				deliver(ctx, tookTrace, n, func(ctx context.Context) error {
					_, err := s.Write(ctx, []Span{newSpan(n, n, 0, 0, withPayload(w.Bytes))})
					return err
				})
			}
		})
	}
	_, _ = io.ReadAll(os.Stdin)
	cancel()
	all.Wait()
	return s.Close(context.Background())
}

// deliver sends one until it is taken.
func deliver(ctx context.Context, kind rune, n int, send func(context.Context) error) {
	first := time.Now()
	for ctx.Err() == nil {
		attempt, cancel := context.WithTimeout(ctx, patienceOfAClient)
		err := send(attempt)
		cancel()
		if err == nil {
			fmt.Printf("%c %d %d\n", kind, n, first.UnixMicro()) // one write, whole
			return
		}
		fmt.Printf("%c 0 0\n", refusal)
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}
