package query

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

func agent(name string) func(*tracestore.Span) {
	return func(s *tracestore.Span) { s.Facts.Type, s.Facts.AgentName = "agent_run", name }
}

func tool(name, arguments string) func(*tracestore.Span) {
	return func(s *tracestore.Span) {
		s.Facts.Type, s.Facts.ToolName, s.Facts.ArgumentsHash, s.Facts.Preview = "tool_call", name, arguments, "arguments "+arguments
	}
}

func TestAgentsAndTools(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		for n := range 20 { // of 1 to 20 seconds
			s.write(span(n, 100*n+1, 0, 0, agent("planner"), lasting(time.Duration(n+1)*time.Second)), span(n, 100*n+2, 100*n+1, 1, call("m", 1, 1, 1)))
		}
		// An agent below a tool of an agent: a call is below all three, and once below each name.
		s.write(
			span(50, 5001, 0, 0, agent("boss"), failed("boom"), lasting(5*time.Second)),
			span(50, 5002, 5001, 1, call("m", 1, 1, 0.5)),
			span(50, 5003, 5001, 2, tool("delegate", "h"), lasting(time.Second)),
			span(50, 5004, 5003, 3, agent("clerk"), lasting(time.Second)),
			span(50, 5005, 5004, 4, agent("clerk")),
			span(50, 5006, 5005, 5, call("m", 1, 1, 0.25)),
			span(50, 5007, 5005, 5, call("x", 1, 1, 0), unpriced("unknown_model")),
			span(50, 5008, 5001, 6, tool("delegate", "h"), failed("no desk")),
			span(50, 5009, 5001, 7, tool("delegate", "h"), failed("no desk"), service("desk")))
		agents, err := s.Agents(t.Context(), RunFilter{})
		require.NoError(t, err)
		require.Len(t, agents, 3)
		twenty, most, some := 20.0, 0.75, 0.25
		assert.Equal(t, Runs{
			Name: "planner", Service: "shop", Runs: 20, P50US: 10_000_000, P95US: 19_000_000, Cost: Cost{USD: &twenty, Calls: 20},
			Last: noon, TraceID: traceID(19), SpanID: spanID(1901),
		}, agents[0])
		assert.Equal(t, Cost{USD: &some, Calls: 2, Unpriced: 1}, agents[1].Cost)
		assert.Equal(t, []any{"clerk", int64(2)}, []any{agents[1].Name, agents[1].Runs})
		assert.Equal(t, Cost{USD: &most, Calls: 3, Unpriced: 1}, agents[2].Cost)
		assert.Equal(t, []any{int64(1), "boom"}, []any{agents[2].Errors, agents[2].TopError})
		tools, err := s.Tools(t.Context(), RunFilter{})
		require.NoError(t, err)
		require.Len(t, tools, 2)
		assert.Equal(t, []any{"delegate", "shop", int64(2), int64(1), "no desk", spanID(5003)}, []any{tools[0].Name, tools[0].Service, tools[0].Runs, tools[0].Errors, tools[0].TopError, tools[0].SpanID})
		assert.Equal(t, Cost{USD: &some, Calls: 2, Unpriced: 1}, tools[0].Cost)
		assert.Equal(t, Cost{}, tools[1].Cost)
		tools, err = s.Tools(t.Context(), RunFilter{Service: []string{"desk"}})
		require.NoError(t, err)
		assert.Len(t, tools, 1)
		agents, err = s.Agents(t.Context(), RunFilter{Since: noon.Add(time.Second)})
		require.NoError(t, err)
		assert.Empty(t, agents)
		agents, err = s.Agents(t.Context(), RunFilter{Limit: 1})
		require.NoError(t, err)
		assert.Len(t, agents, 1)
	})
}

// TestCallsBelowRunsAreCountedOnce: those of a root are all of its trace, also where a
// parent has not come; a circle of parents ends.
func TestCallsBelowRunsAreCountedOnce(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(
			span(1, 1, 0, 0, agent("boss")), span(1, 2, 1, 1, agent("boss")), span(1, 3, 2, 2, call("m", 1, 1, 0.5)), span(1, 4, 77, 3, call("m", 1, 1, 0.25)),
			span(1, 5, 6, 4, agent("ring")), span(1, 6, 5, 5, tool("turn", "")), span(1, 7, 5, 6, call("m", 1, 1, 2)))
		agents, err := s.Agents(t.Context(), RunFilter{})
		require.NoError(t, err)
		require.Len(t, agents, 2)
		all, ring := 2.75, 2.0
		assert.Equal(t, []any{"boss", int64(2), Cost{USD: &all, Calls: 3}}, []any{agents[0].Name, agents[0].Runs, agents[0].Cost})
		assert.Equal(t, []any{"ring", int64(1), Cost{USD: &ring, Calls: 1}}, []any{agents[1].Name, agents[1].Runs, agents[1].Cost})
		tools, err := s.Tools(t.Context(), RunFilter{})
		require.NoError(t, err)
		require.Len(t, tools, 1)
		assert.Equal(t, Cost{USD: &ring, Calls: 1}, tools[0].Cost)
	})
}

func TestLoops(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(
			span(1, 1, 0, 0, agent("planner"), lasting(time.Minute)),
			span(1, 2, 1, 10, tool("search", "a")), span(1, 3, 1, 20, call("m", 1, 1, 0.5)), span(1, 4, 1, 30, tool("search", "a")),
			span(1, 5, 1, 40, tool("search", "b")), span(1, 6, 1, 50, tool("search", "a")), span(1, 7, 1, 60, call("m", 1, 1, 0.5)), span(1, 8, 1, 70, tool("fetch", "a")),
			// Twice is none, and neither are three in three traces.
			span(2, 21, 0, 0, tool("search", "a")), span(2, 22, 21, 0, tool("search", "a")))
		loops, err := s.Loops(t.Context(), RunFilter{})
		require.NoError(t, err)
		half := 0.5
		assert.Equal(t, []Loop{{
			TraceID: traceID(1), SpanID: spanID(2), Trace: "span 1", Tool: "search", Agent: "planner", Times: 3,
			Arguments: "arguments a", Start: noon.Add(10 * time.Millisecond), USD: &half,
		}}, loops)
		s.write(span(1, 9, 1, 80, tool("search", "a")))
		loops, err = s.Loops(t.Context(), RunFilter{Since: noon.Add(20 * time.Millisecond)})
		require.NoError(t, err)
		require.Len(t, loops, 1)
		assert.Equal(t, []any{int64(3), spanID(4), noon.Add(30 * time.Millisecond)}, []any{loops[0].Times, loops[0].SpanID, loops[0].Start}, "the first that the filter lets through")
		loops, err = s.Loops(t.Context(), RunFilter{Environment: []string{"none"}})
		require.NoError(t, err)
		assert.Empty(t, loops)
	})
}

func TestModelsWithoutAPriceHaveARemedy(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(
			span(1, 1, 0, 0, of("", "ada")),
			span(1, 8, 1, 4, call("gpt-99-nano", 1, 1, 0), unpriced("unknown_model")),
			span(1, 2, 1, 5, call("gpt-99-nano", 1, 1, 0), unpriced("unknown_model")),
			span(1, 3, 1, 6, call("m", 1, 1, 0), unpriced("no_usage")),
			span(1, 4, 1, 7, call("gpt-5", 1, 1, 1)),
			span(1, 5, 1, 7, call("n", 1, 1, 1), func(s *tracestore.Span) { s.Facts.CostStatus = "partial" }),
			span(2, 6, 0, 7, call("house-model", 1, 1, 1), unpriced("unknown_provider"), func(s *tracestore.Span) { s.Facts.Provider = "house" }, service("desk")))
		list, err := s.UnpricedModels(t.Context(), SpendFilter{})
		require.NoError(t, err)
		require.Len(t, list, 4)
		first := list[0]
		assert.Equal(t, []any{"openai", "gpt-99-nano", "unknown_model", int64(2), traceID(1), spanID(2), noon.Add(5 * time.Millisecond)},
			[]any{first.Provider, first.Model, first.Status, first.Calls, first.TraceID, first.SpanID, first.Last})
		for _, u := range list {
			assert.True(t, strings.HasSuffix(u.Reason, "."), u)
			assert.NotEmpty(t, u.Remedy, u)
			if u.Status != "partial" {
				assert.Contains(t, u.RemedyYAML, "llm_cost:", u)
			}
		}
		for name, test := range map[string]struct {
			filter SpendFilter
			want   int
		}{
			"service": {SpendFilter{Service: []string{"desk"}}, 1}, "user of the trace": {SpendFilter{User: []string{"ada"}}, 3},
			"model": {SpendFilter{Model: []string{"n"}}, 1}, "tenant": {SpendFilter{Tenant: []string{"none"}}, 0}, "since": {SpendFilter{Since: noon.Add(6 * time.Millisecond)}, 3},
		} {
			list, err := s.UnpricedModels(t.Context(), test.filter)
			require.NoError(t, err)
			assert.Len(t, list, test.want, name)
		}
	})
}

func TestRedactionsByRule(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		found := func(n int64, attributes, input string) func(*tracestore.Span) {
			return func(s *tracestore.Span) {
				s.Facts.Redactions, s.Attributes, s.Mastra.Input = n, tracestore.JSON(attributes), tracestore.JSON(input)
			}
		}
		s.write(
			span(1, 1, 0, 0, found(3, `{"sensitive_filter.count":3,"sensitive_filter.rules":["pii.email"]}`, "")),
			span(1, 2, 1, 5, found(4, `{"sensitive_filter.rules":["pii.email","pii.phone","secret.key"]}`, `"[REDACTED:pii.email] [REDACTED:pii.email] [REDACTED:pii.phone]"`)),
			span(1, 5, 1, 5, found(9, `{"sensitive_filter.rules":["pii.email","secret.other"],"sensitive_filter.rule_counts":[1,8]}`, `"[REDACTED:pii.email] [REDACTED:pii.email]"`)),
			span(2, 3, 0, 9, found(2, `{"sensitive_filter.count":2}`, "")), span(2, 4, 3, 9))
		list, err := s.Redactions(t.Context(), RunFilter{})
		require.NoError(t, err)
		assert.Equal(t, []Redactions{
			{Rule: "secret.other", Count: 8, Spans: 1, Traces: 1, Last: noon.Add(5 * time.Millisecond)},
			{Rule: "pii.email", Count: 6, Spans: 3, Traces: 1, Last: noon.Add(5 * time.Millisecond)},
			{Rule: "", Count: 2, Spans: 1, Traces: 1, Last: noon.Add(9 * time.Millisecond)},
			{Rule: "pii.phone", Count: 1, Spans: 1, Traces: 1, Last: noon.Add(5 * time.Millisecond)},
			{Rule: "secret.key", Count: 1, Spans: 1, Traces: 1, Last: noon.Add(5 * time.Millisecond)},
		}, list)
		assert.Equal(t, []int{2, 1}, s.list(TraceFilter{Status: []string{"redacted"}}))
	})
}

func TestValuesOfAField(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		for n := range 3 {
			s.write(span(n, 10*n+1, 0, n, of("s1", "ada"), agent("planner")), span(n, 10*n+2, 10*n+1, n, call("gpt-5", 1, 1, 1)), span(n, 10*n+3, 10*n+1, n, call("gpt-5", 1, 1, 1)))
		}
		s.write(span(7, 71, 0, 9, service("desk"), call("claude", 1, 1, 1), func(s *tracestore.Span) {
			s.Attributes = `{"$run":["metadata","mastra.metadata.",0,1],"customer":"acme","n":5,"yes":true,"$$odd":"x"}`
			s.Mastra.Metadata = `{"plan":"gold"}`
		}))
		for name, test := range map[string]struct {
			field, prefix string
			want          []Value
		}{
			"service":        {"service", "", []Value{{"shop", 3}, {"desk", 1}}},
			"model":          {"model", "", []Value{{"gpt-5", 3}, {"claude", 1}}},
			"prefix":         {"model", "CL", []Value{{"claude", 1}}},
			"no pattern":     {"model", "%", []Value{}},
			"agent":          {"agent", "", []Value{{"planner", 3}}},
			"user":           {"user", "", []Value{{"ada", 3}}},
			"session":        {"session", "", []Value{{"s1", 3}}},
			"tool":           {"tool", "", []Value{}},
			"attribute":      {"attribute:customer", "", []Value{{"acme", 1}}},
			"boolean":        {"attribute:yes", "", []Value{{"true", 1}}},
			"in a column":    {"attribute:mastra.metadata.plan", "", []Value{{"gold", 1}}},
			"of a resource":  {"attribute:team", "", []Value{{"blue", 3}}},
			"names":          {"attribute", "mastra", []Value{{"mastra.metadata.plan", 1}}},
			"resource names": {"attribute", "service", []Value{{"service.name", 4}}},
			"dollar":         {"attribute", "$", []Value{{"$odd", 1}}},
		} {
			got, err := s.Values(t.Context(), test.field, test.prefix, TraceFilter{})
			require.NoError(t, err, name)
			assert.Equal(t, test.want, got, name)
		}
		got, err := s.Values(t.Context(), "model", "", TraceFilter{Service: []string{"desk"}})
		require.NoError(t, err)
		assert.Equal(t, []Value{{"claude", 1}}, got)
		_, err = s.Values(t.Context(), "colour", "", TraceFilter{})
		require.ErrorIs(t, err, ErrInvalid)
	})
}

// TestARecordTellsThePriceOfASpan: a call whose span states no usage and whose log record
// does is listed as unpriced by its record, as it is added up.
func TestARecordTellsThePriceOfASpan(t *testing.T) {
	s := newFilled(t, "file")
	silent := func(s *tracestore.Span) {
		call("silent", 0, 0, 0)(s)
		unpriced("no_usage")(s)
		s.Facts.InputTokens, s.Facts.OutputTokens = tracestore.Count{}, tracestore.Count{}
	}
	s.write(span(1, 1, 0, 0, silent), span(2, 2, 0, 0, silent), span(3, 3, 0, 0, silent))
	var records []tracestore.Log
	for n, facts := range map[int]tracestore.Facts{
		1: {Provider: "anthropic", Model: "known", Cost: tracestore.Measured(2), CostStatus: "reported"},
		2: {Provider: "anthropic", Model: "new", CostStatus: "unknown_model"},
	} {
		facts.InputTokens, facts.OutputTokens, facts.Accounting = tracestore.Tokens(7), tracestore.Tokens(1), tracestore.ModelCall
		records = append(records, tracestore.Log{
			Key: traceID(n), TraceID: traceID(n), SpanID: spanID(n), TimeNanos: uint64(noon.UnixNano()), Call: facts,
			Resource: &tracestore.Resource{Attributes: "{}", ServiceName: "shop"}, Scope: &tracestore.Scope{},
		})
	}
	_, err := s.writer.WriteLogs(t.Context(), records)
	require.NoError(t, err)
	list, err := s.UnpricedModels(t.Context(), SpendFilter{})
	require.NoError(t, err)
	got := map[string]int64{}
	for _, u := range list {
		got[u.Model+" "+u.Status] = u.Calls
	}
	assert.Equal(t, map[string]int64{"silent no_usage": 1, "new unknown_model": 1}, got)
	spend, err := s.Spend(t.Context(), SpendFilter{})
	require.NoError(t, err)
	assert.EqualValues(t, 3, spend.Total.Cost.Calls)
	assert.EqualValues(t, 2, spend.Total.Cost.Unpriced)
}
