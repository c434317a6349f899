package check

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// filters are the names of the processor that redacts, the older one included.
var filters = []string{"sensitive_filter", "sensitivefilter"}

var redactionRules = []rule{
	{"unredacted-route", Error, unredacted},
	{"allow-everything", Error, allowsEverything},
	{"audit-mode", Warning, audits},
	{"place-off", Warning, placesOff},
	{"secrets-preset-off", Warning, presetsOff},
}

// unredacted finds ways to an exporter that no sensitive_filter is on. What was
// read back from Kafka counts as redacted where this configuration writes only
// redacted telemetry there.
func unredacted(s *subject) []problem {
	bare := func(r route) bool {
		_, exporter := s.Exporters[r.end]
		return exporter && kindOf(r.end) != "nop" && !r.has(filters...)
	}
	writes := slices.ContainsFunc(s.routes, func(r route) bool { return kindOf(r.end) == "kafka" })
	dirty := slices.ContainsFunc(s.routes, func(r route) bool { return kindOf(r.end) == "kafka" && bare(r) })
	var found []problem
	for _, r := range s.routes {
		if bare(r) && (kindOf(r.receiver) != "kafka" || !writes || dirty) {
			found = append(found, at("service::pipelines::"+r.pipeline, "what %s receives reaches %s without sensitive_filter on its way; "+
				"put it into the pipeline that receives, before the fork", r.receiver, r.end))
		}
	}
	return found
}

// audits finds filters that change nothing.
func audits(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("processors", filters...) {
		if key := "processors::" + id + "::mode"; s.text(key) == "audit" {
			found = append(found, at(key, "is audit: findings are counted, and secrets pass unchanged; set it to redact once the counts are looked at"))
		}
	}
	return found
}

// samples are texts that no expression of an operator's own matches, unless it matches
// about everything.
var samples = []string{"Zq7#", "x", "person.q8z@example.org", "4f9c0a7be1d2"}

// allowsEverything finds expressions of allow that match any finding.
func allowsEverything(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("processors", filters...) {
		key := "processors::" + id + "::allow::regex"
		list, _ := s.conf.Get(key).([]any)
		for i, element := range list {
			text, _ := element.(string)
			expression, err := regexp.Compile(`^(?:` + text + `)$`)
			if err == nil && !slices.ContainsFunc(samples, func(sample string) bool { return !expression.MatchString(sample) }) {
				found = append(found, at(key, "expression %d matches every finding, so that nothing is redacted; write what may pass, or take it out", i+1))
			}
		}
	}
	return found
}

// offByDefault are the places that are not looked at unless an operator says so.
var offByDefault = []string{"trace_state"}

// placesOff finds places that a filter does not look at: those that are switched off,
// and patterns of keys that take in every attribute.
func placesOff(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("processors", filters...) {
		key := "processors::" + id
		scope, _ := s.conf.Get(key + "::scope").(map[string]any)
		for _, place := range slices.Sorted(maps.Keys(scope)) {
			if scope[place] == false && !slices.Contains(offByDefault, place) {
				found = append(found, at(key+"::scope::"+place, "is false: secrets in this place pass; set it to true, or ignore single keys with keys::ignore"))
			}
		}
		ignored, _ := s.conf.Get(key + "::keys::ignore").([]any)
		for _, element := range ignored {
			if pattern, _ := element.(string); pattern != "" && strings.Trim(pattern, "*.") == "" || slices.Contains(wholePlaces, pattern) {
				found = append(found, at(key+"::keys::ignore", "%s takes in every attribute, so that secrets in them pass; name the keys that are safe", pattern))
			}
		}
	}
	return found
}

// wholePlaces are patterns of keys::ignore that leave nothing of a place.
var wholePlaces = []string{"attributes.*", "resource.*", "events.*", "*.attributes.*", "attributes.gen_ai.*", "*.gen_ai.*"}

// presetsOff finds filters without the rules for credentials.
func presetsOff(s *subject) []problem {
	var found []problem
	for _, id := range s.ofKind("processors", filters...) {
		key := "processors::" + id + "::presets"
		if list, ok := s.conf.Get(key).([]any); ok && !slices.Contains(list, any("secrets")) {
			found = append(found, at(key, "has no secrets: keys, tokens and passwords pass; add it"))
		}
		disabled, _ := s.conf.Get("processors::" + id + "::disable_rules").([]any)
		for _, element := range disabled {
			if pattern, _ := element.(string); pattern == "*" || pattern == "secret.*" {
				found = append(found, at("processors::"+id+"::disable_rules", "%s switches off all rules for keys, tokens and passwords; name the rules that are wrong here", pattern))
			}
		}
	}
	return found
}
