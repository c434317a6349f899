package otlpreceiver

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// timedBody is a body as it comes from the network. In each limits::body_timeout it has
// to end, or as much of it to come as bodyRate makes of that time. So a slow network is
// no fault, and a client that sends nothing, or next to nothing, holds nothing for long.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	period  time.Duration
	due     int64     // bytes that have to come in a period
	came    int64     // that have, in this one
	until   time.Time // by protocols::http::read_timeout; zero without
	began   bool
	ended   bool
	done    func() // it has come, or need not come any more

	mu  sync.Mutex
	cut bool
}

func (g *guard) timedBody(w http.ResponseWriter, body io.ReadCloser) *timedBody {
	period := g.limits.BodyTimeout
	b := &timedBody{ReadCloser: body, control: http.NewResponseController(w), period: period, due: int64(period.Seconds() * bodyRate)}
	if g.readTimeout > 0 {
		b.until = time.Now().Add(g.readTimeout)
	}
	b.done = g.arrivals.add(b.stop)
	return b
}

// stop ends the arrival.
func (b *timedBody) stop() {
	b.deadline(time.Now())
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cut = true
}

// Read sets the deadline when a period begins.
func (b *timedBody) Read(p []byte) (int, error) {
	if !b.began || b.came >= b.due {
		b.began, b.came = true, 0
		end := time.Now().Add(b.period)
		if !b.until.IsZero() && end.After(b.until) {
			end = b.until
		}
		b.deadline(end)
	}
	n, err := b.ReadCloser.Read(p)
	b.came += int64(n)
	if err != nil && !b.ended {
		b.ended = true
		b.done()
		if errors.Is(err, io.EOF) {
			b.deadline(time.Time{}) // what upstream does with the body takes the time it takes
		}
	}
	return n, err
}

// deadline does nothing on a connection that has none, as a test's, nor after a stop.
func (b *timedBody) deadline(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.cut {
		_ = b.control.SetReadDeadline(t)
	}
}

// drain reads what is left of a body that was refused, up to as much again as a body may
// have, so that the client reads the answer and not that the connection is gone.
func (b *timedBody) drain(most int64) {
	if !b.ended {
		_, _ = io.CopyN(io.Discard, b, most)
	}
}

// ownBody is a body in memory, which it forgets when it has been read.
type ownBody struct{ rest []byte }

// Read reads on.
func (b *ownBody) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		b.rest = nil
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// Close does nothing.
func (*ownBody) Close() error { return nil }

// zstdWindow is the most memory that a frame may ask for before it says anything.
// https://www.rfc-editor.org/rfc/rfc9659 gives HTTP this bound; the library's own is
// half a gigabyte, for twenty bytes of a body.
const zstdWindow = 8 << 20

var errZstdWindow = fmt.Errorf("the body has a window of more than %d MiB, which RFC 9659 does not allow", zstdWindow>>20)

var zstdReaders sync.Pool

// zstdBody decompresses a body.
type zstdBody struct {
	decoder *zstd.Decoder
	body    io.Closer
}

func newZstd(r io.Reader) (*zstd.Decoder, error) {
	if decoder, ok := zstdReaders.Get().(*zstd.Decoder); ok {
		return decoder, decoder.Reset(r)
	}
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
}

func newZstdBody(body io.ReadCloser) (io.ReadCloser, error) {
	decoder, err := newZstd(body)
	if err != nil {
		return nil, err
	}
	return &zstdBody{decoder, body}, nil
}

// Read decompresses.
func (b *zstdBody) Read(p []byte) (int, error) {
	if b.decoder == nil {
		return 0, io.EOF
	}
	n, err := b.decoder.Read(p)
	return n, zstdError(err)
}

func zstdError(err error) error {
	if errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return errZstdWindow
	}
	return err
}

// Close gives the decoder back.
func (b *zstdBody) Close() error {
	if b.decoder == nil {
		return nil
	}
	if b.decoder.Reset(nil) == nil {
		zstdReaders.Put(b.decoder)
	}
	b.decoder = nil
	return b.body.Close()
}
