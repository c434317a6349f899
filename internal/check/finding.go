package check

import (
	"cmp"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/confmap"
)

// Severity says what a finding asks for.
type Severity string

// What findings ask for.
const (
	// Error: secrets pass, or telemetry is lost, with this configuration. To be mended
	// before it runs.
	Error Severity = "error"
	// Warning: a choice that is sound in few cases. To be mended or accepted.
	Warning Severity = "warning"
	// Note: a property that its operator should know of.
	Note Severity = "note"
)

// rank orders severities, the worst first.
var rank = map[Severity]int{Error: 0, Warning: 1, Note: 2}

// Finding is a mistake in a configuration.
type Finding struct {
	// ID names the rule, such as unredacted-route.
	ID string `json:"id"`
	// Severity is error, warning or note.
	Severity Severity `json:"severity"`
	// Key is where in the configuration: exporters::otlp_http::endpoint.
	Key string `json:"key"`
	// Message says what is wrong and what to do. It holds no secret.
	Message string `json:"message"`
}

// String is the finding in one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s [%s]", f.Severity, f.Key, f.Message, f.ID)
}

// problem is what a rule finds at a key.
type problem struct{ key, message string }

// at makes a problem.
func at(key, format string, args ...any) problem {
	return problem{key, fmt.Sprintf(format, args...)}
}

// rule finds one kind of mistake.
type rule struct {
	id       string
	severity Severity
	find     func(*subject) []problem
}

// subject is a configuration as rules see it.
type subject struct {
	*wiring
	conf    *confmap.Conf // resolved; of flow with every default
	written *confmap.Conf // of flow: resolved, without defaults
	literal *confmap.Conf // without what it refers to
	routes  []route
	machine Machine
}

// rules are all that is looked for. docs/mistakes.md has an example of each.
var rules = slices.Concat(redactionRules, deliveryRules, spendRules, addressRules, memoryRules, secretRules)

// IDs are the names of all rules, sorted.
func IDs() []string {
	ids := make([]string, 0, len(rules))
	for _, r := range rules {
		ids = append(ids, r.id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Find returns the findings of a configuration, the worst first, then by key.
// resolved is the configuration as the collector runs it, literal the same without
// what it refers to (see Literally), machine what it runs on.
func Find(resolved, literal *confmap.Conf, machine Machine) ([]Finding, error) {
	w, err := readWiring(resolved)
	if err != nil {
		return nil, err
	}
	s := &subject{wiring: w, conf: resolved, literal: literal, routes: w.routes(), machine: machine}
	var found []Finding
	for _, r := range rules {
		for _, p := range r.find(s) {
			found = append(found, Finding{ID: r.id, Severity: r.severity, Key: p.key, Message: p.message})
		}
	}
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(found), nil // several routes may have one mistake
}
