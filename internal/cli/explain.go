package cli

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost"
)

// NewExplainCommand returns `otelcol-llm explain`: spans in, and for each how
// its tokens and its cost came about.
func NewExplainCommand() *cobra.Command {
	var pricesFile string
	cmd := &cobra.Command{
		Use:   "explain [FILE]",
		Short: "Say for each span how its tokens and its cost came about",
		Long: `Reads spans as OTLP JSON (an export request, or several, one after the other) from
FILE or from standard input (no FILE, or "-"), and says for each that calls a model or states usage:
which attributes were read, what the counts mean together, which price applies, and
the arithmetic. It changes and sends nothing.`,
		Example: `  otelcol-llm explain spans.json
  otelcol-llm explain --prices-file prices.yaml < spans.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			raw, err := readInput(cmd.InOrStdin(), args)
			if err != nil {
				return err
			}
			traces, err := parseTraces(raw)
			if err != nil {
				return err
			}
			config := llmcost.NewFactory().CreateDefaultConfig().(*llmcost.Config)
			config.Prices.PricesFile = pricesFile
			return llmcost.Explain(config, traces, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&pricesFile, "prices-file", "", pricesFileUsage)
	return cmd
}

func readInput(stdin io.Reader, args []string) ([]byte, error) {
	if len(args) == 0 || args[0] == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(args[0])
}

// parseTraces reads one or more OTLP JSON export requests and puts their spans
// together.
func parseTraces(raw []byte) (ptrace.Traces, error) {
	all := ptrace.NewTraces()
	documents, err := splitJSON(raw)
	if err != nil {
		return all, err
	}
	for _, document := range documents {
		traces, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(document)
		if err != nil {
			return all, errors.New("the input is no OTLP JSON of spans")
		}
		traces.ResourceSpans().MoveAndAppendTo(all.ResourceSpans())
	}
	if all.SpanCount() == 0 {
		return all, errors.New("the input has no spans: an OTLP JSON export request looks like {\"resourceSpans\":[…]}")
	}
	return all, nil
}
