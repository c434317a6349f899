package jaeger

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// trace is a trace in the JSON of Jaeger 1. Clients take the first span of every trace
// for granted, and lists that are there.
type trace struct {
	TraceID   string             `json:"traceID"`
	Spans     []span             `json:"spans"`
	Processes map[string]process `json:"processes"`
	Warnings  []string           `json:"warnings"`
}

type span struct {
	TraceID       string      `json:"traceID"`
	SpanID        string      `json:"spanID"`
	OperationName string      `json:"operationName"`
	References    []reference `json:"references"`
	StartTime     int64       `json:"startTime"` // in microseconds since 1970
	Duration      int64       `json:"duration"`  // in microseconds
	Tags          []tag       `json:"tags"`
	Logs          []event     `json:"logs"`
	ProcessID     string      `json:"processID"`
	Warnings      []string    `json:"warnings"`
}

type reference struct {
	RefType string `json:"refType"`
	TraceID string `json:"traceID"`
	SpanID  string `json:"spanID"`
}

type process struct {
	ServiceName string `json:"serviceName"`
	Tags        []tag  `json:"tags"`
}

type event struct {
	Timestamp int64 `json:"timestamp"` // in microseconds since 1970
	Fields    []tag `json:"fields"`
}

type tag struct {
	Key   string `json:"key"`
	Type  string `json:"type"`
	Value any    `json:"value"`
}

// serviceName is the attribute of a resource that Jaeger has apart.
const serviceName = "service.name"

// kinds of spans, as the tag span.kind has them.
var kinds = map[ptrace.SpanKind]string{
	ptrace.SpanKindInternal: "internal", ptrace.SpanKindServer: "server", ptrace.SpanKindClient: "client",
	ptrace.SpanKindProducer: "producer", ptrace.SpanKindConsumer: "consumer",
}

// fromOTLP turns a trace into Jaeger's JSON, as Jaeger does:
// https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/.
func fromOTLP(id string, traces ptrace.Traces) trace {
	t := trace{TraceID: id, Spans: []span{}, Processes: map[string]process{}, Warnings: []string{}}
	known := map[string]string{} // ids of processes by their JSON
	for _, rs := range traces.ResourceSpans().All() {
		p := processOf(rs.Resource())
		text, _ := json.Marshal(p)
		processID, ok := known[string(text)]
		if !ok {
			processID = "p" + strconv.Itoa(len(known)+1)
			known[string(text)], t.Processes[processID] = processID, p
		}
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				t.Spans = append(t.Spans, spanOf(ss.Scope(), s, processID))
			}
		}
	}
	return t
}

func processOf(resource pcommon.Resource) process {
	p := process{ServiceName: "unknown_service", Tags: []tag{}}
	for key, value := range resource.Attributes().All() {
		if key == serviceName {
			p.ServiceName = value.AsString()
			continue
		}
		p.Tags = append(p.Tags, tagOf(key, value))
	}
	return p
}

func spanOf(scope pcommon.InstrumentationScope, s ptrace.Span, processID string) span {
	start := micro(s.StartTimestamp())
	return span{
		TraceID: s.TraceID().String(), SpanID: s.SpanID().String(), OperationName: s.Name(), ProcessID: processID,
		StartTime: start, Duration: max(0, micro(s.EndTimestamp())-start),
		References: referencesOf(s), Tags: tagsOf(scope, s), Logs: eventsOf(s), Warnings: []string{},
	}
}

func micro(t pcommon.Timestamp) int64 { return int64(min(uint64(t), math.MaxInt64)) / 1000 }

func referencesOf(s ptrace.Span) []reference {
	all := []reference{}
	if !s.ParentSpanID().IsEmpty() {
		all = append(all, reference{"CHILD_OF", s.TraceID().String(), s.ParentSpanID().String()})
	}
	for _, link := range s.Links().All() {
		all = append(all, reference{"FOLLOWS_FROM", link.TraceID().String(), link.SpanID().String()})
	}
	return all
}

func tagsOf(scope pcommon.InstrumentationScope, s ptrace.Span) []tag {
	all := attributes(nil, s.Attributes())
	put := func(key, value string) {
		if value != "" && !slices.ContainsFunc(all, func(t tag) bool { return t.Key == key }) {
			all = append(all, tag{key, "string", value})
		}
	}
	put("otel.scope.name", scope.Name())
	put("otel.scope.version", scope.Version())
	put("span.kind", kinds[s.Kind()])
	put("w3c.tracestate", s.TraceState().AsRaw())
	switch s.Status().Code() {
	case ptrace.StatusCodeError:
		put("otel.status_code", "ERROR")
		if !slices.ContainsFunc(all, func(t tag) bool { return t.Key == "error" }) {
			all = append(all, tag{"error", "bool", true})
		}
	case ptrace.StatusCodeOk:
		put("otel.status_code", "OK")
	}
	put("otel.status_description", s.Status().Message())
	return all
}

func eventsOf(s ptrace.Span) []event {
	all := []event{}
	for _, e := range s.Events().All() {
		fields := []tag{}
		if e.Name() != "" {
			fields = append(fields, tag{"event", "string", e.Name()})
		}
		all = append(all, event{micro(e.Timestamp()), attributes(fields, e.Attributes())})
	}
	return all
}

func attributes(tags []tag, m pcommon.Map) []tag {
	for key, value := range m.All() {
		tags = append(tags, tagOf(key, value))
	}
	if tags == nil {
		return []tag{}
	}
	return tags
}

// safeInteger is the largest that JavaScript has exactly.
const safeInteger = 1<<53 - 1

func tagOf(key string, value pcommon.Value) tag {
	switch value.Type() {
	case pcommon.ValueTypeBool:
		return tag{key, "bool", value.Bool()}
	case pcommon.ValueTypeInt:
		if n := value.Int(); n >= -safeInteger && n <= safeInteger {
			return tag{key, "int64", n}
		}
		return tag{key, "int64", value.AsString()}
	case pcommon.ValueTypeDouble:
		if d := value.Double(); !math.IsNaN(d) && !math.IsInf(d, 0) {
			return tag{key, "float64", d}
		}
		return tag{key, "float64", value.AsString()}
	case pcommon.ValueTypeBytes:
		return tag{key, "binary", base64.StdEncoding.EncodeToString(value.Bytes().AsRaw())}
	}
	return tag{key, "string", value.AsString()}
}
