package status

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// firstTraces is how many traces the page of a first run is told of: it is for a store that
// is new.
const firstTraces = 1000

// FirstRun is what a developer needs whose first trace has not come yet.
func (o *Observer) FirstRun(ctx context.Context) (*FirstRun, error) {
	m, _ := o.metrics(ctx) // without, there are no counts
	o.mu.Lock()
	l := o.layout
	o.mu.Unlock()
	f := &FirstRun{Environment: []string{}, Remote: []string{}, Services: []FirstService{}, Reasons: []Reason{}}
	f.environment(l)
	for _, id := range l.exporters {
		if _, remote := l.address(id); remote {
			f.Remote = append(f.Remote, id)
		}
	}
	f.AcceptedSpans = accepted(m)
	page, err := o.source.Traces(ctx, query.TraceFilter{Limit: firstTraces})
	var stored *query.StoreInfo
	if err == nil {
		stored, err = o.source.Store(ctx)
	}
	if errors.Is(err, context.Canceled) {
		return nil, err
	}
	if err == nil {
		f.Services, f.Traces = services(page.Items), stored.Traces
	}
	f.Reasons = o.reasons(l, m, f, err)
	return f, nil
}

// environment are the lines that an application needs.
func (f *FirstRun) environment(l *layout) {
	for _, id := range l.receivers {
		if kindOf(id) != "otlp" {
			continue
		}
		for _, e := range l.endpoints("receivers", id) {
			at := e.url()
			if e.Protocol == "http" && f.HTTPEndpoint == "" {
				f.HTTPEndpoint, f.Auth = at, e.Auth
			}
			if e.Protocol == "grpc" && f.GRPCEndpoint == "" {
				f.GRPCEndpoint = at
			}
		}
	}
	endpoint, protocol := f.HTTPEndpoint, "http/protobuf"
	if endpoint == "" {
		endpoint, protocol = f.GRPCEndpoint, "grpc"
	}
	if endpoint == "" {
		return
	}
	f.Environment = []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL=" + protocol, "OTEL_SERVICE_NAME=my-app"}
	if f.Auth {
		f.Environment = append(f.Environment, "OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20TOKEN")
	}
}

// url is what an application of this machine writes.
func (e Endpoint) url() string {
	scheme := "http"
	if e.TLS {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(e.Address)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

func accepted(m metrics) *int64 {
	if m == nil {
		return nil
	}
	n, _ := m.sum("otelcol_receiver_accepted_spans")
	count := int64(n)
	return &count
}

// services are those of traces, which are by start, the latest first.
func services(traces []query.TraceSummary) []FirstService {
	found := []FirstService{}
	at := map[string]int{}
	for _, t := range traces {
		i, ok := at[t.Service]
		if !ok {
			i = len(found)
			at[t.Service] = i
			found = append(found, FirstService{
				Name: t.Service, TraceID: t.TraceID, TraceName: t.Name, Spans: t.Spans, Tokens: t.Tokens.Input + t.Tokens.Output,
				USD: t.Cost.USD, Redactions: t.Redactions,
			})
		}
		found[i].Traces++
		found[i].First = t.Start
	}
	return found
}

// reasons are what was seen that may be why no trace shows.
func (o *Observer) reasons(l *layout, m metrics, f *FirstRun, failed error) []Reason {
	found := []Reason{}
	for _, id := range l.receivers {
		for _, r := range o.receiver(l, m, id).RefusedRequests {
			if why, ok := refusals[r.Reason]; ok {
				found = append(found, Reason{why.kind, r.Requests, why.sentence, why.remedy})
			}
		}
	}
	if failed != nil {
		found = append(found, Reason{Kind: "store", Sentence: "the trace store cannot be read", Remedy: "wait until it is there; the log of the collector says what is wrong"})
	}
	if f.AcceptedSpans == nil || f.Traces > 0 || failed != nil {
		return found
	}
	return append(found, o.unstored(l, m, *f.AcceptedSpans)...)
}

// unstored says why an empty store is empty, as far as that was seen.
func (o *Observer) unstored(l *layout, m metrics, accepted int64) []Reason {
	if accepted == 0 {
		for _, other := range []struct{ counter, sentence string }{
			{"otelcol_receiver_accepted_metric_points", "metrics have come, and no span"},
			{"otelcol_receiver_accepted_log_records", "log records have come, and no span"},
		} {
			if n, _ := m.sum(other.counter); n > 0 {
				return []Reason{{"other_signal", int64(n), other.sentence, "see that the application makes spans: OTEL_TRACES_EXPORTER is otlp, and OTEL_TRACES_SAMPLER not always_off"}}
			}
		}
		return []Reason{{
			Kind: "no_traffic", Sentence: "no span has been accepted since the start",
			Remedy: "see that the three variables reach the application's process, that its SDK is started before the rest, that its sampler is not always_off, and that the SDK is shut down at the end, so that the last batch is sent",
		}}
	}
	for _, id := range l.processors {
		if kindOf(id) == "tail_sampling" {
			return []Reason{{"waiting", accepted, "spans have come; tail sampling has not decided on their traces yet, or has dropped them", "wait as long as decision_wait says"}}
		}
	}
	if out, ok := m.sum("otelcol_processor_probabilistic_sampler_count_traces_sampled", "sampled", "false"); ok && out > 0 {
		return []Reason{{"sampled", int64(out), "traces have come and were sampled out before the store", "raise OTELCOL_LIBSQL_SAMPLING_PERCENTAGE or MASTRA_OBSERVABILITY_SAMPLING"}}
	}
	if !slices.ContainsFunc(l.exporters, func(id string) bool { return strings.HasPrefix(id, "libsql") }) {
		return []Reason{{"none_stored", accepted, "spans have come, and no destination of this collector stores them", "add config/destinations/libsql.yaml"}}
	}
	return []Reason{{"none_stored", accepted, fmt.Sprintf("%d spans have come, and none is stored yet", accepted), "wait a second; see the page Collector where it lasts"}}
}
