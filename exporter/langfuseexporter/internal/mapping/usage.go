package mapping

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// Statuses of llm_cost for spans whose tokens other spans of the trace state: those
// of its kind, or below it, and another one's.
const (
	statusRollup    = "rollup"
	statusDuplicate = "duplicate"
)

// CostStatusKey is the attribute in which llm_cost says what became of a span's
// tokens.
const CostStatusKey = "llmcost.status"

// repeatsOthers reports whether the tokens that a span states are those of others, and
// whether that is known of tokens that it has in Langfuse's own attributes: llm_cost
// takes every agent to sum up calls, and what an application says itself counts until
// a call is seen.
func repeatsOthers(in *Span) (derived, own bool) {
	status := ""
	if value, ok := in.Span.Attributes().Get(CostStatusKey); ok {
		status = value.AsString()
	}
	own = in.Repeats || status == statusDuplicate || status == statusRollup && in.SumsUp
	return own || status == statusRollup, own
}

// statesUsage reports whether the tokens of a span of its kind count: not those of
// spans that sum up others or tell a call once more, in which Langfuse would count
// them twice (langfuse reference 3.1).
func (m *Mapper) statesUsage() bool {
	switch m.view.Kind() {
	case genai.KindModelGroup, genai.KindStep, genai.KindFetch, genai.KindChunk:
		return false
	case genai.KindAgent, genai.KindWorkflow:
		return m.options.AgentUsage == AgentUsageKeep
	}
	return !m.view.SumsUp()
}

// bucket is one part of a call's tokens. Buckets do not overlap: the server
// adds them up.
type bucket struct {
	name string
	n    int64
	// always is set where a zero says something: that the count is known.
	always bool
}

// buckets takes whole counts apart into the names that have prices.
func buckets(v *genai.View, u *genai.Usage) [10]bucket {
	hour := u.CacheWrite1h
	rest := u.CacheWrite - hour
	fiveMinutes := int64(0)
	if v.Has(genai.CacheWrite5mTokens) {
		if n, ok := v.Number(genai.CacheWrite5mTokens); ok {
			fiveMinutes = min(int64(n), rest)
			rest -= fiveMinutes
		}
	}
	return [...]bucket{
		{"input", u.Input - u.CacheRead - u.CacheWrite - u.InputAudio - u.InputImage - u.InputVideo, u.HasInput},
		{"input_cached_tokens", u.CacheRead, false},
		{cacheWrites, rest, false},
		{"input_cache_creation_5m", fiveMinutes, false},
		{"input_cache_creation_1h", hour, false},
		{"input_audio_tokens", u.InputAudio, false},
		{"input_image_tokens", u.InputImage, false},
		{"input_video_tokens", u.InputVideo, false},
		{"output", u.Output - u.Reasoning - u.OutputAudio - u.OutputImage - u.OutputVideo, u.HasOutput},
		{"output_reasoning_tokens", u.Reasoning, false},
	}
}

// moreBuckets are those of output that is no text.
func moreBuckets(u *genai.Usage) [3]bucket {
	return [...]bucket{
		{"output_audio_tokens", u.OutputAudio, false}, {"output_image_tokens", u.OutputImage, false}, {"output_video_tokens", u.OutputVideo, false},
	}
}

// putUsage writes usage_details: the buckets and their total.
func (m *Mapper) putUsage(dst pcommon.Map, u *genai.Usage) {
	text := m.scratch[:0]
	text = append(text, '{')
	add := func(b bucket) {
		if b.n == 0 && !b.always {
			return
		}
		text = append(text, '"')
		text = append(text, b.name...)
		text = append(text, '"', ':')
		text = strconv.AppendInt(text, b.n, 10)
		text = append(text, ',')
	}
	for _, b := range buckets(&m.view, u) {
		add(b)
	}
	for _, b := range moreBuckets(u) {
		add(b)
	}
	text = append(text, `"total":`...)
	text = strconv.AppendInt(text, u.Input+u.Output, 10)
	text = append(text, '}')
	dst.PutStr(UsageKey, string(text))
	m.scratch = text
}

// maxCost is the first amount that the column has no room for.
const maxCost = 1e6

func isCost(usd float64) bool { return usd >= 0 && usd < maxCost }

// cost returns what the span costs, in US dollars. judged is set where llm_cost
// has seen it.
func (m *Mapper) cost(judged bool) (usd float64, ok bool) {
	charge, ok := m.view.Charge()
	if !ok {
		charge, ok = m.view.ClientCost()
		// Clients write 0 for a model that they do not know; it would keep Langfuse from
		// pricing. llm_cost writes it for what is free.
		ok = ok && (charge.USD != 0 || judged)
	}
	if !ok || !isCost(charge.USD) {
		return 0, false
	}
	return charge.USD, true
}

// costParts are the parts of a cost, as llm_cost and OpenInference write them,
// and the buckets that they are the price of.
var costParts = []struct{ key, bucket string }{
	{"llm.cost.prompt_details.input", "input"},
	{"llm.cost.prompt_details.cache_read", "input_cached_tokens"},
	{"llm.cost.prompt_details.cache_write", cacheWrites},
	{"llm.cost.prompt_details.audio", "input_audio_tokens"},
	{"llm.cost.completion_details.output", "output"},
	{"llm.cost.completion_details.reasoning", "output_reasoning_tokens"},
	{"llm.cost.completion_details.audio", "output_audio_tokens"},
}

// wholeParts are the coarser parts.
var wholeParts = []struct{ key, bucket string }{{"llm.cost.prompt", "input"}, {"llm.cost.completion", "output"}}

// putCost writes cost_details: the parts that are known, where they make the
// total, and the total, without which Langfuse shows 0.
func (m *Mapper) putCost(dst, src pcommon.Map, total float64) {
	text := m.scratch[:0]
	text = append(text, '{')
	parts, ok := m.appendParts(text, src, total, costParts)
	if !ok {
		parts, ok = m.appendParts(text, src, total, wholeParts)
	}
	if ok {
		text = parts
	}
	text = append(text, `"total":`...)
	text = strconv.AppendFloat(text, total, 'f', -1, 64)
	text = append(text, '}')
	dst.PutStr(CostKey, string(text))
	m.scratch = text
}

func (m *Mapper) appendParts(text []byte, src pcommon.Map, total float64, names []struct{ key, bucket string }) ([]byte, bool) {
	sum, found := 0.0, false
	for _, part := range names {
		value, ok := src.Get(part.key)
		if !ok || value.Type() != pcommon.ValueTypeDouble || !isCost(value.Double()) {
			continue
		}
		found = true
		sum += value.Double()
		text = append(text, '"')
		text = append(text, m.tokensOf(part.bucket)...)
		text = append(text, '"', ':')
		text = strconv.AppendFloat(text, value.Double(), 'f', -1, 64)
		text = append(text, ',')
	}
	return text, found && math.Abs(sum-total) <= 1e-9+1e-6*total
}

// cacheWrites is the bucket of cache writes of which nothing is known but their number.
const cacheWrites = "input_cache_creation"

// tokensOf is the name of the tokens that a part of a cost is the price of: that of
// cache writes is one figure, however long they live.
func (m *Mapper) tokensOf(part string) string {
	if part != cacheWrites {
		return part
	}
	usage, state := m.view.Usage()
	if state != genai.UsageValid {
		return part
	}
	name := ""
	for _, b := range buckets(&m.view, &usage) {
		switch {
		case b.n == 0 || !strings.HasPrefix(b.name, cacheWrites):
		case name != "":
			return part
		default:
			name = b.name
		}
	}
	return cmp.Or(name, part)
}

// hasCostSource reports whether the span states a cost, be it one that can be
// believed or not.
func (m *Mapper) hasCostSource() bool {
	v := &m.view
	return v.Has(genai.GatewayCost) || v.Has(genai.ReportedCost) || v.Has(genai.CostAmount) || v.Has(genai.MLflowCosts)
}

// statedCost is the number that the span states, whatever it is worth.
func (m *Mapper) statedCost() (float64, bool) {
	if charge, ok := m.view.Charge(); ok {
		return charge.USD, true
	}
	charge, ok := m.view.ClientCost()
	return charge.USD, ok
}

// mendDetails brings usage_details and cost_details that a span has already
// into a form that no server refuses: numbers only, and for costs with a total.
// Text that is fine stays as it is. The second result is false where nothing is
// left.
func (m *Mapper) mendDetails(value pcommon.Value, cost bool) (string, bool) {
	reason := ReasonUsage
	if cost {
		reason = ReasonCost
	}
	text := scalarText(value)
	if value.Type() != pcommon.ValueTypeStr {
		m.count(ReasonType)
	}
	whole, _ := jsonraw.Parse(text)
	if !whole.IsObject() {
		m.count(reason)
		return "", false
	}
	parts, changed := m.details(whole, cost, reason)
	if len(parts) == 0 {
		return "", false
	}
	if cost && !slices.ContainsFunc(parts, func(d detail) bool { return d.key == "total" }) {
		total := 0.0
		for _, d := range parts {
			total += d.n
		}
		if !isCost(total) {
			m.count(reason)
			return "", false
		}
		parts, changed = append(parts, detail{"total", strconv.FormatFloat(total, 'f', -1, 64), total}), true
	}
	if !changed {
		return text, true
	}
	out := []byte{'{'}
	for i, d := range parts {
		if i > 0 {
			out = append(out, ',')
		}
		out = jsontext.AppendString(out, d.key)
		out = append(out, ':')
		out = append(out, d.raw...)
	}
	return string(append(out, '}')), true
}

// detail is a member of usage_details or cost_details.
type detail struct {
	key, raw string
	n        float64
}

// details reads the members that a server takes, the last of each name, which is
// the one that it reads. The second result is true where that changes anything.
func (m *Mapper) details(whole jsonraw.Value, cost bool, reason Reason) ([]detail, bool) {
	var parts []detail
	places := map[string]int{}
	changed := false
	for key, part := range whole.Members() {
		d := detail{key: key, raw: part.Raw()}
		var ok bool
		switch d.n, ok = detailNumber(part, cost); {
		case ok && part.IsString():
			d.raw = strconv.FormatFloat(d.n, 'f', -1, 64)
			changed = true
		case ok, !cost && part.IsObject(): // Langfuse reads OpenAI's own usage, with objects in it
		default:
			changed = true
			m.count(reason)
			continue
		}
		if at, again := places[key]; again {
			parts[at], changed = d, true
			continue
		}
		places[key] = len(parts)
		parts = append(parts, d)
	}
	return parts, changed
}

// detailNumber reads a number of usage_details or cost_details.
func detailNumber(part jsonraw.Value, cost bool) (float64, bool) {
	if part.IsNull() || part.IsArray() || part.IsObject() {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(part.Text()), 64)
	if err != nil || math.IsNaN(n) || n < 0 {
		return 0, false
	}
	if cost {
		return n, isCost(n)
	}
	return n, n == math.Trunc(n) && n <= maxSafeInteger
}
