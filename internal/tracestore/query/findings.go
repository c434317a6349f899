package query

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// attrRules is where sensitive_filter lists the rules that have found something in a
// span (processor/sensitivefilter/summary.go).
const attrRules = "sensitive_filter.rules"

// findingMark begins what sensitive_filter puts in the place of a value by default:
// [REDACTED:pii.email], and without brackets where these would break a URL.
const findingMark = "REDACTED:"

// findings are the rules of redaction that have replaced something in a span, and where
// their marks stand.
func (r *readingSpan) findings(redactions int64) []Finding {
	m := places{at: map[string][]string{}, counts: map[string]int64{}}
	if list, ok := r.span.Attributes().Get(attrRules); ok && list.Type() == pcommon.ValueTypeSlice {
		for _, rule := range list.Slice().All() {
			if !slices.Contains(m.rules, rule.AsString()) {
				m.rules = append(m.rules, rule.AsString())
			}
		}
	}
	m.listed = len(m.rules) > 0
	r.lookFor(&m)
	var found []Finding
	for _, rule := range m.rules {
		f := Finding{Rule: rule, Count: max(m.counts[rule], 1), Where: inWords(m.at[rule])}
		if len(m.rules) == 1 && redactions > 0 {
			f.Count = redactions
		}
		found = append(found, f)
	}
	return found
}

// lookFor looks at each place of a span once: content as messages, where it is a
// conversation, and its attributes not again.
func (r *readingSpan) lookFor(m *places) {
	said := r.view.Transcript()
	in, out := "input", "output"
	if r.view.Kind() == genai.KindTool {
		in, out = "tool arguments", "tool result"
	}
	if len(said.Messages) > 0 {
		m.messages(said.Messages)
	} else {
		m.json(in, string(r.stored.Mastra.Input))
	}
	if len(said.Answers) > 0 {
		m.messages(said.Answers)
	} else {
		m.json(out, string(r.stored.Mastra.Output))
	}
	m.text("name", r.span.Name())
	m.text("status message", r.span.Status().Message())
	for key, value := range r.span.Attributes().All() {
		if !contentKeys[key] && !genai.IsMessagePart(key) && !isMastraContent(key) {
			m.text("attribute "+key, value.AsString())
		}
	}
	for _, event := range r.span.Events().All() {
		if genai.IsMessageEvent(event.Name()) {
			continue
		}
		for _, value := range event.Attributes().All() {
			m.text("event "+event.Name(), value.AsString())
		}
	}
}

// contentKeys are the attributes that Input and Output read.
var contentKeys = func() map[string]bool {
	keys := map[string]bool{attrRules: true}
	for _, name := range genai.Vocabulary() {
		switch name.Field {
		case genai.InputContent, genai.OutputContent, genai.SystemInstructions:
			keys[name.Key] = true
		}
	}
	return keys
}()

func isMastraContent(key string) bool {
	return strings.HasPrefix(key, genai.MastraPrefix) && !strings.HasPrefix(key, genai.MastraMetadataPrefix) &&
		(strings.HasSuffix(key, ".input") || strings.HasSuffix(key, ".output"))
}

// places gathers marks by rule.
type places struct {
	rules  []string
	listed bool // the span names its rules: others in its text are not of this span
	counts map[string]int64
	at     map[string][]string
}

// text looks at one text at a place.
func (m *places) text(place, text string) {
	for {
		i := strings.Index(text, findingMark)
		if i < 0 {
			return
		}
		text = text[i+len(findingMark):]
		n := 0
		for n < len(text) && (text[n] == '-' || text[n] == '.' || text[n] == '_' || text[n] >= '0' && text[n] <= '9' || text[n] >= 'a' && text[n] <= 'z') {
			n++
		}
		m.found(strings.TrimRight(text[:n], "."), place)
	}
}

func (m *places) found(rule, place string) {
	if rule == "" {
		return
	}
	if !slices.Contains(m.rules, rule) {
		if m.listed {
			return
		}
		m.rules = append(m.rules, rule)
	}
	m.counts[rule]++
	if !slices.Contains(m.at[rule], place) {
		m.at[rule] = append(m.at[rule], place)
	}
}

func (m *places) messages(list []genai.Message) {
	for i := range list {
		for j := range list[i].Parts {
			switch p := &list[i].Parts[j]; p.Kind {
			case genai.PartToolCall:
				m.json("tool arguments", string(p.Value))
			case genai.PartToolResult:
				m.json("tool result", string(p.Value))
			case genai.PartThinking:
				m.text("thoughts", p.Text)
			case genai.PartData:
				m.json(list[i].Role+" message", string(p.Value))
			default:
				m.text(list[i].Role+" message", p.Text)
			}
		}
	}
}

// json looks at the strings of a JSON text; a place is named after the member that a
// string is the value of.
func (m *places) json(place, text string) {
	if !strings.Contains(text, findingMark) {
		return
	}
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		m.text(place, text)
		return
	}
	m.value(place, place, value, 0)
}

// maxNested is how often JSON may be in a string of JSON.
const maxNested = 200

func (m *places) value(base, place string, value any, depth int) {
	if depth > maxNested {
		return
	}
	switch x := value.(type) {
	case string:
		var inner any
		if len(x) > 0 && (x[0] == '{' || x[0] == '[') && json.Unmarshal([]byte(x), &inner) == nil {
			m.value(base, place, inner, depth+1)
			return
		}
		m.text(place, x)
	case []any:
		for _, element := range x {
			m.value(base, place, element, depth+1)
		}
	case map[string]any:
		for _, key := range sortedKeys(x) {
			m.text(base, key)
			m.value(base, base+", "+shorten(key, 64), x[key], depth+1)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// placesShown is how many places are named.
const placesShown = 4

func inWords(places []string) string {
	if len(places) > placesShown {
		places = append(slices.Clone(places[:placesShown]), "and "+strconv.Itoa(len(places)-placesShown)+" more")
	}
	return strings.Join(places, "; ")
}
