package llmcost

import (
	"context"
	"fmt"
	"io"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// Explain writes, for every span that calls a model or states usage, what
// llm_cost would make of it and how that came about: which attributes were read,
// what the counts mean together and by which evidence, which price applies and
// the arithmetic. The spans are left as they are. An error is one of the
// configuration or of out.
func Explain(config *Config, traces ptrace.Traces, out io.Writer) error {
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
	s := e.scratch.Get().(*scratch)
	e.find(s, traces)
	for i := range s.calls {
		call := &s.calls[i]
		call.read(&s.view)
		verdict := e.judge(context.Background(), s, call)
		if _, err := io.WriteString(out, e.explain(s, call, &verdict)); err != nil {
			return err
		}
	}
	if len(s.calls) == 0 {
		_, err = fmt.Fprintln(out, "No span calls a model or states usage.")
	}
	return err
}

// factsRead are the facts whose attributes are worth showing.
var factsRead = []struct {
	label  string
	fields []genai.Field
}{
	{"kind", []genai.Field{genai.MastraType, genai.AIOperation, genai.OperationName, genai.OpenInferenceKind, genai.TraceloopKind, genai.RequestType, genai.LangfuseType}},
	{"model", []genai.Field{genai.Provider, genai.System, genai.RequestModel, genai.ResponseModel, genai.ServerAddress, genai.RequestTier, genai.ResponseTier}},
	{"tokens", []genai.Field{
		genai.InputTokens, genai.OutputTokens, genai.TotalTokens, genai.CacheReadTokens, genai.CacheWriteTokens, genai.CacheWrite5mTokens,
		genai.CacheWrite1hTokens, genai.UncachedInputTokens, genai.ReasoningTokens, genai.InputAudioTokens, genai.OutputAudioTokens,
	}},
	{"charge", []genai.Field{genai.GatewayCost, genai.ReportedCost}},
}

func (e *engine) explain(s *scratch, call *subject, out *verdict) string {
	v := &s.view
	var b strings.Builder
	line := func(key, text string) { fmt.Fprintf(&b, "  %-10s %s\n", key, text) }
	fmt.Fprintf(&b, "%s  span %s of trace %s\n", call.span.Name(), call.span.SpanID(), call.span.TraceID())
	for _, fact := range factsRead {
		for _, field := range fact.fields {
			if key := v.Key(field); key != "" {
				line(fact.label, key+" = "+v.Str(field))
			}
		}
	}
	line("is", v.Kind().String()+" by "+scopeName(v))
	if out.hasUsage {
		line("means", meaning(out))
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
	return b.String() + "\n"
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
	}{{u.CacheRead, "cache read"}, {u.CacheWrite, "cache write"}, {u.CacheWrite1h, "of that for an hour"}, {u.InputAudio, "audio"}, {u.InputImage, "image"}} {
		if part.n > 0 {
			fmt.Fprintf(&text, ", %d %s", part.n, part.what)
		}
	}
	fmt.Fprintf(&text, "; %d out", u.Output)
	if u.Reasoning > 0 {
		fmt.Fprintf(&text, ", %d reasoning", u.Reasoning)
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
	statusRollup: "its tokens are those of spans below it", statusDuplicate: "another span tells of the same call and is priced",
	statusSkipped: "a reranking, or usage of what is no model that is paid by token",
}

// explained are the statuses in which a price list was asked.
var explained = map[status]bool{
	statusPriced: true, statusFree: true, statusLocal: true, statusPartial: true, statusEstimated: true, statusUnknownModel: true, statusUnknownProvider: true,
}
