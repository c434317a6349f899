package genai

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// EvaluationEvent is the event that states what an evaluator made of an answer, on
// the span of the answer or as a log record (semantic-conventions-genai,
// model/gen-ai/events.yaml). It is no message and no call: what it has of the
// answer, its id for one, only says which answer it is about.
const EvaluationEvent = "gen_ai.evaluation.result"

// Evaluation is what an evaluator made of an answer.
type Evaluation struct {
	Name        string
	Score       float64
	HasScore    bool
	Label       string
	Explanation string
}

// Evaluation returns the judgement that the span, or the record, states. The second
// result is false where it has none: a name alone judges nothing.
func (v *View) Evaluation() (Evaluation, bool) {
	e := Evaluation{Name: v.Str(EvaluationName), Label: v.Str(EvaluationLabel), Explanation: v.Str(EvaluationExplanation)}
	if v.Has(EvaluationScore) {
		e.Score, e.HasScore = scoreOf(v.values[EvaluationScore])
	}
	return e, e.Name != "" && (e.HasScore || e.Label != "")
}

// EvaluationOf reads the attributes of an EvaluationEvent.
func EvaluationOf(attributes pcommon.Map) (Evaluation, bool) {
	var v View
	v.readAttributes(attributes, "")
	return v.Evaluation()
}

// scoreOf reads a finite number of either sign.
func scoreOf(value pcommon.Value) (float64, bool) {
	switch value.Type() {
	case pcommon.ValueTypeInt:
		return float64(value.Int()), true
	case pcommon.ValueTypeDouble:
		d := value.Double()
		return d, !math.IsNaN(d) && !math.IsInf(d, 0)
	case pcommon.ValueTypeBool:
		if value.Bool() {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
