package llmcost

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// Explain writes, for every span and log record that calls a model or states usage,
// what llm_cost would make of it and how that came about: which attributes were
// read and which were not, what the counts mean together and by which evidence,
// which price applies and the arithmetic. Spans and records are left as they are. An
// error is one of the configuration or of out.
func Explain(config *Config, traces ptrace.Traces, logs plog.Logs, out io.Writer) error {
	if err := config.Validate(); err != nil {
		return err
	}
	set := processor.Settings{ID: component.NewID(metadata.Type), TelemetrySettings: component.TelemetrySettings{
		Logger: zap.NewNop(), MeterProvider: metricnoop.NewMeterProvider(), TracerProvider: tracenoop.NewTracerProvider(), Resource: pcommon.NewResource(),
	}}
	e, err := newEngine(set, config)
	if err != nil {
		return err
	}
	leave := e.join()
	defer func() { _ = leave(context.Background()) }()
	e.pairs.traces.Store(traces.SpanCount() > 0)
	e.pairs.logs.Store(logs.LogRecordCount() > 0)
	var sum explainedSum
	for _, find := range [...]func(*scratch){
		func(s *scratch) { e.find(s, traces) },
		func(s *scratch) { e.findRecords(s, logs) },
	} {
		s := e.scratch.Get().(*scratch)
		find(s)
		for i := range s.calls {
			call := &s.calls[i]
			call.read(&s.view)
			verdict := e.judge(context.Background(), s, call)
			e.toldBefore(s, call, &verdict)
			sum.add(&verdict)
			if _, err := io.WriteString(out, e.explain(s, call, &verdict)); err != nil {
				return err
			}
		}
	}
	_, err = fmt.Fprintln(out, sum.String())
	return err
}

// explainedSum is what the calls of an explanation cost together.
type explainedSum struct {
	calls, priced int
	usd           float64
}

func (s *explainedSum) add(out *verdict) {
	s.calls++
	if out.hasCost {
		s.priced++
		s.usd += out.cost
	}
}

func (s *explainedSum) String() string {
	switch s.calls {
	case 0:
		return "No span and no log record calls a model or states usage."
	case 1:
		return fmt.Sprintf("1 call, %d with a cost: %.10g USD", s.priced, s.usd)
	}
	return fmt.Sprintf("%d calls, %d with a cost: %.10g USD", s.calls, s.priced, s.usd)
}

// factsRead are the facts whose attributes are worth showing.
var factsRead = []struct {
	label  string
	fields []genai.Field
}{
	{"kind", []genai.Field{genai.MastraType, genai.AIOperation, genai.OperationName, genai.OpenInferenceKind, genai.TraceloopKind, genai.RequestType, genai.LangfuseType}},
	{"model", []genai.Field{genai.Provider, genai.System, genai.RequestModel, genai.ResponseModel, genai.ServerAddress, genai.RequestTier, genai.ResponseTier, genai.ResponseSpeed, genai.TrafficType, genai.InferenceGeo}},
	{"tokens", []genai.Field{
		genai.InputTokens, genai.OutputTokens, genai.TotalTokens, genai.CacheReadTokens, genai.CacheWriteTokens, genai.CacheWrite5mTokens,
		genai.CacheWrite1hTokens, genai.UncachedInputTokens, genai.ReasoningTokens, genai.InputAudioTokens, genai.OutputAudioTokens,
		genai.InputImageTokens, genai.OutputImageTokens, genai.InputVideoTokens, genai.OutputVideoTokens, genai.InputTextTokens, genai.OutputTextTokens,
		genai.TextCacheReadTokens, genai.AudioCacheReadTokens, genai.ImageCacheReadTokens, genai.VideoCacheReadTokens, genai.ToolUseTokens,
	}},
	{"objects", []genai.Field{
		genai.LangfuseUsage, genai.InputTokenDetails, genai.OutputTokenDetails, genai.LangSmithUsage, genai.MLflowUsage, genai.ADKResponse,
		genai.UsageMetadata, genai.ProviderUsage, genai.LangfuseCosts, genai.MLflowCosts,
	}},
	{"charge", []genai.Field{genai.GatewayCost, genai.ReportedCost, genai.UpstreamCost, genai.OwnKey}},
	{"credits", []genai.Field{genai.CopilotCost, genai.CopilotAIU, genai.CopilotNano}},
}

func (e *engine) explain(s *scratch, call *subject, out *verdict) string {
	v := &s.view
	var b strings.Builder
	last := ""
	line := func(key, text string) { // a label that goes on is not repeated
		if key == last {
			key = ""
		} else {
			last = key
		}
		fmt.Fprintf(&b, "  %-10s %s\n", key, text)
	}
	fmt.Fprintln(&b, title(call, v))
	for _, fact := range factsRead {
		for _, field := range fact.fields {
			if key := v.Key(field); key != "" {
				line(fact.label, key+" = "+oneLine(v.Str(field)))
			}
		}
	}
	for _, text := range unused(v, out) {
		line("not used:", text)
	}
	line("is", v.Kind().String()+" by "+scopeName(v))
	if out.hasUsage {
		line("means", meaning(out))
	}
	if out.lifetime != "" && out.hasCost && !out.fromSpan {
		line("assumes", fmt.Sprintf("that what was written to the cache lives %s: the call does not say (assume_cache_write)", lifetimeWords[out.lifetime]))
	}
	line("status", string(out.status)+", "+because[out.status])
	if out.fromSpan {
		line("cost", fmt.Sprintf("%g USD, as it arrived", out.cost))
	}
	if out.hasOriginal {
		line("cost", fmt.Sprintf("%g USD arrived and is not kept", out.original))
	}
	if explained[out.status] {
		text := e.prices.Catalog().Explain(e.query(v, call, &out.usage)).String()
		for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
			fmt.Fprintf(&b, "  %s\n", strings.TrimRight(l, " "))
		}
	}
	if hint, ok := e.prices.Catalog().Hint(e.query(v, call, &out.usage)); ok && explained[out.status] {
		line("to price", hint.Line)
		line("to price", "("+hint.Why+")")
	}
	return b.String() + "\n"
}

// maxValue is how much of a value is shown, in bytes: objects may hold whole answers.
const maxValue = 160

// oneLine makes a value fit for a line.
func oneLine(text string) string {
	cut := len(text) > maxValue
	if cut {
		text = strings.ToValidUTF8(text[:maxValue], "")
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if cut {
		text += "…"
	}
	return text
}

var lifetimeWords = map[string]string{lifetime5m: "five minutes", lifetime1h: "an hour"}

// title names the span or the record.
func title(call *subject, v *genai.View) string {
	if !call.isRecord {
		return fmt.Sprintf("%s  span %s of trace %s", call.span.Name(), call.span.SpanID(), call.span.TraceID())
	}
	text := v.Event()
	if text == "" {
		text = "log record"
	}
	text += "  record of " + call.start().UTC().Format(time.RFC3339)
	if id := call.record.SpanID(); !id.IsEmpty() {
		text += fmt.Sprintf(" in span %s", id)
	}
	if id := call.record.TraceID(); !id.IsEmpty() {
		text += fmt.Sprintf(" of trace %s", id)
	}
	return text
}

// unused are the attributes that look like usage and entered nothing, and what the
// total has more than its parts.
func unused(v *genai.View, out *verdict) []string {
	var lines []string
	for _, u := range v.Unread() {
		lines = append(lines, fmt.Sprintf("%s = %s (%s)", u.Key, u.Value, u.Why))
	}
	total, ok := v.StatedTotal()
	if parts := out.usage.Input + out.usage.Output; ok && out.hasUsage && !out.counted && total > parts {
		lines = append(lines, fmt.Sprintf("%d tokens of the total %d: its parts have %d", total-parts, total, parts))
	}
	return lines
}

func scopeName(v *genai.View) string {
	if v.Scope() == "" {
		return "a scope without a name"
	}
	return v.Scope()
}

func meaning(out *verdict) string {
	u := &out.usage
	if out.counted {
		return fmt.Sprintf("%d in, %d out: counted from the content, nothing was stated", u.Input, u.Output)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d in", u.Input)
	for _, part := range []struct {
		n    int64
		what string
	}{{u.CacheRead, "cache read"}, {u.CacheWrite, "cache write"}, {u.CacheWrite1h, "of that for an hour"}, {u.InputAudio, "audio"}, {u.InputImage, "image"}, {u.InputVideo, "video"}, {u.ToolUse, "by the provider's tools"}} {
		if part.n > 0 {
			fmt.Fprintf(&text, ", %d %s", part.n, part.what)
		}
	}
	fmt.Fprintf(&text, "; %d out", u.Output)
	if u.Reasoning > 0 {
		fmt.Fprintf(&text, ", %d reasoning", u.Reasoning)
	}
	if u.FromTotal > 0 {
		fmt.Fprintf(&text, "; %d of them only the total shows", u.FromTotal)
	}
	switch {
	case u.Mode != genai.InputAssumed:
		fmt.Fprintf(&text, " (input is %s, by evidence %q)", u.Mode, u.Evidence)
	case u.CacheRead+u.CacheWrite > 0:
		text.WriteString(" (nothing says whether the input includes cached tokens: taken to do so)")
	}
	return text.String()
}

// because says in words why a span has its status.
var because = map[status]string{
	statusPriced: "from a price list", statusReported: "a cost that arrived with the span", statusFree: "the provider takes no money for this model",
	statusLocal: "a model on the user's own machines", statusPartial: "some of what was used has no price, or the input is not stated", statusEstimated: "the span states no tokens",
	statusUnknownModel: "no price list has this model", statusUnknownProvider: "nothing says who served it, or nobody knows their prices",
	statusNoUsage: "a call that states no tokens and has no content to count, or that failed", statusInvalidUsage: "a count that cannot be believed",
	statusRollup: "its tokens are those of spans below it", statusDuplicate: "another span is priced and tells of the same call",
	statusSkipped: "a reranking, or usage of something other than a model that is paid by token",
}

// explained are the statuses in which a price list was asked.
var explained = map[status]bool{
	statusPriced: true, statusFree: true, statusLocal: true, statusPartial: true, statusEstimated: true, statusUnknownModel: true, statusUnknownProvider: true,
}
