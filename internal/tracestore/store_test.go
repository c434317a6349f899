package tracestore

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/hrana/hranatest"
)

// testResource and testScope are shared as the spans of a real batch share
// theirs.
var (
	testResource = &Resource{Attributes: `{"service.name":"shop"}`, ServiceName: "shop"}
	testScope    = &Scope{Name: "test", Version: "1"}
)

// at is a start time: milliseconds after a fixed instant.
func at(ms int) uint64 {
	return uint64(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).UnixNano()) + uint64(ms)*1e6
}

func traceID(n int) string { return fmt.Sprintf("%032x", 0xa0000+n) }
func spanID(n int) string  { return fmt.Sprintf("%016x", 0xb0000+n) }

// newSpan makes a span that lasts ten milliseconds.
func newSpan(trace, id, parent, startMS int, change ...func(*Span)) Span {
	s := Span{
		TraceID: traceID(trace), SpanID: spanID(id),
		Name: fmt.Sprintf("span %d", id), Kind: 1, StartNanos: at(startMS), EndNanos: at(startMS + 10), StatusCode: 1, Flags: 257,
		Resource: testResource, Scope: testScope,
		Facts: Facts{Type: "generic"},
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

func typed(t string) func(*Span) { return func(s *Span) { s.Facts.Type = t } }

// call makes a span a model call with usage and a price.
func call(in, out int64, cost float64) func(*Span) {
	return func(s *Span) {
		s.Facts.Type, s.Facts.Model, s.Facts.Provider = "model_inference", "gpt-4o-mini", "openai"
		s.Facts.InputTokens, s.Facts.OutputTokens = Tokens(in), Tokens(out)
		s.Facts.Cost, s.Facts.CostStatus, s.Facts.Accounting = Measured(cost), "priced", ModelCall
		s.Mastra.Attributes = JSON(fmt.Sprintf(
			`{"model":"gpt-4o-mini","usage":{"inputTokens":%d,"outputTokens":%d,"inputDetails":{"text":%d,"cacheRead":1},"outputDetails":{"text":%d}}}`, in, out, in-1, out))
	}
}

type testStore struct {
	*Store
	path   string // of the file, also behind a server
	server *hrana.Client
	t      *testing.T
	look   *sql.DB // at the file, as another process would
	read   *Reader
	clock  *testClock
}

// testClock is the clock of the machine, or ahead of it: so much time has passed, or
// the wall clock has jumped.
type testClock struct{ passed, jumped, boot atomic.Int64 }

func (c *testClock) now() time.Time {
	return time.Now().Add(time.Duration(c.passed.Load() + c.jumped.Load()))
}

func (c *testClock) uptime() (time.Duration, int64) {
	up, _ := machineUptime()
	return up + time.Duration(c.passed.Load()), 1 + c.boot.Load()
}

func (c *testClock) advance(d time.Duration) { c.passed.Add(int64(d)) }
func (c *testClock) jump(d time.Duration)    { c.jumped.Add(int64(d)) }

func openTestStore(t *testing.T, change ...func(*FileOptions, *Options)) *testStore {
	t.Helper()
	return openTestStoreAt(t, newTestFile(t), change...)
}

// migrated is a file with nothing in it but the tables, made once.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "tracestore") // it belongs to no single test
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "traces.db")
	s, err := OpenFile(context.Background(), DefaultFileOptions(path), Options{})
	if err != nil {
		return nil, err
	}
	if err := s.Close(context.Background()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// newTestFile is a file of a test's own with the tables in it: making them takes
// longer than most tests.
func newTestFile(t *testing.T) string {
	t.Helper()
	content, err := migrated()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "traces.db")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

func openTestStoreAt(t *testing.T, path string, change ...func(*FileOptions, *Options)) *testStore {
	t.Helper()
	clock := new(testClock)
	file, options := DefaultFileOptions(path), Options{RootGrace: time.Hour, Now: clock.now, Uptime: clock.uptime}
	file.Synchronous = "normal" // no test here survives a power cut, and CI's disks are slow
	for _, f := range change {
		f(&file, &options)
	}
	// The writer looks after what an earlier one has left before anything else.
	looked, tended := make(chan struct{}), options.Tended
	first := sync.OnceFunc(func() { close(looked) })
	options.Tended = func(done Tended) {
		if tended != nil {
			tended(done)
		}
		first()
	}
	s, err := OpenFile(t.Context(), file, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	<-looked
	return &testStore{Store: s, path: path, t: t, clock: clock}
}

// engines open a store of each kind.
var engines = map[string]func(*testing.T) *testStore{
	"file":   func(t *testing.T) *testStore { t.Helper(); return openTestStore(t) },
	"server": func(t *testing.T) *testStore { t.Helper(); s, _ := openTestServer(t); return s },
}

// openTestServer opens a store on a small server over a file of its own.
func openTestServer(t *testing.T, change ...func(*ServerOptions, *Options)) (*testStore, *hranatest.Server) {
	t.Helper()
	path := newTestFile(t)
	h := hranatest.New(t, path)
	clock := new(testClock)
	server, options := ServerOptions{Client: testClient(t, h)}, Options{RootGrace: time.Hour, Now: clock.now, Uptime: clock.uptime}
	for _, f := range change {
		f(&server, &options)
	}
	s, err := OpenServer(t.Context(), server, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	// The writer looks after what an earlier one has left before anything else.
	asked := func(words string) bool {
		return slices.ContainsFunc(h.Bodies(), func(body []byte) bool { return bytes.Contains(body, []byte(words)) })
	}
	require.Eventually(t, func() bool {
		return asked(nextDue) && (!options.Retention.on() || asked("SELECT min(inserted_us) FROM otel_logs"))
	}, 10*time.Second, time.Millisecond)
	return &testStore{Store: s, path: path, server: server.Client, t: t, clock: clock}, h
}

func testClient(t *testing.T, h *hranatest.Server) *hrana.Client {
	t.Helper()
	u, err := url.Parse(h.URL)
	require.NoError(t, err)
	return hrana.New(hrana.Options{URL: u, HTTP: h.Client()})
}

func (s *testStore) write(spans ...Span) Result {
	s.t.Helper()
	r, err := s.Write(s.t.Context(), spans)
	require.NoError(s.t, err)
	return r
}

// value runs a query on a connection of its own and returns its single value.
func (s *testStore) value(query string, args ...any) any {
	s.t.Helper()
	rows := s.rows(query, args...)
	require.Len(s.t, rows, 1, query)
	return rows[0][0]
}

func (s *testStore) rows(query string, args ...any) [][]any {
	s.t.Helper()
	if s.look == nil {
		s.look = lookAt(s.t, s.path)
		s.t.Cleanup(func() { _ = s.look.Close() })
	}
	return queryPool(s.t, s.look, query, args...)
}

func queryFile(t *testing.T, path, query string, args ...any) [][]any {
	t.Helper()
	db := lookAt(t, path)
	defer db.Close()
	return queryPool(t, db, query, args...)
}

func lookAt(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", dataSource(path, "_pragma=busy_timeout(5000)"))
	require.NoError(t, err)
	return db
}

func queryPool(t *testing.T, db *sql.DB, query string, args ...any) [][]any {
	t.Helper()
	var all [][]any
	require.NoError(t, poolQuerier{db}.query(t.Context(), statement{sql: query, args: args}, func(row []any) error {
		all = append(all, append([]any(nil), row...))
		return nil
	}), query)
	return all
}

func (s *testStore) reader() *Reader {
	s.t.Helper()
	if s.server != nil {
		return NewServerReader(s.server)
	}
	if s.read == nil {
		var err error
		s.read, err = OpenReader(s.t.Context(), s.path)
		require.NoError(s.t, err)
		s.t.Cleanup(func() { require.NoError(s.t, s.read.Close()) })
	}
	return s.read
}

// latestTraces reads the first page of a list.
func latestTraces(ctx context.Context, r *Reader, n int64) (list []TraceSummary, err error) {
	err = r.Query(ctx, "SELECT "+traceColumns+" FROM otel_traces ORDER BY start_us DESC, id DESC LIMIT ?", []any{n}, func(row []any) error {
		list = append(list, traceSummary(row))
		return nil
	})
	return list, err
}

func (s *testStore) trace(n int) *Trace {
	s.t.Helper()
	trace, err := s.reader().Trace(s.t.Context(), traceID(n))
	require.NoError(s.t, err)
	return trace
}

func TestASpanIsVisibleToOthersWhenWriteReturns(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			assert.Equal(t, Result{Inserted: 1}, s.write(newSpan(1, 1, 0, 0)))
			assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM mastra_ai_spans WHERE parentSpanId IS NULL`))
			assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM traces WHERE name = 'span 1'`))
		})
	}
}

func TestWritingTheSameSpansAgainChangesNothing(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			spans := []Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 1, call(100, 10, 0.5)), newSpan(1, 3, 1, 2, func(s *Span) { s.StatusCode = 2 })}
			first := s.write(spans...)
			before := s.rows(`SELECT * FROM otel_traces`)
			rows := s.rows(`SELECT * FROM mastra_ai_spans`)
			second := s.write(spans...)
			assert.Equal(t, Result{Inserted: 3}, first)
			assert.Equal(t, Result{Duplicates: 3}, second)
			assert.Equal(t, before, s.rows(`SELECT * FROM otel_traces`))
			assert.Equal(t, rows, s.rows(`SELECT * FROM mastra_ai_spans`))
		})
	}
}

func TestASpanTwiceInOneWriteIsStoredOnce(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			assert.Equal(t, Result{Inserted: 1, Duplicates: 1}, s.write(newSpan(1, 1, 0, 0), newSpan(1, 1, 0, 0)))
			assert.EqualValues(t, 1, s.trace(1).Spans)
		})
	}
}

func TestTotalsOfATraceAddUpOverManyWrites(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 2, 1, 1, call(100, 10, 0.5)))
			s.write(newSpan(1, 3, 1, 20, call(50, 5, 0.25)), newSpan(2, 9, 0, 0))
			s.write(newSpan(1, 1, 0, 0, typed("agent_run")), newSpan(1, 4, 1, 40, typed("tool_call"), func(s *Span) { s.StatusCode = 2 }))
			trace := s.trace(1)
			assert.Equal(t, Totals{ModelCalls: 2, InputTokens: 150, OutputTokens: 15, Cost: Measured(0.75)}, trace.Totals)
			assert.Equal(t, "span 1", trace.Name)
			assert.Equal(t, "agent_run", trace.Type)
			assert.EqualValues(t, 4, trace.Spans)
			assert.EqualValues(t, 1, trace.Errors)
			assert.EqualValues(t, 1, trace.ToolCalls)
			assert.False(t, trace.Failed)
			assert.False(t, trace.RootMissing)
			assert.Equal(t, 50*time.Millisecond, trace.Duration)
		})
	}
}

func TestACallWithoutAPriceMakesTheCostAPart(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			unknown := func(s *Span) {
				call(7, 3, 0)(s)
				s.Facts.Cost, s.Facts.CostStatus = Amount{}, "unknown_model"
			}
			s.write(newSpan(1, 1, 9, 0, unknown))
			assert.Equal(t, Totals{ModelCalls: 1, UnpricedCalls: 1, InputTokens: 7, OutputTokens: 3}, s.trace(1).Totals)
			s.write(newSpan(1, 2, 9, 0, call(100, 10, 0.5)))
			assert.Equal(t, Totals{ModelCalls: 2, UnpricedCalls: 1, InputTokens: 107, OutputTokens: 13, Cost: Measured(0.5)}, s.trace(1).Totals)
		})
	}
}

func TestAmongUnclassifiedSpansOnlyThoseWithoutUsageBelowCount(t *testing.T) {
	usage := func(in, out int64) func(*Span) {
		return func(s *Span) {
			s.Facts.InputTokens, s.Facts.OutputTokens, s.Facts.Accounting = Tokens(in), Tokens(out), StatesUsage
		}
	}
	want := Totals{ModelCalls: 2, UnpricedCalls: 2, InputTokens: 150, OutputTokens: 15}
	outer := newSpan(1, 1, 0, 0, usage(150, 15))
	between := newSpan(1, 2, 1, 1)
	first, second := newSpan(1, 3, 2, 2, usage(100, 10)), newSpan(1, 4, 2, 20, usage(50, 5))
	for name, writes := range map[string][][]Span{
		"in one write":        {{outer, between, first, second}},
		"children first":      {{first}, {second}, {between}, {outer}},
		"parents first":       {{outer}, {between}, {first}, {second}},
		"the link comes last": {{outer, first}, {second}, {between}},
	} {
		t.Run(name, func(t *testing.T) {
			for name, open := range engines {
				t.Run(name, func(t *testing.T) {
					s := open(t)
					for _, spans := range writes {
						s.write(spans...)
					}
					assert.Equal(t, want, s.trace(1).Totals)
					all := s.totals()
					assert.Equal(t, want, all)
				})
			}
		})
	}
}

func TestAGroupOfModelCallsShowsTheirSumToMastra(t *testing.T) {
	group := newSpan(1, 2, 1, 1, typed("model_generation"), func(s *Span) {
		s.Facts.RollUp, s.Mastra.Attributes = true, `{"model":"gpt-4o-mini"}`
	})
	root, step1, step2 := newSpan(1, 1, 0, 0, typed("agent_run")), newSpan(1, 3, 2, 2, typed("model_step")), newSpan(1, 4, 2, 20, typed("model_step"))
	call1, call2 := newSpan(1, 5, 3, 3, call(100, 10, 0.5)), newSpan(1, 6, 4, 21, call(50, 5, 0.25))
	// An agent that is called as a tool has a group of its own.
	tool := newSpan(1, 7, 3, 8, typed("tool_call"))
	inner := newSpan(1, 8, 7, 9, typed("model_generation"), func(s *Span) { s.Facts.RollUp = true })
	innerCall := newSpan(1, 9, 8, 10, call(1000, 1, 1))
	for name, writes := range map[string][][]Span{
		"in one write":   {{root, group, step1, step2, call1, call2, tool, inner, innerCall}},
		"children first": {{innerCall, call1}, {inner, tool, call2}, {step1}, {step2}, {group}, {root}},
		"parents first":  {{root}, {group}, {step1}, {tool}, {inner}, {step2}, {call2}, {innerCall, call1}},
	} {
		t.Run(name, func(t *testing.T) {
			for name, open := range engines {
				t.Run(name, func(t *testing.T) {
					s := open(t)
					for _, spans := range writes {
						s.write(spans...)
					}
					attributes := `SELECT attributes FROM mastra_ai_spans WHERE spanId = ?`
					assert.JSONEq(t, `{"model":"gpt-4o-mini","usage":{"inputTokens":150,"outputTokens":15,"inputDetails":{"text":148,"cacheRead":2},"outputDetails":{"text":15}}}`,
						s.value(attributes, spanID(2)).(string))
					assert.JSONEq(t, `{"usage":{"inputTokens":1000,"outputTokens":1,"inputDetails":{"text":999,"cacheRead":1},"outputDetails":{"text":1}}}`,
						s.value(attributes, spanID(8)).(string))
					assert.Equal(t, Totals{ModelCalls: 3, InputTokens: 1150, OutputTokens: 16, Cost: Measured(1.75)}, s.trace(1).Totals)
				})
			}
		})
	}
}

func TestWaitingWritersShareATransaction(t *testing.T) {
	var mu sync.Mutex
	var seen []Transaction
	s := openTestStore(t, func(_ *FileOptions, o *Options) {
		o.Observe = func(t Transaction) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, t)
		}
	})
	const writers = 64
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			r, err := s.Write(t.Context(), []Span{newSpan(i, i, 0, i)})
			assert.NoError(t, err)
			assert.Equal(t, Result{Inserted: 1}, r)
		})
	}
	wg.Wait()
	assert.EqualValues(t, writers, s.value(`SELECT count(*) FROM mastra_ai_spans`))
	writes, inserted := 0, 0
	for _, tx := range seen {
		writes += tx.Writes
		inserted += tx.Spans.Inserted
	}
	assert.Equal(t, writers, writes)
	assert.Equal(t, writers, inserted)
	assert.Less(t, len(seen), writers)
}

func TestEveryWriterOfATransactionLearnsItsOwnResult(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 1, 0, 0))
			e := s.engine
			results, err := e.write(t.Context(), []group{{spans: []Span{newSpan(1, 1, 0, 0)}}, {spans: []Span{newSpan(1, 2, 1, 0), newSpan(1, 3, 1, 0)}}}, time.Now())
			require.NoError(t, err)
			assert.Equal(t, []Result{{Duplicates: 1}, {Inserted: 2}}, results)
		})
	}
}

func TestParentsAreStoredBeforeChildrenOfTheSameMillisecond(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			later := func(s *Span) { s.StartNanos += 5 }
			s.write(newSpan(1, 3, 2, 0), newSpan(1, 4, 3, 0), newSpan(1, 1, 0, 0, later), newSpan(1, 2, 1, 0, later), newSpan(1, 5, 1, -1))
			var order []string
			for _, row := range s.rows(`SELECT name FROM mastra_ai_spans ORDER BY startedAt`) {
				order = append(order, row[0].(string))
			}
			assert.Equal(t, []string{"span 5", "span 1", "span 2", "span 3", "span 4"}, order)
		})
	}
}

func TestARowThatMastraHasWrittenIsReplacedByOurs(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			queryFile(t, s.path, `INSERT INTO mastra_ai_spans (traceId, spanId, name, spanType, isEvent, startedAt, input, createdAt)
			VALUES (?, ?, 'raw', 'generic', 0, '2026-11-22T10:00:00.000Z', '"secret"', '2026-11-22T10:00:00.000Z')`, traceID(1), spanID(1))
			s.write(newSpan(1, 1, 0, 0, func(s *Span) { s.Mastra.Input = `"[REDACTED]"` }))
			assert.Equal(t, [][]any{{"span 1", `"[REDACTED]"`}}, s.rows(`SELECT name, input FROM mastra_ai_spans`))
		})
	}
}

func TestCloseWaitsForWritesAndRefusesLaterOnes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, store.Close(t.Context()))
	require.NoError(t, store.Close(t.Context()))
	_, err = store.Write(t.Context(), []Span{newSpan(1, 2, 0, 0)})
	require.ErrorIs(t, err, ErrClosed)
	assert.NoFileExists(t, path+"-wal")
	assert.EqualValues(t, 1, queryFile(t, path, `SELECT count(*) FROM otel_spans`)[0][0])
}

func TestAFileThatIsDeletedUnderneathIsMadeAnew(t *testing.T) {
	s := openTestStore(t)
	s.write(newSpan(1, 1, 0, 0))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(t, removeIfThere(s.path+suffix))
	}
	assert.Equal(t, Result{Inserted: 1}, s.write(newSpan(2, 2, 0, 0)))
	assert.Equal(t, [][]any{{spanID(2)}}, s.rows(`SELECT spanId FROM mastra_ai_spans`))
}

func TestTablesThatAreDroppedUnderneathAreMadeAnew(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 1, 0, 0))
			queryFile(t, s.path, `DROP TABLE mastra_ai_spans`)
			assert.Equal(t, Result{Inserted: 1}, s.write(newSpan(2, 2, 0, 0)))
			assert.Equal(t, [][]any{{spanID(2)}}, s.rows(`SELECT spanId FROM mastra_ai_spans`))
		})
	}
}

func TestNoIntegerExceedsWhatJavaScriptReads(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			huge := func(s *Span) {
				call(1<<62, 1<<62, 1)(s)
				s.StartNanos, s.EndNanos = 1<<64-2, 1<<64-1
				s.Flags, s.DroppedAttributes, s.DroppedEvents, s.DroppedLinks = 1<<32-1, 1<<32-1, 1<<32-1, 1<<32-1
				s.Kind, s.StatusCode = 1<<31-1, -1<<31
				s.Facts.CacheReadTokens = Tokens(-5)
			}
			s.write(newSpan(1, 1, 0, 0, huge), newSpan(1, 2, 1, 0, huge))
			s.write(newSpan(1, 3, 1, 0, huge))
			for _, table := range []string{"otel_spans", "otel_span_data", "otel_traces", "mastra_ai_spans", "otel_resources", "otel_scopes"} {
				for _, row := range s.rows(`SELECT * FROM ` + table) {
					for i, v := range row {
						if n, ok := v.(int64); ok {
							assert.LessOrEqual(t, n, int64(MaxInteger), "%s, column %d", table, i)
							assert.GreaterOrEqual(t, n, int64(-MaxInteger), "%s, column %d", table, i)
						}
					}
				}
			}
			spans, err := s.reader().Spans(t.Context(), traceID(1))
			require.NoError(t, err)
			assert.Equal(t, uint64(1<<64-2), spans[0].StartNanos)
			assert.Equal(t, uint64(1<<64-1), spans[0].EndNanos)
		})
	}
}

func TestSpansAreReadBackAsTheyWereWritten(t *testing.T) {
	full := newSpan(1, 2, 1, 1, call(100, 10, 0.5), func(s *Span) {
		s.StartNanos += 123
		s.EndNanos += 456_789
		s.StatusCode, s.StatusMessage, s.TraceState = 2, "boom", "a=b"
		s.Attributes, s.Events = `{"a":1}`, `[{"name":"exception"}]`
		s.DroppedAttributes, s.DroppedEvents, s.DroppedLinks = 1, 2, 3
		s.GeneratedID = GeneratedSpanID
		s.Resource = &Resource{Attributes: `{"service.name":"other","n":2}`, ServiceName: "other", SchemaURL: "https://example.org/r", DroppedAttributes: 4}
		s.Scope = &Scope{Name: "lib", Version: "2", Attributes: `{"x":true}`, SchemaURL: "https://example.org/s", DroppedAttributes: 5}
		s.Facts = Facts{
			Type: "model_inference", Operation: "chat", Provider: "openai", Model: "gpt-4o",
			InputTokens: Tokens(1), OutputTokens: Tokens(2), CacheReadTokens: Tokens(0), ReasoningTokens: Tokens(1),
			Cost: Measured(0.125), CostStatus: "priced", Accounting: ModelCall, ResponseID: "resp-1",
			SessionID: "s", ConversationID: "c", UserID: "u", AgentName: "a", ToolName: "t", WorkflowName: "w", FirstTokenMS: Measured(12.5),
		}
		s.Mastra = MastraRow{
			Name: "llm", EntityType: "agent", EntityID: "e", EntityName: "n", UserID: "u", OrganizationID: "o", ResourceID: "r", RunID: "run",
			SessionID: "s", ThreadID: "c", RequestID: "q", Environment: "prod", Source: "local", EntityVersionID: "v", ExperimentID: "x",
			Scope: `{"a":1}`, Metadata: `{"b":2}`, Tags: `["t"]`, Attributes: `{"model":"m"}`, Links: `[]`, Input: `"in"`, Output: `[1]`, Error: `{"message":"boom"}`,
		}
	})
	bare := newSpan(1, 1, 0, 0)
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(full, bare)
			got, err := s.reader().Spans(t.Context(), traceID(1))
			require.NoError(t, err)
			bare.Scope = &Scope{Name: "test", Version: "1", Attributes: "{}"}
			assert.Equal(t, []Span{bare, full}, got)
		})
	}
}

func TestATraceThatIsNotThereIsNotFound(t *testing.T) {
	s := openTestStore(t)
	_, err := s.reader().Trace(t.Context(), traceID(1))
	require.ErrorIs(t, err, ErrNotFound)
	_, err = s.reader().Spans(t.Context(), traceID(1))
	require.ErrorIs(t, err, ErrNotFound)
}

func TestSpansThatShareAnIDAreBothKept(t *testing.T) {
	n := 0
	for name, open := range engines {
		s := open(t)
		for order, writes := range map[string]func(client, server Span) [][]Span{
			"in one write": func(client, server Span) [][]Span { return [][]Span{{client, server}} },
			"in two":       func(client, server Span) [][]Span { return [][]Span{{server}, {client}} },
			"with a retry": func(client, server Span) [][]Span { return [][]Span{{client}, {server, client}} },
		} {
			t.Run(name+"/"+order, func(t *testing.T) {
				n++
				client := newSpan(n, 2, 1, 1, ofKind(3), withPayload(10))
				server := newSpan(n, 2, 1, 2, ofKind(2), withPayload(20))
				s.write(newSpan(n, 1, 0, 0))
				for _, spans := range writes(client, server) {
					s.write(spans...)
				}
				for range 2 {
					assert.Equal(t, Result{Duplicates: 2}, s.write(client, server))
				}
				assert.EqualValues(t, 3, s.trace(n).Spans)
				assert.EqualValues(t, 3, s.value(`SELECT count(*) FROM mastra_ai_spans WHERE traceId = ?`, traceID(n)))
				spans, err := s.reader().Spans(t.Context(), traceID(n))
				require.NoError(t, err)
				var sent []string
				var kinds []int32
				for _, span := range spans[1:] {
					sent = append(sent, cmp.Or(span.SentSpanID, span.SpanID))
					kinds = append(kinds, span.Kind)
				}
				assert.Equal(t, []string{spanID(2), spanID(2)}, sent)
				assert.ElementsMatch(t, []int32{2, 3}, kinds)
			})
		}
	}
}

// TestALongTraceIsReadInParts: a trace of more than partBytes and partSpans.
func TestALongTraceIsReadInParts(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			large := JSON(`"` + strings.Repeat("x", 1<<20) + `"`)
			var want []string
			var all []Span
			for n := 1; n <= 2*partSpans+10; n++ {
				span := newSpan(1, n, 0, n)
				if n%100 == 0 {
					span.Mastra.Input = large
				}
				want = append(want, span.SpanID)
				all = append(all, span)
			}
			s.write(all...)
			parts, err := s.reader().parts(t.Context(), traceID(1))
			require.NoError(t, err)
			assert.Greater(t, len(parts), 3)
			spans, err := s.reader().Spans(t.Context(), traceID(1))
			require.NoError(t, err)
			var got []string
			for i := range spans {
				got = append(got, spans[i].SpanID)
				assert.Equal(t, (i+1)%100 == 0, spans[i].Mastra.Input != "", i)
			}
			assert.Equal(t, want, got)
			one, err := s.reader().Span(t.Context(), traceID(1), want[599])
			require.NoError(t, err)
			assert.Equal(t, spans[599], *one)
			_, err = s.reader().Span(t.Context(), traceID(1), spanID(9999))
			require.ErrorIs(t, err, ErrNotFound)
		})
	}
}
