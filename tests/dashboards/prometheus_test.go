package dashboards

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// TestEveryExpressionHasData runs the built collector with the shipped
// configuration in a state in which all that is watched happens: calls with and
// without a price, failed ones, a budget, redactions, a destination that refuses
// and one that is down. A Prometheus with the shipped configuration scrapes it.
// Then every expression of a panel has a value, every variable too, and every
// rule is evaluated on series that are there.
func TestEveryExpressionHasData(t *testing.T) {
	c, spend := startCollector(t)
	prometheus := api{t, e2e.StartPrometheus(t, scraping(t, c, spend))}

	missing, silent, fed := expressions(t), expectedAlerts(t), uint64(0)
	for deadline := time.Now().Add(otlptest.Patience); len(missing)+len(silent) > 0 && time.Now().Before(deadline); <-time.After(200 * time.Millisecond) {
		feed(t, c, fed) // rates need counters that go on counting
		fed++
		maps.DeleteFunc(missing, func(expression string, shown use) bool { return prometheus.hasValue(expression, shown.labels) })
		active := prometheus.activeAlerts()
		maps.DeleteFunc(silent, func(name string, _ bool) bool { return active[name] })
	}
	for expression, shown := range missing {
		t.Errorf("%s has no value with the labels %v: %s", shown.where, shown.labels, expression)
	}
	for name := range silent {
		t.Errorf("the alert %s is neither pending nor firing", name)
	}

	for file, d := range dashboards(t) {
		for _, v := range d.Templating.List {
			if v.Type == "query" {
				assert.NotEmpty(t, prometheus.values(replaceVariables(v.query(t), d)), "%s: %s has no values", file, v.Name)
			}
		}
	}
	for _, rule := range prometheus.rules() {
		assert.Equal(t, "ok", rule.Health, "%s: %s", rule.Name, rule.LastError)
	}
	assertDocumented(t, prometheus)
}

// quiet are the alerts that the test does not bring about: they watch hours, or a
// collector that is down. promtool tests them.
var quiet = []string{"CollectorDown", "DestinationBehind", "TooManySeries", "SpendJumped", "PriceListStale"}

func expectedAlerts(t *testing.T) map[string]bool {
	t.Helper()
	expected := map[string]bool{}
	for _, a := range alerts(t) {
		if !slices.Contains(quiet, a.Alert) {
			expected[a.Alert] = true
		}
	}
	return expected
}

// use is where an expression stands, and the labels of its result that are shown
// there.
type use struct {
	where  string
	labels []string
}

var legendLabel = regexp.MustCompile(`\{\{(\w+)\}\}`)

// expressions are those of all panels, and the selectors of all alerts.
func expressions(t *testing.T) map[string]use {
	t.Helper()
	found := map[string]use{}
	for file, d := range dashboards(t) {
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				shown := use{where: file + ": " + p.Title}
				for _, label := range legendLabel.FindAllStringSubmatch(target.Legend, -1) {
					shown.labels = append(shown.labels, label[1])
				}
				found[replaceVariables(target.Expr, d)] = shown
			}
		}
	}
	for _, a := range alerts(t) {
		list := selectors(a.Expr)
		require.NotEmpty(t, list, a.Alert)
		for _, selector := range list {
			found[selector] = use{where: "alert " + a.Alert}
		}
	}
	return found
}

var (
	grouping = regexp.MustCompile(`\b(by|on|ignoring|without)\s*\([^)]*\)`)
	selector = regexp.MustCompile(`\b(up|(?:otelcol|llmcost|gen_ai|sensitive_filter)_\w+)(\{[^}]*\})?`)
)

// selectors are the series that an expression is about.
func selectors(expression string) []string {
	return selector.FindAllString(grouping.ReplaceAllString(expression, ""), -1)
}

// replaceVariables does what Grafana does where All is chosen.
func replaceVariables(expression string, d dashboard) string {
	values := map[string]string{"__range": "1m", "__rate_interval": "1m"}
	for _, v := range d.Templating.List {
		values[v.Name] = v.All
	}
	return variableOf.ReplaceAllStringFunc(expression, func(used string) string { return values[strings.TrimLeft(used, "${")] })
}

// scraping is the shipped configuration of Prometheus with the addresses of this
// test, every second.
func scraping(t *testing.T, c *e2e.Collector, spend string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(prometheusFolder, "prometheus.yaml"))
	require.NoError(t, err)
	rules, err := filepath.Abs(filepath.Join(prometheusFolder, "alerts.yaml"))
	require.NoError(t, err)
	self, err := url.Parse(c.Metrics)
	require.NoError(t, err)
	changed := strings.NewReplacer("15s", "1s", "otelcol-llm:8888", self.Host, "otelcol-llm:9464", spend, "[alerts.yaml]", `["`+rules+`"]`).Replace(string(raw))
	var checked map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(changed), &checked))
	require.NotContains(t, changed, "otelcol-llm:", "a target that was not replaced")
	path := filepath.Join(t.TempDir(), "prometheus.yaml")
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o600))
	return path
}
