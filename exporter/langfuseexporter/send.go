package langfuseexporter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// delivery is the outcome of sending a shipment.
type delivery struct {
	delivered int
	failed    ptrace.Traces // to be sent again
	retry     error         // why

	rejected map[rejection]int // spans that are given up
	refusal  error             // why, the last

	requests, truncated int
}

func newDelivery() *delivery {
	return &delivery{failed: ptrace.NewTraces(), rejected: map[rejection]int{}}
}

func (d *delivery) again(td ptrace.Traces, err error) {
	td.ResourceSpans().MoveAndAppendTo(d.failed.ResourceSpans())
	d.retry = err
}

func (d *delivery) reject(td ptrace.Traces, err *answerError) {
	d.rejected[err.rejection()] += td.SpanCount()
	d.refusal = err
}

// deliver sends a shipment in as many requests as it needs. After a failure
// that will pass, nothing more is sent: the server has asked for a pause.
func (e *langfuseExporter) deliver(ctx context.Context, s shipment) *delivery {
	d := newDelivery()
	for _, part := range split(s.traces, e.config.MaxRequestBytes) {
		e.sendPart(ctx, s.to, part, d)
	}
	return d
}

// smallestCut is the length to which the last span that a proxy does not let
// through is cut before it is given up.
const smallestCut = 8 << 10

// sendPart sends spans in one request, or in two where they are too many for
// the server.
func (e *langfuseExporter) sendPart(ctx context.Context, to *project, td ptrace.Traces, d *delivery) {
	if d.retry != nil {
		d.again(td, d.retry)
		return
	}
	body, err := e.marshal(td)
	if err != nil {
		// Spans that cannot be encoded can never be sent.
		d.rejected[rejectedOther] += td.SpanCount()
		d.refusal = err
		return
	}
	spans := td.SpanCount()
	if len(body) > e.config.MaxRequestBytes && spans > 1 { // JSON is longer than what was measured
		e.sendHalves(ctx, to, td, d)
		return
	}
	d.requests++
	err = e.post(ctx, to, body)
	key := func() refusal.Key { return refusal.KeyOf(body) }
	var answer *answerError
	switch {
	case err == nil:
		to.refused.Taken(key)
		d.delivered += spans
	case !errors.As(err, &answer):
		d.again(td, err)
	case answer.status == http.StatusRequestEntityTooLarge:
		e.sendSmaller(ctx, to, td, d, answer)
	case slices.Contains(passing, answer.status) && slices.Contains(e.config.RetryStatusCodes, answer.status):
		d.again(td, answer)
	case answer.status/100 == 2, refusal.IsRedirect(answer.status), slices.Contains(e.config.RetryStatusCodes, answer.status):
		e.sendAgain(ctx, to, td, d, answer, key())
	case spans > 1 && concernsSome(answer):
		e.sendHalves(ctx, to, td, d)
	default:
		d.reject(td, answer)
	}
}

// passing are answers that say themselves that they will pass.
var passing = []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// sendAgain keeps spans that are refused, within the bounds of the configuration. Of
// several that alone are refused one may be bad: then each half goes by itself.
func (e *langfuseExporter) sendAgain(ctx context.Context, to *project, td ptrace.Traces, d *delivery, answer *answerError, key refusal.Key) {
	givenUp, alone := to.refused.Refused(key, refusal.IsDoubtful(answer.status))
	switch {
	case givenUp == "":
		d.again(td, answer)
	case alone && td.SpanCount() > 1:
		e.sendHalves(ctx, to, td, d)
	default:
		answer.hint = givenUp + "; given up"
		d.reject(td, answer)
	}
}

func (e *langfuseExporter) sendHalves(ctx context.Context, to *project, td ptrace.Traces, d *delivery) {
	first, second := halve(td)
	e.sendPart(ctx, to, first, d)
	e.sendPart(ctx, to, second, d)
}

// sendSmaller sends what was too large: fewer spans, or less of a single one.
func (e *langfuseExporter) sendSmaller(ctx context.Context, to *project, td ptrace.Traces, d *delivery, answer *answerError) {
	if td.SpanCount() > 1 {
		e.sendHalves(ctx, to, td, d)
		return
	}
	span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	size := sizer.SpanSize(span)
	if size <= smallestCut || !fit(span, max(size/2, smallestCut)) || sizer.SpanSize(span) >= size {
		d.reject(td, answer)
		return
	}
	d.truncated++
	e.sendPart(ctx, to, td, d)
}

// someOf is how Langfuse says that only some of the spans are bad, all of which
// it has refused then.
var someOf = regexp.MustCompile(`(\d+) of (\d+) span\(s\) cannot be processed`)

func concernsSome(answer *answerError) bool {
	if answer.status != http.StatusBadRequest {
		return false
	}
	found := someOf.FindStringSubmatch(answer.words)
	return found != nil && found[1] != found[2]
}

func (e *langfuseExporter) marshal(td ptrace.Traces) ([]byte, error) {
	request := ptraceotlp.NewExportRequestFromTraces(td)
	if e.config.Encoding == encodingJSON {
		return request.MarshalJSON()
	}
	return request.MarshalProto()
}

// maxDrain is how much of an answer is read so that its connection can be used
// again. The answer of a success is the server's own job, of no use to us.
const maxDrain = 64 << 10

// post sends one request. An answer that is no acceptance is an *answerError.
func (e *langfuseExporter) post(ctx context.Context, to *project, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.base+tracesPath, bytes.NewReader(body))
	if err != nil {
		return err
	}
	header := request.Header
	header.Set("Content-Type", "application/x-protobuf")
	if e.config.Encoding == encodingJSON {
		header.Set("Content-Type", "application/json")
	}
	if v := e.config.IngestionVersion; v > 0 {
		header.Set("x-langfuse-ingestion-version", strconv.Itoa(v))
	}
	header.Set("x-langfuse-sdk-name", e.sdkName)
	header.Set("x-langfuse-sdk-version", e.settings.BuildInfo.Version)
	response, err := e.do(e.client, request, to)
	if err != nil {
		return err
	}
	defer drain(response)
	if isAcceptance(response) {
		return nil
	}
	return answerOf(response, time.Now(), to.secrets)
}

// do adds the keys of the project to a request to Langfuse and sends it. Errors
// have no query, user or path of the address in them.
func (e *langfuseExporter) do(client *http.Client, request *http.Request, to *project) (*http.Response, error) {
	request.Header.Set("User-Agent", e.userAgent)
	if to.authorization != "" {
		request.Header.Set("Authorization", to.authorization)
	}
	if to.public != "" {
		request.Header.Set("x-langfuse-public-key", to.public)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("cannot reach Langfuse at %s: %w", request.URL.Host, reason(err))
	}
	return response, nil
}

// reason is an error of the HTTP client without the address.
func reason(err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		return inner.Err
	}
	return err
}

func drain(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, maxDrain)
	response.Body.Close()
}
