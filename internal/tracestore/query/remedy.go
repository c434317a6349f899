package query

import (
	"fmt"
	"strings"
	"sync"

	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

// remedy is why a call has no price, or only a part of it, and what to do.
type remedy struct {
	Reason string // a sentence
	Text   string // what to do, a sentence
	YAML   string // the lines to add to the configuration, "" where no line would do
}

// remedies are those for a status of llm_cost (llmcost.status) that do not depend on the
// model.
var remedies = map[string]remedy{
	"": {
		"The span says nothing about its cost: llm_cost has not seen it.",
		"Put the processor llm_cost into the pipeline, before the exporter.", "",
	},
	"no_usage": {
		"The call states no tokens and has no content to count, or it failed.",
		"Make the application send usage (of streamed answers, OpenAI's clients need stream_options: {include_usage: true}), or let llm_cost count the tokens of the content.",
		"processors:\n  llm_cost:\n    estimate:\n      enabled: true\n",
	},
	"partial": {
		"Some of what the call used has no price, or its input is not stated: the cost is a lower bound.",
		"Look at the span's cost, which names what has a price, and add one for the rest under llm_cost: overrides.", "",
	},
	"invalid_usage": {
		"The call states a count of tokens that cannot be right.",
		"Update the instrumentation that sends it.", "",
	},
	"skipped": {
		"The call is not paid by token, or what states usage is not a model call.",
		"Nothing prices it: a reranking is paid by the search.", "",
	},
}

// prices is the catalogue that this release has with it.
var prices = sync.OnceValues(func() (*pricing.Catalog, error) {
	store, err := pricing.OpenStore(pricing.StoreConfig{})
	if err != nil {
		return nil, err
	}
	return store.Catalog(), nil
})

// remedyOf is the remedy for calls of a model that have a status. The line to add is a guess
// for a person who decides.
func remedyOf(status, provider, model string) remedy {
	if r, ok := remedies[status]; ok {
		return r
	}
	var r remedy
	switch {
	case status == "unknown_provider" && provider == "":
		r.Reason = "Nothing says which provider has served the call."
	case status == "unknown_provider":
		r.Reason = fmt.Sprintf("No prices are known for the provider %s.", provider)
	case status == "unknown_model" && model == "":
		r.Reason = "The call does not say which model it asked."
	case status == "unknown_model":
		r.Reason = fmt.Sprintf("The provider %s has no price for the model %s.", named(provider), model)
	case status == "no_price":
		r.Reason = fmt.Sprintf("The model %s has no price at the time of the call for what was used.", model)
	default:
		r.Reason = "The cost is not known (" + status + ")."
	}
	catalog, err := prices()
	if err != nil {
		return r
	}
	hint, ok := catalog.Hint(pricing.Query{Provider: provider, RequestModel: model})
	if !ok {
		r.Text = "Newer prices may have it: switch on the refresh of the price list, or update."
		return r
	}
	r.Text = "Add the line to llm_cost, " + hint.Why + "."
	r.YAML = "processors:\n  llm_cost:\n    " + strings.TrimSpace(hint.Line) + "\n"
	return r
}

func named(provider string) string {
	if provider == "" {
		return "that served it"
	}
	return provider
}
