package langfuseexporter

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/groupbytraceprocessor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

var update = flag.Bool("update", false, "write the README's mapping table")

func readme(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(raw)
}

// TestTheMappingTableIsTheCodes holds the README to the table that the mapper
// runs by.
func TestTheMappingTableIsTheCodes(t *testing.T) {
	var table strings.Builder
	table.WriteString("| Langfuse's attribute | made of | why it is not left to the server |\n| --- | --- | --- |\n")
	for _, rule := range mapping.Rules() {
		target := rule.Target
		if strings.HasPrefix(target, "langfuse.") {
			target = "`" + strings.ReplaceAll(target, ", ", "`, `") + "`"
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", target, rule.From, rule.Since)
	}
	between := regexp.MustCompile(`(?s)(<!-- mapping table.*?-->\n).*?(<!-- end of the mapping table -->)`)
	want := between.ReplaceAllStringFunc(readme(t), func(section string) string {
		marks := between.FindStringSubmatch(section)
		return marks[1] + table.String() + marks[2]
	})
	if *update {
		require.NoError(t, os.WriteFile("README.md", []byte(want), 0o600))
	}
	assert.Equal(t, want, readme(t), "run go test -update")
}

func TestConfigurationsOfTheReadmeAreValid(t *testing.T) {
	configurations := 0
	for _, found := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readme(t), -1) {
		configurations++
		// Variables have values that are no references any more.
		text := regexp.MustCompile(`\$\{env:([A-Z_]+)\}`).ReplaceAllString(found[1], "$1")
		var raw map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &raw))
		conf := confmap.NewFromStringMap(raw)
		config, key := createDefaultConfig(), "exporters::langfuse"
		if conf.IsSet("processors::groupbytrace") {
			config, key = groupbytraceprocessor.NewFactory().CreateDefaultConfig(), "processors::groupbytrace"
		}
		sub, err := conf.Sub(key)
		require.NoError(t, err)
		require.NoError(t, sub.Unmarshal(config), found[1])
		require.NoError(t, confmap.Validate(config), found[1])
	}
	assert.Equal(t, 3, configurations)
}

// TestTheReadmeHasEveryOption finds each key of the configuration in the table.
func TestTheReadmeHasEveryOption(t *testing.T) {
	conf := confmap.New()
	require.NoError(t, conf.Marshal(createDefaultConfig()))
	text := readme(t)
	for _, key := range conf.AllKeys() {
		section, name, nested := strings.Cut(key, "::")
		switch section {
		case "filter", "propagate", "mapping", "media", "routing":
		case "environment", "release", "version", "encoding", "ingestion_version", "max_request_bytes", "max_span_bytes", "check_on_start", "retry_status_codes", "projects", "region", "public_key", "secret_key", "api_key", "sdk_name", "release_from":
		default:
			continue // of every exporter
		}
		if nested {
			last := name[strings.LastIndex(name, ":")+1:]
			assert.Regexp(t, "\\| [^|]*`("+section+"::)?([a-z_]+::)*"+last+"`", text, key)
			continue
		}
		assert.Contains(t, text, "`"+key+"`")
	}
}
