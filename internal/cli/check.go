package cli

import (
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
anyone can reach. Fails when it finds something.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			set := settings().ConfigProviderSettings.ResolverSettings
			if len(files) > 0 {
				set.URIs = files
			}
			resolver, err := confmap.NewResolver(set)
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
				return fmt.Errorf("the configuration has %d mistakes", len(mistakes))
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&files, "config", nil, "a configuration, as the collector takes it; may be given several times")
	return cmd
}
