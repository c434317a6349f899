package mapping

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// maxPromptVersion is what the server's column holds.
const maxPromptVersion = math.MaxUint16

// promptPairs are the attributes that link a prompt.
var promptPairs = []struct{ name, version string }{
	{keyPromptName, keyPromptVersion},
	{"langfuse.prompt.name", "langfuse.prompt.version"},
}

// promptObjects are attributes with a JSON object that links a prompt, and the
// member that does.
var promptObjects = []struct{ key, member string }{
	{forLangfuse, promptMember},
	{"ai.telemetry.metadata.langfusePrompt", ""},
}

// setPrompt links the prompt of a generation. The server wants both the name
// and an integer for the version.
func (w *writer) setPrompt() {
	name, version, ok := w.prompt()
	if name == "" {
		if ok {
			w.m.count(ReasonPrompt)
		}
		return
	}
	n, isInteger := promptVersion(version)
	switch {
	case w.kind != typeGeneration:
		w.text(metadataPrefix+"prompt_name", name)
		if isInteger {
			w.dst.PutInt(metadataPrefix+"prompt_version", n)
		}
	case !isInteger:
		w.m.count(ReasonPrompt)
		w.text(metadataPrefix+"prompt_name", name)
		if version != "" {
			w.text(metadataPrefix+"prompt_version", version)
		}
	default:
		w.text(keyPromptName, name)
		w.dst.PutInt(keyPromptVersion, n)
	}
}

// prompt returns what is stated, and whether anything is.
func (w *writer) prompt() (name, version string, ok bool) {
	for _, pair := range promptPairs {
		n, hasName := w.src.Get(pair.name)
		v, hasVersion := w.src.Get(pair.version)
		ok = ok || hasName || hasVersion
		if !hasName {
			continue // a version without a name is that of no other name
		}
		if name = scalarText(n); name != "" {
			if hasVersion {
				version = scalarText(v)
			}
			return name, version, true
		}
	}
	v := &w.m.view
	ok = ok || v.Has(genai.PromptName) || v.Has(genai.PromptVersion)
	if name = v.Str(genai.PromptName); name != "" {
		return name, v.Str(genai.PromptVersion), true
	}
	for _, o := range promptObjects {
		value, has := w.src.Get(o.key)
		if !has {
			continue
		}
		if name, version = promptObject(value, o.member); name != "" {
			return name, version, true
		}
	}
	return name, version, ok
}

func promptObject(value pcommon.Value, member string) (name, version string) {
	var object map[string]any
	if json.Unmarshal([]byte(scalarText(value)), &object) != nil {
		return "", ""
	}
	if member != "" {
		object, _ = object[member].(map[string]any)
	}
	name, _ = object["name"].(string)
	switch v := object["version"].(type) {
	case string:
		version = v
	case float64:
		version = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return name, version
}

func promptVersion(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n, err == nil && 0 < n && n <= maxPromptVersion
}
