package traffic

import "strings"

// sentences are what prompts are padded with: prose, a log line, code and JSON,
// so that a scanner meets the mix that it meets in prompts.
var sentences = []string{
	"The cart service answers with 502 about once in forty requests, always in the payment step. ",
	"We rolled back the release of Tuesday and saw the same rate, so it is not the new rounding code. ",
	"A retry after two seconds succeeds nearly every time, which is why the dashboards stayed green. ",
	"Please keep the answer short, cite the file and line, and say what you are unsure of. ",
	"2026-11-03T09:14:55.120Z WARN checkout upstream timed out after=3000ms attempt=2 route=/v1/pay ",
	"func (c *Cart) Total() int64 { var sum int64; for _, item := range c.items { sum += item.Price * item.Count }; return sum } ",
	`{"finding":"token is never rotated","file":"auth/token.go","line":118,"severity":"high","max_tokens":4096} `,
	"The reporter uses the mobile client 7.4.1 on a slow connection and has two addresses on file. ",
	"- [ ] reproduce with a cart of three items\n- [ ] compare the totals before and after tax\n- [x] read the logs\n",
	"If the session expires between the quote and the payment, the client sends the old quote id again. ",
}

// prose makes at least size bytes of text.
func (g *Generator) prose(size int) string {
	var text strings.Builder
	for text.Len() < size {
		text.WriteString(sentences[g.random.IntN(len(sentences))])
	}
	return text.String()
}

// code makes about size bytes that look like the output of a scanner.
func (g *Generator) code(size int) string {
	return "```\n" + g.prose(size) + "\n```"
}

// text is a prompt that begins with head and is as long as the options ask.
func (g *Generator) text(head string) string {
	return head + "\n\n" + g.prose(max(0, g.options.TextSize-len(head)))
}

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func (g *Generator) id(prefix string, n int) string {
	id := make([]byte, n)
	for i := range id {
		id[i] = alphanumeric[g.random.IntN(len(alphanumeric))]
	}
	return prefix + string(id)
}

// openAIKey makes up a key of the form that OpenAI's project keys have. It is
// put together here so that no scanner takes this file for a leak.
func (g *Generator) openAIKey() string {
	return "sk-" + g.id("proj-", 74) + "T3" + g.id("BlbkFJ", 74)
}

func (g *Generator) email() string {
	names := []string{"ada", "grace", "linus", "margaret", "dennis", "barbara"}
	return names[g.random.IntN(len(names))] + "." + strings.ToLower(g.id("", 6)) + "@example.org"
}
