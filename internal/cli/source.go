package cli

import (
	"errors"
	"flag"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/otelcol"
)

// source is which configuration a command is about: the flags with which the
// collector is run.
type source struct {
	configs, sets []string
}

// addFlags gives a command the flags.
func (s *source) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&s.configs, "config", nil, "a configuration, as the collector takes it; may be given several times")
	cmd.Flags().StringArrayVar(&s.sets, "set", nil, "a value of it, as the collector takes it: KEY.KEY=VALUE; may be given several times")
	gates := flag.NewFlagSet("", flag.ContinueOnError)
	featuregate.GlobalRegistry().RegisterFlags(gates)
	cmd.Flags().AddGoFlagSet(gates)
}

// in returns settings with the configuration; without flags it is the one that
// environment variables say.
func (s *source) in(set otelcol.CollectorSettings) (otelcol.CollectorSettings, error) {
	uris, err := URIs(s.configs, s.sets)
	if len(uris) > 0 {
		set.ConfigProviderSettings.ResolverSettings.URIs = uris
	}
	return set, err
}

// URIs are the locations that values of the flags --config and --set make, as in
// otelcol.NewCommand.
func URIs(configs, sets []string) ([]string, error) {
	uris := append([]string{}, configs...)
	for _, text := range sets {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, errors.New("--set: there is no =; write KEY.KEY=VALUE")
		}
		uris = append(uris, "yaml:"+strings.TrimSpace(strings.ReplaceAll(key, ".", "::"))+": "+strings.TrimSpace(value))
	}
	return uris, nil
}
