package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/figures"
)

// NewBackupCommand returns `otelcol-llm backup`.
func NewBackupCommand() *cobra.Command {
	var from reading
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the trace store while the collector writes to it",
		Long: `Copies the file of the trace store, as it is after some commit, while the collector writes.
The copy is a store like any other, for its owner only. FILE must not exist.`,
		Example: `  otelcol-llm backup /backup/traces-2026-11-30.db`,
		Args:    wants("the file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			source, err := from.open(ctx)
			if err != nil {
				return err
			}
			defer source.Close()
			file, ok := source.(interface {
				Backup(ctx context.Context, path string) error
			})
			if !ok {
				return errors.New("--url: a running collector is asked over HTTP, and a file is copied where it is; name it with --db")
			}
			if err := file.Backup(ctx, args[0]); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Copied to %s (%s).\n", args[0], figures.Bytes(size(args[0])))
			return nil
		},
	}
	from.addFlags(cmd)
	_ = cmd.Flags().MarkHidden("json") // there is nothing to write
	_ = cmd.Flags().MarkHidden("url")  // a file is copied where it is
	return cmd
}
