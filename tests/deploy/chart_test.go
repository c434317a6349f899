package deploy

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	k8syaml "sigs.k8s.io/yaml"
)

// chartValues are the keys of the chart opentelemetry-collector that we set, with
// the types of Kubernetes where its templates copy them into the pod.
type chartValues struct {
	FullnameOverride               string
	Mode                           string
	ReplicaCount                   int32
	Image                          struct{ Repository, Tag string }
	ConfigMap                      struct{ Create bool }
	EnableConfigChecksumAnnotation bool
	Command                        struct {
		Name      string
		ExtraArgs []string
	}
	ExtraEnvs          []corev1.EnvVar
	ExtraEnvsFrom      []corev1.EnvFromSource
	UseGOMEMLIMIT      bool
	Resources          corev1.ResourceRequirements
	PodAnnotations     map[string]string
	PodSecurityContext corev1.PodSecurityContext
	SecurityContext    corev1.SecurityContext
	ExtraVolumes       []corev1.Volume
	ExtraVolumeMounts  []corev1.VolumeMount
	Statefulset        struct {
		VolumeClaimTemplates []corev1.PersistentVolumeClaim
	}
	Service struct{ Annotations map[string]string }
	Ports   map[string]struct {
		Enabled                    bool
		ContainerPort, ServicePort int32
		Protocol                   string
	}
}

// TestChartValues checks that the chart gets what the manifest of the gateway has.
func TestChartValues(t *testing.T) {
	var values chartValues
	require.NoError(t, k8syaml.UnmarshalStrict([]byte(read(t, "deploy", "kubernetes", "values-gateway.yaml")), &values))
	documents := strings.Split(read(t, "deploy", "kubernetes", "gateway.yaml"), "\n---\n")
	var set appsv1.StatefulSet
	require.NoError(t, k8syaml.UnmarshalStrict([]byte(documents[len(documents)-1]), &set))
	pod := set.Spec.Template.Spec
	container := pod.Containers[0]

	assert.Equal(t, set.Name, values.FullnameOverride)
	assert.Equal(t, "statefulset", values.Mode)
	assert.Equal(t, *set.Spec.Replicas, values.ReplicaCount)
	assert.Equal(t, container.Image, values.Image.Repository+":"+values.Image.Tag)
	assert.False(t, values.ConfigMap.Create, "the image has the configurations")
	assert.Contains(t, read(t, "deploy", "docker", "Dockerfile"), `ENTRYPOINT ["/`+values.Command.Name+`"]`, "the chart runs /NAME")
	assert.Equal(t, container.Args, values.Command.ExtraArgs)
	assert.Equal(t, slices.DeleteFunc(slices.Clone(container.Env), func(v corev1.EnvVar) bool { return v.Name == "GOMEMLIMIT" }), values.ExtraEnvs)
	assert.True(t, values.UseGOMEMLIMIT)
	assert.Equal(t, container.EnvFrom, values.ExtraEnvsFrom)
	assert.Equal(t, container.Resources, values.Resources)
	assert.Equal(t, set.Spec.Template.Annotations, values.PodAnnotations)
	assert.Equal(t, *pod.SecurityContext, values.PodSecurityContext)
	assert.Equal(t, *container.SecurityContext, values.SecurityContext)
	assert.Equal(t, pod.Volumes, values.ExtraVolumes)
	assert.Equal(t, container.VolumeMounts, values.ExtraVolumeMounts)
	assert.Equal(t, set.Spec.VolumeClaimTemplates, values.Statefulset.VolumeClaimTemplates)
	var service corev1.Service
	decode(t, "gateway.yaml", "Service", &service)
	assert.Equal(t, service.Annotations, values.Service.Annotations)
	ports := map[string]int32{}
	for _, port := range container.Ports {
		ports[port.Name] = port.ContainerPort
	}
	for name, port := range values.Ports {
		assert.Equal(t, ports[name] != 0, port.Enabled, name)
		assert.Equal(t, ports[name], port.ContainerPort, name)
		assert.Equal(t, ports[name], port.ServicePort, name)
	}
}
