package langfuseexporter

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

var update = flag.Bool("update", false, "write the README's mapping table")

func readme(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(raw)
}

// generated holds a part of the README, between two comments, to what the code says.
func generated(t *testing.T, begin, end, text string) {
	t.Helper()
	between := regexp.MustCompile(`(?s)(<!-- ` + begin + `.*?-->\n).*?(<!-- ` + end + ` -->)`)
	want := between.ReplaceAllStringFunc(readme(t), func(section string) string {
		marks := between.FindStringSubmatch(section)
		return marks[1] + text + marks[2]
	})
	require.Contains(t, want, text)
	if *update {
		require.NoError(t, os.WriteFile("README.md", []byte(want), 0o600))
	}
	assert.Equal(t, want, readme(t), "run go test -update")
}

// TestTheMappingTableIsTheCodes: the mapper runs by the README's table.
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
	generated(t, "mapping table", "end of the mapping table", table.String())
}

func TestTheDefaultListsAreTheCodes(t *testing.T) {
	c := createDefaultConfig().(*Config).Mapping
	var lists strings.Builder
	for _, list := range []struct {
		key   string
		names []string
	}{
		{"metadata_attributes", c.MetadataAttributes},
		{"user_id_from", c.UserIDFrom},
		{"session_id_from", c.SessionIDFrom},
		{"trace_name_from", c.TraceNameFrom},
		{"tags_from", c.TagsFrom},
	} {
		fmt.Fprintf(&lists, "- `mapping::%s`: `%s`\n", list.key, strings.Join(list.names, "`, `"))
	}
	generated(t, "default lists", "end of the default lists", lists.String())
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
		config := createDefaultConfig()
		sub, err := conf.Sub("exporters::langfuse")
		require.NoError(t, err)
		require.NoError(t, sub.Unmarshal(config), found[1])
		require.NoError(t, confmap.Validate(config), found[1])
	}
	assert.Equal(t, 4, configurations)
}

// TestTheReadmeHasEveryOption finds each key of the configuration in the table.
func TestTheReadmeHasEveryOption(t *testing.T) {
	conf := confmap.New()
	require.NoError(t, conf.Marshal(createDefaultConfig()))
	text := readme(t)
	for _, key := range conf.AllKeys() {
		section, name, nested := strings.Cut(key, "::")
		switch section {
		case "filter", "propagate", "mapping", "media", "routing", "refused", "whole_traces":
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

// TestTheReadmeHasTheDefaults that the code has.
func TestTheReadmeHasTheDefaults(t *testing.T) {
	config := createDefaultConfig().(*Config)
	conf := confmap.New()
	require.NoError(t, conf.Marshal(config))
	quoted := regexp.MustCompile("`([^`]+)`")
	compared := 0
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\| ([^|]*) \\|").FindAllStringSubmatch(readme(t), -1) {
		keys, defaults := quoted.FindAllStringSubmatch(row[1], -1), quoted.FindAllStringSubmatch(row[2], -1)
		section := keys[0][1][:strings.LastIndex(keys[0][1], ":")+1]
		if len(defaults) == 0 || !conf.IsSet(keys[0][1]) {
			continue
		}
		for i, key := range keys {
			name := section + strings.TrimPrefix(key[1], section)
			have := conf.Get(name)
			if list, ok := have.([]any); ok {
				var words []any
				for _, word := range defaults {
					words = append(words, word[1])
				}
				assert.Equal(t, list, words, name)
				compared++
				continue
			}
			if have == "" && name == "region" {
				continue // which is that of an empty endpoint
			}
			if d, ok := have.(time.Duration); ok {
				want, err := time.ParseDuration(defaults[i][1])
				require.NoError(t, err, name)
				assert.Equal(t, want, d, name)
			} else {
				assert.Equal(t, fmt.Sprint(have), defaults[i][1], name)
			}
			compared++
		}
	}
	assert.Greater(t, compared, 25)
	queue, retry := config.QueueConfig.Get(), config.RetryConfig
	batch := queue.Batch.Get()
	assert.Contains(t, readme(t), fmt.Sprintf("`sizer: %s`, `queue_size: %d`, `batch: {flush_timeout: %v, min_size: %d}`", &queue.Sizer, queue.QueueSize, batch.FlushTimeout, batch.MinSize))
	minutes := fmt.Sprintf("%.0fm", retry.MaxElapsedTime.Minutes())
	assert.Contains(t, readme(t), fmt.Sprintf("`initial_interval: %v`, `max_interval: %v`, `max_elapsed_time: %s`", retry.InitialInterval, retry.MaxInterval, minutes))
	codes := strings.NewReplacer("520, 521, 522, 523, 524, 525, 526, 527", "520 to 527").Replace(strings.Trim(strings.ReplaceAll(fmt.Sprint(config.RetryStatusCodes), " ", ", "), "[]"))
	assert.Contains(t, readme(t), "| `retry_status_codes` | "+codes+" |")
}

// TestLangfusesSDKsThroughTheCollector runs the README's receiver and exporter for
// them, and sends what the SDK of JavaScript 5.11 does.
func TestLangfusesSDKsThroughTheCollector(t *testing.T) {
	text := regexp.MustCompile("(?s)```yaml\n(receivers:.*?)```").FindStringSubmatch(readme(t))[1]
	s := newServer(t, langfusetest.Options{Keys: []langfusetest.Key{{Public: "CHECKOUT_PUBLIC_KEY", Secret: "CHECKOUT_SECRET_KEY", Project: "checkout"}}})
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(regexp.MustCompile(`\$\{env:([A-Z_]+)\}`).ReplaceAllString(text, "$1")), &raw))
	conf := confmap.NewFromStringMap(raw)
	address := "127.0.0.1:" + e2e.FreePorts(t, 1)[0]
	require.NoError(t, conf.Merge(confmap.NewFromStringMap(map[string]any{
		"receivers": map[string]any{"otlp/langfuse": map[string]any{"protocols": map[string]any{"http": map[string]any{"endpoint": address}}}},
		"exporters": map[string]any{"langfuse": map[string]any{
			"endpoint": s.URL, "check_on_start": "off", "sending_queue": map[string]any{"batch": map[string]any{"flush_timeout": "1ms"}},
		}},
	})))
	part := func(key string, into any) {
		sub, err := conf.Sub(key)
		require.NoError(t, err)
		require.NoError(t, sub.Unmarshal(into))
		require.NoError(t, confmap.Validate(into))
	}
	config := createDefaultConfig().(*Config)
	part("exporters::langfuse", config)
	e := started(t, config)
	factory := otlpreceiver.NewFactory()
	receiverConfig := factory.CreateDefaultConfig()
	part("receivers::otlp/langfuse", receiverConfig)
	r, err := factory.CreateTraces(t.Context(), receivertest.NewNopSettings(factory.Type()), receiverConfig, e)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, r.Shutdown(context.Background())) }()

	body := `{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{"name":"langfuse-sdk","version":"5.11.1"},"spans":[{
		"traceId":"706422fad589f56c3016c92b46d39b46","spanId":"1ef525b913a607c2","name":"gen","kind":1,
		"startTimeUnixNano":"1795856299224000000","endTimeUnixNano":"1795856299225501065","attributes":[
		{"key":"user.id","value":{"stringValue":"ann"}},{"key":"langfuse.internal.is_app_root","value":{"boolValue":true}},
		{"key":"langfuse.observation.type","value":{"stringValue":"generation"}},{"key":"langfuse.observation.input","value":{"stringValue":"hi"}},
		{"key":"langfuse.observation.usage_details","value":{"stringValue":"{\"input\":1,\"output\":2,\"total\":3}"}}],"flags":257}]}]}]}`
	for _, key := range []string{"pk-lf-nobodys", "CHECKOUT_PUBLIC_KEY"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/api/public/otel/v1/traces", strings.NewReader(body))
		require.NoError(t, err)
		request.SetBasicAuth(key, "any")
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("x-langfuse-public-key", key)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode)
	}
	require.Eventually(t, func() bool { return len(s.Observations()) > 0 }, 20*time.Second, time.Millisecond)
	require.Len(t, s.Observations(), 1)
	o := s.Project("checkout")[0]
	assert.Equal(t, []any{"GENERATION", "ann", "hi", int64(3)}, []any{o.Type, o.UserID, o.InputText(), o.Usage["total"]})
}
