package cli

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// NewGenerateCommand returns `otelcol-llm generate`, a source of realistic
// GenAI traces for trying a configuration and for load tests.
func NewGenerateCommand() *cobra.Command {
	var (
		endpoint, protocol string
		caFile             string
		headers            map[string]string
		options            traffic.Options
		load               traffic.Load
	)
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Send realistic GenAI traces over OTLP",
		Long: `Sends traces of a ticket-generation workflow (27 spans: 12 steps, two agents, tool
calls, model calls of two providers) over OTLP, and prints how many spans were
sent and acknowledged. Each run sends traces of its own; --seed, with the number that a
run printed, sends the same ones again, which a store knows and keeps once. Exits with
an error when a span was not acknowledged.`,
		Example: `  otelcol-llm generate
  otelcol-llm generate --protocol grpc --rate 50 --duration 1m --text-size 4096`,
		Args: wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if endpoint == "" {
				endpoint = map[string]string{"grpc": "http://127.0.0.1:4317"}[protocol]
			}
			if endpoint == "" {
				endpoint = "http://127.0.0.1:4318"
			}
			if load.Traces == 0 && load.Duration == 0 {
				load.Traces = 1
			}
			if !cmd.Flags().Changed("seed") {
				options.Seed = rand.Uint64N(1 << 32) // short enough to type
			}
			cmd.SilenceUsage = true
			sender, err := traffic.NewSender(protocol, endpoint, traffic.Connection{Headers: headers, CAFile: caFile})
			if err != nil {
				return err
			}
			defer sender.Close()
			// Ctrl-C ends the load, and what was sent is reported all the same.
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			report, err := traffic.Run(ctx, traffic.New(options), sender, load)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "sent %d spans in %d traces in %s, acknowledged %d, failed %d (seed %d)\n",
				report.Spans, report.Traces, report.Elapsed.Round(time.Millisecond), report.Acknowledged, report.Failed, options.Seed)
			if report.Failed > 0 {
				return fmt.Errorf("%d of %d spans were not acknowledged, first because: %w", report.Failed, report.Spans, report.FirstError)
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&endpoint, "endpoint", "", "URL of the OTLP receiver (default http://127.0.0.1:4318, with grpc http://127.0.0.1:4317)")
	flags.StringVar(&protocol, "protocol", "http", "http (protobuf) or grpc")
	flags.StringVar(&caFile, "ca-file", "", "PEM file of the authority that signed the receiver's certificate (default the system's)")
	flags.StringToStringVar(&headers, "header", nil, "header of every request, name=value")
	flags.IntVar(&load.Traces, "traces", 0, "number of traces (default 1 unless --duration is given)")
	flags.DurationVar(&load.Duration, "duration", 0, "how long to send")
	flags.Float64Var(&load.Rate, "rate", 0, "traces a second; 0 is as fast as answers come")
	flags.IntVar(&load.Workers, "workers", 1, "concurrent requests")
	flags.DurationVar(&load.Timeout, "timeout", 30*time.Second, "timeout of one request")
	flags.Uint64Var(&options.Seed, "seed", 0, "seed of ids, texts and numbers (default a random one, which is printed)")
	flags.IntVar(&options.TextSize, "text-size", 1024, "size of a prompt in bytes")
	flags.StringVar(&options.ServiceName, "service-name", "ticket-service", "service.name of the traces")
	return cmd
}
