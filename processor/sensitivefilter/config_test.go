package sensitivefilter

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter/internal/metadata"
)

// changed returns the default configuration with a change.
func changed(change func(*Config)) *Config {
	cfg := defaults()
	change(cfg)
	return cfg
}

func TestLoadConfig(t *testing.T) {
	for id, want := range map[component.ID]*Config{
		component.NewID(metadata.Type): defaults(),
		component.NewIDWithName(metadata.Type, "secrets"): changed(func(c *Config) {
			c.Presets, c.DisableRules = []string{"secrets"}, []string{"secret.langfuse-public-key", "secret.stripe-publishable-*"}
		}),
		component.NewIDWithName(metadata.Type, "all"): {
			Mode: "audit", Presets: []string{"secrets", "pii", "pii_network", "pii_national", "high_entropy"}, DisableRules: []string{"pii.phone"},
			CustomRules: []CustomRuleConfig{{
				ID: "acme-token", Regex: "acme_([a-z0-9]{32})", Keywords: []string{"acme_"}, Group: 1, Validator: "luhn", MinEntropy: 3, AllowSlow: true,
				Style: &RuleStyleConfig{Type: "fixed", Text: "<acme>"},
			}},
			Keys: KeysConfig{
				Sensitive: []string{"badge_number"}, SensitivePatterns: []string{`^internal\.`}, Safe: []string{"session_token"},
				Ignore: []string{"attributes.gen_ai.response.id"}, AllowedOnly: []string{"gen_ai.*"}, OnlyListed: true,
			},
			Allow: AllowConfig{Exact: []string{"support@acme.example"}, Regex: []string{`.*@test\.example`}},
			Style: StyleConfig{
				RuleStyleConfig: RuleStyleConfig{Type: "hash", Text: "[{rule}]", KeepFirst: 1, KeepLast: 2, Hash: HashConfig{Key: "0123456789abcdef0123456789abcdef", Length: 32}},
				ByRule:          map[string]RuleStyleConfig{"pii.card": {Type: "partial", KeepLast: 4}},
			},
			Scope: ScopeConfig{TraceState: true, Keys: true}, Media: "drop", Decode: DecodeConfig{Base64: true, MaxDepth: 2},
			Limits:  LimitsConfig{MaxValueBytes: 65536, OnOversize: "drop", MaxDepth: 16, MaxFindings: 100},
			Repeats: RepeatsConfig{PerResource: true, MaxValues: 10, MaxTraces: 20, MaxAge: 30 * time.Second},
			OnError: "drop_record", Summary: "rules",
		},
	} {
		t.Run(id.String(), func(t *testing.T) {
			conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
			require.NoError(t, err)
			sub, err := conf.Sub(id.String())
			require.NoError(t, err)
			cfg := createDefaultConfig()
			require.NoError(t, sub.Unmarshal(cfg))
			require.NoError(t, confmap.Validate(cfg))
			assert.Equal(t, want, cfg)
		})
	}
}

func TestTheDefaultsAreThoseOfTheEngine(t *testing.T) {
	r, err := redact.New(defaults().Options())
	require.NoError(t, err)
	plain, err := redact.New(redact.Options{})
	require.NoError(t, err)
	text := `{"password":"swordfish","to":"jane%40example.com"} data:image/png;base64,AAAA ` + secret
	want, _ := plain.String("", text)
	got, _ := r.String("", text)
	assert.Equal(t, want, got)
}

func TestNoPresetsMeansNone(t *testing.T) {
	conf := confmap.NewFromStringMap(map[string]any{"presets": []any{}})
	cfg := defaults()
	require.NoError(t, conf.Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	r, err := redact.New(cfg.Options())
	require.NoError(t, err)
	out, _ := r.String("password", "swordfish "+secret)
	assert.Equal(t, "swordfish "+secret, out)
}

func TestConfigErrorsComeAllAtOnceWithPathAndRemedy(t *testing.T) {
	cfg := changed(func(c *Config) {
		c.Mode, c.OnError, c.Summary, c.Media = "off", "pass", "all", "keep"
		c.Presets, c.DisableRules = []string{"secret"}, []string{"pii.telephone"}
		c.CustomRules = []CustomRuleConfig{{ID: "digits", Regex: `\d+`}}
		c.Keys.Ignore, c.Keys.AllowedOnly = []string{"["}, []string{""}
		c.Style.Type, c.Style.Hash.Key = "hash", "too short a key"
		c.Limits.MaxDepth, c.Limits.MaxValueBytes = 0, 5
		c.Decode.Base64, c.Decode.MaxDepth = true, 9
		c.Repeats.MaxValues, c.Repeats.MaxTraces, c.Repeats.MaxAge = 0, 10_000_000, 48*time.Hour
	})
	cfg.Keys.Remove = []string{"*", "a*b", "llmcost.*"}
	err := confmap.Validate(cfg)
	for _, want := range []string{
		`mode: unknown value "off"; known are ["redact" "audit"]`, `on_error: unknown value "pass"`, `summary: unknown value "all"`, `media: unknown value "keep"`, `presets: unknown preset "secret"`, `disable_rules[0]: no rule matches "pii.telephone"`,
		`custom_rules[0]: every match must hold a literal`, `keys.ignore[0]: "[" is not a pattern`, `keys.allowed_only[0]: "" is not a pattern`, `keys.remove[0]: "*" is not the name`, `keys.remove[1]: "a*b" is not the name`, "style.hash.key: must have 32 bytes or more", "limits.max_depth: must be between", "limits.max_value_bytes: must be at least", "decode.max_depth: must be between 1 and 3",
		"repeats: max_values, max_traces and max_age must be more than 0", "repeats.max_traces: must be between 1 and 1000000", "repeats.max_age: must be more than 0 and at most 24h0m0s",
	} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "too short a key")
}

func TestTheHashKeyIsNotShown(t *testing.T) {
	cfg := changed(func(c *Config) { c.Style.Hash.Key = "0123456789abcdef0123456789abcdef" })
	conf := confmap.New()
	require.NoError(t, conf.Marshal(cfg))
	assert.NotContains(t, conf.ToStringMap(), "0123456789abcdef")
	assert.Contains(t, conf.Get("style::hash::key"), "REDACTED")
}
