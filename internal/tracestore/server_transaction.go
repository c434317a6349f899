package tracestore

import (
	"context"
	"errors"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
)

// serverTransaction is one transaction in the making: a batch whose steps each
// run only if the one before has not failed.
type serverTransaction struct {
	engine  *serverEngine
	request *hrana.Request
	batch   int // which request of the pipeline it is
	last    int // the step before
	steps   int
}

// begin begins a transaction that will insert these rows.
func (e *serverEngine) begin(inserts ...*rows) *serverTransaction {
	t := &serverTransaction{engine: e, request: e.borrow()}
	for _, r := range inserts {
		// A text that is used more than once is kept for the length of the pipeline.
		if n := r.perStatement(); r.len() >= 2*n {
			t.request.StoreSQL(r.id, r.statement(n))
			t.batch++
		}
	}
	t.request.StartBatch()
	t.last = t.request.Step(hrana.SQL("BEGIN IMMEDIATE"), nil, hrana.Condition{}, false)
	t.steps = 1
	return t
}

// end gives the memory of the request back.
func (t *serverTransaction) end() { t.engine.requests.Put(t.request) }

// run adds a statement.
func (t *serverTransaction) run(sql string, args []any) {
	t.last = t.request.Step(hrana.SQL(sql), args, hrana.OK(t.last), false)
	t.steps++
}

// origins adds the resources and scopes that the rows come from.
func (t *serverTransaction) origins(o *origins) {
	for _, origin := range o.store {
		t.run(origin.sql, origin.args)
	}
}

// insert adds the steps that insert rows, and returns the numbers of the first
// and the last of them.
func (t *serverTransaction) insert(r *rows) (first, end int) {
	first = t.steps
	width, n := len(r.columns), r.perStatement()
	stored := r.len() >= 2*n
	for at := 0; at < r.len(); at += n {
		size := min(n, r.len()-at)
		statement := hrana.Stored(r.id)
		if size < n || !stored {
			statement = hrana.SQL(r.statement(size))
		}
		t.last = t.request.StartStep(statement, hrana.OK(t.last))
		t.steps++
		for row := at; row < at+size; row++ {
			for _, c := range r.used {
				if _, ok := r.same[c]; !ok {
					t.request.Arg(r.values[row*width+c])
				}
			}
		}
		t.request.EndStep(false)
	}
	return first, t.steps
}

// commit sends the transaction and returns what became of its steps.
func (t *serverTransaction) commit(ctx context.Context) ([]hrana.StepResult, error) {
	commit := t.request.Step(hrana.SQL("COMMIT"), nil, hrana.OK(t.last), false)
	t.request.Step(hrana.SQL("ROLLBACK"), nil, hrana.NotOK(commit), false)
	t.request.EndBatch()
	answer, err := t.engine.client.Do(ctx, t.request)
	if err != nil {
		return nil, err
	}
	if err := answer.Err(); err != nil {
		return nil, err
	}
	steps, err := answer.Batch(t.batch, commit+2)
	if err != nil {
		return nil, err
	}
	for _, step := range steps[:commit+1] {
		if step.Err != nil {
			return nil, step.Err
		}
	}
	if !steps[commit].Ran {
		return nil, errors.New("server has run no COMMIT and named no error")
	}
	return steps, nil
}
