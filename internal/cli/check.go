package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
)

// NewCheckCommand returns `otelcol-llm check`: mistakes that are valid
// configurations, which validate therefore does not see. settings describes the
// collector.
func NewCheckCommand(settings func() otelcol.CollectorSettings) *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Look for mistakes that a valid configuration can have",
		Long: `Reads a configuration as the collector would, without starting anything, and
looks for what operators regret later: data that reaches a destination unredacted,
spend metrics behind a sampler, queues that a restart empties, receivers that
anyone can reach. Fails when it finds something, and when the configuration is not
valid.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			set := settings()
			if len(files) > 0 {
				set.ConfigProviderSettings.ResolverSettings.URIs = files
			}
			// What cannot start has mistakes of another kind, and none of these.
			if err := validate(cmd.Context(), set); err != nil {
				return err
			}
			resolver, err := confmap.NewResolver(set.ConfigProviderSettings.ResolverSettings)
			if err != nil {
				return err
			}
			conf, err := resolver.Resolve(cmd.Context())
			if err != nil {
				return err
			}
			if err := resolver.Shutdown(cmd.Context()); err != nil {
				return err
			}
			mistakes, err := findMistakes(conf)
			if err != nil {
				return err
			}
			for _, m := range mistakes {
				fmt.Fprintln(cmd.OutOrStdout(), m)
			}
			if len(mistakes) > 0 {
				return fmt.Errorf("mistakes in the configuration: %d", len(mistakes))
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&files, "config", nil, "a configuration, as the collector takes it; may be given several times")
	return cmd
}

// validate does what the sub-command validate does.
func validate(ctx context.Context, set otelcol.CollectorSettings) error {
	collector, err := otelcol.NewCollector(set)
	if err != nil {
		return err
	}
	return collector.DryRun(ctx)
}
