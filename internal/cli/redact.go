package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter"
)

// redactFlags are the flags of `otelcol-llm redact`.
type redactFlags struct {
	options  string
	name     string
	key      string
	lines    bool
	exitZero bool
}

// NewRedactCommand returns `otelcol-llm redact`, which shows what the options of sensitive_filter make of a text.
func NewRedactCommand() *cobra.Command {
	var flags redactFlags
	cmd := &cobra.Command{
		Use:   "redact [file]",
		Short: "Show what the options of sensitive_filter make of a text",
		Long: `Reads a text from the file, or from standard input without one, and writes it to standard output as sensitive_filter would pass it on.
The number of findings goes to standard error, by rule. The exit code is 0 when there is none, and 1 when there is one or when the text or the options cannot be read.

The options are those of the processor, in YAML: the block below its name, or a whole configuration of the collector.`,
		Example: `  otelcol-llm redact prompt.txt
  otelcol-llm redact --options config.yaml --name sensitive_filter/strict < prompt.txt
  otelcol-llm redact --options 'yaml:presets: [secrets]' --key http.request.header.authorization <<< 'Bearer abc'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			return runRedact(cmd, args, &flags)
		},
	}
	cmd.Flags().StringVar(&flags.options, "options", "", "YAML file with the options, or a URI such as 'yaml:mode: audit' (default: those of an empty block)")
	cmd.Flags().StringVar(&flags.name, "name", "sensitive_filter", "name of the processor, where the options are a whole configuration")
	cmd.Flags().StringVar(&flags.key, "key", "", "name of the attribute that the text is the value of")
	cmd.Flags().BoolVar(&flags.lines, "lines", false, "take each line as a value of its own")
	cmd.Flags().BoolVar(&flags.exitZero, "exit-zero", false, "exit with 0 when there are findings, too")
	return cmd
}

func runRedact(cmd *cobra.Command, args []string, flags *redactFlags) error {
	cfg, err := redactConfig(cmd.Context(), flags)
	if err != nil {
		return err
	}
	redactor, err := redact.New(cfg.Options())
	if err != nil {
		return err
	}
	text, err := redactInput(cmd.InOrStdin(), args)
	if err != nil {
		return err
	}
	values := []string{text}
	if flags.lines {
		values = strings.SplitAfter(text, "\n")
	}
	session := redactor.Session()
	defer session.Close()
	counts := make([]int, redactor.NumRules())
	session.CountInto(counts)
	if cfg.Mode == "audit" {
		session.Audit()
	}
	session.In(redactor.Scope([16]byte{}))
	session.Remember()
	key := session.Path(flags.key, "", flags.key)
	redactLines(values, func(line string) (string, bool) { return session.String(key, line) })
	if session.Repeats() {
		redactLines(values, func(line string) (string, bool) { return session.Repeated(key, line) })
	}
	for _, value := range values {
		if _, err := io.WriteString(cmd.OutOrStdout(), value); err != nil {
			return err
		}
	}
	total := printFindings(cmd.ErrOrStderr(), redactor, counts)
	if total > 0 && !flags.exitZero {
		return fmt.Errorf("%d sensitive %s found", total, plural(total, "text", "texts"))
	}
	return nil
}

// redactLines replaces each value by what redact makes of it. The line break at its end is the file's, not the value's.
func redactLines(values []string, redact func(string) (string, bool)) {
	for i, value := range values {
		line, cut := strings.CutSuffix(value, "\n")
		values[i], _ = redact(line)
		if cut {
			values[i] += "\n"
		}
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// printFindings writes the number of findings by rule, most first, and returns their sum.
func printFindings(w io.Writer, redactor *redact.Redactor, counts []int) (total int) {
	byRule := map[string]int{}
	for i, n := range counts {
		if n > 0 {
			byRule[redactor.RuleID(i)] = n
			total += n
		}
	}
	rules := slices.SortedFunc(maps.Keys(byRule), func(a, b string) int {
		return cmp.Or(cmp.Compare(byRule[b], byRule[a]), strings.Compare(a, b))
	})
	for _, rule := range rules {
		fmt.Fprintf(w, "%6d  %s\n", byRule[rule], rule)
	}
	return total
}

// maxRedactInput bounds the text that is read into memory.
const maxRedactInput = 256 << 20

func redactInput(stdin io.Reader, args []string) (string, error) {
	in := stdin
	if len(args) > 0 {
		f, err := os.Open(args[0])
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxRedactInput+1))
	if err != nil {
		return "", err
	}
	if len(raw) > maxRedactInput {
		return "", fmt.Errorf("the text is longer than %d MiB", maxRedactInput>>20)
	}
	return string(raw), nil
}

// redactConfig reads the options that the flags name.
func redactConfig(ctx context.Context, flags *redactFlags) (*sensitivefilter.Config, error) {
	cfg := sensitivefilter.NewFactory().CreateDefaultConfig().(*sensitivefilter.Config)
	if flags.options == "" {
		return cfg, nil
	}
	uri := flags.options
	if !strings.HasPrefix(uri, "yaml:") && !strings.HasPrefix(uri, "env:") && !strings.HasPrefix(uri, "file:") {
		uri = "file:" + uri
	}
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{uri},
		ProviderFactories: []confmap.ProviderFactory{envprovider.NewFactory(), fileprovider.NewFactory(), yamlprovider.NewFactory()},
		DefaultScheme:     "env",
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = resolver.Shutdown(ctx) }()
	conf, err := resolver.Resolve(ctx)
	if err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	block, err := optionsBlock(conf, flags.name)
	if err != nil {
		return nil, err
	}
	if err := block.Unmarshal(cfg); err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	return cfg, confmap.Validate(cfg)
}

// optionsBlock returns the options of the processor: below processors, below its name, or the whole.
func optionsBlock(conf *confmap.Conf, name string) (*confmap.Conf, error) {
	for _, path := range []string{"processors::" + name, name} {
		if conf.IsSet(path) {
			return conf.Sub(path)
		}
	}
	if conf.IsSet("processors") || conf.IsSet("service") {
		return nil, errors.New("options: the configuration has no processor " + name + "; give its name with --name")
	}
	return conf, nil
}
