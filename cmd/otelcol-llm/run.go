package main

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.opentelemetry.io/collector/otelcol"

	"github.com/otelcol-llm/otelcol-llm/internal/cli"
	"github.com/otelcol-llm/otelcol-llm/internal/upstreamfix/lifecycle"
)

// runAsSignalsSay has upstream's command run the collector of lifecycle in the place
// of its own.
func runAsSignalsSay(cmd *cobra.Command, set otelcol.CollectorSettings) {
	configs, sets := record(cmd, "config"), record(cmd, "set")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		limit, err := lifecycle.StopTimeout(os.Getenv)
		if err != nil {
			return err
		}
		uris, err := cli.URIs(configs.values, sets.values)
		if err != nil {
			return err
		}
		if len(uris) > 0 {
			set.ConfigProviderSettings.ResolverSettings.URIs = uris
		}
		return lifecycle.Run(cmd.Context(), set, lifecycle.Options{
			StopTimeout: limit,
			Try:         lifecycle.Trial(cli.TrialCommand),
			Restart:     lifecycle.Restart,
			Exit:        os.Exit,
			Out:         cmd.ErrOrStderr(),
			Started:     cli.LogFindings(set),
		})
	}
}

// recorded is a flag of upstream's, which keeps its values to itself.
type recorded struct {
	pflag.Value
	values []string
}

func record(cmd *cobra.Command, name string) *recorded {
	f := cmd.Flags().Lookup(name)
	r := &recorded{Value: f.Value}
	f.Value = r
	return r
}

// Set notes a value and passes it on.
func (r *recorded) Set(value string) error {
	r.values = append(r.values, value)
	return r.Value.Set(value)
}
