package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/mcpserver"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// NewMCPCommand returns `otelcol-llm mcp`.
func NewMCPCommand(version string) *cobra.Command {
	var from reading
	var content, audit string
	var size int
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Answer an agent's questions about traces, over MCP on standard input and output",
		Long: `Runs a read-only server of the Model Context Protocol on standard input and output: an
agent such as Claude Code asks it for traces, sessions, costs and errors. What was redacted
before it was stored is redacted; the rules of sensitive_filter are applied once more to each
answer. A line for each call goes to standard error, or to --audit-log.`,
		Example: `  claude mcp add traces -- otelcol-llm mcp --db /srv/app/data/traces.db
  otelcol-llm mcp --content none --audit-log mcp.jsonl`,
		Args: wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			level := mcpserver.Content(content)
			if err := level.Validate(); err != nil {
				return fmt.Errorf("--content: %w", err)
			}
			cmd.SilenceUsage = true
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			log, closeLog, err := auditLog(cmd.ErrOrStderr(), audit)
			if err != nil {
				return err
			}
			defer closeLog()
			redactor, err := mcpserver.DefaultRedactor()
			if err != nil {
				return err
			}
			source := &openOnce{from: &from}
			defer source.close()
			server := mcpserver.New(mcpserver.Options{Open: source.open, Content: level, MaxBytes: size, Redactor: redactor, Audit: log, Version: version})
			err = server.Run(ctx, &mcp.StdioTransport{})
			if ctx.Err() != nil || errors.Is(err, io.EOF) {
				return nil // Ctrl-C, or the agent has gone
			}
			return err
		},
	}
	from.addFlags(cmd)
	_ = cmd.Flags().MarkHidden("json") // the protocol is JSON
	cmd.Flags().StringVar(&content, "content", string(mcpserver.Full), "the most that an answer shows of prompts, outputs and attributes: none, preview or full;\nan agent gets previews where it does not ask for more")
	cmd.Flags().IntVar(&size, "max-bytes", 0, "the most bytes of an answer (default 65536)")
	cmd.Flags().StringVar(&audit, "audit-log", "", "a file for the audit log, which is appended to (default: standard error)")
	return cmd
}

// auditLog writes a line of JSON for each call to a file, or to errors where none is
// named.
func auditLog(errors io.Writer, name string) (write func(mcpserver.Call), done func(), err error) {
	out, done := errors, func() {}
	if name != "" {
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600) //nolint:gosec // the operator names it
		if err != nil {
			return nil, nil, fmt.Errorf("--audit-log: %w", err)
		}
		out, done = file, func() { _ = file.Close() }
	}
	var mu sync.Mutex
	encoder := jsonEncoder(out)
	return func(c mcpserver.Call) {
		mu.Lock()
		defer mu.Unlock()
		_ = encoder.Encode(c)
	}, done, nil
}

// openOnce opens a source when it is first asked for, and again until there is one.
type openOnce struct {
	from   *reading
	mu     sync.Mutex
	source query.Source
}

func (o *openOnce) open(ctx context.Context) (query.Source, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.source != nil {
		return o.source, nil
	}
	source, err := o.from.open(ctx)
	if err == nil {
		o.source = source
	}
	return source, err
}

func (o *openOnce) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.source != nil {
		_ = o.source.Close()
	}
}
