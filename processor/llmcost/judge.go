package llmcost

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing/billing"
)

// status is what became of a span, in the words of llmcost.status.
type status string

const (
	statusPriced          status = "priced"           // from a price list
	statusReported        status = "reported"         // a charge that arrived with the span
	statusFree            status = "free"             // the provider takes no money for the model
	statusLocal           status = "local"            // the model runs on the user's own machines
	statusPartial         status = "partial"          // some of what was used has no price or is not stated: the cost is a lower bound
	statusEstimated       status = "estimated"        // from a price list, with tokens that were counted here
	statusUnknownModel    status = "unknown_model"    // no price, no cost
	statusUnknownProvider status = "unknown_provider" // no price, no cost
	statusNoUsage         status = "no_usage"         // a model call that states no tokens
	statusInvalidUsage    status = "invalid_usage"    // counts that cannot be believed
	statusRollup          status = "rollup"           // repeats the usage of spans below it
	statusDuplicate       status = "duplicate"        // another span reports the same call and is priced
	statusSkipped         status = "skipped"          // reranks, or states usage but calls no model that is paid by token
)

// verdict is what is known about a span's cost.
type verdict struct {
	status   status
	usage    genai.Usage
	hasUsage bool          // usage is valid
	counted  bool          // usage was not stated but counted here
	lifetime string        // how long cache writes were taken to live, where that is not stated
	quote    pricing.Quote // what was resolved, also where there is no price
	cost     float64       // US dollars, where hasCost
	hasCost  bool
	original float64 // a cost that arrived and was not kept, where hasOriginal
	hasOriginal,
	fromSpan bool // cost is the one that arrived
}

// judge decides what the span cost. It reads; write writes.
func (e *engine) judge(ctx context.Context, s *scratch, call *subject) verdict {
	v := &s.view
	var out verdict
	usage, state := v.Usage()
	out.usage, out.hasUsage = usage, state == genai.UsageValid

	switch kind := v.Kind(); {
	case call.duplicate || s.covered(call):
		out.status = statusDuplicate
		return out
	case e.config.Rollups != rollupsPrice && !call.chosen && (sumsUp[kind] || v.SumsUp() || s.sumsUp(call)):
		out.status = statusRollup
		return out
	case kind == genai.KindRerank: // paid by the search
		out.status = statusSkipped
		e.weighReported(v, &out)
		return out
	case !kind.CallsModel() && !sumsUp[kind] && kind != genai.KindOther:
		out.status = statusSkipped
		return out
	case state == genai.UsageInvalid:
		out.status = statusInvalidUsage
		return out
	}
	e.assumeLifetime(v, &usage, &out)
	out.quote, out.status = e.quote(v, call, &usage)
	name := modelName{out.quote.Provider, out.quote.Model}
	if name.model == "" {
		name = modelName{v.Provider(), v.Model()}
	}
	switch {
	case state == genai.UsageValid:
		if out.status == statusPriced && v.Kind() == genai.KindInference && !usage.HasInput && usage.Input == 0 {
			out.status = statusPartial // nobody says how much was asked
		}
		e.estimator.learn(ctx, v, name, &usage, time.Now())
	case !e.estimator.config.Enabled:
		out.statesNothing()
	default:
		e.estimate(v, call, name, &out)
	}
	switch out.status {
	case statusPriced, statusFree, statusLocal, statusPartial, statusEstimated:
		out.cost, out.hasCost = out.quote.Total, true
	}
	e.weighReported(v, &out)
	return out
}

// assumeLifetime settles how long cache writes live whose lifetime the call does
// not state.
func (e *engine) assumeLifetime(v *genai.View, usage *genai.Usage, out *verdict) {
	if !out.hasUsage || !v.WritesForUnstatedTime(usage) {
		return
	}
	out.lifetime = e.config.AssumeCacheWrite
	if out.lifetime == lifetime1h {
		usage.CacheWrite1h = usage.CacheWrite
		out.usage = *usage
	}
}

// statesNothing settles the status of a call whose tokens are not known. What a model
// that costs nothing has cost is.
func (out *verdict) statesNothing() {
	if out.status != statusLocal && out.status != statusFree {
		out.status = statusNoUsage
	}
}

// estimate counts the tokens of a call that states none, and prices them. A
// model that costs nothing stays what it is.
func (e *engine) estimate(v *genai.View, call *subject, name modelName, out *verdict) {
	if call.failed(v) {
		// A call that is refused costs nothing; one that breaks off has an answer.
		if _, answered := v.OutputText(); !answered {
			out.statesNothing()
			return
		}
	}
	usage, ok := e.estimator.estimate(v, name)
	if !ok {
		out.statesNothing()
		return
	}
	out.usage, out.hasUsage, out.counted = usage, true, true
	out.quote, out.status = e.quote(v, call, &usage)
	if out.status == statusPriced || out.status == statusPartial {
		out.status = statusEstimated
	}
}

// sumsUp are the kinds whose usage is the sum of spans below them, whether
// those are in the batch or not (llmcost reference 2.5).
var sumsUp = map[genai.Kind]bool{
	genai.KindAgent: true, genai.KindWorkflow: true, genai.KindStep: true, genai.KindModelGroup: true,
	genai.KindTool: true, genai.KindEvaluator: true, genai.KindGuardrail: true,
}

// query is a call in the words of the price list.
func (e *engine) query(v *genai.View, call *subject, usage *genai.Usage) pricing.Query {
	query := billing.Query(v)
	query.Tenant, query.Time, query.Usage = e.tenant(call), call.start(), billing.Usage(usage)
	if e.config.ServiceTier.Enabled {
		query.RequestTier = v.Str(genai.RequestTier)
		query.ResponseTier, query.Geo = v.Terms()
		if tier, ok := e.ownTier(call); ok {
			query.ResponseTier = tier
		}
	}
	return query
}

func (e *engine) quote(v *genai.View, call *subject, usage *genai.Usage) (pricing.Quote, status) {
	quote, reason := e.prices.Catalog().Price(e.query(v, call, usage))
	switch reason {
	case pricing.Priced:
	case pricing.UnknownProvider:
		return quote, statusUnknownProvider
	case pricing.InvalidUsage:
		return quote, statusInvalidUsage
	default: // the model is not known, or not at that time
		return quote, statusUnknownModel
	}
	switch {
	case !genai.IsCost(quote.Total):
		return quote, statusInvalidUsage // counts that pass one by one, and together cost more than there is
	case quote.Kind == pricing.KindFree:
		return quote, statusFree
	case quote.Kind == pricing.KindLocal:
		return quote, statusLocal
	case quote.Partial != 0:
		return quote, statusPartial
	}
	return quote, statusPriced
}

// covered reports whether a span above tells the usage that this one does not.
func (s *scratch) covered(call *subject) bool {
	return !call.isRecord && s.rollups.Covered(call.span.TraceID(), call.span.SpanID())
}

// sumsUp reports whether a span of the batch has usage of a span below it.
func (s *scratch) sumsUp(call *subject) bool {
	return !call.isRecord && s.rollups.Is(call.span.TraceID(), call.span.SpanID())
}

// tenant is whose prices apply.
func (e *engine) tenant(call *subject) string {
	key := e.config.TenantAttribute
	if key == "" {
		return ""
	}
	if value, ok := call.attributes().Get(key); ok {
		return value.AsString()
	}
	if value, ok := call.resource.Attributes().Get(key); ok {
		return value.AsString()
	}
	return ""
}

// ownTier is the service tier of the answer in an attribute of the operator's own.
func (e *engine) ownTier(call *subject) (string, bool) {
	for _, key := range e.config.ServiceTier.Attributes {
		if value, ok := call.attributes().Get(key); ok {
			return value.AsString(), true
		}
	}
	return "", false
}

// sameWithin is how far a client's own figure may be from ours and still be
// kept (llmcost reference 8.2).
const sameWithin = 0.01

// weighReported lets a cost that arrived with the span win where it should, and
// keeps it beside ours where it does not.
func (e *engine) weighReported(v *genai.View, out *verdict) {
	if e.config.ExistingCost == existingOverride {
		e.keepOriginal(v, out)
		return
	}
	unknown := out.status == statusUnknownModel || out.status == statusUnknownProvider
	// A gateway that does not know the model writes 0, and so do clients.
	if charge, ok := v.Charge(); ok && (charge.USD > 0 || !unknown) {
		out.take(charge.USD)
		return
	}
	reported, ok := v.ClientCost()
	if !ok {
		return
	}
	switch figure := reported.USD; {
	case e.config.ExistingCost == existingKeep:
		out.take(figure)
	case figure == 0:
		// A client that does not know the model writes 0.
	case !out.hasCost:
		out.take(figure)
	case math.Abs(figure-out.cost) <= sameWithin*out.cost:
		out.cost = figure
	default:
		out.original, out.hasOriginal = figure, true
	}
}

func (e *engine) keepOriginal(v *genai.View, out *verdict) {
	reported, ok := v.Charge()
	if !ok {
		reported, ok = v.ClientCost()
	}
	if ok && out.hasCost && reported.USD != out.cost {
		out.original, out.hasOriginal = reported.USD, true
	}
}

// take makes a cost that arrived the cost of the span.
func (out *verdict) take(cost float64) {
	out.status, out.cost, out.hasCost, out.fromSpan = statusReported, cost, true, true
}

// statusCounts counts the spans of a batch by status without a map.
type statusCounts [len(allStatuses)]int64

var allStatuses = [...]status{
	statusPriced, statusReported, statusFree, statusLocal, statusPartial, statusEstimated, statusUnknownModel, statusUnknownProvider,
	statusNoUsage, statusInvalidUsage, statusRollup, statusDuplicate, statusSkipped,
}

func (c *statusCounts) add(s status) {
	for i := range allStatuses {
		if allStatuses[i] == s {
			c[i]++
			return
		}
	}
	panic("llmcost: status " + strconv.Quote(string(s)) + " is not in the list")
}
