package traceviewer

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// keysOf are the keys of our own in a configuration, those of the server aside.
func keysOf(t reflect.Type, prefix string) []string {
	var keys []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		if name == "" {
			continue
		}
		if field.Type.Kind() == reflect.Struct && strings.HasSuffix(field.Type.Name(), "Config") {
			keys = append(keys, keysOf(field.Type, prefix+name+"::")...)
		} else {
			keys = append(keys, prefix+name)
		}
	}
	return keys
}

// TestTheREADMEHasEveryKeyAndItsExampleIsTaken.
func TestTheREADMEHasEveryKeyAndItsExampleIsTaken(t *testing.T) {
	raw, err := os.ReadFile("README.md")
	require.NoError(t, err)
	keys := keysOf(reflect.TypeFor[Config](), "")
	require.Contains(t, keys, "store::url")
	for _, key := range keys {
		assert.Contains(t, string(raw), "| `"+key+"` |")
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(raw), -1)
	require.NotEmpty(t, examples)
	for _, example := range examples {
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(example[1]))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		section, err := conf.Sub("extensions::trace_viewer")
		require.NoError(t, err)
		config := createDefaultConfig()
		require.NoError(t, section.Unmarshal(config))
		require.NoError(t, confmap.Validate(config))
	}
}
