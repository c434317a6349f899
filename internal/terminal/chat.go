package terminal

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/otelcol-llm/otelcol-llm/internal/figures"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// textWidth is how wide a chat is at most: longer lines are hard to read.
const textWidth = 88

// roleWidth is the column of the roles.
const roleWidth = 10

// maxText is how many characters of a text a chat shows without --full.
const maxText = 1200

// Session writes a session as a chat: a head, then each turn with its money and time.
func (s *Screen) Session(c *query.Session, full bool) {
	head := []string{s.paint(bold, clean(c.ID)), counted(c.Traces, "turn", "turns"), figures.Duration(c.Last.Sub(c.First))}
	if cost := s.cost(c.Cost); cost.text != "" {
		head = append(head, s.paint(cost.style, cost.text))
	}
	if c.User != "" {
		head = append(head, clean(c.User))
	}
	s.line(strings.Join(head, "  "))
	for i := range c.Turns {
		t := &c.Turns[i]
		s.line("")
		s.turnHead(t)
		s.Messages(t.Messages, full)
	}
	if c.Next != "" {
		s.line("")
		s.line(s.paint(dim, "There are more turns: --limit."))
	}
}

func (s *Screen) turnHead(t *query.Turn) {
	parts := []string{s.moment(t.Trace.Start), clean(t.Trace.Name), figures.Microseconds(t.Trace.DurationUS)}
	if cost := s.cost(t.Trace.Cost); cost.text != "" {
		parts = append(parts, cost.text)
	}
	for _, model := range t.Models {
		parts = append(parts, clean(model))
	}
	if t.Trace.Errors > 0 {
		parts = append(parts, counted(t.Trace.Errors, "error", "errors"))
	}
	s.line(s.paint(dim, strings.Join(append(parts, shortID(t.Trace.TraceID)), "  ")))
}

// Messages writes a conversation, a paragraph a part.
func (s *Screen) Messages(messages []query.Message, full bool) {
	for i := range messages {
		m := &messages[i]
		for j := range m.Parts {
			role := m.Role
			if m.Name != "" && m.Role != "tool" {
				role += " " + m.Name
			}
			s.part(clean(role), &m.Parts[j], full)
		}
	}
}

func (s *Screen) part(role string, p *query.Part, full bool) {
	switch p.Kind {
	case "text":
		s.paragraph(role, plain, p.Text, full)
	case "thinking":
		if p.Text == "" {
			s.paragraph("thinking", dim, "(the provider does not send the text)", full)
			return
		}
		s.paragraph("thinking", dim, p.Text, full)
	case "tool_call":
		s.paragraph("calls", teal, p.Tool+" "+compact(p.Arguments), full)
		if len(p.Result) > 0 {
			s.result(p, full)
		}
	case "tool_result":
		s.result(p, full)
	case "media":
		text := p.MediaType
		if p.Bytes > 0 {
			text += ", " + figures.Bytes(p.Bytes)
		}
		s.paragraph(role, dim, "("+text+")", full)
	default:
		s.paragraph(role, plain, compact(p.Data), full)
	}
}

func (s *Screen) result(p *query.Part, full bool) {
	look := plain
	if p.Failed {
		look = red
	}
	text := compact(p.Result)
	if p.Tool != "" {
		text = p.Tool + " → " + text
	}
	s.paragraph("tool", look, text, full)
}

// compact is a JSON value as text: a string without its quotes.
func compact(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// paragraph writes a text beside its role, in lines that fit.
func (s *Screen) paragraph(role string, look style, text string, full bool) {
	more := 0
	if n := utf8.RuneCountInString(text); !full && n > maxText {
		runes := []rune(text)
		text, more = string(runes[:maxText]), n-maxText
	}
	columns := textWidth
	if s.width > 0 {
		columns = min(columns, max(20, s.width-roleWidth-4))
	}
	lead := "  " + left(cut(role, roleWidth), roleWidth) + "  "
	blank := strings.Repeat(" ", roleWidth+4)
	for _, line := range cleanLines(text) {
		for _, part := range wrap(line, columns) {
			s.line(s.paint(dim, lead) + s.chips(look, part))
			lead = blank
		}
	}
	if more > 0 {
		s.line(blank + s.paint(dim, figures.Count(int64(more))+" more characters: --full"))
	}
}
