package hrana

import (
	"encoding/base64"
	"math"
	"strconv"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// Request builds the body of one pipeline. It may be used again after Reset,
// and keeps its memory.
type Request struct {
	buf     []byte
	results int // requests so far: the server answers each
	steps   int
	stepped bool // a step of the batch is open
}

// Reset begins a new pipeline.
func (r *Request) Reset() {
	r.buf = append(r.buf[:0], `{"baton":null,"requests":[`...)
	r.results, r.steps = 0, 0
}

// Size is the length of the body so far, in bytes.
func (r *Request) Size() int { return len(r.buf) }

// add begins the next request of the pipeline.
func (r *Request) add() {
	if r.results > 0 {
		r.buf = append(r.buf, ',')
	}
	r.results++
}

// StoreSQL keeps a text on the server's stream, for statements that name it by
// its id. A server takes 50 of them.
func (r *Request) StoreSQL(id int, sql string) {
	r.add()
	r.buf = append(r.buf, `{"type":"store_sql","sql_id":`...)
	r.buf = strconv.AppendInt(r.buf, int64(id), 10)
	r.buf = append(r.buf, `,"sql":`...)
	r.buf = jsontext.AppendString(r.buf, sql)
	r.buf = append(r.buf, '}')
}

// Execute runs one statement by itself and asks for its rows.
func (r *Request) Execute(sql string, args []any) {
	r.add()
	r.buf = append(r.buf, `{"type":"execute","stmt":`...)
	r.statement(SQL(sql), args, true)
	r.buf = append(r.buf, '}')
}

// StartBatch begins a batch: steps that run one after the other, each only if
// its condition holds.
func (r *Request) StartBatch() {
	r.add()
	r.buf = append(r.buf, `{"type":"batch","batch":{"steps":[`...)
	r.steps = 0
}

// Statement names what a step runs.
type Statement struct {
	sql string
	id  int
}

// SQL is a statement by its text.
func SQL(text string) Statement { return Statement{sql: text} }

// Stored is a statement by the id that StoreSQL has given it.
func Stored(id int) Statement { return Statement{id: id} }

// Condition decides whether a step runs. The zero Condition always holds.
type Condition struct {
	kind conditionKind
	step int
}

type conditionKind uint8

const (
	always conditionKind = iota
	ifOK
	ifNotOK
)

// OK holds where a step has run and not failed.
func OK(step int) Condition { return Condition{ifOK, step} }

// NotOK holds where a step has failed or has not run.
func NotOK(step int) Condition { return Condition{ifNotOK, step} }

// Step adds a step to the batch and returns its number. Args are nil, int64,
// float64, string, []byte or bool; rows asks for the rows of the answer.
func (r *Request) Step(s Statement, args []any, when Condition, rows bool) int {
	step := r.StartStep(s, when)
	for _, arg := range args {
		r.Arg(arg)
	}
	r.EndStep(rows)
	return step
}

// StartStep adds a step whose arguments follow one by one.
func (r *Request) StartStep(s Statement, when Condition) int {
	if r.steps > 0 {
		r.buf = append(r.buf, ',')
	}
	r.buf = append(r.buf, '{')
	switch when.kind {
	case ifOK:
		r.buf = append(r.buf, `"condition":{"type":"ok","step":`...)
		r.buf = strconv.AppendInt(r.buf, int64(when.step), 10)
		r.buf = append(r.buf, `},`...)
	case ifNotOK:
		r.buf = append(r.buf, `"condition":{"type":"not","cond":{"type":"ok","step":`...)
		r.buf = strconv.AppendInt(r.buf, int64(when.step), 10)
		r.buf = append(r.buf, `}},`...)
	case always:
	}
	r.buf = append(r.buf, `"stmt":{`...)
	r.named(s)
	r.buf = append(r.buf, `,"args":[`...)
	r.steps++
	r.stepped = false
	return r.steps - 1
}

// Arg adds an argument to the step that was started.
func (r *Request) Arg(arg any) {
	if r.stepped {
		r.buf = append(r.buf, ',')
	}
	r.stepped = true
	r.value(arg)
}

// EndStep ends the step that was started.
func (r *Request) EndStep(rows bool) {
	r.buf = append(r.buf, `],"want_rows":`...)
	r.buf = strconv.AppendBool(r.buf, rows)
	r.buf = append(r.buf, `}}`...)
}

// EndBatch ends the batch.
func (r *Request) EndBatch() { r.buf = append(r.buf, `]}}`...) }

// body is the pipeline with the end that closes its stream.
func (r *Request) body() []byte {
	end := r.buf
	if r.results > 0 {
		end = append(end, ',')
	}
	return append(end, `{"type":"close"}]}`...)
}

func (r *Request) statement(s Statement, args []any, rows bool) {
	r.buf = append(r.buf, '{')
	r.named(s)
	r.buf = append(r.buf, `,"args":[`...)
	r.stepped = false
	for _, arg := range args {
		r.Arg(arg)
	}
	r.buf = append(r.buf, `],"want_rows":`...)
	r.buf = strconv.AppendBool(r.buf, rows)
	r.buf = append(r.buf, '}')
}

func (r *Request) named(s Statement) {
	if s.sql == "" {
		r.buf = append(r.buf, `"sql_id":`...)
		r.buf = strconv.AppendInt(r.buf, int64(s.id), 10)
		return
	}
	r.buf = append(r.buf, `"sql":`...)
	r.buf = jsontext.AppendString(r.buf, s.sql)
}

// value writes an argument. Integers travel as text, so that no JSON reader
// rounds them; what is not finite is stored as NULL, as SQLite itself does with
// NaN.
func (r *Request) value(arg any) {
	switch v := arg.(type) {
	case int64:
		r.buf = append(r.buf, `{"type":"integer","value":"`...)
		r.buf = strconv.AppendInt(r.buf, v, 10)
		r.buf = append(r.buf, `"}`...)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			r.buf = append(r.buf, `{"type":"null"}`...)
			return
		}
		r.buf = append(r.buf, `{"type":"float","value":`...)
		r.buf = strconv.AppendFloat(r.buf, v, 'g', -1, 64)
		r.buf = append(r.buf, '}')
	case bool:
		n := int64(0)
		if v {
			n = 1
		}
		r.value(n)
	case string:
		r.buf = append(r.buf, `{"type":"text","value":`...)
		r.buf = jsontext.AppendString(r.buf, v)
		r.buf = append(r.buf, '}')
	case []byte:
		r.buf = append(r.buf, `{"type":"blob","base64":"`...)
		r.buf = base64.StdEncoding.AppendEncode(r.buf, v)
		r.buf = append(r.buf, `"}`...)
	default:
		r.buf = append(r.buf, `{"type":"null"}`...)
	}
}
