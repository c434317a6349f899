//go:build linux

package chaos

import (
	"encoding/binary"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// numberKey is the attribute that repeats an item's number, so that one whose ids
// and content have been mixed up is noticed.
const numberKey = "chaos.item"

// author writes requests whose every place for text holds a planted secret.
type author struct {
	ledger *ledger
	fill   *strings.Replacer // of @@name@@ by the secret
	filler string            // makes spans larger
}

func newAuthor(l *ledger, secrets testutil.Secrets, fillerBytes int) *author {
	var pairs []string
	for name, value := range secrets {
		pairs = append(pairs, "@@"+name+"@@", value)
	}
	filler := strings.Repeat("The checkout fails when the cart has two coupons. ", fillerBytes/50+1)
	return &author{l, strings.NewReplacer(pairs...), filler[:fillerBytes]}
}

// operations are what the spans of a trace do, in turn.
var operations = []string{"invoke_agent", "chat", "execute_tool"}

// traces is the request with a number.
func (a *author) traces(n uint64, r request) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	a.put(rs.Resource().Attributes(), map[string]string{
		"service.name":         "chaos",
		"process.command_line": "node app.js --token @@githubToken@@",
		"deployment.database":  "@@dbUrl@@",
	})
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("chaos")
	a.put(ss.Scope().Attributes(), map[string]string{"owner": "written by @@email@@"})
	id, begin := a.ledger.traceID(n), time.Now().Add(-time.Minute)
	for place, i := range r.items(n) {
		span := ss.Spans().AppendEmpty()
		span.SetTraceID(id)
		span.SetSpanID(spanID(i))
		if place > 0 {
			span.SetParentSpanID(spanID(itemOf(n, 1)))
		}
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(begin.Add(time.Duration(place) * time.Millisecond)))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(begin.Add(time.Second)))
		a.write(span, operations[min(place, 1)+place/2%2], i)
	}
	return td
}

func spanID(i item) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], uint64(i))
	return id
}

// write fills one span with the texts of an agent's run.
func (a *author) write(span ptrace.Span, operation string, i item) {
	span.SetName(a.fill.Replace(operation + " for @@email@@"))
	span.Attributes().PutInt(numberKey, int64(i))
	span.Attributes().PutInt("gen_ai.usage.input_tokens", 120)
	span.Attributes().PutInt("gen_ai.usage.output_tokens", 40)
	a.put(span.Attributes(), map[string]string{
		"gen_ai.operation.name":  operation,
		"gen_ai.request.model":   "gpt-4o-mini",
		"gen_ai.provider.name":   "openai",
		"gen_ai.input.messages":  `[{"role":"user","parts":[{"type":"text","content":"` + a.filler + `Check access for @@email@@ (SSN @@ssn@@, card @@card@@). My key is @@openaiKey@@."}]}]`,
		"gen_ai.output.messages": `[{"role":"assistant","parts":[{"type":"text","content":"Posted to @@slackWebhook@@"}]}]`,
		"gen_ai.tool.arguments":  `{"password":"@@password@@","aws":"@@awsKeyId@@"}`,
		"http.request.header":    "Bearer @@jwt@@",
	})
	event := span.Events().AppendEmpty()
	event.SetName("exception")
	event.SetTimestamp(span.EndTimestamp())
	a.put(event.Attributes(), map[string]string{
		"exception.type":       "AuthError",
		"exception.message":    "login failed for @@email@@ with password=@@password@@",
		"exception.stacktrace": "at connect (@@dbUrl@@)\n at main",
	})
	link := span.Links().AppendEmpty()
	link.SetTraceID(span.TraceID())
	link.SetSpanID(span.SpanID())
	a.put(link.Attributes(), map[string]string{"because": "called @@phone@@"})
	span.Status().SetCode(ptrace.StatusCodeError)
	span.Status().SetMessage(a.fill.Replace("upstream said 401 for key @@openaiKey@@"))
}

// logs is a request with a number, of one log record.
func (a *author) logs(n uint64) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	a.put(rl.Resource().Attributes(), map[string]string{"service.name": "chaos", "contact": "@@email@@"})
	record := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	i := itemOf(n, logRecord)
	id := a.ledger.traceID(n)
	record.SetTraceID(id)
	record.SetSpanID(spanID(i))
	record.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	record.SetSeverityText("ERROR")
	body := record.Body().SetEmptyMap()
	a.put(body, map[string]string{"message": a.filler + "paid with card @@card@@, call @@phone@@", "header": "Bearer @@jwt@@"})
	record.Attributes().PutInt(numberKey, int64(i))
	a.put(record.Attributes(), map[string]string{"webhook": "@@slackWebhook@@", "password": "@@password@@"})
	return ld
}

func (a *author) put(m pcommon.Map, texts map[string]string) {
	for key, text := range texts {
		m.PutStr(key, a.fill.Replace(text))
	}
}
