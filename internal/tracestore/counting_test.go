package tracestore

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// answer names the response of a call.
func answer(id string) func(*Span) { return func(s *Span) { s.Facts.ResponseID = id } }

// charged makes a call one with its provider's charge.
func charged(cost float64) func(*Span) {
	return func(s *Span) {
		s.Facts.Accounting, s.Facts.CostStatus, s.Facts.Cost = ChargedCall, "reported", Measured(cost)
	}
}

func withoutUsage(s *Span) {
	s.Facts.InputTokens, s.Facts.OutputTokens, s.Facts.Cost, s.Facts.CostStatus = Count{}, Count{}, Amount{}, "no_usage"
}

func ofKind(kind int32) func(*Span) { return func(s *Span) { s.Kind = kind } }

// countingStores are stores that many cases share, each with traces of its own.
type countingStores struct {
	stores map[string]*testStore
	used   int
}

func openCountingStores(t *testing.T) *countingStores {
	t.Helper()
	c := &countingStores{stores: map[string]*testStore{}}
	for name, open := range engines {
		c.stores[name] = open(t)
	}
	return c
}

// copied returns the spans in an order, of traces that are not used yet. The
// first is now trace n, a second one n+1.
func (c *countingStores) copied(spans []Span, order []int) (copied []Span, n int) {
	n = 1 + c.used
	c.used += 2
	for _, i := range order {
		span := spans[i]
		if span.TraceID == traceID(1) {
			span.TraceID = traceID(n)
		} else {
			span.TraceID = traceID(n + 1)
		}
		copied = append(copied, span)
	}
	return copied, n
}

// inEveryOrder calls test with the spans in one write and, one by one, in every
// order, as trace n.
func (c *countingStores) inEveryOrder(t *testing.T, spans []Span, test func(t *testing.T, s *testStore, spans []Span, n int)) {
	t.Helper()
	orders := permutations(len(spans))
	for name, s := range c.stores {
		t.Run("in one write/"+name, func(t *testing.T) {
			copied, n := c.copied(spans, orders[0])
			s.write(copied...)
			test(t, s, copied, n)
		})
	}
	if underRace {
		orders = orders[len(orders)-1:]
	}
	for _, order := range orders {
		t.Run("in the order "+strings.Trim(fmt.Sprint(order), "[]"), func(t *testing.T) {
			copied, n := c.copied(spans, order)
			for _, span := range copied {
				c.stores["file"].write(span)
			}
			test(t, c.stores["file"], copied, n)
		})
	}
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, rest := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(rest), at, n-1))
		}
	}
	return all
}

func TestACallThatSeveralSpansTellIsCountedOnce(t *testing.T) {
	stores := openCountingStores(t)
	for name, test := range map[string]struct {
		spans []Span
		want  Totals
	}{
		"a call around a call": {
			[]Span{newSpan(1, 1, 0, 0, call(100, 10, 0.5)), newSpan(1, 2, 1, 1, call(100, 10, 0.25))},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.25)},
		},
		"a span between them": {
			[]Span{newSpan(1, 1, 0, 0, call(100, 10, 0.5)), newSpan(1, 2, 1, 1), newSpan(1, 3, 2, 2, call(100, 10, 0.25))},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.25)},
		},
		"a tool between them": {
			[]Span{newSpan(1, 1, 0, 0, call(100, 10, 0.5)), newSpan(1, 2, 1, 1, typed("tool_call")), newSpan(1, 3, 2, 2, call(70, 7, 0.25))},
			Totals{ModelCalls: 2, InputTokens: 170, OutputTokens: 17, Cost: Measured(0.75)},
		},
		"a tool between a call and what may sum it up": {
			[]Span{
				newSpan(1, 1, 0, 0, call(170, 17, 0.5), func(s *Span) { s.Facts.Type, s.Facts.Accounting = "generic", StatesUsage }),
				newSpan(1, 2, 1, 1, typed("tool_call")), newSpan(1, 3, 2, 2, call(170, 17, 0.25)),
			},
			Totals{ModelCalls: 1, InputTokens: 170, OutputTokens: 17, Cost: Measured(0.25)},
		},
		"two calls below one": {
			[]Span{newSpan(1, 1, 0, 0, call(150, 15, 0.75)), newSpan(1, 2, 1, 1, call(100, 10, 0.5)), newSpan(1, 3, 1, 2, call(50, 5, 0.25))},
			Totals{ModelCalls: 2, InputTokens: 150, OutputTokens: 15, Cost: Measured(0.75)},
		},
		"what llm_cost has ruled out repeats nothing": {
			[]Span{newSpan(1, 1, 0, 0, call(100, 10, 0.5)), newSpan(1, 2, 1, 1, call(100, 10, 0), func(s *Span) { s.Facts.Accounting, s.Facts.CostStatus = NotCounted, "duplicate" })},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.5)},
		},
		"the outer states no usage": {
			[]Span{newSpan(1, 1, 0, 0, call(1, 1, 0), withoutUsage), newSpan(1, 2, 1, 1, call(100, 10, 0.25))},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.25)},
		},
		"the inner states no usage": {
			[]Span{newSpan(1, 1, 0, 0, call(100, 10, 0.25)), newSpan(1, 2, 1, 1), newSpan(1, 3, 2, 2, call(1, 1, 0), withoutUsage)},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.25)},
		},
		"neither states usage": {
			[]Span{newSpan(1, 1, 0, 0, call(1, 1, 0), withoutUsage), newSpan(1, 2, 1, 1, call(1, 1, 0), withoutUsage)},
			Totals{ModelCalls: 1, UnpricedCalls: 1},
		},
		"one answer, client and gateway side by side": {
			[]Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 1, call(100, 10, 0.5), answer("a"), ofKind(3)), newSpan(1, 3, 1, 2, call(100, 10, 0.25), answer("a"))},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.5)},
		},
		"one answer, the later of two alike": {
			[]Span{newSpan(1, 2, 1, 1, call(100, 10, 0.5), answer("a")), newSpan(1, 3, 1, 2, call(100, 10, 0.25), answer("a"))},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.25)},
		},
		"one answer, a charge is worth more than a place in the tree": {
			[]Span{newSpan(1, 1, 0, 0, call(100, 10, 0), charged(0.75), answer("a")), newSpan(1, 2, 1, 1, call(100, 10, 0.25), answer("a"), ofKind(3))},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.75)},
		},
		"one answer, the client around the gateway": {
			[]Span{newSpan(1, 1, 0, 0, call(100, 10, 0.5), answer("a"), ofKind(3)), newSpan(1, 2, 1, 1, call(100, 10, 0.25), answer("a"))},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.25)},
		},
		"two answers": {
			[]Span{newSpan(1, 2, 1, 1, call(100, 10, 0.5), answer("a")), newSpan(1, 3, 1, 2, call(100, 10, 0.25), answer("b"))},
			Totals{ModelCalls: 2, InputTokens: 200, OutputTokens: 20, Cost: Measured(0.75)},
		},
		"one answer in two traces": {
			[]Span{newSpan(1, 2, 1, 1, call(100, 10, 0.5), answer("a")), newSpan(2, 3, 1, 2, call(100, 10, 0.25), answer("a"))},
			Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.5)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			stores.inEveryOrder(t, test.spans, func(t *testing.T, s *testStore, spans []Span, n int) {
				t.Helper()
				assert.Equal(t, test.want, s.trace(n).Totals)
				s.write(spans...)
				assert.Equal(t, test.want, s.trace(n).Totals, "sent again")
				assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_spans WHERE counted > 1`))
				for _, span := range spans {
					if span.Facts.Cost.Known {
						assert.Equal(t, span.Facts.Cost.V, s.value(`SELECT cost_usd FROM otel_spans WHERE trace_id = ? AND span_id = ?`, span.TraceID, span.SpanID), "its own row keeps its cost")
					}
				}
			})
		})
	}
}

func TestViewsAndTotalsCountACallOnce(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 2, 1, 1, call(100, 10, 0.25)))
			s.write(newSpan(1, 1, 0, 0, call(100, 10, 0.5)))
			want := Totals{ModelCalls: 1, InputTokens: 100, OutputTokens: 10, Cost: Measured(0.25)}
			all := s.totals()
			assert.Equal(t, want, all)
			for _, view := range []string{"traces", "cost_daily", "cost_by_model"} {
				assert.Equal(t, [][]any{{int64(1), 0.25}}, s.rows(`SELECT model_calls, cost_usd FROM `+view), view)
			}
			assert.Equal(t, [][]any{{spanID(2)}}, s.rows(`SELECT span_id FROM llm_calls`))
		})
	}
}

// TestCountingAgreesWithTheRuleOnAnyTree writes random trees in random parts and
// holds what counts against genai.Rollups, which sees each as a whole.
func TestCountingAgreesWithTheRuleOnAnyTree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := openTestStore(t)
	trees := 150
	if underRace {
		trees = 20
	}
	for trace := range trees {
		spans := randomTree(random, trace)
		want := countedByRule(t, spans)
		rest := slices.Clone(spans)
		random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
		for len(rest) > 0 {
			n := 1 + random.IntN(len(rest))
			s.write(rest[:n]...)
			rest = rest[n:]
		}
		var got []string
		for _, row := range s.rows(`SELECT span_id FROM otel_spans WHERE trace_id = ? AND counted = 1`, traceID(trace)) {
			got = append(got, row[0].(string))
		}
		require.ElementsMatch(t, want, got, describe(spans))
		input := int64(0)
		for _, span := range spans {
			if slices.Contains(want, span.SpanID) {
				input += span.Facts.InputTokens.N
			}
		}
		require.EqualValues(t, input, s.value(`SELECT input_tokens FROM otel_traces WHERE trace_id = ?`, traceID(trace)))
	}
}

func randomTree(random *rand.Rand, trace int) []Span {
	var spans []Span
	for i := range 2 + random.IntN(12) {
		parent := 0
		if i > 0 {
			parent = trace*100 + 1 + random.IntN(i)
		}
		s := newSpan(trace, trace*100+1+i, parent, i)
		switch random.IntN(8) {
		case 0, 1, 2:
			call(int64(1+random.IntN(100)), 1, 1)(&s)
		case 3:
			call(int64(1+random.IntN(100)), 1, 1)(&s)
			s.Facts.Type, s.Facts.Accounting = "generic", StatesUsage
		case 4:
			call(1, 1, 1)(&s)
			withoutUsage(&s)
		case 5:
			s.Facts.Type = "tool_call"
		}
		if s.Facts.Accounting == ModelCall && random.IntN(3) == 0 {
			s.Facts.ResponseID = strconv.Itoa(random.IntN(3))
			if random.IntN(3) == 0 {
				charged(2)(&s)
			}
		}
		spans = append(spans, s)
	}
	return spans
}

func describe(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		fmt.Fprintln(&b, s.SpanID, "below", s.ParentSpanID, s.Facts.Type, "accounting", s.Facts.Accounting, "usage", s.Facts.InputTokens.Known, "answer", s.Facts.ResponseID)
	}
	return b.String()
}

// countedByRule is what counts of a whole tree.
func countedByRule(t *testing.T, spans []Span) []string {
	t.Helper()
	var rollups genai.Rollups
	rollups.Reset()
	for _, s := range spans {
		kind := genai.KindOther
		switch {
		case s.Facts.Accounting == ModelCall || s.Facts.Accounting == ChargedCall:
			kind = genai.KindInference
		case s.Facts.Type == "tool_call":
			kind = genai.KindTool
		}
		rollups.AddSpan(pcommon.TraceID{1}, id(t, s.SpanID), id(t, s.ParentSpanID), kind, s.Facts.InputTokens.Known)
	}
	rollups.Resolve()
	repeats := func(s *Span) bool {
		return rollups.Is(pcommon.TraceID{1}, id(t, s.SpanID)) || rollups.Covered(pcommon.TraceID{1}, id(t, s.SpanID))
	}
	answers := map[string][]*Span{}
	var counted []string
	for i := range spans {
		s := &spans[i]
		switch {
		case s.Facts.Accounting == NotCounted:
		case s.Facts.ResponseID != "" && s.Facts.InputTokens.Known:
			answers[s.Facts.ResponseID] = append(answers[s.Facts.ResponseID], s)
		case !repeats(s):
			counted = append(counted, s.SpanID)
		}
	}
	for _, same := range answers {
		best := slices.MinFunc(same, func(a, b *Span) int {
			return cmp.Or(
				-cmp.Compare(a.Facts.Accounting/ChargedCall, b.Facts.Accounting/ChargedCall),
				cmp.Compare(asNumber(repeats(a)), asNumber(repeats(b))),
				-cmp.Compare(a.StartNanos, b.StartNanos),
			)
		})
		if !repeats(best) || best.Facts.Accounting == ChargedCall && len(same) > 1 {
			counted = append(counted, best.SpanID)
		}
	}
	return counted
}

func asNumber(b bool) int {
	if b {
		return 1
	}
	return 0
}

func id(t *testing.T, text string) (id pcommon.SpanID) {
	t.Helper()
	if text == "" {
		return id
	}
	n, err := strconv.ParseUint(text, 16, 64)
	require.NoError(t, err)
	for i := range 8 {
		id[i] = byte(n >> (56 - 8*i))
	}
	return id
}

// TestDeepTracesAreCountedInLinearTime has a call below every span of a chain,
// and counts the steps of the walks: one of its own to the root for each call
// would take 80,000.
func TestDeepTracesAreCountedInLinearTime(t *testing.T) {
	const depth = 400
	s := openTestStore(t)
	spans := make([]Span, 0, 2*depth)
	for i := range depth {
		spans = append(spans, newSpan(1, i+1, i, i), newSpan(1, depth+i+1, i+1, depth+i, call(1, 1, 1)))
	}
	s.write(spans...)
	assert.EqualValues(t, depth, s.trace(1).ModelCalls)
	steps := s.value(counting.Replace(`WITH RECURSIVE`+walkUp+` SELECT count(*) FROM walk`), int64(0)).(int64)
	assert.GreaterOrEqual(t, steps, int64(depth))
	assert.Less(t, steps, int64(5*depth))
}

// TestManyCallsBelowADeepChainAreCoveredInLinearTime counts steps too: one walk of
// its own to the root for each call would take 40,000.
func TestManyCallsBelowADeepChainAreCoveredInLinearTime(t *testing.T) {
	const depth = 200
	s := openTestStore(t)
	spans := []Span{newSpan(1, 1, 0, 0)}
	for i := 1; i < depth; i++ {
		spans = append(spans, newSpan(1, i+1, i, i))
	}
	for i := range depth {
		spans = append(spans, newSpan(1, depth+i+1, depth, depth+i, call(0, 0, 0), withoutUsage))
	}
	s.write(spans...)
	assert.EqualValues(t, depth, s.trace(1).ModelCalls)
	steps := counting.Replace(`WITH RECURSIVE` + cover + ` SELECT (SELECT count(*) FROM up) + (SELECT count(*) FROM below)`)
	assert.EqualValues(t, 2*depth, s.value(steps, int64(0)))
	// A call at the top that states usage covers them all.
	all := newSpan(2, 2000, 0, 0, call(100, 10, 0.5))
	under := []Span{all}
	for _, span := range spans {
		span.TraceID = traceID(2)
		if span.ParentSpanID == "" {
			span.ParentSpanID = all.SpanID
		}
		under = append(under, span)
	}
	s.write(under...)
	assert.EqualValues(t, 1, s.trace(2).ModelCalls)
}
