package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"

	"github.com/otelcol-llm/otelcol-llm/internal/check"
	"github.com/otelcol-llm/otelcol-llm/internal/trial"
	"github.com/otelcol-llm/otelcol-llm/internal/upstreamfix/lifecycle"
)

// NewCheckCommand returns `otelcol-llm check`: mistakes that are valid
// configurations, which validate therefore does not see. settings describes the
// collector.
func NewCheckCommand(settings func() otelcol.CollectorSettings) *cobra.Command {
	var (
		from   source
		accept []string
		format string
		flow   bool
	)
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say whether a configuration starts, what its mistakes are, and what leaves the process",
		Long: `Reads a configuration as the collector does, starts it on ports and folders that are
thrown away, without a request to a destination, and looks for what operators regret
later: data that reaches a destination unredacted, spend metrics behind a sampler, queues
that a restart empties, receivers that anyone can reach, credentials that others read.
A collector that runs is not touched.

Each finding has a severity and, at the end of its line, the name of its rule. An error
means that secrets pass or telemetry is lost, a warning that few want this, a note that an
operator should know it. The exit code is 1 where there is an error or the configuration
does not start, and 0 otherwise. --accept NAME leaves out the findings of a rule.

--flow prints every way that data takes out of the process.`,
		Example: `  otelcol-llm check --config config/otelcol.yaml --config config/destinations/libsql.yaml
  otelcol-llm check --accept open-receiver --format json --config mine.yaml
  otelcol-llm check --flow --config mine.yaml`,
		Args: wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format: %q is neither text nor json", format)
			}
			for _, id := range accept {
				if !slices.Contains(check.IDs(), id) {
					return fmt.Errorf("--accept: there is no rule %q; there are %s", id, strings.Join(check.IDs(), ", "))
				}
			}
			cmd.SilenceUsage = true
			if _, err := lifecycle.StopTimeout(os.Getenv); err != nil {
				return err
			}
			set, err := from.in(settings())
			if err != nil {
				return err
			}
			if err := validate(cmd.Context(), set); err != nil {
				return err
			}
			conf, err := check.Resolve(cmd.Context(), set.ConfigProviderSettings.ResolverSettings)
			if err != nil {
				return err
			}
			if flow {
				return printFlow(cmd.Context(), cmd.OutOrStdout(), set, conf, format)
			}
			// What does not start has mistakes of another kind, and none of these.
			problems, err := tryStart(cmd.Context(), set, trial.Options{})
			if err != nil {
				return err
			}
			if len(problems) > 0 {
				return writeFindings(cmd.OutOrStdout(), startFindings(problems), format)
			}
			findings, err := findingsOf(cmd.Context(), set.ConfigProviderSettings.ResolverSettings, conf)
			if err != nil {
				return err
			}
			findings = slices.DeleteFunc(findings, func(f check.Finding) bool { return slices.Contains(accept, f.ID) })
			return writeFindings(cmd.OutOrStdout(), findings, format)
		},
	}
	from.addFlags(cmd)
	cmd.Flags().StringArrayVar(&accept, "accept", nil, "leave out the findings of a rule, by the name at the end of their lines; may be given several times")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&flow, "flow", false, "print every way that data takes out of the process, and nothing else")
	return cmd
}

// findingsOf are the findings of a configuration on this machine. conf is the
// configuration, resolved.
func findingsOf(ctx context.Context, set confmap.ResolverSettings, conf *confmap.Conf) ([]check.Finding, error) {
	machine := check.ThisMachine()
	literal, err := check.Literally(ctx, set, machine)
	if err != nil {
		return nil, err
	}
	return check.Find(conf, literal, machine)
}

// report is what check --format json prints.
type report struct {
	OK       bool            `json:"ok"`
	Findings []check.Finding `json:"findings"`
}

// writeFindings returns an error where there is one among the findings.
func writeFindings(out io.Writer, findings []check.Finding, format string) error {
	counts := map[check.Severity]int{}
	for _, f := range findings {
		counts[f.Severity]++
	}
	if format == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(report{OK: counts[check.Error] == 0, Findings: append([]check.Finding{}, findings...)}); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			fmt.Fprintln(out, f)
		}
	}
	if n := counts[check.Error]; n > 0 {
		return fmt.Errorf("%s in the configuration", count(n, "error"))
	}
	if format == "text" {
		line := "ok"
		if warnings, notes := counts[check.Warning], counts[check.Note]; warnings+notes > 0 {
			line += fmt.Sprintf(", with %s and %s", count(warnings, "warning"), count(notes, "note"))
		}
		fmt.Fprintln(out, line)
	}
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// validate does what the sub-command validate does.
func validate(ctx context.Context, set otelcol.CollectorSettings) error {
	collector, err := otelcol.NewCollector(set)
	if err != nil {
		return err
	}
	return collector.DryRun(ctx)
}

// printFlow prints the ways out of the process.
func printFlow(ctx context.Context, out io.Writer, set otelcol.CollectorSettings, conf *confmap.Conf, format string) error {
	complete, err := withDefaults(ctx, set)
	if err != nil {
		return err
	}
	ways, err := check.Flow(conf, complete)
	if err != nil {
		return err
	}
	if format == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(ways)
	}
	_, err = io.WriteString(out, check.Describe(ways))
	return err
}

// withDefaults is the configuration with the default of every option that it leaves
// out, secrets masked.
func withDefaults(ctx context.Context, set otelcol.CollectorSettings) (*confmap.Conf, error) {
	factories, err := set.Factories()
	if err != nil {
		return nil, err
	}
	provider, err := otelcol.NewConfigProvider(set.ConfigProviderSettings)
	if err != nil {
		return nil, err
	}
	config, err := provider.Get(ctx, factories)
	if err != nil {
		return nil, errors.Join(err, provider.Shutdown(ctx))
	}
	complete := confmap.New()
	return complete, errors.Join(complete.Marshal(config), provider.Shutdown(ctx))
}
