package cli

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost"
)

// NewExplainCommand returns `otelcol-llm explain`: spans and log records in, and for
// each how its tokens and its cost came about.
func NewExplainCommand() *cobra.Command {
	var pricesFile string
	cmd := &cobra.Command{
		Use:   "explain [FILE]",
		Short: "Say for each model call how its tokens and its cost came about",
		Long: `Reads spans and log records as OTLP JSON (an export request, or several, one after the
other) from FILE or from standard input (no FILE, or "-"), and says for each that calls
a model or states usage: which attributes were read and which were not, what the counts
mean together, which price applies and where it was read, and the arithmetic. Log
records are those of coding agents, such as Claude Code, Codex, Gemini CLI and Qwen
Code. It changes and sends nothing.`,
		Example: `  otelcol-llm explain spans.json
  otelcol-llm explain logs.json
  otelcol-llm explain --prices-file prices.yaml < spans.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			raw, err := readInput(cmd.InOrStdin(), args)
			if err != nil {
				return err
			}
			traces, logs, err := parseSignals(raw)
			if err != nil {
				return err
			}
			config := llmcost.NewFactory().CreateDefaultConfig().(*llmcost.Config)
			config.Prices.PricesFile = pricesFile
			return llmcost.Explain(config, traces, logs, cmd.OutOrStdout())
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

// parseSignals reads one or more OTLP JSON export requests and puts their spans
// together, and their log records.
func parseSignals(raw []byte) (ptrace.Traces, plog.Logs, error) {
	spans, records := ptrace.NewTraces(), plog.NewLogs()
	documents, err := splitJSON(raw)
	if err != nil {
		return spans, records, err
	}
	for _, document := range documents {
		traces, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(document)
		if err != nil {
			return spans, records, errors.New("the input is not OTLP JSON of spans or log records")
		}
		logs, err := new(plog.JSONUnmarshaler).UnmarshalLogs(document)
		if err != nil {
			return spans, records, errors.New("the input is not OTLP JSON of spans or log records")
		}
		traces.ResourceSpans().MoveAndAppendTo(spans.ResourceSpans())
		logs.ResourceLogs().MoveAndAppendTo(records.ResourceLogs())
	}
	if spans.SpanCount()+records.LogRecordCount() == 0 {
		return spans, records, errors.New("the input has no spans and no log records: an OTLP JSON export request looks like {\"resourceSpans\":[…]} or {\"resourceLogs\":[…]}")
	}
	return spans, records, nil
}
