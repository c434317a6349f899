package terminal

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

var at = time.Date(2026, 11, 30, 4, 48, 40, 0, time.UTC)

func screen(width int, color bool) (*Screen, *bytes.Buffer) {
	var out bytes.Buffer
	s := NewScreen(&out)
	s.width, s.color = width, color
	s.SetClock(func() time.Time { return at }, time.UTC)
	return s, &out
}

// TestTraces: running, failed, unpriced, broken off; the days; the line fits.
func TestTraces(t *testing.T) {
	s, out := screen(130, false)
	s.Traces([]query.TraceSummary{
		{
			TraceID: "35f6418e0000", State: query.Running, Name: "support-agent", Input: "Where is order 48213? The courier says it was handed over", Service: "support-web",
			Start: at.Add(-2340 * time.Millisecond), DurationUS: 900_000, Spans: 6, Tokens: query.Tokens{Input: 2110, Output: 88}, Cost: query.Cost{USD: new(0.000914), Calls: 1}, Redactions: 1,
		},
		{
			TraceID: "1c2d3e4f0000", State: query.Ended, Name: "support-agent", Error: "429 rate_limit_error", Failed: true, Errors: 4, Service: "support-web",
			Start: at.Add(-time.Minute), DurationUS: 18_940_000, Spans: 9, Cost: query.Cost{USD: new(0.00153), Calls: 2},
		},
		{TraceID: "aa", State: query.Ended, Name: "chat support-tuned-v3", Start: at.Add(-2 * time.Minute), DurationUS: 640_000, Spans: 1, Cost: query.Cost{Calls: 1, Unpriced: 1}},
		{TraceID: "bb", State: query.BrokenOff, Name: "nightly-eval", Start: at.Add(-5 * time.Hour), DurationUS: 1_094_000_000, Spans: 212, Cost: query.Cost{USD: new(12.4), Calls: 9}},
	}, true)
	assert.Equal(t, strings.TrimPrefix(`
   STARTED   TRACE                           SERVICE            DURATION  SPANS     IN  OUT       COST  ERRORS  REDACTED  ID
Today, Monday 30 November
◌  04:48:37  support-agent  Where is order…  support-web  running 2.34 s      6  2,110   88  $0.000914                 1  35f6418e
✗  04:47:40  support-agent  429 rate_limit…  support-web         18.94 s      9              $0.001530       4            1c2d3e4f
   04:46:40  chat support-tuned-v3                                640 ms      1               unpriced                    aa
Yesterday, Sunday 29 November
÷  23:48:40  nightly-eval  broken off: the…                    18 m 14 s    212                 $12.40                    bb
`, "\n"), out.String())
	for line := range strings.SplitSeq(out.String(), "\n") {
		assert.LessOrEqual(t, runewidth.StringWidth(line), 130)
	}
}

// TestNoTextMovesTheTerminal: what a stranger wrote is shown and not obeyed.
func TestNoTextMovesTheTerminal(t *testing.T) {
	hostile := "a\x1b[2Jb\x1b]52;c;aGk=\x07c\u009bd\u202ee\rf\bg"
	s, out := screen(100, true)
	summary := query.TraceSummary{TraceID: "t", State: query.Ended, Name: hostile, Input: hostile, Service: hostile, Session: hostile, Error: hostile, Failed: true}
	s.Traces([]query.TraceSummary{summary}, true)
	s.TraceLine(&summary)
	raw, _ := json.Marshal(hostile)
	part := []query.Part{{Kind: "text", Text: hostile}, {Kind: "tool_call", Tool: hostile, Arguments: raw, Result: raw}, {Kind: "media", MediaType: hostile}, {Kind: "thinking", Text: hostile}, {Kind: "data", Data: raw}}
	messages := []query.Message{{Role: hostile, Name: hostile, Parts: part}}
	s.Session(&query.Session{SessionSummary: query.SessionSummary{ID: hostile, User: hostile}, Turns: []query.Turn{{Trace: summary, Messages: messages, Models: []string{hostile}}}}, true)
	s.Sessions([]query.SessionSummary{{ID: hostile, User: hostile, Service: hostile, Input: hostile}})
	s.Hits([]query.Hit{{Name: hostile, Excerpt: hostile, Where: "input"}})
	s.Spend(&query.Spend{Total: query.SpendRow{Cost: query.Cost{Calls: 1}}, Rows: []query.SpendRow{{Keys: map[string]string{"user": hostile}}}}, []string{"user"})
	s.Unpriced([]query.Unpriced{{Provider: hostile, Model: hostile, Reason: hostile, Remedy: hostile, RemedyYAML: hostile}})
	s.Redactions([]query.Redactions{{Rule: hostile}})
	span := query.SpanSummary{SpanID: "s", Name: hostile, Type: hostile, Error: hostile, Failed: true, Provider: hostile, Model: hostile, Counted: true, CostStatus: hostile, ParentID: hostile}
	s.Trace(&query.Trace{TraceSummary: summary, Spans: []query.SpanSummary{span}})
	attributes := []query.Attribute{{Key: hostile, Value: raw}}
	s.Span(&query.Span{
		SpanSummary: span, Messages: messages, Attributes: attributes, Resource: attributes, Events: []query.Event{{Name: hostile, Attributes: attributes}},
		Findings: []query.Finding{{Rule: hostile, Where: hostile}}, Receipt: &query.Receipt{Source: hostile, Tokens: hostile, Remedy: hostile, RemedyYAML: hostile, Lines: []query.ReceiptLine{{Bucket: hostile}}},
	}, true)
	s.Span(&query.Span{SpanSummary: span, Input: raw, Output: raw, ErrorDetail: raw, ContentNote: &query.ContentNote{Instrumentation: hostile, Setting: hostile}}, false)
	text := sgr.Replace(out.String())
	for _, r := range text {
		if r != '\n' && isControl(r) {
			t.Fatalf("%q reaches the terminal, in %q", r, text)
		}
	}
	assert.Contains(t, text, "a[2Jb")
}

var sgr = strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[7m", "", "\x1b[31m", "", "\x1b[33m", "", "\x1b[34m", "", "\x1b[35m", "", "\x1b[36m", "")

// TestTextsAreWrappedAndCut in columns, not in bytes.
func TestTextsAreWrappedAndCut(t *testing.T) {
	assert.Equal(t, []string{"one two", "three"}, wrap("one two three", 8))
	assert.Equal(t, []string{"日本", "語の", "文"}, wrap("日本語の文", 4))
	assert.Equal(t, "日本…", cut("日本語の文", 5))
	assert.Equal(t, []string{"abcdef", "gh i"}, wrap("abcdefgh i", 6))
	assert.Equal(t, []string{"日"}, wrap("日", 1)) // wider than the screen
}

func TestRedactionsAreInk(t *testing.T) {
	s, _ := screen(80, true)
	assert.Equal(t, "mail \x1b[7m pii.email \x1b[0m now", s.chips(plain, "mail [REDACTED:pii.email] now"))
	s, _ = screen(80, false)
	assert.Equal(t, "mail [REDACTED:pii.email] now", s.chips(plain, "mail [REDACTED:pii.email] now"))
}

// TestATreeAsTheDemoShowsIt, with a parent that is not there.
func TestATreeAsTheDemoShowsIt(t *testing.T) {
	s, out := screen(0, false)
	s.Trace(&query.Trace{
		TraceSummary: query.TraceSummary{State: query.Ended, DurationUS: 3_680_000, Spans: 4, Tokens: query.Tokens{Input: 844, CacheRead: 512, Output: 36}, Cost: query.Cost{USD: new(0.001152), Calls: 1}},
		Spans: []query.SpanSummary{
			{SpanID: "a", Name: "invoke_agent validator", Type: "agent_run", DurationUS: 3_680_000},
			{
				SpanID: "b", ParentID: "a", Name: "chat claude-haiku-4-5", Type: "model_inference", DurationUS: 630_000, Counted: true, Provider: "anthropic", Model: "claude-haiku-4-5",
				Tokens: &query.Tokens{Input: 844, CacheRead: 512, Output: 36}, USD: new(0.001152),
			},
			{SpanID: "c", ParentID: "a", Name: "execute_tool checkAccess", Type: "tool_call", DurationUS: 34_000, Failed: true, Error: "denied"},
			{SpanID: "d", ParentID: "9c1e000000000004", Name: "late", DurationUS: 100},
		},
	})
	assert.Equal(t, strings.TrimPrefix(`
invoke_agent validator         3.68 s
├─ chat claude-haiku-4-5       630 ms  anthropic/claude-haiku-4-5  844 in (512 from the cache), 36 out  $0.001152
└─ execute_tool checkAccess     34 ms  ERROR denied
late                            <1 ms  parent 9c1e0000 not received

Total: 3.68 s in 4 spans, 1 model call, 844 tokens in (512 from the cache), 36 out, $0.001152
`, "\n"), out.String())
}

// TestJSONSaysTheSameAndMovesNothing: C1 controls, DEL and marks of direction are escapes.
func TestJSONSaysTheSameAndMovesNothing(t *testing.T) {
	value := map[string]string{"a\u009bb": "x\u009b31m\u009d52;c;aGk=\u009c\x7f\u202e\u2066\u200f\x1b[2J 日本 \U0001f600 \ufffd\n"}
	plain, err := json.MarshalIndent(value, "", "  ")
	assert.NoError(t, err)
	safe := JSON(plain)
	for _, r := range string(safe) {
		assert.False(t, isObeyed(r), "%q", r)
	}
	var again map[string]string
	assert.NoError(t, json.Unmarshal(safe, &again))
	assert.Equal(t, value, again)
	assert.Equal(t, []byte("{\"a\": 1}\n"), JSON([]byte("{\"a\": 1}\n")))
	assert.Equal(t, "a[2Jb\n]52;c", Plain("a\x1b[2Jb\n\u009d]52;c\x07\u202e"))
}
