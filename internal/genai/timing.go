package genai

import (
	"math"
	"strings"
	"time"
)

// FirstToken returns how long after the span's start the first piece of the
// answer came. The second result is false where the span does not say, or says
// something before its start or after its end plus a second of clock error.
func (v *View) FirstToken() (time.Duration, bool) {
	if !v.hasSpan {
		return 0, false
	}
	d, ok := v.firstToken()
	whole := v.span.EndTimestamp().AsTime().Sub(v.span.StartTimestamp().AsTime())
	if !ok || d < 0 || d > whole+time.Second {
		return 0, false
	}
	return d, true
}

func (v *View) firstToken() (time.Duration, bool) {
	if seconds, ok := v.Number(FirstTokenSeconds); ok {
		return duration(seconds, v.firstTokenUnit(seconds))
	}
	if millis, ok := v.Number(FirstTokenMillis); ok {
		return duration(millis, time.Millisecond)
	}
	// Langfuse's SDK sometimes writes the instant as a JSON string.
	text := strings.Trim(v.Str(FirstTokenTime), `"`)
	if text == "" {
		return 0, false
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, false
	}
	// Both clocks have millisecond resolution in JavaScript: the first token may
	// seem to come a fraction before the start.
	d := at.Sub(v.span.StartTimestamp().AsTime())
	if d < 0 && d > -time.Millisecond {
		d = 0
	}
	return d, true
}

// serverFirstToken is a metric of the conventions, in seconds, that some write on
// spans.
const serverFirstToken = "gen_ai.server.time_to_first_token"

const (
	responseFirstToken = "gen_ai.response.time_to_first_token"
	leastNanoseconds   = 1e5
)

// firstTokenUnit is what the first token is stated in: Strands puts its milliseconds
// under a name of seconds (strands-agents/sdk-python, telemetry/tracer.py,
// timeToFirstByteMs).
//
// Under responseFirstToken Sentry has seconds (getsentry/sentry-conventions) and
// LoongSuite whole nanoseconds (alibaba/loongsuite-python-agent,
// util/opentelemetry-util-genai, extended_types.py). Nobody waits as many seconds as
// any answer takes in nanoseconds.
func (v *View) firstTokenUnit(n float64) time.Duration {
	if v.Key(FirstTokenSeconds) == responseFirstToken && n >= leastNanoseconds {
		return time.Nanosecond
	}
	if v.Key(FirstTokenSeconds) == serverFirstToken && (v.isStrands() || strings.HasPrefix(v.scope, "@strands")) {
		return time.Millisecond
	}
	return time.Second
}

func duration(n float64, unit time.Duration) (time.Duration, bool) {
	d := n * float64(unit)
	if d > math.MaxInt64/2 {
		return 0, false
	}
	return time.Duration(d), true
}
