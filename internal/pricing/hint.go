package pricing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Hint is what an operator can write into the configuration so that a call without a price gets one.
type Hint struct {
	// Why says in a clause what the line rests on.
	Why string
	// Line is one line of YAML for the options of llm_cost. Words in capital letters are to be replaced.
	Line string
}

// Hint returns what would price a call that has no price, and false where there is one or where the span names no
// model. It guesses for a person who decides; nothing is priced by it.
func (c *Catalog) Hint(q Query) (Hint, bool) {
	r := c.resolve(&q)
	model := servedModel(&q)
	if r.reason != UnknownProvider && r.reason != UnknownModel || !present(model) {
		return Hint{}, false
	}
	named := c.namedProvider(&q)
	switch {
	case runsLocally(model) && r.reason == UnknownProvider && named != "":
		return Hint{
			"the name has the form of a model on a machine of one's own; if it runs there, it costs nothing",
			fmt.Sprintf("local_providers: [%s]", yamlWord(named)),
		}, true
	case runsLocally(model):
		return Hint{
			"the name has the form of a model on a machine of one's own; if it runs there, it costs nothing",
			aliasLine(named, model, model, "ollama"),
		}, true
	}
	if owner, e, ok := c.inferProvider(model); ok && owner.id != r.provider {
		if r.reason == UnknownProvider && named != "" {
			return Hint{
				fmt.Sprintf("if %s bills what %s does", named, owner.id),
				fmt.Sprintf("provider_aliases: {%s: %s}", yamlWord(named), yamlWord(owner.id)),
			}, true
		}
		return Hint{"if it is billed by " + owner.id, aliasLine(named, model, c.aliasTargetName(owner, e, model), owner.id)}, true
	}
	if hint, ok := c.hintBehindBedrock(r, named, model); ok {
		return hint, true
	}
	p, target := c.byID[r.provider], ""
	if routed := c.routed(normalizeModel(model)); routed != nil && routed != p {
		p, target = routed, routed.id
	}
	if p != nil {
		if near := c.nearestModel(p, model); near != "" {
			return Hint{"if it is " + near, aliasLine(named, model, near, target)}, true
		}
		if p.id == azureID || p.id == bedrockID {
			return Hint{"the name of a deployment or profile does not say which model it is", aliasLine(named, model, "THE_MODEL", target)}, true
		}
	}
	line := "overrides: [{"
	if named != "" {
		line += "provider: " + yamlWord(named) + ", "
	}
	return Hint{
		"with its prices in US dollars per million tokens",
		line + "model: " + yamlWord(exactPattern(model)) + ", input: INPUT_PRICE, output: OUTPUT_PRICE}]",
	}, true
}

// hintBehindBedrock offers the vendor's price for a model that Amazon Bedrock's list does not have yet.
func (c *Catalog) hintBehindBedrock(r *resolution, named, model string) (Hint, bool) {
	_, name := bedrockRegion(strings.TrimPrefix(bedrockModel(normalizeModel(model)), bedrockGlobal))
	vendor, name, ok := strings.Cut(name, ".")
	if !ok || r.provider != bedrockID {
		return Hint{}, false
	}
	name, _, _ = strings.Cut(name, ":") // the revision of Bedrock's own
	p, known := c.names[vendor]
	if !known {
		return Hint{}, false
	}
	e, found := c.findWithFallback(p.provider, name)
	if !found {
		return Hint{}, false
	}
	return Hint{
		"at the list price of " + p.provider.id + "; what serves one region costs a tenth more for Claude",
		aliasLine(named, model, c.aliasTargetName(p.provider, e, name), p.provider.id),
	}, true
}

// namedProvider is the provider as the span writes it, where it is none of the names that say nothing.
func (c *Catalog) namedProvider(q *Query) string {
	for _, name := range [...]string{q.Provider, q.System} {
		if !c.isFramework(name) {
			return strings.TrimSpace(name)
		}
	}
	return ""
}

func aliasLine(provider, match, model, target string) string {
	var b strings.Builder
	b.WriteString("aliases: [{")
	if provider != "" {
		b.WriteString("provider: " + yamlWord(provider) + ", ")
	}
	b.WriteString("match: " + yamlWord(exactPattern(match)) + ", model: " + yamlWord(model))
	if target != "" {
		b.WriteString(", target_provider: " + yamlWord(target))
	}
	b.WriteString("}]")
	return b.String()
}

// exactPattern is a pattern that matches a name and nothing else.
func exactPattern(name string) string {
	if strings.HasPrefix(name, "re:") || strings.ContainsAny(name, "*?[") {
		return "re:" + regexp.QuoteMeta(name)
	}
	return name
}

var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// yamlWord writes a text so that YAML reads it as that text.
func yamlWord(text string) string {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return strconv.Quote(text)
	}
	if plainWord.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

// localTag is the tag of a model in Ollama's library: its size, its quantization, or latest
// (https://github.com/ollama/ollama/blob/main/docs/api.md, "Model names").
var localTag = regexp.MustCompile(`^(latest|e?\d+(\.\d+)?(x\d+)?[bm]|.*-?(q\d(_[a-z0-9]+)*|fp16|f16|bf16))(-[a-z0-9_.-]+)?$`)

// runsLocally reports whether a name is that of a model file, or has a tag of Ollama's. What Ollama serves in its cloud
// is none.
func runsLocally(name string) bool {
	name = normalizeModel(name)
	if strings.HasSuffix(name, ".gguf") {
		return true
	}
	i := strings.LastIndexByte(name, ':')
	if i <= 0 || strings.HasPrefix(name, "ft:") || strings.HasPrefix(name, "arn:") {
		return false
	}
	tag := name[i+1:]
	return localTag.MatchString(tag) && !strings.HasSuffix(tag, "-cloud")
}

// nearestModel is the longest name in the lists of a provider, and of those whose models it sells, that stands in a name
// as words of its own. A number behind it makes another version of it: gpt-5 does not stand in gpt-5.9.
func (c *Catalog) nearestModel(p *provider, name string) string {
	name = dashVersion(dashed(normalizeModel(name)))
	best := ""
	for _, list := range append([]*provider{p}, p.fallback...) {
		for known := range list.index {
			known = dashVersion(known)
			if len(known) < 4 || !standsIn(name, known) {
				continue
			}
			if len(known) > len(best) || len(known) == len(best) && known < best { // map order must not decide
				best = known
			}
		}
	}
	if best == "" {
		return ""
	}
	e, ok := c.findWithFallback(p, best)
	if !ok {
		return ""
	}
	return c.aliasTargetName(p, e, best)
}

// aliasTargetName is a name of a found model that an alias can give: its id, or the name that found it where the id is
// one of the list's own making.
func (c *Catalog) aliasTargetName(p *provider, e nameEntry, name string) string {
	if again, ok := c.findWithFallback(p, e.model.id); ok && again.model == e.model {
		return e.model.id
	}
	return name
}

// standsIn reports whether words stands in name with something that is no letter or digit on both sides, or whether the
// two differ in their separators only.
func standsIn(name, words string) bool {
	if squash(name) == squash(words) {
		return true
	}
	for at := 0; ; {
		i := strings.Index(name[at:], words)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(words)
		if (start == 0 || !isWord(name[start-1])) && endsWord(name[end:]) {
			return true
		}
		at = start + 1
	}
}

func endsWord(rest string) bool {
	if rest == "" {
		return true
	}
	return !isWord(rest[0]) && (len(rest) == 1 || !isDigit(rest[1]) || longDate(rest[1:]) > 0)
}

func isWord(b byte) bool { return isDigit(b) || b >= 'a' && b <= 'z' }

func squash(name string) string {
	return strings.NewReplacer("-", "", ".", "", ":", "", "/", "").Replace(name)
}
