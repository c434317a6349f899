package lifecycle

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/nopexporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/nopreceiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
	"go.uber.org/zap"
)

// patience is how long these tests wait for what has to come.
const patience = 20 * time.Second

// probe is an extension whose start and stop a test decides on.
type probe struct {
	key   string
	start func(key string) error
	stop  func()
}

func (p *probe) Start(context.Context, component.Host) error { return p.start(p.key) }

func (p *probe) Shutdown(context.Context) error {
	p.stop()
	return nil
}

type probeConfig struct {
	Key string `mapstructure:"key"`
}

// bench is a runner with a probe.
type bench struct {
	*runner
	text    atomic.Pointer[string] // of the configuration
	start   func(key string) error
	stop    func()
	started chan string // keys of configurations that run
	ended   chan error
	exited  atomic.Int64
	changed confmap.WatcherFunc
}

type textProvider struct{ *bench }

func (p textProvider) Retrieve(ctx context.Context, _ string, watch confmap.WatcherFunc) (*confmap.Retrieved, error) {
	p.bench.changed = watch
	return yamlprovider.NewFactory().Create(confmap.ProviderSettings{}).Retrieve(ctx, "yaml:"+*p.text.Load(), watch)
}
func (textProvider) Scheme() string                 { return "text" }
func (textProvider) Shutdown(context.Context) error { return nil }

func newBench(t *testing.T, change func(*Options)) *bench {
	t.Helper()
	b := &bench{started: make(chan string, 100), ended: make(chan error, 1), start: func(string) error { return nil }, stop: func() {}}
	b.configure("a")
	options := Options{
		StopTimeout: time.Minute, Out: io.Discard, Try: func(context.Context) error { return nil },
		Restart: func() error { return errors.New("no") }, Exit: func(int) { b.exited.Add(1) },
		Started: func(conf *confmap.Conf, _ *zap.Logger) {
			key, _ := conf.Get("extensions::probe::key").(string)
			b.started <- key
		},
	}
	if change != nil {
		change(&options)
	}
	probeType := component.MustNewType("probe")
	b.runner = &runner{Options: options, signals: make(chan os.Signal, bufferedSignals), set: otelcol.CollectorSettings{
		DisableGracefulShutdown: true,
		Factories: func() (otelcol.Factories, error) {
			receivers, _ := otelcol.MakeFactoryMap[receiver.Factory](nopreceiver.NewFactory())
			exporters, _ := otelcol.MakeFactoryMap[exporter.Factory](nopexporter.NewFactory())
			extensions, _ := otelcol.MakeFactoryMap(extension.NewFactory(probeType, func() component.Config { return &probeConfig{} },
				func(_ context.Context, _ extension.Settings, config component.Config) (extension.Extension, error) {
					return &probe{config.(*probeConfig).Key, b.start, b.stop}, nil
				}, component.StabilityLevelDevelopment))
			return otelcol.Factories{Receivers: receivers, Exporters: exporters, Extensions: extensions, Telemetry: otelconftelemetry.NewFactory()}, nil
		},
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: confmap.ResolverSettings{
			URIs: []string{"text:"}, ProviderFactories: []confmap.ProviderFactory{confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return textProvider{b} })},
		}},
		LoggingOptions: []zap.Option{zap.IncreaseLevel(zap.FatalLevel)},
	}}
	b.runner.changed = make(chan struct{}, 1)
	return b
}

// configure changes what is read. A key is text, of digits too.
func (b *bench) configure(key string) {
	text := "{extensions: {probe: {key: '" + key + "'}}, receivers: {nop: }, exporters: {nop: }, service: {extensions: [probe], " +
		"telemetry: {logs: {level: fatal}, metrics: {level: none}}, pipelines: {traces: {receivers: [nop], exporters: [nop]}}}}"
	b.text.Store(&text)
}

func (b *bench) begins(t *testing.T) {
	t.Helper()
	go func() { b.ended <- b.run(context.Background()) }()
}

func (b *bench) runs(t *testing.T, key string) {
	t.Helper()
	select {
	case got := <-b.started:
		assert.Equal(t, key, got)
	case err := <-b.ended:
		t.Fatalf("it has ended: %v", err)
	case <-time.After(patience):
		t.Fatalf("%q does not start", key)
	}
}

func (b *bench) ends(t *testing.T) error {
	t.Helper()
	select {
	case err := <-b.ended:
		return err
	case <-time.After(patience):
		t.Fatal("it does not end")
		return nil
	}
}

func TestAReloadStartsWhatPassesItsTrial(t *testing.T) {
	b := newBench(t, nil)
	b.begins(t)
	b.runs(t, "a")
	b.configure("0123")
	b.signals <- syscall.SIGHUP
	b.runs(t, "0123")
	b.configure("c")
	b.changed(&confmap.ChangeEvent{}) // of a provider that watches
	b.runs(t, "c")
	b.signals <- syscall.SIGTERM
	require.NoError(t, b.ends(t))
	assert.EqualValues(t, 2, b.counts.accepted.Load())
}

func TestWhatIsRefusedStopsNothing(t *testing.T) {
	tried := make(chan struct{})
	b := newBench(t, func(o *Options) {
		o.Try = func(context.Context) error { tried <- struct{}{}; return errors.New("no") }
	})
	stopped := atomic.Int64{}
	b.stop = func() { stopped.Add(1) }
	b.begins(t)
	b.runs(t, "a")
	for range 3 {
		b.signals <- syscall.SIGHUP
		<-tried
	}
	assert.Eventually(t, func() bool { return b.counts.refused.Load() == 3 }, patience, time.Millisecond)
	assert.Zero(t, stopped.Load())
	b.signals <- syscall.SIGTERM
	require.NoError(t, b.ends(t))
}

// TestTheLastOneThatRanIsRestored: also a value that YAML would read as a number.
func TestTheLastOneThatRanIsRestored(t *testing.T) {
	b := newBench(t, nil)
	b.configure("0123")
	b.start = func(key string) error {
		if key == "broken" {
			return errors.New("no")
		}
		return nil
	}
	b.begins(t)
	b.runs(t, "0123")
	for n := range 3 {
		b.configure("broken")
		b.signals <- syscall.SIGHUP
		b.runs(t, "0123")
		assert.EqualValues(t, n+1, b.counts.reverted.Load())
	}
	b.configure("c")
	b.signals <- syscall.SIGHUP
	b.runs(t, "c")
	b.signals <- os.Interrupt
	require.NoError(t, b.ends(t))
}

func TestAStartThatCannotBeRestoredEnds(t *testing.T) {
	b := newBench(t, nil)
	var broken atomic.Bool
	b.start = func(string) error {
		if broken.Load() {
			return errors.New("no room")
		}
		return nil
	}
	b.begins(t)
	b.runs(t, "a")
	broken.Store(true)
	b.signals <- syscall.SIGHUP
	require.ErrorContains(t, b.ends(t), "no room")
}

func TestAReloadThatIsHeldUpStartsAnew(t *testing.T) {
	hung, restarted := make(chan struct{}), make(chan struct{}, 1)
	b := newBench(t, func(o *Options) {
		o.StopTimeout = time.Millisecond
		o.Restart = func() error { restarted <- struct{}{}; return errors.New("no") }
	})
	b.stop = func() { <-hung }
	b.begins(t)
	b.runs(t, "a")
	b.configure("b")
	b.signals <- syscall.SIGHUP
	select {
	case <-restarted:
	case <-time.After(patience):
		t.Fatal("it does not start anew")
	}
	close(hung) // where that fails, the reload goes on
	b.runs(t, "b")
}

func TestAStopDuringAReloadThatIsHeldUpIsAStop(t *testing.T) {
	hung := make(chan struct{})
	defer close(hung)
	stopping := make(chan struct{}, 1)
	b := newBench(t, func(o *Options) {
		o.StopTimeout = 50 * time.Millisecond
		o.Restart = func() error { t.Error("it starts anew"); return errors.New("no") }
	})
	b.stop = func() {
		stopping <- struct{}{}
		<-hung
	}
	b.begins(t)
	b.runs(t, "a")
	b.signals <- syscall.SIGHUP
	<-stopping
	b.signals <- syscall.SIGTERM
	require.NoError(t, b.ends(t))
	assert.EqualValues(t, 1, b.exited.Load())
}

// TestUpstreamDoesNotHearSIGHUP sends real ones, from before the start on: upstream
// would reload without a trial. None is lost.
func TestUpstreamDoesNotHearSIGHUP(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Try = func(context.Context) error { return errors.New("no") } })
	signal.Notify(b.signals, syscall.SIGHUP)
	defer signal.Stop(b.signals)
	stopped := atomic.Int64{}
	b.start = func(string) error { return syscall.Kill(os.Getpid(), syscall.SIGHUP) }
	b.stop = func() { stopped.Add(1) }
	b.begins(t)
	b.runs(t, "a")
	assert.Eventually(t, func() bool { return b.counts.refused.Load() == 1 }, patience, time.Millisecond)
	for n := range 3 {
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
		assert.Eventually(t, func() bool { return b.counts.refused.Load() == int64(n+2) }, patience, time.Millisecond)
	}
	assert.Zero(t, stopped.Load())
	b.signals <- syscall.SIGTERM
	require.NoError(t, b.ends(t))
}

func TestStopTimeout(t *testing.T) {
	read := func(text string) (time.Duration, error) {
		return StopTimeout(func(string) string { return text })
	}
	limit, err := read("")
	require.NoError(t, err)
	assert.Less(t, limit, 10*time.Second, "container runtimes kill after ten seconds")
	limit, err = read("1m30s")
	require.NoError(t, err)
	assert.Equal(t, 90*time.Second, limit)
	for _, text := range []string{"30", "soon", "0s", "-1s"} {
		_, err = read(text)
		require.EqualError(t, err, `OTELCOL_STOP_TIMEOUT: "`+text+`" is not a duration above zero, such as 30s`)
	}
}

func TestTheReasonOfARefusalIsWhatItsTrialSays(t *testing.T) {
	failed := errors.New("exit status 1")
	require.NoError(t, outcome(nil, "a warning"))
	require.EqualError(t, outcome(failed, "a warning\nError: receivers::otlp: no\nAnother program listens there.\n"), "receivers::otlp: no")
	require.ErrorContains(t, outcome(errors.New("signal: killed"), ""), "signal: killed")
	require.ErrorContains(t, outcome(failed, "panic: no\n\ngoroutine 1"), "did not end in an orderly way")
}
