package traceviewer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensioncapabilities"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/api"
	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/jaeger"
	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/status"
	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/studio"
	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/dburl"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/openstore"
)

// viewer is the extension.
type viewer struct {
	config   *Config
	set      extension.Settings
	source   *source
	observer *status.Observer
	live     *api.Live
	server   *http.Server
	serving  sync.WaitGroup
	named    *openstore.Store // by store::url

	mu       sync.Mutex
	exporter string // whose store is shown
}

var (
	_ extension.Extension                         = (*viewer)(nil)
	_ extensioncapabilities.ConfigSnapshotWatcher = (*viewer)(nil)
	_ extensioncapabilities.Dependent             = (*viewer)(nil)
	_ componentstatus.Watcher                     = (*viewer)(nil)
)

func newViewer(config *Config, set extension.Settings) *viewer {
	v := &viewer{config: config, set: set, named: namedStore(config.Store, set.BuildInfo)}
	v.source = newSource(v.locate, config.MaxConcurrentQueries, config.QueryTimeout)
	v.source.logger = set.Logger
	v.observer = status.NewObserver(set.BuildInfo, v.source)
	v.live = api.NewLive(v.source.changesNow, v.source, api.LiveOptions{})
	return v
}

// namedStore is the store of store::url, nil where there is none.
func namedStore(c StoreConfig, build component.BuildInfo) *openstore.Store {
	if c.URL == "" {
		return nil
	}
	at, err := dburl.Parse(c.URL) // which Validate has seen
	if err != nil || at.Server == nil {
		return &openstore.Store{File: at.File}
	}
	return &openstore.Store{Client: hrana.New(hrana.Options{
		URL: at.Server, HTTP: &http.Client{}, AuthToken: string(c.AuthToken), UserAgent: build.Command + "/" + build.Version,
	})}
}

// Dependencies are extensions that have to be there first.
func (v *viewer) Dependencies() []component.ID {
	if auth := v.config.ServerConfig.Auth; auth.HasValue() {
		return []component.ID{auth.Get().AuthenticatorID}
	}
	return nil
}

// Start listens.
func (v *viewer) Start(ctx context.Context, host component.Host) error {
	handler, err := v.handler()
	if err != nil {
		return err
	}
	if v.server, err = v.config.ServerConfig.ToServer(ctx, host.GetExtensions(), v.set.TelemetrySettings, handler); err != nil {
		return err
	}
	v.server.Handler = newGuard(v.config, v.crossable(handler), v.server.Handler)
	v.server.MaxHeaderBytes = 64 << 10
	listener, err := v.config.ServerConfig.ToListener(ctx)
	if err != nil {
		return fmt.Errorf("extensions::%s::endpoint: %w", v.set.ID, err)
	}
	v.set.Logger.Info("Traces can be looked at", zap.String("url", v.url(listener.Addr().String())))
	v.serving.Go(func() {
		if err := v.server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(err))
		}
	})
	return nil
}

func (v *viewer) url(address string) string {
	scheme := "http"
	if v.config.ServerConfig.TLS.HasValue() {
		scheme = "https"
	}
	return scheme + "://" + address + "/"
}

// routes are those of all APIs.
func (v *viewer) routes() []mount.Route {
	env := mount.Env{Source: v.source, Answers: mount.NewAnswers(mount.MaxAnswers), Logger: v.set.Logger, Build: v.set.BuildInfo, Server: &v.config.ServerConfig}
	var routes []mount.Route
	for _, routesOf := range append([]mount.API{api.New(v.observer, v.live), v.mcp}, mounted...) {
		routes = append(routes, routesOf(env)...)
	}
	return routes
}

// mounted are the APIs beside the page's own.
var mounted = []mount.API{jaeger.New, studio.New}

// handler serves the routes of all APIs, and the page.
func (v *viewer) handler() (*http.ServeMux, error) {
	files, err := assets()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	limit := newLimit(maxInFlight)
	for _, route := range v.routes() {
		handler := route.Handler
		if !route.Streams {
			handler = limit.bound(handler)
		}
		mux.Handle(route.Pattern, &routeHandler{Handler: handler, crossOrigin: route.CrossOrigin})
	}
	mux.Handle("GET /api/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "there is no such address; /api/v1/openapi.yaml has those that there are")
	}))
	// Mastra Studio asks whether anybody is here; the page itself has nothing of a trace.
	mux.Handle("POST /v1/{signal}", http.HandlerFunc(notAReceiver))
	mux.Handle("GET /", &routeHandler{Handler: page(files), crossOrigin: true})
	return mux, nil
}

// notAReceiver answers an application that sends OTLP to the port of the page. What it is
// answered is in the log of its SDK.
func notAReceiver(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusNotFound, "this is the page of traces, and takes none; it says at /start where OTLP goes, which is port 4318 by default")
}

// routeHandler is a handler that knows who may read it.
type routeHandler struct {
	http.Handler
	crossOrigin bool
}

// crossable reports whether a request is for what pages of allowed_origins may read.
func (v *viewer) crossable(mux *http.ServeMux) func(*http.Request) bool {
	return func(r *http.Request) bool {
		asked := r
		if r.Method == http.MethodOptions { // which asks for another method
			asked = r.Clone(r.Context())
			asked.Method = r.Header.Get("Access-Control-Request-Method")
		}
		handler, _ := mux.Handler(asked)
		h, ok := handler.(*routeHandler)
		return ok && h.crossOrigin
	}
}

// stopTimeout is how long answers may take that are being written at a stop.
const stopTimeout = time.Second

// Shutdown ends what is live, waits for answers that are being written, and closes the
// store.
func (v *viewer) Shutdown(ctx context.Context) error {
	v.live.Close()
	v.observer.Close()
	var err error
	if v.server != nil {
		ctx, cancel := context.WithTimeout(ctx, stopTimeout)
		defer cancel()
		if v.server.Shutdown(ctx) != nil { // readers are no reason to stop late
			err = v.server.Close()
		}
		v.serving.Wait()
	}
	return errors.Join(err, v.source.Close())
}

// NotifyConfigSnapshot finds the exporter whose store is shown, and what runs.
func (v *viewer) NotifyConfigSnapshot(_ context.Context, snapshot extensioncapabilities.ConfigSnapshot) error {
	conf := snapshot.Effective()
	v.observer.Configure(conf, snapshot.Unexpanded())
	if v.config.Store.URL != "" {
		return nil
	}
	id, err := chooseExporter(v.config.Exporter, conf)
	if err != nil {
		return fmt.Errorf("extensions::%s: %w", v.set.ID, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.exporter = id
	return nil
}

// ComponentStatusChanged notes how a component does.
func (v *viewer) ComponentStatusChanged(source *componentstatus.InstanceID, event *componentstatus.Event) {
	v.observer.Note(source, event)
}

// chooseExporter finds the libsql exporter of a configuration.
func chooseExporter(named string, conf *confmap.Conf) (string, error) {
	var w struct {
		Service struct {
			Pipelines map[string]struct {
				Exporters []string `mapstructure:"exporters"`
			} `mapstructure:"pipelines"`
		} `mapstructure:"service"`
	}
	if err := conf.Unmarshal(&w, confmap.WithIgnoreUnused()); err != nil {
		return "", err
	}
	var found []string
	for _, p := range w.Service.Pipelines {
		for _, id := range p.Exporters {
			if id == "libsql" || strings.HasPrefix(id, "libsql/") {
				found = append(found, id)
			}
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	switch {
	case named != "":
		if !slices.Contains(found, named) {
			return "", fmt.Errorf("exporter: no pipeline has a libsql exporter %s; name one that has, or leave it out", named)
		}
		return named, nil
	case len(found) == 0:
		return "", errors.New("no pipeline has a libsql exporter, whose store would be shown; add one as config/destinations/libsql.yaml does, name the store of another collector in store::url, or take trace_viewer out of service::extensions")
	case len(found) > 1:
		return "", fmt.Errorf("exporter: there are several libsql exporters, %s; name the one whose store is shown", strings.Join(found, " and "))
	}
	return found[0], nil
}

// locate is where the store is now.
func (v *viewer) locate() (openstore.Store, error) {
	if v.named != nil {
		return *v.named, nil
	}
	v.mu.Lock()
	id := v.exporter
	v.mu.Unlock()
	store, ok := openstore.Find(id)
	if !ok {
		return openstore.Store{}, unready("the trace store is not open yet; the collector is starting")
	}
	return store, nil
}
