package deploy

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	k8syaml "sigs.k8s.io/yaml"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// spansOfATrace is how many spans a trace of internal/traffic has.
const spansOfATrace = 27

// trace is one of internal/traffic.
func trace(seed uint64) ptrace.Traces {
	return traffic.New(traffic.Options{Seed: seed, ServiceName: "deploy", TextSize: 500}).Trace(time.Now())
}

// post sends traces over HTTP and returns the status of the answer.
func post(t *testing.T, url string, pool *x509.CertPool, token string, traces ptrace.Traces) int {
	t.Helper()
	body, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalProto()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), otlptest.Patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/traces", bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-protobuf")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	require.NoError(t, err)
	response.Body.Close()
	return response.StatusCode
}

// stored counts the traces of a store, a file or the address of a server.
func stored(t *testing.T, path string) int {
	t.Helper()
	return len(e2e.StoredTraces(t, path))
}

// TestTheImageRuns starts the file system of the image as the image's user, with a
// root that it may write and with one that it may not: traces are stored in the volume.
func TestTheImageRuns(t *testing.T) {
	for name, readOnly := range map[string]bool{"a root of its own": false, "a read-only root": true} {
		t.Run(name, func(t *testing.T) {
			i := unpack(t, readOnly)
			c := i.run(nil)
			require.Equal(t, http.StatusOK, post(t, c.HTTP, nil, "", trace(1)))
			require.NoError(t, c.Stop())
			assert.Equal(t, 1, stored(t, c.TracesDB()))
		})
	}
}

// TestComposeRuns starts the service of the compose file with a file of variables: each
// of them takes effect.
func TestComposeRuns(t *testing.T) {
	backend := otlptest.Start(t)
	var compose struct {
		Services map[string]struct {
			Environment map[string]string
			EnvFile     []struct{ Path string } `yaml:"env_file"`
			ReadOnly    bool                    `yaml:"read_only"`
			Tmpfs       []string
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy", "compose", "compose.yaml")), &compose))
	service := compose.Services["otelcol-llm"]
	require.Len(t, service.EnvFile, 1)
	require.Equal(t, "collector.env", service.EnvFile[0].Path)
	i := unpack(t, service.ReadOnly)
	for _, path := range service.Tmpfs {
		i.folder(path, 0o1777, 0)
	}
	env := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + backend.URL, "OTEL_EXPORTER_OTLP_HEADERS=x-team=a", "OTELCOL_LIBSQL_SAMPLING_PERCENTAGE=0"}
	port := e2e.FreePorts(t, 1)[0]
	for name, value := range service.Environment {
		if name == "OTELCOL_PROMETHEUS_PORT" {
			value = port // the file's is the container's own
		}
		env = append(env, name+"="+value)
	}
	c := i.run(env)
	require.Equal(t, http.StatusOK, post(t, c.HTTP, nil, "", trace(1)))
	backend.WaitSpans(t, spansOfATrace)
	assert.Equal(t, "a", backend.Header("X-Team"))
	assert.True(t, e2e.Answers("http://127.0.0.1:"+port+"/metrics"))
	require.NoError(t, c.Stop())
	assert.Zero(t, stored(t, c.TracesDB()))
}

// pod is the collector's container of a manifest as a process.
type pod struct {
	*image
	env  []string
	args []string
}

// secrets are those of a namespace: what keys they have.
type secrets map[string]map[string]string

// newPod makes the process of a container: its file system with the volumes, its
// environment with the secrets that it refers to, its arguments.
func newPod(t *testing.T, spec corev1.PodSpec, claims []corev1.PersistentVolumeClaim, have secrets) *pod {
	t.Helper()
	var container *corev1.Container
	for _, c := range append(spec.InitContainers, spec.Containers...) {
		if c.Name == "otelcol-llm" {
			container = &c
		}
	}
	require.NotNil(t, container)
	p := &pod{image: unpack(t, *container.SecurityContext.ReadOnlyRootFilesystem), args: container.Args}
	for _, from := range container.EnvFrom {
		for name, value := range have[from.SecretRef.Name] {
			p.env = append(p.env, name+"="+value)
		}
	}
	for _, variable := range container.Env {
		value := variable.Value
		if from := variable.ValueFrom; from != nil {
			var ok bool
			value, ok = have[from.SecretKeyRef.Name][from.SecretKeyRef.Key]
			require.True(t, ok, "Kubernetes does not start a container whose secret has no %s", from.SecretKeyRef.Key)
		}
		p.env = append(p.env, variable.Name+"="+value)
	}
	for _, mount := range container.VolumeMounts {
		p.mount(mount, spec.Volumes, claims, have)
	}
	return p
}

func (p *pod) mount(mount corev1.VolumeMount, volumes []corev1.Volume, claims []corev1.PersistentVolumeClaim, have secrets) {
	p.t.Helper()
	for _, claim := range claims {
		if claim.Name == mount.Name { // fsGroup lets the group write
			p.folder(mount.MountPath, 0o2775, 0)
			require.NoError(p.t, os.Chown(p.within(mount.MountPath), 0, serviceUser))
			return
		}
	}
	for _, volume := range volumes {
		if volume.Name != mount.Name {
			continue
		}
		if volume.EmptyDir != nil {
			p.folder(mount.MountPath, 0o777, 0)
			return
		}
		require.NotNil(p.t, volume.Secret, "what is the volume %s?", mount.Name)
		require.True(p.t, mount.ReadOnly)
		for key, value := range have[volume.Secret.SecretName] {
			p.file(filepath.Join(mount.MountPath, key), []byte(value), 0o440)
		}
		return
	}
	p.t.Fatalf("no volume %s", mount.Name)
}

// decode finds a document of a manifest.
func decode(t *testing.T, file, kind string, into any) {
	t.Helper()
	for document := range strings.SplitSeq(read(t, "deploy", "kubernetes", file), "\n---\n") {
		if strings.Contains(document, "\nkind: "+kind+"\n") {
			require.NoError(t, k8syaml.UnmarshalStrict([]byte(document), into))
			return
		}
	}
	t.Fatalf("%s has no %s", file, kind)
}

// TestThePodsOfKubernetesRun starts the containers of both manifests with their
// arguments, variables, mounts and users: an application's trace goes through the
// sidecar and the gateway to the store and the backend that the secret names.
func TestThePodsOfKubernetesRun(t *testing.T) {
	backend := otlptest.Start(t)
	store := e2e.StartSQLD(t, filepath.Join(root, "tests", "libsql"))
	certificate, key := e2e.Certificate(t, "127.0.0.1")
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(certificate))

	var set appsv1.StatefulSet
	decode(t, "gateway.yaml", "StatefulSet", &set)
	gatewayPod := newPod(t, set.Spec.Template.Spec, set.Spec.VolumeClaimTemplates, secrets{
		"otelcol-llm-tls":          {"tls.crt": string(certificate), "tls.key": string(key)},
		"otelcol-llm-tokens":       {"tokens": "a-token\n"},
		"otelcol-llm-destinations": {"OTELCOL_TRACES_DB": store, "OTEL_EXPORTER_OTLP_ENDPOINT": backend.URL},
	})
	spend := e2e.FreePorts(t, 1)[0]
	gateway := gatewayPod.run(append(gatewayPod.env,
		"OTELCOL_PROMETHEUS_PORT="+spend, "OTELCOL_SAMPLING_WAIT=1s", "OTELCOL_SAMPLING_PERCENTAGE=100"), gatewayPod.args...)
	secure := strings.Replace(gateway.HTTP, "http:", "https:", 1)
	assert.Equal(t, http.StatusUnauthorized, post(t, secure, pool, "wrong", trace(1)))

	var deployment appsv1.Deployment
	decode(t, "sidecar.yaml", "Deployment", &deployment)
	sidecarPod := newPod(t, deployment.Spec.Template.Spec, nil, secrets{
		"otelcol-llm-sidecar": {"token": "a-token", "ca.crt": string(certificate)},
	})
	sidecar := sidecarPod.run(append(sidecarPod.env, "OTELCOL_GATEWAY_ENDPOINT="+strings.TrimPrefix(gateway.GRPC, "http://")), sidecarPod.args...)
	require.Equal(t, http.StatusOK, post(t, sidecar.HTTP, nil, "", trace(2)))
	backend.WaitSpans(t, spansOfATrace)
	require.NoError(t, sidecar.Stop())

	// Both ports that annotations name answer. The pod's and the service's are those of
	// the container, which the test moves.
	var service corev1.Service
	decode(t, "gateway.yaml", "Service", &service)
	ports := map[string]int32{}
	for _, port := range set.Spec.Template.Spec.Containers[0].Ports {
		ports[port.Name] = port.ContainerPort
	}
	assert.Equal(t, "8888", set.Spec.Template.Annotations["prometheus.io/port"])
	assert.EqualValues(t, 8888, ports["metrics"])
	assert.Equal(t, "9464", service.Annotations["prometheus.io/port"])
	assert.EqualValues(t, 9464, ports["spend"])
	assert.True(t, e2e.Answers(gateway.Metrics))
	assert.True(t, e2e.Answers("http://127.0.0.1:"+spend+"/metrics"))
	require.NoError(t, gateway.Stop())
	assert.Equal(t, 1, stored(t, store))
}

// setting finds the assignments of a key in a unit.
func settings(unit, key string) (values []string) {
	for _, found := range regexp.MustCompile(`(?m)^`+key+`=(.*)$`).FindAllStringSubmatch(unit, -1) {
		values = append(values, strings.Trim(found[1], `"`))
	}
	return values
}

// unitProcess starts what a unit says: as its user, in its folder, with its mask, its
// environment and its credentials.
func unitProcess(t *testing.T, r *rootfs, unit string, env []string) *e2e.Collector {
	t.Helper()
	r.binary("/usr/bin/otelcol-llm")
	state := "/var/lib/" + settings(unit, "StateDirectory")[0]
	require.Equal(t, []string{"0750"}, settings(unit, "StateDirectoryMode"))
	r.folder(state, 0o750, serviceUser)
	r.folder("/tmp", 0o1777, 0) // PrivateTmp
	credentials := "/run/credentials/otelcol-llm.service"
	for _, credential := range settings(unit, "LoadCredential") {
		name, path, ok := strings.Cut(credential, ":")
		require.True(t, ok)
		content, err := os.ReadFile(r.within(path))
		require.NoError(t, err, "systemd does not start a unit whose credential is missing")
		r.file(filepath.Join(credentials, name), content, 0o440)
	}
	environment := map[string]string{}
	for _, variable := range append(settings(unit, "Environment"), env...) {
		name, value, _ := strings.Cut(strings.ReplaceAll(variable, "%d", credentials), "=")
		environment[name] = value
	}
	var variables []string
	for name, value := range environment {
		variables = append(variables, name+"="+value)
	}
	command := strings.Fields(settings(unit, "ExecStart")[0])
	require.Equal(t, "$OTELCOL_OPTIONS", command[1])
	command = append(command[:1], strings.Fields(environment["OTELCOL_OPTIONS"])...)
	require.Equal(t, []string{"0027"}, settings(unit, "UMask"))
	before := syscall.Umask(0o027)
	c := e2e.LaunchCommand(t, r.command(settings(unit, "WorkingDirectory")[0], variables, command[0], command[1:]...))
	syscall.Umask(before)
	c.Dir = r.within(state)
	require.NoError(t, c.WaitHealthy(), "the collector's log:\n%s", c.Log())
	return c
}

// TestTheUnitRuns starts the unit of systemd with the file of variables as it is
// shipped. Members of the group read the store, nobody else does.
func TestTheUnitRuns(t *testing.T) {
	unit := read(t, "deploy", "systemd", "otelcol-llm.service")
	var shipped []string
	for line := range strings.Lines(read(t, "deploy", "systemd", "otelcol-llm.conf")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			shipped = append(shipped, line)
		}
	}
	c := unitProcess(t, newRootfs(t), unit, shipped)
	require.Equal(t, http.StatusOK, post(t, c.HTTP, nil, "", trace(1)))
	for path, mode := range map[string]os.FileMode{
		"": 0o750, "data": 0o750, "data/traces.db": 0o640, "data/traces.db-wal": 0o640, "data/traces.db-shm": 0o640,
	} {
		info, err := os.Stat(filepath.Join(c.Dir, path))
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), path)
		assert.EqualValues(t, serviceUser, info.Sys().(*syscall.Stat_t).Gid, path)
	}
	require.NoError(t, c.Stop())
	assert.Equal(t, 1, stored(t, c.TracesDB()))
}

// TestTheUnitAsAGateway starts it with the drop-in: certificate and tokens are root's,
// and systemd hands them to the service.
func TestTheUnitAsAGateway(t *testing.T) {
	unit := read(t, "deploy", "systemd", "otelcol-llm.service") + read(t, "deploy", "systemd", "gateway.conf")
	certificate, key := e2e.Certificate(t, "127.0.0.1")
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(certificate))
	r := newRootfs(t)
	for name, content := range map[string][]byte{"tls.crt": certificate, "tls.key": key, "tokens": []byte("a-token\n")} {
		r.file("/etc/otelcol-llm/"+name, content, 0o600)
	}
	r.configurations("/etc/otelcol-llm/config")
	c := unitProcess(t, r, unit, []string{"OTELCOL_SAMPLING_WAIT=1s", "OTELCOL_SAMPLING_PERCENTAGE=100"})
	secure := strings.Replace(c.HTTP, "http:", "https:", 1)
	assert.Equal(t, http.StatusUnauthorized, post(t, secure, pool, "wrong", trace(1)))
	require.Equal(t, http.StatusOK, post(t, secure, pool, "a-token", trace(2)))
	require.NoError(t, c.Stop())
	assert.Equal(t, 1, stored(t, c.TracesDB()))
}
