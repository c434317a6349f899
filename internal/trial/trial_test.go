package trial

import (
	"errors"
	"net"
	"os"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
)

type inner struct {
	confighttp.ServerConfig `mapstructure:",squash"`
	Path                    string `mapstructure:"path"`
	hidden                  confignet.AddrConfig
}

type outer struct {
	One    configoptional.Optional[inner] `mapstructure:"one"`
	None   configoptional.Optional[inner] `mapstructure:"none"`
	List   []inner                        `mapstructure:"list"`
	Map    map[string]inner               `mapstructure:"map"`
	ID     *component.ID                  `mapstructure:"id"`
	Unread string                         `mapstructure:"-"`
	Self   *outer                         `mapstructure:"self"`
}

func TestAWalkSeesEveryPartAndItsKey(t *testing.T) {
	id := component.MustNewID("file_storage")
	config := &outer{
		One: configoptional.Some(inner{Path: "a"}), List: []inner{{}, {Path: "b"}}, Map: map[string]inner{"x": {Path: "c"}}, ID: &id,
	}
	config.Self = config // it ends
	paths, endpoints := map[string]string{}, map[string]bool{}
	ids := 0
	walk(config, "receivers::mine", func(v reflect.Value, key string) {
		if text, ok := reflect.TypeAssert[string](v); ok && text != "" {
			paths[key] = text
		}
		if _, ok := reflect.TypeAssert[confighttp.ServerConfig](v); ok {
			endpoints[key] = true
			if address, ok := reflect.TypeAssert[*confighttp.ServerConfig](v.Addr()); ok {
				address.NetAddr.Endpoint = "changed"
			}
		}
		if _, ok := reflect.TypeAssert[component.ID](v); ok {
			ids++
		}
	})
	assert.Equal(t, "a", paths["receivers::mine::one::path"])
	assert.Equal(t, "b", paths["receivers::mine::list::1::path"])
	assert.Equal(t, "c", paths["receivers::mine::map::x::path"])
	assert.Positive(t, ids)
	for _, key := range []string{"receivers::mine::one", "receivers::mine::list::0", "receivers::mine::map::x"} {
		assert.True(t, endpoints[key], key)
	}
	assert.False(t, endpoints["receivers::mine::none"])
	assert.Equal(t, "changed", config.One.Get().NetAddr.Endpoint)
	assert.Empty(t, config.List[0].hidden.Endpoint)
}

func TestListenersConflict(t *testing.T) {
	on := func(network, host string, port int) listener {
		return listener{network: network, host: host, port: port}
	}
	for _, c := range []struct {
		a, b listener
		want bool
	}{
		{on("tcp", "127.0.0.1", 4318), on("tcp", "127.0.0.1", 4318), true},
		{on("tcp", "0.0.0.0", 4318), on("tcp", "127.0.0.1", 4318), true},
		{on("tcp", "127.0.0.1", 4318), on("tcp", "::", 4318), true},
		{on("tcp", "", 4318), on("tcp", "localhost", 4318), true},
		{on("udp", "127.0.0.1", 6831), on("udp", "127.0.0.1", 6831), true},
		{on("udp", "127.0.0.1", 4318), on("tcp", "127.0.0.1", 4318), false},
		{on("tcp", "127.0.0.1", 4318), on("tcp", "127.0.0.2", 4318), false},
		{on("tcp", "127.0.0.1", 4318), on("tcp", "127.0.0.1", 4317), false},
		{on("tcp", "127.0.0.1", 0), on("tcp", "127.0.0.1", 0), false},
	} {
		assert.Equal(t, c.want, c.a.conflicts(c.b), "%v %v", c.a, c.b)
	}
}

func TestAnAddressIsCheckedAndReplaced(t *testing.T) {
	for given, want := range map[string]string{
		"127.0.0.1:0": "", "localhost:0": "", "[::1]:x": "is not a number", "127.0.0.1:": "is not a number", "127.0.0.1:-1": "out of range",
		"127.0.0.1": "is not HOST:PORT", "": "is not HOST:PORT", "http://127.0.0.1:4318": "is not HOST:PORT", "192.0.2.1:0": "is not an address of this machine",
	} {
		tried := &try{}
		endpoint := given
		tried.elsewhere("tcp", &endpoint, "key")
		assert.Equal(t, "127.0.0.1:0", endpoint)
		if want == "" {
			assert.Empty(t, tried.problems, given)
		} else if assert.Len(t, tried.problems, 1, given) {
			assert.Contains(t, tried.problems[0].Text, want)
		}
	}
}

func TestAPortIsHeldByAProcess(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	address := l.Addr().String()
	assert.True(t, HeldBy(os.Getpid())("tcp", address))
	assert.True(t, HeldBy(1<<30)("tcp", address), "there is no such process")
	if _, err := os.ReadDir("/proc/" + strconv.Itoa(os.Getppid()) + "/fd"); err == nil {
		assert.False(t, HeldBy(os.Getppid())("tcp", address))
		tried := &try{options: Options{Holds: HeldBy(os.Getppid())}}
		tried.elsewhere("tcp", &address, "key")
		require.Len(t, tried.problems, 1)
		assert.Contains(t, tried.problems[0].Text, "is taken by another process")
	}
}

func TestTheKeyIsTheOneThatAnErrorRepeats(t *testing.T) {
	tried := &try{configuration: &configuration{conf: confmap.NewFromStringMap(map[string]any{
		"processors": map[string]any{"tail_sampling": map[string]any{"policies": []any{
			map[string]any{"name": "errors", "status_code": map[string]any{"status_codes": []any{"OK", "ERR"}}}, map[string]any{"name": "slow"},
		}}},
		"exporters": map[string]any{"otlp": map[string]any{"tls": map[string]any{"ca_file": "/etc/ca.pem"}, "a": "twice", "b": "twice"}},
	})}}
	for text, want := range map[string]string{
		`failed to create "tail_sampling" processor, in pipeline "traces": policy "errors": unknown status code "ERR"`: "processors::tail_sampling::policies::0::status_code::status_codes::1",
		`failed to start "tail_sampling" processor: policy "slow": no`:                                                 "processors::tail_sampling::policies::1",
		`failed to start "otlp" exporter: open /etc/ca.pem: no such file or directory`:                                 "exporters::otlp::tls::ca_file",
		`failed to start "otlp" exporter: not "twice"`:                                                                 "exporters::otlp",
		`failed to create "otlp" exporter for data type "logs": no`:                                                    "exporters::otlp",
		`failed to build extensions: failed to create extension "bearertokenauth": no`:                                 "extensions::bearertokenauth",
		`failed to create meter provider: no`:                                                                          "service::telemetry::metrics",
		`something else`:                                                                                               "service",
	} {
		p := tried.explain(errors.New(text), nil)
		assert.Equal(t, want, p.Key, text)
		assert.NotEmpty(t, p.Remedy)
	}
}

func TestAFolderForATrialIsFoundWhereTheUsualOneIsMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", "/proc/none")
	folder, err := Folder()
	require.NoError(t, err)
	defer os.RemoveAll(folder)
	info, err := os.Stat(folder)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	assert.WithinDuration(t, time.Now(), info.ModTime(), time.Hour)
}
