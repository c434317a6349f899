package studio

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// pagination is what Mastra says of a page by number.
type pagination struct {
	Total   int64 `json:"total"`
	Page    int   `json:"page"`
	PerPage int   `json:"perPage"`
	HasMore bool  `json:"hasMore"`
}

func parsePage(q url.Values) (pagination, error) {
	p := pagination{PerPage: 10}
	for name, to := range map[string]*int{"page": &p.Page, "perPage": &p.PerPage} {
		if text := q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n > maxOffset {
				return p, badParam(name, "it is not a number of pages or rows")
			}
			*to = n
		}
	}
	p.PerPage = min(max(p.PerPage, 1), 100)
	if p.Page*p.PerPage > maxOffset {
		return p, badParam("page", "it is too far from the first; choose a shorter time")
	}
	return p, nil
}

// paged answers with a list of which there is nothing here.
func paged(name string) endpoint {
	return func(_ *server, r *http.Request) (any, error) {
		p, err := parsePage(r.URL.Query())
		return map[string]any{name: []any{}, "pagination": p}, err
	}
}

// flat is paged as the lists of stored things are.
func flat(name string) endpoint {
	return func(_ *server, r *http.Request) (any, error) {
		p, err := parsePage(r.URL.Query())
		return map[string]any{name: []any{}, "total": 0, "page": p.Page, "perPage": p.PerPage, "hasMore": false}, err
	}
}

// values lists the values of a field.
func values(field, name string) endpoint {
	return func(s *server, r *http.Request) (any, error) {
		names, err := s.names(r, field)
		return map[string][]string{name: names}, err
	}
}

func (s *server) names(r *http.Request, field string) ([]string, error) {
	found, err := s.source.Values(r.Context(), field, "", query.TraceFilter{})
	names := make([]string, len(found))
	for i := range found {
		names[i] = found[i].Value
	}
	return names, err
}

// entityNames lists the names of agents and tools; of others the store has no list.
func (s *server) entityNames(r *http.Request) (any, error) {
	field := map[string]string{"agent": "agent", "tool": "tool"}[r.URL.Query().Get("entityType")]
	if field == "" {
		return map[string][]string{"names": {}}, nil
	}
	names, err := s.names(r, field)
	return map[string][]string{"names": names}, err
}

// equalities are the parameters of a list that a column has to equal.
var equalities = []string{
	"traceId", "threadId", "resourceId", "userId", "sessionId", "runId", "organizationId", "environment", "serviceName", "spanType", "name",
	"entityType", "entityId", "entityName", "experimentId", "source", "status",
}

// list answers /traces and /traces/light, which Studio 1.30 lists.
func (s *server) list(r *http.Request) (any, error) {
	q := r.URL.Query()
	p, err := parsePage(q)
	if err != nil {
		return nil, err
	}
	f, err := parseFilter(q)
	if err != nil {
		return nil, err
	}
	f.Offset, f.Limit = p.Page*p.PerPage, p.PerPage
	roots, next, err := s.mastra.MastraRoots(r.Context(), f)
	if err != nil {
		return nil, err
	}
	if p.Total, err = s.mastra.MastraCount(r.Context(), f); err != nil {
		return nil, err
	}
	p.HasMore = next != ""
	return map[string]any{"pagination": p, "spans": roots}, nil
}

// parseFilter reads what a list is narrowed by.
func parseFilter(q url.Values) (query.MastraFilter, error) {
	f := query.MastraFilter{By: q.Get("field"), Ascending: q.Get("direction") == "ASC"}
	if text := q.Get("startedAt"); text != "" {
		var between struct{ Start, End *time.Time }
		if err := json.Unmarshal([]byte(text), &between); err != nil {
			return f, badParam("startedAt", `it is not {"start": …, "end": …} with times`)
		}
		if between.Start != nil {
			f.Since = *between.Start
		}
		if between.End != nil {
			f.Until = between.End.Add(time.Millisecond)
		}
	}
	all := query.MastraPredicate{Op: "and"}
	for _, name := range equalities {
		if value := q.Get(name); value != "" {
			all.Args = append(all.Args, equal(name, value))
		}
	}
	if text := q.Get("metadata"); text != "" {
		var metadata map[string]any
		if err := json.Unmarshal([]byte(text), &metadata); err != nil {
			return f, badParam("metadata", "it is not a JSON object")
		}
		for key, value := range metadata {
			all.Args = append(all.Args, equal("metadata."+key, value))
		}
	}
	tags, err := parseTags(q["tags"])
	if err != nil {
		return f, err
	}
	for _, tag := range tags {
		quoted, _ := json.Marshal(tag)
		all.Args = append(all.Args, query.MastraPredicate{Op: "includes", Path: "tags", Value: quoted})
	}
	if len(all.Args) > 0 {
		f.Where = &all
	}
	return f, nil
}

func equal(path string, value any) query.MastraPredicate {
	return query.MastraPredicate{Op: "eq", Left: query.MastraOperand{Path: path}, Right: query.MastraOperand{Literal: value}}
}

// parseTags reads tags: a JSON list, or one each time.
func parseTags(texts []string) ([]string, error) {
	var all []string
	for _, text := range texts {
		if text == "" || text[0] != '[' {
			all = append(all, text)
			continue
		}
		var list []string
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return nil, badParam("tags", "it is not a list of texts")
		}
		all = append(all, list...)
	}
	return all, nil
}

// traceQuery is the body of /traces/query, by which Studio 1.31 lists.
type traceQuery struct {
	TimeRange struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	} `json:"timeRange"`
	Where   *query.MastraPredicate `json:"where"`
	Group   json.RawMessage        `json:"group"`
	Mode    string                 `json:"mode"`
	OrderBy []struct {
		Field     string `json:"field"`
		Direction string `json:"direction"`
	} `json:"orderBy"`
	Page struct {
		Limit int    `json:"limit"`
		After string `json:"after"`
	} `json:"page"`
}

func (s *server) queryTraces(r *http.Request) (any, error) {
	var asked traceQuery
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, refusal{http.StatusRequestEntityTooLarge, "the query has more than " + strconv.Itoa(maxRequest>>10) + " KB"}
		}
		return nil, refusal{http.StatusBadRequest, "the body is not a trace query in JSON"}
	}
	if asked.Group != nil || asked.Mode != "" {
		return nil, refusal{http.StatusNotImplemented, "this collector answers queries for traces, not for groups or changes of them"}
	}
	f := query.MastraFilter{Since: asked.TimeRange.From, Until: asked.TimeRange.To, Where: asked.Where, Cursor: asked.Page.After, Limit: asked.Page.Limit}
	if len(asked.OrderBy) > 0 {
		f.By, f.Ascending = asked.OrderBy[0].Field, asked.OrderBy[0].Direction == "asc"
	}
	roots, next, err := s.mastra.MastraRoots(r.Context(), f)
	if err != nil {
		return nil, err
	}
	for _, root := range roots {
		root["rootSpanId"] = root["spanId"]
	}
	page := map[string]any{"next": nil}
	if next != "" {
		page["next"] = next
	}
	return map[string]any{"traces": roots, "page": page}, nil
}

func (s *server) trace(r *http.Request) (any, error) { return s.spans(r, maxPayload) }

func (s *server) light(r *http.Request) (any, error) { return s.spans(r, -1) }

func (s *server) spans(r *http.Request, payload int) (any, error) {
	spans, err := s.mastra.MastraTrace(r.Context(), r.PathValue("trace"), payload)
	if err != nil {
		return nil, err
	}
	return map[string]any{"traceId": spans[0]["traceId"], "spans": spans}, nil
}

// below answers what is below a trace: spans/ID, and ID/scores, of which there are none.
func (s *server) below(r *http.Request) (any, error) {
	switch of, what := r.PathValue("of"), r.PathValue("what"); {
	case of == "spans":
		span, err := s.mastra.MastraSpan(r.Context(), r.PathValue("trace"), what)
		return map[string]any{"span": span}, err
	case what == "scores":
		return paged("scores")(s, r)
	}
	return nil, refusal{http.StatusNotFound, "there is no such address"}
}
