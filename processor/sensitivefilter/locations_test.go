package sensitivefilter

import (
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// lookedAt lists the members of OTLP's types that the processor looks at; a test finds one that is missing here, as a new version
// of the data model may bring it.
var lookedAt = map[string]string{
	"InstrumentationScope.Attributes": "scope", "InstrumentationScope.Name": "scope", "InstrumentationScope.Version": "scope",
	"Resource.Attributes":     "resource",
	"ResourceSpans.SchemaUrl": "resource", "ResourceLogs.SchemaUrl": "resource", "ResourceMetrics.SchemaUrl": "resource",
	"ScopeSpans.SchemaUrl": "scope", "ScopeLogs.SchemaUrl": "scope", "ScopeMetrics.SchemaUrl": "scope",
	"Span.Attributes": "attributes", "Span.Name": "name", "Status.Message": "status",
	"SpanEvent.Attributes": "events", "SpanEvent.Name": "events", "SpanLink.Attributes": "links",
	"LogRecord.Attributes": "attributes", "LogRecord.Body": "body", "LogRecord.EventName": "name", "LogRecord.SeverityText": "status",
	"Metric.Description": "metadata", "Metric.Metadata": "metadata", "Exemplar.FilteredAttributes": "exemplars",
	"NumberDataPoint.Attributes": "attributes", "HistogramDataPoint.Attributes": "attributes",
	"ExponentialHistogramDataPoint.Attributes": "attributes", "SummaryDataPoint.Attributes": "attributes",
}

// notLookedAt lists the members that hold texts and are left alone, with the reason.
var notLookedAt = map[string]string{
	"Span.TraceState":     "parsed by trace samplers and never made of content",
	"SpanLink.TraceState": "as in spans",
	"Metric.Name":         "an identity: a changed name is another metric",
	"Metric.Unit":         "an identity",
}

func TestEveryMemberOfOTLPThatHoldsTextIsLookedAtOrNamedAsLeftAlone(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var members []string
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		if seen[typ] || !strings.Contains(typ.PkgPath(), "collector/pdata") {
			return
		}
		seen[typ] = true
		for m := range typ.Methods() {
			if m.Type.NumIn() == 2 && m.Name == "At" {
				visit(m.Type.Out(0))
				continue
			}
			if m.Type.NumIn() != 1 || m.Type.NumOut() != 1 || m.Name == "String" || m.Name == "AppendEmpty" || strings.HasPrefix(m.Name, "SetEmpty") {
				continue
			}
			switch out := m.Type.Out(0); {
			case out == reflect.TypeFor[string](), out == reflect.TypeFor[pcommon.Map](), out == reflect.TypeFor[pcommon.Value](), out == reflect.TypeFor[pcommon.StringSlice](), out == reflect.TypeFor[pcommon.ByteSlice](), out == reflect.TypeFor[pcommon.Slice](), out == reflect.TypeFor[pcommon.TraceState]():
				members = append(members, typ.Name()+"."+m.Name)
			default:
				visit(out)
			}
		}
	}
	for _, root := range []reflect.Type{reflect.TypeFor[ptrace.Traces](), reflect.TypeFor[plog.Logs](), reflect.TypeFor[pmetric.Metrics]()} {
		visit(root)
	}
	var known []string
	for _, table := range []map[string]string{lookedAt, notLookedAt} {
		for name := range table {
			known = append(known, name)
		}
	}
	sort.Strings(members)
	sort.Strings(known)
	assert.Equal(t, known, members)
}
