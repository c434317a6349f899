package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/terminal"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// rows is how many rows a list has where --limit says nothing.
const rows = 20

// NewTracesCommand returns `otelcol-llm traces`.
func NewTracesCommand() *cobra.Command {
	var from reading
	filter := query.TraceFilter{Limit: rows}
	cmd := &cobra.Command{
		Use:   "traces",
		Short: "List traces, the latest first",
		Long: `Lists traces from the trace store, the latest first: what was asked, how long it took,
what it cost. Conditions narrow the list; a trace has to fulfil all of them.`,
		Example: `  otelcol-llm traces
  otelcol-llm traces --since today --min-cost 0.10 --order cost
  otelcol-llm traces --status error --agent support-agent
  otelcol-llm traces --attribute customer.plan=pro --json`,
		Args: wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(cmd, &from,
				func(ctx context.Context, s query.Source) (query.Page[query.TraceSummary], error) {
					return s.Traces(ctx, filter)
				},
				func(s *terminal.Screen, page query.Page[query.TraceSummary]) {
					s.Traces(page.Items, filter.Order == "" || filter.Order == "latest")
					if page.Next != "" {
						s.More(len(page.Items))
					}
				})
		},
	}
	from.addFlags(cmd)
	addFilterFlags(cmd, &filter)
	return cmd
}

// spanLimit bounds each value of a span that is shown without --full, in bytes.
const spanLimit = 64 << 10

// NewTraceCommand returns `otelcol-llm trace`.
func NewTraceCommand() *cobra.Command {
	var from reading
	var span string
	var full bool
	cmd := &cobra.Command{
		Use:   "trace ID|last",
		Short: "Show a trace as a tree, or one of its spans",
		Long: `Shows a trace as a tree: a line a span, with its duration and, of a model call, tokens and
dollars. The beginning of an id will do where no other trace has it; last is the one that
started last. With --span, shows one span: its cost with the arithmetic, its conversation,
what was redacted, its attributes.`,
		Example: `  otelcol-llm trace last
  otelcol-llm trace 35f6418e --span 8e5d2b0391c4a7f6
  otelcol-llm trace last --json | jq '.span_list[] | select(.counted)'`,
		Args: wants("the id of a trace, or last"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if span != "" {
				return showSpan(cmd, &from, args[0], span, full)
			}
			return answer(cmd, &from,
				func(ctx context.Context, s query.Source) (*query.Trace, error) { return s.Trace(ctx, args[0]) },
				func(s *terminal.Screen, t *query.Trace) { s.Trace(t) })
		},
	}
	from.addFlags(cmd)
	cmd.Flags().StringVar(&span, "span", "", "the id of a span, or the beginning of it")
	cmd.Flags().BoolVar(&full, "full", false, "with --span: all messages, and values at their whole length")
	return cmd
}

func showSpan(cmd *cobra.Command, from *reading, traceID, spanID string, full bool) error {
	limit := spanLimit
	if full {
		limit = 0
	}
	return answer(cmd, from,
		func(ctx context.Context, s query.Source) (*query.Span, error) {
			trace, err := s.Trace(ctx, traceID)
			if err != nil {
				return nil, err
			}
			id, err := spanWith(trace, spanID)
			if err != nil {
				return nil, err
			}
			return s.Span(ctx, trace.TraceID, id, limit)
		},
		func(s *terminal.Screen, span *query.Span) { s.Span(span, full) })
}

// NewSessionsCommand returns `otelcol-llm sessions`.
func NewSessionsCommand() *cobra.Command {
	var from reading
	filter := query.SessionFilter{Limit: rows}
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "List sessions, the one that was last used first",
		Long: `Lists sessions: traces that name the same session (session.id) or, without one, the same
conversation (gen_ai.conversation.id).`,
		Example: `  otelcol-llm sessions --user u-4711 --since 7d`,
		Args:    wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(cmd, &from,
				func(ctx context.Context, s query.Source) (query.Page[query.SessionSummary], error) {
					return s.Sessions(ctx, filter)
				},
				func(s *terminal.Screen, page query.Page[query.SessionSummary]) {
					s.Sessions(page.Items)
					if page.Next != "" {
						s.More(len(page.Items))
					}
				})
		},
	}
	from.addFlags(cmd)
	addFilterFlags(cmd, &filter)
	return cmd
}

// NewSessionCommand returns `otelcol-llm session`.
func NewSessionCommand() *cobra.Command {
	var from reading
	var limit int
	var cursor string
	var full bool
	cmd := &cobra.Command{
		Use:     "session ID",
		Short:   "Show a session as a chat, with dollars and durations a turn",
		Example: `  otelcol-llm session sess-4691`,
		Args:    wants("the id of a session"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answer(cmd, &from,
				func(ctx context.Context, s query.Source) (*query.Session, error) {
					return s.Session(ctx, args[0], cursor, limit)
				},
				func(s *terminal.Screen, session *query.Session) { s.Session(session, full) })
		},
	}
	from.addFlags(cmd)
	cmd.Flags().IntVar(&limit, "limit", 0, usages["limit"]+" turns")
	cmd.Flags().StringVar(&cursor, "cursor", "", usages["cursor"])
	cmd.Flags().BoolVar(&full, "full", false, "texts at their whole length")
	return cmd
}

// NewSearchCommand returns `otelcol-llm search`.
func NewSearchCommand() *cobra.Command {
	var from reading
	filter := query.SearchFilter{Limit: rows}
	cmd := &cobra.Command{
		Use:   "search TEXT",
		Short: "Find spans by a text in their input, output, error, name or id",
		Long: `Finds spans by a text, the latest first. Without full_text_search in the libsql exporter
every payload is read until the limit is reached; narrow a large store by --since.`,
		Example: `  otelcol-llm search "card was charged twice" --since 7d`,
		Args:    wants("the text to look for"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(args[0]) == "" {
				return errors.New("the text to look for is empty")
			}
			return answer(cmd, &from,
				func(ctx context.Context, s query.Source) (query.Page[query.Hit], error) {
					return s.Search(ctx, args[0], filter)
				},
				func(s *terminal.Screen, page query.Page[query.Hit]) {
					s.Hits(page.Items)
					if page.Next != "" {
						s.More(len(page.Items))
					}
				})
		},
	}
	from.addFlags(cmd)
	addFilterFlags(cmd, &filter)
	return cmd
}

// spanWith is the id of the only span of a trace that begins so.
func spanWith(t *query.Trace, prefix string) (string, error) {
	found := ""
	for i := range t.Spans {
		switch id := t.Spans[i].SpanID; {
		case id == prefix:
			return id, nil
		case strings.HasPrefix(id, prefix) && found != "":
			return "", fmt.Errorf("--span: several spans begin with %s; give more of the id", prefix)
		case strings.HasPrefix(id, prefix):
			found = id
		}
	}
	if found == "" {
		return "", fmt.Errorf("--span: no span of this trace begins with %q; it may come later, or retention has removed it", prefix)
	}
	return found, nil
}
