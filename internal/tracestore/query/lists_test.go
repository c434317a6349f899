package query

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/hrana/hranatest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// noon is when the spans of these tests begin.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// filled is a store with its writer, by which a test writes, and its clock.
type filled struct {
	*Store
	t      *testing.T
	writer *tracestore.Store
	path   string
	clock  atomic.Pointer[time.Time] // the writer's, which it asks at any time
}

// eachKind runs a test on a file and on a server over one.
func eachKind(t *testing.T, test func(s *filled)) {
	t.Helper()
	for _, kind := range []string{"file", "server"} {
		t.Run(kind, func(t *testing.T) { test(newFilled(t, kind)) })
	}
}

func newFilled(t *testing.T, kind string) *filled {
	t.Helper()
	f := &filled{t: t, path: filepath.Join(t.TempDir(), "traces.db")}
	f.clock.Store(new(noon.Add(time.Minute)))
	file := tracestore.DefaultFileOptions(f.path)
	file.Synchronous = "normal"
	writer, err := tracestore.OpenFile(t.Context(), file, tracestore.Options{RootGrace: time.Hour, Now: f.written})
	require.NoError(t, err)
	f.writer = writer
	t.Cleanup(func() { require.NoError(t, writer.Close(context.Background())) })
	if kind == "server" {
		h := hranatest.New(t, f.path)
		u, err := url.Parse(h.URL)
		require.NoError(t, err)
		f.Store = NewServer(hrana.New(hrana.Options{URL: u, HTTP: h.Client()}))
	} else {
		f.Store, err = Open(t.Context(), f.path)
		require.NoError(t, err)
	}
	t.Cleanup(func() { require.NoError(t, f.Store.Close()) })
	f.SetClock(f.written)
	return f
}

func (f *filled) write(spans ...tracestore.Span) {
	f.t.Helper()
	_, err := f.writer.Write(f.t.Context(), spans)
	require.NoError(f.t, err)
}

func traceID(n int) string { return fmt.Sprintf("%032x", 0xa0000+n) }
func spanID(n int) string  { return fmt.Sprintf("%016x", 0xb0000+n) }

// span is one of ten milliseconds that begins so many milliseconds after noon.
func span(trace, id, parent, startMS int, change ...func(*tracestore.Span)) tracestore.Span {
	s := tracestore.Span{
		TraceID: traceID(trace), SpanID: spanID(id), Name: fmt.Sprintf("span %d", id), Kind: 1, StatusCode: 1, Flags: 257,
		StartNanos: uint64(noon.UnixNano() + int64(startMS)*1e6), EndNanos: uint64(noon.UnixNano() + int64(startMS+10)*1e6),
		Resource: &tracestore.Resource{Attributes: `{"service.name":"shop","team":"blue"}`, ServiceName: "shop"}, Scope: &tracestore.Scope{Name: "test"},
		Facts: tracestore.Facts{Type: "generic"},
	}
	if parent != 0 {
		s.ParentSpanID = spanID(parent)
	}
	s.Mastra.Name = s.Name
	for _, f := range change {
		f(&s)
	}
	return s
}

// call makes a span a model call.
func call(model string, in, out int64, usd float64) func(*tracestore.Span) {
	return func(s *tracestore.Span) {
		s.Facts.Type, s.Facts.Provider, s.Facts.Model = "model_inference", "openai", model
		s.Facts.InputTokens, s.Facts.OutputTokens = tracestore.Tokens(in), tracestore.Tokens(out)
		s.Facts.Cost, s.Facts.CostStatus, s.Facts.Accounting = tracestore.Measured(usd), "priced", tracestore.ModelCall
	}
}

// unpriced makes a call one without a price.
func unpriced(status string) func(*tracestore.Span) {
	return func(s *tracestore.Span) { s.Facts.Cost, s.Facts.CostStatus = tracestore.Amount{}, status }
}

func failed(why string) func(*tracestore.Span) {
	return func(s *tracestore.Span) { s.StatusCode, s.StatusMessage = 2, why }
}

// lasting is how long a span takes.
func lasting(d time.Duration) func(*tracestore.Span) {
	return func(s *tracestore.Span) { s.EndNanos = s.StartNanos + uint64(d) }
}

// of names whose a span is.
func of(session, user string) func(*tracestore.Span) {
	return func(s *tracestore.Span) { s.Facts.SessionID, s.Facts.UserID = session, user }
}

func service(name string) func(*tracestore.Span) {
	return func(s *tracestore.Span) {
		s.Resource = &tracestore.Resource{Attributes: tracestore.JSON(`{"service.name":"` + name + `"}`), ServiceName: name}
	}
}

// ids are the numbers of listed traces.
func ids(t *testing.T, traces []TraceSummary) []int {
	t.Helper()
	list := []int{}
	for _, s := range traces {
		var n int
		_, err := fmt.Sscanf(s.TraceID, "%x", &n)
		require.NoError(t, err)
		list = append(list, n-0xa0000)
	}
	return list
}

func (f *filled) list(filter TraceFilter) []int {
	f.t.Helper()
	page, err := f.Traces(f.t.Context(), filter)
	require.NoError(f.t, err)
	return ids(f.t, page.Items)
}

func TestATraceInAListHasItsFigures(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(
			span(1, 1, 0, 0, lasting(time.Second), of("s1", "ada"), func(s *tracestore.Span) { s.Facts.Type, s.Name = "agent_run", "answer" }),
			span(1, 2, 1, 5, call("gpt-5", 100, 10, 0.25)),
			span(1, 3, 1, 6, call("gpt-x", 7, 3, 0), unpriced("unknown_model")),
			span(1, 4, 1, 7, call("llama", 5, 5, 0), func(s *tracestore.Span) { s.Facts.CostStatus = "local" }),
			span(1, 5, 1, 8, failed("no such table"), func(s *tracestore.Span) { s.Facts.Type, s.Facts.ToolName = "tool_call", "sql" }))
		page, err := s.Traces(t.Context(), TraceFilter{})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		got := page.Items[0]
		usd := 0.25
		assert.Equal(t, Cost{USD: &usd, Calls: 3, Unpriced: 1, Local: 1}, got.Cost)
		assert.Equal(t, Tokens{Input: 112, Output: 18}, got.Tokens)
		assert.Equal(t, Ended, got.State)
		assert.Equal(t, []any{"answer", "agent_run", "shop", "s1", "ada"}, []any{got.Name, got.Type, got.Service, got.Session, got.User})
		assert.Equal(t, []int64{1_000_000, 1, 5, 1}, []int64{got.DurationUS, got.Errors, got.Spans, got.ToolCalls})
		assert.False(t, got.Failed)
		assert.Equal(t, noon, got.Start)
		assert.Equal(t, s.written(), got.LastSeen)
		assert.Empty(t, page.Next)
	})
}

// TestPagesAreTheWholeList: whatever the order, and what comes between two pages.
func TestPagesAreTheWholeList(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		for n := range 23 {
			change := []func(*tracestore.Span){lasting(time.Duration(n%5+1) * time.Second)}
			if n%4 != 0 { // some have no cost at all
				change = append(change, call("m", int64(n%3), 1, float64(n%3)))
			}
			if n%7 == 0 {
				change = append(change, failed("x"))
			}
			s.write(span(n, n+1, 0, n/4*1000, change...)) // four begin at once
		}
		for _, order := range []string{"", "latest", "slowest", "cost", "tokens", "errors"} {
			whole := s.list(TraceFilter{Order: order})
			require.Len(t, whole, 23)
			var paged []int
			f := TraceFilter{Order: order, Limit: 4}
			for {
				page, err := s.Traces(t.Context(), f)
				require.NoError(t, err)
				paged = append(paged, ids(t, page.Items)...)
				if f.Cursor = page.Next; f.Cursor == "" {
					break
				}
				require.Len(t, page.Items, 4)
			}
			assert.Equal(t, whole, paged, order)
		}
		assert.Equal(t, []int{22, 21, 20, 19}, s.list(TraceFilter{Limit: 4}))
		first, err := s.Traces(t.Context(), TraceFilter{Limit: 4})
		require.NoError(t, err)
		s.write(span(99, 99, 0, 100_000))
		assert.Equal(t, []int{18, 17}, s.list(TraceFilter{Limit: 2, Cursor: first.Next}), "what comes meanwhile moves nothing")
		for _, other := range []TraceFilter{{Cursor: first.Next, Order: "cost"}, {Cursor: first.Next, Service: []string{"shop"}}, {Cursor: "bad"}, {Cursor: "e30"}, {Order: "best"}, {Status: []string{"bad"}}, {Attributes: []string{"x"}}} {
			_, err := s.Traces(t.Context(), other)
			require.ErrorIs(t, err, ErrInvalid)
		}
	})
}

func TestStates(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		server := func(s *tracestore.Span) { s.Kind = 2 }
		remote := func(s *tracestore.Span) { s.Flags = 0x300 }
		s.write(span(1, 1, 0, 0), span(2, 2, 9, 1), span(3, 3, 9, 2, server), span(4, 4, 9, 3, remote))
		states := func() map[int]State {
			page, err := s.Traces(t.Context(), TraceFilter{})
			require.NoError(t, err)
			all := map[int]State{}
			for i, n := range ids(t, page.Items) {
				all[n] = page.Items[i].State
			}
			for _, state := range []State{Ended, Running, RootMissing, BrokenOff} {
				status, want := string(state), []int{}
				if state == Ended {
					status = "ok"
				}
				for _, n := range ids(t, page.Items) {
					if all[n] == state {
						want = append(want, n)
					}
				}
				assert.Equal(t, want, s.list(TraceFilter{Status: []string{status}}), status)
			}
			return all
		}
		assert.Equal(t, map[int]State{1: Ended, 2: Running, 3: RootMissing, 4: RootMissing}, states())
		page, err := s.Traces(t.Context(), TraceFilter{Status: []string{"running"}})
		require.NoError(t, err)
		assert.Equal(t, "span 2", page.Items[0].Name, "a span stands in for the root")
		s.SetClock(func() time.Time { return s.written().Add(BrokenOffAfter) })
		assert.Equal(t, map[int]State{1: Ended, 2: BrokenOff, 3: RootMissing, 4: RootMissing}, states())
	})
}

func TestFiltersOfTraces(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(
			span(1, 11, 0, 0, service("shop"), lasting(time.Second), of("s1", "ada")),
			span(1, 12, 11, 1, call("gpt-5", 100, 10, 0.5), func(s *tracestore.Span) {
				s.Attributes = `{"customer":"acme","n":5,"x":1.5,"one":1.0,"huge":1e+21,"yes":true,"text":"1.0","big":{"$int":"9007199254740993"},"a\"b":"c"}`
			}),
			span(2, 21, 0, 1000, service("desk"), of("", "bob"), func(s *tracestore.Span) { s.Facts.ConversationID = "c2" }),
			span(2, 22, 21, 1001, failed("teapot broke"), func(s *tracestore.Span) { s.Facts.ToolName, s.Facts.Type = "boil", "tool_call" }),
			span(3, 31, 0, 2000, service("shop"), func(s *tracestore.Span) {
				s.Facts.AgentName = "planner"
				s.Mastra.Input = `{"prompt":"grüße/an 100% alle"}`
				s.Mastra.Metadata = `{"plan":"gold","text":"` + tracestore.JSON(long) + `","seats":5,"share":2.0,"paid":true,"say \"hi\"":"there","a.b":"dot"}`
				s.Attributes = `{"$run":["metadata","mastra.metadata.",0,7],"long":{"$string":"metadata","at":"/text"}}`
			}),
			span(3, 32, 31, 2001, call("gpt-6", 1, 1, 0), unpriced("unknown_model"), of("", "eve")),
			span(3, 33, 31, 2001, of("", "dan")))
		for name, test := range map[string]struct {
			filter TraceFilter
			want   []int
		}{
			"service":           {TraceFilter{Service: []string{"shop"}}, []int{3, 1}},
			"services":          {TraceFilter{Service: []string{"shop", "desk"}}, []int{3, 2, 1}},
			"model":             {TraceFilter{Model: []string{"gpt-5"}}, []int{1}},
			"models":            {TraceFilter{Model: []string{"gpt-5", "gpt-6"}}, []int{3, 1}},
			"provider":          {TraceFilter{Provider: []string{"openai"}}, []int{3, 1}},
			"agent":             {TraceFilter{Agent: []string{"planner"}}, []int{3}},
			"tool":              {TraceFilter{Tool: []string{"boil"}}, []int{2}},
			"user":              {TraceFilter{User: []string{"ada"}}, []int{1}},
			"nobody":            {TraceFilter{User: []string{""}}, []int{}},
			"no session":        {TraceFilter{Session: []string{""}}, []int{3}},
			"none or s1":        {TraceFilter{Session: []string{"", "s1"}}, []int{3, 1}},
			"user of a span":    {TraceFilter{User: []string{"dan"}}, []int{3}},
			"session":           {TraceFilter{Session: []string{"s1"}}, []int{1}},
			"conversation":      {TraceFilter{Session: []string{"c2"}}, []int{2}},
			"name":              {TraceFilter{Name: []string{"span 21"}}, []int{2}},
			"errors":            {TraceFilter{Status: []string{"error"}}, []int{2}},
			"two statuses":      {TraceFilter{Status: []string{"error", "unpriced"}}, []int{3, 2}},
			"ok":                {TraceFilter{Status: []string{"ok"}}, []int{3, 1}},
			"long":              {TraceFilter{MinDuration: time.Second}, []int{1}},
			"short":             {TraceFilter{MaxDuration: 999 * time.Millisecond}, []int{3, 2}},
			"dear":              {TraceFilter{MinCost: 0.5}, []int{1}},
			"cheap":             {TraceFilter{MaxCost: 0.4}, []int{}},
			"tokens":            {TraceFilter{MinTokens: 110}, []int{1}},
			"min errors":        {TraceFilter{MinErrors: 1}, []int{2}},
			"since":             {TraceFilter{Since: noon.Add(time.Second)}, []int{3, 2}},
			"until":             {TraceFilter{Until: noon.Add(time.Second)}, []int{1}},
			"text of an error":  {TraceFilter{Text: "TEAPOT"}, []int{2}},
			"text of a name":    {TraceFilter{Text: "span 12"}, []int{1}},
			"text of an input":  {TraceFilter{Text: "grüße/an 100%"}, []int{3}},
			"no pattern":        {TraceFilter{Text: "100_"}, []int{}},
			"attribute":         {TraceFilter{Attributes: []string{"customer=acme"}}, []int{1}},
			"other value":       {TraceFilter{Attributes: []string{"customer=acm"}}, []int{}},
			"number":            {TraceFilter{Attributes: []string{"n=5", "x=1.5"}}, []int{1}},
			"boolean":           {TraceFilter{Attributes: []string{"yes=true"}}, []int{1}},
			"large number":      {TraceFilter{Attributes: []string{"big=9007199254740993"}}, []int{1}},
			"whole double":      {TraceFilter{Attributes: []string{"one=1", "one=1.0", "one=1e0"}}, []int{1}},
			"huge double":       {TraceFilter{Attributes: []string{"huge=1e+21", "huge=1e21", "huge=1000000000000000000000"}}, []int{1}},
			"integer as double": {TraceFilter{Attributes: []string{"n=5.0"}}, []int{1}},
			"text of a number":  {TraceFilter{Attributes: []string{"text=1"}}, []int{}},
			"near number":       {TraceFilter{Attributes: []string{"n=5.0000001"}}, []int{}},
			"near integer":      {TraceFilter{Attributes: []string{"big=9007199254740992"}}, []int{}},
			"number in column":  {TraceFilter{Attributes: []string{"mastra.metadata.seats=5", "mastra.metadata.share=2"}}, []int{3}},
			"boolean in column": {TraceFilter{Attributes: []string{"mastra.metadata.paid=true"}}, []int{3}},
			"no number there":   {TraceFilter{Attributes: []string{"mastra.metadata.paid=1"}}, []int{}},
			"quotes in column":  {TraceFilter{Attributes: []string{`mastra.metadata.say "hi"=there`, "mastra.metadata.a.b=dot"}}, []int{3}},
			"quotes elsewhere":  {TraceFilter{Attributes: []string{`mastra.metadata."a=b`}}, []int{}},
			"quote in a name":   {TraceFilter{Attributes: []string{`a"b=c`}}, []int{1}},
			"of a resource":     {TraceFilter{Attributes: []string{"service.name=desk"}}, []int{2}},
			"in a column":       {TraceFilter{Attributes: []string{"mastra.metadata.plan=gold"}}, []int{3}},
			"text in a column":  {TraceFilter{Attributes: []string{"long=" + long}}, []int{3}},
			"of no such":        {TraceFilter{Attributes: []string{"mastra.metadata.plan=silver"}}, []int{}},
			"hostile":           {TraceFilter{Service: []string{"' OR 1=1 --"}}, []int{}},
			"several fields":    {TraceFilter{Service: []string{"shop"}, Model: []string{"gpt-6"}, Status: []string{"unpriced"}}, []int{3}},
			"in another order":  {TraceFilter{Service: []string{"shop"}, Order: "cost"}, []int{1, 3}},
			"a page of a field": {TraceFilter{Service: []string{"shop"}, Limit: 1}, []int{3}},
		} {
			assert.Equal(t, test.want, s.list(test.filter), name)
		}
		page, err := s.Traces(t.Context(), TraceFilter{Columns: []string{"mastra.metadata.plan", "long", "team", "none", "service.name"}})
		require.NoError(t, err)
		assert.Equal(t, `"gold"`, string(page.Items[0].Attributes["mastra.metadata.plan"]))
		assert.Equal(t, `"`+long+`"`, string(page.Items[0].Attributes["long"]))
		assert.Equal(t, `"desk"`, string(page.Items[1].Attributes["service.name"]))
		assert.Len(t, page.Items[0].Attributes, 3)
	})
}

const long = "a text that is so long that it stands once only, in the column that has it"

func TestFiguresOfAList(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		empty, err := s.Stats(t.Context(), TraceFilter{}, "")
		require.NoError(t, err)
		assert.Equal(t, TraceStats{Buckets: []StatsBucket{}, Days: []DaySum{}}, empty)
		// Clocks in Berlin go back at 01:00 UTC on 2026-10-25: its day has 25 hours.
		change := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC)
		begin := func(at time.Time, d time.Duration) func(*tracestore.Span) {
			return func(s *tracestore.Span) {
				s.StartNanos = uint64(at.UnixNano())
				s.EndNanos = s.StartNanos + uint64(d)
			}
		}
		s.write(
			span(1, 1, 0, 0, begin(change.Add(-2*time.Hour-time.Second), time.Second), call("m", 1, 1, 1)),               // 23:59:59 on the 24th
			span(2, 2, 0, 0, begin(change.Add(-2*time.Hour), 2*time.Second), call("m", 1, 1, 2), failed("x")),            // 00:00 on the 25th
			span(3, 3, 0, 0, begin(change.Add(23*time.Hour-time.Second), 3*time.Second), call("m", 1, 1, 4)),             // 23:59:59
			span(4, 4, 0, 0, begin(change.Add(23*time.Hour), 100*time.Second), call("m", 1, 1, 8), unpriced("no_usage"))) // 00:00 on the 26th
		stats, err := s.Stats(t.Context(), TraceFilter{}, "Europe/Berlin")
		require.NoError(t, err)
		seven, one, six := 7.0, 1.0, 6.0
		assert.Equal(t, []DaySum{
			{Day: "2026-10-26", Traces: 1, Cost: Cost{Calls: 1, Unpriced: 1}},
			{Day: "2026-10-25", Traces: 2, Cost: Cost{USD: &six, Calls: 2}},
			{Day: "2026-10-24", Traces: 1, Cost: Cost{USD: &one, Calls: 1}},
		}, stats.Days)
		assert.Equal(t, Cost{USD: &seven, Calls: 4, Unpriced: 1}, stats.Cost)
		assert.Equal(t, []int64{4, 1, 2_000_000, 100_000_000}, []int64{stats.Traces, stats.Failed, stats.P50US, stats.P95US})
		var traces, failures int64
		for _, b := range stats.Buckets {
			traces += b.Traces
			failures += b.Failed
		}
		assert.Equal(t, []int64{4, 1}, []int64{traces, failures})
		assert.Len(t, stats.Buckets, statsBuckets)
		some, err := s.Stats(t.Context(), TraceFilter{Status: []string{"error"}}, "")
		require.NoError(t, err)
		assert.EqualValues(t, 1, some.Traces)
		_, err = s.Stats(t.Context(), TraceFilter{}, "Mars/Olympus")
		require.ErrorIs(t, err, ErrInvalid)
	})
}

func TestChanges(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		changes := func(cursor string, f TraceFilter) ([]int, string) {
			c, err := s.Changes(t.Context(), cursor, f)
			require.NoError(t, err)
			return ids(t, c.Traces), c.Cursor
		}
		_, empty := changes("", TraceFilter{})
		s.write(span(1, 1, 0, 0), span(2, 2, 0, 1, service("desk")))
		got, at := changes(empty, TraceFilter{})
		assert.Equal(t, []int{1, 2}, got, "a cursor of an empty store")
		got, now := changes("", TraceFilter{})
		assert.Empty(t, got)
		assert.Equal(t, at, now)
		got, at = changes(at, TraceFilter{})
		assert.Empty(t, got)
		assert.Equal(t, now, at)
		s.write(span(1, 3, 1, 5), span(1, 4, 1, 6), span(2, 5, 2, 7))
		got, next := changes(at, TraceFilter{})
		assert.Equal(t, []int{1, 2}, got, "once each")
		got, _ = changes(at, TraceFilter{Service: []string{"desk"}})
		assert.Equal(t, []int{2}, got)
		got, at = changes(next, TraceFilter{})
		assert.Empty(t, got)
		_, err := s.Changes(t.Context(), "bad", TraceFilter{})
		require.ErrorIs(t, err, ErrInvalid)
		_ = at
	})
}

// TestChangesMissNothingWhereIdsComeAgain: a span that was the newest is deleted, and its
// id is given to the next one.
func TestChangesMissNothingWhereIdsComeAgain(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(span(1, 1, 0, 0), span(2, 2, 0, 1))
		now, err := s.Changes(t.Context(), "", TraceFilter{})
		require.NoError(t, err)
		s.exec(`DELETE FROM otel_spans WHERE trace_id = ?1`, traceID(2))
		s.exec(`DELETE FROM otel_traces WHERE trace_id = ?1`, traceID(2))
		s.exec(`DELETE FROM mastra_ai_spans WHERE traceId = ?1`, traceID(2))
		s.clock.Store(new(s.written().Add(time.Second)))
		s.write(span(3, 3, 0, 2))
		changes, err := s.Changes(t.Context(), now.Cursor, TraceFilter{})
		require.NoError(t, err)
		assert.Contains(t, ids(t, changes.Traces), 3)
		after, err := s.Changes(t.Context(), changes.Cursor, TraceFilter{})
		require.NoError(t, err)
		assert.Empty(t, after.Traces, "it goes on from there")
		s.exec(`DELETE FROM otel_spans`)
		s.exec(`DELETE FROM otel_traces`)
		s.exec(`DELETE FROM mastra_ai_spans`)
		s.clock.Store(new(s.written().Add(time.Second)))
		s.write(span(4, 4, 0, 2))
		changes, err = s.Changes(t.Context(), after.Cursor, TraceFilter{})
		require.NoError(t, err)
		assert.Equal(t, []int{4}, ids(t, changes.Traces))
	})
}

// TestAPendingSpanIsARunningTrace: until the span itself comes, which is a change.
func TestAPendingSpanIsARunningTrace(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		pending := func(s *tracestore.Span) { s.Facts.Pending = true }
		s.write(span(1, 1, 0, 0, pending), span(1, 2, 1, 1))
		page, err := s.Traces(t.Context(), TraceFilter{})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		assert.Equal(t, []any{Running, "span 1"}, []any{page.Items[0].State, page.Items[0].Name})
		assert.Equal(t, []int{1}, s.list(TraceFilter{Status: []string{"running"}}))
		now, err := s.Changes(t.Context(), "", TraceFilter{})
		require.NoError(t, err)
		s.write(span(1, 1, 0, 0, lasting(time.Second)))
		changes, err := s.Changes(t.Context(), now.Cursor, TraceFilter{})
		require.NoError(t, err)
		require.Equal(t, []int{1}, ids(t, changes.Traces))
		assert.Equal(t, Ended, changes.Traces[0].State)
		assert.Equal(t, []int{1}, s.list(TraceFilter{Status: []string{"ok"}}))
	})
}

// written is when the writer says that it stores.
func (f *filled) written() time.Time { return *f.clock.Load() }

// exec changes the file as somebody else would.
func (f *filled) exec(statement string, args ...any) {
	f.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(f.path)+"?_pragma=busy_timeout(5000)")
	require.NoError(f.t, err)
	defer db.Close()
	_, err = db.ExecContext(f.t.Context(), statement, args...)
	require.NoError(f.t, err)
}

func TestTheStoreIsDescribed(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		info, err := s.Store.Store(t.Context())
		require.NoError(t, err)
		assert.Nil(t, info.Oldest)
		assert.Zero(t, info.Traces)
		s.write(span(1, 1, 0, 0), span(1, 2, 1, 0), span(2, 3, 0, 5000))
		info, err = s.Store.Store(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []int64{2, 3, 0}, []int64{info.Traces, info.Spans, info.Logs})
		assert.Equal(t, noon, *info.Oldest)
		assert.Equal(t, noon.Add(5*time.Second), *info.Newest)
		assert.Greater(t, info.Bytes, int64(50_000))
		assert.False(t, info.Search)
		assert.NotContains(t, info.Place, "secret")
	})
}

func TestAStoreOfAnOlderReleaseIsRefused(t *testing.T) {
	s := newFilled(t, "file")
	s.exec(`DELETE FROM otelcol_schema_migrations WHERE version = (SELECT max(version) FROM otelcol_schema_migrations)`)
	_, err := Open(t.Context(), s.path)
	require.ErrorIs(t, err, tracestore.ErrOlderSchema)
	assert.ErrorContains(t, err, "start the collector on it once")
}

func TestAPlaceHasNoSecrets(t *testing.T) {
	assert.Equal(t, "https://host:1/x", withoutSecrets("https://user:secret@host:1/x?token=secret#secret"))
}

func TestSessionsAreListed(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(
			span(1, 1, 0, 0, of("s1", "ada"), call("m", 10, 1, 0.5)),
			span(2, 2, 0, 60_000, of("s1", "ada"), call("m", 10, 1, 0.25), failed("x")),
			span(3, 3, 9, 1000, of("s2", "bob"), service("desk")),
			span(4, 4, 0, 500, func(s *tracestore.Span) { s.Facts.ConversationID = "c3" }),
			span(5, 5, 0, 70_000))
		page, err := s.Sessions(t.Context(), SessionFilter{})
		require.NoError(t, err)
		require.Len(t, page.Items, 3)
		usd := 0.75
		assert.Equal(t, SessionSummary{
			ID: "s1", User: "ada", Service: "shop", First: noon, Last: noon.Add(60_010 * time.Millisecond), Traces: 2, Spans: 2, Errors: 1,
			Tokens: Tokens{Input: 20, Output: 2}, Cost: Cost{USD: &usd, Calls: 2},
		}, page.Items[0])
		assert.Equal(t, "s2", page.Items[1].ID)
		assert.True(t, page.Items[1].Running)
		assert.Equal(t, "c3", page.Items[2].ID)
		var paged []string
		f := SessionFilter{Limit: 1}
		for range 3 {
			one, err := s.Sessions(t.Context(), f)
			require.NoError(t, err)
			require.Len(t, one.Items, 1)
			paged = append(paged, one.Items[0].ID)
			f.Cursor = one.Next
		}
		assert.Empty(t, f.Cursor)
		assert.Equal(t, []string{"s1", "s2", "c3"}, paged)
		for name, test := range map[string]struct {
			filter SessionFilter
			want   string
		}{
			"user": {SessionFilter{User: []string{"bob"}}, "s2"}, "service": {SessionFilter{Service: []string{"desk"}}, "s2"},
			"text": {SessionFilter{Text: "C3"}, "c3"}, "since": {SessionFilter{Since: noon.Add(30 * time.Second)}, "s1"},
		} {
			page, err := s.Sessions(t.Context(), test.filter)
			require.NoError(t, err)
			require.Len(t, page.Items, 1, name)
			assert.Equal(t, test.want, page.Items[0].ID, name)
		}
	})
}

// TestSessionsAddUpAsTheViewDoes: with traces of several sessions and users, and calls that
// came as log records.
func TestSessionsAddUpAsTheViewDoes(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(
			span(1, 1, 0, 0, of("s1", "ada")), span(1, 2, 1, 1, call("m", 10, 1, 0.5)), span(1, 3, 1, 2, of("s2", "bob")), span(1, 4, 3, 3, call("m", 20, 2, 0.25)),
			span(2, 5, 0, 60_000, of("s2", "bob"), call("m", 30, 3, 1)), span(3, 6, 0, 5000, of("s3", ""), call("m", 40, 4, 0), unpriced("no_usage")))
		record := func(n int, change func(*tracestore.Log)) tracestore.Log {
			l := tracestore.Log{
				Key: fmt.Sprintf("%032x", n), TimeNanos: uint64(noon.Add(time.Duration(n) * time.Second).UnixNano()),
				Resource: &tracestore.Resource{Attributes: "{}", ServiceName: "agent"}, Scope: &tracestore.Scope{},
				Call: tracestore.Facts{Provider: "anthropic", Model: "c", InputTokens: tracestore.Tokens(7), OutputTokens: tracestore.Tokens(1), Cost: tracestore.Measured(2), CostStatus: "priced", Accounting: tracestore.ModelCall},
			}
			change(&l)
			return l
		}
		_, err := s.writer.WriteLogs(t.Context(), []tracestore.Log{
			record(1, func(l *tracestore.Log) { l.Call.SessionID = "s4" }), record(2, func(l *tracestore.Log) { l.Call.SessionID = "s4" }),
			record(5, func(l *tracestore.Log) { l.Call.SessionID, l.Call.Environment = "s5", "live" }),
			record(3, func(l *tracestore.Log) { l.Call.SessionID = "s1" }), record(4, func(l *tracestore.Log) { l.TraceID = traceID(3) }),
		})
		require.NoError(t, err)
		type sums struct {
			traces, spans, errors, calls, unpriced, input, output int64
			usd                                                   float64
		}
		want, got := map[string]sums{}, map[string]sums{}
		q := new(sqlText).add("SELECT session_id, traces, spans, errors, model_calls, unpriced_calls, input_tokens, output_tokens, coalesce(cost_usd, 0) FROM sessions")
		require.NoError(t, s.rows(t.Context(), q, func(r *row) error {
			want[r.text()] = sums{r.int(), r.int(), r.int(), r.int(), r.int(), r.int(), r.int(), *r.float()}
			return nil
		}))
		page, err := s.Sessions(t.Context(), SessionFilter{})
		require.NoError(t, err)
		for _, item := range page.Items {
			sum := sums{item.Traces, item.Spans, item.Errors, item.Cost.Calls, item.Cost.Unpriced, item.Tokens.Input, item.Tokens.Output, 0}
			if item.Cost.USD != nil {
				sum.usd = *item.Cost.USD
			}
			got[item.ID] = sum
		}
		assert.Len(t, want, 5)
		assert.Equal(t, want, got)
		page, err = s.Sessions(t.Context(), SessionFilter{Environment: []string{"live"}})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		assert.Equal(t, "s5", page.Items[0].ID, "a record names its environment itself")
	})
}

// TestASessionIsWhenItsTimesAre: what has no time is no part of when a session was, unless
// it has no other, whatever of a session it is: a trace, a call, a record.
func TestASessionIsWhenItsTimesAre(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		none, far := time.Unix(5, 0).UTC(), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
		s.write(
			span(1, 1, 0, 0, of("s1", "")), span(2, 2, 0, 0, begin(none), of("s1", "")), span(3, 3, 0, 0, begin(far), of("s1", "")),
			span(4, 4, 0, 60_000, of("s2", "")), span(5, 5, 0, 0, begin(none), of("s3", "")))
		_, err := s.writer.WriteLogs(t.Context(), []tracestore.Log{{
			Key: traceID(1), TimeNanos: uint64(none.UnixNano()), Resource: &tracestore.Resource{Attributes: "{}"}, Scope: &tracestore.Scope{},
			Call: tracestore.Facts{SessionID: "s2", Accounting: tracestore.ModelCall},
		}})
		require.NoError(t, err)
		page, err := s.Sessions(t.Context(), SessionFilter{})
		require.NoError(t, err)
		require.Len(t, page.Items, 3)
		for i, want := range []struct {
			id          string
			first, last time.Time
		}{
			{"s2", noon.Add(time.Minute), noon.Add(time.Minute + 10*time.Millisecond)},
			{"s1", noon, noon.Add(10 * time.Millisecond)},
			{"s3", none, none.Add(time.Second)},
		} {
			assert.Equal(t, want.id, page.Items[i].ID)
			assert.Equal(t, want.first, page.Items[i].First.UTC(), want.id)
			assert.Equal(t, want.last, page.Items[i].Last.UTC(), want.id)
		}
	})
}

// TestAListedSessionIsThere: one of single calls of a trace that is another's, and one of
// log records alone, with as many turns as it has traces.
func TestAListedSessionIsThere(t *testing.T) {
	eachKind(t, func(s *filled) {
		t := s.t
		s.write(
			span(1, 1, 0, 0, of("s1", "")), span(1, 2, 1, 1, call("m", 1, 1, 1), of("s2", "")), span(1, 3, 1, 2, call("m", 1, 1, 1)),
			span(2, 4, 0, 1000, of("s1", "")), span(3, 5, 0, 2000, of("s3", "")), span(3, 6, 5, 2001, call("m", 1, 1, 1), of("s1", "")))
		_, err := s.writer.WriteLogs(t.Context(), []tracestore.Log{{
			Key: traceID(1), TimeNanos: uint64(noon.UnixNano()), Resource: &tracestore.Resource{Attributes: "{}"}, Scope: &tracestore.Scope{},
			Call: tracestore.Facts{SessionID: "records", Cost: tracestore.Measured(2), CostStatus: "reported", Accounting: tracestore.ModelCall},
		}})
		require.NoError(t, err)
		page, err := s.Sessions(t.Context(), SessionFilter{})
		require.NoError(t, err)
		turns := map[string][]int{}
		for _, item := range page.Items {
			list, cursor := []TraceSummary{}, ""
			for {
				session, err := s.Session(t.Context(), item.ID, cursor, 1)
				require.NoError(t, err, item.ID)
				assert.Equal(t, item, session.SessionSummary)
				for _, turn := range session.Turns {
					list = append(list, turn.Trace)
				}
				if cursor = session.Next; cursor == "" {
					break
				}
			}
			turns[item.ID] = ids(t, list)
			assert.Len(t, list, int(item.Traces), item.ID)
		}
		assert.Equal(t, map[string][]int{"s1": {1, 2, 3}, "s2": {1}, "s3": {3}, "records": {}}, turns)
		_, err = s.Session(t.Context(), "none", "", 0)
		require.ErrorIs(t, err, ErrNotFound)
	})
}
