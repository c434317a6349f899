package langfuseexporter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/media"
)

// What became of a file.
var (
	mediaUploaded = with("outcome", "uploaded")
	mediaKnown    = with("outcome", "known")
	mediaStripped = with("outcome", "stripped")
	mediaFailed   = with("outcome", "failed")
)

// upload is a file on its way, and where it was found.
type upload struct {
	file               media.File
	to                 *project
	trace, span, field string
	trial              bool // whether only to see that the store is back; the span has a note
}

// uploader brings files to Langfuse's store, beside the spans that refer to
// them: a store that is slow or down never holds spans back.
type uploader struct {
	e      *langfuseExporter
	client *http.Client // for the store: without keys and headers of ours
	queue  chan *upload
	bytes  atomic.Int64 // of the files in the queue
	wait   sync.WaitGroup
	cancel context.CancelFunc

	stopTimeout, trialAfter time.Duration // of tests; else stopTimeout and storeTrial
}

// Bounds of what waits to be uploaded; what comes on top is stripped.
const (
	maxWaiting      = 1000
	maxWaitingBytes = 64 << 20
)

// startUploader starts the workers.
func (e *langfuseExporter) startUploader(ctx context.Context, client *http.Client) *uploader {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	u := &uploader{e: e, client: client, queue: make(chan *upload, maxWaiting), cancel: cancel, stopTimeout: stopTimeout, trialAfter: storeTrial}
	for range e.config.Media.Concurrency {
		u.wait.Go(func() {
			for next := range u.queue {
				u.bytes.Add(-int64(len(next.file.Content)))
				u.run(ctx, next)
			}
		})
	}
	return u
}

// storeClient is the HTTP client for the store: it is another server, and gets
// none of what Langfuse gets.
func storeClient(out confighttp.ClientConfig) confighttp.ClientConfig {
	out.Headers = configopaque.MapList{}
	out.Auth = confighttp.NewDefaultClientConfig().Auth
	out.Cookies = confighttp.NewDefaultClientConfig().Cookies
	return out
}

// stopTimeout is for how long what waits is still uploaded at the end: a store that
// is down must not hold up a shutdown.
const stopTimeout = 5 * time.Second

// stop ends the workers after what waits, after stopTimeout or with the context.
func (u *uploader) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, u.stopTimeout)
	defer cancel()
	close(u.queue)
	done := make(chan struct{})
	go func() {
		u.wait.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	u.cancel()
	<-done
}

// offer takes a file, where there is room.
func (u *uploader) offer(next *upload) bool {
	size := int64(len(next.file.Content))
	if u.bytes.Add(size) > maxWaitingBytes {
		u.bytes.Add(-size)
		return false
	}
	select {
	case u.queue <- next:
		return true
	default:
		u.bytes.Add(-size)
		return false
	}
}

// mediaOf returns what replaces files in the content of a span; nil where they
// are kept.
func (p *preparation) mediaOf(ctx context.Context, to *project, n *node) func(field, text string) string {
	e := p.e
	if e.config.Media.Mode == mediaKeep {
		return nil
	}
	return func(field, text string) string {
		return media.Replace(text, e.config.Media.MinSize, func(contentType, encoded string) string {
			if e.config.Media.Mode == mediaUpload && media.Allowed(contentType) && len(encoded)/4*3 <= e.config.Media.MaxSize {
				file, ok := media.Decode(contentType, encoded)
				if !ok {
					return ""
				}
				trial := to.store.trial(time.Now(), e.uploader.trialAfter)
				next := &upload{file: file, to: to, trace: n.span.TraceID().String(), span: n.span.SpanID().String(), field: field, trial: trial}
				if (trial || !to.store.down()) && e.uploader.offer(next) && !trial {
					return file.Reference()
				}
			}
			e.countMedia(ctx, mediaStripped)
			return media.Note(contentType, len(strings.TrimRight(encoded, "=")))
		})
	}
}

func (e *langfuseExporter) countMedia(ctx context.Context, outcome metric.AddOption) {
	e.telemetry.ExporterLangfuseMedia.Add(ctx, 1, outcome)
}

// attempts is how often an upload is tried.
const attempts = 3

// run uploads one file, counts how that went, and remembers it for later files.
func (u *uploader) run(ctx context.Context, next *upload) {
	known, err := u.upload(ctx, next)
	next.to.store.note(err, time.Now())
	switch {
	case next.trial && err != nil: // it is counted as stripped
		u.e.uploadFailures.note(next.to, fmt.Errorf("notes stand in the place of files until one can be uploaded: %w", err), 1)
	case next.trial:
	case err != nil:
		u.e.countMedia(ctx, mediaFailed)
		// The span is sent, and cannot be sent again in another form.
		u.e.uploadFailures.note(next.to, fmt.Errorf("the %s of observation %s of trace %s refers to nothing: %w", next.field, next.span, next.trace, err), 1)
	case known:
		u.e.countMedia(ctx, mediaKnown)
	default:
		u.e.countMedia(ctx, mediaUploaded)
	}
}

// upload uploads one file, in several attempts where that may help.
func (u *uploader) upload(ctx context.Context, next *upload) (known bool, err error) {
	for i := range attempts {
		if known, err = u.once(ctx, next); err == nil {
			break
		}
		var answer *answerError
		if errors.As(err, &answer) && !slices.Contains(u.e.config.RetryStatusCodes, answer.status) {
			break
		}
		pause := time.Second << i
		if answer != nil && answer.retryAfter > 0 {
			pause = min(answer.retryAfter, time.Minute)
		}
		if i == attempts-1 || !sleep(ctx, pause) {
			break
		}
	}
	return known, err
}

// sleep waits. It reports false where the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once announces a file, brings it to the store, and says how that went.
func (u *uploader) once(ctx context.Context, next *upload) (known bool, err error) {
	announcement := map[string]any{
		"traceId": next.trace, "observationId": next.span, "field": next.field, "contentType": next.file.Type,
		"contentLength": len(next.file.Content), "sha256Hash": next.file.Hash,
	}
	var answer struct {
		MediaID   string  `json:"mediaId"`
		UploadURL *string `json:"uploadUrl"`
	}
	if err := u.call(ctx, next.to, http.MethodPost, mediaPath, announcement, &answer); err != nil {
		return false, err
	}
	if answer.UploadURL == nil || *answer.UploadURL == "" {
		return true, nil
	}
	begin := time.Now()
	status, err := u.put(ctx, *answer.UploadURL, &next.file)
	report := map[string]any{
		"uploadedAt": time.Now().UTC().Format(time.RFC3339Nano), "uploadHttpStatus": status, "uploadTimeMs": time.Since(begin).Milliseconds(),
	}
	if err != nil {
		report["uploadHttpError"] = err.Error()
	}
	if status == 0 { // the store was not reached; there is nothing to report
		return false, err
	}
	if reportErr := u.call(ctx, next.to, http.MethodPatch, mediaPath+"/"+answer.MediaID, report, nil); err == nil {
		err = reportErr
	}
	return false, err
}

// call calls Langfuse's API with JSON.
func (u *uploader) call(ctx context.Context, to *project, method, path string, in map[string]any, out any) error {
	ctx, cancel := context.WithTimeout(ctx, u.timeout())
	defer cancel()
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, to.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := u.e.do(u.e.api, request, to)
	if err != nil {
		return err
	}
	defer drain(response)
	if response.StatusCode/100 != 2 {
		return answerOf(response, time.Now(), to.secrets)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(io.LimitReader(response.Body, maxDrain)).Decode(out)
}

// put brings the file to the store. The status is 0 where it was not reached.
func (u *uploader) put(ctx context.Context, url string, file *media.File) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, u.timeout())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, url, bytes.NewReader(file.Content))
	if err != nil {
		return 0, errors.New("the store's address cannot be read")
	}
	request.Header.Set("Content-Type", file.Type)
	if !strings.HasSuffix(request.URL.Hostname(), "storage.googleapis.com") { // whose signature covers no other header
		request.Header.Set("x-amz-checksum-sha256", file.Hash)
		request.Header.Set("x-ms-blob-type", "BlockBlob")
	}
	response, err := u.client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("the store at %s cannot be reached: %w", request.URL.Host, reason(err))
	}
	defer drain(response)
	if response.StatusCode/100 != 2 {
		return response.StatusCode, &answerError{status: response.StatusCode, who: "the object store at " + request.URL.Host}
	}
	return response.StatusCode, nil
}

func (u *uploader) timeout() time.Duration {
	if t := u.e.config.ClientConfig.Timeout; t > 0 {
		return t
	}
	return time.Minute
}
