package genai

import "time"

// What the programs that report calls as log records also say of a request: Claude Code
// (https://code.claude.com/docs/en/monitoring-usage), Codex, Gemini CLI and Qwen Code name
// its length alike.
const (
	recordDurationKey  = "duration_ms"
	providerRequestKey = "request_id"
)

// RecordDuration is how long the call took that a log record reports. The second result
// is false where the record does not say, and for spans, which have times of their own.
func (v *View) RecordDuration() (time.Duration, bool) {
	if v.hasSpan || v.dialect == dialectNone || !v.hasAttributes {
		return 0, false
	}
	value, ok := v.attributes.Get(recordDurationKey)
	if !ok {
		return 0, false
	}
	millis, ok := Amount(value)
	if !ok {
		return 0, false
	}
	return duration(millis, time.Millisecond)
}

// ProviderRequest is the provider's name of the request, which spans and log records of
// one program both have; "" where the fact RequestID is none, or is the application's own.
func (v *View) ProviderRequest() string {
	if v.Key(RequestID) != providerRequestKey {
		return ""
	}
	return v.Str(RequestID)
}
