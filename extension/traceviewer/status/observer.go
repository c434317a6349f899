package status

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-llm/otelcol-llm/internal/failures"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Observer knows how the collector does.
type Observer struct {
	build    component.BuildInfo
	source   query.Source
	started  time.Time
	failures *failures.Registry

	mu     sync.Mutex
	conf   *confmap.Conf
	layout *layout
	scrape *scraper
	health map[instance]reported

	reading sync.Mutex // one reads the metrics at a time, for all who ask
	last    metrics
	lastErr error
	lastAt  time.Time
	losses  losses
}

// instance is a component, whatever pipelines it is in.
type instance struct {
	kind component.Kind
	id   string
}

// reported is what a component has said of itself.
type reported struct {
	status componentstatus.Status
	class  string
	at     time.Time
}

// NewObserver returns an observer that knows nothing of the configuration yet.
func NewObserver(build component.BuildInfo, source query.Source) *Observer {
	return &Observer{
		build: build, source: source, started: time.Now(), failures: failures.Default,
		conf: confmap.New(), layout: &layout{}, health: map[instance]reported{}, losses: losses{},
	}
}

// Configure says what runs: the effective configuration, and as it is written.
func (o *Observer) Configure(conf, written *confmap.Conf) {
	l := newLayout(conf, written)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.conf, o.layout, o.scrape = conf, l, newScraper(conf)
}

// Note says what a component has reported.
func (o *Observer) Note(source *componentstatus.InstanceID, event *componentstatus.Event) {
	at := instance{source.Kind(), source.ComponentID().String()}
	r := reported{status: event.Status(), at: event.Timestamp()}
	if err := event.Err(); err != nil {
		r.class = failures.Classify(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.health[at] = r
}

// Close closes connections.
func (o *Observer) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.scrape != nil {
		o.scrape.client.CloseIdleConnections()
	}
}

// fresh is how long metrics are as good as new ones, so that many pages cost one reading.
const fresh = time.Second

// metrics reads the collector's own metrics.
func (o *Observer) metrics(ctx context.Context) (metrics, error) {
	o.reading.Lock()
	defer o.reading.Unlock()
	if time.Since(o.lastAt) < fresh {
		return o.last, o.lastErr
	}
	o.mu.Lock()
	scrape := o.scrape
	o.mu.Unlock()
	o.last, o.lastErr = scrape.read(context.WithoutCancel(ctx)) // it is for others too, and bounded
	o.lastAt = time.Now()
	if o.lastErr == nil {
		o.losses.look(o.last, o.lastAt)
	}
	return o.last, o.lastErr
}

// healthOf is what a component says of itself.
func (o *Observer) healthOf(kind component.Kind, id string) (Health, string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r, ok := o.health[instance{kind, id}]
	if !ok {
		return Unknown, ""
	}
	return words[r.status], r.class
}

// words are ours for what components report.
var words = map[componentstatus.Status]Health{
	componentstatus.StatusNone: Unknown, componentstatus.StatusStarting: Starting, componentstatus.StatusOK: OK,
	componentstatus.StatusRecoverableError: Degraded, componentstatus.StatusPermanentError: Failed, componentstatus.StatusFatalError: Failed,
	componentstatus.StatusStopping: Stopped, componentstatus.StatusStopped: Stopped,
}

// order is that of words of health, the best first.
var order = []Health{OK, Unknown, Starting, Stopped, Waiting, Degraded, Failed}

// worst is the worse of two.
func worst(a, b Health) Health {
	for _, word := range slices.Backward(order) {
		if a == word || b == word {
			return word
		}
	}
	return a
}

// losses remembers when exporters were seen to give something up.
type losses map[string]loss

type loss struct {
	total float64
	at    time.Time // zero where it has not become more since it was first looked at
}

// recent is how long a loss makes a destination look bad.
const recent = 10 * time.Minute

func (l losses) look(m metrics, now time.Time) {
	sums := map[string]float64{}
	for _, name := range []string{"otelcol_exporter_send_failed_spans", "otelcol_exporter_send_failed_log_records", "otelcol_exporter_send_failed_metric_points"} {
		for id, n := range m.by(name, "exporter") {
			sums[id] += n
		}
	}
	for id, n := range sums {
		switch before, known := l[id]; {
		case !known:
			l[id] = loss{total: n}
		case n > before.total:
			l[id] = loss{n, now}
		}
	}
}

func (o *Observer) lostRecently(id string) bool {
	o.reading.Lock()
	defer o.reading.Unlock()
	at := o.losses[id].at
	return !at.IsZero() && time.Since(at) < recent
}
