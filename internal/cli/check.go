package cli

import (
	"context"
	"errors"
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
anyone can reach, credentials that others read. Fails when it finds something, and when the configuration is not
valid.`,
		Args: wants(),
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
			conf, err := resolve(cmd.Context(), set.ConfigProviderSettings.ResolverSettings)
			if err != nil {
				return err
			}
			literal, err := literally(cmd.Context(), set)
			if err != nil {
				return err
			}
			mistakes, err := findMistakes(conf, literal)
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

// resolve reads a configuration as the collector does.
func resolve(ctx context.Context, set confmap.ResolverSettings) (*confmap.Conf, error) {
	resolver, err := confmap.NewResolver(set)
	if err != nil {
		return nil, err
	}
	conf, err := resolver.Resolve(ctx)
	return conf, errors.Join(err, resolver.Shutdown(ctx))
}

// validate does what the sub-command validate does.
func validate(ctx context.Context, set otelcol.CollectorSettings) error {
	collector, err := otelcol.NewCollector(set)
	if err != nil {
		return err
	}
	return collector.DryRun(ctx)
}
