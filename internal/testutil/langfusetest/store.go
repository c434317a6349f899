package langfusetest

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"time"
)

// store keeps what a request brings, and what is wrong with it: nothing at all where
// one of its spans makes the worker throw an error.
func (s *Server) store(in *Request, key Key, resourceSpans []any) {
	var all []*Observation
	fatal := false
	for _, rs := range resourceSpans {
		resourceSpan, _ := rs.(map[string]any)
		resource, _ := resourceSpan["resource"].(map[string]any)
		resourceAttributes := attributes(resource["attributes"])
		scopeSpans, _ := resourceSpan["scopeSpans"].([]any)
		for _, ss := range scopeSpans {
			scopeSpan, _ := ss.(map[string]any)
			scope, _ := scopeSpan["scope"].(map[string]any)
			spans, _ := scopeSpan["spans"].([]any)
			for _, raw := range spans {
				in.Spans++
				span, _ := raw.(map[string]any)
				o, sentence := s.observe(key.Project, resourceAttributes, scope, span)
				if sentence != "" {
					fatal = true
					s.violate("%s", sentence)
				}
				all = append(all, o)
			}
		}
	}
	if fatal {
		return
	}
	for _, o := range all {
		s.keep(o)
	}
}

// span is one span on its way to an observation.
type span struct {
	attributes, resource, scopeAttributes map[string]any
	scope, scopeVersion, name             string
	events                                []event
	statusCode                            int
	statusMessage                         string
	start                                 time.Time
}

type event struct {
	name       string
	attributes map[string]any
}

// observe maps a span. The second result says what is fatal about it.
func (s *Server) observe(project string, resource, scope, raw map[string]any) (*Observation, string) {
	in := &span{
		attributes: attributes(raw["attributes"]), resource: resource, scopeAttributes: attributes(scope["attributes"]),
		start: instant(raw["startTimeUnixNano"]),
	}
	in.scope, _ = scope["name"].(string)
	in.scopeVersion, _ = scope["version"].(string)
	in.name, _ = raw["name"].(string)
	status, _ := raw["status"].(map[string]any)
	in.statusMessage, _ = status["message"].(string)
	if code, ok := jsNumber(status["code"]).(float64); ok {
		in.statusCode = int(code)
	}
	events, _ := raw["events"].([]any)
	for _, rawEvent := range events {
		object, _ := rawEvent.(map[string]any)
		name, _ := object["name"].(string)
		in.events = append(in.events, event{name, attributes(object["attributes"])})
	}

	o := &Observation{Project: project, Start: in.start, End: instant(raw["endTimeUnixNano"]), ScopeName: in.scope, ScopeAttributes: in.scopeAttributes, Resource: resource}
	o.TraceID, _ = raw["traceId"].(string)
	o.ID, _ = raw["spanId"].(string)
	o.ParentID, _ = raw["parentSpanId"].(string)
	a := in.attributes
	o.Root = o.ParentID == "" || isTrue(a["langfuse.internal.is_app_root"]) && s.atLeast(3, 176)
	o.LegacyRoot = o.ParentID == "" || isTrue(a["langfuse.internal.as_root"])
	o.Type = in.observationType()
	o.Name = in.displayName()
	in.levelAndMessage(s, o)
	in.traceFields(o)
	in.model(s, o)
	in.usageAndCost(s, o)
	in.prompt(s, o)
	o.CompletionStartTime = in.completionStart()
	o.Input, o.Output = in.content(s.atLeast(3, 160))
	in.metadata(o)
	in.tools(o)
	in.legacy(o)
	in.rows(o)
	o.fingerprint = in.fingerprint(raw)
	if key := in.fatal(); key != "" {
		return o, fatalSentence(o.ID, o.Name, key)
	}
	return o, ""
}

// fingerprint is a hash of all that a span says, in whatever order it has its
// attributes: maps are marshalled in order of keys.
func (in *span) fingerprint(raw map[string]any) string {
	all := maps.Clone(raw)
	all["attributes"] = in.attributes
	var events []any
	for _, e := range in.events {
		events = append(events, e.name, e.attributes)
	}
	all["events"] = events
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // it was JSON
	}
	sum := sha256.Sum256(text)
	return string(sum[:])
}

func instant(raw any) time.Time {
	text := ""
	switch n := raw.(type) {
	case json.Number:
		text = n.String()
	case string:
		text = n
	}
	nanos, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}

func isTrue(value any) bool { return value == true || value == "true" }

// mangled are the words of AnyValues that were stored as text.
var mangled = []string{"kvlistValue", "arrayValue", "bytesValue"}

// keep stores an observation and notes what is wrong with it.
func (s *Server) keep(o *Observation) {
	var wrong []string
	view := viewText(o)
	for _, word := range mangled {
		if strings.Contains(view, word) {
			wrong = append(wrong, "has "+word+" in a stored text")
		}
	}
	if o.Dropped != "" {
		wrong = append(wrong, "is dropped by the schema of v3: "+o.Dropped)
	}
	if o.Lost != "" {
		wrong = append(wrong, "is lost by v4: "+o.Lost)
	}
	if total, ok := o.Usage["total"]; ok {
		sum := int64(0)
		for bucket, n := range o.Usage {
			if bucket != "total" {
				sum += n
			}
		}
		if len(o.Usage) > 1 && sum != total {
			wrong = append(wrong, "usage buckets make "+strconv.FormatInt(sum, 10)+", total is "+strconv.FormatInt(total, 10))
		}
	}
	if _, ok := o.Cost["total"]; len(o.Cost) > 0 && !ok {
		wrong = append(wrong, "cost_details has no total")
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	at := o.Project + "/" + o.TraceID + "/" + o.ID
	if before, ok := s.byID[at]; ok && before.fingerprint != o.fingerprint {
		wrong = append(wrong, "came before with different content")
	}
	if s.options.Sink != nil {
		s.byID[at] = &Observation{fingerprint: o.fingerprint}
		s.options.Sink(o)
	} else {
		s.byID[at] = o
		s.stored = append(s.stored, o)
	}
	for _, sentence := range wrong {
		s.violations = append(s.violations, "span "+o.ID+" "+strconv.Quote(o.Name)+" "+sentence)
	}
}

// viewText is every text of the stored view.
func viewText(o *Observation) string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // it is made of JSON
	}
	return string(text)
}
