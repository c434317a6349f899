package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter"
)

func main() {
	mastra := flag.Bool("mastra", true, "measure Mastra's filter too; needs Node and npm")
	flag.Parse()
	if err := compare(*mastra); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// group is a part of the set.
type group struct {
	name  string
	cases []redacttest.Case
}

// compare prints the table.
func compare(mastra bool) error {
	groups := []group{
		{"passwords", redacttest.PasswordCases()},
		{"keyed secrets", redacttest.KeyedCases()},
		{"credentials", redacttest.CredentialCases()},
		{"tokens", redacttest.TokenCases()},
		{"personal data", redacttest.PersonalCases()},
		{"harmless", redacttest.HarmlessCases()},
	}
	var texts []string
	for _, g := range groups {
		for _, c := range g.cases {
			texts = append(texts, c.Text)
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\t")
	for _, g := range groups {
		fmt.Fprintf(w, "%s (%d)\t", g.name, len(g.cases))
	}
	fmt.Fprintln(w)
	row := func(name string, out []string) {
		fmt.Fprintf(w, "%s\t", name)
		for _, g := range groups {
			n := 0
			for i, c := range g.cases {
				if c.Value != "" && !strings.Contains(out[i], c.Value) || c.Value == "" && out[i] != c.Text {
					n++
				}
			}
			out = out[len(g.cases):]
			fmt.Fprintf(w, "%.1f %%\t", 100*float64(n)/float64(len(g.cases)))
		}
		fmt.Fprintln(w)
	}
	ours, err := filterAll(sensitivefilter.NewFactory(), defaultConfig(), texts)
	if err != nil {
		return err
	}
	row("sensitive_filter", ours)
	contrib, err := filterAll(redactionprocessor.NewFactory(), contribConfig(), texts)
	if err != nil {
		return err
	}
	row("redaction, twenty expressions", contrib)
	if mastra {
		out, err := mastraAll(texts)
		if err != nil {
			fmt.Fprintf(os.Stderr, "Mastra's filter is left out: %v\n", err)
		} else {
			row("Mastra's SensitiveDataFilter", out)
		}
	}
	fmt.Fprintln(w, "share removed; for harmless texts the share changed\t")
	return w.Flush()
}
