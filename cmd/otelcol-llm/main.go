// Command otelcol-llm is the OpenTelemetry Collector for LLM applications: the
// upstream collector command with the components of builder-config.yaml, a
// default configuration, and sub-commands of our own.
package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/confmap/provider/httpprovider"
	"go.opentelemetry.io/collector/confmap/provider/httpsprovider"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/otelcol"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/otelcol-llm/otelcol-llm/confmap/mastraprovider"
	"github.com/otelcol-llm/otelcol-llm/internal/cli"
	"github.com/otelcol-llm/otelcol-llm/internal/failures"
	"github.com/otelcol-llm/otelcol-llm/internal/upstreamfix"
	"github.com/otelcol-llm/otelcol-llm/internal/upstreamfix/atomicqueue"
	"github.com/otelcol-llm/otelcol-llm/internal/upstreamfix/reword"
)

// version is dist.version of builder-config.yaml; a test holds the two equal.
const version = "0.1.0-dev"

func main() {
	setFeatureGates()
	os.Exit(run(newCommand()))
}

// run executes the command, writes its error and returns the exit code.
func run(cmd *cobra.Command) int {
	err := cmd.Execute()
	if err == nil {
		return 0
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "Error:", cli.Sentence(err))
	if errors.Is(err, syscall.EADDRINUSE) {
		fmt.Fprintln(cmd.ErrOrStderr(), portHint)
	}
	return 1
}

const portHint = "Another program listens there. The shipped configurations take other ports from OTELCOL_HTTP_PORT, " +
	"OTELCOL_GRPC_PORT, OTELCOL_HEALTH_PORT, OTELCOL_METRICS_PORT, OTELCOL_ZPAGES_PORT, OTELCOL_PPROF_PORT and OTELCOL_VIEWER_PORT."

func newCommand() *cobra.Command {
	cmd := otelcol.NewCommand(settings())
	cmd.SilenceErrors = true // main prints them, as one sentence
	runAsSignalsSay(cmd, settings())
	describePrintConfig(cmd)
	cmd.Short = "Run the collector; without --config as environment variables say (--config mastra:env)"
	for _, group := range []struct {
		id, title string
		commands  []*cobra.Command
	}{
		{"run", "Run the collector:", []*cobra.Command{
			cli.NewDemoCommand(settings), cli.NewCheckCommand(settings), cli.NewGenerateCommand(), cli.NewTrialCommand(settings),
		}},
		{"look", "Look at traces:", []*cobra.Command{
			cli.NewTracesCommand(), cli.NewTraceCommand(), cli.NewTailCommand(), cli.NewSearchCommand(), cli.NewSessionsCommand(), cli.NewSessionCommand(),
			cli.NewSpendCommand(), cli.NewReportCommand(), cli.NewExportCommand(), cli.NewBackupCommand(), cli.NewMCPCommand(version),
		}},
		{"rules", "Try the rules of redaction and of cost:", []*cobra.Command{
			cli.NewRedactCommand(), cli.NewExplainCommand(), cli.NewPricesCommand(),
		}},
	} {
		cmd.AddGroup(&cobra.Group{ID: group.id, Title: group.title})
		for _, c := range group.commands {
			c.GroupID = group.id
			cmd.AddCommand(c)
		}
	}
	return cmd
}

// describePrintConfig replaces upstream's description of print-config, which names a
// feature gate that no longer exists.
func describePrintConfig(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if cmd.Name() == "print-config" {
			cmd.Short = "Print the configuration as the collector sees it, secrets masked"
			cmd.Long = `Prints the configuration that the collector runs with: all files merged, variables
replaced, defaults filled in. Secrets are masked, as [REDACTED]; --mode unredacted prints
them too.

A configuration that is not valid is an error, unless --validate=false is given.`
		}
	}
}

// setFeatureGates changes the defaults of upstream's gates where this
// distribution differs; --feature-gates changes them again. Datadog's trace
// metrics are the Datadog connector's work upstream. That is not in the binary,
// so the exporter computes them.
func setFeatureGates() {
	if err := featuregate.GlobalRegistry().Set("exporter.datadogexporter.DisableAPMStats", false); err != nil {
		panic(err) // the gate of a component in the binary, at a pinned version
	}
}

// settings describes the collector. Without --config it runs what environment
// variables say; none say a file of traces and nothing else.
func settings() otelcol.CollectorSettings {
	return otelcol.CollectorSettings{
		BuildInfo: component.BuildInfo{
			Command:     "otelcol-llm",
			Description: "OpenTelemetry Collector for LLM applications",
			Version:     version,
		},
		Factories: atomicqueue.Wrap(upstreamfix.StartBarrier(components)),
		ConfigProviderSettings: otelcol.ConfigProviderSettings{
			ResolverSettings: confmap.ResolverSettings{
				URIs: []string{"mastra:env"},
				ProviderFactories: []confmap.ProviderFactory{
					newShellEnvFactory(),
					fileprovider.NewFactory(),
					httpprovider.NewFactory(),
					httpsprovider.NewFactory(),
					yamlprovider.NewFactory(),
					mastraprovider.NewFactory(),
				},
				DefaultScheme: "env",
			},
		},
		ProviderModules: providerModules(),
		// An error at the start is a sentence, not a stack of function names.
		LoggingOptions: []zap.Option{zap.AddStacktrace(zapcore.DPanicLevel), upstreamfix.QuietLogs(), upstreamfix.HidePayloads(), reword.Rejections(), failures.Option(failures.Default)},
	}
}

// providerModules names the modules of the configuration providers for the
// components command, at the versions that the binary was built with.
func providerModules() map[string]string {
	const prefix = "go.opentelemetry.io/collector/confmap/provider/"
	modules := map[string]string{}
	for _, scheme := range []string{"env", "file", "http", "https", "yaml"} {
		modules[scheme] = cli.ModuleVersion(prefix + scheme + "provider")
	}
	modules["mastra"] = "github.com/otelcol-llm/otelcol-llm v0.0.0" // as the manifest names our own
	return modules
}
