package llmcost

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

func testBudget(t *testing.T, config BudgetConfig) (*budget, *observer.ObservedLogs) {
	t.Helper()
	telemetry, err := metadata.NewTelemetryBuilder(componenttest.NewNopTelemetrySettings())
	require.NoError(t, err)
	core, logs := observer.New(zap.WarnLevel)
	return newBudget(config, zap.New(core), telemetry), logs
}

func TestABudgetWarnsOncePerThresholdAndAgainWhenItWasBelow(t *testing.T) {
	b, logs := testBudget(t, BudgetConfig{Name: "team", Key: "tenant", LimitUSD: 10, Period: "hour"})
	now := at
	spend := func(dollars float64) int {
		before := logs.Len()
		b.spend(t.Context(), "acme", dollars, now, now)
		return logs.Len() - before
	}
	assert.Equal(t, 0, spend(7.9))
	assert.Equal(t, 1, spend(0.1), "8 of 10")
	assert.Equal(t, 0, spend(0.1))
	assert.Equal(t, 2, spend(5), "9 and 10 at once")
	assert.InDelta(t, 1.31, b.used(now), 1e-9)
	now = now.Add(61 * time.Minute)
	assert.Zero(t, b.used(now), "the window has moved on")
	assert.Equal(t, 1, spend(8), "and warns again")
}

func TestAWindowRolls(t *testing.T) {
	b, _ := testBudget(t, BudgetConfig{Name: "d", Key: "all", LimitUSD: 1, Period: "hour"})
	for minute := range 90 {
		now := at.Add(time.Duration(minute) * time.Minute)
		b.spend(t.Context(), "all", 0.01, now, now)
		assert.InDelta(t, 0.01*float64(min(minute+1, 60)), b.used(now), 1e-9, "minute %d", minute)
	}
}

func TestACallCountsAtItsOwnTime(t *testing.T) {
	b, _ := testBudget(t, BudgetConfig{Name: "d", Key: "all", LimitUSD: 1, Period: "hour"})
	b.spend(t.Context(), "all", 0.5, at.Add(-2*time.Hour), at)
	assert.Zero(t, b.used(at), "older than the window")
	b.spend(t.Context(), "all", 0.5, at.Add(-30*time.Minute), at)
	assert.InDelta(t, 0.5, b.used(at), 1e-9)
	assert.Zero(t, b.used(at.Add(31*time.Minute)), "it leaves the window with its own time")
	b.spend(t.Context(), "all", 0.25, at.Add(24*time.Hour), at.Add(time.Hour))
	assert.InDelta(t, 0.25, b.used(at.Add(time.Hour)), 1e-9, "a clock that is ahead counts now")
}

func TestABudgetKeepsNoMoreThanItsKeys(t *testing.T) {
	b, _ := testBudget(t, BudgetConfig{Name: "u", Key: "user", LimitUSD: 1, Period: "day", MaxKeys: 3})
	for i := range 10 {
		b.spend(t.Context(), fmt.Sprint("user-", i), 0.1, at, at)
		b.spend(t.Context(), "always", 0.01, at, at)
	}
	assert.Len(t, b.windows, 3)
	assert.Contains(t, b.windows, "always")
	assert.Contains(t, b.windows, "user-9")
}

func TestBudgetsSeeWhatIsPriced(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(t.Context())) }()
	set := processortest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = telemetry.NewTelemetrySettings()
	cfg := createDefaultConfig().(*Config)
	for _, key := range budgetKeys {
		cfg.Budgets = append(cfg.Budgets, BudgetConfig{Name: key, Key: key, LimitUSD: 0.0001, Period: "hour"})
	}
	require.NoError(t, cfg.Validate())
	p, err := NewFactory().CreateTraces(t.Context(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)
	traces := oneSpan(t, "x", call("openai", "gpt-4o-mini", map[string]any{
		"tenant.id": "acme", "user.id": "u", "gen_ai.agent.name": "a", "gen_ai.conversation.id": "c",
	}))
	traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	require.NoError(t, p.ConsumeTraces(t.Context(), traces))
	crossings := sums(t, telemetry, "otelcol_processor_llm_cost_budget_crossings", "budget")
	for _, key := range budgetKeys {
		assert.EqualValues(t, 3, crossings[key], key)
	}
	require.NoError(t, p.Shutdown(t.Context()))
}

// TestABudgetCountsACallOnce: a client that is told to send again sends the same
// spans and log records again, in whatever batches.
func TestABudgetCountsACallOnce(t *testing.T) {
	now := time.Now()
	// gpt-4o-mini: 1,000 × 0.15 + 100 × 0.60 = 210 millionths a call.
	const each, limit = 0.00021, 1.0
	engineOf := func(t *testing.T) *engine {
		t.Helper()
		cfg := createDefaultConfig().(*Config)
		cfg.Budgets = []BudgetConfig{{Name: "all", Key: "all", LimitUSD: limit, Period: "day"}}
		require.NoError(t, cfg.Validate())
		e, err := newEngine(processortest.NewNopSettings(metadata.Type), cfg)
		require.NoError(t, err)
		leave := e.join()
		t.Cleanup(func() { assert.NoError(t, leave(context.Background())) })
		return e
	}
	attributes := call("openai", "gpt-4o-mini", nil)
	t.Run("spans", func(t *testing.T) {
		e := engineOf(t)
		for _, ids := range [][]byte{{1, 2}, {1, 2}, {2, 3}, {0}, {0}} {
			traces := oneSpan(t, "x", attributes)
			spans := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			spans.RemoveIf(func(ptrace.Span) bool { return true })
			for _, id := range ids {
				addSpan(t, spans, id, 0, attributes).SetStartTimestamp(pcommon.NewTimestampFromTime(now))
			}
			_, err := e.processTraces(t.Context(), zap.NewNop(), traces)
			require.NoError(t, err)
		}
		assert.InDelta(t, 5*each, e.budgets[0].used(now), 1e-12, "three spans, and two that nothing tells apart")
	})
	t.Run("records", func(t *testing.T) {
		e := engineOf(t)
		for _, second := range []int{1, 1, 2, 0, 0} {
			logs := plog.NewLogs()
			record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			require.NoError(t, record.Attributes().FromRaw(attributes))
			record.SetTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Duration(-second) * time.Second)))
			_, err := e.processLogs(t.Context(), zap.NewNop(), logs)
			require.NoError(t, err)
		}
		assert.InDelta(t, 3*each, e.budgets[0].used(now), 1e-12)
	})
}

func TestBudgetsThatAreWrongAreNamed(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Budgets = []BudgetConfig{
		{Key: "planet", Period: "year", LimitUSD: -1, Thresholds: []float64{1, 0.5, -1}},
		{Name: "a", Key: "all", Period: "day", LimitUSD: 1},
		{Name: "a", Key: "all", Period: "day", LimitUSD: 1},
	}
	err := cfg.Validate()
	for _, want := range []string{
		"budgets[0]::name is missing", "budgets[0]::key", "budgets[0]::period", "budgets[0]::limit_usd", "budgets[0]::thresholds", `two budgets named "a"`,
	} {
		assert.ErrorContains(t, err, want)
	}
}
