//go:build linux

package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip" // the compressor, by its name
	"google.golang.org/grpc/status"
)

// address is where a collector listens at the moment.
type address struct{ http, grpc string }

// load sends numbered requests as SDKs do: what is not acknowledged is sent again
// after a while, until it is or until a final answer.
type load struct {
	ledger *ledger
	author *author
	target atomic.Pointer[address]
	// timeout of one attempt, and the longest pause between two.
	timeout, pause time.Duration
	// patience is how many attempts a request has; 0 is any number.
	patience int

	unavailable atomic.Int64 // attempts without an answer, or told to come again
}

// point has the next attempts go to an address.
func (w *load) point(to address) { w.target.Store(&to) }

// run has clients send until the context ends, about perSecond requests together.
// What has no answer by then stays pending.
func (w *load) run(ctx context.Context, clients int, perSecond float64) {
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			c := &application{load: w, random: rand.New(rand.NewPCG(w.ledger.seed, uint64(client)))}
			defer c.close()
			every := time.Duration(float64(clients) / perSecond * float64(time.Second))
			for next := time.Now(); ctx.Err() == nil; {
				c.deliver(ctx)
				next = next.Add(every)
				if wait := time.Until(next); wait > 0 {
					sleep(ctx, wait)
				} else {
					next = time.Now()
				}
			}
		})
	}
	all.Wait()
}

// sleep waits, or until the context ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// application is one application.
type application struct {
	*load
	random *rand.Rand
	http   http.Client
	conn   *grpc.ClientConn
	to     string // of conn
}

func (c *application) close() {
	c.http.CloseIdleConnections()
	if c.conn != nil {
		_ = c.conn.Close()
	}
}

// deliver makes a new request and sends it as often as it has to.
func (c *application) deliver(ctx context.Context) {
	n, r := c.ledger.open()
	message := c.encode(n, r)
	pause := 20 * time.Millisecond
	for attempt := 1; ctx.Err() == nil; attempt++ {
		became, answer := c.attempt(ctx, message)
		c.ledger.tried(n, became, answer)
		if became != pending {
			return
		}
		c.unavailable.Add(1)
		if attempt == c.patience {
			return
		}
		sleep(ctx, pause/2+time.Duration(c.random.Int64N(int64(pause))))
		pause = min(2*pause, c.pause)
	}
}

// message is a request on the wire.
type message struct {
	path, contentType string
	body              []byte
	traces            *ptraceotlp.ExportRequest // where it goes over gRPC
	logs              *plogotlp.ExportRequest
	gzip              bool
}

// encode writes a request: one in three goes over gRPC, one is JSON and one protobuf
// over HTTP; half of each is compressed.
func (c *application) encode(n uint64, r request) *message {
	m := &message{path: "/v1/traces", contentType: "application/x-protobuf", gzip: n/3%2 == 0}
	var err error
	if r.log {
		request := plogotlp.NewExportRequestFromLogs(c.author.logs(n))
		m.path = "/v1/logs"
		switch n % 3 {
		case 0:
			m.logs = &request
		case 1:
			m.contentType = "application/json"
			m.body, err = request.MarshalJSON()
		default:
			m.body, err = request.MarshalProto()
		}
	} else {
		request := ptraceotlp.NewExportRequestFromTraces(c.author.traces(n, r))
		switch n % 3 {
		case 0:
			m.traces = &request
		case 1:
			m.contentType = "application/json"
			m.body, err = request.MarshalJSON()
		default:
			m.body, err = request.MarshalProto()
		}
	}
	if err != nil {
		panic(err) // it was made here
	}
	if m.gzip && m.body != nil {
		m.body = compressed(m.body)
	}
	return m
}

func compressed(body []byte) []byte {
	var out bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	_, _ = writer.Write(body)
	_ = writer.Close()
	return out.Bytes()
}

// attempt sends a request once.
func (c *application) attempt(ctx context.Context, m *message) (outcome, string) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	to := *c.target.Load()
	if m.traces == nil && m.logs == nil {
		return c.post(ctx, to.http+m.path, m)
	}
	return c.export(ctx, strings.TrimPrefix(to.grpc, "http://"), m)
}

// post is an attempt over HTTP. What may be sent again is in the specification:
// https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
func (c *application) post(ctx context.Context, url string, m *message) (outcome, string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(m.body))
	if err != nil {
		return refused, err.Error()
	}
	r.Header.Set("Content-Type", m.contentType)
	if m.gzip {
		r.Header.Set("Content-Encoding", "gzip")
	}
	response, err := c.http.Do(r)
	if err != nil {
		return pending, ""
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	switch {
	case err != nil:
		return pending, ""
	case response.StatusCode == http.StatusOK:
		return whole(m, answer)
	case response.StatusCode == http.StatusTooManyRequests, response.StatusCode >= 502 && response.StatusCode <= 504:
		return pending, ""
	}
	return refused, fmt.Sprintf("%s to %s, %s", response.Status, m.path, m.contentType)
}

// whole reads an answer 200: it acknowledges unless it says that a part was rejected.
func whole(m *message, answer []byte) (outcome, string) {
	isJSON := m.contentType == "application/json"
	var rejected int64
	var err error
	if m.path == "/v1/logs" {
		response := plogotlp.NewExportResponse()
		err = decode(isJSON, answer, response.UnmarshalJSON, response.UnmarshalProto)
		rejected = response.PartialSuccess().RejectedLogRecords()
	} else {
		response := ptraceotlp.NewExportResponse()
		err = decode(isJSON, answer, response.UnmarshalJSON, response.UnmarshalProto)
		rejected = response.PartialSuccess().RejectedSpans()
	}
	switch {
	case err != nil:
		return refused, "an answer 200 that is not OTLP"
	case rejected > 0:
		return refused, "partial success"
	}
	return acknowledged, ""
}

func decode(isJSON bool, answer []byte, json, proto func([]byte) error) error {
	if isJSON {
		return json(answer)
	}
	return proto(answer)
}

// export is an attempt over gRPC. What may be sent again is in the specification:
// https://opentelemetry.io/docs/specs/otlp/#failures
func (c *application) export(ctx context.Context, to string, m *message) (outcome, string) {
	if c.to != to {
		if c.conn != nil {
			_ = c.conn.Close()
		}
		conn, err := grpc.NewClient(to, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return refused, err.Error()
		}
		c.conn, c.to = conn, to
	}
	var options []grpc.CallOption
	if m.gzip {
		options = append(options, grpc.UseCompressor("gzip"))
	}
	var rejected int64
	var err error
	if m.logs != nil {
		var response plogotlp.ExportResponse
		if response, err = plogotlp.NewGRPCClient(c.conn).Export(ctx, *m.logs, options...); err == nil {
			rejected = response.PartialSuccess().RejectedLogRecords()
		}
	} else {
		var response ptraceotlp.ExportResponse
		if response, err = ptraceotlp.NewGRPCClient(c.conn).Export(ctx, *m.traces, options...); err == nil {
			rejected = response.PartialSuccess().RejectedSpans()
		}
	}
	switch {
	case err == nil && rejected == 0:
		return acknowledged, ""
	case err == nil:
		return refused, "partial success"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return pending, ""
	}
	switch code := status.Code(err); code {
	case codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss, codes.ResourceExhausted:
		return pending, ""
	default:
		return refused, "gRPC " + code.String()
	}
}
