package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/otelcol"

	"github.com/otelcol-llm/otelcol-llm/internal/check"
	"github.com/otelcol-llm/otelcol-llm/internal/trial"
)

// startLimit bounds the start of a trial. A collector that needs longer does not
// serve for as long.
const startLimit = 30 * time.Second

// tryStart returns what would keep a valid configuration from starting.
func tryStart(ctx context.Context, set otelcol.CollectorSettings, options trial.Options) ([]trial.Problem, error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if options.Folder == "" {
		folder, err := trial.Folder()
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder)
		options.Folder = folder
	}
	return trial.Try(ctx, set, options)
}

// startFindings are problems of a start as findings, which cannot be accepted.
func startFindings(problems []trial.Problem) []check.Finding {
	findings := make([]check.Finding, len(problems))
	for i, p := range problems {
		findings[i] = check.Finding{ID: "does-not-start", Severity: check.Error, Key: p.Key, Message: p.Text + "; " + p.Remedy}
	}
	return findings
}

// TrialCommand is the name of the command that a collector runs before a reload.
const TrialCommand = "try-start"

// NewTrialCommand returns the command that a collector runs before a reload, with
// its own flags: it fails, and says why, where the configuration would not start.
func NewTrialCommand(settings func() otelcol.CollectorSettings) *cobra.Command {
	var from source
	var options trial.Options
	var holder int
	cmd := &cobra.Command{
		Use:    TrialCommand,
		Short:  "Start a configuration on ports and folders that are thrown away",
		Hidden: true,
		Args:   wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			// Where memory is short, it is the trial that the system ends.
			_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0o600)
			if options.Folder != "" {
				defer os.RemoveAll(options.Folder)
			}
			set, err := from.in(settings())
			if err != nil {
				return err
			}
			if holder != 0 {
				options.Holds = trial.HeldBy(holder)
			}
			if err := validate(cmd.Context(), set); err != nil {
				return err
			}
			problems, err := tryStart(cmd.Context(), set, options)
			if err != nil || len(problems) == 0 {
				return err
			}
			sentences := make([]string, len(problems))
			for i, p := range problems {
				sentences[i] = p.String()
			}
			return errors.New(strings.Join(sentences, ". "))
		},
	}
	from.addFlags(cmd)
	cmd.Flags().StringVar(&options.Folder, "folder", "", "a folder to write in, which the caller removes")
	cmd.Flags().IntVar(&holder, "holder", 0, "the id of the process whose ports are free for this configuration")
	return cmd
}
