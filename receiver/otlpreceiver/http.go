package otlpreceiver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	nooptrace "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/receiver/otlpreceiver/internal/otlpwire"
)

// outer is the key of a request's context as it was before upstream's code for
// decompression, which begins another span of the collector's own.
type outer struct{}

// wrapHandler puts the guard before upstream's handler: the time of the body, then its
// decompression, then what it holds.
func (g *guard) wrapHandler(ctx context.Context, base http.Handler) (http.Handler, error) {
	config := confighttp.NewDefaultServerConfig()
	config.MaxRequestBodySize = g.maxBody
	config.CompressionAlgorithms = g.encoding
	options := []confighttp.ToServerOption{confighttp.WithErrorHandler(g.notDecompressed)}
	if g.encoding == nil || slices.Contains(g.encoding, "zstd") {
		options = append(options, confighttp.WithDecoder("zstd", newZstdBody))
	}
	examined := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.examine(w, r.WithContext(r.Context().Value(outer{}).(context.Context)), base) //nolint:contextcheck // put there below
	})
	server, err := config.ToServer(ctx, nil, component.TelemetrySettings{
		Logger: zap.NewNop(), TracerProvider: nooptrace.NewTracerProvider(), MeterProvider: noopmetric.NewMeterProvider(),
	}, examined, options...)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := g.timedBody(w, r.Body)
		defer body.done()
		r.Body = body
		nameCoding(r.Header)
		server.Handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), outer{}, r.Context())))
		body.drain(g.maxBody)
	}), nil
}

// nameCoding writes the name of a content coding as upstream knows it. Names are of any
// case, and x-gzip is gzip (https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1);
// identity is none.
func nameCoding(header http.Header) {
	const key = "Content-Encoding"
	switch name := strings.ToLower(strings.TrimSpace(header.Get(key))); name {
	case "", "identity":
		header.Del(key)
	case "x-gzip":
		header.Set(key, "gzip")
	default:
		header.Set(key, name)
	}
}

// answered is an answer other than success.
type answered struct {
	status  int
	reason  reason
	message string
}

func (g *guard) refuse(ctx context.Context, w http.ResponseWriter, as form, a *answered) {
	g.refusals.add(ctx, overHTTP, a.reason, a.message)
	writeError(w, as, a.status, a.message)
}

// notDecompressed is called for a compression that is not known, or a body that does not
// begin as it should.
func (g *guard) notDecompressed(w http.ResponseWriter, r *http.Request, message string, _ int) {
	a := g.unreadable(errors.New(message))
	if strings.Contains(message, "exceeds max request body size") { // of snappy, which says its size first
		a = g.unreadable(&http.MaxBytesError{Limit: g.maxBody})
	}
	g.refuse(r.Context(), w, formOf(r.Header), a)
}

// examine reads the body, refuses what may not be decoded, and gives the rest to
// upstream.
func (g *guard) examine(w http.ResponseWriter, r *http.Request, base http.Handler) {
	as, schema := formOf(r.Header), g.schemas[r.URL.Path]
	if r.Method != http.MethodPost || as == formNone || schema == nil {
		g.pass(w, r, base, nil)
		return
	}
	var held releases
	defer held.release()
	body, refused := g.read(r, &held)
	size := 0
	if refused == nil {
		body, size, refused = g.inspect(schema, as, body)
	}
	if refused == nil && !g.reserve(r.Context(), g.decoded, int64(size), &held) {
		refused = g.tooBusy()
	}
	if refused != nil {
		g.refuse(r.Context(), w, as, refused)
		return
	}
	r.Body, r.ContentLength = &ownBody{rest: body}, int64(len(body))
	if as == formProtobuf {
		g.pass(w, r, base, nil)
		return
	}
	r.Header.Set("Content-Type", protobufType)
	g.pass(w, r, base, schema)
}

func (g *guard) tooBusy() *answered {
	return &answered{http.StatusServiceUnavailable, busy, g.busy()}
}

// firstRead is what a body is given to begin with.
const firstRead = 64 << 10

// read reads the body whole. It reserves the memory as the body comes, and not as its
// headers say: whoever announces much and sends nothing keeps nobody waiting. A body that
// has all there is for bodies needs no more, or it would wait for itself.
func (g *guard) read(r *http.Request, held *releases) ([]byte, *answered) {
	body, reserved := []byte(nil), 0
	for {
		more := min(max(firstRead, reserved), max(int(g.maxBody)-reserved, 0)+bytes.MinRead)
		if r.ContentLength > 0 {
			more = min(more, max(int(r.ContentLength)-reserved, 0)+bytes.MinRead)
		}
		if !g.reserve(r.Context(), g.bodies, min(int64(more), g.bodies.most-int64(reserved)), held) {
			return nil, g.tooBusy()
		}
		reserved += more
		body = slices.Grow(body, reserved-len(body))[:len(body)]
		var err error
		for len(body) < reserved && err == nil {
			var n int
			n, err = r.Body.Read(body[len(body):reserved])
			body = body[:len(body)+n]
		}
		if errors.Is(err, io.EOF) {
			err = r.Body.Close()
			if err == nil {
				return body, nil
			}
		}
		if err != nil {
			return nil, g.unreadable(err)
		}
	}
}

// unreadable says why a body could not be read.
func (g *guard) unreadable(err error) *answered {
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return &answered{http.StatusRequestEntityTooLarge, tooLarge, fmt.Sprintf(
			"the body is larger than %d bytes, decompressed (max_request_body_size of the receiver): send smaller batches", g.maxBody)}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &answered{http.StatusServiceUnavailable, tooSlow, fmt.Sprintf(
			"the body came slower than %d KiB a second for %v (limits::body_timeout of the receiver)", bodyRate>>10, g.limits.BodyTimeout)}
	case errors.Is(err, errZstdWindow):
		return &answered{http.StatusBadRequest, malformed, err.Error()}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &answered{http.StatusBadRequest, malformed, "the body ends before its time"}
	default:
		return &answered{http.StatusBadRequest, malformed, "the body cannot be read: " + err.Error()}
	}
}

// inspect returns the body in protobuf and what it takes, decoded.
func (g *guard) inspect(schema *otlpwire.Message, as form, body []byte) ([]byte, int, *answered) {
	var size int
	var err error
	if as == formJSON {
		body, size, err = otlpwire.FromJSON(schema, body, g.decodedLimit())
	} else {
		size, err = otlpwire.Scan(schema, body, g.decodedLimit())
	}
	switch {
	case errors.Is(err, otlpwire.ErrTooLarge):
		return nil, 0, &answered{http.StatusRequestEntityTooLarge, tooLargeDecoded, g.tooLarge()}
	case err != nil:
		return nil, 0, &answered{http.StatusBadRequest, malformed, "the body is not OTLP: " + err.Error()}
	}
	return body, size, nil
}

// pass gives a request to upstream and counts its answer. schema is that of a request
// that came in JSON.
func (g *guard) pass(w http.ResponseWriter, r *http.Request, base http.Handler, schema *otlpwire.Message) {
	a := &answer{ResponseWriter: w, keep: schema != nil}
	base.ServeHTTP(a, r)
	if a.keep {
		a.asJSON(schema.Response())
	}
	why := reasonOf(a.status)
	if r.Method == "PRI" { // how a connection of HTTP/2 begins: https://www.rfc-editor.org/rfc/rfc9113#preface
		why = grpcAtHTTP
	}
	if why != "" {
		g.refusals.add(r.Context(), overHTTP, why)
	}
}
