package jaeger

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// search is what a client looks for.
type search struct {
	filter query.TraceFilter
	tags   map[string]string
	limit  int
}

// parseFind reads the parameters of /api/traces.
func (s *server) parseFind(q url.Values) (search, error) {
	found := search{limit: defaultLimit, tags: map[string]string{}}
	f := &found.filter
	var err error
	if f.Since, err = micros(q, "start"); err != nil {
		return found, err
	}
	if f.Until, err = micros(q, "end"); err != nil {
		return found, err
	}
	if f.Since.IsZero() {
		if back := lookback(q.Get("lookback")); back > 0 {
			f.Since = cmp.Or(f.Until, s.now()).Add(-back)
		}
	}
	if f.MinDuration, err = duration(q, "minDuration"); err != nil {
		return found, err
	}
	if f.MaxDuration, err = duration(q, "maxDuration"); err != nil {
		return found, err
	}
	if found.limit, err = limit(q, "limit"); err != nil {
		return found, err
	}
	found.names(q.Get("service"), q.Get("operation"))
	for _, pair := range q["tag"] {
		name, value, ok := strings.Cut(pair, ":")
		if !ok {
			return found, badParam("tag", "it is not name:value")
		}
		found.tags[name] = value
	}
	for _, text := range q["tags"] {
		if err := found.addTags(text, "tags"); err != nil {
			return found, err
		}
	}
	return found, nil
}

// parseFindV3 reads the parameters of /api/v3/traces, which have two spellings.
func parseFindV3(q url.Values) (search, error) {
	found := search{tags: map[string]string{}}
	f := &found.filter
	var err error
	if f.Since, err = instant(q, "query.startTimeMin", "query.start_time_min"); err != nil {
		return found, err
	}
	if f.Until, err = instant(q, "query.startTimeMax", "query.start_time_max"); err != nil {
		return found, err
	}
	if !f.Since.IsZero() && !f.Until.IsZero() && !f.Since.Before(f.Until) {
		return found, refusal{http.StatusBadRequest, "query.startTimeMin must be before query.startTimeMax"}
	}
	if f.MinDuration, err = duration(q, "query.durationMin", "query.duration_min"); err != nil {
		return found, err
	}
	if f.MaxDuration, err = duration(q, "query.durationMax", "query.duration_max"); err != nil {
		return found, err
	}
	if found.limit, err = limit(q, "query.searchDepth", "query.search_depth", "query.num_traces"); err != nil {
		return found, err
	}
	if q.Get("query.filter") != "" {
		return found, badParam("query.filter", "expressions are not answered here; use query.attributes")
	}
	_, service := param(q, "query.serviceName", "query.service_name")
	_, operation := param(q, "query.operationName", "query.operation_name")
	found.names(service, operation)
	if text := q.Get("query.attributes"); text != "" {
		err = found.addTags(text, "query.attributes")
	}
	return found, err
}

func (s *search) names(service, operation string) {
	if service != "" {
		s.filter.SpanService = []string{service}
	}
	if operation != "" && operation != "all" {
		s.filter.SpanName = []string{operation}
	}
}

// addTags reads a JSON object of tags. Values that are not text are taken as such.
func (s *search) addTags(text, name string) error {
	var tags map[string]any
	if err := json.Unmarshal([]byte(text), &tags); err != nil {
		return badParam(name, `it is not a JSON object such as {"error":"true"}`)
	}
	for key, value := range tags {
		if text, ok := value.(string); ok {
			s.tags[key] = text
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return badParam(name, "a value is neither text, a number nor a boolean")
		}
		s.tags[key] = string(raw)
	}
	return nil
}

// facts are canonical names that have a column each, under whatever name they came.
var facts = map[string]func(f *query.TraceFilter, value string){
	"gen_ai.provider.name":   func(f *query.TraceFilter, v string) { f.Provider = append(f.Provider, v) },
	"gen_ai.request.model":   func(f *query.TraceFilter, v string) { f.Model = append(f.Model, v) },
	"gen_ai.response.model":  func(f *query.TraceFilter, v string) { f.Model = append(f.Model, v) },
	"gen_ai.agent.name":      func(f *query.TraceFilter, v string) { f.Agent = append(f.Agent, v) },
	"gen_ai.tool.name":       func(f *query.TraceFilter, v string) { f.Tool = append(f.Tool, v) },
	"gen_ai.conversation.id": func(f *query.TraceFilter, v string) { f.Session = append(f.Session, v) },
}

// isError reports whether a tag asks for traces that failed, and whether for others.
func isError(name, value string) (failed, ok bool) {
	switch {
	case name == "error" && (value == "true" || value == "false"):
		return value == "true", true
	case name == "otel.status_code" && value == "ERROR":
		return true, true
	}
	return false, false
}

// filters are what is asked of the store: tags as attributes, and, of facts that have a
// column, what has them under other names too.
func (s *search) filters() []query.TraceFilter {
	as, by := s.filter, s.filter
	canonical := false
	for _, name := range slices.Sorted(maps.Keys(s.tags)) {
		value := s.tags[name]
		if failed, ok := isError(name, value); ok {
			status := map[bool][]string{true: {"error"}, false: {"ok"}}[failed]
			as.Status, by.Status = status, status
			continue
		}
		as.Attributes = append(slices.Clip(as.Attributes), name+"="+value)
		if fact, ok := facts[name]; ok {
			fact(&by, value)
			canonical = true
			continue
		}
		by.Attributes = append(slices.Clip(by.Attributes), name+"="+value)
	}
	if canonical {
		return []query.TraceFilter{as, by}
	}
	return []query.TraceFilter{as}
}

// found lists traces, the latest first, up to as many as the search wants and most.
func (s *server) found(ctx context.Context, wanted search, most int) ([]query.TraceSummary, error) {
	most = min(most, wanted.limit)
	var all []query.TraceSummary
	known := map[string]bool{}
	for _, f := range wanted.filters() {
		page, err := s.pages(ctx, f, most)
		if err != nil {
			return nil, err
		}
		for i := range page {
			if !known[page[i].TraceID] {
				known[page[i].TraceID] = true
				all = append(all, page[i])
			}
		}
	}
	slices.SortStableFunc(all, func(a, b query.TraceSummary) int { return b.Start.Compare(a.Start) })
	return all[:min(most, len(all))], nil
}

// pages lists the latest traces that a filter lets through, up to most.
func (s *server) pages(ctx context.Context, f query.TraceFilter, most int) ([]query.TraceSummary, error) {
	var all []query.TraceSummary
	for len(all) < most {
		f.Limit = min(most-len(all), 1000)
		page, err := s.source.Traces(ctx, f)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	return all[:min(most, len(all))], nil
}

// param is the first of some spellings of a parameter that is there.
func param(q url.Values, names ...string) (name, value string) {
	for _, name := range names {
		if value := q.Get(name); value != "" {
			return name, value
		}
	}
	return names[0], ""
}

func micros(q url.Values, name string) (time.Time, error) {
	text := q.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, badParam(name, "it is not a time in microseconds since 1970")
	}
	return time.UnixMicro(n).UTC(), nil
}

// instant reads a time. Grafana does not escape the plus of its zone.
func instant(q url.Values, names ...string) (time.Time, error) {
	name, text := param(q, names...)
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1))
	if err != nil {
		return time.Time{}, badParam(name, "it is not a time such as 2026-11-30T12:00:00Z")
	}
	return t, nil
}

func duration(q url.Values, names ...string) (time.Duration, error) {
	name, text := param(q, names...)
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, badParam(name, "it is not a duration such as 100ms, 1.5s or 2m")
	}
	return d, nil
}

func limit(q url.Values, names ...string) (int, error) {
	name, text := param(q, names...)
	if text == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, badParam(name, "it is not a number of traces")
	}
	if n == 0 {
		return defaultLimit, nil
	}
	return n, nil
}

// lookback reads a length of time as jaeger-ui writes it, in days and weeks too. It is
// 0 where it is none: jaeger-ui says "custom" where it gives start and end.
func lookback(text string) time.Duration {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			if n, err := strconv.Atoi(number); err == nil && n > 0 && n < 10_000 {
				return time.Duration(n) * length
			}
			return 0
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0
	}
	return d
}
