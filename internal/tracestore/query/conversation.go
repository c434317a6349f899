package query

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// conversation fills in what was said: the messages and answers of the span, which of
// them are new, and the spans of the tools that were called.
func (s *Store) conversation(ctx context.Context, span *Span, r *readingSpan, session string, limit int) error {
	said, err := s.transcript(ctx, r)
	if err != nil {
		return err
	}
	if len(said.Messages)+len(said.Answers) == 0 {
		return nil
	}
	if err := s.sinceEarlier(ctx, span, said, session); err != nil {
		return err
	}
	span.Messages, span.Answers = messagesOf(said.Messages, limit), messagesOf(said.Answers, limit)
	return s.joinTools(ctx, span.TraceID, span.Messages, span.Answers, limit)
}

// maxAbove is how far up the messages of a call are looked for.
const maxAbove = 8

// endOfCall are the types of spans above which nothing belongs to a call.
var endOfCall = map[string]bool{
	"agent_run": true, "workflow_run": true, "tool_call": true, "mcp_tool_call": true, "client_tool_call": true, "provider_tool_call": true,
}

// oneCall is Mastra's type of a span that holds one call of a model, and has its answer.
const oneCall = "model_step"

// transcript is what a span says. A call of a model without messages of its own has
// those of the step, the group or the agent above it, as Mastra records them.
func (s *Store) transcript(ctx context.Context, r *readingSpan) (genai.Transcript, error) {
	said := r.view.Transcript()
	if len(said.Messages) > 0 || !r.view.Kind().CallsModel() {
		return said, nil
	}
	above := r.stored
	for range maxAbove {
		if above.ParentSpanID == "" {
			break
		}
		next, err := s.db.Span(ctx, above.TraceID, above.ParentSpanID)
		if isNotFound(err) {
			break
		}
		if err != nil {
			return said, err
		}
		read, err := readSpan(next)
		if err != nil {
			return said, err
		}
		has := read.view.Transcript()
		if len(said.Answers) == 0 && next.Facts.Type == oneCall {
			said.Answers = has.Answers
		}
		if len(has.Messages) > 0 {
			said.Messages = has.Messages
			break
		}
		if above = next; endOfCall[above.Facts.Type] {
			break
		}
	}
	return said, nil
}

// Bounds of the search for the call before.
const (
	maxEarlier       = 8
	maxEarlierTraces = 3
)

// sinceEarlier finds the call whose messages this one repeats, and from where on its
// own are new. It looks at the spans of the same type that had ended before, in the
// trace, and else in the last traces of the session: several agents may take turns, so
// that the call before in time may belong to another conversation.
func (s *Store) sinceEarlier(ctx context.Context, span *Span, said genai.Transcript, session string) error {
	if len(said.Messages) == 0 {
		return nil
	}
	refs, err := s.earlier(ctx, span, session)
	if err != nil {
		return err
	}
	keys := keysOf(said.Messages)
	best := repetition{}
	for _, ref := range refs {
		stored, err := s.db.Span(ctx, ref.trace, ref.span)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		read, err := readSpan(stored)
		if err != nil {
			return err
		}
		before, err := s.transcript(ctx, read)
		if err != nil {
			return err
		}
		found := repeats(said.Messages, keys, before)
		if found.times > best.times || found.whole && found.times == best.times {
			best = found
			span.NewFrom, span.Earlier, span.EarlierTrace = found.upTo, ref.span, ""
			if ref.trace != span.TraceID {
				span.EarlierTrace = ref.trace
			}
		}
		if found.whole {
			break
		}
	}
	return nil
}

type spanRef struct{ trace, span string }

// earlier lists spans of the same type that had ended before a span began, the latest
// first.
func (s *Store) earlier(ctx context.Context, span *Span, session string) ([]spanRef, error) {
	var refs []spanRef
	each := func(r *row) error {
		refs = append(refs, spanRef{r.text(), r.text()})
		return nil
	}
	start := span.Start.UnixMicro()
	err := s.rows(ctx, new(sqlText).add(`SELECT s.trace_id, s.span_id FROM otel_spans s
WHERE s.trace_id = ? AND s.span_type = ? AND s.pending = 0 AND s.end_us <= ? AND s.span_id <> ?
ORDER BY +s.start_us DESC, s.id DESC LIMIT ?`, span.TraceID, span.Type, start, span.SpanID, int64(maxEarlier)), each)
	if err != nil || len(refs) > 0 || session == "" {
		return refs, err
	}
	q := new(sqlText).add(`SELECT s.trace_id, s.span_id FROM (
  SELECT t.trace_id, t.start_us FROM otel_traces t
  WHERE `+sessionOf("t")+` = ? AND t.start_us < ? AND t.trace_id <> ? ORDER BY t.start_us DESC LIMIT ?) AS t
CROSS JOIN otel_spans s ON s.trace_id = t.trace_id
WHERE s.span_type = ? AND s.pending = 0 AND s.end_us <= ? ORDER BY t.start_us DESC, s.start_us DESC, s.id DESC LIMIT ?`,
		session, start, span.TraceID, int64(maxEarlierTraces), span.Type, start, int64(maxEarlier))
	err = s.rows(ctx, q, each)
	return refs, err
}

// repetition is what messages repeat of a call before.
type repetition struct {
	times int  // messages that are repeated
	upTo  int  // after the last of them
	whole bool // all that the model was given before is repeated, and not instructions only
}

// repeats compares by what is said, however often, and not by position: a history may
// have been shortened. Of the answers before, those that call tools are new here: their
// results are.
func repeats(messages []genai.Message, keys []string, before genai.Transcript) repetition {
	had := map[string]int{}
	for _, key := range keysOf(before.Messages) {
		had[key]++
	}
	for _, answer := range before.Answers {
		if !callsTools(&answer) {
			had[keyOf(&answer)]++
		}
	}
	r := repetition{}
	more := false
	for i, key := range keys {
		if had[key] == 0 {
			continue
		}
		had[key]--
		r.times++
		r.upTo = i + 1
		more = more || messages[i].Role != "system"
	}
	r.whole = more && r.times >= len(before.Messages)
	return r
}

func callsTools(m *genai.Message) bool {
	for i := range m.Parts {
		if m.Parts[i].Kind == genai.PartToolCall {
			return true
		}
	}
	return false
}

func keysOf(messages []genai.Message) []string {
	keys := make([]string, len(messages))
	for i := range messages {
		keys[i] = keyOf(&messages[i])
	}
	return keys
}

// keyOf is what makes a message the same again: who says what. Thoughts are often left
// out of a history, and ids are given anew.
func keyOf(m *genai.Message) string {
	var b strings.Builder
	b.WriteString(m.Role)
	for i := range m.Parts {
		p := &m.Parts[i]
		if p.Kind == genai.PartThinking {
			continue
		}
		b.WriteByte(0)
		b.WriteByte('0' + byte(p.Kind))
		b.WriteString(strings.TrimSpace(p.Text))
		if p.Kind == genai.PartToolCall {
			b.WriteString(p.Tool)
		}
		b.WriteByte(1)
		b.WriteString(sortedJSON(p.Value))
		b.WriteString(p.MediaType)
	}
	return b.String()
}

// sortedJSON is JSON with the keys of its objects in order.
func sortedJSON(text json.RawMessage) string {
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if len(text) == 0 || decoder.Decode(&value) != nil {
		return string(text)
	}
	sorted, err := json.Marshal(value)
	if err != nil {
		return string(text)
	}
	return string(sorted)
}

// partKinds are the words of Part.Kind.
var partKinds = map[genai.PartKind]string{
	genai.PartText: "text", genai.PartThinking: "thinking", genai.PartToolCall: "tool_call", genai.PartToolResult: "tool_result",
	genai.PartMedia: "media", genai.PartData: "data",
}

func messagesOf(said []genai.Message, limit int) []Message {
	list := make([]Message, len(said))
	for i := range said {
		m := Message{Role: said[i].Role, Name: said[i].Name, Parts: make([]Part, len(said[i].Parts))}
		for j := range said[i].Parts {
			m.Parts[j] = partOf(&said[i].Parts[j], limit)
		}
		list[i] = m
	}
	return list
}

func partOf(from *genai.Part, limit int) Part {
	p := Part{
		Kind: partKinds[from.Kind], Text: shorten(from.Text, limit), ToolCallID: shorten(from.CallID, 256), Tool: shorten(from.Tool, 256),
		Failed: from.Failed, MediaType: shorten(from.MediaType, 256), Bytes: from.Bytes,
	}
	if len(p.Text) < len(from.Text) {
		p.Cut = len(from.Text)
	}
	value, cut := cutJSON(from.Value, limit)
	if cut > 0 {
		p.Cut = cut
	}
	switch from.Kind {
	case genai.PartToolCall:
		p.Arguments = value
	case genai.PartToolResult:
		p.Result = value
	case genai.PartData:
		p.Data = value
	}
	return p
}
