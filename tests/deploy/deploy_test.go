// Package deploy reads the files of deploy/ with the types of the tools that they
// are for, and holds them to the rest of the repository.
package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	k8syaml "sigs.k8s.io/yaml"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

const root = "../.."

func read(t *testing.T, path ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	require.NoError(t, err)
	return string(raw)
}

// assertVariable checks that a variable is one that the collector reads.
func assertVariable(t *testing.T, name string) {
	t.Helper()
	others := map[string]bool{"GOMEMLIMIT": true, "OTELCOL_OPTIONS": true}
	assert.True(t, others[name] || strings.Contains(read(t, "config", "README.md"), "`"+name+"`"), "config/README.md does not know %s", name)
}

// TestKubernetesManifests decodes them strictly with Kubernetes' own types: a
// misspelt or misplaced key is an error.
func TestKubernetesManifests(t *testing.T) {
	for _, file := range []string{"gateway.yaml", "sidecar.yaml"} {
		for document := range strings.SplitSeq(read(t, "deploy", "kubernetes", file), "\n---\n") {
			var kind metav1.TypeMeta
			require.NoError(t, k8syaml.Unmarshal([]byte(document), &kind))
			var pod *corev1.PodSpec
			switch kind.Kind {
			case "Service":
				require.NoError(t, k8syaml.UnmarshalStrict([]byte(document), &corev1.Service{}))
				continue
			case "StatefulSet":
				var set appsv1.StatefulSet
				require.NoError(t, k8syaml.UnmarshalStrict([]byte(document), &set))
				assert.Equal(t, set.Spec.Selector.MatchLabels, set.Spec.Template.Labels)
				pod = &set.Spec.Template.Spec
			case "Deployment":
				var deployment appsv1.Deployment
				require.NoError(t, k8syaml.UnmarshalStrict([]byte(document), &deployment))
				assert.Equal(t, deployment.Spec.Selector.MatchLabels, deployment.Spec.Template.Labels)
				pod = &deployment.Spec.Template.Spec
			default:
				t.Fatalf("%s: what is %s?", file, kind.Kind)
			}
			checkPod(t, pod)
		}
	}
}

func checkPod(t *testing.T, pod *corev1.PodSpec) {
	t.Helper()
	volumes := map[string]bool{"data": true} // of the StatefulSet's claim
	for _, volume := range pod.Volumes {
		volumes[volume.Name] = true
	}
	found := false
	for _, container := range append(pod.InitContainers, pod.Containers...) {
		if container.Name != "otelcol-llm" {
			continue
		}
		found = true
		for _, arg := range container.Args {
			file, ok := strings.CutPrefix(arg, "--config=/etc/otelcol-llm/config/")
			if arg == "--config=mastra:env" {
				continue
			}
			require.True(t, ok, arg)
			assert.FileExists(t, filepath.Join(root, "config", file))
		}
		for _, variable := range container.Env {
			assertVariable(t, variable.Name)
		}
		for _, mount := range container.VolumeMounts {
			assert.True(t, volumes[mount.Name], mount.Name)
		}
		require.NotNil(t, container.SecurityContext)
		assert.True(t, *container.SecurityContext.ReadOnlyRootFilesystem)
		assert.False(t, *container.SecurityContext.AllowPrivilegeEscalation)
	}
	assert.True(t, found)
}

// TestCompose checks what it mounts and sets.
func TestCompose(t *testing.T) {
	var compose struct {
		Services map[string]struct {
			Build struct {
				Context, Dockerfile string
			}
			Image       string
			Environment map[string]string
			Ports       []string
			Volumes     []string
		}
		Volumes map[string]any
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy", "compose", "compose.yaml")), &compose))
	require.Contains(t, compose.Services, "otelcol-llm")
	for name, service := range compose.Services {
		if service.Build.Dockerfile != "" {
			assert.FileExists(t, filepath.Join(root, "deploy", "compose", service.Build.Context, service.Build.Dockerfile))
		} else {
			assert.NotContains(t, service.Image, ":latest", name)
		}
		for variable := range service.Environment {
			assertVariable(t, variable)
		}
		for _, port := range service.Ports {
			assert.True(t, strings.HasPrefix(port, "127.0.0.1:"), "%s is open to others", port)
		}
		for _, volume := range service.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if strings.HasPrefix(source, ".") {
				_, err := os.Stat(filepath.Join(root, "deploy", "compose", source))
				assert.NoError(t, err, name)
			} else {
				assert.Contains(t, compose.Volumes, source, name)
			}
		}
	}
	// What one file expects another to be mounted as.
	var prometheus struct {
		RuleFiles []string `yaml:"rule_files"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy", "prometheus", "prometheus.yaml")), &prometheus))
	require.NotEmpty(t, prometheus.RuleFiles)
	for _, file := range prometheus.RuleFiles {
		assert.Contains(t, compose.Services["prometheus"].Volumes, "../prometheus/"+file+":/etc/prometheus/"+file+":ro")
	}
	var provisioning struct {
		Providers []struct{ Options struct{ Path string } }
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy", "compose", "grafana", "dashboards.yaml")), &provisioning))
	require.Len(t, provisioning.Providers, 1)
	assert.Contains(t, compose.Services["grafana"].Volumes, "../dashboards:"+provisioning.Providers[0].Options.Path+":ro")
	var sources struct {
		Datasources []struct{ Type, URL string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy", "compose", "grafana", "datasources.yaml")), &sources))
	require.Len(t, sources.Datasources, 1)
	assert.Equal(t, "prometheus", sources.Datasources[0].Type)
	assert.Equal(t, "http://prometheus:9090", sources.Datasources[0].URL)
}

// TestSystemd checks the variables that the environment file offers.
func TestSystemd(t *testing.T) {
	for line := range strings.SplitSeq(read(t, "deploy", "systemd", "otelcol-llm.conf"), "\n") {
		if found := regexp.MustCompile(`^#? ?([A-Z][A-Z0-9_]+)=`).FindStringSubmatch(line); found != nil {
			assertVariable(t, found[1])
		}
	}
	unit := read(t, "deploy", "systemd", "otelcol-llm.service")
	for _, want := range []string{"ExecStart=/usr/bin/otelcol-llm $OTELCOL_OPTIONS", "ExecReload=/usr/bin/otelcol-llm check $OTELCOL_OPTIONS\nExecReload=/bin/kill -HUP $MAINPID", "NoNewPrivileges=yes", "ProtectSystem=strict", "RestartSec=5s"} {
		assert.Contains(t, unit, want+"\n")
	}
}

// TestSystemdAcceptsTheUnit has systemd itself read the unit, and rate how it is
// confined. The unit names a program that is not installed here.
func TestSystemdAcceptsTheUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		e2e.Lacking(t, "systemd-analyze is missing: install systemd")
	}
	unit := filepath.Join(t.TempDir(), "otelcol-llm.service")
	text := strings.ReplaceAll(read(t, "deploy", "systemd", "otelcol-llm.service"), "/usr/bin/otelcol-llm ", "/bin/true ")
	require.NoError(t, os.WriteFile(unit, []byte(text), 0o600))
	dropIn := filepath.Join(unit+".d", "gateway.conf")
	require.NoError(t, os.MkdirAll(filepath.Dir(dropIn), 0o700))
	require.NoError(t, os.WriteFile(dropIn, []byte(read(t, "deploy", "systemd", "gateway.conf")), 0o600))
	said, err := exec.Command(analyze, "verify", "--man=no", unit).CombinedOutput()
	require.NoError(t, err, "%s", said)
	assert.NotContains(t, string(said), "otelcol-llm.service:", "a warning has the line")
	assert.NotContains(t, string(said), "gateway.conf:")
	// 10 is no confinement at all; systemd calls up to 2.0 "OK".
	said, err = exec.Command(analyze, "security", "--offline=true", "--threshold=20", unit).CombinedOutput()
	require.NoError(t, err, "%s", said)
}

// TestDockerfile checks that what it copies and builds is there, and that the
// image is not root's.
func TestDockerfile(t *testing.T) {
	dockerfile := read(t, "deploy", "docker", "Dockerfile")
	assert.DirExists(t, filepath.Join(root, "cmd", "otelcol-llm"))
	assert.Contains(t, dockerfile, " ./cmd/otelcol-llm\n")
	assert.Contains(t, dockerfile, "COPY --from=build /src/config ")
	assert.Contains(t, dockerfile, "\nUSER 10001:10001\n")
	ignored := bytes.Fields([]byte(read(t, "deploy", "docker", "Dockerfile.dockerignore")))
	assert.Contains(t, ignored, []byte("**/node_modules"))
}
