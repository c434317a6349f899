package dashboards

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const root = "../.."

// ofCalls are the labels that docs/metrics.md says all metrics of model calls have.
var ofCalls = []string{"gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "tenant_id", "deployment_environment_name"}

// documented is a row of docs/metrics.md.
type documented struct {
	otel   string // its name in OTLP, of those that are made from spans
	labels []string
	kind   string
	unit   string
}

var quoted = regexp.MustCompile("`([^`]+)`")

func words(cell string) (list []string) {
	for _, found := range quoted.FindAllStringSubmatch(cell, -1) {
		list = append(list, found[1])
	}
	return list
}

// documentation reads the tables of docs/metrics.md, by name in Prometheus. The
// columns are found by the table's head.
func documentation(t *testing.T) map[string]documented {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "docs", "metrics.md"))
	require.NoError(t, err)
	assert.Contains(t, string(raw), "`"+strings.Join(ofCalls[:2], "`, `"))
	found := map[string]documented{}
	var head []string
	for line := range strings.SplitSeq(string(raw), "\n") {
		if !strings.HasPrefix(line, "| ") {
			head = nil
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if head == nil {
			head = cells
			continue
		}
		column := func(name string) string {
			if i := slices.Index(head, name); i >= 0 && i < len(cells) {
				return cells[i]
			}
			return ""
		}
		if head[0] != "metric" || strings.HasPrefix(cells[0], "---") {
			continue
		}
		row := documented{labels: words(column("labels")), kind: column("type"), unit: strings.Trim(column("unit"), "`")}
		names := words(cells[0])
		if in := words(column("in Prometheus")); in != nil {
			row.otel, names = names[0], in
		}
		if strings.HasPrefix(row.otel, "gen_ai.client.") || strings.HasPrefix(row.otel, "llmcost.") {
			row.labels = append(row.labels, ofCalls...)
		}
		for _, name := range names {
			assert.NotContains(t, found, name, "documented twice")
			found[name] = row
		}
	}
	require.NotEmpty(t, found)
	return found
}

// metric is what a configuration or a metadata.yaml says of one.
type metric struct{ kind, unit string }

// declared are the metrics that config/otelcol.yaml makes, by name in OTLP, and
// those in the components' metadata.yaml, by name in Prometheus.
func declared(t *testing.T) (spend, own map[string]metric) {
	t.Helper()
	read := func(into any, path ...string) {
		raw, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(raw, into))
	}
	var config struct {
		Connectors map[string]struct {
			Spans []struct {
				Name, Unit string
				Histogram  any
			}
		}
	}
	read(&config, "config", "otelcol.yaml")
	spend, own = map[string]metric{}, map[string]metric{}
	for _, span := range config.Connectors["signal_to_metrics/spend"].Spans {
		kind := "counter"
		if span.Histogram != nil {
			kind = "histogram"
		}
		spend[span.Name] = metric{kind, span.Unit}
	}
	files, err := filepath.Glob(filepath.Join(root, "*", "*", "metadata.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		var component struct {
			Telemetry struct {
				Metrics map[string]map[string]any
			}
		}
		relative, err := filepath.Rel(root, file)
		require.NoError(t, err)
		read(&component, relative)
		for name, m := range component.Telemetry.Metrics {
			for key, kind := range map[string]string{"sum": "counter", "gauge": "gauge", "histogram": "histogram"} {
				if _, ok := m[key]; ok {
					own["otelcol_"+name] = metric{kind, m["unit"].(string)}
				}
			}
		}
	}
	require.NotEmpty(t, spend)
	require.NotEmpty(t, own)
	return spend, own
}

// TestMetricsAreDocumentedAsDeclared compares docs/metrics.md with what makes
// them: each is there, with its type and unit.
func TestMetricsAreDocumentedAsDeclared(t *testing.T) {
	documents := documentation(t)
	spend, own := declared(t)
	for name, row := range documents {
		want, ok := own[name]
		if row.otel != "" {
			want, ok = spend[row.otel]
			delete(spend, row.otel)
		}
		delete(own, name)
		if ok {
			assert.Equal(t, want, metric{row.kind, row.unit}, name)
		}
	}
	assert.Empty(t, spend, "not documented")
	assert.Empty(t, own, "not documented")
}

// ofPrometheus are names that every target of Prometheus has, and what the test
// sends.
var ofPrometheus = regexp.MustCompile(`^(up|scrape_.*|ALERTS.*|target_info|promhttp_.*|app_queue)$`)

// otherSignal turns the names of log records and metric points into that of spans,
// for which docs/metrics.md tells them.
var otherSignal = strings.NewReplacer("_log_records", "_spans", "_metric_points", "_spans")

// assertDocumented compares what has been scraped with docs/metrics.md, both ways.
func assertDocumented(t *testing.T, prometheus api) {
	t.Helper()
	documents := documentation(t)
	_, own := declared(t)
	seen := map[string]bool{}
	for _, series := range prometheus.series() {
		name := series["__name__"]
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base := strings.TrimSuffix(name, suffix); documents[base].kind == "histogram" {
				name = base
			}
		}
		row, ok := documents[name]
		if !ok {
			name = otherSignal.Replace(name)
			row, ok = documents[name]
		}
		if ofPrometheus.MatchString(name) {
			continue
		}
		if !ok {
			t.Errorf("docs/metrics.md does not have %s", series["__name__"])
			continue
		}
		seen[name] = true
		for label := range series {
			if !slices.Contains([]string{"__name__", "instance", "job", "le"}, label) {
				assert.Contains(t, row.labels, label, name)
			}
		}
	}
	for name := range documents {
		_, ours := own[name]
		assert.True(t, seen[name] || ours, "docs/metrics.md has %s, which nothing makes", name)
	}
}

// series are the labels of all that has been scraped.
func (a api) series() (all []map[string]string) {
	a.t.Helper()
	a.get("series", url.Values{"match[]": {`{__name__=~".+"}`}}, &all)
	require.NotEmpty(a.t, all)
	return all
}
