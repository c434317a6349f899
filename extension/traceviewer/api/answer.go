package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/params"
)

type answerer struct {
	source  query.Source
	logger  *zap.Logger
	answers *mount.Answers
	shared  *shared
}

// handler answers an operation.
func (a *answerer) handler(op operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := a.answer(r, op)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		if err := a.answers.Write(w, http.StatusOK, body); err != nil {
			a.fail(w, r, err)
		}
	})
}

func (a *answerer) answer(r *http.Request, op operation) ([]byte, error) {
	values, err := parseQuery(r)
	if err != nil {
		return nil, err
	}
	p := op.params()
	if err := params.Decode(values, p); err != nil {
		return nil, err
	}
	if op.shared { // whoever asked first may go, and others wait
		ctx := context.WithoutCancel(r.Context())
		return a.shared.get(r.URL.RequestURI(), func() ([]byte, error) { return a.ask(ctx, r, op, p) })
	}
	return a.ask(r.Context(), r, op, p)
}

func (a *answerer) ask(ctx context.Context, r *http.Request, op operation, p any) ([]byte, error) {
	answer, err := op.answer(ctx, a.source, r.PathValue, p)
	if err != nil {
		return nil, err
	}
	return encode(answer)
}

// encode writes an answer as JSON. A list that is empty is [], not null.
func encode(answer any) ([]byte, error) {
	if traces, ok := answer.(ptrace.Traces); ok {
		return (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	}
	v := reflect.New(reflect.TypeOf(answer)).Elem()
	v.Set(reflect.ValueOf(answer))
	fillLists(v)
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v.Interface()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

var rawMessage = reflect.TypeFor[json.RawMessage]()

// fillLists makes lists that are nil empty ones, and what was stored as JSON and is not
// JSON a string.
func fillLists(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fillLists(v.Elem())
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() {
				fillLists(field)
			}
		}
	case reflect.Slice:
		if v.Type() == rawMessage {
			if raw := v.Bytes(); len(raw) > 0 && !json.Valid(raw) {
				quoted, _ := json.Marshal(string(raw)) // a string always can be
				v.SetBytes(quoted)
			}
			return
		}
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		if hasLists(v.Type().Elem()) {
			for i := range v.Len() {
				fillLists(v.Index(i))
			}
		}
	}
}

// hasLists is false for types of which nothing has to be filled.
func hasLists(t reflect.Type) bool {
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice
}

// fail answers an error with a sentence.
func (a *answerer) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, sentence := explain(err)
	if errors.Is(r.Context().Err(), context.Canceled) {
		return // nobody listens any more
	}
	if status == http.StatusInternalServerError {
		a.logger.Warn("A question to the trace store failed", zap.String("question", r.Pattern), zap.Error(err))
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(Error{sentence})
}

// Error is the answer to a question that has none.
type Error struct {
	Error string `json:"error"`
}

// explain is the status and the sentence of an error.
func explain(err error) (int, string) {
	var unavailable mount.Unavailable
	var param *params.Error
	switch {
	case errors.As(err, &param):
		return http.StatusBadRequest, param.Error()
	case errors.As(err, &unavailable):
		return http.StatusServiceUnavailable, unavailable.Sentence
	case errors.Is(err, query.ErrNotFound):
		return http.StatusNotFound, "there is no such trace, span or session; it may have been deleted"
	case errors.Is(err, query.ErrAmbiguous):
		return http.StatusBadRequest, query.ErrAmbiguous.Error() + "; give more of it"
	case errors.Is(err, query.ErrInvalid):
		return http.StatusBadRequest, err.Error()
	case errors.Is(err, query.ErrNoStore):
		return http.StatusServiceUnavailable, query.ErrNoStore.Error() + " yet"
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "the store takes too long to answer this; ask for less, such as a shorter time"
	}
	return http.StatusInternalServerError, "the store could not be read; the collector's log says why"
}
