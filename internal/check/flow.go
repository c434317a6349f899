package check

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// Way is one way that data takes out of the process.
type Way struct {
	// Data is what leaves: traces, logs, metrics, spend metrics, or something of the
	// collector itself.
	Data string `json:"data"`
	// Component is the exporter or extension, or service::telemetry.
	Component string `json:"component"`
	// To is where to. It holds no credential.
	To string `json:"to"`
	// From are the receivers that it came in by; none where the collector made it.
	From []string `json:"from,omitempty"`
	// Redacted says what was replaced, and where nothing was.
	Redacted string `json:"redacted,omitempty"`
	// Changed are the other things that were done to it, in their order.
	Changed []string `json:"changed,omitempty"`
	// Share is how much of it leaves.
	Share string `json:"share,omitempty"`
	// Prompts says whether prompts and answers are in it.
	Prompts string `json:"prompts"`
	// Waits is where it waits until it is delivered.
	Waits string `json:"waits,omitempty"`
}

// Flow returns every way that data takes out of a process with a configuration:
// telemetry first, by destination, then what the collector says of itself. resolved
// is the configuration as the collector runs it, complete the same with the default
// of every option.
func Flow(resolved, complete *confmap.Conf) ([]Way, error) {
	w, err := readWiring(resolved)
	if err != nil {
		return nil, err
	}
	s := &subject{wiring: w, conf: complete, written: resolved, routes: w.routes()}
	var ways []Way
	for r := range s.deliveries() {
		way := s.way(r)
		same := slices.IndexFunc(ways, func(other Way) bool {
			other.From = way.From
			return fmt.Sprint(other) == fmt.Sprint(way)
		})
		if same < 0 {
			ways = append(ways, way)
		} else if !slices.Contains(ways[same].From, r.receiver) {
			ways[same].From = append(ways[same].From, r.receiver)
		}
	}
	slices.SortStableFunc(ways, func(a, b Way) int {
		return cmp.Or(cmp.Compare(a.Component, b.Component), cmp.Compare(dataRank(a.Data), dataRank(b.Data)))
	})
	ways = append(ways, s.shown(ways)...)
	return append(ways, s.ofItself()...), nil
}

// shown are the pages of traces: what is stored, to whoever may open them.
func (s *subject) shown(ways []Way) []Way {
	var found []Way
	for _, id := range s.ofKind("extensions", "trace_viewer") {
		key := "extensions::" + id
		way := Way{Data: "what is stored", Component: id, To: "who asks " + readers(s.text(key+"::endpoint")), Share: "all"}
		if auth := s.text(key + "::auth::authenticator"); auth != "" {
			way.To += ", with credentials that " + auth + " takes"
		}
		exporter := s.text(key + "::exporter")
		for _, stored := range ways {
			if kindOf(stored.Component) != "libsql" || exporter != "" && exporter != stored.Component {
				continue
			}
			if !slices.Contains(way.From, stored.Component) {
				way.From = append(way.From, stored.Component)
			}
			way.Redacted = worse(way.Redacted, stored.Redacted)
			way.Prompts = worse(way.Prompts, stored.Prompts)
		}
		if url := s.text(key + "::store::url"); url != "" {
			way.From, way.Redacted, way.Prompts = []string{address(url)}, "as its writer has it", "yes, where its writer keeps them"
		}
		found = append(found, way)
	}
	return found
}

// worse is the answer of two that lets more out: no redaction, or prompts as they came.
func worse(a, b string) string {
	if a == "" || strings.HasPrefix(b, "no: ") || b == asTheyCame {
		return b
	}
	return a
}

func dataRank(data string) int { return slices.Index([]string{"traces", "logs", "metrics"}, data) }

// way describes a route.
func (s *subject) way(r route) Way {
	way := Way{Data: r.signal(), Component: r.end, To: s.destination(r.end, r.signal()), From: []string{r.receiver}, Waits: s.queue(r.end)}
	made := len(r.connectors) > 0
	if made {
		way.Data = "metrics of traces"
		if s.countsSpend(r.connectors[len(r.connectors)-1]) {
			way.Data = "spend metrics"
		}
	}
	way.Redacted = "no: nothing looks for secrets on this way"
	share := 1.0
	var kept []string
	for _, id := range r.processors {
		key := "processors::" + id
		switch kind := kindOf(id); kind {
		case "sensitive_filter", "sensitivefilter":
			way.Redacted = s.redaction(key)
		case "probabilistic_sampler":
			percentage, _ := s.number(key + "::sampling_percentage")
			share *= min(percentage, 100) / 100
		case "tail_sampling":
			kept = append(kept, "traces that a policy of "+id+" keeps ("+strings.Join(s.policies(key), ", ")+")")
		case "filter":
			kept = append(kept, "what "+id+" does not drop")
		default:
			if words := doing[kind]; words != "" && !slices.Contains(way.Changed, words) {
				way.Changed = append(way.Changed, strings.ReplaceAll(words, "ID", id))
			}
		}
	}
	if s.text("exporters::"+r.end+"::filter::mode") == "llm" {
		kept = append(kept, "spans of LLM applications")
	}
	way.Share = shareOf(share, kept, made)
	way.Prompts = s.prompts(r, way.Redacted)
	return way
}

// doing says what a processor does that neither redacts nor samples. Those that change
// nothing are not in it.
var doing = map[string]string{
	"llm_cost":      "model calls have tokens and dollars",
	"llmcost":       "model calls have tokens and dollars",
	"span_dedup":    "a span that clients send again is left out",
	"attributes":    "attributes are changed by ID",
	"resource":      "attributes of resources are changed by ID",
	"transform":     "changed by ID",
	"redaction":     "attributes are masked by ID",
	"k8sattributes": "names of pods and namespaces are added",
	"groupbytrace":  "traces wait in memory until they are whole",
	"cumulative":    "single values become running totals",
}

// redaction says what a filter replaces.
func (s *subject) redaction(key string) string {
	if s.text(key+"::mode") == "audit" {
		return "no: mode is audit, findings are counted and pass"
	}
	presets := s.texts(key + "::presets")
	names := map[string]string{"secrets": "secrets", "pii": "personal data", "pii_network": "network addresses", "pii_national": "national numbers", "high_entropy": "random text"}
	var words []string
	for _, preset := range presets {
		words = append(words, cmp.Or(names[preset], preset))
	}
	text := "yes: " + strings.Join(words, ", ")
	scope, _ := s.conf.Get(key + "::scope").(map[string]any)
	var off []string
	for _, place := range sortedKeys(scope) {
		if scope[place] == false && !slices.Contains(offByDefault, place) {
			off = append(off, place)
		}
	}
	if len(off) > 0 {
		text += "; not in " + strings.Join(off, ", ")
	}
	if s.conf.Get(key+"::allow::exact") != nil && len(s.texts(key+"::allow::exact"))+len(s.texts(key+"::allow::regex")) > 0 {
		text += "; but for what allow lists"
	}
	return text
}

// asTheyCame is what is said of prompts that nothing has redacted.
const asTheyCame = "yes, as they came"

// prompts says whether prompts and answers leave on a route.
func (s *subject) prompts(r route, redacted string) string {
	if r.signal() == "metrics" {
		return "no"
	}
	for _, id := range r.processors {
		if slices.Contains(filters, kindOf(id)) && len(s.texts("processors::"+id+"::keys::allowed_only")) > 0 {
			return "attributes that keys::allowed_only of " + id + " lists"
		}
	}
	if strings.HasPrefix(redacted, "no") {
		return asTheyCame
	}
	return "yes, redacted"
}

func shareOf(share float64, kept []string, made bool) string {
	if made {
		if share < 1 || len(kept) > 0 {
			return "of a share of the calls only"
		}
		return "of every call"
	}
	if share < 1 {
		kept = append([]string{fmt.Sprintf("%.4g %% of traces", 100*share)}, kept...)
	}
	if len(kept) == 0 {
		return "all"
	}
	return strings.Join(kept, "; of these ")
}

// policies are the names of what tail_sampling keeps.
func (s *subject) policies(key string) []string {
	list, _ := s.written.Get(key + "::policies").([]any) // which defaults leave without names
	var names []string
	for _, element := range list {
		names = append(names, fmt.Sprint(member(element, "name")))
	}
	return names
}

// queue says where an exporter keeps what its destination does not take yet.
func (s *subject) queue(id string) string {
	key := "exporters::" + id + "::sending_queue"
	storage := fmt.Sprint(s.conf.Get(key + "::storage"))
	if folder := s.text("extensions::" + storage + "::directory"); folder != "" {
		return "on disk, in " + folder
	}
	if s.conf.Get(key) == nil || s.conf.Get(key+"::enabled") == false {
		return ""
	}
	if s.conf.Get(key+"::wait_for_result") == true {
		return "with the client, which is answered once it is delivered"
	}
	return "in memory"
}

func (s *subject) number(key string) (float64, bool) {
	switch v := s.conf.Get(key).(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case int:
		return float64(v), true
	}
	return 0, false
}

func (s *subject) texts(key string) []string {
	list, _ := s.conf.Get(key).([]any)
	var texts []string
	for _, element := range list {
		texts = append(texts, fmt.Sprint(element))
	}
	return texts
}

// address is an address without what logs should not show.
func address(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
