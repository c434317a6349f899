package dashboards

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

const prometheusFolder = "../../deploy/prometheus"

type alert struct {
	Alert       string
	Expr        string
	Labels      map[string]string
	Annotations map[string]string
}

func alerts(t *testing.T) (found []alert) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(prometheusFolder, "alerts.yaml"))
	require.NoError(t, err)
	var rules struct {
		Groups []struct{ Rules []alert }
	}
	require.NoError(t, yaml.Unmarshal(raw, &rules))
	for _, group := range rules.Groups {
		found = append(found, group.Rules...)
	}
	require.NotEmpty(t, found)
	return found
}

// TestAlerts runs the rules' own tests with promtool: each alert fires there, and
// none when all is well.
func TestAlerts(t *testing.T) {
	promtool := e2e.Promtool(t)
	for _, args := range [][]string{{"check", "config", "prometheus.yaml"}, {"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		command := exec.Command(promtool, args...)
		command.Dir = prometheusFolder
		output, err := command.CombinedOutput()
		require.NoError(t, err, "%s\n%s", args, output)
	}
}

// TestEveryAlertIsTestedAndSaysWhatToDo checks the rules' words, and that their
// tests have each of them firing.
func TestEveryAlertIsTestedAndSaysWhatToDo(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(prometheusFolder, "alerts_test.yaml"))
	require.NoError(t, err)
	for _, a := range alerts(t) {
		assert.Contains(t, string(raw), `ALERTS{alertname="`+a.Alert+`", alertstate="firing"`)
		assert.Contains(t, []string{"warning", "critical"}, a.Labels["severity"], a.Alert)
		assert.NotEmpty(t, a.Annotations["summary"], a.Alert)
		assert.Greater(t, strings.Count(a.Annotations["description"], "."), 1, "%s: what it means, and what to do", a.Alert)
	}
}
