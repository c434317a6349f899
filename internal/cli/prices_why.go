package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

func newPricesWhyCommand() *cobra.Command {
	var at, tokens, tier, tenant, file string
	cmd := &cobra.Command{
		Use:   "why PROVIDER MODEL",
		Short: "Show the price that applies to a call, where it was read, and the arithmetic",
		Long: `Shows the price record that a call would be charged by, the list and the page it
was read from, and with --tokens the arithmetic. PROVIDER and MODEL are written as
on a span; an empty PROVIDER leaves it to the model. Exits with an error when
llm_cost would know no price.

The counts of --tokens are disjoint: input counts what was neither read from nor
written to a cache, output what is not reasoning. They are
  ` + strings.Join(countKeys[:9], ", ") + `,
  ` + strings.Join(countKeys[9:], ", ") + `.`,
		Example: `  otelcol-llm prices why openai gpt-5
  otelcol-llm prices why anthropic claude-sonnet-4-5 --tokens input=2000,cache_read=150000,cache_write_1h=4000,output=700
  otelcol-llm prices why deepseek deepseek-v4-pro --at 2026-08-18T02:30:00Z --tokens input=1000000
  otelcol-llm prices why azure prod-chat --prices-file prices.yaml --tenant acme --tier batch`,
		Args: wants("PROVIDER", "MODEL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q := pricing.Query{Provider: args[0], RequestModel: args[1], Tenant: tenant, ResponseTier: tier}
			var err error
			if q.Time, err = instant(at); err != nil {
				return err
			}
			if q.Usage, err = parseCounts(tokens); err != nil {
				return err
			}
			if _, known := pricing.ParseTier(tier); !known {
				return fmt.Errorf("--tier: %q is not one of standard, flex, batch, priority, fast", tier)
			}
			cmd.SilenceUsage = true
			catalog, err := openPrices(file)
			if err != nil {
				return err
			}
			e := catalog.Explain(q)
			if e.Reason != pricing.Priced {
				if hint, ok := catalog.Hint(q); ok {
					return fmt.Errorf("%w; to price it, write for llm_cost: %s (%s)", whyNot(&e), hint.Line, hint.Why)
				}
				return whyNot(&e)
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), e)
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&at, "at", "", atUsage)
	flags.StringVar(&tokens, "tokens", "", "what the call used, as count=number separated by commas")
	flags.StringVar(&tier, "tier", "", "service tier that served the call: standard, flex, batch, priority, fast, or as the provider writes it")
	flags.StringVar(&tenant, "tenant", "", "tenant whose own prices apply, see overrides in the price file")
	flags.StringVar(&file, "prices-file", "", pricesFileUsage)
	return cmd
}

// whyNot says in a sentence why there is no price.
func whyNot(e *pricing.Explanation) error {
	provider, model := e.Query.Provider, e.Query.RequestModel
	switch e.Reason {
	case pricing.UnknownProvider:
		if provider == "" {
			return fmt.Errorf("the model %q says nothing about its provider; name the provider", model)
		}
		return fmt.Errorf("no prices are known for the provider %q; see otelcol-llm prices list", provider)
	case pricing.UnknownModel:
		return fmt.Errorf("the provider %s has no price for a model %q; see otelcol-llm prices list --provider %s",
			e.Quote.Provider, model, e.Quote.Provider)
	case pricing.NoPrice:
		return fmt.Errorf("the model %s of %s has no price at %s for what was used",
			e.Quote.Model, e.Quote.Provider, e.Query.Time.UTC().Format(time.RFC3339))
	case pricing.InvalidUsage:
		return errors.New("--tokens: a count is above 2^53, more than any call uses")
	default:
		return fmt.Errorf("no price: %s", e.Reason)
	}
}

// secondsKey is the count of audio that is billed by time. Its price is listed per hour.
const secondsKey = "audio_seconds"

// countKeys are the keys of --tokens, in the order of the buckets.
var countKeys = func() []string {
	var keys []string
	for b := range pricing.NumBuckets {
		if b != pricing.Request {
			keys = append(keys, countKey(b))
		}
	}
	return keys
}()

func countKey(b pricing.Bucket) string {
	if b == pricing.AudioSeconds {
		return secondsKey
	}
	return b.String()
}

// parseCounts reads "input=12000,output=900".
func parseCounts(text string) (pricing.Usage, error) {
	var usage pricing.Usage
	if text == "" {
		return usage, nil
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return usage, fmt.Errorf("--tokens: %q is not a count such as input=12000", part)
		}
		b, ok := countBucket(key)
		if !ok {
			return usage, fmt.Errorf("--tokens: there is no count %q, only %s", key, strings.Join(countKeys, ", "))
		}
		if seen[key] {
			return usage, fmt.Errorf("--tokens: %s is given twice", key)
		}
		seen[key] = true
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return usage, fmt.Errorf("--tokens: %s: %q is not a whole number of at least 0", key, value)
		}
		usage[b] = n
	}
	return usage, nil
}

func countBucket(key string) (pricing.Bucket, bool) {
	for b := range pricing.NumBuckets {
		if b != pricing.Request && countKey(b) == key {
			return b, true
		}
	}
	return 0, false
}
