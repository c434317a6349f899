package mastraprovider

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// switches are the variables that switch destinations on, and the pipelines of
// each.
var switches = []struct {
	set       map[string]string
	pipelines []string
}{
	{map[string]string{"MASTRA_OBSERVABILITY_STORAGE": "file:x.db"}, []string{"traces/libsql", "logs/libsql"}},
	{map[string]string{"LANGFUSE_PUBLIC_KEY": "pk-lf-1", "LANGFUSE_SECRET_KEY": "sk-lf-1"}, []string{"traces/langfuse"}},
	{map[string]string{"DATADOG_API_KEY": "k"}, []string{"traces/datadog", "logs/datadog", "metrics/datadog"}},
	{map[string]string{"DD_LLMOBS_ENABLED": "true", "DD_API_KEY": "k"}, []string{"traces/datadog_llmobs", "traces/datadog", "logs/datadog", "metrics/datadog"}},
	{map[string]string{"MASTRA_CLOUD_ACCESS_TOKEN": "t", "MASTRA_OTLP_ENDPOINT": "https://x"}, []string{"traces/mastra"}},
	{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x"}, []string{"traces/otlp", "logs/otlp", "metrics/otlp"}},
	{map[string]string{"OTELCOL_PROMETHEUS_PORT": "9464"}, []string{"metrics/prometheus"}},
}

// TestAServerIsNotInTheClientsWay: what is stored in a file is committed before a
// client is answered; what goes to a server waits on disk.
func TestAServerIsNotInTheClientsWay(t *testing.T) {
	for _, variable := range []string{"MASTRA_OBSERVABILITY_STORAGE", "OTELCOL_TRACES_DB"} {
		for url, storage := range map[string]any{
			"": nil, "file:x.db": nil, "libsql://db.example.com": "file_storage", "https://db.example.com": "file_storage", "http://127.0.0.1:8080": "file_storage",
		} {
			env := map[string]string{variable: url}
			conf, _, err := assemble(func(name string) string { return env[name] })
			require.NoError(t, err)
			require.Equal(t, storage, conf.Get("exporters::libsql::sending_queue::storage"), "%s=%s", variable, url)
		}
	}
}

// basePipelines are there whatever is switched on.
var basePipelines = []string{
	"traces", "logs", "metrics", "traces/spend", "metrics/spend", "traces/none", "logs/none", "metrics/none",
}

// samplings are the ways of saying how much is sampled, and the percentage that
// each destination then has.
var samplings = map[string]any{"": nil, "always": 100.0, "never": 0.0, "0.25": 25.0}

// TestAllCombinationsOfVariables puts each set of destinations together with each
// way of sampling, switched on and off. Each assembles exactly its pipelines.
func TestAllCombinationsOfVariables(t *testing.T) {
	for chosen := range 1 << len(switches) {
		env := map[string]string{"MASTRA_OBSERVABILITY_STORAGE": "none"}
		want := map[string]bool{}
		for i, s := range switches {
			if chosen&(1<<i) != 0 {
				maps.Copy(env, s.set)
				for _, id := range s.pipelines {
					want[id] = true
				}
			}
		}
		for sampling, percentage := range samplings {
			for _, enabled := range []string{"", "false"} {
				env["MASTRA_OBSERVABILITY_SAMPLING"], env["MASTRA_OBSERVABILITY_ENABLED"] = sampling, enabled
				checkCombination(t, env, want, percentage)
			}
		}
	}
}

func checkCombination(t *testing.T, env map[string]string, destinations map[string]bool, percentage any) {
	t.Helper()
	conf, warnings, err := assemble(func(name string) string { return env[name] })
	require.NoError(t, err, "%v", env)
	pipelines := conf.Get("service::pipelines").(map[string]any)
	want := append(slices.Collect(maps.Keys(destinations)), basePipelines...)
	if env["MASTRA_OBSERVABILITY_ENABLED"] == "false" {
		want = []string{"traces", "logs", "metrics"}
		require.Len(t, warnings, 1)
	} else {
		require.Empty(t, warnings)
	}
	require.ElementsMatch(t, want, slices.Collect(maps.Keys(pipelines)), "%v", env)
	for id := range pipelines {
		processors, _ := conf.Get("service::pipelines::" + id + "::processors").([]any)
		for _, processor := range processors {
			if got := conf.Get("processors::" + processor.(string) + "::sampling_percentage"); got != nil && percentage != nil {
				require.Equal(t, percentage, got, "%s with %v", id, env)
			}
		}
	}
}
