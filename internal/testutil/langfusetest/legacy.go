package langfusetest

import (
	"regexp"
	"unicode/utf8"
)

// withZone is a date and time of ISO 8601 with a zone, which v3 asks for.
var withZone = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$`)

// maxTraceName is the longest name that the schema of traces lets in.
const maxTraceName = 1000

// legacy notes why v3's schema would drop the observation, or its trace. Other
// rules have noted their reasons before.
func (in *span) legacy(o *Observation) {
	a := in.attributes
	for _, f := range []struct {
		field string
		value any
	}{
		{"version", a["langfuse.version"]},
		{"version", in.resource["service.version"]},
		{"release", a["langfuse.release"]},
		{"release", in.resource["langfuse.release"]},
		{"trace name", a["langfuse.trace.name"]},
		{"name", a["genkit:name"]},
		{"name", a["ai.toolCall.name"]},
	} {
		if _, isText := f.value.(string); f.value != nil && !isText {
			o.Dropped = f.field + " is no string"
		}
	}
	for _, key := range [...]string{"langfuse.observation.model.parameters", "llm.invocation_parameters", "model_config"} {
		whole := decoded(a[key])
		if _, isText := whole.(string); isText || whole == nil {
			continue // is read as nothing
		}
		switch whole.(type) {
		case float64, bool:
			o.Dropped = "modelParameters are no object"
		}
		break // the first that can be read counts
	}
	if utf8.RuneCountInString(o.TraceName) > maxTraceName || o.LegacyRoot && utf8.RuneCountInString(o.Name) > maxTraceName {
		o.Dropped = "trace name is longer than 1000 characters"
	}
	if o.CompletionStartTime != "" && !withZone.MatchString(o.CompletionStartTime) {
		o.Dropped = "completionStartTime is no ISO date with a zone"
	}
	if start, ok := a["langfuse.observation.completion_start_time"]; ok {
		if _, isText := start.(string); !isText {
			o.Dropped = "completionStartTime is no string"
		}
	}
}

// rows notes what the insert into v4's tables chokes on.
func (in *span) rows(o *Observation) {
	if o.Start.IsZero() || o.End.IsZero() {
		o.Lost = "start or end is no instant"
	}
}
