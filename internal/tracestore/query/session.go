package query

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// Bounds of a page of turns.
const (
	defaultTurns = 20
	maxTurns     = 100
	// maxExchanges are the conversations of one trace that are shown, maxRead the spans
	// that are looked at for them, and maxToolCalls the calls of tools between.
	maxExchanges = 10
	maxRead      = 40
	maxToolCalls = 100
	// turnBytes is how much is shown of a text.
	turnBytes = 20 << 10
)

// Session reads a session as turns, the earliest first: one for each trace. What is new
// in a turn is told by comparing with the turn before.
func (s *Store) Session(ctx context.Context, id, cursor string, limit int) (*Session, error) {
	name := listOf("session", id)
	after, err := placeOf(cursor, name)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = defaultTurns
	}
	limit = min(limit, maxTurns)
	turns, before, next, err := s.turns(ctx, id, after, name, limit)
	if err != nil {
		return nil, err
	}
	sums, err := s.sessions(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if len(turns) == 0 && after == nil && sums[0].First.IsZero() { // nor is it of log records
		return nil, noSuch("session", id)
	}
	session := &Session{SessionSummary: sums[0], Turns: turns, Next: next}
	said := exchange{}
	if before != "" {
		exchanges, err := s.exchanges(ctx, before)
		if err != nil {
			return nil, err
		}
		said.add(exchanges)
	}
	for i := range turns {
		if err := s.fillTurn(ctx, &turns[i], &said); err != nil {
			return nil, err
		}
	}
	return session, s.modelsOf(ctx, turns)
}

// ofSession are the ids of the traces that a session has: those that are its own, and those
// of another that have a call of it, see sessionUsage.
var ofSession = "t.id IN (SELECT o.id FROM otel_traces o WHERE " + sessionOf("o") + ` = ?
  UNION ALL SELECT v.id FROM otel_traces v INDEXED BY otel_traces_varies CROSS JOIN otel_span_owners c ON c.trace_id = v.trace_id
  WHERE v.varies & 7 AND v.varies & 6 AND c.counted = 1 AND ` + sessionOf("c") + ` = ?)`

// turns lists the traces of a page, and the trace before the first of them.
func (s *Store) turns(ctx context.Context, id string, after *place, name string, limit int) (turns []Turn, before, next string, err error) {
	q := new(sqlText).add("SELECT t.start_us, t.id, "+summaryColumns(s.now())+" FROM otel_traces t WHERE "+ofSession, id, id)
	if after != nil {
		q.add(" AND (t.start_us, t.id) > (?, ?)", after.Key, after.ID)
		earlier := new(sqlText).add("SELECT t.trace_id FROM otel_traces t WHERE "+ofSession+" AND (t.start_us, t.id) <= (?, ?) ORDER BY t.start_us DESC, t.id DESC LIMIT 1", id, id, after.Key, after.ID)
		if err := s.rows(ctx, earlier, func(r *row) error {
			before = r.text()
			return nil
		}); err != nil {
			return nil, "", "", err
		}
	}
	q.add(" ORDER BY t.start_us, t.id LIMIT ?", int64(limit+1))
	turns = []Turn{}
	var last place
	err = s.rows(ctx, q, func(r *row) error {
		if len(turns) == limit {
			next = last.String()
			return nil
		}
		last = place{Key: r.next(), ID: r.next(), List: name}
		turns = append(turns, Turn{Trace: r.summary(), Messages: []Message{}, Models: []string{}})
		return nil
	})
	return turns, before, next, err
}

// exchange is a conversation of a trace: a span that holds one, and is below no other
// that does. Calls of a model that each repeat the one before are one exchange, with the
// messages of the last of them.
type exchange struct {
	genai.Transcript
	tops []string // the spans
}

// add puts exchanges together: all that was said in a turn.
func (e *exchange) add(list []exchange) {
	*e = exchange{}
	for i := range list {
		e.Messages = append(e.Messages, list[i].Messages...)
		e.Answers = append(e.Answers, list[i].Answers...)
	}
}

// holdsConversation are the types of spans in which one is looked for. Others are the
// root, where its own messages say who speaks.
var holdsConversation = map[string]bool{"agent_run": true, "model_generation": true, "model_step": true, "model_inference": true}

// exchanges reads the conversations of a trace.
func (s *Store) exchanges(ctx context.Context, traceID string) ([]exchange, error) {
	summary, err := s.summary(ctx, traceID)
	if err != nil {
		return nil, err
	}
	spans, err := s.spanSummaries(ctx, traceID, summary.Start)
	if err != nil {
		return nil, err
	}
	var list []exchange
	below := map[string]bool{} // spans of a conversation, and those below them
	read := 0
	for _, span := range inOrder(spans) {
		if below[span.ParentID] {
			below[span.SpanID] = true
			continue
		}
		if span.ParentID != "" && !holdsConversation[span.Type] || read == maxRead || len(list) == maxExchanges || span.State != Ended {
			continue
		}
		read++
		said, err := s.transcriptOf(ctx, traceID, span.SpanID)
		if err != nil {
			return nil, err
		}
		if len(said.Messages)+len(said.Answers) == 0 {
			continue
		}
		below[span.SpanID] = true
		if n := len(list); n > 0 && repeats(said.Messages, keysOf(said.Messages), list[n-1].Transcript).whole {
			list[n-1].Transcript = said
			list[n-1].tops = append(list[n-1].tops, span.SpanID)
			continue
		}
		list = append(list, exchange{Transcript: said, tops: []string{span.SpanID}})
	}
	return list, nil
}

func (s *Store) transcriptOf(ctx context.Context, traceID, spanID string) (genai.Transcript, error) {
	stored, err := s.db.Span(ctx, traceID, spanID)
	if isNotFound(err) {
		return genai.Transcript{}, nil
	}
	if err != nil {
		return genai.Transcript{}, err
	}
	read, err := readSpan(stored)
	if err != nil {
		return genai.Transcript{}, err
	}
	return s.transcript(ctx, read)
}

// fillTurn fills in what is new in a turn, and makes before all that was said in it.
func (s *Store) fillTurn(ctx context.Context, turn *Turn, before *exchange) error {
	exchanges, err := s.exchanges(ctx, turn.Trace.TraceID)
	if isNotFound(err) {
		return nil // retention has just removed it
	}
	if err != nil {
		return err
	}
	callsShown := false
	var answers []Message
	for i := range exchanges {
		e := &exchanges[i]
		asked := newIn(e.Messages, before.Transcript)
		turn.Messages = append(turn.Messages, messagesOf(asked, turnBytes)...)
		callsShown = callsShown || slices.ContainsFunc(asked, func(m genai.Message) bool { return callsTools(&m) }) ||
			slices.ContainsFunc(e.Answers, func(m genai.Message) bool { return callsTools(&m) })
		if i+1 < len(exchanges) {
			turn.Messages = append(turn.Messages, messagesOf(e.Answers, turnBytes)...)
		} else {
			answers = messagesOf(e.Answers, turnBytes)
		}
	}
	if !callsShown && turn.Trace.ToolCalls > 0 {
		calls, err := s.toolMessages(ctx, turn.Trace.TraceID)
		if err != nil {
			return err
		}
		turn.Messages = append(turn.Messages, calls...)
	}
	turn.Messages = append(turn.Messages, answers...)
	if len(exchanges) > 0 {
		before.add(exchanges)
	}
	return s.joinTools(ctx, turn.Trace.TraceID, turn.Messages, nil, turnBytes)
}

// newIn are the messages that were not said in the turn before, without instructions. A
// conversation that carries no history is new as it is.
func newIn(messages []genai.Message, before genai.Transcript) []genai.Message {
	history := slices.ContainsFunc(messages, func(m genai.Message) bool { return m.Role == "assistant" })
	if history {
		messages = messages[repeats(messages, keysOf(messages), before).upTo:]
	}
	var asked []genai.Message
	for i := range messages {
		if messages[i].Role != "system" {
			asked = append(asked, messages[i])
		}
	}
	return asked
}

// toolMessages are the calls of tools of a trace, where no message tells of them.
func (s *Store) toolMessages(ctx context.Context, traceID string) ([]Message, error) {
	var list []Message
	q := new(sqlText).add(`SELECT s.span_id, coalesce(s.tool_name, s.name), s.status_code = 2, m.input, coalesce(m.output, m.error)
FROM otel_spans s LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id AND octet_length(m.input) + octet_length(coalesce(m.output, '')) < 1000000
WHERE s.trace_id = ? AND s.span_type IN `+toolTypes+` AND s.pending = 0 ORDER BY +s.start_us, s.id LIMIT ?`, traceID, int64(maxToolCalls))
	err := s.rows(ctx, q, func(r *row) error {
		p := Part{Kind: "tool_call", SpanID: r.text(), Tool: r.text(), Failed: r.bool()}
		for _, to := range []*json.RawMessage{&p.Arguments, &p.Result} {
			text := r.text()
			if text == "" || !json.Valid([]byte(text)) {
				continue
			}
			value, cut := cutJSON(json.RawMessage(text), turnBytes)
			if *to = value; cut > 0 {
				p.Cut = cut
			}
		}
		list = append(list, Message{Role: "assistant", Parts: []Part{p}})
		return nil
	})
	return list, err
}

// modelsOf fills in the models of turns, and the largest input of a call.
func (s *Store) modelsOf(ctx context.Context, turns []Turn) error {
	byID := make(map[string]*Turn, len(turns))
	ids := make([]string, len(turns))
	for i := range turns {
		ids[i] = turns[i].Trace.TraceID
		byID[ids[i]] = &turns[i]
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	q := new(sqlText).add(`SELECT s.trace_id, coalesce(s.model, ''), max(coalesce(s.input_tokens, 0))
FROM json_each(?) j CROSS JOIN otel_spans s ON s.trace_id = j.value WHERE s.counted = 1 OR s.span_type = 'model_inference' GROUP BY 1, 2 ORDER BY 1, count(*) DESC, 2`, string(list))
	return s.rows(ctx, q, func(r *row) error {
		turn, model, tokens := byID[r.text()], r.text(), r.int()
		if turn == nil {
			return nil
		}
		if model != "" {
			turn.Models = append(turn.Models, model)
		}
		turn.ContextTokens = max(turn.ContextTokens, tokens)
		return nil
	})
}
