package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/terminal"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// NewReportCommand returns `otelcol-llm report`.
func NewReportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "report", Short: "Sum up what is in the trace store", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newReportRedactionsCommand())
	return cmd
}

func newReportRedactionsCommand() *cobra.Command {
	var from reading
	var filter query.RunFilter
	cmd := &cobra.Command{
		Use:   "redactions",
		Short: "Say how many values each rule has replaced",
		Long: `Says how many values each rule of sensitive_filter has replaced, in how many spans and
traces that are stored.`,
		Example: `  otelcol-llm report redactions --since 7d --service support-web`,
		Args:    wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(cmd, &from,
				func(ctx context.Context, s query.Source) ([]query.Redactions, error) {
					return s.Redactions(ctx, filter)
				},
				func(s *terminal.Screen, list []query.Redactions) { s.Redactions(list) })
		},
	}
	from.addFlags(cmd)
	addFilterFlags(cmd, &filter)
	return cmd
}
