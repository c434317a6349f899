package langfusetest

import (
	"encoding/json"
	"maps"
	"math"
	"strconv"
	"strings"
)

// discarded are the operations whose model, usage and cost count for nothing,
// since the calls below have them (since v3.206.0).
var discarded = map[string]bool{"invoke_agent": true, "agent_step": true}

func (in *span) discards(s *Server) bool {
	operation, _ := in.attributes["gen_ai.operation.name"].(string)
	return s.atLeast(3, 206) && discarded[operation]
}

func (in *span) model(s *Server, o *Observation) {
	o.ModelParameters = in.parameters()
	if in.discards(s) {
		return
	}
	o.Model = firstText(in.attributes, "langfuse.observation.model.name", "gen_ai.response.model", "ai.model.id", "gen_ai.request.model",
		"llm.response.model", "llm.model_name", "model")
}

// aiParameters are those that the server makes of the Vercel AI SDK's attributes,
// null where there is none; what is stated in Langfuse's own comes on top.
var aiParameters = []struct {
	name string
	keys []string
}{
	{"maxSteps", []string{"ai.settings.maxSteps"}},
	{"toolChoice", []string{"ai.prompt.toolChoice"}},
	{"maxTokens", []string{"gen_ai.request.max_tokens"}},
	{"finishReason", []string{"gen_ai.response.finish_reasons", "gen_ai.finishReason"}},
	{"system", []string{"gen_ai.system", "ai.model.provider"}},
	{"maxRetries", []string{"ai.settings.maxRetries"}},
	{"mode", []string{"ai.settings.mode"}},
	{"temperature", []string{"gen_ai.request.temperature"}},
	{"service_tier", []string{"gen_ai.request.service_tier"}},
}

func (in *span) aiParameters() map[string]any {
	out := map[string]any{}
	for _, p := range aiParameters {
		out[p.name] = nil
		for _, key := range p.keys {
			value, ok := in.attributes[key]
			if !ok {
				continue
			}
			if list, isList := value.([]any); isList {
				words := make([]string, len(list))
				for i, element := range list {
					words[i] = textOf(element)
				}
				value = strings.Join(words, ",")
			}
			out[p.name] = textOf(value)
			break
		}
	}
	metadata, _ := decoded(in.attributes["ai.response.providerMetadata"]).(map[string]any)
	openai, _ := metadata["openai"].(map[string]any)
	if tier, ok := openai["serviceTier"].(string); ok {
		out["service_tier"] = tier
	}
	if stated, ok := object(in.attributes["langfuse.observation.model.parameters"]); ok {
		maps.Copy(out, scalars(stated))
	}
	return out
}

func (in *span) parameters() map[string]any {
	if in.scope == aiScope {
		return in.aiParameters()
	}
	for _, key := range [...]string{"langfuse.observation.model.parameters", "llm.invocation_parameters", "model_config"} {
		if whole, ok := object(in.attributes[key]); ok {
			return scalars(whole)
		}
	}
	out := map[string]any{}
	for key, value := range in.attributes {
		for _, prefix := range [...]string{"gen_ai.request.", "llm.invocation_parameters."} {
			if name, ok := strings.CutPrefix(key, prefix); ok && name != "model" {
				out[name] = value
			}
		}
	}
	return scalars(out)
}

// scalars turns everything but texts and numbers into JSON text.
func scalars(parameters map[string]any) map[string]any {
	for name, value := range parameters {
		switch value.(type) {
		case string, float64:
		default:
			parameters[name] = textOf(value)
		}
	}
	return parameters
}

func (in *span) usageAndCost(s *Server, o *Observation) {
	usage := in.usage(s)
	o.Usage = map[string]int64{}
	for bucket, value := range usage {
		n, ok := value.(float64)
		if text, isText := value.(string); isText {
			parsed, err := strconv.ParseFloat(text, 64)
			n, ok = parsed, err == nil
		}
		if !ok || n < 0 || n != math.Trunc(n) {
			o.Dropped = "usage " + bucket + " is no integer from 0 on"
			continue
		}
		o.Usage[bucket] = int64(n)
	}
	cost := in.cost()
	o.Cost = map[string]float64{}
	for part, value := range cost {
		n, ok := value.(float64)
		switch {
		case !ok || math.IsNaN(n) || n >= 1e6:
			o.Lost = "cost " + part + " is no number below a million"
			continue
		case n < 0:
			o.Dropped = "cost " + part + " is negative"
		}
		o.Cost[part] = n
	}
	if in.discards(s) {
		o.Usage, o.Cost = map[string]int64{}, map[string]float64{}
		return
	}
	if _, ok := o.Usage["total"]; !ok && len(o.Usage) > 0 {
		total := int64(0)
		for _, n := range o.Usage {
			total += n
		}
		o.Usage["total"] = total
	}
	completeCost(o)
}

// completeCost works the total out where there is nothing but input and
// output; v4 shows what stands under "total", and 0 where nothing does.
func completeCost(o *Observation) {
	if _, ok := o.Cost["total"]; !ok && len(o.Cost) > 0 {
		sum, plain := 0.0, true
		for part, n := range o.Cost {
			sum += n
			plain = plain && (part == "input" || part == "output")
		}
		if plain {
			o.Cost["total"] = sum
		}
	}
	o.TotalCost = o.Cost["total"]
}

// genericBuckets are the names of usage that the server translates.
var genericBuckets = map[string]string{
	"prompt_tokens": "input", "completion_tokens": "output", "total_tokens": "total", "input_tokens": "input", "output_tokens": "output",
	"prompt": "input", "completion": "output", "total": "total",
	"cache_read.input_tokens": "input_cached_tokens", "cache_read_input_tokens": "input_cached_tokens",
	"cache_creation.input_tokens": "input_cache_creation", "cache_creation_input_tokens": "input_cache_creation",
	"reasoning.output_tokens": "output_reasoning_tokens", "reasoning_tokens": "output_reasoning_tokens",
	"prompt_details.cache_read": "input_cached_tokens", "completion_details.reasoning": "output_reasoning_tokens",
}

// openAIForm is the usage of one of OpenAI's APIs, which the server takes in the place
// of buckets where there is nothing else in it (langfuse reference 3.1).
type openAIForm struct{ input, output string }

var openAIForms = []openAIForm{{"prompt_tokens", "completion_tokens"}, {"input_tokens", "output_tokens"}}

func (f openAIForm) read(whole map[string]any) (map[string]any, bool) {
	out := map[string]any{}
	for key, bucket := range map[string]string{f.input: "input", f.output: "output", "total_tokens": "total"} {
		n, ok := whole[key].(float64)
		if !ok {
			return nil, false
		}
		out[bucket] = n
	}
	known := 3
	for bucket, key := range map[string]string{"input": f.input + "_details", "output": f.output + "_details"} {
		details, ok := whole[key]
		if !ok {
			continue
		}
		known++
		members, isObject := details.(map[string]any)
		if !isObject && details != nil {
			return nil, false
		}
		rest := out[bucket].(float64)
		for name, value := range members {
			n, ok := value.(float64)
			if !ok && value != nil {
				return nil, false
			}
			out[bucket+"_"+name] = n
			rest -= n
		}
		out[bucket] = max(rest, 0)
	}
	return out, known == len(whole)
}

// usage reads the buckets (langfuse reference 3.1).
func (in *span) usage(s *Server) map[string]any {
	stated, ok := in.attributes["langfuse.observation.usage_details"]
	if ok {
		text, _ := stated.(string)
		var whole map[string]any
		if json.Unmarshal([]byte(text), &whole) != nil {
			return nil
		}
		for _, form := range openAIForms {
			if usage, ok := form.read(whole); ok {
				return usage
			}
		}
		return whole
	}
	if own, ok := in.scopeUsage(); ok {
		return own
	}
	out := map[string]any{}
	for key, value := range in.attributes {
		name, ok := strings.CutPrefix(key, "gen_ai.usage.")
		if !ok {
			name, ok = strings.CutPrefix(key, "llm.token_count.")
		}
		if !ok || name == "cost" || strings.HasPrefix(name, "cost.") {
			continue
		}
		if bucket, ok := genericBuckets[name]; ok {
			name = bucket
		}
		out[name] = value
	}
	subtract := func(from string, parts ...string) {
		whole, ok := out[from].(float64)
		if !ok {
			return
		}
		for _, part := range parts {
			n, _ := out[part].(float64)
			whole -= n
		}
		out[from] = max(whole, 0)
	}
	if s.atLeast(3, 168) {
		subtract("input", "input_cached_tokens", "input_cache_creation")
	}
	if s.atLeast(4, 7) {
		subtract("output", "output_reasoning_tokens")
	}
	return out
}

func (in *span) cost() map[string]any {
	if stated, ok := in.attributes["langfuse.observation.cost_details"]; ok {
		if text, isText := stated.(string); isText {
			var whole map[string]any
			if json.Unmarshal([]byte(text), &whole) == nil {
				return whole
			}
		}
	}
	if value := first(in.attributes, "gen_ai.usage.cost", "llm.cost.total"); value != nil {
		return map[string]any{"total": value}
	}
	return nil
}
