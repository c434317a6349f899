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
	hashes  map[any]string // of resources and scopes, by pointer
}

// insertion is a statement that inserts many rows. Its text for a full number
// of rows is kept on the server for the length of a pipeline.
type insertion struct {
	id   int
	text func(rows int) string
	full string
}

func newInsertion(id int, text func(int) string) *insertion {
	return &insertion{id: id, text: text, full: text(rowsPerStatement)}
}

var (
	spanInsertion   = newInsertion(1, serverSpans)
	mastraInsertion = newInsertion(2, serverMastra)
	dataInsertion   = newInsertion(3, serverData)
	logInsertion    = newInsertion(4, serverLogs)
)

// begin begins a transaction that will use these insertions for so many rows.
func (e *serverEngine) begin(rows int, insertions ...*insertion) *serverTransaction {
	e.request.Reset()
	t := &serverTransaction{engine: e, request: &e.request, hashes: map[any]string{}}
	if rows >= rowsPerStatement {
		for _, i := range insertions {
			t.request.StoreSQL(i.id, i.full)
			t.batch++
		}
	}
	t.request.StartBatch()
	t.last = t.request.Step(hrana.SQL("BEGIN IMMEDIATE"), nil, hrana.Condition{}, false)
	t.steps = 1
	return t
}

// run adds a statement.
func (t *serverTransaction) run(sql string, args []any) {
	t.last = t.request.Step(hrana.SQL(sql), args, hrana.OK(t.last), false)
	t.steps++
}

// origin adds a resource or a scope, once, and returns its hash.
func (t *serverTransaction) origin(pointer any, insert string, values func() []any) string {
	hash, ok := t.hashes[pointer]
	if !ok {
		row := values()
		hash = asText(row[0])
		t.hashes[pointer] = hash
		t.run(insert, row)
	}
	return hash
}

func (t *serverTransaction) resource(r *Resource) string {
	return t.origin(r, resourceInsert, func() []any { return resourceValues(r) })
}

func (t *serverTransaction) scope(s *Scope) string {
	return t.origin(s, scopeInsert, func() []any { return scopeValues(s) })
}

// insert adds the steps of an insertion, whose arguments args adds row by row.
// It returns the number of the first of them.
func (t *serverTransaction) insert(i *insertion, rows int, args func(row int)) (first int) {
	first = t.steps
	for at := 0; at < rows; {
		n := min(rowsPerStatement, rows-at)
		statement := hrana.Stored(i.id)
		if n < rowsPerStatement {
			statement = hrana.SQL(i.text(n))
		}
		t.last = t.request.StartStep(statement, hrana.OK(t.last))
		t.steps++
		for end := at + n; at < end; at++ {
			args(at)
		}
		t.request.EndStep(false)
	}
	return first
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
