package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"

	"github.com/otelcol-llm/otelcol-llm/config"
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
		fmt.Fprint(out, environment(place.endpoint), fmt.Sprintf("\nLook at it:  %s/traces/%s\n\nEach trace that ends is a line here. Ctrl-C stops the collector.\n\n", place.page, id))
		return followOwn(ctx, place.file, out, ended) // until Ctrl-C
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
