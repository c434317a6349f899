package langfusetest

import (
	"encoding/json"
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Attributes of Langfuse's own that several rules look at.
const (
	observationMetadata = "langfuse.observation.metadata"
	traceMetadata       = "langfuse.trace.metadata"
)

// levels are the words that the server takes in any case, with what they stand
// for; before 4.0.0 only the four of the enumeration as they are.
var levels = map[string]string{
	"DEBUG": "DEBUG", "TRACE": "DEBUG", "VERBOSE": "DEBUG", "DEFAULT": "DEFAULT", "INFO": "DEFAULT", "LOG": "DEFAULT", "NOTICE": "DEFAULT",
	"OK": "DEFAULT", "SUCCESS": "DEFAULT", "WARNING": "WARNING", "WARN": "WARNING", "ERROR": "ERROR", "FATAL": "ERROR", "CRITICAL": "ERROR",
}

func (in *span) levelAndMessage(s *Server, o *Observation) {
	o.Level = "DEFAULT"
	switch {
	case in.statusCode == 2:
		o.Level = "ERROR"
	case in.scope == livekitScope && livekitNoise[in.name]:
		o.Level = "DEBUG"
	}
	if stated, ok := in.attributes["langfuse.observation.level"]; ok {
		word, _ := stated.(string)
		level, known := levels[strings.ToUpper(strings.TrimSpace(word))]
		switch {
		case known && (s.atLeast(4, 0) || word == level):
			o.Level = level
		case !s.atLeast(4, 0):
			o.Dropped = "level is none of the enumeration"
		}
	}
	o.StatusMessage = in.statusMessage
	if stated, ok := in.attributes["langfuse.observation.status_message"]; ok {
		o.StatusMessage = textOf(stated)
		if _, isText := stated.(string); !isText {
			o.Dropped = "statusMessage is no string"
		}
	}
}

// traceFields are those of the whole trace, which v4 reads on every span
// (langfuse reference 2.2).
func (in *span) traceFields(o *Observation) {
	a, resource := in.attributes, in.resource
	o.TraceName, _ = a["langfuse.trace.name"].(string)
	o.UserID = firstText(a, "langfuse.user.id", "user.id", observationMetadata+".langfuse_user_id", traceMetadata+".langfuse_user_id",
		"ai.telemetry.metadata.userId")
	o.SessionID = firstText(a, "langfuse.session.id", "session.id", "gen_ai.conversation.id", observationMetadata+".langfuse_session_id",
		traceMetadata+".langfuse_session_id", "ai.telemetry.metadata.sessionId")
	o.Tags = tagList(first(a, "langfuse.trace.tags", "langfuse.tags", observationMetadata+".langfuse_tags", traceMetadata+".langfuse_tags",
		"ai.telemetry.metadata.tags", "tag.tags"))
	o.Environment = in.environment()
	o.Release = firstText(a, "langfuse.release")
	if o.Release == "" {
		o.Release = firstText(resource, "langfuse.release")
	}
	o.Version = firstText(a, "langfuse.version")
	if o.Version == "" {
		o.Version = firstText(resource, "service.version")
	}
	public := a["langfuse.trace.public"]
	if public == nil {
		public = a["langfuse.public"]
	}
	o.Public = isTrue(public)
}

// tagList reads tags: a list, text that is a JSON list, or text with commas.
func tagList(value any) []string {
	switch tags := value.(type) {
	case []any:
		out := make([]string, len(tags))
		for i, tag := range tags {
			out[i] = textOf(tag)
		}
		return out
	case string:
		if strings.HasPrefix(strings.TrimSpace(tags), "[") {
			var list []any
			if json.Unmarshal([]byte(tags), &list) == nil {
				return tagList(list)
			}
		}
		if strings.Contains(tags, ",") {
			out := strings.Split(tags, ",")
			for i := range out {
				out[i] = strings.TrimSpace(out[i])
			}
			return out
		}
		if tags != "" {
			return []string{tags}
		}
	}
	return nil
}

var (
	validEnvironment = regexp.MustCompile(`^[a-z0-9_-]+$`)
	reserved         = regexp.MustCompile(`^(langfuse[-_]?)+`) // for Langfuse's own traces
)

// environment is a word of at most 40 characters; a value with a character
// that may not be in it counts for nothing.
func (in *span) environment() string {
	const none = "default"
	for _, key := range [...]string{"langfuse.environment", "deployment.environment.name", "deployment.environment"} {
		value := first(in.attributes, key)
		if value == nil {
			value = first(in.resource, key)
		}
		if value == nil {
			continue
		}
		text, isText := value.(string)
		if !isText {
			return none
		}
		word := reserved.ReplaceAllString(strings.ToLower(text), "")
		if len(word) > 40 {
			word = word[:40]
		}
		if !validEnvironment.MatchString(word) {
			return none
		}
		return word
	}
	return none
}

// prompt reads the link of a generation; since v4 nothing else has one, and a version
// may be digits in text.
func (in *span) prompt(s *Server, o *Observation) {
	v4 := s.atLeast(4, 0)
	if v4 && o.Type != "GENERATION" {
		return
	}
	name, version := in.attributes["langfuse.observation.prompt.name"], in.attributes["langfuse.observation.prompt.version"]
	if name == nil {
		name = in.attributes["langfuse.prompt.name"]
	}
	if version == nil {
		version = in.attributes["langfuse.prompt.version"]
	}
	if link, ok := object(in.attributes["ai.telemetry.metadata.langfusePrompt"]); ok && name == nil && version == nil {
		name, version = link["name"], link["version"]
	}
	if text, isText := version.(string); isText && v4 && digits.MatchString(strings.TrimSpace(text)) {
		version, _ = numberOf(strings.TrimSpace(text))
	}
	o.PromptName, _ = name.(string)
	n, isNumber := version.(float64)
	switch {
	case version != nil && !isNumber:
		o.Dropped = "promptVersion is no number"
	case truthy(name) != truthy(version):
		o.Dropped = "promptName and promptVersion do not come together"
	case isNumber && (n != float64(int64(n)) || n < 0 || n > 65535):
		o.Lost = "promptVersion does not fit"
	}
	o.PromptVersion = int(n)
}

var digits = regexp.MustCompile(`^\d+$`)

// completionStart is the instant of the first token: Langfuse's attribute,
// perhaps a JSON string, or the AI SDK's milliseconds.
func (in *span) completionStart() string {
	if stated, ok := in.attributes["langfuse.observation.completion_start_time"]; ok {
		text := textOf(stated)
		var inner string
		if json.Unmarshal([]byte(text), &inner) == nil {
			text = inner
		}
		return text
	}
	for _, key := range [...]string{"ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"} {
		if millis, ok := in.attributes[key].(float64); ok && millis != 0 {
			return in.later(millis)
		}
	}
	if millis, ok := numberOf(in.attributes["ttft_ms"]); ok && in.attributes["ttft_ms"] != nil && in.scope == claudeCodeScope && math.Abs(millis) < maxDate {
		return in.later(millis)
	}
	return ""
}

// later is an instant of whole milliseconds.
func (in *span) later(millis float64) string {
	start := in.start.Truncate(time.Millisecond)
	return start.Add(time.Duration(math.Ceil(millis)) * time.Millisecond).Format(isoMillis)
}

// metadata takes the top level from Langfuse's own attributes; everything that
// is not content stays below "attributes", where nothing can be filtered by.
func (in *span) metadata(o *Observation) {
	o.Metadata, o.Attributes = map[string]any{}, map[string]any{}
	for _, domain := range [...]string{observationMetadata, traceMetadata} {
		maps.Copy(o.Metadata, wholeMetadata(first(in.attributes, domain, "langfuse.metadata")))
		for _, prefix := range [...]string{"ai.telemetry.metadata.", "langfuse.metadata.", domain + "."} {
			for key, value := range in.attributes {
				if name, ok := strings.CutPrefix(key, prefix); ok && name != "" && !aiTraceKeys[key] {
					o.Metadata[name] = value
				}
			}
		}
	}
	if strings.HasPrefix(in.scope, "langfuse-sdk") {
		return // of its own SDKs the server keeps no attributes
	}
	for key, value := range in.attributes {
		if !isContentKey(key) {
			o.Attributes[key] = textOf(value)
		}
	}
}

// wholeMetadata reads metadata that is one object, or by chance a list.
func wholeMetadata(value any) map[string]any {
	if text, isText := value.(string); isText {
		value = decoded(text)
	}
	out, _ := value.(map[string]any)
	if list, isList := value.([]any); isList {
		out = map[string]any{}
		for i, element := range list {
			out[strconv.Itoa(i)] = element
		}
	}
	return out
}

// aiTraceKeys are fields of the trace, and no metadata.
var aiTraceKeys = map[string]bool{
	"ai.telemetry.metadata.userId": true, "ai.telemetry.metadata.sessionId": true, "ai.telemetry.metadata.tags": true,
	"ai.telemetry.metadata.langfusePrompt": true,
}
