package cli

import (
	"fmt"
	"regexp"
	"strings"
)

// Sentence makes one sentence of an error of the collector. Errors about a
// configuration come from upstream over several lines and name Go types; what
// an operator needs of them is where, what, and what to do.
func Sentence(err error) string {
	text := strings.TrimSpace(err.Error())
	if found := invalidKeys.FindStringSubmatch(text); found != nil {
		at := found[1] + "::" + found[2]
		keys := strings.ReplaceAll(strings.Join(strings.Fields(found[3]), " "), "'", "")
		return fmt.Sprintf("%s does not have the key %s: see the options in the component's README for how it is spelled", at, keys)
	}
	return strings.Join(strings.Fields(decodingNoise.ReplaceAllString(text, " ")), " ")
}

var (
	// invalidKeys is a misspelt key of a component: section, component, keys.
	invalidKeys = regexp.MustCompile(`(?s)'(\w+)' error reading configuration for "([^"]+)":.*?has invalid keys: ([\w, ]+)`)
	// decodingNoise stands before each level of a problem and says nothing.
	decodingNoise = regexp.MustCompile(`(cannot unmarshal the configuration: )?decoding failed due to the following error\(s\):`)
)
