package llmcost

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

func firstTokenMillis(v *genai.View) (float64, bool) {
	d, ok := v.FirstToken()
	return float64(d) / float64(time.Millisecond), ok
}

// writeLatency writes how long the call took, how long until its first token,
// and how fast the tokens came: output tokens over the time that was left after
// the first one, or over the whole call where the first is not known.
func writeLatency(attributes pcommon.Map, span ptrace.Span, facts *spanFacts, out *verdict) {
	start, end := span.StartTimestamp(), span.EndTimestamp()
	if start == 0 || end < start {
		return
	}
	latency := float64(end-start) / float64(time.Millisecond)
	attributes.PutDouble(attrLatency, latency)
	answering := latency
	if facts.hasFirstToken {
		attributes.PutDouble(attrTimeToFirst, facts.firstToken)
		if facts.firstToken < latency {
			answering = latency - facts.firstToken
		}
	}
	if out.hasUsage && out.usage.Output > 0 && answering > 0 {
		attributes.PutDouble(attrTokensPerSecond, float64(out.usage.Output)/(answering/1000))
	}
}
