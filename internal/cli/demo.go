package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"

	"github.com/otelcol-llm/otelcol-llm/config"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// NewDemoCommand returns `otelcol-llm demo`: the collector with
// config/local.yaml, one trace sent to it over OTLP/HTTP, and what was stored of
// it. settings describes the collector.
func NewDemoCommand(settings func() otelcol.CollectorSettings) *cobra.Command {
	var once bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the collector, send it one trace and show what was stored",
		Long: `Runs the collector with the embedded local configuration, sends it one trace of a
ticket-generation workflow over OTLP/HTTP, shows what is in the trace store
afterwards, and goes on listening until Ctrl-C.`,
		Args: wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			return runDemo(cmd.Context(), settings(), cmd.OutOrStdout(), once)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "stop after the trace was shown")
	return cmd
}

// startTimeout and readTimeout bound the two waits of the demo.
const (
	startTimeout = 30 * time.Second
	readTimeout  = 10 * time.Second
)

func runDemo(ctx context.Context, settings otelcol.CollectorSettings, out io.Writer, once bool) error {
	resolver := &settings.ConfigProviderSettings.ResolverSettings
	resolver.URIs = []string{
		// Not as environment variables say: an invented trace belongs in no one's
		// Langfuse.
		"yaml:" + config.Local,
		// The collector's own log would come between the lines of the demo.
		"yaml:service::telemetry::logs::level: warn",
		// The pages for operators have warnings and ports of their own.
		"yaml:service::extensions: [health_check, trace_viewer]",
	}
	place, err := findPlace(ctx, *resolver)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Starting the collector on %s …\n", place.endpoint)
	collector, err := otelcol.NewCollector(settings)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- collector.Run(ctx) }()
	if err := waitRunning(ctx, collector, ended); err != nil {
		return err
	}
	id, err := showTrace(ctx, place, out)
	if err == nil && !once {
		fmt.Fprintf(out, "\nLook at it: %s/traces/%s\n", place.page, id)
		fmt.Fprint(out, environment(place.endpoint))
		return <-ended // until Ctrl-C
	}
	collector.Shutdown()
	return errors.Join(err, <-ended)
}

// place is where the configured collector listens and where it stores.
type place struct {
	endpoint string // of OTLP/HTTP, a URL
	page     string // of the page that shows traces, a URL
	file     string // of the trace store
}

func findPlace(ctx context.Context, set confmap.ResolverSettings) (place, error) {
	resolver, err := confmap.NewResolver(set)
	if err != nil {
		return place{}, err
	}
	conf, err := resolver.Resolve(ctx)
	if err != nil {
		return place{}, err
	}
	if err := resolver.Shutdown(ctx); err != nil {
		return place{}, err
	}
	endpoint, err := listensAt(conf, "receivers::otlp::protocols::http::endpoint")
	if err != nil {
		return place{}, err
	}
	page, err := listensAt(conf, "extensions::trace_viewer::endpoint")
	if err != nil {
		return place{}, err
	}
	url, _ := conf.Get("exporters::libsql::url").(string)
	file, ok := strings.CutPrefix(url, "file:")
	if !ok {
		return place{}, errors.New("exporters::libsql::url is not file:PATH, which the demo reads")
	}
	file = strings.TrimPrefix(file, "//") // file:///PATH
	return place{endpoint: endpoint, page: page, file: file}, nil
}

// listensAt is the URL of what listens at the address of a key.
func listensAt(conf *confmap.Conf, key string) (string, error) {
	address, _ := conf.Get(key).(string)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

func waitRunning(ctx context.Context, collector *otelcol.Collector, ended <-chan error) error {
	deadline := time.NewTimer(startTimeout)
	defer deadline.Stop()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for collector.GetState() != otelcol.StateRunning {
		select {
		case err := <-ended:
			if err == nil {
				err = errors.New("the collector stopped before it was running")
			}
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return fmt.Errorf("the collector is not running after %s", startTimeout)
		case <-poll.C:
		}
	}
	return nil
}

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
	shown, err := waitReadable(ctx, at.file, id, int64(spans.Len()))
	if err != nil {
		return "", err
	}
	fmt.Fprintf(out, "\nSent one trace of %d spans over OTLP/HTTP: acknowledged after %d ms, readable in the store %d ms later.\n\n",
		spans.Len(), acknowledged.Sub(start).Milliseconds(), time.Since(acknowledged).Milliseconds())
	printTrace(out, shown.trace)
	printRedactions(out, shown.spans)
	printStore(out, at.file)
	return id, nil
}

type stored struct {
	trace *tracestore.Trace
	spans []tracestore.Span
}

func waitReadable(ctx context.Context, file, id string, want int64) (stored, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	reader, err := tracestore.OpenReader(ctx, file)
	if err != nil {
		return stored{}, err
	}
	defer reader.Close()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for {
		trace, err := reader.Trace(ctx, id)
		switch {
		case err == nil && trace.TraceSummary.Spans >= want:
			spans, err := reader.Spans(ctx, id)
			return stored{trace, spans}, err
		case err != nil && !errors.Is(err, tracestore.ErrNotFound):
			return stored{}, err
		}
		select {
		case <-ctx.Done():
			return stored{}, fmt.Errorf("the trace cannot be read after %s", readTimeout)
		case <-poll.C:
		}
	}
}

func printStore(out io.Writer, file string) {
	path, err := filepath.Abs(file)
	if err != nil {
		path = file
	}
	fmt.Fprintf(out, "Stored in %s (%d KB), a SQLite file: sqlite3, Mastra and any libSQL client can read it.\n", path, size(file)/1024)
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

Ctrl-C stops the collector.
`, endpoint)
}
