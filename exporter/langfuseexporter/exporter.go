package langfuseexporter

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
)

// langfuseExporter sends traces to Langfuse.
type langfuseExporter struct {
	config    *Config
	settings  exporter.Settings
	telemetry *metadata.TelemetryBuilder
	mapping   *mapping.Compiled
	filter    *spanFilter
	router    *router
	memory    *memory
	refusals  *refusals
	unrouted  *refusals // logs spans that have no project
	uploader  *uploader
	// uploadFailures logs files that could not be uploaded.
	uploadFailures *refusals

	sdkName, userAgent string
	// mark tells batches of ours that come back for another try.
	mark string

	host   component.Host
	client *http.Client // for traces
	api    *http.Client // for the other routes, which take no compressed requests
	status atomic.Int32 // what was reported last

	background sync.WaitGroup // of the check on start
	cancel     context.CancelFunc
}

func newExporter(config *Config, set exporter.Settings) (*langfuseExporter, error) {
	router, err := newRouter(config)
	if err != nil {
		return nil, err
	}
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	e := &langfuseExporter{
		config: config, settings: set, telemetry: telemetry, router: router,
		mapping: mapping.Compile(mapping.Options(config.Mapping), config.defaults()),
		filter:  newSpanFilter(&config.Filter), memory: newMemory(config.Propagate.Cache),
		refusals:       newRefusals(set.Logger.Error, "Spans are dropped: Langfuse does not accept them", "spans"),
		unrouted:       newRefusals(set.Logger.Warn, "Spans are dropped: routing::from finds no project for them and routing::default is drop", "spans"),
		uploadFailures: newRefusals(set.Logger.Error, "Files are not uploaded; the spans that refer to them are", "files"), mark: rand.Text(), cancel: func() {},
		sdkName: config.SDKName,
	}
	build := set.BuildInfo
	if e.sdkName == "" {
		e.sdkName = build.Command
	}
	e.userAgent = fmt.Sprintf("%s/%s (%s/%s)", build.Description, build.Version, runtime.GOOS, runtime.GOARCH)
	return e, nil
}

func (c *Config) defaults() mapping.Defaults {
	return mapping.Defaults{Environment: c.Environment, Release: c.Release, Version: c.Version, ReleaseFrom: c.ReleaseFrom}
}

func (e *langfuseExporter) start(ctx context.Context, host component.Host) error {
	e.host = host
	// The endpoint of the HTTP client is not used, but looked at.
	clientConfig := e.config.ClientConfig
	clientConfig.Endpoint = ""
	var err error
	if e.client, err = e.newClient(ctx, host, clientConfig); err != nil {
		return err
	}
	plain := clientConfig
	plain.Compression = configcompression.Type("none")
	if e.api, err = e.newClient(ctx, host, plain); err != nil {
		return err
	}
	if e.config.Media.Mode == mediaUpload {
		store, err := e.newClient(ctx, host, storeClient(plain))
		if err != nil {
			return err
		}
		e.uploader = e.startUploader(ctx, store)
	}
	if err := e.startLanes(ctx, host); err != nil {
		return err
	}
	return e.checkOnStart(ctx)
}

// newClient makes an HTTP client. A redirect makes a GET of a POST, and may lead
// to another host: it is an answer like others.
func (e *langfuseExporter) newClient(ctx context.Context, host component.Host, config confighttp.ClientConfig) (*http.Client, error) {
	client, err := config.ToClient(ctx, host.GetExtensions(), e.settings.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client, nil
}

func (e *langfuseExporter) shutdown(ctx context.Context) error {
	e.cancel()
	e.background.Wait()
	err := e.stopLanes(ctx)
	if e.uploader != nil {
		e.uploader.stop(ctx)
		e.uploader.client.CloseIdleConnections()
		e.uploader = nil
	}
	for _, client := range [...]*http.Client{e.client, e.api} {
		if client != nil {
			client.CloseIdleConnections()
		}
	}
	e.telemetry.Shutdown()
	return err
}

// push sends a batch. What has to be sent again comes back in the error, as it
// was mapped: a span that has been sent must not be sent in another form.
func (e *langfuseExporter) push(ctx context.Context, td ptrace.Traces) error {
	shipments, fresh := e.comeBack(td)
	if fresh.ResourceSpans().Len() > 0 {
		more, p := e.prepare(ctx, fresh)
		e.countPreparation(ctx, &p.tally)
		shipments = append(shipments, more...)
	}
	return e.send(ctx, shipments)
}

// send sends shipments. What a project does not take now goes into its lane, or,
// where it has none or no room there, comes back in the error.
func (e *langfuseExporter) send(ctx context.Context, shipments []shipment) error {
	o := outcome{failed: ptrace.NewTraces()}
	for _, s := range shipments {
		// Where the last attempt failed, others that wait come first.
		if err := s.to.lane.failure(); err != nil && s.to.lane.take(ctx, s.traces) {
			o.waits = err
			continue
		}
		d := e.attempt(ctx, s)
		o.delivered += d.delivered
		switch {
		case d.retry == nil:
		case s.to.lane.take(ctx, d.failed):
			o.waits = d.retry
		default:
			o.retry = d.retry
			e.sendBack(s.to, d.failed, o.failed)
		}
		if d.refusal != nil {
			o.refusal = d.refusal
		}
	}
	return e.settle(&o)
}

// outcome is what became of shipments.
type outcome struct {
	delivered int
	waits     error         // why some are in a lane
	refusal   error         // why some are given up
	retry     error         // why some are to be sent again
	failed    ptrace.Traces // those
}

// settle tells the host and the queue of an outcome.
func (e *langfuseExporter) settle(o *outcome) error {
	switch {
	case o.retry != nil:
		e.report(componentstatus.NewRecoverableErrorEvent(o.retry))
		return consumererror.NewTraces(throttled(o.retry), o.failed)
	case o.waits != nil:
		e.report(componentstatus.NewRecoverableErrorEvent(o.waits))
	case o.refusal != nil && o.delivered == 0:
		e.report(componentstatus.NewRecoverableErrorEvent(o.refusal))
		return consumererror.NewPermanent(o.refusal)
	case o.refusal != nil:
		// Part of the batch is accepted: it counts as sent, the rest has been counted
		// and logged.
		e.report(componentstatus.NewRecoverableErrorEvent(o.refusal))
	case o.delivered > 0:
		e.reportOK()
	}
	return nil
}

// attempt delivers a shipment, unless its project takes nothing at the moment. What
// its lane has no room for is sent past it: nothing else may wait there to find out
// that the server is back.
func (e *langfuseExporter) attempt(ctx context.Context, s shipment) *delivery {
	if err := s.to.lane.gate(time.Now()); err != nil {
		d := newDelivery()
		d.again(s.traces, err)
		return d
	}
	return e.try(ctx, s)
}

// try delivers a shipment, and lets the lane of its project know how that went.
func (e *langfuseExporter) try(ctx context.Context, s shipment) *delivery {
	d := e.deliver(ctx, s)
	e.countDelivery(ctx, s.to, d)
	s.to.lane.note(d.retry, time.Now())
	return d
}

// throttled lets the retry wait as long as the server asks for. What is no answer
// itself comes from the gate of a lane, and says for how long.
func throttled(err error) error {
	answer, ok := errors.AsType[*answerError](err)
	if ok && errors.Unwrap(err) == nil && answer.retryAfter > 0 {
		return exporterhelper.NewThrottleRetry(err, answer.retryAfter)
	}
	return err
}

// preparedKey is an attribute of a resource that is never sent: it marks spans
// that have been mapped, for a project, and are to be sent again.
const preparedKey = "langfuse_exporter.prepared"

func (e *langfuseExporter) markOf(p *project) string { return e.mark + "/" + p.name }

// sendBack marks spans and moves them to what is sent again.
func (e *langfuseExporter) sendBack(to *project, from, failed ptrace.Traces) {
	for _, rs := range from.ResourceSpans().All() {
		rs.Resource().Attributes().PutStr(preparedKey, e.markOf(to))
	}
	from.ResourceSpans().MoveAndAppendTo(failed.ResourceSpans())
}

// comeBack takes the spans out of a batch that have been mapped before. Such a
// batch is ours alone. All others are returned as they are.
func (e *langfuseExporter) comeBack(td ptrace.Traces) ([]shipment, ptrace.Traces) {
	if !e.isOurs(td) {
		return nil, td
	}
	var shipments []shipment
	for _, p := range e.router.projects {
		mine := ptrace.NewTraces()
		for _, rs := range td.ResourceSpans().All() {
			if mark, ok := rs.Resource().Attributes().Get(preparedKey); ok && mark.AsString() == e.markOf(p) {
				rs.Resource().Attributes().Remove(preparedKey)
				rs.MoveTo(mine.ResourceSpans().AppendEmpty())
			}
		}
		if mine.ResourceSpans().Len() > 0 {
			shipments = append(shipments, shipment{p, mine})
		}
	}
	return shipments, ptrace.NewTraces()
}

// isOurs reports whether a batch is one that push has returned.
func (e *langfuseExporter) isOurs(td ptrace.Traces) bool {
	if td.ResourceSpans().Len() == 0 {
		return false
	}
	mark, ok := td.ResourceSpans().At(0).Resource().Attributes().Get(preparedKey)
	if !ok {
		return false
	}
	for _, p := range e.router.projects {
		if mark.AsString() == e.markOf(p) {
			return true
		}
	}
	return false
}

// report tells the host how the exporter is, where that has changed. Refused
// keys are no permanent error: a key that was made a minute ago, or an upgraded
// plan, is accepted some time later.
func (e *langfuseExporter) report(event *componentstatus.Event) {
	if e.status.Swap(int32(event.Status())) != int32(event.Status()) {
		componentstatus.ReportStatus(e.host, event)
	}
}

// reportOK tells the host that all is well, unless spans of a project still wait.
func (e *langfuseExporter) reportOK() {
	for _, p := range e.router.projects {
		if p.lane.failure() != nil {
			return
		}
	}
	e.report(componentstatus.NewEvent(componentstatus.StatusOK))
}

// logger is the exporter's.
func (e *langfuseExporter) logger() *zap.Logger { return e.settings.Logger }
