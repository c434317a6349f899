package genai

import "slices"

// Transcript is a span as a conversation.
type Transcript struct {
	// Messages is what went in, Answers what came out. Their roles are those of Speaker.
	Messages []Message
	Answers  []Message
	// Truncated is set where content was cut off on its way to us.
	Truncated bool
}

// converses are the kinds of spans whose content is a conversation, in whatever form.
var converses = map[Kind]bool{KindInference: true, KindModelGroup: true, KindAgent: true}

// exchanges are the kinds whose content is none, even where it looks like messages: the
// arguments of a tool, texts to embed.
var exchanges = map[Kind]bool{KindTool: true, KindEmbedding: true, KindRerank: true, KindRetrieval: true}

// Transcript returns the conversation that a span holds; it is empty where the span holds
// none. Content of other spans than calls of models and runs of agents is taken for one
// where its messages say who speaks.
func (v *View) Transcript() Transcript {
	kind := v.Kind()
	if exchanges[kind] {
		return Transcript{}
	}
	in, out := v.readInput(), v.readOutput()
	if !converses[kind] && !in.stated && !out.stated {
		return Transcript{}
	}
	out.joinBeside()
	if thoughts, ok := v.attribute("ai.response.reasoning"); ok {
		out.think(allText(structured(thoughts)))
	}
	if kind == KindInference || kind == KindModelGroup {
		if usage, state := v.Usage(); state == UsageValid && usage.Reasoning > 0 {
			out.think("")
		}
	}
	return Transcript{Messages: in.spoken("user"), Answers: out.spoken("assistant"), Truncated: in.truncated || out.truncated}
}

// joinBeside makes what stands in an attribute beside the answer a part of it.
func (c *chat) joinBeside() {
	if c.beside == 0 || c.beside >= len(c.messages) {
		return
	}
	answer := &c.messages[c.beside-1]
	for _, m := range c.messages[c.beside:] {
		answer.Parts = append(answer.Parts, m.Parts...)
	}
	c.messages = c.messages[:c.beside]
}

// think puts thoughts before an answer that has none. Without text they say that there
// were some: providers tell their number and not what they are.
func (c *chat) think(text string) {
	if len(c.messages) == 0 {
		return
	}
	for i := range c.messages {
		if slices.ContainsFunc(c.messages[i].Parts, func(p Part) bool { return p.Kind == PartThinking }) {
			return
		}
	}
	first := &c.messages[0]
	if len(first.Parts) == 1 && first.Parts[0].Kind == PartText && first.Parts[0].Text == text {
		first.Parts[0].Kind = PartThinking // the answer was nothing else
		return
	}
	first.Parts = append([]Part{{Kind: PartThinking, Text: text}}, first.Parts...)
}

// spoken returns the messages with the role of each in the words of the conventions.
func (c *chat) spoken(role string) []Message {
	for i := range c.messages {
		m := &c.messages[i]
		if m.Role = Speaker(m.Role); m.Role == "" {
			m.Role = role
		}
	}
	return c.messages
}
