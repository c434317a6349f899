package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

func newPricesListCommand() *cobra.Command {
	var (
		provider, at, file string
		asJSON             bool
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List every model with its price",
		Long: `Lists every model of the price lists with the price that holds at a time, sorted by
provider and model. The last column has what does not fit the others: prices of
audio, images and searches, and those for a long context.`,
		Example: `  otelcol-llm prices list
  otelcol-llm prices list --provider gcp.gemini --at 2027-01-01
  otelcol-llm prices list --json | jq '.[] | select(.free)'`,
		Args: wants(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			when, err := instant(at)
			if err != nil {
				return err
			}
			cmd.SilenceUsage = true
			catalog, err := openPrices(file)
			if err != nil {
				return err
			}
			models := catalog.List(provider, when)
			if len(models) == 0 {
				return fmt.Errorf("no prices are known for the provider %q; the list without --provider has every one", provider)
			}
			if asJSON {
				return writeModelsJSON(cmd.OutOrStdout(), models)
			}
			return writeModels(cmd.OutOrStdout(), models)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&provider, "provider", "", "only this provider, in any spelling that spans use")
	flags.StringVar(&at, "at", "", atUsage)
	flags.BoolVar(&asJSON, "json", false, "write JSON, with names, dates and sources")
	flags.StringVar(&file, "prices-file", "", pricesFileUsage)
	return cmd
}

// columns are the prices that most models have; a column each.
var columns = [...]pricing.Bucket{pricing.Input, pricing.Output, pricing.CacheRead, pricing.CacheWrite}

func writeModels(w io.Writer, models []pricing.ModelPrice) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "PROVIDER\tMODEL")
	for _, b := range columns {
		fmt.Fprint(table, "\t", strings.ToUpper(b.String()))
	}
	fmt.Fprintln(table, "\tOTHER")
	for i := range models {
		m := &models[i]
		fmt.Fprint(table, m.Provider, "\t", m.Model)
		for _, b := range columns {
			fmt.Fprint(table, "\t", price(m, b))
		}
		fmt.Fprint(table, "\t", others(m), "\n")
	}
	return table.Flush()
}

func price(m *pricing.ModelPrice, b pricing.Bucket) string {
	switch {
	case m.Free:
		return "free"
	case m.Record == nil || !m.Record.Rates[b].Listed():
		return "-"
	default:
		return m.Record.Rates[b].Text()
	}
}

func others(m *pricing.ModelPrice) string {
	switch {
	case m.Free:
		return ""
	case m.Record == nil:
		return "no price at this time"
	}
	rest := m.Record.Rates
	for _, b := range columns {
		rest[b] = pricing.Rate{}
	}
	var parts []string
	if text := rest.String(); text != "" {
		parts = append(parts, text)
	}
	for i := range m.Record.Above {
		step := &m.Record.Above[i]
		parts = append(parts, fmt.Sprintf("above %d: %s", step.Tokens, &step.Rates))
	}
	return strings.Join(parts, "; ")
}

// modelJSON is one element of the output of `prices list --json`. Prices are numbers as they were published.
type modelJSON struct {
	Provider string                 `json:"provider"`
	Model    string                 `json:"model"`
	Names    []string               `json:"names"`
	Free     bool                   `json:"free,omitempty"`
	Prices   map[string]json.Number `json:"prices,omitempty"`
	Above    []stepJSON             `json:"above,omitempty"`
	From     *time.Time             `json:"from,omitempty"`
	To       *time.Time             `json:"to,omitempty"`
	Window   string                 `json:"window,omitempty"`
	List     string                 `json:"list,omitempty"`
	Version  string                 `json:"version,omitempty"`
	Source   string                 `json:"source,omitempty"`
	Date     string                 `json:"date,omitempty"`
}

type stepJSON struct {
	Tokens int64                  `json:"tokens"`
	Prices map[string]json.Number `json:"prices"`
}

func writeModelsJSON(w io.Writer, models []pricing.ModelPrice) error {
	out := make([]modelJSON, 0, len(models))
	for i := range models {
		m := &models[i]
		item := modelJSON{Provider: m.Provider, Model: m.Model, Names: m.Names, Free: m.Free}
		if r := m.Record; r != nil {
			item.Prices = pricesJSON(&r.Rates)
			for j := range r.Above {
				item.Above = append(item.Above, stepJSON{Tokens: r.Above[j].Tokens, Prices: pricesJSON(&r.Above[j].Rates)})
			}
			item.From, item.To, item.Window = timeJSON(r.From), timeJSON(r.Until), r.Hours.String()
			item.List, item.Version, item.Source, item.Date = r.Layer.String(), r.Version, r.Origin, r.Date
		}
		out = append(out, item)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

func timeJSON(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func pricesJSON(rates *pricing.RateSet) map[string]json.Number {
	out := map[string]json.Number{}
	for b := range pricing.NumBuckets {
		if rates[b].Listed() {
			out[b.String()] = json.Number(rates[b].Text())
		}
	}
	return out
}
