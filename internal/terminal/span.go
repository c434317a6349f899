package terminal

import (
	"strconv"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/figures"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Span writes a span: what it is, what it cost and why, its conversation or its input
// and output, and its attributes.
func (s *Screen) Span(span *query.Span, full bool) {
	s.line(s.paint(bold, clean(span.Name)) + "  " + s.paint(dim, clean(span.Type)+"  "+clean(span.SpanID)))
	facts := []string{figures.Microseconds(span.DurationUS)}
	if span.FirstTokenUS > 0 {
		facts = append(facts, figures.Microseconds(span.FirstTokenUS)+" to the first token")
	}
	if span.Model != "" {
		facts = append(facts, strings.Trim(clean(span.Provider)+"/"+clean(span.Model), "/"))
	}
	if span.Tokens != nil {
		facts = append(facts, tokensIn(*span.Tokens))
	}
	s.line(strings.Join(facts, "  "))
	if span.Failed {
		s.line(s.paint(red, strings.TrimSpace("ERROR "+clean(span.Error))))
	}
	if span.Receipt != nil {
		s.receipt(span.Receipt)
	}
	s.content(span, full)
	if len(span.Findings) > 0 {
		s.section("Redacted")
		for _, f := range span.Findings {
			s.line("  " + s.paint(ink, clean(f.Rule)) + " ×" + figures.Count(f.Count) + "  " + s.paint(dim, clean(f.Where)))
		}
	}
	s.attributes("Attributes", span.Attributes, full)
	for _, e := range span.Events {
		s.attributes("Event "+clean(e.Name)+" at "+s.clock(e.Time), e.Attributes, full)
	}
	s.attributes("Resource", span.Resource, full)
}

func (s *Screen) section(title string) {
	s.line("")
	s.line(s.paint(bold, title))
}

// receipt writes count × price = dollars, a bucket a line.
func (s *Screen) receipt(r *query.Receipt) {
	s.section("Cost")
	rows := make([][]cell, 0, len(r.Lines)+1)
	for _, l := range r.Lines {
		row := []cell{{text: "  " + strings.ReplaceAll(l.Bucket, "_", " ")}, {text: figures.Count(l.Tokens)}, {}, {}, {}}
		if l.PerMillion != nil {
			row[2].text = "× $" + strconv.FormatFloat(*l.PerMillion, 'f', -1, 64) + " / M"
		}
		if l.USD != nil {
			row[3].text = "$" + strconv.FormatFloat(*l.USD, 'f', 7, 64)
		}
		if l.SavedUSD != nil && *l.SavedUSD > 0 {
			row[4] = cell{text: "saved " + figures.Dollars(*l.SavedUSD), style: dim}
		}
		rows = append(rows, row)
	}
	total := []cell{{text: "  total", style: bold}, {}, {}, {text: "unpriced", style: yellow}, {}}
	if r.USD != nil {
		total[3] = cell{text: "$" + strconv.FormatFloat(*r.USD, 'f', 7, 64), style: bold}
	}
	s.table([]column{{}, {right: true}, {}, {right: true}, {}}, append(rows, total))
	for _, text := range []string{r.Source, r.Tokens, r.Remedy} {
		if text != "" {
			s.line("  " + s.paint(dim, clean(text)))
		}
	}
	if r.RemedyYAML != "" {
		for _, line := range cleanLines(r.RemedyYAML) {
			s.line("    " + line)
		}
	}
}

func (s *Screen) content(span *query.Span, full bool) {
	if len(span.Messages)+len(span.Answers) > 0 {
		s.section("Conversation")
		messages := span.Messages
		if from := span.NewFrom; !full && from > 0 && from <= len(messages) {
			s.line("  " + s.paint(dim, counted(int64(from), "earlier message", "earlier messages")+": --full"))
			messages = messages[from:]
		}
		s.Messages(messages, full)
		s.Messages(span.Answers, full)
		return
	}
	for _, part := range []struct {
		title string
		raw   []byte
	}{{"input", span.Input}, {"output", span.Output}, {"error", span.ErrorDetail}} {
		if len(part.raw) > 0 && string(part.raw) != "null" {
			s.section(strings.ToUpper(part.title[:1]) + part.title[1:])
			s.paragraph("", plain, compact(part.raw), full)
		}
	}
	if n := span.ContentNote; n != nil {
		s.section("This span has no messages")
		s.paragraph("", plain, clean(n.Instrumentation)+" records them when you set "+n.Setting, true)
	}
}

func (s *Screen) attributes(title string, list []query.Attribute, full bool) {
	if len(list) == 0 {
		return
	}
	s.section(title)
	width := 0
	for _, a := range list {
		width = min(40, max(width, len(a.Key)))
	}
	for _, a := range list {
		value := clean(compact(a.Value))
		if s.width > 0 && !full {
			value = cut(value, max(20, s.width-width-4))
		}
		s.line("  " + s.paint(dim, left(clean(a.Key), width)) + "  " + s.chips(plain, value))
	}
}
