package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/terminal"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// exportPage is how many traces an export reads at a time.
const exportPage = 200

// formats are what export writes, each a function that writes a trace.
var formats = map[string]func(io.Writer) exportWriter{
	"otlp":  func(w io.Writer) exportWriter { return &otlpWriter{out: w} },
	"jsonl": func(w io.Writer) exportWriter { return &otlpWriter{out: w, lines: true} },
	"csv":   func(w io.Writer) exportWriter { return &csvWriter{out: csv.NewWriter(w)} },
}

// exportWriter writes traces one after the other.
type exportWriter interface {
	write(ctx context.Context, s query.Source, t *query.TraceSummary) error
	end() error
}

// NewExportCommand returns `otelcol-llm export`.
func NewExportCommand() *cobra.Command {
	var from reading
	var filter query.TraceFilter
	var traces []string
	var format, file string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write traces as OTLP JSON, JSON lines or CSV",
		Long: `Writes traces as they were received, after redaction and pricing. otlp is one document of
OTLP JSON; jsonl is one such document a trace and line, as the collector's otlp_json_file
receiver and file exporter have them; csv is a row a span, without payloads.`,
		Example: `  otelcol-llm export --trace last > trace.json
  otelcol-llm export --since 7d --service support-web --format jsonl --output traces.jsonl
  otelcol-llm export --format csv --status error`,
		Args: wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			writer, ok := formats[format]
			if !ok {
				return fmt.Errorf("--format: %q is not otlp, jsonl or csv", format)
			}
			cmd.SilenceUsage = true
			source, err := from.open(cmd.Context())
			if err != nil {
				return err
			}
			defer source.Close()
			return toFile(cmd.OutOrStdout(), file, func(w io.Writer) error {
				return export(cmd.Context(), source, filter, traces, writer(w))
			})
		},
	}
	from.addFlags(cmd)
	_ = cmd.Flags().MarkHidden("json") // --format says it
	cmd.Flags().StringArrayVar(&traces, "trace", nil, "the id of a trace, or last; may be given several times")
	cmd.Flags().StringVar(&format, "format", "otlp", "otlp, jsonl or csv")
	cmd.Flags().StringVarP(&file, "output", "o", "", "a file to write, which must not exist (default: standard output)")
	addFilterFlags(cmd, &filter, "cursor", "column")
	return cmd
}

// toFile writes to a new file, for its owner only, or to out where none is named.
func toFile(out io.Writer, name string, write func(io.Writer) error) error {
	if name == "" {
		buffered := bufio.NewWriter(out)
		return errors.Join(write(buffered), buffered.Flush())
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	buffered := bufio.NewWriter(file)
	return errors.Join(write(buffered), buffered.Flush(), file.Close())
}

func export(ctx context.Context, s query.Source, filter query.TraceFilter, ids []string, w exportWriter) error {
	for _, id := range ids {
		t, err := s.Trace(ctx, id)
		if err != nil {
			return fmt.Errorf("--trace: %w", err)
		}
		if err := w.write(ctx, s, &t.TraceSummary); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		if err := exportAll(ctx, s, filter, w); err != nil {
			return err
		}
	}
	return w.end()
}

// exportAll pages through a list. A trace that retention deletes meanwhile is left out.
func exportAll(ctx context.Context, s query.Source, filter query.TraceFilter, w exportWriter) error {
	left := filter.Limit
	for {
		filter.Limit = exportPage
		if left > 0 {
			filter.Limit = min(exportPage, left)
		}
		page, err := s.Traces(ctx, filter)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := w.write(ctx, s, &page.Items[i]); err != nil && !errors.Is(err, query.ErrNotFound) {
				return err
			}
		}
		if left > 0 {
			if left -= len(page.Items); left <= 0 {
				return nil
			}
		}
		if page.Next == "" {
			return nil
		}
		filter.Cursor = page.Next
	}
}

// otlpWriter writes OTLP JSON: one document, whose resource spans it writes as they
// come, or one a line.
type otlpWriter struct {
	out   io.Writer
	lines bool
	begun bool
}

func (w *otlpWriter) write(ctx context.Context, s query.Source, t *query.TraceSummary) error {
	traces, err := s.OTLP(ctx, t.TraceID)
	if err != nil {
		return err
	}
	text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	if err != nil {
		return err
	}
	text = terminal.JSON(text)
	if w.lines {
		_, err = w.out.Write(append(text, '\n'))
		return err
	}
	const head, tail = `{"resourceSpans":[`, `]}`
	inner, ok := strings.CutPrefix(string(text), head)
	if !ok {
		return nil // a trace without spans
	}
	lead := ",\n"
	if !w.begun {
		lead, w.begun = head+"\n", true
	}
	_, err = io.WriteString(w.out, lead+strings.TrimSuffix(inner, tail))
	return err
}

func (w *otlpWriter) end() error {
	var err error
	switch {
	case w.lines:
	case w.begun:
		_, err = io.WriteString(w.out, "\n]}\n")
	default:
		_, err = io.WriteString(w.out, "{\"resourceSpans\":[]}\n")
	}
	return err
}

// csvColumns are the columns of a span: the head, and the value.
var csvColumns = []struct {
	head  string
	value func(t *query.Trace, s *query.SpanSummary) string
}{
	{"trace_id", func(t *query.Trace, _ *query.SpanSummary) string { return t.TraceID }},
	{"span_id", func(_ *query.Trace, s *query.SpanSummary) string { return s.SpanID }},
	{"parent_id", func(_ *query.Trace, s *query.SpanSummary) string { return s.ParentID }},
	{"started_at", func(t *query.Trace, s *query.SpanSummary) string {
		return t.Start.Add(time.Duration(s.StartUS) * time.Microsecond).UTC().Format("2006-01-02T15:04:05.000000Z")
	}},
	{"duration_ms", func(_ *query.Trace, s *query.SpanSummary) string {
		return strconv.FormatFloat(float64(s.DurationUS)/1000, 'f', -1, 64)
	}},
	{"name", func(_ *query.Trace, s *query.SpanSummary) string { return s.Name }},
	{"type", func(_ *query.Trace, s *query.SpanSummary) string { return s.Type }},
	{"status", func(_ *query.Trace, s *query.SpanSummary) string {
		if s.Failed {
			return "error"
		}
		return "ok"
	}},
	{"error", func(_ *query.Trace, s *query.SpanSummary) string { return s.Error }},
	{"service", func(_ *query.Trace, s *query.SpanSummary) string { return s.Service }},
	{"agent", func(_ *query.Trace, s *query.SpanSummary) string { return s.Agent }},
	{"tool", func(_ *query.Trace, s *query.SpanSummary) string { return s.Tool }},
	{"provider", func(_ *query.Trace, s *query.SpanSummary) string { return s.Provider }},
	{"model", func(_ *query.Trace, s *query.SpanSummary) string { return s.Model }},
	{"input_tokens", tokensColumn(func(t *query.Tokens) int64 { return t.Input })},
	{"output_tokens", tokensColumn(func(t *query.Tokens) int64 { return t.Output })},
	{"cache_read_tokens", tokensColumn(func(t *query.Tokens) int64 { return t.CacheRead })},
	{"cache_write_tokens", tokensColumn(func(t *query.Tokens) int64 { return t.CacheWrite })},
	{"reasoning_tokens", tokensColumn(func(t *query.Tokens) int64 { return t.Reasoning })},
	{"counted", func(_ *query.Trace, s *query.SpanSummary) string { return strconv.FormatBool(s.Counted) }},
	{"cost_usd", func(_ *query.Trace, s *query.SpanSummary) string {
		if s.USD == nil {
			return ""
		}
		return strconv.FormatFloat(*s.USD, 'f', -1, 64)
	}},
	{"cost_status", func(_ *query.Trace, s *query.SpanSummary) string { return s.CostStatus }},
	{"session", func(t *query.Trace, _ *query.SpanSummary) string { return t.Session }},
	{"user", func(t *query.Trace, _ *query.SpanSummary) string { return t.User }},
}

func tokensColumn(of func(*query.Tokens) int64) func(*query.Trace, *query.SpanSummary) string {
	return func(_ *query.Trace, s *query.SpanSummary) string {
		if s.Tokens == nil {
			return ""
		}
		return strconv.FormatInt(of(s.Tokens), 10)
	}
}

// csvWriter writes a row a span.
type csvWriter struct {
	out   *csv.Writer
	begun bool
}

func (w *csvWriter) write(ctx context.Context, s query.Source, t *query.TraceSummary) error {
	trace, err := s.Trace(ctx, t.TraceID)
	if err != nil {
		return err
	}
	w.head()
	row := make([]string, len(csvColumns))
	for i := range trace.Spans {
		for j, c := range csvColumns {
			row[j] = harmless(c.value(trace, &trace.Spans[i]))
		}
		if err := w.out.Write(row); err != nil {
			return err
		}
	}
	return nil
}

func (w *csvWriter) head() {
	if w.begun {
		return
	}
	w.begun = true
	heads := make([]string, len(csvColumns))
	for i, c := range csvColumns {
		heads[i] = c.head
	}
	_ = w.out.Write(heads) // its error is Flush's
}

// harmless keeps a spreadsheet from taking a text, or what stands behind a separator in it
// where the spreadsheet separates by another one, for a formula
// (https://owasp.org/www-community/attacks/CSV_Injection), and a terminal from obeying it.
func harmless(text string) string {
	text = terminal.Plain(text)
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return text
	}
	if strings.HasPrefix(text, "\t") {
		text = "'" + text
	}
	return formula.ReplaceAllString(text, "$1'$2")
}

// formula is what a formula begins with, full-width ones too, where a cell may begin.
var formula = regexp.MustCompile(`(^|[;,|\t\n])([=+@＝＋－＠-])`)

func (w *csvWriter) end() error {
	w.head()
	w.out.Flush()
	return w.out.Error()
}
