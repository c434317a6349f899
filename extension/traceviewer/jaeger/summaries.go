package jaeger

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// summary is a trace of /api/v3/trace-summaries. 64-bit integers are text.
type summary struct {
	TraceID              string           `json:"traceId"`
	RootServiceName      string           `json:"rootServiceName,omitempty"`
	RootOperationName    string           `json:"rootOperationName,omitempty"`
	MinStartTimeUnixNano string           `json:"minStartTimeUnixNano"`
	MaxEndTimeUnixNano   string           `json:"maxEndTimeUnixNano"`
	SpanCount            int64            `json:"spanCount"`
	ErrorSpanCount       int64            `json:"errorSpanCount"`
	OrphanSpanCount      int64            `json:"orphanSpanCount,omitempty"`
	Services             []serviceSummary `json:"services,omitempty"`
}

type serviceSummary struct {
	Name           string `json:"name"`
	SpanCount      int64  `json:"spanCount"`
	ErrorSpanCount int64  `json:"errorSpanCount"`
}

// maxCounted is how many spans are read for one answer, to count them by service. The
// counts of traces beyond are left out, which clients allow.
const maxCounted = 20_000

// summariesV3 answers /api/v3/trace-summaries, jaeger-ui's list.
func (s *server) summariesV3(r *http.Request) (any, error) {
	found, err := s.search(r, maxSummaries)
	if err != nil {
		return nil, err
	}
	all := make([]summary, len(found))
	counted := int64(0)
	for i := range found {
		all[i] = summaryOf(&found[i])
		if counted += found[i].Spans; counted > maxCounted {
			continue
		}
		t, err := s.source.Trace(r.Context(), found[i].TraceID)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all[i].count(t.Spans)
	}
	return map[string][]summary{"summaries": all}, nil
}

func summaryOf(t *query.TraceSummary) summary {
	start := t.Start.UnixNano()
	return summary{
		TraceID: t.TraceID, RootServiceName: t.Service, RootOperationName: t.Name, SpanCount: t.Spans, ErrorSpanCount: t.Errors,
		MinStartTimeUnixNano: nanos(start), MaxEndTimeUnixNano: nanos(start + t.DurationUS*1000),
	}
}

// nanos is a time of version 3: decimal digits, nothing before 1970.
func nanos(n int64) string { return strconv.FormatInt(max(0, n), 10) }

func (s *summary) count(spans []query.SpanSummary) {
	here := make(map[string]bool, len(spans))
	for i := range spans {
		here[spans[i].SpanID] = true
	}
	services := map[string]*serviceSummary{}
	for i := range spans {
		span := &spans[i]
		of, ok := services[span.Service]
		if !ok {
			of = &serviceSummary{Name: span.Service}
			services[span.Service] = of
		}
		of.SpanCount++
		if span.Failed {
			of.ErrorSpanCount++
		}
		if span.ParentID != "" && !here[span.ParentID] {
			s.OrphanSpanCount++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		s.Services = append(s.Services, *services[name])
	}
}

// dependency says how often a service was called by another.
type dependency struct {
	Parent    string `json:"parent"`
	Child     string `json:"child"`
	CallCount int    `json:"callCount"`
}

// maxDependencyTraces is how many of the latest traces are looked at for them.
const maxDependencyTraces = 1000

// dependencies answers /api/dependencies, from the latest traces of a time.
func (s *server) dependencies(r *http.Request) (any, error) {
	end, err := millis(r.URL.Query(), "endTs")
	if err != nil {
		return nil, err
	}
	back, err := millis(r.URL.Query(), "lookback")
	if err != nil {
		return nil, err
	}
	until := s.now()
	if end > 0 {
		until = time.UnixMilli(end)
	}
	length := 7 * 24 * time.Hour
	if back > 0 {
		length = time.Duration(back) * time.Millisecond
	}
	wanted := search{limit: maxDependencyTraces, filter: query.TraceFilter{Since: until.Add(-length), Until: until}}
	found, err := s.found(r.Context(), wanted, maxDependencyTraces)
	if err != nil {
		return nil, err
	}
	links, err := s.links(r.Context(), found)
	return envelope{Data: links, Total: len(links)}, err
}

func (s *server) links(ctx context.Context, found []query.TraceSummary) ([]dependency, error) {
	calls := map[[2]string]int{}
	counted := int64(0)
	for i := range found {
		if counted += found[i].Spans; counted > maxCounted {
			break
		}
		t, err := s.source.Trace(ctx, found[i].TraceID)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		service := make(map[string]string, len(t.Spans))
		for i := range t.Spans {
			service[t.Spans[i].SpanID] = t.Spans[i].Service
		}
		for i := range t.Spans {
			if parent := service[t.Spans[i].ParentID]; parent != "" && parent != t.Spans[i].Service {
				calls[[2]string{parent, t.Spans[i].Service}]++
			}
		}
	}
	links := make([]dependency, 0, len(calls))
	for pair, n := range calls {
		links = append(links, dependency{pair[0], pair[1], n})
	}
	slices.SortFunc(links, func(a, b dependency) int {
		return cmp.Or(cmp.Compare(a.Parent, b.Parent), cmp.Compare(a.Child, b.Child))
	})
	return links, nil
}

// maxMillis keeps durations within 64 bits.
const maxMillis = int64(1<<63-1) / int64(time.Millisecond)

func millis(q url.Values, name string) (int64, error) {
	text := q.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > maxMillis {
		return 0, badParam(name, "it is not a number of milliseconds")
	}
	return n, nil
}
