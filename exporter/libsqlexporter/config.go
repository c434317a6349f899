package libsqlexporter

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/dburl"
)

// Config is the configuration of the exporter libsql.
type Config struct {
	// URL says where the database is: file:PATH, libsql://HOST, https://HOST or
	// http://HOST:PORT. Default file:./otelcol-traces.db.
	URL string `mapstructure:"url"`

	// ClientConfig has the keys of every HTTP client of the Collector (tls,
	// headers, proxy_url, auth, …) for a server. Of its keys, endpoint is url here,
	// and compression is refused, which the server does not know. Its key timeout
	// is how long one attempt to store a batch on a server may take, and how long a
	// client waits for its answer while nothing is stored. Default 15s.
	ClientConfig confighttp.ClientConfig `mapstructure:",squash"`

	// AuthToken is the token of a server, sent as a bearer token.
	AuthToken configopaque.String `mapstructure:"auth_token"`

	// AuthRetry treats a server that refuses the token as one that is away: batches
	// wait, and are tried again. Otherwise they are dropped, and where it refuses at
	// the start, the collector does not start. Default true.
	AuthRetry bool `mapstructure:"auth_retry"`

	// CreateSchema makes and migrates the tables. Where it is false they must be
	// there, at the version of this release. Default true.
	CreateSchema bool `mapstructure:"create_schema"`

	// File says how a database file is opened.
	File FileConfig `mapstructure:"file"`

	// Retention says what is deleted.
	Retention RetentionConfig `mapstructure:"retention"`

	// Limits bounds what is stored of a single value.
	Limits LimitsConfig `mapstructure:"limits"`

	// FullTextSearch is an index of the words in payloads, for searching in a large
	// store.
	FullTextSearch FullTextSearchConfig `mapstructure:"full_text_search"`

	// RootGracePeriod is how long a trace waits for its root span before its
	// earliest span stands in for it, so that it is listed. Default 10s.
	RootGracePeriod time.Duration `mapstructure:"root_grace_period"`

	// QueueConfig is the queue in front of the database. By default it holds 128
	// MiB in memory and answers the client after the COMMIT (wait_for_result). For a
	// server it gathers what comes within 200ms into one transaction; for a file the
	// writer does so by itself, without waiting.
	QueueConfig configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`

	// RetryConfig is how often a failed attempt is repeated. By default from 500ms
	// to 30s apart, without an end.
	RetryConfig configretry.BackOffConfig `mapstructure:"retry_on_failure"`

	// given are the keys that the configuration names.
	given map[string]bool
}

// FileConfig is the section file.
type FileConfig struct {
	// JournalMode is wal or delete. Default wal.
	JournalMode string `mapstructure:"journal_mode"`
	// Synchronous is full (what is acknowledged survives a power cut) or normal
	// (it survives a crash of the collector). Default full.
	Synchronous string `mapstructure:"synchronous"`
	// BusyTimeout is how long a transaction waits while another process writes.
	// Default 5s.
	BusyTimeout time.Duration `mapstructure:"busy_timeout"`
	// PageSize of a file that is created, in bytes: a power of two from 512 to
	// 65536. Default 4096.
	PageSize int `mapstructure:"page_size"`
	// Permissions of a file that is created, and at least of one that is there, octal.
	// Default "0600".
	Permissions string `mapstructure:"permissions"`
	// CreateDirectory makes the directory of the file, for its owner only, where
	// it is missing. Default true.
	CreateDirectory bool `mapstructure:"create_directory"`
	// AllowNetworkFilesystem opens a file on a network file system all the same,
	// with a rollback journal and for this process only. Default false.
	AllowNetworkFilesystem bool `mapstructure:"allow_network_filesystem"`
	// CheckMaxSize is the size of a file, in bytes, up to which its tables are
	// checked at the start, where it was not closed in an orderly way; 0 is never.
	// Default 67108864 (64 MiB).
	CheckMaxSize int64 `mapstructure:"check_max_size"`
	// OnCorruption is fail or quarantine: a damaged file is moved aside and a new
	// one started. Default fail.
	OnCorruption string `mapstructure:"on_corruption"`
}

// RetentionConfig is the section retention. Traces are deleted as a whole, the
// oldest first.
type RetentionConfig struct {
	// MaxAge is how long a trace is kept after its newest span was stored, and a
	// log record after it was; 0 is for ever. Default 168h.
	MaxAge time.Duration `mapstructure:"max_age"`
	// Content is how long what a trace has said is kept after its newest span was stored,
	// and what a log record says after it was: input, output, attributes, events. Times,
	// tokens and dollars stay for max_age. 0 is as long as they do. Default 0.
	Content time.Duration `mapstructure:"content"`
	// Totals is how long otel_totals keeps what calls have cost, by the time of the
	// calls; 0 is for ever. Default 0.
	Totals time.Duration `mapstructure:"totals"`
	// TotalsMaxRows bounds the rows of otel_totals: above it the oldest half hours are
	// added up to days, and the oldest days to months; 0 is no bound. Default 100000.
	TotalsMaxRows int `mapstructure:"totals_max_rows"`
	// MaxSize bounds the live data, in bytes; 0 is no bound. Default 2147483648
	// (2 GiB).
	MaxSize int64 `mapstructure:"max_size"`
	// DiskWait is how long a disk that others have filled is waited for, while what
	// finds no room is refused, before traces are deleted for it. Default 10m.
	DiskWait time.Duration `mapstructure:"disk_wait"`
	// Interval is how often age is looked at. Default 1m.
	Interval time.Duration `mapstructure:"interval"`
	// DeleteBatch is about how many spans or log records one transaction deletes.
	// Default 500.
	DeleteBatch int `mapstructure:"delete_batch"`
	// Pause lies between two such transactions. Default 20ms.
	Pause time.Duration `mapstructure:"pause"`
	// Reclaim is incremental (free pages of a file are given back to the file
	// system after a burst) or none. Default incremental.
	Reclaim string `mapstructure:"reclaim"`
}

// Bounds of retention. A file of less than minSize is mostly write-ahead log; a
// batch of more than maxDeleteBatch holds up writers for more than 100ms (libsql
// reference 4.5).
const (
	minSize        = 16 << 20
	minTotalRows   = 1000
	maxDeleteBatch = 2000
)

func (r *RetentionConfig) problems() []error {
	var errs []error
	if r.MaxAge < 0 {
		errs = append(errs, fmt.Errorf("retention::max_age: %v is negative; 0 keeps everything", r.MaxAge))
	}
	switch {
	case r.Content < 0:
		errs = append(errs, fmt.Errorf("retention::content: %v is negative; 0 keeps content as long as its trace", r.Content))
	case r.Content > 0 && r.MaxAge > 0 && r.Content > r.MaxAge:
		errs = append(errs, fmt.Errorf("retention::content: %v is longer than retention::max_age (%v), after which the trace itself is deleted; shorten it, raise retention::max_age, or set 0 to keep content as long as its trace", r.Content, r.MaxAge))
	}
	if r.Totals < 0 {
		errs = append(errs, fmt.Errorf("retention::totals: %v is negative; 0 keeps totals for ever", r.Totals))
	}
	if r.TotalsMaxRows < 0 || r.TotalsMaxRows > 0 && r.TotalsMaxRows < minTotalRows {
		errs = append(errs, fmt.Errorf("retention::totals_max_rows: %d is less than %d; 0 is no bound", r.TotalsMaxRows, minTotalRows))
	}
	if r.MaxSize < 0 || r.MaxSize > 0 && r.MaxSize < minSize {
		errs = append(errs, fmt.Errorf("retention::max_size: %d is less than %d bytes; 0 is no bound", r.MaxSize, minSize))
	}
	if r.DiskWait < 0 {
		errs = append(errs, fmt.Errorf("retention::disk_wait: %v is negative; 0 waits for nothing", r.DiskWait))
	}
	if r.Interval <= 0 {
		errs = append(errs, fmt.Errorf("retention::interval: %v is not positive", r.Interval))
	}
	if r.DeleteBatch < 1 || r.DeleteBatch > maxDeleteBatch {
		errs = append(errs, fmt.Errorf("retention::delete_batch: %d is not between 1 and %d", r.DeleteBatch, maxDeleteBatch))
	}
	if r.Pause <= 0 {
		errs = append(errs, fmt.Errorf("retention::pause: %v is not positive", r.Pause))
	}
	if r.Reclaim != "incremental" && r.Reclaim != "none" {
		errs = append(errs, fmt.Errorf("retention::reclaim: %q is not one of [\"incremental\" \"none\"]", r.Reclaim))
	}
	return errs
}

func (r *RetentionConfig) options() tracestore.Retention {
	return tracestore.Retention{
		MaxAge: r.MaxAge, Content: r.Content, Totals: r.Totals, TotalsMaxRows: r.TotalsMaxRows,
		MaxSize: r.MaxSize, DiskWait: r.DiskWait, Interval: r.Interval, DeleteBatch: r.DeleteBatch, Pause: r.Pause, Reclaim: r.Reclaim == "incremental",
	}
}

// LimitsConfig is the section limits.
type LimitsConfig struct {
	// MaxValueBytes is the longest string or byte string that is kept whole; a
	// longer one is cut, with a marker. 0 is no limit, which only a file can do; a
	// server takes less than 5,000,000. Default 1048576 (1 MiB).
	MaxValueBytes int `mapstructure:"max_value_bytes"`
	// MaxRequestBytes is about how long a request to a server is; what is longer
	// is sent as several. Default 4194304 (4 MiB).
	MaxRequestBytes int `mapstructure:"max_request_bytes"`
}

// FullTextSearchConfig is the section full_text_search.
type FullTextSearchConfig struct {
	// Enabled makes the index (FTS5), and keeps it behind the writes. An index that
	// is there is removed where it is false. Default false.
	Enabled bool `mapstructure:"enabled"`
	// MaxChars is how many characters of each of input, output and error are in it.
	// Default 4000.
	MaxChars int `mapstructure:"max_chars"`
}

// Limits of libSQL servers (libsql reference 2.3).
const (
	// maxServerValue leaves room below the 5,000,000 bytes that a value may have
	// for the escapes and the object around it.
	maxServerValue = 4_000_000
	minRequest     = 64 << 10
	maxRequest     = 32 << 20
)

var (
	_ component.Config    = (*Config)(nil)
	_ confmap.Validator   = (*Config)(nil)
	_ confmap.Unmarshaler = (*Config)(nil)
)

// Unmarshal sets the defaults that depend on other keys. Where a storage is set
// and nothing else is said, wait_for_result is off: the Collector allows only
// one of them, and what is on the queue's disk is safe without waiting.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	if err := conf.Unmarshal(c); err != nil {
		return err
	}
	c.given = map[string]bool{}
	for _, key := range append(slices.Clone(serverKeys), "file") {
		// An unset variable says nothing: auth_token: "${env:TOKEN:-}".
		c.given[key] = conf.IsSet(key) && conf.Get(key) != nil && conf.Get(key) != ""
	}
	// The shipped file sets a mode, which stays when a server's url is merged into it.
	if options, ok := conf.Get("file").(map[string]any); ok && len(options) == 1 && options["permissions"] != nil {
		c.given["file"] = false
	}
	if at, err := dburl.Parse(c.URL); err == nil && at.Server != nil && c.QueueConfig.HasValue() {
		queue := c.QueueConfig.Get()
		if !conf.IsSet("sending_queue::num_consumers") {
			queue.NumConsumers = serverConsumers
		}
		if !conf.IsSet("sending_queue::batch") {
			queue.Batch = configoptional.Some(serverBatch())
		}
	}
	if c.QueueConfig.HasValue() && conf.IsSet("sending_queue::storage") && !conf.IsSet("sending_queue::wait_for_result") {
		c.QueueConfig.Get().WaitForResult = false
	}
	return nil
}

// Validate reports everything that is wrong, each with its key and what may
// stand there.
func (c *Config) Validate() error {
	var errs []error
	at, err := dburl.Parse(c.URL)
	switch {
	case err != nil:
		errs = append(errs, err)
	case at.Server == nil:
		errs = append(errs, c.fileProblems()...)
	default:
		errs = append(errs, c.serverProblems()...)
	}
	if c.RootGracePeriod <= 0 {
		errs = append(errs, fmt.Errorf("root_grace_period: %v is not positive", c.RootGracePeriod))
	}
	if c.FullTextSearch.MaxChars < 1 {
		errs = append(errs, fmt.Errorf("full_text_search::max_chars: %d is not positive; full_text_search::enabled: false makes no index", c.FullTextSearch.MaxChars))
	}
	if c.Limits.MaxValueBytes < 0 {
		errs = append(errs, fmt.Errorf("limits::max_value_bytes: %d is negative; 0 is no limit", c.Limits.MaxValueBytes))
	}
	errs = append(errs, c.Retention.problems()...)
	return errors.Join(append(errs, c.File.problems()...)...)
}

// serverKeys mean something for a server only.
var serverKeys = []string{"auth_token", "auth_retry", "tls", "headers", "auth", "proxy_url", "cookies", "middlewares", "max_conns_per_host"}

func (c *Config) fileProblems() []error {
	var errs []error
	for _, key := range serverKeys {
		if c.given[key] {
			errs = append(errs, fmt.Errorf("%s: is for a server, and url names a file; remove it", key))
		}
	}
	return errs
}

func (c *Config) serverProblems() []error {
	var errs []error
	if c.given["file"] {
		errs = append(errs, errors.New("file: is for files, and url names a server; remove it"))
	}
	if c.ClientConfig.Endpoint != "" {
		errs = append(errs, errors.New("endpoint: is called url here"))
	}
	if c.ClientConfig.Compression.IsCompressed() {
		errs = append(errs, errors.New("compression: libSQL servers do not read compressed requests; remove it"))
	}
	if c.Limits.MaxValueBytes == 0 || c.Limits.MaxValueBytes > maxServerValue {
		errs = append(errs, fmt.Errorf("limits::max_value_bytes: a server takes at most %d, not %d", maxServerValue, c.Limits.MaxValueBytes))
	}
	if c.Limits.MaxRequestBytes < minRequest || c.Limits.MaxRequestBytes > maxRequest {
		errs = append(errs, fmt.Errorf("limits::max_request_bytes: %d is not between %d and %d", c.Limits.MaxRequestBytes, minRequest, maxRequest))
	}
	if c.AuthToken != "" && c.ClientConfig.Auth.HasValue() {
		errs = append(errs, errors.New("auth_token: stands beside auth; remove one of them"))
	}
	if t := c.ClientConfig.Timeout; t > 0 && t < lockWait {
		errs = append(errs, fmt.Errorf("timeout: %v is shorter than the %v that a server lets a writer wait for the lock", t, lockWait))
	}
	return errs
}

// lockWait is how long a server makes a writer wait behind a transaction that
// its client has left (libsql reference 2.3).
const lockWait = 5 * time.Second

func (f *FileConfig) problems() []error {
	var errs []error
	oneOf := func(key, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			errs = append(errs, fmt.Errorf("file::%s: %q is not one of %q", key, value, allowed))
		}
	}
	oneOf("journal_mode", f.JournalMode, "wal", "delete")
	oneOf("synchronous", f.Synchronous, "full", "normal")
	oneOf("on_corruption", f.OnCorruption, "fail", "quarantine")
	if f.BusyTimeout < 0 {
		errs = append(errs, fmt.Errorf("file::busy_timeout: %v is negative", f.BusyTimeout))
	}
	if f.CheckMaxSize < 0 {
		errs = append(errs, fmt.Errorf("file::check_max_size: %d is negative; 0 checks nothing", f.CheckMaxSize))
	}
	if f.PageSize < 512 || f.PageSize > 65536 || f.PageSize&(f.PageSize-1) != 0 {
		errs = append(errs, fmt.Errorf("file::page_size: %d is not a power of two from 512 to 65536", f.PageSize))
	}
	if _, err := f.permissions(); err != nil {
		errs = append(errs, err)
	}
	return errs
}

func (f *FileConfig) permissions() (uint32, error) {
	mode, err := strconv.ParseUint(f.Permissions, 8, 32)
	if err != nil || mode > 0o777 || mode&0o600 != 0o600 {
		return 0, fmt.Errorf("file::permissions: %q is not an octal mode with which the owner may read and write, such as \"0600\"", f.Permissions)
	}
	return uint32(mode), nil
}

// options are the file's options for the store.
func (c *Config) options(path string) (tracestore.FileOptions, error) {
	permissions, err := c.File.permissions()
	if err != nil {
		return tracestore.FileOptions{}, err
	}
	return tracestore.FileOptions{
		Path:                   path,
		JournalMode:            c.File.JournalMode,
		Synchronous:            c.File.Synchronous,
		BusyTimeout:            c.File.BusyTimeout,
		PageSize:               c.File.PageSize,
		Permissions:            permissions,
		CreateDirectory:        c.File.CreateDirectory,
		AllowNetworkFilesystem: c.File.AllowNetworkFilesystem,
		CheckMaxSize:           c.File.CheckMaxSize,
		Quarantine:             c.File.OnCorruption == "quarantine",
	}, nil
}
