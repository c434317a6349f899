package jaeger

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// read reads a trace with canonical names.
func (s *server) read(ctx context.Context, id string) (ptrace.Traces, error) {
	traces, err := s.source.OTLP(ctx, id)
	if err != nil {
		return traces, err
	}
	if traces.SpanCount() == 0 { // deleted in between
		return traces, errNotFound
	}
	canonical(traces)
	return traces, nil
}

// encode is a trace in Jaeger's JSON.
func (s *server) encode(ctx context.Context, id string) (json.RawMessage, error) {
	traces, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	return json.Marshal(fromOTLP(id, traces))
}

// trace answers /api/traces/{id}. Start and end, which Jaeger takes as a hint and Grafana
// sends in another unit, do not matter.
func (s *server) trace(r *http.Request) (any, error) {
	id, err := traceID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	text, err := s.encode(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if len(text) > maxBytes {
		return nil, refusal{http.StatusRequestEntityTooLarge, "this trace has more than " + strconv.Itoa(maxBytes>>20) + " MB; open it on the page of traces, which reads a span at a time"}
	}
	return envelope{Data: []json.RawMessage{text}, Total: 1}, nil
}

// find answers /api/traces: a search, or traces by their ids.
func (s *server) find(r *http.Request) (any, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refusal{http.StatusBadRequest, "the parameters of the URL cannot be read"}
	}
	if ids := q["traceID"]; len(ids) > 0 {
		return s.list(r.Context(), ids)
	}
	wanted, err := s.parseFind(q)
	if err != nil {
		return nil, err
	}
	found, err := s.found(r.Context(), wanted, maxTraces)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].TraceID
	}
	answer, err := s.whole(r.Context(), ids, false)
	answer.Limit = wanted.limit
	return answer, err
}

// list answers with traces that are named.
func (s *server) list(ctx context.Context, texts []string) (envelope, error) {
	if len(texts) > maxTraces {
		return envelope{}, badParam("traceID", "there are more than "+strconv.Itoa(maxTraces))
	}
	ids := make([]string, len(texts))
	for i, text := range texts {
		id, err := traceID(text)
		if err != nil {
			return envelope{}, err
		}
		ids[i] = id
	}
	return s.whole(ctx, ids, true)
}

// whole answers with whole traces, as many as are not too large together. Of those that
// were named the answer says which there are not.
func (s *server) whole(ctx context.Context, ids []string, named bool) (envelope, error) {
	data := []json.RawMessage{}
	answer := envelope{}
	bytes := 0
	for i, id := range ids {
		text, err := s.encode(ctx, id)
		if isNotFound(err) {
			if named {
				answer.Errors = append(answer.Errors, failure{Code: errNotFound.status, Msg: errNotFound.sentence, TraceID: id})
			}
			continue
		}
		if err != nil {
			return answer, err
		}
		if bytes += len(text); bytes > maxBytes {
			answer.Errors = append(answer.Errors, tooLarge(i, len(ids)))
			break
		}
		data = append(data, text)
	}
	answer.Data, answer.Total = data, len(data)
	return answer, nil
}

func isNotFound(err error) bool {
	return errors.Is(err, query.ErrNotFound) || errors.Is(err, errNotFound)
}

// result is the envelope of version 3 around OTLP JSON.
func result(traces ptrace.Traces) (any, error) {
	text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	if err != nil {
		return nil, err
	}
	if len(text) > maxBytes {
		return nil, refusal{http.StatusRequestEntityTooLarge, "the answer would have more than " + strconv.Itoa(maxBytes>>20) + " MB; ask for fewer traces"}
	}
	return map[string]json.RawMessage{"result": text}, nil
}

func (s *server) traceV3(r *http.Request) (any, error) {
	id, err := traceID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	traces, err := s.read(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return result(traces)
}

// findV3 answers /api/v3/traces: all that was found in one OTLP message.
func (s *server) findV3(r *http.Request) (any, error) {
	found, err := s.search(r, maxTraces)
	if err != nil {
		return nil, err
	}
	all := ptrace.NewTraces()
	size := 0
	for i := range found {
		traces, err := s.read(r.Context(), found[i].TraceID)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if size += (&ptrace.ProtoMarshaler{}).TracesSize(traces); size > maxBytes {
			return nil, refusal{http.StatusRequestEntityTooLarge, tooLarge(i, len(found)).Msg}
		}
		traces.ResourceSpans().MoveAndAppendTo(all.ResourceSpans())
	}
	if all.SpanCount() == 0 {
		return nil, refusal{http.StatusNotFound, "No traces found"}
	}
	return result(all)
}

func (s *server) search(r *http.Request, most int) ([]query.TraceSummary, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refusal{http.StatusBadRequest, "the parameters of the URL cannot be read"}
	}
	wanted, err := parseFindV3(q)
	if err != nil {
		return nil, err
	}
	return s.found(r.Context(), wanted, most)
}
