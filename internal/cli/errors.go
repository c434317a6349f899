package cli

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/terminal"
)

// Sentence makes one sentence of an error of the collector. Errors about a
// configuration come from upstream over several lines and name Go types; what
// an operator needs of them is where, what, and what to do.
func Sentence(err error) string {
	text := strings.TrimSpace(terminal.Plain(err.Error())) // a store or a server may have its say in it
	if found := invalidKeys.FindStringSubmatch(text); found != nil {
		at := found[1] + "::" + found[2]
		keys := strings.ReplaceAll(strings.Join(strings.Fields(found[3]), " "), "'", "")
		return fmt.Sprintf("%s does not have the key %s: see the options in the component's README for how it is spelled", at, keys)
	}
	text = resolvingNoise.ReplaceAllString(oneLine(decodingNoise.ReplaceAllString(text, " ")), "")
	text = wrongType.ReplaceAllStringFunc(text, func(wrong string) string {
		found := wrongType.FindStringSubmatch(wrong)
		return fmt.Sprintf("%s::%s::%s: is of type %s; write one of type %s", found[1], found[2], strings.ReplaceAll(found[3], ".", "::"), found[5], found[4])
	})
	for _, r := range remedies {
		if strings.Contains(text, r.text) {
			return text + "; " + r.remedy
		}
	}
	return text
}

// remedies are, by what is in an error that names none, what to do.
var remedies = []struct{ text, remedy string }{
	{"no exporter configuration specified in config", "add exporters, or give config/gateway.yaml and files of config/destinations/ after config/otelcol.yaml"},
	{`requires a non-empty "endpoint"`, "set it, which config/sidecar.yaml does from OTELCOL_GATEWAY_ENDPOINT"},
}

// oneLine joins the lines of a text. Each is a problem of its own, unless the one
// before leads up to it.
func oneLine(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case line == "":
			continue
		case b.Len() == 0:
		case strings.ContainsAny(b.String()[b.Len()-1:], ":;,.?"):
			b.WriteString(" ")
		default:
			b.WriteString("; ")
		}
		b.WriteString(line)
	}
	return b.String()
}

var (
	// invalidKeys is a misspelt key of a component: section, component, keys.
	invalidKeys = regexp.MustCompile(`(?s)'(\w+)' error reading configuration for "([^"]+)":.*?has invalid keys: ([\w, ]+)`)
	// wrongType is a value that does not fit its key: section, component, key, and the types
	// that are wanted and given.
	wrongType = regexp.MustCompile(`'(\w+)' error reading configuration for "([^"]+)": '([^']+)' expected type '(\w+)', got unconvertible type '(\w+)'`)
	// resolvingNoise stands before what providers say is wrong.
	resolvingNoise = regexp.MustCompile(`^failed to get config: (cannot resolve the configuration: )?(cannot retrieve the configuration: )?`)
	// decodingNoise stands before each level of a problem and says nothing.
	decodingNoise = regexp.MustCompile(`(cannot unmarshal the configuration: )?decoding failed due to the following error\(s\):`)
)
