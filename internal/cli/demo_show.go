package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/figures"
	"github.com/otelcol-llm/otelcol-llm/internal/terminal"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// showTrace sends one trace, waits until all of it can be read, prints it, and returns its
// id.
func showTrace(ctx context.Context, at place, out io.Writer) (id string, err error) {
	now := time.Now()
	// A seed of its own for each run: a second demo adds a second trace.
	generator := traffic.New(traffic.Options{Seed: uint64(now.UnixNano()), TextSize: 2048, ServiceName: "ticket-service"})
	traces := generator.Trace(now)
	spans := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	id = spans.At(0).TraceID().String()

	sender, err := traffic.NewSender("http", at.endpoint, traffic.Connection{})
	if err != nil {
		return "", err
	}
	defer sender.Close()
	start := time.Now()
	if err := sender.Send(ctx, traces); err != nil {
		return "", fmt.Errorf("send the demo trace: %w", err)
	}
	acknowledged := time.Now()
	store, err := query.Open(ctx, at.file)
	if err != nil {
		return "", err
	}
	defer store.Close()
	trace, err := waitReadable(ctx, store, id, spans.Len())
	if err != nil {
		return "", err
	}
	fmt.Fprintf(out, "\nSent one trace of %d spans over OTLP/HTTP: acknowledged after %d ms, readable in the store %d ms later.\n\n",
		spans.Len(), acknowledged.Sub(start).Milliseconds(), time.Since(acknowledged).Milliseconds())
	terminal.NewScreen(out).Trace(trace)
	rules, err := redacted(ctx, store, trace)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(out, "Redacted:", terminal.Rules(rules))
	printStore(out, at.file)
	return id, nil
}

func waitReadable(ctx context.Context, store query.Source, id string, spans int) (*query.Trace, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	for {
		trace, err := store.Trace(ctx, id)
		switch {
		case err == nil && len(trace.Spans) >= spans:
			return trace, nil
		case err != nil && !errors.Is(err, query.ErrNotFound):
			return nil, err
		}
		if !pause(ctx, 5*time.Millisecond) {
			return nil, fmt.Errorf("the trace cannot be read after %s", readTimeout)
		}
	}
}

// redacted says how many values of a trace which rule has replaced.
func redacted(ctx context.Context, store query.Source, trace *query.Trace) (map[string]int64, error) {
	counts := map[string]int64{}
	for i := range trace.Spans {
		if trace.Spans[i].Redactions == 0 {
			continue
		}
		span, err := store.Span(ctx, trace.TraceID, trace.Spans[i].SpanID, spanLimit)
		if err != nil {
			return nil, err
		}
		for _, f := range span.Findings {
			counts[f.Rule] += f.Count
		}
	}
	return counts, nil
}

// followOwn shows a person's own traces as they end, until the collector has.
func followOwn(ctx context.Context, file string, out io.Writer, ended <-chan error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	store, err := query.Open(ctx, file)
	if err != nil {
		return <-ended // the page shows them all the same
	}
	defer store.Close()
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		_ = tail(ctx, store, query.TraceFilter{}, lineWriter(out, false), io.Discard) // likewise
	}()
	err = <-ended
	cancel()
	<-followed
	return err
}

func printStore(out io.Writer, file string) {
	path, err := filepath.Abs(file)
	if err != nil {
		path = file
	}
	fmt.Fprintf(out, "Stored in %s (%s), a SQLite file: sqlite3, Mastra and any libSQL client can read it.\n", path, figures.Bytes(size(file)))
}

// size is the size of the file in bytes, with the write-ahead log in which the
// newest pages are.
func size(file string) (bytes int64) {
	for _, part := range []string{file, file + "-wal"} {
		if info, err := os.Stat(part); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// environment is what an application needs to send its traces here.
func environment(endpoint string) string {
	return fmt.Sprintf(`
Listening. Send your own application's traces with

  export OTEL_EXPORTER_OTLP_ENDPOINT=%s
  export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
  export OTEL_SERVICE_NAME=my-app
`, endpoint)
}
