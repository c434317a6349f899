package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

func newPricesDiffCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Show how the prices of two lists differ",
		Long: `Shows how the prices of two lists differ at a time: "+" is a model that only B has,
"-" one that only A has, "~" a price or a factor of a service tier that differs.
Names, aliases and overrides are not compared.

A list is one of
  embedded         the lists in this binary
  FILE             a price list that stands alone, such as data/catalog.json of another release
  embedded+FILE    a price list on top of the embedded ones, as prices_file of llm_cost`,
		Example: `  otelcol-llm prices diff embedded embedded+prices.yaml
  otelcol-llm prices diff old/catalog.json new/catalog.json
  otelcol-llm prices diff embedded embedded+prices.yaml --at 2026-12-01`,
		Args: wants("A", "B"),
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := instant(at)
			if err != nil {
				return err
			}
			cmd.SilenceUsage = true
			before, err := readCatalog(args[0])
			if err != nil {
				return err
			}
			after, err := readCatalog(args[1])
			if err != nil {
				return err
			}
			changes := pricing.Diff(before, after, when)
			for _, change := range changes {
				fmt.Fprintln(cmd.OutOrStdout(), change)
			}
			if len(changes) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "no differences")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&at, "at", "", atUsage)
	return cmd
}

const embeddedLists = "embedded"

// readCatalog builds the catalogue that an argument of diff means.
func readCatalog(name string) (*pricing.Catalog, error) {
	if name == embeddedLists {
		return pricing.Embedded()
	}
	if file, ok := strings.CutPrefix(name, embeddedLists+"+"); ok {
		return openPrices(file)
	}
	data, err := os.ReadFile(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	layer, err := pricing.ParseLayer(data, pricing.SourceFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	catalog, err := pricing.Build(layer)
	if err != nil {
		return nil, fmt.Errorf("%s does not stand alone (%w); %s+%s puts it on top of the embedded lists", name, err, embeddedLists, name)
	}
	return catalog, nil
}
