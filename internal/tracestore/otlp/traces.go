package otlp

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// Traces turns stored spans back into OTLP. Spans are grouped by resource and
// scope, in the order in which these first appear. Ids that the store made up
// are zeroes again.
func Traces(spans []tracestore.Span) (ptrace.Traces, error) {
	out := ptrace.NewTraces()
	type origin struct {
		resource *tracestore.Resource
		scope    *tracestore.Scope
	}
	resources := map[*tracestore.Resource]ptrace.ResourceSpans{}
	scopes := map[origin]ptrace.ScopeSpans{}
	for i := range spans {
		s := &spans[i]
		rs, ok := resources[s.Resource]
		if !ok {
			rs = out.ResourceSpans().AppendEmpty()
			resources[s.Resource] = rs
			rs.SetSchemaUrl(s.Resource.SchemaURL)
			if err := fillResource(s.Resource, rs.Resource()); err != nil {
				return out, err
			}
		}
		at := origin{s.Resource, s.Scope}
		ss, ok := scopes[at]
		if !ok {
			ss = rs.ScopeSpans().AppendEmpty()
			scopes[at] = ss
			ss.SetSchemaUrl(s.Scope.SchemaURL)
			if err := fillScope(s.Scope, ss.Scope()); err != nil {
				return out, err
			}
		}
		if err := fillSpan(s, ss.Spans().AppendEmpty()); err != nil {
			return out, fmt.Errorf("span %s: %w", s.SpanID, err)
		}
	}
	return out, nil
}

func fillResource(r *tracestore.Resource, out pcommon.Resource) error {
	out.SetDroppedAttributesCount(r.DroppedAttributes)
	if err := decodeList(string(r.Attributes), nil, out.Attributes()); err != nil {
		return fmt.Errorf("resource: %w", err)
	}
	return nil
}

func fillScope(s *tracestore.Scope, scope pcommon.InstrumentationScope) error {
	scope.SetName(s.Name)
	scope.SetVersion(s.Version)
	scope.SetDroppedAttributesCount(s.DroppedAttributes)
	if err := decodeList(string(s.Attributes), nil, scope.Attributes()); err != nil {
		return fmt.Errorf("scope: %w", err)
	}
	return nil
}

func fillSpan(s *tracestore.Span, out ptrace.Span) error {
	if err := fillIDs(s, out); err != nil {
		return err
	}
	out.SetName(s.Name)
	out.SetKind(ptrace.SpanKind(s.Kind))
	out.SetStartTimestamp(pcommon.Timestamp(s.StartNanos))
	out.SetEndTimestamp(pcommon.Timestamp(s.EndNanos))
	out.Status().SetCode(ptrace.StatusCode(s.StatusCode))
	out.Status().SetMessage(s.StatusMessage)
	out.TraceState().FromRaw(s.TraceState)
	out.SetFlags(s.Flags)
	out.SetDroppedAttributesCount(s.DroppedAttributes)
	out.SetDroppedEventsCount(s.DroppedEvents)
	out.SetDroppedLinksCount(s.DroppedLinks)
	m := &s.Mastra
	places := columns{
		"metadata": string(m.Metadata), "tags": string(m.Tags), "attributes": string(m.Attributes),
		"input": string(m.Input), "output": string(m.Output), "error": string(m.Error),
	}
	var err error
	if s.Attributes == "" {
		err = decodeAttributes(string(m.Attributes), nil, out.Attributes())
	} else {
		err = decodeList(string(s.Attributes), places, out.Attributes())
	}
	if err != nil {
		return fmt.Errorf("attributes: %w", err)
	}
	if err := fillEvents(string(s.Events), places, out.Events()); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	if err := fillLinks(string(m.Links), places, out.Links()); err != nil {
		return fmt.Errorf("links: %w", err)
	}
	return nil
}

func fillIDs(s *tracestore.Span, out ptrace.Span) error {
	var trace pcommon.TraceID
	var span, parent pcommon.SpanID
	if s.GeneratedID&tracestore.GeneratedTraceID == 0 {
		if _, err := hex.Decode(trace[:], []byte(s.TraceID)); err != nil {
			return err
		}
	}
	if s.GeneratedID&tracestore.GeneratedSpanID == 0 {
		if _, err := hex.Decode(span[:], []byte(cmp.Or(s.SentSpanID, s.SpanID))); err != nil {
			return err
		}
	}
	if s.ParentSpanID != "" {
		if _, err := hex.Decode(parent[:], []byte(s.ParentSpanID)); err != nil {
			return err
		}
	}
	out.SetTraceID(trace)
	out.SetSpanID(span)
	out.SetParentSpanID(parent)
	return nil
}

// member is an event or a link as Encoder writes it.
type member struct {
	TimeUnixNano string          `json:"timeUnixNano"`
	Name         string          `json:"name"`
	TraceID      string          `json:"traceId"`
	SpanID       string          `json:"spanId"`
	TraceState   string          `json:"traceState"`
	Flags        uint32          `json:"flags"`
	Attributes   json.RawMessage `json:"attributes"`
	Dropped      uint32          `json:"droppedAttributesCount"`
}

func membersOf(text string) ([]member, error) {
	if text == "" {
		return nil, nil
	}
	var list []member
	err := json.Unmarshal([]byte(text), &list)
	return list, err
}

func fillEvents(text string, places columns, out ptrace.SpanEventSlice) error {
	list, err := membersOf(text)
	if err != nil {
		return err
	}
	for _, m := range list {
		event := out.AppendEmpty()
		at, err := strconv.ParseUint(m.TimeUnixNano, 10, 64)
		if err != nil {
			return err
		}
		event.SetTimestamp(pcommon.Timestamp(at))
		event.SetName(m.Name)
		event.SetDroppedAttributesCount(m.Dropped)
		if err := decodeAttributes(string(m.Attributes), places, event.Attributes()); err != nil {
			return err
		}
	}
	return nil
}

func fillLinks(text string, places columns, out ptrace.SpanLinkSlice) error {
	list, err := membersOf(text)
	if err != nil {
		return err
	}
	for _, m := range list {
		link := out.AppendEmpty()
		var trace pcommon.TraceID
		var span pcommon.SpanID
		if len(m.TraceID) != 2*len(trace) || len(m.SpanID) != 2*len(span) {
			return fmt.Errorf("ids of %d and %d digits", len(m.TraceID), len(m.SpanID))
		}
		if _, err := hex.Decode(trace[:], []byte(m.TraceID)); err != nil {
			return err
		}
		if _, err := hex.Decode(span[:], []byte(m.SpanID)); err != nil {
			return err
		}
		link.SetTraceID(trace)
		link.SetSpanID(span)
		link.TraceState().FromRaw(m.TraceState)
		link.SetFlags(m.Flags)
		link.SetDroppedAttributesCount(m.Dropped)
		if err := decodeAttributes(string(m.Attributes), places, link.Attributes()); err != nil {
			return err
		}
	}
	return nil
}
