package sensitivefilter

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

const readme = "README.md"

// rulesTable renders the rules as the README shows them.
func rulesTable() string {
	var b strings.Builder
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	code := func(s string) string {
		if s == "" {
			return ""
		}
		return "<code>" + strings.NewReplacer("&", "&amp;", "<", "&lt;", "|", "&#124;", "\n", `\n`).Replace(s) + "</code>"
	}
	for _, preset := range []string{redact.PresetSecrets, redact.PresetPII, redact.PresetPIINetwork, redact.PresetPIINational, redact.PresetHighEntropy} {
		n := 0
		var rows strings.Builder
		for _, r := range redact.Rules() {
			if r.Preset != preset {
				continue
			}
			n++
			form := code(r.Format)
			if r.Context != "" {
				form += " in " + code(r.Context)
			}
			fmt.Fprintf(&rows, "| `%s` | %s | %s | %s |\n", r.ID, cell(r.Description), form, cell(r.Source))
		}
		fmt.Fprintf(&b, "\n### %s: %d rules\n\n| rule | finds | form | source |\n| --- | --- | --- | --- |\n%s", preset, n, rows.String())
	}
	return b.String()
}

func TestTheREADMEListsTheRules(t *testing.T) {
	raw, err := os.ReadFile(readme)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(raw), "<!-- rules:begin -->\n")
	require.True(t, ok)
	table, after, ok := strings.Cut(rest, "\n<!-- rules:end -->")
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(readme, []byte(before+"<!-- rules:begin -->\n"+rulesTable()+"\n<!-- rules:end -->"+after), 0o600))
		return
	}
	assert.Equal(t, rulesTable(), table, "run go test -run README -update ./processor/sensitivefilter")
	assert.GreaterOrEqual(t, len(redact.Rules()), 150)
}

// block is a fenced part of the README.
var block = regexp.MustCompile("(?s)```(yaml|text)\n(.*?)```")

func TestTheExamplesOfTheREADMEDoWhatItSays(t *testing.T) {
	t.Setenv("REDACTION_KEY", strings.Repeat("k", 32))
	raw, err := os.ReadFile(readme)
	require.NoError(t, err)
	var cfg *Config
	examples := 0
	for _, m := range block.FindAllStringSubmatch(string(raw), -1) {
		if m[1] == "yaml" {
			var file map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(os.ExpandEnv(strings.ReplaceAll(m[2], "${env:", "${"))), &file))
			options, ok := file["sensitive_filter"].(map[string]any)
			if !ok {
				options = map[string]any{}
			}
			cfg = defaults()
			require.NoError(t, confmap.NewFromStringMap(options).Unmarshal(cfg), m[2])
			require.NoError(t, confmap.Validate(cfg), m[2])
			continue
		}
		lines := strings.Split(strings.TrimSpace(m[2]), "\n")
		for i := 0; i+1 < len(lines); i += 2 {
			in, okIn := strings.CutPrefix(lines[i], "in:  ")
			want, okOut := strings.CutPrefix(lines[i+1], "out: ")
			require.True(t, okIn && okOut, lines[i])
			b := newBatch()
			b.record().Body().SetStr(in)
			b.record().SetTraceID([16]byte{1})
			assert.Equal(t, want, filterLogs(t, cfg, b.ld).ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str())
			examples++
		}
	}
	assert.GreaterOrEqual(t, examples, 12)
}

func TestTheREADMENamesEveryOption(t *testing.T) {
	raw, err := os.ReadFile(readme)
	require.NoError(t, err)
	conf := confmap.New()
	require.NoError(t, conf.Marshal(defaults()))
	for _, key := range conf.AllKeys() {
		name := strings.ReplaceAll(key, "::", ".")
		if strings.HasPrefix(name, "scope.") {
			assert.Contains(t, string(raw), "`"+name+"`", "the table of places")
			continue
		}
		assert.Contains(t, string(raw), "`"+name+"`", "the table of options")
	}
}
