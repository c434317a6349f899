package datadogexporter

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	datadogconfig "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/datadog/config"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

const (
	// queueBytes is how much the queue on disk holds, in compressed payloads.
	queueBytes = 1 << 30
	// maxPayload is more than the agent ever sends: its payloads are cut at 3.2 MB.
	maxPayload = 16 << 20
	// quiet is how long a relay that stops waits for a further payload. The agent
	// flushes when it is told to stop, and does not say when it has: upstream's
	// shutdown returns before.
	quiet = time.Second
	// drained bounds that wait.
	drained = 5 * time.Second

	keyHeader = "DD-Api-Key"
	// pathAttribute and headerPrefix name what a record has beside the payload.
	pathAttribute = "path"
	headerPrefix  = "header."
)

// relay takes payloads of the trace agent in the place of Datadog's intake and
// sends them there, out of a queue on disk. In the queue a payload is a log record:
// exporterhelper, whose queue and attempts these are, knows OTLP only.
type relay struct {
	listener net.Listener
	server   *http.Server
	queue    exporter.Logs
	client   *http.Client
	config   *datadogconfig.Config
	set      component.TelemetrySettings
	intake   string // base URL
	latest   atomic.Int64
	refused  *refusal.Ledger
}

func newRelay(ctx context.Context, set exporter.Settings, config *datadogconfig.Config, at RelayConfig) (*relay, error) {
	r := &relay{
		config: config, set: set.TelemetrySettings, intake: strings.TrimRight(config.Traces.Endpoint, "/"),
		refused: refusal.NewLedger(at.Limits),
	}
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.Sizer = exporterhelper.RequestSizerTypeBytes
	queue.QueueSize = queueBytes
	queue.StorageID = config.QueueSettings.Get().StorageID
	retry := config.BackOffConfig
	retry.MaxElapsedTime = 0 // the queue is on disk
	set.ID = component.NewIDWithName(set.ID.Type(), strings.TrimPrefix(set.ID.Name()+"_payloads", "_"))
	var err error
	r.queue, err = exporterhelper.NewLogs(ctx, set, config, r.push,
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}), // the HTTP client has one
		exporterhelper.WithRetry(retry),
		exporterhelper.WithQueue(configoptional.Some(queue)),
	)
	if err != nil {
		return nil, err
	}
	// The agent wants the address when it is made, before the start, and speaks TCP
	// only. No other host reaches it, and on this one the API key is asked for.
	r.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", at.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("relay::endpoint: listen for the trace agent's payloads: %w", err)
	}
	r.server = &http.Server{Handler: http.HandlerFunc(r.take), ReadHeaderTimeout: 10 * time.Second}
	return r, nil
}

func (r *relay) url() string { return "http://" + r.listener.Addr().String() }

func (r *relay) start(ctx context.Context, host component.Host) error {
	var err error
	if r.client, err = r.config.ClientConfig.ToClient(ctx, host.GetExtensions(), r.set); err != nil {
		return err
	}
	// A client that follows a redirect asks for a page with GET.
	r.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if err := r.queue.Start(ctx, host); err != nil {
		return err
	}
	go func() {
		if err := r.server.Serve(r.listener); !errors.Is(err, http.ErrServerClosed) {
			r.set.Logger.Error("Payloads of traces are no longer taken", zap.Error(err))
		}
	}()
	return nil
}

// shutdown waits for the agent's last payloads, and ends.
func (r *relay) shutdown(ctx context.Context) error {
	if r.client == nil { // never started
		return r.listener.Close()
	}
	begun := time.Now()
	for time.Since(begun) < drained {
		since := time.Since(begun)
		if latest := r.latest.Load(); latest != 0 {
			since = min(since, time.Since(time.Unix(0, latest)))
		}
		if since >= quiet {
			break
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), r.server.Close(), r.queue.Shutdown(context.WithoutCancel(ctx)))
		case <-time.After(quiet - since):
		}
	}
	err := errors.Join(r.server.Close(), r.queue.Shutdown(ctx))
	r.client.CloseIdleConnections()
	return err
}

// take puts a payload into the queue. What the queue does not take the agent sends
// again.
func (r *relay) take(w http.ResponseWriter, request *http.Request) {
	defer func() { r.latest.Store(time.Now().UnixNano()) }()
	if subtle.ConstantTimeCompare([]byte(request.Header.Get(keyHeader)), []byte(r.config.API.Key)) != 1 {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxPayload))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if err := r.queue.ConsumeLogs(request.Context(), record(request, body)); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// record is a payload as it is queued, without the API key.
func record(request *http.Request, body []byte) plog.Logs {
	logs := plog.NewLogs()
	entry := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	entry.Attributes().PutStr(pathAttribute, request.URL.Path)
	for name := range request.Header {
		if name != http.CanonicalHeaderKey(keyHeader) && name != "Content-Length" {
			entry.Attributes().PutStr(headerPrefix+name, request.Header.Get(name))
		}
	}
	entry.Body().SetEmptyBytes().FromRaw(body)
	return logs
}

// push sends what is in the queue. A request of it is one payload: nothing batches
// them.
func (r *relay) push(ctx context.Context, logs plog.Logs) error {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, entry := range scope.LogRecords().All() {
				if err := r.send(ctx, entry); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *relay) send(ctx context.Context, entry plog.LogRecord) error {
	path, _ := entry.Attributes().Get(pathAttribute)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.intake+path.Str(), bytes.NewReader(entry.Body().Bytes().AsRaw()))
	if err != nil {
		return consumererror.NewPermanent(fmt.Errorf("traces::endpoint: %w", err))
	}
	for name, value := range entry.Attributes().All() {
		if header, ok := strings.CutPrefix(name, headerPrefix); ok {
			request.Header.Set(header, value.Str())
		}
	}
	request.Header.Set(keyHeader, string(r.config.API.Key))
	response, err := r.client.Do(request)
	if err != nil {
		return fmt.Errorf("send a payload of traces: %w", err)
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	_ = response.Body.Close()
	return r.bounded(entry, response.StatusCode, answered(response, body))
}

// bounded ends the attempts with a payload that the intake does not take, within the
// bounds of the configuration. Answers that say themselves that they pass have none.
func (r *relay) bounded(entry plog.LogRecord, status int, err error) error {
	key := func() refusal.Key { return refusal.KeyOf(entry.Body().Bytes().AsRaw()) }
	switch {
	case err == nil:
		r.refused.Taken(key)
		return nil
	case consumererror.IsPermanent(err), slices.Contains(passing, status):
		return err
	}
	if givenUp, _ := r.refused.Refused(key(), refusal.IsDoubtful(status)); givenUp != "" {
		return consumererror.NewPermanent(fmt.Errorf("%w: %s; it is given up", err, givenUp))
	}
	return err
}

// passing are statuses of a server that will take the same later.
var passing = []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// answered tells what an answer means, as the trace agent reads it
// (datadog-agent, pkg/trace/writer, isRetriable), but for a refused key and a wrong
// address: the agent, whose queue is in memory, drops what they refuse, and takes a
// page for an acceptance. Both are soon put right.
func answered(response *http.Response, body []byte) error {
	code := response.StatusCode
	err := fmt.Errorf("the trace intake answers %s", response.Status)
	switch {
	case code/100 == 2 && refusal.IsPage(response.Header.Get("Content-Type"), body):
		return fmt.Errorf("%w with a page of HTML: check traces::endpoint and the proxies in between; it is sent again", err)
	case code/100 == 2:
		return nil
	case code == http.StatusForbidden, code == http.StatusUnauthorized:
		return fmt.Errorf("%w: check api::key and api::site; it is sent again", err)
	case refusal.IsRedirect(code), slices.Contains(refusal.AddressStatus(), code):
		return fmt.Errorf("%w: check traces::endpoint; it is sent again", err)
	case code == http.StatusTooManyRequests, code/100 == 5, slices.Contains(refusal.AwayStatus(), code):
		return err
	}
	return consumererror.NewPermanent(err)
}
