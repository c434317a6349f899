package mapping

import (
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// copyOwn copies one of Langfuse's attributes that a span has already. It is
// never overwritten; only what a server would refuse is mended or left out.
func (w *writer) copyOwn(key string, value pcommon.Value, o own) {
	m := w.m
	switch o {
	case ownType:
		if observationTypes[scalarText(value)] {
			m.putValue(w.dst, key, value)
			return
		}
		word := strings.ToLower(scalarText(value))
		if word == "llm" {
			word = typeGeneration
		}
		if !observationTypes[word] {
			w.refuse(key, value, o, ReasonType)
			return
		}
		m.count(ReasonType)
		w.dst.PutStr(key, word)
	case ownLevel:
		w.copyLevel(key, value)
	case ownUsage, ownCost:
		if text, ok := m.mendDetails(value, o == ownCost); ok {
			w.dst.PutStr(key, text)
			return
		}
		w.keepInMetadata(key, value)
		w.own &^= o
	case ownPromptName, ownPromptVersion:
		// setPrompt reads both together.
		w.own &^= o
	case ownCompletionStart:
		if text, ok := instant(scalarText(value)); ok {
			w.dst.PutStr(key, text)
			return
		}
		w.refuse(key, value, o, ReasonTime)
	case ownInput, ownOutput, ownStatusMessage, ownModel, ownParameters:
		if o == ownParameters && !isObjectText(value) {
			m.reshape(w.dst, shapeObject, key, value)
			w.own &^= o
			return
		}
		if value.Type() != pcommon.ValueTypeStr {
			m.count(ReasonType)
		}
		w.text(key, scalarText(value))
	default:
		m.putValue(w.dst, key, value)
	}
}

// refuse sends one of Langfuse's attributes as metadata alone, and lets the rules
// make another in its place.
func (w *writer) refuse(key string, value pcommon.Value, o own, reason Reason) {
	w.m.count(reason)
	w.keepInMetadata(key, value)
	w.own &^= o
}

// keepInMetadata keeps what a server cannot take under the key that it came under.
func (w *writer) keepInMetadata(key string, value pcommon.Value) {
	if value.Type() != pcommon.ValueTypeEmpty && scalarText(value) != "" {
		w.m.putValue(w.dst, metadataPrefix+key, value)
	}
}

// levels are the words of the enumeration, by the words that servers of 4.0
// and later take too. Servers before drop an observation with another word.
var levels = map[string]string{
	"debug": "DEBUG", "trace": "DEBUG", "verbose": "DEBUG", "default": "DEFAULT", "info": "DEFAULT", "log": "DEFAULT", "notice": "DEFAULT",
	"ok": "DEFAULT", "success": "DEFAULT", "warning": "WARNING", "warn": "WARNING", "error": "ERROR", "fatal": "ERROR", "critical": "ERROR",
}

func (w *writer) copyLevel(key string, value pcommon.Value) {
	stated := scalarText(value)
	level, ok := levels[strings.ToLower(strings.TrimSpace(stated))]
	if !ok {
		w.refuse(key, value, ownLevel, ReasonType)
		return
	}
	if level != stated {
		w.m.count(ReasonType)
	}
	w.dst.PutStr(key, level)
}

// instant reads a date with a zone, perhaps a JSON string as Langfuse's SDKs
// write it, and returns it as RFC 3339 in UTC.
func instant(text string) (string, bool) {
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return "", false
	}
	return formatInstant(at), true
}

// instantLayout has microseconds, which is what Langfuse keeps.
const instantLayout = "2006-01-02T15:04:05.000000Z"

func formatInstant(at time.Time) string { return at.UTC().Format(instantLayout) }
