package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/terminal"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// period is a time that spend knows by name, at a moment.
type period struct {
	name string
	of   func(now time.Time) (since, until time.Time)
}

var periods = []period{
	{"today", func(now time.Time) (time.Time, time.Time) { return midnight(now, 0), time.Time{} }},
	{"yesterday", func(now time.Time) (time.Time, time.Time) { return midnight(now, -1), midnight(now, 0) }},
	{"this-week", func(now time.Time) (time.Time, time.Time) { return monday(now, 0), time.Time{} }},
	{"last-week", func(now time.Time) (time.Time, time.Time) { return monday(now, -7), monday(now, 0) }},
	{"this-month", func(now time.Time) (time.Time, time.Time) { return first(now, 0), time.Time{} }},
	{"last-month", func(now time.Time) (time.Time, time.Time) { return first(now, -1), first(now, 0) }},
	{"all", func(time.Time) (since, until time.Time) { return }},
}

// monday is the one of the week, and some days from it.
func monday(t time.Time, days int) time.Time {
	return midnight(t, days-(int(t.Weekday())+6)%7)
}

func first(t time.Time, months int) time.Time {
	return query.StartOfDay(t.Year(), t.Month()+time.Month(months), 1, t.Location())
}

func periodNames() string {
	names := make([]string, len(periods))
	for i, p := range periods {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}

// spendAnswer is what spend writes as JSON.
type spendAnswer struct {
	*query.Spend
	Since    *time.Time       `json:"since,omitempty"`
	Until    *time.Time       `json:"until,omitempty"`
	Unpriced []query.Unpriced `json:"unpriced"`
}

// NewSpendCommand returns `otelcol-llm spend`.
func NewSpendCommand() *cobra.Command {
	var from reading
	var filter query.SpendFilter
	cmd := &cobra.Command{
		Use:   "spend [PERIOD]",
		Short: "Add up what model calls have cost",
		Long: `Adds up what model calls have cost. The period is ` + periodNames() + `, or
--since and --until; without one it is the last 30 days by day. Days are those of this
machine's zone, or of --zone. The sums are kept when traces are deleted.`,
		Example: `  otelcol-llm spend
  otelcol-llm spend yesterday --by model
  otelcol-llm spend this-month --by user --by model
  otelcol-llm spend --since 2026-11-01 --by day --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := spendPeriod(cmd, args, &filter); err != nil {
				return err
			}
			return answer(cmd, &from,
				func(ctx context.Context, s query.Source) (got spendAnswer, err error) {
					if got.Spend, err = s.Spend(ctx, filter); err != nil {
						return got, err
					}
					got.Since, got.Until = known(filter.Since), known(filter.Until)
					got.Unpriced, err = s.UnpricedModels(ctx, filter)
					return got, err
				},
				func(s *terminal.Screen, got spendAnswer) {
					s.Spend(got.Spend, filter.By)
					s.Unpriced(got.Unpriced)
				})
		},
	}
	from.addFlags(cmd)
	addFilterFlags(cmd, &filter)
	return cmd
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// spendPeriod fills in the time, the zone and what to add up by.
func spendPeriod(cmd *cobra.Command, args []string, f *query.SpendFilter) error {
	if f.Zone == "" {
		f.Zone = localZone()
	}
	zone, err := time.LoadLocation(f.Zone)
	if err != nil {
		return fmt.Errorf("--zone: %q is not a zone; write one as Europe/Berlin or UTC", f.Zone)
	}
	now := time.Now().In(zone)
	flags := cmd.Flags()
	for _, name := range []string{"since", "until"} {
		if given, ok := flags.Lookup(name).Value.(*momentFlag); ok {
			if err := given.in(zone); err != nil {
				return fmt.Errorf("--%s: %w", name, err)
			}
		}
	}
	if len(args) == 0 {
		if !flags.Changed("since") && !flags.Changed("until") {
			f.Since = midnight(now, -29)
			if len(f.By) == 0 {
				f.By = []string{"day"}
			}
		}
		return nil
	}
	if flags.Changed("since") || flags.Changed("until") {
		return fmt.Errorf("spend %s says the time, and so do --since and --until; give one", args[0])
	}
	i := slices.IndexFunc(periods, func(p period) bool { return p.name == args[0] })
	if i < 0 {
		return fmt.Errorf("the period %q is not known; it is %s, or give --since and --until", args[0], periodNames())
	}
	f.Since, f.Until = periods[i].of(now)
	return nil
}
