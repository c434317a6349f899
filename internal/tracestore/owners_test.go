package tracestore

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// by names whose a span is; "" names nobody.
func by(user, session, conversation, agent string) func(*Span) {
	return func(s *Span) {
		s.Facts.UserID, s.Facts.SessionID, s.Facts.ConversationID, s.Facts.AgentName = user, session, conversation, agent
	}
}

func withInput(text string) func(*Span) {
	return func(s *Span) { s.Mastra.Input = JSON(fmt.Sprintf("%q", text)) }
}

func withService(name string) func(*Span) {
	return func(s *Span) {
		s.Resource = &Resource{ServiceName: name, Attributes: JSON(fmt.Sprintf(`{"service.name":%q}`, name))}
	}
}

// owned are traces, each with the calls in it and whose they are: user, session,
// conversation, agent and input. The call in question is span 9.
var owned = map[string]struct {
	spans func(trace int) []Span
	want  []any
}{
	"the call names all": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 0, by("root", "root", "root", "root"), withInput("root")), newSpan(n, 9, 1, 1, call(1, 1, 1), by("u", "s", "c", "a"), withInput("mine"))}
	}, []any{"u", "s", "c", "a", `"mine"`}},
	"the root names all": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 0, by("u", "s", "c", "a"), withInput("question")), newSpan(n, 9, 1, 1, call(1, 1, 1))}
	}, []any{"u", "s", "c", "a", `"question"`}},
	"nobody names any": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 0), newSpan(n, 9, 1, 1, call(1, 1, 1))}
	}, []any{nil, nil, nil, nil, nil}},
	"the root is three above, as Mastra has it": {func(n int) []Span {
		return []Span{
			newSpan(n, 1, 0, 0, typed("agent_run"), by("u", "s", "c", "a"), withInput("question")), newSpan(n, 2, 1, 1, typed("model_generation"), withInput("messages")),
			newSpan(n, 3, 2, 2, typed("model_step")), newSpan(n, 9, 3, 3, call(1, 1, 1)),
		}
	}, []any{"u", "s", "c", "a", `"messages"`}},
	"the nearest counts": {func(n int) []Span {
		return []Span{
			newSpan(n, 1, 0, 0, by("far", "far", "far", "far")), newSpan(n, 2, 1, 1, by("near", "near", "near", "near")),
			newSpan(n, 3, 2, 2), newSpan(n, 9, 3, 3, call(1, 1, 1)),
		}
	}, []any{"near", "near", "near", "near", nil}},
	"each from where it is": {func(n int) []Span {
		return []Span{
			newSpan(n, 1, 0, 0, by("u", "", "", "outer")), newSpan(n, 2, 1, 1, by("", "s", "", "")), newSpan(n, 3, 2, 2, by("", "", "c", "inner")),
			newSpan(n, 9, 3, 3, call(1, 1, 1)),
		}
	}, []any{"u", "s", "c", "inner", nil}},
	"a sibling names the user": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 0), newSpan(n, 2, 1, 1, by("u", "s", "c", "")), newSpan(n, 9, 1, 2, call(1, 1, 1))}
	}, []any{"u", "s", "c", nil, nil}},
	"a child names the user": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 0), newSpan(n, 9, 1, 1, call(1, 1, 1)), newSpan(n, 2, 9, 2, by("u", "s", "c", ""))}
	}, []any{"u", "s", "c", nil, nil}},
	"an agent beside is not its agent": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 0), newSpan(n, 2, 1, 1, typed("agent_run"), by("", "", "", "other"), withInput("theirs")), newSpan(n, 9, 1, 2, call(1, 1, 1))}
	}, []any{nil, nil, nil, nil, nil}},
	"the span between is not stored": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 0, by("u", "s", "c", "a")), newSpan(n, 2, 1, 1, by("other", "", "", "other")), newSpan(n, 9, 8, 2, call(1, 1, 1))}
	}, []any{"u", "s", "c", "a", nil}},
	"the root is not stored": {func(n int) []Span {
		return []Span{newSpan(n, 2, 1, 1, by("first", "", "", "")), newSpan(n, 3, 1, 2, by("second", "", "", "x")), newSpan(n, 9, 8, 3, call(1, 1, 1))}
	}, []any{"first", nil, nil, nil, nil}},
	"two roots": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 5, by("later", "", "", "later")), newSpan(n, 2, 0, 0, by("earlier", "", "", "earlier")), newSpan(n, 3, 2, 1, by("x", "", "", "")), newSpan(n, 9, 8, 3, call(1, 1, 1))}
	}, []any{"earlier", nil, nil, "earlier", nil}},
	"the root is late by its clock": {func(n int) []Span {
		return []Span{newSpan(n, 1, 0, 50, by("root", "", "", "")), newSpan(n, 2, 1, 0, by("other", "", "", "")), newSpan(n, 9, 8, 3, call(1, 1, 1))}
	}, []any{"root", nil, nil, nil, nil}},
	"a tool lies between: its agent, not its arguments": {func(n int) []Span {
		return []Span{
			newSpan(n, 1, 0, 0, typed("agent_run"), by("u", "", "", "outer"), withInput("question")), newSpan(n, 2, 1, 1, typed("tool_call")),
			newSpan(n, 9, 2, 2, call(1, 1, 1)),
		}
	}, []any{"u", nil, nil, "outer", nil}},
	"an agent as a tool": {func(n int) []Span {
		return []Span{
			newSpan(n, 1, 0, 0, typed("agent_run"), by("u", "", "", "outer"), withInput("question")), newSpan(n, 2, 1, 1, typed("tool_call"), by("", "", "", "outer"), withInput("arguments")),
			newSpan(n, 3, 2, 2, typed("agent_run"), by("", "", "", "inner"), withInput("task")), newSpan(n, 9, 3, 3, call(1, 1, 1)),
		}
	}, []any{"u", nil, nil, "inner", `"task"`}},
	"parents in a circle": {func(n int) []Span {
		return []Span{
			newSpan(n, 1, 0, 0, by("u", "", "", "")), newSpan(n, 4, 1, 0, by("other", "", "", "elsewhere")),
			newSpan(n, 2, 3, 1), newSpan(n, 3, 2, 2), newSpan(n, 9, 3, 3, call(1, 1, 1)),
		}
	}, []any{"u", nil, nil, nil, nil}},
	"a span that is its own parent": {func(n int) []Span {
		return []Span{newSpan(n, 9, 9, 0, call(1, 1, 1), by("u", "", "", "")), newSpan(n, 2, 9, 1, by("other", "", "", "x"))}
	}, []any{"u", nil, nil, nil, nil}},
}

const ownersOfCall = `SELECT user_id, session_id, conversation_id, agent_name, input FROM llm_calls WHERE trace_id = ? AND span_id = ?`

func TestACallBelongsToWhatItsTraceSays(t *testing.T) {
	for name, open := range engines {
		for order, arrive := range map[string]func([]Span) [][]Span{
			"in one batch": func(spans []Span) [][]Span { return [][]Span{spans} },
			"leaf first":   func(spans []Span) [][]Span { slices.Reverse(spans); return chunks(spans, 1) },
			"root first":   func(spans []Span) [][]Span { return chunks(spans, 1) },
		} {
			s := open(t)
			n := 0
			for what, test := range owned {
				n++
				t.Run(name+"/"+order+"/"+what, func(t *testing.T) {
					for _, batch := range arrive(test.spans(n)) {
						s.write(batch...)
					}
					assert.Equal(t, [][]any{test.want}, s.rows(ownersOfCall, traceID(n), spanID(9)))
				})
			}
		}
	}
}

func chunks(spans []Span, n int) [][]Span { return slices.Collect(slices.Chunk(spans, n)) }

// ownerViews are the views that depend on whose a span is, without times of storage.
var ownerViews = []string{
	`SELECT * FROM llm_calls ORDER BY trace_id, span_id`,
	`SELECT * FROM tool_calls ORDER BY trace_id, span_id`,
	`SELECT * FROM agent_runs ORDER BY trace_id, span_id`,
	`SELECT * FROM errors ORDER BY trace_id, span_id`,
	`SELECT * FROM traces ORDER BY trace_id`,
	`SELECT * FROM cost_daily ORDER BY day`,
	`SELECT * FROM cost_by_model ORDER BY day, provider, model`,
	`SELECT * FROM sessions ORDER BY session_id`,
	`SELECT * FROM users ORDER BY user_id`,
}

func (s *testStore) allViews() [][][]any {
	s.t.Helper()
	all := make([][][]any, len(ownerViews))
	for i, query := range ownerViews {
		all[i] = s.rows(query)
	}
	return all
}

// randomTraces makes traces in which some spans name somebody, some have no parent, some
// have no times, and some calls are told by log records too.
func randomTraces(random *rand.Rand, traces int) (spans []Span, logs []Log) {
	name := func(prefix string, of int) string {
		if random.IntN(3) > 0 {
			return ""
		}
		return fmt.Sprint(prefix, random.IntN(of))
	}
	types := []string{"generic", "agent_run", "tool_call", "model_generation", "workflow_run"}
	for trace := range traces {
		size := 2 + random.IntN(9)
		for id := 1; id <= size; id++ {
			parent := random.IntN(id)
			if id > 1 && random.IntN(8) == 0 {
				parent = 99 // is never stored
			}
			s := newSpan(trace, 100*trace+id, 0, random.IntN(50), typed(types[random.IntN(len(types))]),
				by(name("u", 2+random.IntN(2)), name("s", 2), name("c", 2), name("a", 3)), withService(fmt.Sprint("svc", random.IntN(3))))
			if parent > 0 {
				s.ParentSpanID = spanID(100*trace + parent)
			}
			if random.IntN(3) == 0 {
				call(int64(10+random.IntN(3)), 1, 0.25)(&s)
			}
			if random.IntN(4) == 0 {
				withInput(fmt.Sprint("input ", id))(&s)
			}
			switch random.IntN(12) {
			case 0:
				s.EndNanos = 0
			case 1:
				s.StartNanos = 0
			case 2:
				s.StatusCode = 2
			}
			spans = append(spans, s)
			if s.Facts.Accounting != NotCounted && random.IntN(2) == 0 {
				logs = append(logs, recordOf(s, len(logs)))
			}
			if random.IntN(6) == 0 {
				l := callRecord(len(logs), int64(random.IntN(100)), 1, 0.5)
				l.TraceID, l.SpanID = s.TraceID, s.SpanID
				logs = append(logs, l)
			}
		}
	}
	return spans, logs
}

// TestTheOrderOfArrivalChangesNoView writes the same spans and records in several orders
// and batches.
func TestTheOrderOfArrivalChangesNoView(t *testing.T) {
	for seed := range seeds(6) {
		var want [][][]any
		for order := range 4 {
			s := engines[[]string{"file", "server"}[order%2]](t)
			spans, logs := randomTraces(rand.New(rand.NewPCG(seed, 1)), 12)
			shuffle := rand.New(rand.NewPCG(seed, uint64(order)+2))
			shuffle.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
			size := []int{len(spans), 1, 7, 3}[order]
			batches := chunks(spans, size)
			at := shuffle.IntN(len(batches) + 1)
			for i, batch := range batches {
				if i == at {
					writeRecords(s, logs)
				}
				s.write(batch...)
			}
			if at == len(batches) {
				writeRecords(s, logs)
			}
			got := s.allViews()
			if order == 0 {
				want = got
				require.NotEmpty(t, want[0])
				require.NotEmpty(t, want[8])
				continue
			}
			for i := range want {
				require.Equal(t, want[i], got[i], "seed %d, order %d: %s", seed, order, ownerViews[i])
			}
		}
	}
}

// TestSessionsAndUsersAddUpTheCalls compares them with the calls that they sum up.
func TestSessionsAndUsersAddUpTheCalls(t *testing.T) {
	s := openTestStore(t)
	spans, logs := randomTraces(rand.New(rand.NewPCG(7, 7)), 60)
	s.write(spans...)
	writeRecords(s, logs)
	for view, of := range map[string]string{"sessions": "coalesce(session_id, conversation_id)", "users": "user_id"} {
		const sums = `sum(model_calls), sum(unpriced_calls), sum(input_tokens), sum(output_tokens), sum(cost_usd)`
		got := s.rows(`SELECT ` + view[:4] + `_id, ` + sums + ` FROM (SELECT *, ` + map[string]string{"sessions": "session_id", "users": "user_id"}[view] + ` AS ` + view[:4] + `_id FROM ` + view + `) WHERE model_calls > 0 GROUP BY 1 ORDER BY 1`)
		want := s.rows(`SELECT ` + of + `, count(*), sum(cost_usd IS NULL OR cost_status IS 'partial'), sum(input_tokens), sum(output_tokens), sum(cost_usd)
			FROM llm_calls WHERE ` + of + ` IS NOT NULL GROUP BY 1 ORDER BY 1`)
		require.Greater(t, len(want), 1)
		assert.Equal(t, want, got, view)
	}
	all := s.rows(`SELECT count(*), sum(input_tokens), sum(cost_usd) FROM llm_calls`)
	assert.Equal(t, all, s.rows(`SELECT sum(model_calls), sum(input_tokens), sum(cost_usd) FROM cost_daily`))
	assert.Equal(t, all, s.rows(`SELECT sum(model_calls), sum(input_tokens), sum(cost_usd) FROM cost_by_model`))
}

// TestWhatAnOlderFileHasBelongsToSomebodyToo has traces that the version before has
// stored, and spans that come to them later.
func TestWhatAnOlderFileHasBelongsToSomebodyToo(t *testing.T) {
	path := newFileAtVersion(t, 7)
	db := lookAt(t, path)
	exec := func(sql string, args ...any) {
		_, err := db.ExecContext(t.Context(), sql, args...)
		require.NoError(t, err)
	}
	names := slices.Sorted(maps.Keys(owned))
	for n, name := range names {
		spans := owned[name].spans(n)
		for i, s := range spans {
			start, _, _ := micros(s.StartNanos)
			exec(`INSERT INTO otel_spans (trace_id, span_id, parent_span_id, name, kind, start_us, end_us, start_ns_rem, end_ns_rem, duration_us, status_code, flags, resource_id, scope_id,
			  span_type, model, input_tokens, output_tokens, cost_usd, counted, accounting, roll_up, generated_id, inserted_us, user_id, session_id, conversation_id, agent_name)
			  VALUES (?, ?, ?, 'old', 1, ?, ?, 0, 0, 10, 1, 0, 0, 0, ?, ?, 1, 1, 1, ?, ?, 0, 0, 1, ?, ?, ?, ?)`,
				s.TraceID, s.SpanID, text(s.ParentSpanID), start, start+10, s.Facts.Type, text(s.Facts.Model), boolean(s.Facts.Accounting != NotCounted), int64(s.Facts.Accounting),
				text(s.Facts.UserID), text(s.Facts.SessionID), text(s.Facts.ConversationID), text(s.Facts.AgentName))
			exec(`INSERT INTO mastra_ai_spans (traceId, spanId, name, spanType, isEvent, startedAt, createdAt, input) VALUES (?, ?, 'old', ?, 0, '', '', ?)`,
				s.TraceID, s.SpanID, s.Facts.Type, jsonText(s.Mastra.Input))
			if i == 0 {
				exec(`INSERT INTO otel_traces (trace_id, start_us, end_us, last_seen_us, root_span_id, root_name, root_start_us, span_count, error_count, model_calls, unpriced_calls, tool_calls,
				  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, roll_ups, cost_usd) VALUES (?, ?, ?, 1, NULL, NULL, NULL, ?, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1)`,
					s.TraceID, start, start+10, len(spans))
			}
			root := s.ParentSpanID == ""
			exec(`UPDATE otel_traces SET root_span_id = CASE WHEN ?2 AND (root_start_us IS NULL OR ?3 < root_start_us) THEN ?4 ELSE root_span_id END,
			  root_start_us = CASE WHEN ?2 THEN min(coalesce(root_start_us, ?3), ?3) ELSE root_start_us END,
			  user_id = CASE WHEN ?2 THEN coalesce(?5, user_id) ELSE coalesce(user_id, ?5) END, session_id = coalesce(session_id, ?6), conversation_id = coalesce(conversation_id, ?7) WHERE trace_id = ?1`,
				s.TraceID, root, start, s.SpanID, text(s.Facts.UserID), text(s.Facts.SessionID), text(s.Facts.ConversationID))
		}
	}
	s := openTestStoreAt(t, path)
	for n, name := range names {
		assert.Equal(t, [][]any{owned[name].want}, s.rows(ownersOfCall, traceID(n), spanID(9)), name)
	}
	assert.EqualValues(t, len(owned), s.value(`SELECT count(*) FROM llm_calls`))
	assert.Equal(t, s.rows(`SELECT count(*), sum(cost_usd) FROM llm_calls WHERE user_id IS NOT NULL`), s.rows(`SELECT sum(model_calls), sum(cost_usd) FROM users`))
	// A trace goes on after the upgrade.
	s.write(newSpan(900, 1, 0, 0, by("u", "s", "", "")))
	s.write(newSpan(900, 9, 1, 1, call(1, 1, 1)))
	assert.Equal(t, [][]any{{"u", "s", nil, nil, nil}}, s.rows(ownersOfCall, traceID(900), spanID(9)))
}
