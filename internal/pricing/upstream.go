package pricing

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// upstreamKeys are the price keys of genai-prices that a span can be priced with. They are those of
// gen/decisions.json; the test compares the two.
var upstreamKeys = map[string]Bucket{
	"input_mtok": Input, "output_mtok": Output,
	"cache_read_mtok": CacheRead, "cache_write_mtok": CacheWrite, "cache_write_1h_mtok": CacheWrite1h,
	"output_reasoning_mtok": Reasoning,
	"input_audio_mtok":      AudioInput, "output_audio_mtok": AudioOutput, "cache_audio_read_mtok": AudioCacheRead,
	"input_image_mtok": ImageInput, "output_image_mtok": ImageOutput, "cache_image_read_mtok": ImageCacheRead,
	"input_video_mtok": VideoInput, "output_video_mtok": VideoOutput,
	"web_searches_kcount": WebSearch, "input_audio_hours": AudioSeconds, "requests_kcount": Request,
}

// upstreamIgnored are units that no span reports.
var upstreamIgnored = map[string]bool{
	"audio_hours": true, "storage_searches_kcount": true, "output_citation_mtok": true,
	"input_document_kpages": true, "input_annotated_document_kpages": true, "input_text_messages_kcount": true,
}

// ParseGenAIPrices reads the data file of pydantic/genai-prices (prices/new_data/v2/data.json) as it is published. It
// is the run-time counterpart of the generator in gen/, and more careful: a rule or a unit that it does not understand
// leaves the model as the embedded list has it and is reported as a warning. published is the day of the data, from
// which on its prices hold; see [Build].
func ParseGenAIPrices(data []byte, published time.Time) (*Layer, error) {
	var source []struct {
		ID         string          `json:"id"`
		Name       string          `json:"name"`
		APIPattern string          `json:"api_pattern"`
		ModelMatch *upstreamMatch  `json:"model_match"`
		Fallback   []string        `json:"fallback_model_providers"`
		Models     []upstreamModel `json:"models"`
	}
	if err := json.Unmarshal(data, &source); err != nil {
		return nil, fmt.Errorf("genai-prices data: %w", err)
	}
	if len(source) == 0 {
		return nil, errors.New("genai-prices data: no provider")
	}
	l := &Layer{Source: SourceURL, Version: "genai-prices", Published: published, upstream: true}
	if !published.IsZero() {
		l.Version += "-" + published.UTC().Format(time.DateOnly)
	}
	for _, p := range source {
		if p.ID == "" {
			return nil, errors.New("genai-prices data: a provider has no id")
		}
		def := providerDef{id: p.ID, name: p.Name, api: p.APIPattern, fallback: p.Fallback}
		if p.ModelMatch != nil {
			def.infer = p.ModelMatch.infer()
		}
		for i := range p.Models {
			m, err := p.Models[i].convert(p.ID)
			if err != nil {
				l.warnings = append(l.warnings, fmt.Sprintf("%s/%s: %v", p.ID, p.Models[i].ID, err))
				continue
			}
			if m != nil {
				def.models = append(def.models, *m)
			}
		}
		l.providers = append(l.providers, def)
	}
	return l, nil
}

// Warnings lists what a list of genai-prices holds that could not be used.
func (l *Layer) Warnings() []string { return slices.Clone(l.warnings) }

type upstreamModel struct {
	ID     string          `json:"id"`
	Match  upstreamMatch   `json:"match"`
	Prices json.RawMessage `json:"prices"`
}

type upstreamMatch struct {
	Or         []upstreamMatch `json:"or"`
	And        []upstreamMatch `json:"and"`
	Equals     string          `json:"equals"`
	StartsWith string          `json:"starts_with"`
	EndsWith   string          `json:"ends_with"`
	Contains   string          `json:"contains"`
	Regex      string          `json:"regex"`
}

func (m *upstreamModel) convert(provider string) (*modelDef, error) {
	if m.ID == "" {
		return nil, errors.New("no id")
	}
	def := &modelDef{id: m.ID, source: "genai-prices"}
	m.Match.names(provider, def)
	records, err := upstreamRecords(m.Prices)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		if !strings.HasSuffix(m.ID, ":free") {
			return nil, nil // an empty price means nothing by itself
		}
		def.free = true
		return def, nil
	}
	def.records = records
	return def, checkOverlap(m.ID, records)
}

var (
	upstreamDated = regexp.MustCompile(`^\^([a-z0-9./@:_-]+|(?:[a-z0-9/@:_-]|\\\.|\\/)+)-(?:\\d\{8\}|\\d\{4\}-\\d\{2\}-\\d\{2\}|\\d)\$?$`)
	trimStem      = strings.NewReplacer("\\", "")
)

// names turns a rule into whole names and stems. What cannot be turned is left out: the model then matches less.
func (m *upstreamMatch) names(provider string, def *modelDef) {
	for i := range m.Or {
		m.Or[i].names(provider, def)
	}
	stem := func(text string) {
		text = strings.TrimRight(strings.ToLower(text), "-@")
		for _, s := range upstreamSpellings(provider, text) {
			if !slices.Contains(def.stems, s) {
				def.stems = append(def.stems, s)
			}
		}
	}
	switch {
	case m.Equals != "":
		for _, s := range upstreamSpellings(provider, strings.ToLower(m.Equals)) {
			if !slices.Contains(def.names, s) {
				def.names = append(def.names, s)
			}
		}
	case m.StartsWith != "":
		stem(m.StartsWith)
	case m.EndsWith != "":
		stem(m.EndsWith)
	case m.Contains != "":
		stem(m.Contains)
	case m.Regex != "":
		if dated := upstreamDated.FindStringSubmatch(strings.ToLower(m.Regex)); dated != nil {
			stem(trimStem.Replace(dated[1]))
		}
	}
}

// upstreamSpellings writes a Bedrock name as the catalogue does: without the region of an inference profile.
func upstreamSpellings(provider, name string) []string {
	switch {
	case provider == "fireworks":
		for _, prefix := range []string{"accounts/fireworks/models/", "accounts/fireworks/routers/"} {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				return []string{name, rest}
			}
		}
	case provider == bedrockID && !strings.HasPrefix(name, bedrockGlobal):
		_, rest := bedrockRegion(name)
		for prefix, vendor := range map[string]string{"claude-": "anthropic.", "gpt-": "openai.", "titan-": "amazon."} {
			if strings.HasPrefix(rest, prefix) {
				return []string{rest, vendor + rest}
			}
		}
		return []string{rest}
	}
	return []string{name}
}

func (m *upstreamMatch) infer() inferDef {
	var d inferDef
	for _, clause := range append([]upstreamMatch{*m}, m.Or...) {
		switch {
		case clause.StartsWith != "":
			d.prefixes = append(d.prefixes, strings.ToLower(clause.StartsWith))
		case clause.Equals != "":
			d.equals = append(d.equals, strings.ToLower(clause.Equals))
		case clause.Contains != "":
			d.contains = append(d.contains, strings.ToLower(clause.Contains))
		}
	}
	return d
}

type upstreamCondition struct {
	Constraint *struct {
		StartDate string `json:"start_date"`
		StartTime string `json:"start_time"`
		EndTime   string `json:"end_time"`
	} `json:"constraint"`
	Prices map[string]json.RawMessage `json:"prices"`
}

// upstreamRecords gives every condition dates and hours of its own, see convertPrices in gen/convert.mjs.
func upstreamRecords(raw json.RawMessage) ([]Record, error) {
	conditions := []upstreamCondition{{}}
	if len(raw) > 0 && raw[0] == '[' {
		if err := json.Unmarshal(raw, &conditions); err != nil {
			return nil, err
		}
	} else if err := json.Unmarshal(raw, &conditions[0].Prices); err != nil {
		return nil, err
	}
	var (
		out  []Record
		open = -1
		from time.Time
	)
	for _, c := range conditions {
		r, err := upstreamRates(c.Prices)
		if err != nil {
			return nil, err
		}
		switch {
		case c.Constraint != nil && c.Constraint.StartTime != "":
			r.From = from
			if r.Hours, err = upstreamHours(c.Constraint.StartTime, c.Constraint.EndTime); err != nil {
				return nil, err
			}
			out = append(out, r)
			continue
		case c.Constraint != nil && c.Constraint.StartDate != "":
			if from, err = parseInstant(c.Constraint.StartDate); err != nil {
				return nil, err
			}
			if open >= 0 {
				out[open].Until = from
			}
		case c.Constraint != nil:
			return nil, errors.New("a condition that is neither a date nor hours")
		case open >= 0:
			return nil, errors.New("two prices without a condition")
		}
		r.From = from
		open = len(out)
		out = append(out, r)
	}
	return slices.DeleteFunc(out, func(r Record) bool { return r.Rates.empty() }), nil
}

func upstreamHours(start, end string) (Hours, error) {
	s, okStart := strings.CutSuffix(start, ":00Z")
	e, okEnd := strings.CutSuffix(end, ":00Z")
	if !okStart || !okEnd {
		return Hours{}, fmt.Errorf("hours %s to %s are not whole minutes in UTC", start, end)
	}
	return parseHours(s + "-" + e)
}

func upstreamRates(prices map[string]json.RawMessage) (Record, error) {
	var r Record
	steps := map[int64]*Step{}
	for key, raw := range prices {
		if upstreamIgnored[key] || string(raw) == "null" {
			continue
		}
		b, ok := upstreamKeys[key]
		if !ok {
			return r, fmt.Errorf("unknown price key %s", key)
		}
		tiered := struct {
			Base  json.RawMessage `json:"base"`
			Tiers []struct {
				Start int64           `json:"start"`
				Price json.RawMessage `json:"price"`
			} `json:"tiers"`
		}{Base: raw}
		if len(raw) > 0 && raw[0] == '{' {
			tiered.Base = nil
			if err := json.Unmarshal(raw, &tiered); err != nil {
				return r, fmt.Errorf("%s: %w", key, err)
			}
		}
		var err error
		if r.Rates[b], err = upstreamRate(b, tiered.Base); err != nil {
			return r, fmt.Errorf("%s: %w", key, err)
		}
		for _, t := range tiered.Tiers {
			// "From 272000 on" is written as "above 271999"; the published rule is above the round number.
			start := t.Start
			if start%1000 == 999 {
				start++
			}
			if steps[start] == nil {
				steps[start] = &Step{Tokens: start}
			}
			if steps[start].Rates[b], err = upstreamRate(b, t.Price); err != nil {
				return r, fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	for _, s := range steps {
		if s.Tokens <= 0 {
			return r, fmt.Errorf("a price above %d tokens", s.Tokens)
		}
		r.Above = append(r.Above, *s)
	}
	slices.SortFunc(r.Above, func(a, b Step) int { return int(a.Tokens - b.Tokens) })
	return r, nil
}

func upstreamRate(b Bucket, raw json.RawMessage) (Rate, error) {
	r, err := parseRate(string(raw))
	if err != nil || b != Request {
		return r, err
	}
	return parseRate(strconv.FormatFloat(r.value/1000, 'g', 15, 64)) // the source prices a thousand requests
}
