//go:build linux

package chaos

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// seed is a good body of a captured application, which mutations begin with.
type seed struct {
	path        string // of OTLP/HTTP
	method      string // of gRPC
	proto, json []byte
}

// seeds are parts of the captures: single spans and small groups, so that mutations
// reach every field, and whole runs.
func seeds(t testing.TB, secrets testutil.Secrets) (all []seed) {
	t.Helper()
	add := func(td ptrace.Traces) {
		request := ptraceotlp.NewExportRequestFromTraces(td)
		raw, err := request.MarshalProto()
		require.NoError(t, err)
		text, err := request.MarshalJSON()
		require.NoError(t, err)
		all = append(all, seed{"/v1/traces", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", raw, text})
	}
	for _, td := range []ptrace.Traces{testutil.TicketRun(secrets), testutil.CoverageRun(secrets)} {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for i, span := range ss.Spans().All() {
					one := ptrace.NewTraces()
					to := one.ResourceSpans().AppendEmpty()
					rs.Resource().CopyTo(to.Resource())
					scope := to.ScopeSpans().AppendEmpty()
					ss.Scope().CopyTo(scope.Scope())
					span.CopyTo(scope.Spans().AppendEmpty())
					if i+1 < ss.Spans().Len() && i%3 == 0 {
						ss.Spans().At(i + 1).CopyTo(scope.Spans().AppendEmpty())
					}
					add(one)
				}
			}
		}
	}
	add(testutil.TicketRun(secrets))
	for range 20 {
		logs := plogotlp.NewExportRequestFromLogs(testutil.TicketLogs(secrets))
		raw, err := logs.MarshalProto()
		require.NoError(t, err)
		text, err := logs.MarshalJSON()
		require.NoError(t, err)
		all = append(all, seed{"/v1/logs", "/opentelemetry.proto.collector.logs.v1.LogsService/Export", raw, text})
	}
	return all
}

// mutator changes bodies.
type mutator struct {
	*rand.Rand
	seeds []seed
}

// tokens are pieces of JSON and of text that parsers stumble over.
var tokens = []string{
	"null", "NaN", "Infinity", "-0", "1e999", "18446744073709551616", "-1", "true", `""`, "[]", "{}", `{"kvlistValue":null}`, `"\ud800"`,
	`"\u0000"`, "\ufeff", "\xff\xfe", "\xed\xa0\x80", strings.Repeat("[", 2000), strings.Repeat(`{"arrayValue":{"values":[`, 200),
	`"intValue":"x",`, `"startTimeUnixNano":"99999999999999999999",`, `"attributes":null,`, `"spans":[null],`, "/**/", ",", ":", `"`,
	`"traceId":"zz",`, `"bytesValue":"%%%",`, `"doubleValue":"NaN",`, "'", "\x00", "\u2028",
}

// bytes changes a body in one to three places.
func (m *mutator) bytes(body []byte) []byte {
	body = slices.Clone(body)
	for range 1 + m.IntN(3) {
		at := m.IntN(len(body) + 1)
		to := min(len(body), at+1+m.IntN(40))
		change := m.IntN(10)
		if m.IntN(2) == 0 {
			change %= 3 // the length stays, so that what is around can be decoded
		}
		switch change {
		case 0: // bits
			if at < len(body) {
				body[at] ^= 1 << m.IntN(8)
			}
		case 1: // a byte, which in protobuf is often a length or a tag
			if at < len(body) {
				body[at] = byte(m.Uint32())
			}
		case 2: // text that is not UTF-8
			for i := at; i < to; i++ {
				body[i] |= 0x80
			}
		case 3: // the end is gone
			body = body[:at]
		case 4: // a part comes twice
			body = slices.Insert(body, at, body[at:to]...)
		case 5: // a part of another body
			other := m.seeds[m.IntN(len(m.seeds))].proto
			from := m.IntN(len(other))
			body = slices.Insert(body, at, other[from:min(len(other), from+m.IntN(200))]...)
		case 6: // a number that is longer than any
			body = slices.Insert(body, at, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)
		case 7: // a part is gone
			body = slices.Delete(body, at, to)
		case 8:
			body = slices.Insert(body, at, []byte(tokens[m.IntN(len(tokens))])...)
		case 9: // many empty parts
			body = append(body, bytes.Repeat([]byte{0x0a, 0x00}, m.IntN(3000))...)
		}
	}
	return body
}

// value replaces a value of JSON text by a token, so that its syntax holds more often.
func (m *mutator) value(text []byte) []byte {
	at := m.IntN(len(text))
	colon := bytes.IndexByte(text[at:], ':')
	if colon < 0 {
		return m.bytes(text)
	}
	from := at + colon + 1
	to := from + bytes.IndexAny(text[from:], ",}]")
	if to < from {
		return m.bytes(text)
	}
	return slices.Concat(text[:from], []byte(tokens[m.IntN(len(tokens))]), text[to:])
}

// request is a mutated request, and how its answer is read.
func (m *mutator) request(ctx context.Context, to address) (r *http.Request, kind string) {
	s := m.seeds[m.IntN(len(m.seeds))]
	url, contentType, encoding := to.http+s.path, "application/x-protobuf", ""
	var body []byte
	switch m.IntN(3) {
	case 0:
		kind, body = "protobuf", m.bytes(s.proto)
	case 1:
		kind, contentType = "JSON", "application/json"
		if m.IntN(2) == 0 {
			body = m.value(s.json)
		} else {
			body = m.bytes(s.json)
		}
	default:
		kind, url, contentType = "gRPC", to.grpc+s.method, "application/grpc"
		body = m.frame(m.bytes(s.proto))
	}
	if kind != "gRPC" && m.IntN(6) == 0 {
		encoding = "gzip"
		if body = compressed(body); m.IntN(2) == 0 {
			body = m.bytes(body)
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		panic(err) // of addresses that are there
	}
	r.Header.Set("Content-Type", contentType)
	if encoding != "" {
		r.Header.Set("Content-Encoding", encoding)
	}
	if kind == "gRPC" {
		r.Header.Set("Te", "trailers")
	}
	return r, kind
}

// frame puts a message behind its prefix, which one in eight times is not right:
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
func (m *mutator) frame(message []byte) []byte {
	framed := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
	framed = append(framed, message...)
	switch m.IntN(16) {
	case 0:
		framed[m.IntN(5)] ^= 1 << m.IntN(8)
	case 1:
		framed = framed[:m.IntN(len(framed))]
	}
	return framed
}

// answers of a collector to what is not right, by protocol.
func acceptable(kind string, response *http.Response) error {
	if kind != "gRPC" {
		if s := response.StatusCode; s == http.StatusOK || s >= 400 && s < 500 {
			return nil
		}
		return fmt.Errorf("%s is answered %s", kind, response.Status)
	}
	code := of(response, "Grpc-Status")
	switch code {
	// OK, INVALID_ARGUMENT, RESOURCE_EXHAUSTED (longer than allowed), UNIMPLEMENTED (a
	// compression that is unknown), INTERNAL: what gRPC itself answers where a
	// message cannot be decoded, which no receiver gets to see:
	// https://grpc.github.io/grpc/core/md_doc_statuscodes.html
	case "0", "3", "8", "12", "13":
		return nil
	case "2": // what Go's gRPC answers to a message that ends before its length
		if message := of(response, "Grpc-Message"); message == "unexpected EOF" || message == "EOF" {
			return nil
		}
	}
	return fmt.Errorf("gRPC is answered HTTP %s, code %q", response.Status, code)
}

// of is a trailer of gRPC, which stands in the header of an answer without a message.
func of(response *http.Response, name string) string {
	return response.Trailer.Get(name) + response.Header.Get(name)
}

// memory is the most that a collector may need that is sent mutated bodies: what the
// memory limiter allows, and what the runtime needs beside.
const memory = 1400 << 20

// TestMutatedBodies sends bodies that are almost right, over protobuf, JSON and gRPC,
// and after each a good one. The collector stays up, answers 200 or that the client
// is wrong, and takes each good request; none of its destinations refuses a batch.
func TestMutatedBodies(t *testing.T) {
	const clients = 4
	bodies := number(t, "CHAOS_BODIES", 1000)
	x := newTrial(t, 0)
	for _, y := range []*tally{x.store, x.otlp.tally, x.fuse} {
		y.foreign = true
	}
	x.start()
	// Others than the load has: a secret that is cut or stands under another name is
	// not one that anybody could know.
	all := seeds(t, testutil.NewSecrets(x.ledger.seed+1))
	var sent, failed atomic.Int64
	var running sync.WaitGroup
	answers := &sync.Map{}
	for client := range clients {
		running.Go(func() {
			m := &mutator{rand.New(rand.NewPCG(x.ledger.seed, uint64(100+client))), all}
			http1, http2 := mutationClients()
			good := &application{load: x.load, random: m.Rand}
			defer good.close()
			defer http1.CloseIdleConnections()
			defer http2.CloseIdleConnections()
			for sent.Add(1) <= int64(bodies) && failed.Load() < 20 {
				r, kind := m.request(t.Context(), *x.load.target.Load())
				through := http1
				if kind == "gRPC" {
					through = http2
				}
				if err := answered(through, r, kind, answers); err != nil {
					failed.Add(1)
					t.Error(err)
				}
				good.deliver(t.Context())
			}
		})
	}
	running.Wait()
	peak := x.c.PeakMemory()
	assert.Less(t, peak, memory, "memory is not bounded")
	var summary []string
	answers.Range(func(answer, n any) bool {
		summary = append(summary, fmt.Sprintf("%v: %d", answer, n.(*atomic.Int64).Load()))
		return true
	})
	slices.Sort(summary)
	text := fmt.Sprintf("TestMutatedBodies: %d bodies, peak memory %d MB; answers %s", bodies, peak>>20, strings.Join(summary, ", "))
	t.Log(text)
	x.record(text + "\n")
	x.finish(bounds{duplicates: x.inFlight(clients)})
}

// mutationClients are one of HTTP/1.1 and one of HTTP/2 without TLS.
func mutationClients() (http1, http2 *http.Client) {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	const timeout = 30 * time.Second
	return &http.Client{Timeout: timeout, Transport: &http.Transport{}},
		&http.Client{Timeout: timeout, Transport: &http.Transport{Protocols: protocols}}
}

// answered sends a request and judges its answer.
func answered(client *http.Client, r *http.Request, kind string, answers *sync.Map) error {
	response, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("%s is not answered: %w", kind, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("the answer to %s: %w", kind, err)
	}
	answer := kind + " " + response.Status
	if kind == "gRPC" {
		answer = kind + " code " + of(response, "Grpc-Status")
	}
	n, _ := answers.LoadOrStore(answer, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
	if err := acceptable(kind, response); err != nil {
		return fmt.Errorf("%w: %.200q %.200q", err, text, of(response, "Grpc-Message"))
	}
	return nil
}
