package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/terminal"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// tailInterval is how often tail looks for what is new.
const tailInterval = 300 * time.Millisecond

// NewTailCommand returns `otelcol-llm tail`.
func NewTailCommand() *cobra.Command {
	var from reading
	var filter query.TraceFilter
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Show each trace as it ends, a line a trace, until Ctrl-C",
		Long: `Shows each trace that ends from now on, a line a trace, until Ctrl-C. Where there is no trace
store yet, it waits for one.`,
		Example: `  otelcol-llm tail
  otelcol-llm tail --status error --json`,
		Args: wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			source, err := waitForStore(ctx, &from, cmd.ErrOrStderr())
			if err != nil || source == nil {
				return err
			}
			defer source.Close()
			return tail(ctx, source, filter, lineWriter(cmd.OutOrStdout(), from.json), cmd.ErrOrStderr())
		},
	}
	from.addFlags(cmd)
	addFilterFlags(cmd, &filter, "cursor", "limit", "order", "column", "since", "until")
	return cmd
}

// waitForStore opens the source, and waits until there is one, which it says once.
func waitForStore(ctx context.Context, from *reading, said io.Writer) (query.Source, error) {
	for told := false; ; told = true {
		source, err := from.open(ctx)
		if !errors.Is(err, query.ErrNoStore) {
			return source, err
		}
		if !told {
			fmt.Fprintf(said, "Waiting: %s\n", err)
		}
		if !pause(ctx, tailInterval) {
			return nil, nil //nolint:nilnil // Ctrl-C before there was one
		}
	}
}

// pause waits, and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// lineWriter writes a trace as a line, for people or as JSON.
func lineWriter(out io.Writer, asJSON bool) func(*query.TraceSummary) error {
	if asJSON {
		encoder := jsonEncoder(out)
		return func(t *query.TraceSummary) error { return encoder.Encode(t) }
	}
	screen := terminal.NewScreen(out)
	return func(t *query.TraceSummary) error {
		screen.TraceLine(t)
		return nil
	}
}

// tail calls show with each trace that ends from now on, once, when its root is there
// and nothing more of it came since the last look. A source that was there and fails is
// asked again from where it was, which is said once. It returns nil when ctx ends.
func tail(ctx context.Context, source query.Source, filter query.TraceFilter, show func(*query.TraceSummary) error, said io.Writer) error {
	changes, err := source.Changes(ctx, "", filter)
	if err != nil {
		return err
	}
	cursor, told := changes.Cursor, false
	open, shown := map[string]*query.TraceSummary{}, &recent{}
	for pause(ctx, tailInterval) {
		changes, err := source.Changes(ctx, cursor, filter)
		if err != nil {
			if !told && ctx.Err() == nil {
				fmt.Fprintf(said, "%s; it is tried again\n", err)
			}
			told = true
			continue
		}
		cursor, told = changes.Cursor, false
		changed := map[string]bool{}
		for i := range changes.Traces {
			t := &changes.Traces[i]
			if !shown.has(t.TraceID) {
				open[t.TraceID], changed[t.TraceID] = t, true
			}
		}
		for id, t := range open {
			if changed[id] || t.State == query.Running {
				continue
			}
			delete(open, id)
			shown.add(id)
			if err := show(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// recent remembers the last traces that were shown, of which late spans may still come.
type recent struct {
	ids  map[string]bool
	ring []string
	next int
}

// recentSize bounds it.
const recentSize = 10_000

func (r *recent) has(id string) bool { return r.ids[id] }

func (r *recent) add(id string) {
	if r.ids == nil {
		r.ids = map[string]bool{}
	}
	r.ids[id] = true
	if len(r.ring) < recentSize {
		r.ring = append(r.ring, id)
		return
	}
	delete(r.ids, r.ring[r.next])
	r.ring[r.next] = id
	r.next = (r.next + 1) % recentSize
}
