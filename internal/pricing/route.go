package pricing

import "strings"

// tryElsewhere finds models that the client libraries of OpenAI and Anthropic reach through a gateway or at another
// provider. Both write their own name as the provider's whoever answers, so that only the model's name can tell: an id
// of Amazon Bedrock, which no other provider has, or a route, which says who serves the call.
func (c *Catalog) tryElsewhere(out *candidate, name string) {
	name = normalizeModel(name)
	if bedrock := c.byID[bedrockID]; bedrock != nil && bedrock.infer.match(name) {
		if e, ok := c.findModel(bedrock, name); ok {
			out.owner, out.entry, out.found = bedrock, e, true
			return
		}
	}
	p := c.routed(name)
	switch {
	case p == nil:
	case p.local:
		out.owner = p
	default:
		if e, ok := c.findWithFallback(p, name); ok {
			out.owner, out.entry, out.found = p, e, true
		}
	}
}

// routed returns the provider whose route stands before the name's first slash. The name of an author, such as
// anthropic/ or deepseek/, is no route: OpenRouter and others write it whoever serves the model.
func (c *Catalog) routed(name string) *provider {
	head, rest, ok := strings.Cut(name, "/")
	if !ok || rest == "" {
		return nil
	}
	return c.routes[normalizeProvider(head)]
}

// deploymentTypes are what LiteLLM writes before a model on Azure that is deployed at the list price. Data zones (us/,
// eu/) cost a tenth more, and stay unknown.
var deploymentTypes = [...]string{"global-standard/", "global/"}

// stripDeploymentType takes the type of a deployment off a name on Azure.
func (p *provider) stripDeploymentType(name string) string {
	if p.id != azureID {
		return name
	}
	lower := normalizeModel(name)
	for _, prefix := range deploymentTypes {
		if rest, ok := strings.CutPrefix(lower, prefix); ok {
			return rest
		}
	}
	return name
}

// dashed writes the words of a name with dashes between them, as ids have it: "Claude Sonnet 4.5" and
// "claude_sonnet_4_5" are names that people and databases give.
func dashed(name string) string {
	return strings.NewReplacer(" ", "-", "_", "-").Replace(name)
}
