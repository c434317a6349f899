package libsqlexporter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// mastraRow fills the columns of mastra_ai_spans (mastra reference 5).
func (m *mapper) mastraRow(span ptrace.Span, row *tracestore.Span) {
	v, r, text := &m.view, &row.Mastra, m.enc.Text
	fromMastra := v.Has(genai.MastraType)

	// Mastra's events are spans without length and without a status.
	r.IsEvent = fromMastra && span.StartTimestamp() == span.EndTimestamp() && span.Status().Code() == ptrace.StatusCodeUnset
	m.identity(r)
	if fromMastra {
		m.mastraMetadata(r)
	}
	m.entity(span, row)

	var consumed [2]string
	r.Input, consumed[0] = m.content(v.Input, "input")
	r.Output, consumed[1] = m.content(v.Output, "output")
	if tags := v.Tags(); len(tags) > 0 {
		r.Tags = m.list(tags)
	}
	if span.Status().Code() == ptrace.StatusCodeError {
		r.Error = m.failure(span)
	}
	if span.Links().Len() > 0 {
		r.Links = tracestore.JSON(m.enc.AppendLinks(nil, span.Links()))
	}
	// A span that says nothing in Mastra's terms shows its attributes as they are.
	m.whole = !fromMastra && v.Kind() == genai.KindOther && r.Input == "" && r.Output == ""
	if m.whole {
		if m.own.Len() > 0 {
			r.Attributes = tracestore.JSON(m.enc.AppendWholeAttributes(nil, m.own))
		}
		return
	}
	m.typedAttributes(span, row, consumed[:])
	r.Name = text(r.Name)
}

func (m *mapper) identity(r *tracestore.MastraRow) {
	v, text := &m.view, m.enc.Text
	r.UserID, r.OrganizationID, r.ResourceID = text(v.Str(genai.UserID)), text(v.Str(genai.OrganizationID)), text(v.Str(genai.ResourceID))
	r.RunID, r.SessionID, r.ThreadID = text(v.Str(genai.RunID)), text(v.Str(genai.SessionID)), text(v.Str(genai.ConversationID))
	r.RequestID, r.Environment = text(v.Str(genai.RequestID)), text(v.Environment())
	if v.Kind() == genai.KindAgent {
		r.EntityVersionID = text(v.Str(genai.AgentVersion))
	}
}

// mastraMetadata gathers the metadata that the application has set, and fills
// the columns that Mastra copies from metadata of the same name, where they are
// strings.
func (m *mapper) mastraMetadata(r *tracestore.MastraRow) {
	m.metadata.reset("metadata", false)
	m.enc.MembersStand(genai.MastraMetadataPrefix, "metadata")
	m.view.EachMastraMetadata(func(key string, value pcommon.Value) {
		if m.metadata.decoded(key, value) {
			m.enc.MemberStands(key, value)
		}
		if value.Type() != pcommon.ValueTypeStr {
			return
		}
		switch text := m.enc.Text(value.Str()); key {
		case "source":
			r.Source = text
		case "entityVersionId":
			r.EntityVersionID = text
		case "experimentId":
			r.ExperimentID = text
		case "scope":
			if len(text) > 0 && text[0] == '{' && jsontext.Valid(text, embeddedDepth) {
				r.Scope = tracestore.JSON(text)
			}
		}
	})
	r.Metadata = m.metadata.json()
}

// content is what went in or came out, as one JSON value, and the key of the
// attribute that it was, if it was one.
func (m *mapper) content(of func() (genai.Content, bool), column string) (tracestore.JSON, string) {
	c, ok := of()
	if !ok {
		return "", ""
	}
	if c.Value.Type() == pcommon.ValueTypeStr {
		text := m.enc.Text(c.Value.Str())
		if jsontext.Valid(text, embeddedDepth) {
			m.enc.StandsAsText(text, column, "")
			return tracestore.JSON(text), c.Key
		}
		m.enc.StandsAsString(text, column, "")
		return tracestore.JSON(jsontext.AppendString(nil, text)), c.Key
	}
	switch c.Value.Type() {
	case pcommon.ValueTypeSlice, pcommon.ValueTypeMap:
		if c.Key != "" {
			m.enc.StandsAsValue(c.Key, column)
		} else {
			m.enc.StringsStand(c.Value, column, "", 0)
		}
	}
	return tracestore.JSON(m.enc.AppendValue(nil, c.Value, 0)), c.Key
}

func (m *mapper) list(words []string) tracestore.JSON {
	out := []byte{'['}
	for i, word := range words {
		if i > 0 {
			out = append(out, ',')
		}
		out = jsontext.AppendString(out, m.enc.Text(word))
	}
	return tracestore.JSON(append(out, ']'))
}

// Event and attributes of a recorded exception (OpenTelemetry semantic
// conventions, exceptions).
const (
	exceptionEvent   = "exception"
	exceptionType    = "exception.type"
	exceptionMessage = "exception.message"
	exceptionStack   = "exception.stacktrace"
)

// failure is why a span failed, in Mastra's form.
func (m *mapper) failure(span ptrace.Span) tracestore.JSON {
	v := &m.view
	var kind, message, stack string
	for _, event := range span.Events().All() {
		if event.Name() == exceptionEvent {
			kind, message, stack = str(event.Attributes(), exceptionType), str(event.Attributes(), exceptionMessage), str(event.Attributes(), exceptionStack)
		}
	}
	for _, better := range []string{v.Str(genai.ErrorMessage), span.Status().Message()} {
		if better != "" {
			message = better
		}
	}
	o := object{enc: &m.enc}
	o.reset("error", false)
	o.str("message", message)
	o.strOr("name", kind)
	o.strOr("stack", stack)
	if id := v.Str(genai.ErrorType); id != "unknown" {
		o.strOr("id", id)
	}
	o.strOr("domain", v.Str(genai.ErrorDomain))
	o.strOr("category", v.Str(genai.ErrorCategory))
	return o.json()
}

func str(attributes pcommon.Map, key string) string {
	if value, ok := attributes.Get(key); ok {
		return value.AsString()
	}
	return ""
}
