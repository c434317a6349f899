package lifecycle

import (
	"context"
	"os"
	"os/signal"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
	"go.uber.org/zap"
)

// instance is a collector with one configuration, from its start to its end.
type instance struct {
	collector *otelcol.Collector
	conf      *confmap.Conf // as it is resolved; read it when ready
	log       *zap.Logger   // of the service, once there is one
	ready     chan struct{} // closed when it runs
	done      chan error    // receives what Run returns
}

// newInstance starts one. Where a configuration is given, none is read.
func (r *runner) newInstance(ctx context.Context, given *confmap.Conf) (*instance, error) {
	i := &instance{log: zap.NewNop(), ready: make(chan struct{}), done: make(chan error, 1)}
	set := r.set
	resolver := &set.ConfigProviderSettings.ResolverSettings
	resolver.ProviderFactories = r.watched(resolver.ProviderFactories)
	if given != nil {
		resolver.URIs = []string{emptyScheme + ":"}
		resolver.ProviderFactories = append(resolver.ProviderFactories, confmap.NewProviderFactory(
			func(confmap.ProviderSettings) confmap.Provider { return emptyProvider{} }))
	}
	resolver.ConverterFactories = append(slices.Clone(resolver.ConverterFactories), confmap.NewConverterFactory(
		func(set confmap.ConverterSettings) confmap.Converter {
			i.log = set.Logger
			return resolved{i, given}
		}))
	var err error
	if i.collector, err = otelcol.NewCollector(set); err != nil {
		return nil, err
	}
	var once sync.Once
	ready := i.ready
	loop := loopContext{ctx, func() {
		i.deafen()
		once.Do(func() { close(ready) })
	}}
	go func() { i.done <- i.collector.Run(loop) }() //nolint:contextcheck // it is ctx, and tells when it is asked
	return i, nil
}

// plain is the configuration without what only decoding knows.
func (i *instance) plain() *confmap.Conf { return confmap.NewFromStringMap(i.conf.ToStringMap()) }

// deafen ends the collector's listening for signals. It is called in the collector's
// own goroutine, between its beginning to listen and its waiting. What has come in
// between has come here as well.
//
// The channel is a private field: package signal could otherwise take a signal from
// all who listen at once alone, and drops one that comes meanwhile.
func (i *instance) deafen() {
	field := reflect.ValueOf(i.collector).Elem().FieldByName("signalsChannel")
	if !field.IsValid() || field.Type() != reflect.TypeFor[chan os.Signal]() {
		panic("otelcol.Collector has no signalsChannel: see lifecycle.instance.deafen")
	}
	channel := *(*chan os.Signal)(unsafe.Pointer(field.UnsafeAddr())) //nolint:gosec // read, of the type that was looked at
	signal.Stop(channel)
	for len(channel) > 0 {
		<-channel
	}
}

// loopContext is the context of a collector that tells when its loop waits for
// events. It waits for the context's end among them, and so asks for its channel each
// time, after it has begun to listen for signals.
type loopContext struct {
	context.Context
	looping func()
}

// Done is the channel of the context.
func (c loopContext) Done() <-chan struct{} {
	var caller [1]uintptr
	runtime.Callers(2, caller[:])
	if frame, _ := runtime.CallersFrames(caller[:]).Next(); frame.Function == loop {
		c.looping()
	}
	return c.Context.Done()
}

// loop is the method that waits. Components, which have the context too, ask for its
// channel as often as they like.
const loop = "go.opentelemetry.io/collector/otelcol.(*Collector).Run"

// resolved notes a configuration when it has been read, or replaces it by a given one.
type resolved struct {
	instance *instance
	given    *confmap.Conf
}

// Convert is called with the whole configuration. Unlike a provider's, its Conf has
// the text of values beside what YAML makes of them, so that a password of digits
// stays one.
func (c resolved) Convert(_ context.Context, conf *confmap.Conf) error {
	if c.given != nil {
		if err := conf.Merge(c.given); err != nil {
			return err
		}
	}
	c.instance.conf = confmap.New()
	return c.instance.conf.Merge(conf)
}

// emptyScheme is that of the provider of an empty configuration.
const emptyScheme = "given"

type emptyProvider struct{}

// Retrieve returns nothing.
func (emptyProvider) Retrieve(context.Context, string, confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrieved(map[string]any{})
}

// Scheme is given.
func (emptyProvider) Scheme() string { return emptyScheme }

// Shutdown does nothing.
func (emptyProvider) Shutdown(context.Context) error { return nil }

// watched are providers whose changes ask for a reload here, not of the collector,
// which would stop everything before it reads.
func (r *runner) watched(factories []confmap.ProviderFactory) []confmap.ProviderFactory {
	watched := make([]confmap.ProviderFactory, len(factories), len(factories)+1)
	for i, factory := range factories {
		watched[i] = confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
			return watchedProvider{factory.Create(set), r}
		})
	}
	return watched
}

type watchedProvider struct {
	confmap.Provider
	runner *runner
}

// Retrieve reads a part of the configuration. An error of watching is the
// collector's, which ends with it.
func (p watchedProvider) Retrieve(ctx context.Context, uri string, watch confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return p.Provider.Retrieve(ctx, uri, func(event *confmap.ChangeEvent) {
		if event.Error != nil {
			watch(event)
			return
		}
		select {
		case p.runner.changed <- struct{}{}:
		default: // one is asked for
		}
	})
}
