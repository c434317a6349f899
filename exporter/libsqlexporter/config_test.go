package libsqlexporter

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
)

func loadConfig(t *testing.T, name string) (*Config, error) {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := conf.Sub(component.NewIDWithName(metadata.Type, name).String())
	require.NoError(t, err)
	cfg := createDefaultConfig().(*Config)
	return cfg, sub.Unmarshal(cfg)
}

func validConfig(t *testing.T, name string) *Config {
	t.Helper()
	cfg, err := loadConfig(t, name)
	require.NoError(t, err)
	require.NoError(t, confmap.Validate(cfg))
	return cfg
}

func TestTheConfigurationIsWellFormed(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
}

func TestTheDefaultsAreDurable(t *testing.T) {
	cfg := validConfig(t, "")
	want := createDefaultConfig().(*Config)
	want.given = cfg.given
	assert.Equal(t, want, cfg)
	assert.Equal(t, "file:./otelcol-traces.db", cfg.URL)
	assert.Equal(t, "full", cfg.File.Synchronous)
	queue := cfg.QueueConfig.Get()
	assert.True(t, queue.WaitForResult)
	assert.Equal(t, exporterhelper.RequestSizerTypeBytes, queue.Sizer)
	assert.Greater(t, queue.QueueSize, int64(5*20<<20), "room for several of the largest requests of the receiver")
	assert.False(t, queue.Batch.HasValue(), "nobody waits for others")
	assert.Zero(t, cfg.RetryConfig.MaxElapsedTime)
	assert.Equal(t, 7*24*time.Hour, cfg.Retention.MaxAge, "retention is on")
	assert.EqualValues(t, 2<<30, cfg.Retention.MaxSize)
	everything := validConfig(t, "keep_everything").Retention.options()
	assert.Zero(t, everything.MaxAge)
	assert.Zero(t, everything.MaxSize)
}

func TestEveryOptionIsRead(t *testing.T) {
	cfg := validConfig(t, "all")
	want := createDefaultConfig().(*Config)
	want.URL = "file:./data/traces.db"
	want.ClientConfig.Timeout = 20 * time.Second
	want.File = FileConfig{
		JournalMode: "delete", Synchronous: "normal", BusyTimeout: 7 * time.Second, PageSize: 8192, Permissions: "0640",
		AllowNetworkFilesystem: true, CheckMaxSize: 1 << 20, OnCorruption: "quarantine",
	}
	want.Retention = RetentionConfig{
		MaxAge: 24 * time.Hour, Content: 12 * time.Hour, Totals: 365 * 24 * time.Hour, TotalsMaxRows: 5000, MaxSize: 1 << 30, DiskWait: time.Hour, Interval: 5 * time.Minute, DeleteBatch: 200, Pause: 50 * time.Millisecond, Reclaim: "none",
	}
	want.Limits.MaxValueBytes = 1000
	want.FullTextSearch = FullTextSearchConfig{Enabled: true, MaxChars: 1000}
	want.RootGracePeriod = 3 * time.Second
	queue := defaultQueue()
	queue.QueueSize = 5000
	batch := serverBatch()
	batch.FlushTimeout = 50 * time.Millisecond
	queue.Batch = configoptional.Some(batch)
	want.QueueConfig = configoptional.Some(queue)
	want.RetryConfig.MaxElapsedTime = 10 * time.Minute
	want.given = cfg.given
	assert.Equal(t, want, cfg)
	options, err := cfg.options("x")
	require.NoError(t, err)
	assert.EqualValues(t, 0o640, options.Permissions)
	assert.True(t, options.Quarantine)
}

func TestAStorageReplacesWaitingForTheResult(t *testing.T) {
	for _, name := range []string{"storage", "storage_without_batch"} {
		queue := validConfig(t, name).QueueConfig.Get()
		assert.False(t, queue.WaitForResult, name)
		assert.Equal(t, "file_storage", queue.StorageID.String())
	}
	assert.False(t, validConfig(t, "no_queue").QueueConfig.HasValue())
}

func TestEverythingThatIsWrongIsReportedAtOnceWithItsKey(t *testing.T) {
	cfg, err := loadConfig(t, "wrong")
	require.NoError(t, err)
	err = confmap.Validate(cfg)
	for _, want := range []string{
		`url: "traces.db" has no scheme; a file is file:traces.db`,
		`root_grace_period: 0s is not positive`,
		`limits::max_value_bytes: -1 is negative; 0 is no limit`,
		`full_text_search::max_chars: 0 is not positive`,
		`file::journal_mode: "memory" is not one of ["wal" "delete"]`,
		`file::synchronous: "sometimes" is not one of ["full" "normal"]`,
		`file::on_corruption: "ignore" is not one of ["fail" "quarantine"]`,
		`file::busy_timeout: -1s is negative`,
		`file::page_size: 1000 is not a power of two from 512 to 65536`,
		`file::permissions: "rw" is not an octal mode`,
		`file::check_max_size: -1 is negative; 0 checks nothing`,
		`retention::max_age: -1h0m0s is negative; 0 keeps everything`,
		`retention::content: -1h0m0s is negative; 0 keeps content as long as its trace`,
		`retention::totals: -1h0m0s is negative; 0 keeps totals for ever`,
		`retention::totals_max_rows: 10 is less than 1000; 0 is no bound`,
		`retention::max_size: 1000000 is less than 16777216 bytes; 0 is no bound`,
		`retention::interval: 0s is not positive`,
		`retention::delete_batch: 100000 is not between 1 and 2000`,
		`retention::pause: 0s is not positive`,
		`retention::reclaim: "full" is not one of ["incremental" "none"]`,
	} {
		assert.ErrorContains(t, err, want)
	}
}

func TestAServerHasItsOwnKeys(t *testing.T) {
	cfg := validConfig(t, "server")
	assert.Equal(t, "secret-token", string(cfg.AuthToken))
	assert.True(t, cfg.AuthRetry)
	assert.False(t, cfg.CreateSchema)
	assert.Equal(t, 30*time.Second, cfg.ClientConfig.Timeout)
	assert.True(t, cfg.ClientConfig.TLS.InsecureSkipVerify)
	assert.Equal(t, 1048576, cfg.Limits.MaxRequestBytes)
	queue := cfg.QueueConfig.Get()
	assert.Equal(t, serverConsumers, queue.NumConsumers)
	assert.Equal(t, serverBatch(), *queue.Batch.Get())
	conf := confmap.New()
	require.NoError(t, conf.Marshal(cfg))
	shown := fmt.Sprint(conf.ToStringMap())
	assert.NotContains(t, shown, "secret-token")
	assert.NotContains(t, shown, "secret-key")
}

// TestAServerMayStandInAFilesPlace: a server's url that is merged into the shipped file
// finds a mode there.
func TestAServerMayStandInAFilesPlace(t *testing.T) {
	for options, fits := range map[string]bool{"permissions: '0640'": true, "permissions: '0640', page_size: 8192": false, "page_size: 8192": false} {
		retrieved, err := confmap.NewRetrievedFromYAML([]byte("{url: 'libsql://db.example.com', file: {" + options + "}}"))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		cfg := createDefaultConfig()
		require.NoError(t, conf.Unmarshal(&cfg))
		assert.Equal(t, fits, confmap.Validate(cfg) == nil, options)
	}
}

func TestKeysThatDoNotFitTheURLAreErrors(t *testing.T) {
	for name, wants := range map[string][]string{
		"server_wrong": {
			"file: is for files", "endpoint: is called url here", "compression: libSQL servers do not read", "limits::max_value_bytes: a server takes at most 4000000, not 0",
			"limits::max_request_bytes: 1000 is not between", "auth_token: stands beside auth", "timeout: 2s is shorter than the 5s",
		},
		"file_wrong": {"auth_token: is for a server", "tls: is for a server"},
	} {
		cfg, err := loadConfig(t, name)
		require.NoError(t, err)
		err = confmap.Validate(cfg)
		for _, want := range wants {
			assert.ErrorContains(t, err, want)
		}
		assert.NotContains(t, err.Error(), "secret")
	}
}

// TestAnEmptyTokenSaysNothing: it is what a configuration for files and servers
// has where the variable is not set.
func TestAnEmptyTokenSaysNothing(t *testing.T) {
	for _, empty := range []any{"", nil} {
		cfg := createDefaultConfig()
		require.NoError(t, confmap.NewFromStringMap(map[string]any{"url": "file:x.db", "auth_token": empty}).Unmarshal(cfg))
		assert.NoError(t, confmap.Validate(cfg))
	}
}

func TestAnUnknownKeyIsAnError(t *testing.T) {
	_, err := loadConfig(t, "unknown_key")
	assert.ErrorContains(t, err, "layout")
}

func TestContentGoesBeforeItsTrace(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Retention.Content = 7 * 24 * time.Hour
	require.NoError(t, cfg.Validate())
	cfg.Retention.Content++
	require.ErrorContains(t, cfg.Validate(), "retention::content: 168h0m0.000000001s is longer than retention::max_age (168h0m0s)")
	cfg.Retention.MaxAge = 0
	require.NoError(t, cfg.Validate(), "traces are kept for ever")
}
