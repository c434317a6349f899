package tracestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
)

// ErrNotFound says that no such trace is stored.
var ErrNotFound = errors.New("no such trace")

// querier runs one statement and calls each with every row of its answer.
type querier interface {
	query(ctx context.Context, s statement, each func(row []any) error) error
}

// Reader reads a trace store. It never writes and never makes the writer wait.
// Its methods may be called at the same time.
type Reader struct {
	db    querier
	close func() error
	path  string // "" for a server
}

// OpenReader opens the file of a trace store for reading. The file must exist.
func OpenReader(ctx context.Context, path string) (*Reader, error) {
	if wrong := checkPlace(path); wrong != nil {
		return nil, fmt.Errorf("cannot read %s as a trace store: %w", path, wrong.withoutKey())
	}
	release := opened.add(path)
	pool, err := sql.Open("sqlite", dataSource(path, "mode=ro", "_pragma=busy_timeout(5000)", "_pragma=query_only(1)"))
	if err != nil {
		release()
		return nil, err
	}
	// Readers of a WAL do not wait for each other; a few connections do.
	pool.SetMaxOpenConns(4)
	r := &Reader{db: poolQuerier{pool}, path: path, close: func() error {
		defer release()
		return pool.Close()
	}}
	if err := readable(ctx, readOnly{r.db}); err != nil {
		err = fmt.Errorf("cannot read %s as a trace store: %w", path, explainReading(err))
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// ErrOlderSchema says that an older release has written the database, which lacks what
// this one reads.
var ErrOlderSchema = errors.New("the database has an older schema than this binary reads; start the collector on it once, which brings it up to date")

// readable is an error where the database has not all tables and columns. One that a newer
// release has written has them.
func readable(ctx context.Context, db database) error {
	applied, err := appliedMigrations(ctx, db)
	if err != nil {
		return err
	}
	steps, err := migrations()
	if err != nil {
		return err
	}
	for _, step := range steps {
		if _, ok := applied[step.version]; !ok {
			return ErrOlderSchema
		}
	}
	return nil
}

// NewServerReader returns a reader of the trace store on a libSQL server. It
// does not connect.
func NewServerReader(client *hrana.Client) *Reader {
	return &Reader{db: serverQuerier{client}, close: func() error { return nil }}
}

type serverQuerier struct{ client *hrana.Client }

func (s serverQuerier) query(ctx context.Context, st statement, each func(row []any) error) error {
	var r hrana.Request
	r.Reset()
	r.Execute(st.sql, st.args)
	return runQuery(ctx, s.client, &r, each)
}

// Close closes the reader.
func (r *Reader) Close() error { return r.close() }

// Query runs one statement that reads and calls each with every row of its answer: a
// nil, an int64, a float64, a string or a []byte a column. The row is valid during the
// call only.
func (r *Reader) Query(ctx context.Context, sql string, args []any, each func(row []any) error) error {
	return r.db.query(ctx, statement{sql: sql, args: args}, each)
}

type poolQuerier struct{ pool *sql.DB }

func (p poolQuerier) query(ctx context.Context, s statement, each func(row []any) error) error {
	rows, err := p.pool.QueryContext(ctx, s.sql, s.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	row := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readOnly makes a querier a database that applies nothing.
type readOnly struct{ querier }

func (readOnly) apply(context.Context, []statement) error {
	return errors.New("this trace store is open for reading only")
}

// Totals are sums over model calls. Spans that only repeat the usage of calls
// below them are not among them.
type Totals struct {
	ModelCalls       int64
	UnpricedCalls    int64 // calls whose cost is not known, or only in part: Cost is then a lower bound
	InputTokens      int64 // cached tokens included
	OutputTokens     int64 // reasoning tokens included
	CacheReadTokens  int64 // part of InputTokens
	CacheWriteTokens int64 // part of InputTokens
	ReasoningTokens  int64 // part of OutputTokens
	Cost             Amount
}

// TraceSummary is one trace in a list.
type TraceSummary struct {
	Totals

	TraceID string
	// Name and Type are those of the root, "" while there is none.
	Name        string
	Type        string
	ServiceName string
	Start       time.Time
	Duration    time.Duration // from the earliest start to the latest end
	// Failed is set where the root failed, Errors counts spans that did.
	Failed         bool
	Errors         int64
	Spans          int64
	ToolCalls      int64
	SessionID      string
	ConversationID string
	UserID         string
	// RootMissing is set where the true root has not come and another span
	// stands in for it, or none does yet.
	RootMissing bool
}

const traceColumns = `trace_id, coalesce(root_name, ''), coalesce(root_type, ''), coalesce(service_name, ''), start_us, end_us,
  coalesce(root_status, 0), error_count, span_count, tool_calls, model_calls, unpriced_calls,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd,
  coalesce(session_id, ''), coalesce(conversation_id, ''), coalesce(user_id, ''),
  root_span_id IS NULL OR promoted_span_id IS NOT NULL`

func traceSummary(row []any) TraceSummary {
	return TraceSummary{
		TraceID: asText(row[0]), Name: asText(row[1]), Type: asText(row[2]), ServiceName: asText(row[3]),
		Start: time.UnixMicro(asInt(row[4])).UTC(), Duration: time.Duration(asInt(row[5])-asInt(row[4])) * time.Microsecond,
		Failed: asInt(row[6]) == statusError, Errors: asInt(row[7]), Spans: asInt(row[8]), ToolCalls: asInt(row[9]),
		Totals:    totals(row[10:18]),
		SessionID: asText(row[18]), ConversationID: asText(row[19]), UserID: asText(row[20]),
		RootMissing: asInt(row[21]) != 0,
	}
}

// statusError is OTLP's status code for a span that failed.
const statusError = 2

func totals(row []any) Totals {
	return Totals{
		ModelCalls: asInt(row[0]), UnpricedCalls: asInt(row[1]), InputTokens: asInt(row[2]), OutputTokens: asInt(row[3]),
		CacheReadTokens: asInt(row[4]), CacheWriteTokens: asInt(row[5]), ReasoningTokens: asInt(row[6]),
		Cost: Amount{V: asFloat(row[7]), Known: row[7] != nil},
	}
}
