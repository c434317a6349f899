package pricing

import (
	"fmt"
	"regexp"
	"strings"
)

// pattern matches a whole text, in lower case: an exact text, a glob with * and ? (which cross slashes), or a regular
// expression after "re:".
type pattern struct {
	exact string
	re    *regexp.Regexp
}

func parsePattern(text string) (pattern, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return pattern{}, fmt.Errorf("the pattern is empty")
	}
	if expr, ok := strings.CutPrefix(text, "re:"); ok {
		re, err := regexp.Compile(`(?i)^(?:` + expr + `)$`)
		if err != nil {
			return pattern{}, fmt.Errorf("%q: %w", text, err)
		}
		return pattern{re: re}, nil
	}
	if !strings.ContainsAny(text, "*?[") {
		return pattern{exact: strings.ToLower(text)}, nil
	}
	re, err := compileGlob(text)
	if err != nil {
		return pattern{}, err
	}
	return pattern{re: re}, nil
}

func compileGlob(text string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString(`(?i)^`)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteString(`.`)
		case '[':
			end := strings.IndexByte(text[i:], ']')
			if end < 2 {
				return nil, fmt.Errorf("glob %q: the bracket is not closed", text)
			}
			class := text[i : i+end+1]
			if class[1] == '!' {
				class = "[^" + class[2:]
			}
			b.WriteString(class)
			i += end
		default:
			b.WriteString(regexp.QuoteMeta(text[i : i+1]))
		}
	}
	b.WriteString(`$`)
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, fmt.Errorf("glob %q: %w", text, err)
	}
	return re, nil
}

func (p *pattern) match(text string) bool {
	if p.re != nil {
		return p.re.MatchString(text)
	}
	return strings.EqualFold(p.exact, text)
}

func checkPatterns(path string, patterns []string) error {
	for _, text := range patterns {
		if _, err := parsePattern(text); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// matchesAny reports whether a model id matches one of the patterns; no pattern matches every id. The patterns were
// checked when the layer was read.
func matchesAny(patterns []string, id string) bool {
	if len(patterns) == 0 {
		return true
	}
	for _, text := range patterns {
		if p, err := parsePattern(text); err == nil && p.match(id) {
			return true
		}
	}
	return false
}
