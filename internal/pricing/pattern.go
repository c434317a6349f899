package pricing

import (
	"fmt"
	"regexp"
	"strings"
)

// pattern matches a whole text, in lower case: an exact text, a glob with * and ? (which cross slashes), or a regular
// expression after "re:".
type pattern struct {
	text  string
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
		return pattern{text: text, re: re}, nil
	}
	if !strings.ContainsAny(text, "*?[") {
		return pattern{text: text, exact: strings.ToLower(text)}, nil
	}
	re, err := compileGlob(text)
	if err != nil {
		return pattern{}, err
	}
	return pattern{text: text, re: re}, nil
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

// patterns is a list of patterns; an empty one matches everything.
type patterns []pattern

func parsePatterns(path string, texts []string) (patterns, error) {
	out := make(patterns, 0, len(texts))
	for _, text := range texts {
		p, err := parsePattern(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func (ps patterns) match(text string) bool {
	for i := range ps {
		if ps[i].match(text) {
			return true
		}
	}
	return len(ps) == 0
}

// String lists the patterns for an error.
func (ps patterns) String() string {
	texts := make([]string, len(ps))
	for i := range ps {
		texts[i] = ps[i].text
	}
	return "[" + strings.Join(texts, " ") + "]"
}
