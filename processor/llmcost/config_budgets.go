package llmcost

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// BudgetConfig watches what is spent in a rolling window. It warns; it blocks
// nothing. Each collector knows only what it has seen itself.
type BudgetConfig struct {
	// Name is the budget's name in the metric and the log.
	Name string `mapstructure:"name"`
	// Key says for whom there is a window each: all, tenant, user, agent, session
	// or model.
	Key string `mapstructure:"key"`
	// LimitUSD is the limit of one window in US dollars.
	LimitUSD float64 `mapstructure:"limit_usd"`
	// Period is how long the window is: hour, day or month (30 days).
	Period string `mapstructure:"period"`
	// Thresholds are the shares of the limit at which a warning is logged; 0.8,
	// 0.9 and 1 by default.
	Thresholds []float64 `mapstructure:"thresholds"`
	// MaxKeys is how many windows are kept; 10000 by default. The one that was
	// not used for the longest time goes first.
	MaxKeys int `mapstructure:"max_keys"`

	_ struct{}
}

// budgetPeriods are the lengths of windows.
var budgetPeriods = map[string]time.Duration{"hour": time.Hour, "day": 24 * time.Hour, "month": 30 * 24 * time.Hour}

// defaultThresholds are those of a budget that names none.
var defaultThresholds = []float64{0.8, 0.9, 1}

const defaultBudgetKeys = 10_000

func (c *Config) validateBudgets() error {
	var errs []error
	names := map[string]bool{}
	for i := range c.Budgets {
		b := &c.Budgets[i]
		key := fmt.Sprintf("budgets[%d]", i)
		if b.Name == "" {
			errs = append(errs, fmt.Errorf("%s::name is missing: it is the budget's name in the metric and the log", key))
		}
		if names[b.Name] {
			errs = append(errs, fmt.Errorf("%s::name: there are two budgets named %q", key, b.Name))
		}
		names[b.Name] = true
		errs = append(errs, oneOf(key+"::key", b.Key, budgetKeys...), oneOf(key+"::period", b.Period, "hour", "day", "month"))
		if !(b.LimitUSD > 0) || math.IsInf(b.LimitUSD, 0) {
			errs = append(errs, fmt.Errorf("%s::limit_usd must be a number of US dollars above 0", key))
		}
		for _, threshold := range b.Thresholds {
			if !(threshold > 0) || threshold > 100 {
				errs = append(errs, fmt.Errorf("%s::thresholds: %v is not a share of the limit: use numbers such as 0.8 and 1", key, threshold))
			}
		}
		if !slices.IsSorted(b.Thresholds) {
			errs = append(errs, fmt.Errorf("%s::thresholds must ascend", key))
		}
		errs = append(errs, notNegative(key+"::max_keys", int64(b.MaxKeys), "use a number such as 10000"))
	}
	return errors.Join(errs...)
}
