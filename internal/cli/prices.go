package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

// NewPricesCommand returns `otelcol-llm prices`, which asks the price lists that llm_cost uses: list, why and diff. It
// starts no collector and opens no connection.
func NewPricesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prices",
		Short: "Show list prices of models, how a price comes about, and how two lists differ",
		Long: `Asks the price lists that the llm_cost processor uses. Prices are US dollars per
million tokens where nothing else is said. Without --at they are those of now.`,
		Example: `  otelcol-llm prices list --provider anthropic
  otelcol-llm prices why openai gpt-5 --tokens input=12000,cache_read=8000,output=900
  otelcol-llm prices diff embedded embedded+prices.yaml`,
		Args: cobra.NoArgs,
		// Without a function of its own cobra would answer a misspelt sub-command with the help and no error.
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPricesListCommand(), newPricesWhyCommand(), newPricesDiffCommand())
	return cmd
}

const (
	atUsage         = "the time that prices are asked for: a date, midnight UTC, or a time such as 2026-09-10T04:00:00Z (default now)"
	pricesFileUsage = "price list of your own on top of the embedded ones, as prices_file of llm_cost"
)

// instant reads the --at flag.
func instant(text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("--at: %q is neither a date such as 2026-09-10 nor a time such as 2026-09-10T04:00:00Z", text)
	}
	return t, nil
}

// openPrices builds the catalogue of the embedded lists and, when there is one, of a price file.
func openPrices(file string) (*pricing.Catalog, error) {
	store, err := pricing.OpenStore(pricing.StoreConfig{File: file})
	if err != nil {
		return nil, err
	}
	return store.Catalog(), nil
}
